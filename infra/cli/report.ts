/** `npm run report`: one HTML file that shows a stack, or the exported stack of any program: what it is, who reaches whom, what the policies say. */
import * as path from "path";
import {
  asProblems,
  command,
  fitted,
  readNamed,
  start,
  UsageProblem,
  writeNamed,
  type ExitCode,
  type Given,
  type Io,
} from "../../policies/cli";
import type { Given as GivenFile } from "../report/live";
import { STACK } from "./stack-form";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  stack: { ...STACK, help: "the stack whose Pulumi.NAME.yaml is evaluated (default: dev)" },
  out: { kind: "text", value: "FILE", short: "o", help: 'where to write it ("-": standard output; default: report-NAME.html)' },
  state: {
    kind: "text",
    value: "FILE",
    help: "what `pulumi stack export` printed of the deployed stack: its outputs, and what differs from the program",
  },
  verify: { kind: "text", value: "FILE", help: "what `npm run -s verify -- --json` printed" },
  releases: { kind: "text", value: "FILE", help: "what `npm run -s releases -- --json` printed" },
  "stack-export": { kind: "text", value: "FILE", help: "in place of --stack: what `pulumi stack export` printed for any program" },
  "policy-pack-config": { kind: "text", value: "FILE", help: "configuration of the policy pack: roles, levels, exemptions" },
} as const;

type Options = Given<typeof OPTIONS>["options"];

export const reportCommand = command({
  name: "report",
  summary:
    "Writes one HTML file that opens without a network: the architecture with who may reach whom and what blocks the rest, policies, resources, files, steps, models and costs.",
  options: OPTIONS,
  examples: [
    "",
    "--stack prod --out prod.html",
    "--stack prod --state state.json --verify verify.json",
    "--stack-export state.json --out theirs.html",
  ],
  notes: [
    "What is marked as secret is not in it, nor what looks like a secret. With --stack-export nothing is assumed of the program: without a configuration of the roles the pack's general profile evaluates it.",
  ],
  exitCodes: { 0: "written, whatever the policies say of it" },
  run: ({ options }, io) => report(options, io),
});

async function report(options: Options, io: Io): Promise<ExitCode> {
  const foreign = options["stack-export"];
  const own = (["stack", "state", "verify", "releases"] as const).filter((name) => options[name] !== undefined);
  if (foreign !== undefined && own.length > 0) throw new UsageProblem(`--stack-export is of any program; leave out --${own.join(", --")}`);
  const read = (name: keyof Options): GivenFile | undefined => {
    const file = options[name];
    return file === undefined ? undefined : { name: file === "-" ? "standard input" : file, text: readNamed(file, `--${name}`, io.from) };
  };
  const config = read("policy-pack-config");
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  io.progress.busy("loading the program");
  const { exportReport, stackReport, KNOWN_ERRORS } = await import("../report/make");
  const today = new Date();
  const exported = read("stack-export");
  const made = await asProblems(KNOWN_ERRORS, () =>
    exported === undefined
      ? stackReport(ROOT, { stack: options.stack ?? "dev", config, live: { state: read("state"), verify: read("verify"), releases: read("releases") }, today }, io.progress) // prettier-ignore
      : exportReport(exported, { config, today }, io.progress),
  );
  io.progress.say("drawing");
  const { reportPage } = await import("../report/page");
  const text = await reportPage(made);
  io.progress.end();
  const file = options.out ?? `report-${made.stack.replace(/[^\w.-]+/g, "-") || "stack"}.html`;
  if (file === "-") io.out(text.trimEnd());
  else {
    writeNamed(file, "--out", io.from, text);
    const { closing } = made.policies;
    const size = `${(Buffer.byteLength(text) / 1000).toFixed(0)} kB`;
    io.out(fitted(`${file}: ${size}, opens in any browser without a network. ${closing}`, io.screen));
  }
  return 0;
}

if (require.main === module) start(reportCommand);
