/** How both hosts are set up: the connections over the bastion, the rotation of the SSH key, and the steps in the order of release/order.ts. */
import type * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { fingerprint } from "./config/ssh-key";
import type { Balancer } from "./network/balancer";
import { backendHostKey, bastionHostKey } from "./remote/host-keys";
import { RemoteSetup, type Connection } from "./remote/setup";
import { rotateKey, type KeyRotation } from "./remote/ssh-key";
import type { StackInputs } from "./release/inputs";
import { setUpOrder, type Needed, type Part } from "./release/order";
import { hostScripts, hostSteps } from "./release/steps";
import type { HostRole, Step, StepValues } from "./release/types";

export interface Hosts {
  readonly gateway: aws.ec2.Instance;
  readonly backend: aws.ec2.Instance;
  /** Public address of the gateway. */
  readonly address: pulumi.Output<string>;
  /** In front of the backend, where there is one. */
  readonly balancer?: Balancer;
  /** The gateway's name, where a zone is given. */
  readonly record?: pulumi.Resource;
  /** Key pair that a host which is made now starts with. */
  readonly keyName: pulumi.Output<string>;
}

export interface SetUpResult {
  /** Fingerprint of the key that opens the hosts. */
  readonly sshKey: pulumi.Output<string>;
  readonly hostKeys: Readonly<Record<HostRole, pulumi.Output<string>>>;
  /** What the verify steps found. */
  readonly verification: Readonly<Record<HostRole, pulumi.Output<unknown>>>;
}

/** A connection to one host, and what has to be done before the steps use it. */
interface Access {
  readonly connection: Connection;
  readonly rotation?: KeyRotation;
}

export function setUpHosts(inputs: StackInputs, hosts: Hosts, parts: Readonly<Record<"egress" | "bucket", pulumi.Resource>>): SetUpResult {
  const access = connections(inputs, hosts);
  const setUpOf = (role: HostRole): RemoteSetup =>
    new RemoteSetup(role, {
      connection: access[role].connection,
      scripts: hostScripts(inputs.specs[role]),
      valuesFor: (step) => stepValues(inputs, hosts, role, step),
      waitFor: authorized(access[role].rotation),
    });
  const setUps = { gateway: setUpOf("gateway"), backend: setUpOf("backend") };
  addSteps(inputs, setUps, {
    ...parts,
    ...(hosts.balancer === undefined ? {} : { balancer: hosts.balancer }),
    ...(hosts.record === undefined ? {} : { record: hosts.record }),
  });
  const report = (role: HostRole): pulumi.Output<unknown> => setUps[role].command("verify").stdout.apply(parseReport);
  const hostKey = (role: HostRole): pulumi.Output<string> => pulumi.output(access[role].connection.hostKey);
  // Known when no host accepts another key any more: program.ts tells from it, at the next run, what a changed key means.
  const revoked = [access.gateway, access.backend].flatMap(({ rotation }) => (rotation === undefined ? [] : [rotation.revoked.id]));
  return {
    sshKey: pulumi.all(revoked).apply(() => fingerprint(inputs.config.ssh.publicKey)),
    hostKeys: { gateway: hostKey("gateway"), backend: hostKey("backend") },
    verification: { gateway: report("gateway"), backend: report("backend") },
  };
}

function addSteps(
  inputs: StackInputs,
  setUps: Readonly<Record<HostRole, RemoteSetup>>,
  parts: Readonly<Partial<Record<Part, pulumi.Resource>>>,
): void {
  const added = new Map<Needed, pulumi.Resource>(Object.entries(parts) as Array<[Part, pulumi.Resource]>);
  const steps = { gateway: hostSteps(inputs.specs.gateway), backend: hostSteps(inputs.specs.backend) };
  for (const [id, needs] of setUpOrder(inputs.config.gateway.mode)) {
    const [role, name] = id.split(":") as [HostRole, string];
    const step = steps[role].find((one) => one.name === name);
    if (step !== undefined) {
      const dependsOn = needs.flatMap((need) => added.get(need) ?? []);
      added.set(id, setUps[role].add(step, dependsOn));
    }
  }
}

/** The bastion's key has to be authorized before the backend is reached through it. */
function connections(inputs: StackInputs, hosts: Hosts): Readonly<Record<HostRole, Access>> {
  const { config, hostKeyScript: script } = inputs;
  const login = { user: config.ssh.user, privateKey: config.ssh.privateKey };
  const asked = { address: hosts.address, instanceId: hosts.gateway.id, script };
  const bastion: Connection = {
    ...login,
    host: hosts.address,
    hostKey: bastionHostKey("gateway-host-key", { ...asked, allowed: config.gateway.sshFrom }, {}),
  };
  const gateway: Access = { connection: bastion, rotation: keyRotation(inputs, hosts, "gateway", bastion) };
  const dependsOn = authorized(gateway.rotation);
  const target = { address: hosts.backend.privateIp, instanceId: hosts.backend.id, script };
  const connection: Connection = {
    ...login,
    host: hosts.backend.privateIp,
    hostKey: backendHostKey("backend-host-key", { ...target, bastion }, { dependsOn }),
    proxy: bastion,
  };
  return { gateway, backend: { connection, rotation: keyRotation(inputs, hosts, "backend", connection, dependsOn) } };
}

/** Undefined while no key is rotated. */
function keyRotation(
  inputs: StackInputs,
  hosts: Hosts,
  role: HostRole,
  connection: Connection,
  dependsOn: pulumi.Resource[] = [],
): KeyRotation | undefined {
  const { previous, ...current } = inputs.config.ssh;
  if (previous === undefined) {
    return undefined;
  }
  const { id: instanceId, keyName: launchKeyName } = hosts[role];
  const keys = { current, previous, launchKeyName, currentKeyName: hosts.keyName };
  return rotateKey(`${role}-ssh-key`, { ...keys, connection, instanceId, script: inputs.sshKeyScript }, { dependsOn });
}

function authorized(rotation: KeyRotation | undefined): pulumi.Resource[] {
  return rotation === undefined ? [] : [rotation.authorized];
}

/** Only what the step uses: a value that is unknown at preview would hide the others. */
function stepValues(inputs: StackInputs, hosts: Hosts, role: HostRole, step: Step): pulumi.Output<StepValues> {
  const all = { ...inputs.values(role), backendAddress: hosts.backend.privateIp, balancerName: hosts.balancer?.dnsName };
  const used = Object.entries(all).filter(([name]) => (step.uses as readonly string[]).includes(name));
  return pulumi.all(Object.fromEntries(used)).apply((values) => ({ ...(values as StepValues), bucket: inputs.bucketName }));
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
