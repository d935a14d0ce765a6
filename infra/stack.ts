import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { fingerprint } from "./config/ssh-key";
import { PrivateEgress } from "./network/egress";
import { Firewall } from "./network/firewall";
import { Host } from "./hosts/instance";
import { backendHostKey, bastionHostKey } from "./remote/host-keys";
import { rotateKey, type KeyRotation } from "./remote/ssh-key";
import type { HostRole, Step, StepName, StepValues } from "./release/types";
import { hostScripts, hostSteps } from "./release/steps";
import { userData } from "./hosts/user-data";
import type { StackInputs } from "./release/inputs";
import { ModelBucket } from "./models/bucket";
import { Network } from "./network/vpc";
import { hostStatements } from "./hosts/permissions";
import { RemoteSetup, type Connection } from "./remote/setup";

/** What `pulumi stack output` shows. */
export interface StackOutputs {
  readonly gatewayAddress: pulumi.Output<string>;
  /** Private address. */
  readonly backendAddress: pulumi.Output<string>;
  readonly healthUrl: pulumi.Output<string>;
  readonly sshGateway: pulumi.Output<string>;
  readonly sshBackend: pulumi.Output<string>;
  /** Fingerprint of the key that opens the hosts, as `ssh-keygen -l` shows it. */
  readonly sshKey: pulumi.Output<string>;
  /** What the set-up is pinned to; for known_hosts, and for `npm run verify`. */
  readonly hostKeys: { readonly gateway: pulumi.Output<string>; readonly backend: pulumi.Output<string> };
  readonly modelBucket: pulumi.Output<string>;
  readonly modelRelease: string;
  /** What the verify steps found on the hosts and from the gateway. */
  readonly verification: { readonly gateway: pulumi.Output<unknown>; readonly backend: pulumi.Output<unknown> };
}

interface Hosts {
  readonly gateway: aws.ec2.Instance;
  readonly backend: aws.ec2.Instance;
  /** Public address of the gateway. */
  readonly address: pulumi.Output<string>;
  /** Key pair that a host which is made now starts with. */
  readonly keyName: pulumi.Output<string>;
}

/** Wires the components of one stack together; every resource of the program is created below. */
export function createStack(inputs: StackInputs, images: Readonly<Record<HostRole, string>>): StackOutputs {
  const { config, bucketName } = inputs;
  const region = config.region;
  const bucket = new ModelBucket("models", { bucketName, region, adopt: config.models.adopt, files: inputs.models.files });
  const network = new Network("network", { config: config.network, region, bucketName });
  const firewall = new Firewall("firewall", {
    vpcId: network.vpcId,
    sshFrom: config.gateway.sshFrom,
    servicePort: config.backend.port,
    egress: config.network.egress,
    s3PrefixListId: network.s3PrefixListId,
  });
  const hosts = createHosts(inputs, images, network, firewall);
  const egress = new PrivateEgress("egress", {
    kind: config.network.egress,
    routeTableId: network.privateRouteTableId,
    gatewayInterfaceId: hosts.gateway.primaryNetworkInterfaceId,
    publicSubnetId: network.publicSubnetIds[0] ?? "",
  });
  const { sshKey, hostKeys, verification } = setUp(inputs, hosts, { bucket, egress });
  const user = config.ssh.user;
  return {
    gatewayAddress: hosts.address,
    backendAddress: hosts.backend.privateIp,
    healthUrl: pulumi.interpolate`http://${hosts.address}${config.health.path}`,
    sshGateway: pulumi.interpolate`ssh ${user}@${hosts.address}`,
    sshBackend: pulumi.interpolate`ssh -J ${user}@${hosts.address} ${user}@${hosts.backend.privateIp}`,
    sshKey,
    hostKeys,
    modelBucket: bucket.bucketName,
    modelRelease: inputs.models.release,
    verification,
  };
}

function createHosts(inputs: StackInputs, images: Readonly<Record<HostRole, string>>, network: Network, firewall: Firewall): Hosts {
  const { config, bucketName } = inputs;
  const key = new aws.ec2.KeyPair("ssh-key", { publicKey: config.ssh.publicKey });
  const host = (role: HostRole, subnetId: pulumi.Input<string>, groupId: pulumi.Input<string>): aws.ec2.Instance => {
    const isGateway = role === "gateway";
    const made = new Host(role, {
      role,
      config: config[role],
      image: images[role],
      subnetId,
      groupId,
      keyName: key.keyName,
      userData: userData(role),
      statements: hostStatements(role, config, bucketName),
      publicAddress: isGateway,
      forwards: isGateway && config.network.egress === "gateway",
    });
    return made.instance;
  };
  const gateway = host("gateway", network.publicSubnetIds[0] ?? "", firewall.gatewayGroupId);
  const backend = host("backend", network.privateSubnetIds[0] ?? "", firewall.backendGroupId);
  const address = config.gateway.elasticIp ? elasticIp(gateway) : gateway.publicIp;
  return { gateway, backend, address, keyName: key.keyName };
}

