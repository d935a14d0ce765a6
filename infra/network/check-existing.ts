/** Everything that is asked of AWS about networks and security groups of others, before anything is registered. */
import type { StackConfig } from "../config/types";
import type { LastUpdate } from "../last-update";
import { examine } from "./examine";
import { groups } from "./examine-groups";
import type { NetworkFacts } from "./facts";
import { whyUnknown } from "./facts";
import { refuse } from "../refusal";
import { lookUpGroups, lookUpNetwork } from "./look-up";

export interface Surroundings {
  readonly account: string;
  readonly bucketName: string;
  readonly last: LastUpdate;
  readonly warn: (text: string) => Promise<void>;
}

/**
 * @returns what was found of `network.existing`; undefined where the program makes the network.
 * @throws RunError with everything that would fail, or that would open what has to be closed.
 */
export async function checkNetwork(
  config: StackConfig,
  { account, bucketName, last, warn }: Surroundings,
): Promise<NetworkFacts | undefined> {
  const { project, region, network, backend } = config;
  const { existing, egress } = network;
  const ids = backend.egress.flatMap(({ securityGroup }) => securityGroup ?? []);
  const first = Object.keys(last.outputs).length === 0;
  const facts = existing === undefined ? undefined : await lookUpNetwork(existing, { region, egress, groups: ids });
  const found = facts?.groups ?? (await lookUpGroups(ids));
  const { stack } = config;
  const open = last.groups ?? [];
  const verdicts = [groups({ project, stack, region, account, network, targets: backend.egress, first, open }, found, facts)];
  if (existing !== undefined && facts !== undefined) {
    const firstFront = last.outputs.publicName === undefined;
    const balanced = backend.loadBalancer;
    const gateways = config.gateway.fleet !== undefined;
    verdicts.push(examine({ project, region, account, existing, egress, first, firstFront, bucketName, balanced, gateways }, facts));
    verdicts.push({ problems: noPrefixList(project, facts), warnings: [] });
  }
  for (const text of [...verdicts.flatMap(({ warnings }) => warnings), ...exchange(config, last)]) await warn(text);
  refuse(verdicts.flatMap(({ problems }) => problems));
  return facts;
}

function noPrefixList(project: string, { prefixList }: NetworkFacts): string[] {
  const why = prefixList === "absent" ? "AWS knows none for this region" : whyUnknown(prefixList ?? "");
  if (why === undefined) return [];
  return [
    `${project}:network.egress: is none, and the prefix list of S3, to which alone the backend may connect then, could not be asked for (${why}); allow ec2:DescribePrefixLists`,
  ];
}

/** Said before the engine lists it resource by resource. */
function exchange({ project, network: { existing } }: StackConfig, { ownNetwork }: LastUpdate): string[] {
  if (ownNetwork === undefined || ownNetwork === (existing === undefined)) return [];
  const to = existing === undefined ? "a network of its own" : `the network ${existing.vpcId}`;
  return [
    `${project}:network.existing: this stack moves to ${to}. Both hosts and their security groups are replaced, and the gateway's address changes unless gateway.elasticIp is set; ` +
      "the old hosts answer until the new ones are set up. Logs, metrics and the backend's data folder go with the old hosts; the bucket with models and backups stays",
  ];
}
