import type { Finding, Policy, Resource } from "../../core/types";
import { once } from "../../core/graph";
import { partsOf, textOfAsset } from "../../core/assets";
import { Asset } from "../../core/types";
import { walkLeaves } from "../../core/values";
import { findUrlPasswords } from "./detect";
import { isSecretName } from "./names";
import { printable } from "./scan";
import { label, violation } from "./report";

const FIX = "use EnvironmentFile=/home/ddos/app/.env (mode 600) in the unit";

export const policy: Policy = {
  id: "secret-in-unit",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets", "host-setup", "systemd"],
  description: "No systemd unit carries a secret in Environment=, whether its text comes by script, standard input, asset or user data.",
  why: "Unit files are world-readable and `systemctl show` prints their environment to every user of the host.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: "[Service]\nEnvironment=OPENAI_API_KEY=live-4f9a…",
  good: "[Service]\nEnvironmentFile=/home/ddos/app/.env",
  evaluate: (graph) => graph.resources.flatMap((resource) => check(resource)),
};

const check = once((resource: Resource): Finding[] => {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(resource.inputs)) {
    walkLeaves(
      value,
      (leaf, path) => {
        for (const text of leaf instanceof Asset ? textsOf(leaf) : [leaf])
          for (const name of typeof text === "string" ? unitSecrets(text) : [])
            found.set(`${path} ${name}`, `${path} of ${label(resource)} has a unit with ${name} in Environment=: ${FIX}`);
      },
      key,
    );
  }
  return [...found.values()].map((message) => violation(resource, message));
});

const textsOf = (asset: Asset): (string | undefined)[] => partsOf(asset).map((part) => textOfAsset(part.asset));

const LINE =
  /^[ \t]*["']?(?:Default)?Environment[ \t]*=[ \t]*(\S.*)$|--setenv[= ](\S+)|\bsystemctl\s+(?:--\S+\s+){0,20}set-environment[ \t]+(\S.*)$/gm;
const PAIR = /(?:^|[\s"'])([A-Za-z_]\w*)=([^"'\s]+)/g;

/** Names of variables that a unit text in `text` sets to a secret; a shell or template variable ends up as one as well. */
function unitSecrets(text: string): string[] {
  if (!/Environment|setenv|set-environment/.test(text)) return [];
  return [...text.matchAll(LINE)].flatMap(([, unit, option, manager]) =>
    [...(unit ?? option ?? manager ?? "").matchAll(PAIR)]
      .filter(([, name = "", value = ""]) => isSecret(name, value))
      .map(([, name = ""]) => printable(name)),
  );
}

function isSecret(name: string, value: string): boolean {
  if (findUrlPasswords(value).length > 0) return true;
  if (/^(DATABASE|DB|REDIS|MONGO|AMQP|BROKER)_(URL|URI|DSN)$/.test(name)) return value.startsWith("$") || value.includes("{{");
  return isSecretName(name) && !/^(%|\/|true$|false$|\d{1,5}$)/.test(value);
}
