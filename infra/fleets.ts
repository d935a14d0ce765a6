/** The fleets of a stack: what each gets of configuration, network and bucket. */
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config/types";
import { fleetBundle, fleetSecrets } from "./fleet/bundle";
import { Fleet } from "./fleet/fleet";
import { DEFAULT_FLEET } from "./fleet/limits";
import { FLEETS, fleetNames } from "./fleet/names";
import type { VolumeKey } from "./hosts/instance";
import { fleetStatements, hostStatements, watchStatements } from "./hosts/permissions";
import type { Keys } from "./lookups";
import type { Targets } from "./network/balancer";
import type { Firewall } from "./network/firewall";
import type { NetworkIds } from "./network/vpc";
import { fleetSpec, type StackInputs } from "./release/inputs";
import type { HostRole } from "./release/types";

/** What both fleets of a stack are made of. */
export interface FleetParts {
  readonly inputs: StackInputs;
  readonly found: { readonly images: Readonly<Record<HostRole, string>>; readonly keys: Keys; readonly account: string };
  readonly network: NetworkIds;
  readonly firewall: Firewall;
  readonly bucket: { readonly bucketName: pulumi.Input<string> };
  readonly keyName?: pulumi.Output<string> | undefined;
}

/**
 * What makes the fleet of a role, once what its hosts need is there.
 * @param targets where its hosts are registered; undefined where no load balancer stands there, with which the configuration has no fleet
 */
export function fleetMaker(
  role: HostRole,
  parts: FleetParts,
  targets: Targets | undefined,
): ((ready: readonly pulumi.Resource[]) => Fleet) | undefined {
  if (targets === undefined) return undefined;
  const { inputs, found, network, firewall, bucket, keyName } = parts;
  const { config, bucketName } = inputs;
  const { keys, account } = found;
  const names = fleetNames(config, role);
  const released = { ...inputs, spec: fleetSpec(inputs, role), releases: names.releases };
  const statements = [
    ...hostStatements(role, config, bucketName, { key: keys.bucket }),
    ...fleetStatements(config.region, account, bucketName, names),
    ...watchStatements(role, config, account),
  ];
  const { backend, gateway } = config;
  const own =
    role === "backend"
      ? { config: backend.fleet, subnetIds: network.privateSubnetIds, groupId: firewall.backendGroupId }
      : {
          config: gateway.fleet ?? DEFAULT_FLEET,
          // Those that the load balancer stands in, which has to have one in each zone of a gateway. Of a network of the program's own, all public ones.
          subnetIds: network.balancerSubnetIds,
          groupId: firewall.gatewayGroupId,
          // In proxy mode health is the backends': where these fail, new gateways would be no better.
          ...(gateway.mode === "proxy" ? { replacedBy: "EC2" as const } : {}),
        };
  return (ready) =>
    new Fleet(FLEETS[role], {
      ...own,
      role,
      region: config.region,
      profile: config.profile,
      names,
      machine: config[role],
      image: found.images[role],
      keyName,
      statements,
      volumeKey: volumeKey(config, keys),
      iam: config.iam,
      protect: config.protect.hosts,
      bucketName,
      bucket: bucket.bucketName,
      bundle: fleetBundle(released),
      secrets: fleetSecrets(released),
      targets,
      startSeconds: config.health.startSeconds,
      ready,
    });
}

export function volumeKey(config: StackConfig, { volume }: Keys): VolumeKey | undefined {
  return volume === undefined ? undefined : { arn: volume, followed: config.kms.volumeKey === volume };
}
