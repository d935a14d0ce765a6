import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { PrivateEgress } from "./network/egress";
import { fleetNames } from "./fleet/names";
import { fleetMaker, volumeKey } from "./fleets";
import { Firewall } from "./network/firewall";
import { sshOf } from "./config/ssh-key";
import type { StackConfig } from "./config/types";
import { Host } from "./hosts/instance";
import type { Hosts } from "./connections";
import { setUpHosts } from "./set-up";
import { backendIds, byId, roleOf, type OfBackends, type OfHosts } from "./hosts/ids";
import type { HostId, HostRole } from "./release/types";
import { userData } from "./hosts/user-data";
import { BACKEND_HOST, type StackInputs } from "./release/inputs";
import { ModelBucket } from "./models/bucket";
import type { BucketFacts } from "./models/bucket-facts";
import { ExistingBucket } from "./models/existing";
import type { Keys } from "./lookups";
import { logBucketName } from "./naming";
import { AccessLogs } from "./network/access-logs";
import { Balancer } from "./network/balancer";
import { InstanceConnect, SsmEndpoints } from "./network/access";
import { ExistingNetwork } from "./network/existing";
import type { NetworkFacts } from "./network/facts";
import { PublicBalancer } from "./network/public-balancer";
import { Network, type NetworkIds } from "./network/vpc";
import { Watch, type WatchArgs } from "./watch/watch";
import { hostStatements, watchStatements } from "./hosts/permissions";
import { loginCommands } from "./login";
import type { Tunnels } from "./remote/tunnels";

/** What `pulumi stack output` shows. */
export interface StackOutputs {
  /** With a fleet of gateways the name of the load balancer in front of it. */
  readonly gatewayAddress: pulumi.Output<string>;
  /** Private address; with several backends of the first, with a fleet the name of the load balancer in front of it. */
  readonly backendAddress: pulumi.Output<string>;
  /** Where there are several backends: of each. */
  readonly backendAddresses?: OfBackends<pulumi.Output<string>>;
  readonly healthUrl: pulumi.Output<string>;
  /** Where anybody logs in: with gateways as a fleet nobody does. */
  readonly sshGateway?: pulumi.Output<string>;
  readonly sshBackend?: pulumi.Output<string>;
  /** Where there are several backends: the same for each. */
  readonly sshBackends?: OfBackends<pulumi.Output<string>>;
  /** Fingerprint of the key that opens the hosts, as `ssh-keygen -l` shows it. */
  readonly sshKey?: pulumi.Output<string>;
  /** What the set-up is pinned to; for known_hosts, and for `npm run verify`. */
  readonly hostKeys: OfHosts<pulumi.Output<string>>;
  /** Where the hosts are reached through tunnels: what they are called there, for `npm run verify` and the like. */
  readonly instanceIds?: OfHosts<pulumi.Output<string>>;
  /** Of the internal load balancer, where there is one. */
  readonly balancerName?: pulumi.Output<string>;
  /** Of the public load balancer, where there is one. */
  readonly publicName?: pulumi.Output<string>;
  readonly modelBucket: pulumi.Output<string>;
  readonly modelRelease: string;
  /** What the verify steps found on the hosts and from the gateway. */
  readonly verification: OfHosts<pulumi.Output<unknown>>;
}

/** What was asked of AWS before. */
export interface Found {
  readonly images: Readonly<Record<HostRole, string>>;
  readonly keys: Keys;
  /** Of `network.existing`. */
  readonly network?: NetworkFacts;
  /** Of `models.existing`, the account that it has to be of, and the keys of models that are in it. */
  readonly bucket?: { readonly facts: BucketFacts; readonly account: string; readonly stored: readonly string[] };
  /** Number of the account. */
  readonly account: string;
}

