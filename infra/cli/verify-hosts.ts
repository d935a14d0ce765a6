/** Runs steps of a host outside of Pulumi, with the values that the program would give them. */
import * as pulumi from "@pulumi/pulumi";
import { Problem, reasonOf, type Progress } from "../../policies/cli";
import { loadConfig } from "../config/load";
import { sshOf } from "../config/ssh-key";
import { fleetNames } from "../fleet/names";
import { backendIds, hostIds, roleOf } from "../hosts/ids";
import { projectName, StackFileError } from "../offline/stack-file";
import { carrier } from "../release/carrier";
import { NO_ADDRESS, specOf, stackInputs, type StackInputs } from "../release/inputs";
import { hostSteps } from "../release/steps";
import { TemplateFileError } from "../release/templates";
import type { HostId, HostRole, Sent, Step, StepValues } from "../release/types";
import { TUNNEL_PATIENCE, tunnelTo } from "./tunnel-to";
import { LOOPBACK } from "../remote/local-ports";
import { runOverSsh, type CommandResult, type Endpoint, type SshCommand } from "../remote/ssh";
import type { DeployedJson } from "./pulumi-cli";
import { readReport, type HostOutcome } from "./verify-report";

/** Mistakes in what the user gave. */
export const KNOWN_ERRORS = [pulumi.RunError, StackFileError, TemplateFileError];

/** The outputs of a deployed stack that are needed here. */
export interface Deployed {
  readonly gatewayAddress: string;
  readonly backendAddress: string;
  readonly modelBucket: string;
  /** None of the hosts of a fleet. */
  readonly hostKeys: Readonly<Partial<Record<HostId, string>>>;
  /** Where there are several backends. */
  readonly backendAddresses?: Readonly<Partial<Record<HostId, string>>>;
  /** Where there is a load balancer. */
  readonly balancerName?: string;
  /** Where there is a public load balancer. */
  readonly publicName?: string;
  /** Where `access` is not ssh. */
  readonly instanceIds?: Readonly<Partial<Record<HostId, string>>>;
}

/** @throws Problem, RunError */
export async function readInputs(root: string, stack: string, json: DeployedJson): Promise<{ inputs: StackInputs; deployed: Deployed }> {
  const deployed = json.outputs as unknown as Deployed;
  const missing = ["gatewayAddress", "backendAddress", "modelBucket", "hostKeys"].filter((name) => !(name in deployed));
  if (missing.length > 0) {
    throw new Problem(`the outputs of ${stack} lack ${missing.join(", ")}: deploy it with this version first`);
  }
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, projectName(root), stack);
  const values = Object.fromEntries(Object.entries(json.config).map(([key, entry]) => [key, entry.value ?? ""]));
  pulumi.runtime.setAllConfig(
    values,
    Object.keys(json.config).filter((key) => json.config[key]?.secret === true),
  );
  const { config, sources } = loadConfig(root);
  return { inputs: stackInputs(config, sources, deployed.modelBucket), deployed };
}

/**
 * @param named undefined: all that are set up over SSH, which hosts of a fleet are not
 * @throws Problem where hosts of a fleet are meant, which no command asks one by one, where there are no others, or where the stack does not have one
 */
export function singleHosts(named: readonly HostId[] | undefined, { config }: StackInputs, doing: string): readonly HostId[] {
  const ids = hostIds(config);
  if (ids.length === 0)
    throw new Problem(`gateway.fleet: the gateways and the backends of ${config.stack} are fleets: ${fleetSays(config, doing)}`);
  const strange = named?.filter((id) => !ids.includes(id)) ?? [];
  if (strange.length === 0) return named ?? ids;
  throw new Problem(
    config.backend.mode === "fleet"
      ? `--host: found ${strange.join(", ")}, and backend.mode is fleet: ${fleetSays(config, doing)}`
      : `--host: found ${strange.join(", ")}, and with backend.count ${config.backend.count} the hosts of ${config.stack} are ${ids.join(", ")}`,
  );
}

/** What to do in place of it. */
export function fleetSays(config: StackInputs["config"], doing: string): string {
  const of = (role: HostRole): string => `--region ${config.region} --auto-scaling-group-name ${fleetNames(config, role).group}`;
  const asked = (role: HostRole): string =>
    `What the releases did: aws autoscaling describe-instance-refreshes ${of(role)}; how the hosts are: aws autoscaling describe-scaling-activities ${of(role)}`;
  const gateways = config.gateway.fleet === undefined ? "" : `. The same of the gateways: ${asked("gateway")}`;
  return `${gateways === "" ? "its" : "their"} hosts are not ${doing} one by one; the load balancer asks each for its health, and one that fails is replaced. ${asked("backend")}${gateways}`;
}

/** One after the other, which shows as progress. */
export async function askEach(
  ids: readonly HostId[],
  inputs: StackInputs,
  deployed: Deployed,
  progress: Pick<Progress, "say">,
): Promise<HostOutcome[]> {
  const outcomes: HostOutcome[] = [];
  for (const id of ids) {
    progress.say(`asking the ${id}`);
    outcomes.push(await ask(id, inputs, deployed));
  }
  return outcomes;
}

