import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { plain, show } from "../../shell/text";
import { forEachHost, violation } from "./findings";
import { programOf, wordsOf } from "./runs";

const FIX = "Pin the commit (40 digits) or add `#sha256=…`; better, a package version with --require-hashes.";

function check({ record }: HostReport, _settings: Settings): Finding[] {
  return record.executed.flatMap((run) => {
    if (!/^(pip|python)/u.test(programOf(run))) return [];
    const words = wordsOf(run);
    const isPip = /^pip[\d.]*$/u.test(programOf(run)) || (/^python/u.test(programOf(run)) && words[0] === "-m" && words[1] === "pip");
    if (!isPip || !words.includes("install") || words.includes("--require-hashes")) return [];
    const loose = words.find(
      (w) =>
        /^(git\+|https?:\/\/)/u.test(w) &&
        !/#sha(256|512)=|@[0-9a-f]{40}\b/u.test(w) &&
        words[words.indexOf(w) - 1]?.startsWith("-") !== true,
    );
    return loose === undefined
      ? []
      : [violation(run.place, `pip installs ${show(plain(loose))}, which can be something else tomorrow. ${FIX}`)];
  });
}

export const policy: Policy = {
  id: "pinned-python-packages",
  severity: "medium",
  control: "SETUP-2",
  tags: ["host-setup", "supply-chain"],
  description: "pip installs nothing from an address whose content is not pinned.",
  why: "A branch or archive address can change between two deployments; the package's set-up code runs on the host.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: `new command.remote.Command("x", { connection, create: "pip install git+https://github.com/x/y.git" });`,
  good: `new command.remote.Command("x", { connection, create: "pip install --require-hashes -r requirements.txt" });`,
  evaluate: forEachHost(check),
};
