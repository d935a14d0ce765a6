/**
 * Scripts drawn by chance, from a fixed seed: every evaluation ends within its budget, answers the same twice, and what changes nothing on the
 * host (a comment, another name of a variable, `if true`) does not turn a finding into silence. POLICY_FUZZ_RUNS draws more of them.
 */
import type { Finding } from "../../../policies/core/types";
import { filesAfter } from "../../../policies/shell/analyse";
import { shellParser } from "../../../policies/shell/parser";
import type { ParseShell } from "../../../policies/shell/parser";
import { policy as envFileMode } from "../../../policies/rules/host-setup/env-file-mode";
import { policy as readable } from "../../../policies/rules/host-setup/host-setup-readable";
import { program, settings } from "../host-setup/program";
import { numbers } from "../../random";

const RUNS = Number(process.env.POLICY_FUZZ_RUNS ?? 60);

const ENV = "/home/ddos/app/.env";
const PLAIN = [
  `chmod 600 ${ENV}`,
  `chmod 644 ${ENV}`,
  `chmod o+r ${ENV}`,
  `chown ddos:ddos ${ENV}`,
  "f=/home/ddos/app/.env; chmod 640 $f",
  "umask 022",
  "umask 077",
  "chmod -R go-w /home/ddos",
  `cp ${ENV} /home/ddos/app/.env.old`,
  "cd /home/ddos/app && chmod 600 .env*",
  "frobnicate --all",
  `y=\${PWD%%*a*b}; echo "$y" > /srv/x`,
  "touch /srv/{a,b}{1..3}",
];

function draw(next: () => number, depth = 0): string {
  const pick = (count: number): number => Math.floor(next() * count);
  const inner = (): string => draw(next, depth + 1);
  if (depth > 4 || next() < 0.5) return PLAIN[pick(PLAIN.length)] ?? ":";
  switch (pick(6)) {
    case 0:
      return `if curl -fs http://a; then\n${inner()}\nelse\n${inner()}\nfi`;
    case 1:
      return `for i in 1 2 3; do\n${inner()}\ndone`;
    case 2:
      return `(\n${inner()}\n)`;
    case 3:
      return `g() {\n${inner()}\n}\ng`;
    case 4:
      return `case "$1" in *a*b) ${inner()};; *) ${inner()};; esac`;
    default:
      return `${inner()}\n${inner()}`;
  }
}

const SETUP = { create: `set -eu\nsudo install -m 600 -o ddos -g ddos /dev/stdin ${ENV}`, stdin: "A=1\n" };

async function verdicts(script: string): Promise<string[]> {
  const graph = program([SETUP, script]);
  const found: Finding[] = [...(await envFileMode.evaluate(graph, settings)), ...(await readable.evaluate(graph, settings))];
  return [...new Set(found.map((finding) => finding.verdict))].sort();
}

/** All that one run leaves, which nothing keeps: it is the same each time, and within the budget and what it may be overdrawn by. */
function end(script: string, parse: ParseShell): string {
  const { files, context } = filesAfter(script, parse);
  expect(context.budget).toBeGreaterThan(-21_000);
  return JSON.stringify([[...files.entries], files.fog, context.record, context.budget]);
}

const SAME: Readonly<Record<string, (script: string) => string>> = {
  "a comment and a blank line": (script) => `# first\n\n${script}\n# last\n`,
  "another name of a variable": (script) => script.replaceAll("f=/", "renamed=/").replaceAll("$f", "$renamed"),
  "if true": (script) => `if true; then\n${script}\nfi`,
};

test(`${String(RUNS)} scripts`, async () => {
  const parse = await shellParser();
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const script = draw(numbers(seed));
    const found = await verdicts(script);
    expect({ seed, end: end(script, parse) }).toEqual({ seed, end: end(script, parse) });
    for (const [how, change] of Object.entries(SAME)) {
      const other = await verdicts(change(script));
      expect({ seed, how, silent: found.length > 0 && other.length === 0 }).toEqual({ seed, how, silent: false });
    }
  }
});
