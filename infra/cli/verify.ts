/**
 * `npm run verify -- --stack NAME`: asks both hosts of a deployed stack, over SSH, whether everything on them is what the program wants.
 *
 * Exit codes: 0 as wanted, 1 drift, 2 bad configuration or command line, 3 a host could not be asked.
 */
import { execFileSync } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { parseArgs } from "util";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../config/load";
import { failureText } from "../errors";
import { projectName } from "../offline/stack-file";
import { carrier } from "../release/carrier";
import { hostSteps } from "../release/steps";
import type { HostRole } from "../release/types";
import { stackInputs, type StackInputs } from "../release/inputs";
import { exitCode, readReport, renderOutcomes, type HostOutcome } from "./verify-report";
import { runOverSsh, type Endpoint } from "../remote/ssh";

const USAGE = `Usage: npm run -s verify -- --stack NAME [--json] [--config FILE --outputs FILE]

  --stack NAME     the deployed stack
  --json           one JSON document instead of text
  --config FILE    what "pulumi config --show-secrets --json" printed (default: the command is run)
  --outputs FILE   what "pulumi stack output --json" printed (default: the command is run)

Exit codes: 0 as wanted, 1 drift, 2 bad configuration or command line, 3 a host could not be asked.`;

class UsageError extends Error {}

interface Options {
  readonly stack: string;
  readonly json: boolean;
  readonly config?: string;
  readonly outputs?: string;
}

interface Deployed {
  readonly gatewayAddress: string;
  readonly backendAddress: string;
  readonly modelBucket: string;
  readonly hostKeys: Readonly<Record<HostRole, string>>;
}

type ConfigDump = Readonly<Record<string, { readonly value?: string; readonly secret?: boolean }>>;

function readOptions(): Options | "help" {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({
      options: {
        stack: text,
        json: { type: "boolean", default: false },
        config: text,
        outputs: text,
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help === true) {
      return "help";
    }
    if (values.stack === undefined) {
      throw new Error("--stack is missing");
    }
    return { stack: values.stack, json: values.json, config: values.config, outputs: values.outputs };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Reads a file, or what the CLI prints. */
function readJson<T>(file: string | undefined, args: readonly string[]): T {
  const source = file ?? `pulumi ${args.join(" ")}`;
  try {
    return JSON.parse(
      file === undefined
        ? execFileSync("pulumi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
        : fs.readFileSync(file, "utf8"),
    ) as T;
  } catch (error) {
    throw new UsageError(`${source}: ${(error as Error).message}`);
  }
}

async function readInputs(root: string, project: string, options: Options): Promise<{ inputs: StackInputs; deployed: Deployed }> {
  const dump = readJson<ConfigDump>(options.config, ["config", "--stack", options.stack, "--show-secrets", "--json"]);
  const deployed = readJson<Deployed>(options.outputs, ["stack", "output", "--stack", options.stack, "--json"]);
  const missing = ["gatewayAddress", "backendAddress", "modelBucket", "hostKeys"].filter((name) => !(name in deployed));
  if (missing.length > 0) {
    throw new UsageError(`the outputs of ${options.stack} lack ${missing.join(", ")}: deploy it with this version first`);
  }
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, project, options.stack);
  const values = Object.fromEntries(Object.entries(dump).map(([key, entry]) => [key, entry.value ?? ""]));
  pulumi.runtime.setAllConfig(
    values,
    Object.keys(dump).filter((key) => dump[key]?.secret === true),
  );
  const { config, sources } = loadConfig(root);
  return { inputs: stackInputs(root, config, sources, deployed.modelBucket), deployed };
}

/**
 * Runs the verify step of one host outside of Pulumi, with the values that the program would give it. Its script is brought first, as the
 * program does it, but the scripts of the deployment stay: this working copy may be another one.
 */
async function ask(role: HostRole, inputs: StackInputs, deployed: Deployed): Promise<HostOutcome> {
  try {
    const [privateKey, env] = await Promise.all([settled(inputs.config.ssh.privateKey), settled(pulumi.output(inputs.environment(role)))]);
    const step = hostSteps(inputs.specs[role]).find((candidate) => candidate.name === "verify");
    if (step === undefined) {
      throw new Error(`no verify step for ${role}`);
    }
    const endpoint = (host: string, of: HostRole): Endpoint => ({
      host,
      user: inputs.config.ssh.user,
      privateKey,
      hostKey: deployed.hostKeys[of],
    });
    const gateway = endpoint(deployed.gatewayAddress, "gateway");
    const route = role === "gateway" ? [gateway] : [gateway, endpoint(deployed.backendAddress, "backend")];
    const stdin = step.stdin({ bucket: inputs.bucketName, backendAddress: deployed.backendAddress, env });
    const { create, stdin: script } = carrier([step.script], { only: false });
    const commands = [
      { command: create, stdin: script },
      { command: step.create, stdin },
    ];
    return readReport(role, await runOverSsh(route, commands));
  } catch (error) {
    return { role, error: (error as Error).message };
  }
}

function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value)));
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const root = path.resolve(__dirname, "../..");
  const { inputs, deployed } = await readInputs(root, projectName(root), options);
  const outcomes = [await ask("gateway", inputs, deployed), await ask("backend", inputs, deployed)];
  console.log(options.json ? JSON.stringify({ stack: options.stack, hosts: outcomes }, null, 2) : renderOutcomes(options.stack, outcomes));
  return exitCode(outcomes);
}

main()
  .catch((error: unknown) => {
    const known = error instanceof pulumi.RunError || error instanceof UsageError;
    console.error(`verify: ${known ? error.message : failureText(error)}`);
    if (error instanceof UsageError) {
      console.error(USAGE);
    }
    return known ? 2 : 70;
  })
  .then(
    (code) => process.exit(code),
    () => process.exit(70),
  );
