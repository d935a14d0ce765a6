/** `npm run init`: a new stack from a look at the application's folder and a few questions. */
import * as path from "path";
import { command, Problem, start, type ExitCode, type Given, type Io } from "../../policies/cli";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  stack: { kind: "text", value: "NAME", short: "s", help: "name of the new stack: the NAME of Pulumi.NAME.yaml" },
  app: { kind: "text", value: "FOLDER", help: "folder of the application; the sample where it is not given" },
  module: { kind: "text", value: "MODULE:ATTRIBUTE", help: "the application in it, where the one that is found is not the right one" },
  health: { kind: "text", value: "PATH", help: "path of the health endpoint, where the one that is found is not the right one" },
  models: {
    kind: "text",
    value: "FOLDER",
    help: "folder of the models, sample or none; models/ where it has any, else the sample for an application with scikit-learn and no models of its own",
  },
  model: { kind: "texts", value: "FILE[=ROLE]", help: "a model, in place of a whole folder" },
  manifest: { kind: "text", value: "FILE", help: "a manifest to use, or to make of the models; models-manifest/models.json" },
  release: { kind: "text", value: "NAME", default: "r1", help: "name of the models' release, for a new manifest" },
  pin: {
    kind: "texts",
    value: "PACKAGE==VERSION",
    help: "Python package that wrote the models, where the application's requirements do not pin it",
    form: { pattern: /^[^=]+==[^=]+$/, what: "the form scikit-learn==1.7.2" },
  },
  "ssh-from": { kind: "texts", value: "BLOCK", help: "who may use SSH, such as 198.51.100.7/32; your own address where it is not given" },
  key: { kind: "text", value: "FILE", help: "file of the SSH key, outside of any git repository; a new pair is made where there is none" },
  region: { kind: "text", value: "REGION", help: "the AWS region" },
  require: {
    kind: "texts",
    value: "NAME",
    help: "a secret setting that the application needs; its value is asked for, or read from the environment variable NAME",
  },
  yes: { kind: "flag", help: "ask nothing: take what is given and what is found" },
} as const;

type InitOptions = Given<typeof OPTIONS>["options"];

export const initCommand = command({
  name: "init",
  summary:
    "Makes a new stack from a look at your application and models: key pair, manifest and stack file. Module, health, settings, formats and roles are found by looking, and what cannot be found is asked for. Secrets go to the Pulumi CLI by standard input. Overwrites nothing, and ends with the offline preview.",
  options: OPTIONS,
  examples: [
    "",
    "--stack prod --app ../shop --yes",
    "--stack prod --app ../shop --model models/net.onnx=model --ssh-from 198.51.100.7/32 --yes",
  ],
  notes: ["Without a terminal it asks nothing, as with --yes."],
  exitCodes: {
    0: "the stack is made; no mandatory policy is violated",
    1: "the stack is made, and a mandatory policy is violated",
    2: "an answer cannot be used, or a file is there already; nothing was written",
  },
  run: ({ options }, io) => init(options, io),
});

async function init(options: InitOptions, io: Io): Promise<ExitCode> {
  const { silent, terminalAsker, Ended } = await import("../init/ask");
  const talks = !options.yes && process.stdin.isTTY && process.stderr.isTTY;
  const asker = talks ? terminalAsker(process.stdin, process.stderr) : silent;
  const { makeStack } = await import("../init/make");
  const { operatorAddress } = await import("../remote/operator-address");
  const { pulumiFeed } = await import("../init/secrets");
  try {
    return await makeStack(options, io, { root: ROOT, env: process.env, asker, ownAddress: operatorAddress, feed: pulumiFeed(ROOT) });
  } catch (error) {
    throw error instanceof Ended ? new Problem(error.message) : error;
  }
}

if (require.main === module) start(initCommand);
