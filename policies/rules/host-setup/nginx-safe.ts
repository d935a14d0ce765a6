import { withoutTrailing } from "../../core/text";
import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { isWithin } from "../../shell/paths";
import { isKnown, plain, show } from "../../shell/text";
import { forEachHost, violation } from "./findings";

const FIX = "`ssl_protocols TLSv1.2 TLSv1.3;`, and proxy to the application instead of serving its folder.";

const WEAK_PROTOCOL = /\b(SSLv2|SSLv3|TLSv1|TLSv1\.1)(?![.\d])/u;
const WEAK_CIPHER = /(^|[:\s"'+])(?!!)(RC4|3?DES|NULL|EXPORT|EXP|aNULL|eNULL|LOW|MD5)\b/u;

function check({ record }: HostReport, settings: Settings): Finding[] {
  return record.written
    .filter(
      (w) =>
        /^\/etc\/nginx\//u.test(w.path) ||
        /^nginx.*\.conf$/u.test(w.path.slice(w.path.lastIndexOf("/") + 1).replace(/^.*?nginx/u, "nginx")),
    )
    .flatMap((w) =>
      directives(plain(w.content))
        .flatMap((line) => problem(line, settings))
        .map((what) => violation(w.place, `${show(w.path)}: ${what}. ${FIX}`)),
    );
}

const directives = (text: string): string[] =>
  text
    .replace(/^[ \t]*#.*$/gmu, "")
    .split(/[;{}\n]/u)
    .map((line) => line.trim())
    .filter((line) => line !== "");

function problem(line: string, settings: Settings): string[] {
  const [name = "", ...rest] = line.split(/\s+/u);
  const value = rest.join(" ");
  if (name === "ssl_protocols" && WEAK_PROTOCOL.test(value)) return [`\`${line}\` allows a protocol that is broken`];
  if (name === "ssl_ciphers" && value.split(/[:\s"']+/u).some((c) => !c.startsWith("!") && !c.startsWith("-") && WEAK_CIPHER.test(c)))
    return ["`ssl_ciphers` allows a cipher that is broken"];
  if (name === "autoindex" && value === "on") return ["`autoindex on` lists folders"];
  if ((name === "root" || name === "alias") && exposes(value, settings))
    return [`\`${show(line)}\` serves the folder that holds .env or the models`];
  return [];
}

function exposes(value: string, settings: Settings): boolean {
  const folder = withoutTrailing(value.replace(/^["']|["']$/gu, ""), "/");
  if (!isKnown(folder) || folder === "") return false;
  return [`${settings.home}/app/.env`, `${settings.home}/models/x`].some((path) => isWithin(path, folder));
}

export const policy: Policy = {
  id: "nginx-safe",
  severity: "medium",
  control: "NET-1",
  tags: ["host-setup", "nginx", "tls"],
  description: "nginx allows no broken TLS and serves no folder that holds .env or models.",
  why: "A static root at the application's folder hands out .env to whoever asks for /.env; old protocols can be read on the way.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "server { listen 443 ssl; ssl_protocols TLSv1 TLSv1.2; root /home/ddos/app; }",
  good: "server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; location / { proxy_pass http://127.0.0.1:8000; } }",
  evaluate: forEachHost(check),
};
