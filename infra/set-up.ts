/** How both hosts are set up: the steps over their connections (connections.ts), in the order of release/order.ts. */
import * as pulumi from "@pulumi/pulumi";
import { fingerprint } from "./config/ssh-key";
import { authorized, backendAccess, gatewayAccess, type Access, type Hosts } from "./connections";
import { RemoteSetup } from "./remote/setup";
import { NO_ADDRESS, type StackInputs } from "./release/inputs";
import { setUpOrder, type Needed, type Part } from "./release/order";
import { hostScripts, hostSteps } from "./release/steps";
import type { HostRole, Step, StepValues } from "./release/types";

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

export function setUpHosts(inputs: StackInputs, hosts: Hosts, parts: Readonly<Record<"egress" | "bucket", pulumi.Resource>>): SetUpResult {
  const setUpOf = (role: HostRole, { connection, rotation }: Access): RemoteSetup =>
    new RemoteSetup(role, {
      connection,
      scripts: hostScripts(inputs.specs[role]),
      valuesFor: (step) => stepValues(inputs, hosts, role, step),
      waitFor: authorized(rotation),
    });
  const { balancer, record } = hosts;
  const order = new Order(inputs, hosts, {
    ...parts,
    ...(balancer === undefined ? {} : { balancer }),
    ...(record === undefined ? {} : { record }),
  });
  const gateway = gatewayAccess(inputs, hosts);
  const first = { gateway: setUpOf("gateway", gateway) };
  // The backend's agent registers through the NAT that this step sets up.
  if (inputs.config.access === "ssm" && inputs.config.network.egress === "gateway") order.add(first, ["gateway:prepare"]);
  const backend = backendAccess(inputs, hosts, gateway, order.added("gateway:prepare"));
  const setUps = { ...first, ...(backend === undefined ? {} : { backend: setUpOf("backend", backend) }) };
  order.add(setUps);
  // Known when no host accepts another key any more: program.ts tells from it, at the next run, what a changed key means.
  const revoked = [gateway, backend].flatMap((one) => (one?.rotation === undefined ? [] : [one.rotation.revoked.id]));
  return {
    sshKey: pulumi.all(revoked).apply(() => fingerprint(inputs.config.ssh.publicKey)),
    hostKeys: ofHosts({ gateway, backend }, ({ connection }) => pulumi.output(connection.hostKey)),
    verification: ofHosts(setUps, (one) => one.command("verify").stdout.apply(parseReport)),
  };
}

/** The steps of both hosts, each behind those that it needs. */
class Order {
  private readonly all = new Map<Needed, pulumi.Resource>();
  private readonly steps: Readonly<Record<HostRole, readonly Step[]>>;

  constructor(
    private readonly inputs: StackInputs,
    private readonly hosts: Pick<Hosts, "fleet">,
    private readonly parts: Readonly<Partial<Record<Part, pulumi.Resource>>>,
  ) {
    for (const [part, resource] of Object.entries(parts)) this.all.set(part as Part, resource);
    this.steps = { gateway: hostSteps(inputs.specs.gateway), backend: hostSteps(inputs.specs.backend) };
  }

  added(id: Needed): pulumi.Resource[] {
    return [this.all.get(id)].filter((one) => one !== undefined);
  }

  /** @param only these. @default all that are not there yet */
  add(setUps: OfHosts<RemoteSetup>, only?: readonly Needed[]): void {
    for (const [id, needs] of setUpOrder(this.inputs.config.gateway.mode)) {
      if (this.all.has(id) || only?.includes(id) === false) continue;
      const [role, name] = id.split(":") as [HostRole, string];
      const step = this.steps[role].find((one) => one.name === name);
      const dependsOn = needs.flatMap((need) => this.added(need));
      const setUp = setUps[role];
      if (step !== undefined && setUp !== undefined) this.all.set(id, setUp.add(step, dependsOn));
      if (id === "backend:prepare") this.addFleet(dependsOn);
    }
  }

  /** Each host of a fleet does the backend's steps by itself; whoever waits for one of them waits for the fleet. */
  private addFleet(dependsOn: readonly pulumi.Resource[]): void {
    const made = this.hosts.fleet?.([...dependsOn, ...(this.parts.bucket === undefined ? [] : [this.parts.bucket])]);
    if (made !== undefined) for (const { name } of this.steps.backend) this.all.set(`backend:${name}`, made);
  }
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
