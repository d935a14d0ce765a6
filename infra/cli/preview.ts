/** `npm run preview:offline`: evaluates the program and the policy pack for one stack, on this machine alone. */
import * as path from "path";
import { asProblems, command, readNamed, start, UsageProblem, type ExitCode, type Given, type Io } from "../../policies/cli";
import { STACK } from "./stack-form";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  stack: { ...STACK, default: "dev", help: "the stack whose Pulumi.NAME.yaml is evaluated" },
  "policy-config": { kind: "text", value: "FILE", help: "configuration of the policy pack: roles, levels, exemptions" },
  resources: { kind: "flag", help: "show the tree of resources" },
  files: {
    kind: "maybe",
    value: "PATH",
    help: "list the files of the hosts; with a path, a name or a pattern: show these with their text",
  },
  steps: { kind: "flag", help: "list the set-up steps of the hosts in their order" },
  policies: { kind: "flag", help: "list every policy with its verdict" },
  verbose: { kind: "flag", help: "show all of it, with inputs, scripts and the text of every file" },
  json: { kind: "flag", help: "print one JSON document instead" },
  against: {
    kind: "text",
    value: "REF",
    help: "what differs from a commit, a branch or a tag: resources, files of the hosts, steps and restarts, reachability, policies, cost",
  },
  markdown: { kind: "text", value: "FILE", help: 'with --against: write it as Markdown for a comment on GitHub ("-": standard output)' },
  limit: {
    kind: "text",
    value: "N",
    help: "with --markdown: characters at most, from 2000 (default: 65000)",
    form: { pattern: /^([2-9]\d{3}|[1-5]\d{4}|6[0-4]\d{3}|65000)$/, what: "a whole number from 2000 to 65000" },
  },
} as const;

/** What only makes sense together with --against. */
const OF_AGAINST = ["markdown", "limit"] as const;

export type PreviewOptions = Given<typeof OPTIONS>["options"];

export const previewCommand = command({
  name: "preview:offline",
  summary:
    "Evaluates the program and the policy pack for one stack on this machine alone. No Pulumi CLI, no AWS account, no network. Prints one screen; the options show the rest.",
  options: OPTIONS,
  examples: [
    "",
    "--stack prod",
    "--files /etc/nginx/sites-available/gateway",
    "--files '*.service'",
    "--json > graph.json",
    "--against main",
    "--against HEAD~1 --markdown -",
  ],
  exitCodes: {
    0: "no mandatory policy is violated, and none cannot tell",
    1: "a mandatory policy is violated",
    3: "a mandatory policy cannot tell, or this machine is in the way",
  },
  run: ({ options }, io) => preview(options, io),
});

async function preview(options: PreviewOptions, io: Io): Promise<ExitCode> {
  const shown = SECTIONS.filter((name) => options[name] !== false && options[name] !== undefined);
  if (options.json && shown.length > 0) throw new UsageProblem(`--json prints everything; leave out --${shown.join(", --")}`);
  const lonely = OF_AGAINST.find((name) => options.against === undefined && options[name] !== undefined);
  if (lonely !== undefined) throw new UsageProblem(`--${lonely} belongs to --against REF, which is missing`);
  const config = options["policy-config"];
  const policyConfig = config === undefined ? undefined : { file: config, text: readNamed(config, "--policy-config", io.from) };
  if (options.against !== undefined) {
    if (shown.length > 0) throw new UsageProblem(`--against shows what differs; leave out --${shown.join(", --")}`);
    const { previewAgainst } = await import("./preview-against");
    return previewAgainst(ROOT, { ...options, against: options.against, policyConfig }, io);
  }
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  io.progress.busy("loading the program");
  const { previewStack, KNOWN_ERRORS } = await import("./preview-stack");
  const { policyConfigOf } = await import("./policy-config");
  const { renderPreview } = await import("./preview-report");
  const { exitCode } = await import("../../policies/core/evaluate");
  const seen = await asProblems(KNOWN_ERRORS, () =>
    previewStack(ROOT, { stack: options.stack, policies: policyConfigOf(config, policyConfig?.text ?? "") }, io.progress),
  );
  io.progress.end();
  io.out(options.json ? JSON.stringify(seen.document, null, 2) : renderPreview(seen, { ...options, screen: io.screen }));
  return exitCode(seen.result);
}

const SECTIONS = ["resources", "files", "steps", "policies", "verbose"] as const;

if (require.main === module) start(previewCommand);