/** Wires the components of one stack together; every resource of the program is created below. */
export function createStack(inputs: StackInputs, found: Found, tunnels?: Tunnels): StackOutputs {
  const { config, bucketName } = inputs;
  const region = config.region;
  const bucket = modelBucket(inputs, found);
  const made = config.network.existing === undefined ? new Network("network", { config: config.network, region, bucketName }) : undefined;
  const network = made ?? existingNetwork(config, found);
  const firewall = new Firewall("firewall", {
    vpcId: network.vpcId,
    access: config.access,
    ssmEndpoints: made !== undefined && config.access === "ssm" && config.network.egress === "none",
    sshFrom: config.gateway.sshFrom,
    httpsFrom: config.gateway.httpsFrom,
    servicePort: config.backend.port,
    balanced: config.backend.loadBalancer,
    fronted: config.gateway.loadBalancer,
    egress: config.network.egress,
    targets: config.backend.egress,
    s3PrefixListId: network.s3PrefixListId,
  });
  // Routes of a network that was there before are not the program's.
  const kind = made === undefined ? "none" : config.network.egress;
  const way = { kind, routeTableId: made?.privateRouteTableId ?? "", publicSubnetId: network.publicSubnetIds[0] ?? "" };
  // Before the gateway, which gives up its NAT for it.
  const managed = kind === "managed" ? new PrivateEgress("egress", way) : undefined;
  const hosts = createHosts(inputs, found, { network, firewall, after: managed === undefined ? [] : [managed] });
  const egress = (ready: readonly pulumi.Resource[]): pulumi.Resource =>
    managed ?? new PrivateEgress("egress", { ...way, gatewayInterfaceId: hosts.gateway?.primaryNetworkInterfaceId, ready });
  const balancer = balancerOf(inputs, network, firewall, hosts);
  const front = frontOf(inputs, network, firewall, { hosts, account: found.account });
  const parts = { inputs, found, network, firewall, bucket, keyName: hosts.keyName };
  const fleet = config.backend.mode === "fleet" ? fleetMaker("backend", parts, balancer?.targets) : undefined;
  const gateways = config.gateway.fleet === undefined ? undefined : fleetMaker("gateway", parts, front?.targets);
  const endpointId = accessOf(config, network, firewall);
  const reached = { ...hosts, endpointId, tunnels };
  const { sshKey, hostKeys, verification } = setUpHosts(
    inputs,
    { ...reached, balancer, front, fleet, gateways, record: recordOf(config, hosts, front) },
    { bucket, egress },
  );
  if (config.watch.enabled) watchHosts(config, hosts, found.keys, { front: front?.targets, balancer: balancer?.targets });
  const { backends } = hosts;
  const address = hosts.address ?? front?.dnsName ?? pulumi.output("");
  return {
    gatewayAddress: address,
    backendAddress: backends[0]?.instance.privateIp ?? balancer?.dnsName ?? pulumi.output(""),
    ...(backends.length > 1 ? { backendAddresses: byId(backends, ({ instance }) => instance.privateIp) } : {}),
    healthUrl: pulumi.interpolate`${config.https === undefined ? "http" : "https"}://${config.https?.domain ?? address}${config.health.path}`,
    ...loginCommands(config, reached),
    ...(sshKey === undefined ? {} : { sshKey }),
    ...(config.access === "ssh" || backends.length === 0 || hosts.gateway === undefined
      ? {}
      : { instanceIds: { gateway: hosts.gateway.id, ...byId(backends, ({ instance }) => instance.id) } }),
    hostKeys,
    ...(balancer === undefined ? {} : { balancerName: balancer.dnsName }),
    ...(front === undefined ? {} : { publicName: front.dnsName }),
    modelBucket: bucket.bucketName,
    modelRelease: inputs.models.release,
    verification,
  };
}

function modelBucket({ config, bucketName, models }: StackInputs, { keys, bucket }: Found): ModelBucket | ExistingBucket {
  const { region, models: given, protect } = config;
  const { files } = models;
  if (given.existing !== undefined && bucket !== undefined) {
    const { facts, stored } = bucket;
    return new ExistingBucket("models", { existing: given.existing, region, facts, key: keys.bucket, files, stored });
  }
  return new ModelBucket("models", { bucketName, region, adopt: given.adopt, files, key: keys.bucket, protect: protect.bucket });
}

function existingNetwork({ network: { existing } }: StackConfig, { network: facts }: Found): ExistingNetwork {
  if (existing === undefined || facts === undefined) throw new Error("network.existing was not looked up");
  return new ExistingNetwork("network", { existing, facts });
}

function watchHosts(config: StackConfig, { gateway, backends, address }: Hosts, keys: Keys, balancers: WatchArgs["balancers"]): Watch {
  return new Watch("watch", {
    region: config.region,
    of: config,
    config: config.watch,
    backups: config.backup.enabled,
    tls: config.https !== undefined && !config.gateway.loadBalancer,
    logKey: keys.log,
    balancers,
    hosts: {
      gateway: gateway === undefined ? { AutoScalingGroupName: fleetNames(config, "gateway").group } : { InstanceId: gateway.id },
      ...(backends.length === 0
        ? { backend: { AutoScalingGroupName: fleetNames(config, "backend").group } }
        : byId(backends, ({ instance }) => ({ InstanceId: instance.id }))),
    },
    endpoint: {
      // A load balancer's addresses change.
      ...(config.gateway.loadBalancer ? {} : { address }),
      path: config.health.path,
      domain: config.https?.domain,
      host: config.health.host,
    },
  });
}

/** @returns the id of the Instance Connect Endpoint, where there is one */
function accessOf(config: StackConfig, { vpcId, privateSubnetIds }: NetworkIds, firewall: Firewall): pulumi.Output<string> | undefined {
  const { connectGroupId, endpointGroupId } = firewall;
  const subnetId = privateSubnetIds[0] ?? "";
  if (endpointGroupId !== undefined) new SsmEndpoints("ssm", { vpcId, region: config.region, subnetId, groupId: endpointGroupId });
  return connectGroupId === undefined ? undefined : new InstanceConnect("connect", { subnetId, groupId: connectGroupId }).endpointId;
}

