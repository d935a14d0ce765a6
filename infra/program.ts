/**
 * The program from configuration to outputs. Apart from what index.ts adds, it is the same for the CLI, for the offline preview and for the
 * local hosts.
 */
import * as pulumi from "@pulumi/pulumi";
import { accountId } from "./account";
import { loadConfig } from "./config/load";
import { exampleNotice } from "./config/example-notice";
import { keyNotice } from "./config/key-notice";
import { modeNotice } from "./config/mode-notice";
import type { Sources } from "./config/sources";
import type { StackConfig } from "./config/types";
import { ubuntuImage } from "./hosts/image";
import { memoryNotice } from "./hosts/memory-notice";
import { checkOffered, zonesOfHosts } from "./hosts/offered";
import { checkZones } from "./hosts/placement";
import { lastUpdate, type LastUpdate } from "./last-update";
import { lookUpAccount } from "./lookups";
import type { ModelFile } from "./models/bucket";
import { bucketKey, checkBucket } from "./models/check-bucket";
import { storedObjects } from "./models/stored";
import { planUploads, toLookUp } from "./models/uploads";
import { admission, admitsNobody, unseen } from "./network/admission";
import { checkNetwork, type Surroundings as NetworkSurroundings } from "./network/check-existing";
import type { NetworkFacts } from "./network/facts";
import { agentProblem } from "./remote/agent";
import type { Tunnels } from "./remote/tunnels";
import type { HostRole } from "./release/types";
import { modelBucketName } from "./naming";
import { modelBytes } from "./hosts/sizing";
import { stackInputs, type StackInputs } from "./release/inputs";
import { allOrRefuse } from "./refusal";
import { createStack, type StackOutputs } from "./stack";
import { tagWithStack } from "./stack-tag";

export interface Surroundings {
  /** Told of the inputs before anything is created. */
  readonly observe?: (inputs: StackInputs) => void;
  /** Asks which address this machine is seen with. Left out where nobody is to be asked: previews without an engine, tests. */
  readonly operatorAddress?: () => Promise<string>;
  /** Takes the ports that the steps connect to, where `access` is not ssh. Left out where no step connects: previews, tests. */
  readonly openTunnels?: (config: StackConfig) => Promise<Tunnels>;
  /** Where warnings go. @default the engine's log */
  readonly warn?: (text: string) => Promise<void>;
}

function memoryNotices({ project, gateway, backend }: StackConfig, { models }: Sources): (string | undefined)[] {
  const onGateway = gateway.mode === "proxy" ? undefined : memoryNotice(`${project}:gateway`, gateway, 0);
  return [onGateway, memoryNotice(`${project}:backend`, backend, modelBytes(models))];
}

/**
 * @param root the project's folder.
 * @throws RunError in words for the reader: a ConfigError with everything that is wrong with the configuration, why AWS cannot be used, or which
 * models cannot be deployed.
 */
export async function program(
  root: string,
  { observe, operatorAddress, openTunnels, warn = (text) => pulumi.log.warn(text) }: Surroundings = {},
): Promise<StackOutputs> {
  const { config, sources } = loadConfig(root);
  for (const notice of [...sources.notices, modeNotice(config), exampleNotice(config), ...memoryNotices(config, sources)])
    if (notice !== undefined) await warn(notice);
  if (config.access === "ssh") await warnOfSources(config, warn, operatorAddress);
  if (config.watch.enabled && config.watch.emails.length === 0) {
    await warn(
      `${config.project}:watch.emails names nobody, so that alarms go off unseen; add an address: pulumi config set --stack ${config.stack} --path 'watch.emails[0]' ADDRESS`,
    );
  }
  if (operatorAddress !== undefined) await checkAgent(warn);
  // Asked for even where the bucket has a name of its own: whoever lacks access learns it here, in one sentence, before anything is registered.
  const account = await accountId(config.region);
  const last = await lastUpdate();
  const notice = keyNotice(config, last.outputs.sshKey);
  if (notice !== undefined) {
    await pulumi.log[notice.level](notice.text);
  }
  const bucketName =
    config.models.existing?.bucket ?? config.models.bucket ?? modelBucketName(config.project, config.stack, account, config.region);
  const inputs = stackInputs(config, sources, bucketName);
  observe?.(inputs);
  // What AWS can refuse is asked for before anything is registered, so that it is one message and not half a stack.
  const around = { account, bucketName, last, warn };
  const [gateway, backend, files, keys, network, bucket] = await allOrRefuse([
    image(config, "gateway"),
    image(config, "backend"),
    uploads(inputs, last),
    lookUpAccount(config, account),
    places(config, around),
    checkBucket(config, around),
  ]);
  const found = {
    images: { gateway, backend },
    keys: bucket === undefined ? keys : { ...keys, bucket: bucketKey(config, bucket, account, keys.bucket) },
    network,
    account,
    bucket: bucket === undefined ? undefined : { facts: bucket, account, stored: storedKeys(inputs, files) },
  };
  tagWithStack(config.stack, config.tags);
  const tunnels =
    config.access === "ssh" || config.access === "none" || pulumi.runtime.isDryRun() ? undefined : await openTunnels?.(config);
  return createStack({ ...inputs, models: { ...inputs.models, files } }, found, tunnels);
}

