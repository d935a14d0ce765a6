import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import type { Executed } from "../../shell/state";
import { plain, show } from "../../shell/text";
import { forEachRun, violation } from "./findings";
import { programOf, wordsOf } from "./runs";
import { linesWritten } from "./written";

const FIX = "Drop the switch; for a private certificate authority install its certificate and name it (--cacert, AWS_CA_BUNDLE).";

const SWITCHES: readonly (readonly [RegExp, RegExp])[] = [
  [/^curl$/u, /^(--insecure|--proxy-insecure|-[a-jl-zA-Z]*k[a-zA-Z]*)$/u],
  [/^wget$/u, /^--no-check-certificate$/u],
  [/^(pip[\d.]*|python[\d.]*)$/u, /^--trusted-host(=.*)?$/u],
  [/^uvx?$/u, /^--(allow-insecure-host|trusted-host)(=.*)?$/u],
  [/^aws2?$/u, /^--no-verify-ssl$/u],
  [/^git$/u, /^http\.(https?:\S*\.)?sslVerify(=(false|0)|)$/iu],
  [
    /^(apt|apt-get)$/u,
    /^(--allow-unauthenticated|--force-yes|.*Acquire::https::Verify-Peer=(false|0).*|.*AllowUnauthenticated=(true|1).*)$/u,
  ],
  [/^npm$/u, /^(--strict-ssl=false|strict-ssl)$/u],
];
const VARIABLES =
  /^(NODE_TLS_REJECT_UNAUTHORIZED=0|PYTHONHTTPSVERIFY=0|GIT_SSL_NO_VERIFY=.+|AWS_NO_VERIFY_SSL=.+|PIP_TRUSTED_HOST=.+|UV_INSECURE_HOST=.+)$/u;
/** Values of curl's options look like bundled switches (`-H k`): only words that begin with a dash are looked at, and not these. */
const LOCAL = /(^|\/\/)(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/u;

/** The same in files that these programs obey, by path. */
const SETTINGS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /\/apt\/sources\.list(\.d\/[^/]+)?$/u,
    /^deb(-src)?\s+\[[^\]]*\b(trusted|allow-insecure|allow-weak)=yes\b|^(Trusted|Allow-Insecure|Allow-Weak)\s*:\s*yes\b/iu,
  ],
  [
    /\/apt\/apt\.conf(\.d\/[^/]+)?$/u,
    /\b(Allow(Unauthenticated|InsecureRepositories|DowngradeToInsecureRepositories|WeakRepositories))(?:\s+"?|")(true|yes|1)\b|\bVerify-(Peer|Host)(?:\s+"?|")(false|no|0)\b/iu,
  ],
  [/\/\.?(pip\.conf|pip\.ini|pip\/pip\.conf)$/u, /^trusted-host\s*=/iu],
  [/\/uv(\.toml|\/uv\.toml)$/u, /^allow-insecure-host\s*=/iu],
  [/\/\.?npmrc$/u, /^strict-ssl\s*=\s*false\b/iu],
  [/\/\.?curlrc$/u, /^(--?)?(proxy-)?insecure\b(?!(?:\s*[=:]|\s)\s{0,9}(?:false|0))|^-\w*k/iu],
  [/\/\.?wgetrc$/u, /^check_?certificate\s*=\s*(off|no|0|false)\b/iu],
  [/\/(\.?gitconfig|git\/config)$/u, /\bsslVerify\s*=\s*"?(false|no|off|0)\b/iu],
  [/\/(yum|dnf)(\.repos\.d\/[^/]+|\.conf|\/dnf\.conf)$/u, /^(repo_)?(gpgcheck|sslverify)\s*=\s*(0|no|false)\b/iu],
  [/\/\.?condarc$/u, /^ssl_verify\s*:\s*(false|no|off)\b/iu],
];