/** Undefined where the gateway reaches the backend directly. */
function balancerOf({ config }: StackInputs, network: NetworkIds, firewall: Firewall, hosts: Hosts): Balancer | undefined {
  const { balancerGroupId: groupId } = firewall;
  if (groupId === undefined) return undefined;
  const { vpcId, privateSubnetIds: subnetIds } = network;
  const { health, requests: limits, backend } = config;
  return new Balancer("balancer", {
    host: BACKEND_HOST,
    vpcId,
    subnetIds,
    groupId,
    port: backend.port,
    health,
    limits,
    backends: hosts.backends,
  });
}

/** Undefined where clients reach the gateway directly. */
function frontOf(
  { config }: StackInputs,
  network: NetworkIds,
  firewall: Firewall,
  { hosts, account }: { readonly hosts: Hosts; readonly account: string },
): PublicBalancer | undefined {
  const { frontGroupId: groupId } = firewall;
  const { https, health, requests: limits, protect } = config;
  if (groupId === undefined || https?.acm === undefined) return undefined;
  return new PublicBalancer("front", {
    vpcId: network.vpcId,
    subnetIds: network.balancerSubnetIds,
    groupId,
    domain: https.domain,
    certificate: https.acm,
    zone: https.zone,
    gatewayId: hosts.gateway?.id,
    health,
    limits,
    protect: protect.hosts,
    logs: accessLogsOf(config, account),
  });
}

function accessLogsOf({ project, stack, region, gateway, protect }: StackConfig, account: string): AccessLogs | undefined {
  if (gateway.accessLogs === undefined) return undefined;
  const bucketName = logBucketName(project, stack, account, region);
  return new AccessLogs("logs", { bucketName, region, account, days: gateway.accessLogs.days, protect: protect.bucket });
}

/** The gateway's name, which follows its address, or that of the load balancer in front of it. Undefined where the record is made elsewhere. */
function recordOf({ https }: StackConfig, { address }: Hosts, front: PublicBalancer | undefined): pulumi.Resource | undefined {
  if (https?.zone === undefined) return undefined;
  const common = { zoneId: https.zone, name: https.domain, type: "A" };
  if (front !== undefined) {
    const aliases = [{ name: front.dnsName, zoneId: front.zoneId, evaluateTargetHealth: false }];
    return new aws.route53.Record("gateway-record", { ...common, aliases }, { dependsOn: [front] });
  }
  return address === undefined ? undefined : new aws.route53.Record("gateway-record", { ...common, ttl: 60, records: [address] });
}

interface Places {
  readonly network: NetworkIds;
  readonly firewall: Firewall;
  /** What the gateway comes behind. */
  readonly after: readonly pulumi.Resource[];
}

function createHosts(inputs: StackInputs, { images, keys, bucket, account }: Found, { network, firewall, after }: Places): Hosts {
  const { config, bucketName } = inputs;
  // Nobody logs in: both kinds of hosts come as fleets.
  if (config.gateway.fleet !== undefined) return { backends: [] };
  const key = new aws.ec2.KeyPair("ssh-key", { publicKey: sshOf(config).publicKey });
  const host = (id: HostId, subnetId: pulumi.Input<string>, groupId: pulumi.Input<string>): aws.ec2.Instance => {
    const role = roleOf(id);
    const isGateway = role === "gateway";
    const made = new Host(id, {
      role,
      title: id,
      config: config[role],
      image: images[role],
      subnetId,
      groupId,
      keyName: key.keyName,
      userData: userData(role),
      statements: [
        ...hostStatements(role, config, bucketName, { key: keys.bucket, account: bucket?.account, host: id }),
        ...watchStatements(id, config, account),
      ],
      volumeKey: volumeKey(config, keys),
      iam: config.iam,
      protect: config.protect.hosts,
      publicAddress: isGateway,
      forwards: isGateway && config.network.egress === "gateway",
      after: isGateway ? after : [],
    });
    return made.instance;
  };
  const gateway = host("gateway", network.publicSubnetIds[0] ?? "", firewall.gatewayGroupId);
  const backends = backendIds(config).map((id, index) => ({
    id,
    instance: host(id, network.privateSubnetIds[index % network.privateSubnetIds.length] ?? "", firewall.backendGroupId),
  }));
  const address = config.gateway.elasticIp ? elasticIp(gateway, config.protect.hosts) : gateway.publicIp;
  return { gateway, backends, address, keyName: key.keyName };
}

/** The association is what an address has to wait for: before it, the instance does not answer there. */
function elasticIp(gateway: aws.ec2.Instance, protect: boolean): pulumi.Output<string> {
  const address = new aws.ec2.Eip("gateway-address", { domain: "vpc", tags: { Name: "gateway" } }, { protect });
  const association = new aws.ec2.EipAssociation("gateway-address", { allocationId: address.id, instanceId: gateway.id });
  return association.publicIp;
}