/** Where the hosts start, and whether they can. @returns what was found of a network that is there already */
async function places(config: StackConfig, around: NetworkSurroundings): Promise<NetworkFacts | undefined> {
  const { project, region, network } = config;
  const facts = await checkNetwork(config, around);
  if (network.existing === undefined) await checkZones(project, region, network.availabilityZones);
  await checkOffered(config, zonesOfHosts(config, facts), around.warn);
  return facts;
}

/** What `gateway.sshFrom` may get wrong. */
async function warnOfSources(
  config: StackConfig,
  warn: (text: string) => Promise<void>,
  operatorAddress: Surroundings["operatorAddress"],
): Promise<void> {
  if (config.gateway.sshFrom.includes("0.0.0.0/0")) {
    await warn(
      `${config.project}:gateway.sshFrom is 0.0.0.0/0: anybody on the internet may try to log in on port 22 of the gateway; set it to your own address: ` +
        `pulumi config set --stack ${config.stack} --path 'gateway.sshFrom[0]' YOUR-ADDRESS/32`,
    );
  }
  const behind = unseen(config.gateway.sshFrom);
  if (behind.length > 0) {
    await warn(
      `${config.project}:gateway.sshFrom names ${behind.join(", ")}, private addresses, which the gateway never sees over the Internet; give the public one that you are seen with (curl -s https://checkip.amazonaws.com)`,
    );
  }
  if (admitsNobody(config.gateway.sshFrom)) {
    // No error, also at an update: a stack that stands may be closed on purpose, and a local cloud has such addresses.
    await warn(
      `${config.project}:gateway.sshFrom still names a documentation network, so nobody can log in; set it to your own address before "pulumi up"`,
    );
  } else if (operatorAddress !== undefined) {
    await warnIfShutOut(config, operatorAddress);
  }
}

/** Said by the preview already: what it shows could not be carried out. */
async function checkAgent(warn: (text: string) => Promise<void>): Promise<void> {
  const problem = await agentProblem(process.env.SSH_AUTH_SOCK);
  if (problem === undefined) return;
  const text = `SSH_AUTH_SOCK (environment): ${problem}, and makes every remote command fail; run: unset SSH_AUTH_SOCK`;
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(text);
  await warn(text);
}

async function uploads({ config, bucketName, models }: StackInputs, last: LastUpdate): Promise<ModelFile[]> {
  const args = { bucketName, adopt: config.models.adopt || config.models.existing !== undefined, last };
  const keys = toLookUp(models.files, args).map((file) => file.key);
  const plan = planUploads(models.files, await storedObjects(bucketName, keys), args);
  if (plan.problems.length > 0) {
    throw new pulumi.RunError(`the models cannot be deployed:\n${plan.problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
  return plan.uploads;
}

/** What is not uploaded is there. */
function storedKeys({ models }: StackInputs, uploaded: readonly ModelFile[]): string[] {
  return models.files.map(({ key }) => key).filter((key) => !uploaded.some((file) => file.key === key));
}

async function image(config: StackConfig, role: HostRole): Promise<string> {
  const { ami, os, instanceType } = config[role];
  return ami ?? ubuntuImage({ os, key: `${config.project}:${role}.ami`, region: config.region, instanceType });
}

/** Only a help: whatever goes wrong here, the program goes on. */
async function warnIfShutOut({ project, gateway }: StackConfig, operatorAddress: () => Promise<string>): Promise<void> {
  const unknown = (why: string): Promise<void> => pulumi.log.debug(`whether gateway.sshFrom admits this machine is not known: ${why}`);
  try {
    const found = admission(project, gateway.sshFrom, await operatorAddress());
    if (found !== undefined) await ("warning" in found ? pulumi.log.warn(found.warning) : unknown(found.unknown));
  } catch (error) {
    await unknown((error as Error).message);
  }
}