function check({ record }: Asked, _settings: Settings): Finding[] {
  const commands = record.executed.flatMap((run) => {
    const found = switchedOff(run);
    return found === undefined
      ? []
      : [violation(run.place, `\`${programOf(run)} … ${show(found)}\` does not check whom it talks to. ${FIX}`)];
  });
  const files = SETTINGS.flatMap(([path, setting]) =>
    linesWritten(record, path)
      .filter(({ line }) => setting.test(line) && !/=\s*["'[]*(localhost|127\.\d+\.\d+\.\d+)\b/u.test(line))
      .map((one) =>
        violation(one.place, `${show(one.path)} gets \`${show(one.line)}\`, by which nobody checks who it is that is talked to. ${FIX}`),
      ),
  );
  return [...commands, ...files];
}

/** Programs in these languages, as words of a script, as its input or as a file that it has made. */
const LANGUAGES = /^(python[\d.]*|pypy\d?|perl[\d.]*|ruby[\d.]*|node|nodejs|deno|bun|php[\d.]*|go)$/u;
const UNVERIFIED =
  /\b(_create_unverified_context|CERT_NONE|VERIFY_NONE|verify(_ssl|_certs|Peer)?\s*[=:]\s*(False|false|0)|check_hostname\s*=\s*False|rejectUnauthorized\s*:\s*(false|!1|0)|InsecureSkipVerify\s*:\s*true|SSL_verify_mode\s*=>\s*(0|SSL_VERIFY_NONE)|verify_hostname\s*=>\s*0|CURLOPT_SSL_VERIFY(PEER|HOST)\s*(,|=>)\s*(false|0)|['"]verify_peer(_name)?['"]\s*=>\s*(false|0)|disable_warnings\(|NODE_TLS_REJECT_UNAUTHORIZED['"\]]*\s*=\s*['"]?0)/u;

/** What the code says that it does not check; its own host is nobody else. */
function uncheckedIn(run: Executed): string | undefined {
  if (!LANGUAGES.test(programOf(run))) return undefined;
  const words = wordsOf(run);
  const hasFile = words.some((word, at) => !word.startsWith("-") && !/^-\w*[ceErp]$/u.test(words[at - 1] ?? ""));
  const code = [...words, plain(run.code ?? ""), hasFile ? "" : plain(run.stdin)].join("\n").replace(/^[ \t]*#.*$/gmu, "");
  const urls = code.match(/https:\/\/[^\s"'`)]+/gu) ?? [];
  return urls.length > 0 && urls.every((url) => LOCAL.test(url)) ? undefined : UNVERIFIED.exec(code)?.[0];
}

function switchedOff(run: Executed): string | undefined {
  const code = uncheckedIn(run);
  if (code !== undefined) return code;
  const program = programOf(run);
  const patterns = SWITCHES.filter(([name]) => name.test(program)).map(([, pattern]) => pattern);
  if (patterns.length === 0 && run.assignments.length === 0 && program !== "export") return undefined;
  const words = wordsOf(run);
  const variable = [...run.assignments.map(([n, v]) => `${n}=${plain(v)}`), ...(program === "export" ? words : [])].find((v) =>
    VARIABLES.test(v),
  );
  if (variable !== undefined) return variable;
  if (words.some((w) => LOCAL.test(w))) return undefined;
  const found = words.find((w) => patterns.some((p) => p.test(w)));
  const onlyReads = program === "git" && found?.includes("=") === false && !/^(false|0|off)$/u.test(words.at(-1) ?? "");
  return onlyReads ? undefined : found;
}

export const policy: Policy = {
  id: "tls-verified",
  severity: "medium",
  control: "SETUP-2",
  tags: ["host-setup", "supply-chain", "tls"],
  description: "No script switches off the check of a TLS certificate or of a package signature.",
  why: "Whoever sits on the way can then hand over other code, models or credentials.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "curl -k https://models.example/m.pkl -o m.pkl" });`,
  good: `new command.remote.Command("x", { connection, create: "curl --cacert /etc/ssl/own-ca.pem https://models.example/m.pkl -o m.pkl" });`,
  evaluate: forEachRun("tls-verified", check),
};