/** What one host says; a host that cannot be asked is an outcome too. */
export async function ask(id: HostId, inputs: StackInputs, deployed: Deployed): Promise<HostOutcome> {
  const step = hostSteps({ ...specOf(inputs, id), readAll: true }).find((candidate) => candidate.name === "verify");
  if (step === undefined) {
    throw new Error(`no verify step for ${id}`);
  }
  try {
    return readReport(id, await runStep(id, step, inputs, deployed));
  } catch (error) {
    return { role: id, error: reasonOf(error) };
  }
}

/**
 * The script is brought first, as the program does it, but the scripts of the deployment stay: this working copy may be another one.
 * @throws Error naming the host that could not be reached
 */
export async function runStep(id: HostId, step: Step, inputs: StackInputs, deployed: Deployed): Promise<CommandResult> {
  const configured = await settled(pulumi.all({ ...inputs.values(roleOf(id)) }));
  const values = { ...configured, bucket: inputs.bucketName, ...addresses(step, inputs, deployed) };
  return send(id, step, step.stdin(values), inputs, deployed);
}

type Addresses = Pick<StepValues, "backendAddress" | "otherBackends" | "balancerName" | "publicName">;

/** As infra/set-up.ts gives them. @throws Problem where a stack that an earlier version deployed does not say what the step needs */
export function addresses(step: Pick<Step, "uses">, { config }: Pick<StackInputs, "config">, deployed: Deployed): Addresses {
  const { balancerName, publicName } = deployed;
  if (step.uses.includes("balancerName") && balancerName === undefined) {
    throw new Problem("the outputs lack balancerName, though backend.loadBalancer is true: deploy the stack with this version first");
  }
  if (step.uses.includes("publicName") && publicName === undefined) {
    throw new Problem("the outputs lack publicName, though gateway.loadBalancer is true: deploy the stack with this version first");
  }
  const backendAddress = config.backend.mode === "fleet" ? NO_ADDRESS : deployed.backendAddress;
  const others = step.uses.includes("otherBackends") ? backendIds(config).slice(1) : [];
  return {
    backendAddress,
    ...(others.length === 0 ? {} : { otherBackends: others.map((id) => addressOf(id, deployed)) }),
    ...(balancerName === undefined ? {} : { balancerName }),
    ...(publicName === undefined ? {} : { publicName }),
  };
}

/** @throws Problem where the configuration has a host that was not deployed yet */
function addressOf(id: HostId, { backendAddress, backendAddresses }: Deployed): string {
  const found = id === "backend" ? backendAddress : backendAddresses?.[id];
  if (found === undefined)
    throw new Problem(`the outputs have no address of ${id} (backendAddresses): deploy the stack with this backend.count first`);
  return found;
}

/**
 * As runStep does, for what is no step of the set-up.
 * @throws Error naming the host that could not be reached
 */
export async function send(id: HostId, sent: Sent, stdin: string, inputs: StackInputs, deployed: Deployed): Promise<CommandResult> {
  const { create, stdin: script } = carrier([sent.script], { only: false });
  const commands = [
    { command: create, stdin: script },
    { command: sent.create, stdin },
  ];
  return runOn(id, commands, inputs, deployed);
}

/**
 * By the way that the set-up steps go.
 * @throws Error saying why the host could not be reached
 */
export async function runOn(id: HostId, commands: readonly SshCommand[], inputs: StackInputs, deployed: Deployed): Promise<CommandResult> {
  if (inputs.config.access === "ssh") return runOverSsh(await routeTo(id, inputs, deployed), commands);
  const tunnel = await tunnelTo(id, inputs.config, deployed.instanceIds);
  const target = await loginAt(id, LOOPBACK, inputs, deployed);
  try {
    return await runOverSsh([{ ...target, port: tunnel.port, patience: TUNNEL_PATIENCE }], commands);
  } catch (error) {
    throw tunnel.problem === undefined ? error : new Error(tunnel.problem, { cause: error });
  }
}

/** The hosts that a connection goes through, the wanted one last. */
async function routeTo(id: HostId, inputs: StackInputs, deployed: Deployed): Promise<Endpoint[]> {
  const gateway = await loginAt("gateway", deployed.gatewayAddress, inputs, deployed);
  if (id !== "gateway" && inputs.config.backend.mode === "fleet")
    throw new Problem(`backend.mode is fleet: ${fleetSays(inputs.config, "asked")}`);
  return id === "gateway" ? [gateway] : [gateway, await loginAt(id, addressOf(id, deployed), inputs, deployed)];
}

async function loginAt(id: HostId, host: string, { config }: StackInputs, { hostKeys }: Deployed): Promise<Endpoint> {
  const { user, privateKey } = sshOf(config);
  return { host, user, privateKey: await settled(privateKey), hostKey: hostKeys[id] ?? "" };
}

function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value)));
}
