import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { editedLines } from "../../shell/obeyed/edits";
import { isKnown, plain, show } from "../../shell/text";
import { forEachHost, unknown, violation } from "./findings";
import { includesOf, nginxDoubts } from "./nginx/doubts";
import { parseOptions } from "../../shell/options";
import { programOf, wordsOf } from "./runs";

const FIX = "`ssl_protocols TLSv1.2 TLSv1.3;`, and proxy to the application instead of serving its folder.";
const KEPT = "Write only directives that policies/rules/host-setup/nginx understands, or exempt this finding with the reason.";

const CONFIGURATION =
  /^\/etc\/nginx\/(?!.*(\.(pem|crt|key|htpasswd|html?|types|der|js|csr|d)|htpasswd|_params)$)|\/[^/]*nginx[^/]*\.conf$/u;

function check(report: Asked, settings: Settings): Finding[] {
  return [...files(report, settings), ...starts(report, settings)];
}

function files({ record }: Asked, settings: Settings): Finding[] {
  const isSite = (path: string): boolean => CONFIGURATION.test(path) && !path.startsWith("/etc/systemd/");
  const text = (content: string): string => plain(editedLines(content)?.join("\n") ?? content);
  const shown = new Set(record.written.map(({ path }) => path));
  const included = new Set(record.written.flatMap(({ path, content }) => (isSite(path) ? includesOf(text(content)) : [])));
  return record.written
    .filter(({ path }) => isSite(path) || included.has(path))
    .flatMap(({ path, content, place }) =>
      nginxDoubts(text(content), settings, shown).map(({ what, certain }) =>
        certain
          ? violation(place, `${show(path)}: ${what}. ${FIX}`)
          : unknown(place, `Cannot tell what nginx does with ${show(path)}: ${what}. ${KEPT}`),
      ),
    );
}

/** `nginx -c FILE` and `nginx -g DIRECTIVES` read something else than what lies in /etc/nginx. */
function starts({ record }: Asked, settings: Settings): Finding[] {
  return record.executed
    .filter((run) => programOf(run) === "nginx")
    .flatMap((run) => {
      const options = parseOptions(wordsOf(run), { values: "cgpes" });
      const own = options.value("g") ?? "";
      const file = options.value("c");
      const elsewhere = file !== undefined && isKnown(file) && !file.startsWith("/etc/nginx/") && !options.has("t", "T");
      return [
        ...nginxDoubts(own, settings).map(({ what }) => what),
        ...(elsewhere ? [`it reads ${show(file)}, which lies outside /etc/nginx`] : []),
      ].map((what) => unknown(run.place, `Cannot tell what \`${show(run.argv.join(" "))}\` does: ${what}. ${KEPT}`));
    });
}

export const policy: Policy = {
  id: "nginx-safe",
  severity: "medium",
  control: "NET-1",
  tags: ["host-setup", "nginx", "tls"],
  description:
    "nginx allows no broken TLS, serves no folder that holds .env or models, runs as its own user, leads to nothing but the service, and has no directive that is not understood.",
  why: "A static root at the application's folder hands out .env to whoever asks for /.env, an alias can be walked up, a module runs code; old protocols can be read on the way.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "server { listen 443 ssl; ssl_protocols TLSv1 TLSv1.2; root /home/ddos/app; }",
  good: "server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; location / { proxy_pass http://127.0.0.1:8000; } }",
  evaluate: forEachHost("nginx-safe", check),
};
