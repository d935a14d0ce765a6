/** Asks the backend of a deployed stack something over SSH, outside of Pulumi. */
import { asProblems, type Io } from "../../policies/cli";
import type { CommandResult, SshCommand } from "../remote/ssh";
import { deployedJson, type Sources } from "./pulumi-cli";
import { KNOWN_ERRORS, readInputs, runOn } from "./verify-hosts";

/** @throws Problem, or Error naming the host that could not be reached */
export async function askBackend(root: string, given: Sources, io: Io, command: SshCommand): Promise<CommandResult> {
  const json = deployedJson(given, io.from);
  const { inputs, deployed } = await asProblems(KNOWN_ERRORS, () => readInputs(root, given.stack, json));
  io.progress.say("asking the backend");
  return runOn("backend", [command], inputs, deployed);
}
