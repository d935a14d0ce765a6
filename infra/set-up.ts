/** How both hosts are set up: the connections over the bastion, the rotation of the SSH key, and the steps in the order of release/order.ts. */
import type * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { fingerprint } from "./config/ssh-key";
import type { Balancer } from "./network/balancer";
import { backendHostKey, bastionHostKey } from "./remote/host-keys";
import { RemoteSetup, type Connection } from "./remote/setup";
import { rotateKey, type KeyRotation } from "./remote/ssh-key";
import { NO_ADDRESS, type StackInputs } from "./release/inputs";
import { setUpOrder, type Needed, type Part } from "./release/order";
import { hostScripts, hostSteps } from "./release/steps";
import type { HostRole, Step, StepValues } from "./release/types";

export interface Hosts {
  readonly gateway: aws.ec2.Instance;
  /** Undefined where a fleet takes its place. */
  readonly backend?: aws.ec2.Instance;
  /** Makes the fleet, once what its hosts need is there. */
  readonly fleet?: (ready: readonly pulumi.Resource[]) => pulumi.Resource;
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
  readonly hostKeys: OfHosts<pulumi.Output<string>>;
  /** What the verify steps found. */
  readonly verification: OfHosts<pulumi.Output<unknown>>;
}

/** Of the hosts that are set up over SSH: those of a fleet are not. */
type OfHosts<T> = { readonly gateway: T; readonly backend?: T };

function ofHosts<A, B>({ gateway, backend }: OfHosts<A>, make: (one: A) => B): OfHosts<B> {
  return { gateway: make(gateway), ...(backend === undefined ? {} : { backend: make(backend) }) };
}

/** A connection to one host, and what has to be done before the steps use it. */
interface Access {
  readonly connection: Connection;
  readonly rotation?: KeyRotation;
}

export function setUpHosts(inputs: StackInputs, hosts: Hosts, parts: Readonly<Record<"egress" | "bucket", pulumi.Resource>>): SetUpResult {
  const access = connections(inputs, hosts);
  const setUpOf = (role: HostRole, { connection, rotation }: Access): RemoteSetup =>
    new RemoteSetup(role, {
      connection,
      scripts: hostScripts(inputs.specs[role]),
      valuesFor: (step) => stepValues(inputs, hosts, role, step),
      waitFor: authorized(rotation),
    });
  const gateway = setUpOf("gateway", access.gateway);
  const setUps = { gateway, ...(access.backend === undefined ? {} : { backend: setUpOf("backend", access.backend) }) };
  addSteps(inputs, setUps, hosts, {
    ...parts,
    ...(hosts.balancer === undefined ? {} : { balancer: hosts.balancer }),
    ...(hosts.record === undefined ? {} : { record: hosts.record }),
  });
  // Known when no host accepts another key any more: program.ts tells from it, at the next run, what a changed key means.
  const revoked = [access.gateway, access.backend].flatMap((one) => (one?.rotation === undefined ? [] : [one.rotation.revoked.id]));
  return {
    sshKey: pulumi.all(revoked).apply(() => fingerprint(inputs.config.ssh.publicKey)),
    hostKeys: ofHosts(access, ({ connection }) => pulumi.output(connection.hostKey)),
    verification: ofHosts(setUps, (one) => one.command("verify").stdout.apply(parseReport)),
  };
}

function addSteps(
  inputs: StackInputs,
  setUps: OfHosts<RemoteSetup>,
  { fleet }: Pick<Hosts, "fleet">,
  parts: Readonly<Partial<Record<Part, pulumi.Resource>>>,
): void {
  const added = new Map<Needed, pulumi.Resource>(Object.entries(parts) as Array<[Part, pulumi.Resource]>);
  const steps = { gateway: hostSteps(inputs.specs.gateway), backend: hostSteps(inputs.specs.backend) };
  for (const [id, needs] of setUpOrder(inputs.config.gateway.mode)) {
    const [role, name] = id.split(":") as [HostRole, string];
    const step = steps[role].find((one) => one.name === name);
    const dependsOn = needs.flatMap((need) => added.get(need) ?? []);
    const setUp = setUps[role];
    if (step !== undefined && setUp !== undefined) added.set(id, setUp.add(step, dependsOn));
    // Each host of a fleet does the backend's steps by itself; whoever waits for one of them waits for the fleet.
    if (fleet !== undefined && id === "backend:prepare") {
      const made = fleet([...dependsOn, ...(parts.bucket === undefined ? [] : [parts.bucket])]);
      for (const { name: other } of steps.backend) added.set(`backend:${other}`, made);
    }
  }
}

/** The bastion's key has to be authorized before the backend is reached through it. */
function connections(inputs: StackInputs, hosts: Hosts): OfHosts<Access> {
  const { config, hostKeyScript: script } = inputs;
  const login = { user: config.ssh.user, privateKey: config.ssh.privateKey };
  const asked = { address: hosts.address, instanceId: hosts.gateway.id, script };
  const bastion: Connection = {
    ...login,
    host: hosts.address,
    hostKey: bastionHostKey("gateway-host-key", { ...asked, allowed: config.gateway.sshFrom }, {}),
  };
  const gateway: Access = { connection: bastion, rotation: keyRotation(inputs, hosts, hosts.gateway, "gateway", bastion) };
  if (hosts.backend === undefined) return { gateway };
  const dependsOn = authorized(gateway.rotation);
  const target = { address: hosts.backend.privateIp, instanceId: hosts.backend.id, script };
  const connection: Connection = {
    ...login,
    host: hosts.backend.privateIp,
    hostKey: backendHostKey("backend-host-key", { ...target, bastion }, { dependsOn }),
    proxy: bastion,
  };
  return { gateway, backend: { connection, rotation: keyRotation(inputs, hosts, hosts.backend, "backend", connection, dependsOn) } };
}

/** Undefined while no key is rotated. */
function keyRotation(
  inputs: StackInputs,
  hosts: Hosts,
  host: aws.ec2.Instance,
  role: HostRole,
  connection: Connection,
  dependsOn: pulumi.Resource[] = [],
): KeyRotation | undefined {
  const { previous, ...current } = inputs.config.ssh;
  if (previous === undefined) {
    return undefined;
  }
  const { id: instanceId, keyName: launchKeyName } = host;
  const keys = { current, previous, launchKeyName, currentKeyName: hosts.keyName };
  return rotateKey(`${role}-ssh-key`, { ...keys, connection, instanceId, script: inputs.sshKeyScript }, { dependsOn });
}

function authorized(rotation: KeyRotation | undefined): pulumi.Resource[] {
  return rotation === undefined ? [] : [rotation.authorized];
}

/** Only what the step uses: a value that is unknown at preview would hide the others. */
function stepValues(inputs: StackInputs, hosts: Hosts, role: HostRole, step: Step): pulumi.Output<StepValues> {
  const all = { ...inputs.values(role), backendAddress: hosts.backend?.privateIp ?? NO_ADDRESS, balancerName: hosts.balancer?.dnsName };
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
