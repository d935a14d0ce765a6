/** `npm run deploy-role`: the IAM policies, and the trust in GitHub's OIDC tokens, of the role that deploys one stack. Reads files alone. */
import { environmentRegion } from "../region";
import { mkdirSync, readFileSync } from "node:fs";
import * as path from "path";
import {
  asProblems,
  command,
  EXIT,
  Problem,
  start,
  systemSentence,
  UsageProblem,
  writeNamed,
  type ExitCode,
  type Given,
  type Io,
} from "../../policies/cli";
import { STACK } from "./stack-form";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  stack: { ...STACK, default: "dev", help: "the stack whose Pulumi.NAME.yaml is evaluated" },
  for: {
    kind: "text",
    value: "WHAT",
    help: "preview, up or destroy; without it one role for all three. up also removes what a change replaces",
  },
  oidc: {
    kind: "text",
    value: "WHO",
    help: "the trust policy for GitHub Actions: github:OWNER/REPO with :environment:NAME or :branch:NAME; without either the environment of the workflows (preview, or the stack's name)",
  },
  account: { kind: "text", value: "NUMBER", help: "the AWS account; without it a placeholder" },
  vpc: { kind: "text", value: "ID", help: "the stack's VPC, once it stands: limits to it what bears no tag" },
  state: { kind: "text", value: "URL", help: "where the state lies: s3://BUCKET/FOLDER (default: backend.url of Pulumi.yaml)" },
  secrets: {
    kind: "text",
    value: "URL",
    help: "what encrypts the stack's secrets: awskms://alias/NAME (default: secretsprovider of the stack's file)",
  },
  refresh: { kind: "flag", help: "with --for preview: it may also read what stands (pulumi preview --refresh)" },
  out: { kind: "text", value: "FOLDER", help: "write policy-1.json and so on, and trust.json, in place of showing them" },
  json: { kind: "flag", help: "print one JSON document instead of text" },
} as const;

export const deployRoleCommand = command({
  name: "deploy-role",
  summary:
    "Prints the IAM policies of the role that previews, updates and destroys one stack, and who may take it. They come from what the program registers, with ARNs and tag conditions wherever AWS takes them. Reads files alone; needs no AWS account.",
  options: OPTIONS,
  examples: [
    "--stack dev",
    "--stack dev --account 123456789012 --oidc github:acme/shop --out role",
    "--stack prod --for preview --oidc github:acme/shop:environment:preview --state s3://acme-pulumi",
  ],
  notes: ["A type of resource without a row in infra/deploy-role/rows.ts is refused: the role would lack what it needs."],
  run: ({ options }, io) => deployRole(options, io),
});

async function deployRole(options: Given<typeof OPTIONS>["options"], io: Io): Promise<ExitCode> {
  const purpose = ["preview", "up", "destroy"].find((one) => one === options.for);
  if (options.for !== undefined && purpose === undefined)
    throw new UsageProblem(`--for: found "${options.for}"; expected preview, up or destroy`);
  if (options.refresh && purpose !== "preview")
    throw new UsageProblem("--refresh belongs to --for preview: up and destroy read what stands anyway");
  io.progress.busy("loading the program");
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  const { KNOWN_ERRORS } = await import("./preview-stack");
  const { readStackFile } = await import("../offline/stack-file");
  const { placeholderKey } = await import("../offline/placeholder-key");
  const { seenBy, standInAccount } = await import("../deploy-role/evaluate");
  const { backendOf, roleOf } = await import("../deploy-role/role");
  const { PURPOSES } = await import("../deploy-role/statements");
  const { filesOf, renderRole, toJson } = await import("../deploy-role/report");
  io.progress.say("evaluating the program");
  const role = await asProblems(KNOWN_ERRORS, async () => {
    const file = readStackFile(ROOT, options.stack, { privateKey: placeholderKey });
    const region = file.config["aws:region"] ?? environmentRegion() ?? "";
    const read = (name: string): string => readFileSync(path.join(ROOT, name), "utf8");
    const backend = backendOf(options.stack, read("Pulumi.yaml"), read(`Pulumi.${options.stack}.yaml`));
    const standIn = standInAccount(JSON.stringify([file.config, backend, options]));
    const seen = await seenBy(ROOT, file, region, options.account ?? standIn);
    return roleOf(file, region, seen, {
      account: options.account,
      standIn,
      vpc: options.vpc,
      oidc: options.oidc,
      refresh: options.refresh,
      purposes: PURPOSES.filter((one) => purpose === undefined || one === purpose),
      ...backend,
      ...(options.state === undefined ? {} : { state: { url: options.state, where: "--state" } }),
      ...(options.secrets === undefined ? {} : { secrets: { url: options.secrets, where: "--secrets" } }),
    });
  });
  io.progress.end();
  const files = filesOf(role);
  if (options.out !== undefined) {
    const folder = path.resolve(io.from, options.out);
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new Problem(`--out: ${systemSentence(error, options.out) ?? (error as Error).message}`);
    }
    for (const { name, text } of files) writeNamed(path.join(options.out, name), "--out", io.from, `${text}\n`);
  }
  io.out(options.json ? toJson(role) : renderRole(role, files, io.screen, options.out));
  return EXIT.ok;
}

if (require.main === module) start(deployRoleCommand);