/** The association is what an address has to wait for: before it, the instance does not answer there. */
function elasticIp(gateway: aws.ec2.Instance): pulumi.Output<string> {
  const address = new aws.ec2.Eip("gateway-address", { domain: "vpc", tags: { Name: "gateway" } });
  const association = new aws.ec2.EipAssociation("gateway-address", { allocationId: address.id, instanceId: gateway.id });
  return association.publicIp;
}

function setUp(
  inputs: StackInputs,
  hosts: Hosts,
  after: { bucket: ModelBucket; egress: PrivateEgress },
): Pick<StackOutputs, "sshKey" | "hostKeys" | "verification"> {
  const { config } = inputs;
  const login = { user: config.ssh.user, privateKey: config.ssh.privateKey };
  const script = inputs.hostKeyScript;
  const asked = { address: hosts.address, instanceId: hosts.gateway.id, script };
  const bastion: Connection = {
    ...login,
    host: hosts.address,
    hostKey: bastionHostKey("gateway-host-key", { ...asked, allowed: config.gateway.sshFrom }, {}),
  };
  const gatewayKey = keyRotation(inputs, hosts, "gateway", bastion);
  const target = { address: hosts.backend.privateIp, instanceId: hosts.backend.id, script };
  const inner: Connection = {
    ...login,
    host: hosts.backend.privateIp,
    hostKey: backendHostKey("backend-host-key", { ...target, bastion }, { dependsOn: authorized(gatewayKey) }),
    proxy: bastion,
  };
  const backendKey = keyRotation(inputs, hosts, "backend", inner, authorized(gatewayKey));

  const setUpOf = (role: HostRole, connection: Connection, waitFor: pulumi.Resource[]): RemoteSetup =>
    new RemoteSetup(role, {
      connection,
      scripts: hostScripts(inputs.specs[role]),
      valuesFor: (step) => stepValues(inputs, hosts, role, step),
      waitFor,
    });
  const gateway = setUpOf("gateway", bastion, authorized(gatewayKey));
  const backend = setUpOf("backend", inner, authorized(backendKey));
  const [gatewaySteps, gatewayCheck] = partition(hostSteps(inputs.specs.gateway), (step) => step.name !== "verify");
  gatewaySteps.forEach((step) => gateway.add(step));
  // The backend's first packages come through the gateway's NAT, and models must be in the bucket before they are fetched.
  const waits: Partial<Record<StepName, pulumi.Resource[]>> = {
    prepare: [gateway.command("prepare"), after.egress],
    models: [after.bucket],
  };
  hostSteps(inputs.specs.backend).forEach((step) => backend.add(step, waits[step.name]));
  gatewayCheck.forEach((step) => gateway.add(step, backend.all()));
  const report = (setup: RemoteSetup): pulumi.Output<unknown> => setup.command("verify").stdout.apply(parseReport);
  const hostKeys = { gateway: pulumi.output(bastion.hostKey), backend: pulumi.output(inner.hostKey) };
  // Known when no host accepts another key any more: program.ts tells from it, at the next run, what a changed key means.
  const revoked = [...gatewayKey, ...backendKey].map((rotation) => rotation.revoked.id);
  const sshKey = pulumi.all(revoked).apply(() => fingerprint(config.ssh.publicKey));
  return { sshKey, hostKeys, verification: { gateway: report(gateway), backend: report(backend) } };
}

/** One while the SSH key is rotated, none otherwise. */
function keyRotation(
  inputs: StackInputs,
  hosts: Hosts,
  role: HostRole,
  connection: Connection,
  dependsOn: pulumi.Resource[] = [],
): KeyRotation[] {
  const { previous, ...current } = inputs.config.ssh;
  if (previous === undefined) {
    return [];
  }
  const { id: instanceId, keyName: launchKeyName } = hosts[role];
  const keys = { current, previous, launchKeyName, currentKeyName: hosts.keyName };
  return [rotateKey(`${role}-ssh-key`, { ...keys, connection, instanceId, script: inputs.sshKeyScript }, { dependsOn })];
}

function authorized(rotations: readonly KeyRotation[]): pulumi.Resource[] {
  return rotations.map((rotation) => rotation.authorized);
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/** Only what the step uses: a value that is unknown at preview would hide the others. */
function stepValues(inputs: StackInputs, hosts: Hosts, role: HostRole, step: Step): pulumi.Output<StepValues> {
  const uses = (key: keyof StepValues): boolean => step.uses.includes(key);
  return pulumi
    .all([uses("backendAddress") ? hosts.backend.privateIp : undefined, uses("env") ? inputs.environment(role) : pulumi.output({})])
    .apply(([backendAddress, env]) => ({ backendAddress, bucket: inputs.bucketName, env }));
}

/** Without the names of the many checks that passed. A report that cannot be read is shown as it is: the step itself has succeeded. */
function parseReport(text: string): unknown {
  try {
    const { checks: _passed, ...report } = JSON.parse(text) as Record<string, unknown>;
    return report;
  } catch {
    return text;
  }
}
