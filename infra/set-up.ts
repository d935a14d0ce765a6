/** How the hosts are set up: the steps over their connections (connections.ts), in the order of release/order.ts. */
import * as pulumi from "@pulumi/pulumi";
import { fingerprint, sshOf } from "./config/ssh-key";
import { authorized, backendAccess, gatewayAccess, hasLogins, type Access, type Hosts, type LoginHosts } from "./connections";
import { byId, roleOf, type OfHosts } from "./hosts/ids";
import { documentIn } from "./remote/printed";
import { RemoteSetup } from "./remote/setup";
import { NO_ADDRESS, specOf, type StackInputs } from "./release/inputs";
import { setUpOrder, type Needed, type Part } from "./release/order";
import { hostScripts, hostSteps } from "./release/steps";
import type { BackendId, HostId, Step, StepValues } from "./release/types";

export interface SetUpResult {
  /** Fingerprint of the key that opens the hosts. None where nobody logs in. */
  readonly sshKey?: pulumi.Output<string>;
  readonly hostKeys: OfHosts<pulumi.Output<string>>;
  /** What the verify steps found. */
  readonly verification: OfHosts<pulumi.Output<unknown>>;
}

interface Parts {
  readonly bucket: pulumi.Resource;
  /** Makes the private subnets' way out. @param ready what a gateway that is this way does before */
  readonly egress: (ready: readonly pulumi.Resource[]) => pulumi.Resource;
}

export function setUpHosts(inputs: StackInputs, hosts: Hosts, parts: Parts): SetUpResult {
  return hasLogins(hosts) ? setUpOverSsh(inputs, hosts, parts) : bringFleets(hosts, parts);
}

/** Nobody logs in anywhere. The gateways come behind the backends, which their last step asks for an answer: at a first update, and in each release. */
function bringFleets({ fleet, gateways, balancer, front }: Hosts, { egress, bucket }: Parts): SetUpResult {
  const there = (...parts: readonly (pulumi.Resource | undefined)[]): pulumi.Resource[] => parts.filter((one) => one !== undefined);
  const backends = fleet?.(there(egress([]), bucket, balancer));
  gateways?.(there(bucket, balancer, front, backends));
  return { hostKeys: {}, verification: {} };
}

function setUpOverSsh(inputs: StackInputs, hosts: LoginHosts, { bucket, egress }: Parts): SetUpResult {
  const setUpOf = (id: HostId, { connection, rotation }: Access): RemoteSetup =>
    new RemoteSetup(id, {
      connection,
      scripts: hostScripts(specOf(inputs, id)),
      valuesFor: (step) => stepValues(inputs, hosts, id, step),
      waitFor: authorized(rotation),
    });
  const { balancer, front, record } = hosts;
  const order = new Order(inputs, hosts, {
    bucket,
    ...(balancer === undefined ? {} : { balancer }),
    ...(front === undefined ? {} : { front }),
    ...(record === undefined ? {} : { record }),
  });
  const gateway = gatewayAccess(inputs, hosts);
  const first = { gateway: setUpOf("gateway", gateway) };
  const { access: way, network } = inputs.config;
  // The step that sets NAT up: a route that stands leads to a gateway when it passes packets, and not before.
  if (network.egress === "gateway") order.add(first, ["gateway:prepare"]);
  order.came("egress", egress(order.added("gateway:prepare")));
  // The backend's agent registers through that NAT.
  const reachable = way === "ssm" && network.egress === "gateway" ? order.added("egress") : [];
  const accesses = hosts.backends.map((backend) => ({
    id: backend.id,
    access: backendAccess(inputs, hosts, backend, gateway, reachable),
  }));
  const backends = accesses.map(({ id, access }) => ({ id, access, setUp: setUpOf(id, access) }));
  order.add({ ...first, ...byId(backends, ({ setUp }) => setUp) });
  const keyOf = ({ connection }: Access): pulumi.Output<string> => pulumi.output(connection.hostKey);
  const foundBy = (setUp: RemoteSetup): pulumi.Output<unknown> => setUp.command("verify").stdout.apply(parseReport);
  // Known when no host accepts another key any more: program.ts tells from it, at the next run, what a changed key means.
  const revoked = [gateway, ...backends.map(({ access }) => access)].flatMap((one) =>
    one.rotation === undefined ? [] : [one.rotation.revoked.id],
  );
  return {
    sshKey: pulumi.all(revoked).apply(() => fingerprint(sshOf(inputs.config).publicKey)),
    hostKeys: { gateway: keyOf(gateway), ...byId(backends, ({ access }) => keyOf(access)) },
    verification: { gateway: foundBy(first.gateway), ...byId(backends, ({ setUp }) => foundBy(setUp)) },
  };
}

/** The steps of all hosts, each behind those that it needs. */
class Order {
  private readonly all = new Map<Needed, pulumi.Resource>();
  private readonly steps: ReadonlyMap<HostId, readonly Step[]>;
  private readonly backends: readonly BackendId[];

  constructor(
    private readonly inputs: StackInputs,
    private readonly hosts: Pick<LoginHosts, "fleet" | "backends">,
    private readonly parts: Readonly<Partial<Record<Part, pulumi.Resource>>>,
  ) {
    for (const [part, resource] of Object.entries(parts)) this.all.set(part as Part, resource);
    this.backends = hosts.backends.length === 0 ? ["backend"] : hosts.backends.map(({ id }) => id);
    this.steps = new Map((["gateway", ...this.backends] as const).map((id) => [id, hostSteps(specOf(inputs, id))]));
  }

  came(part: Part, resource: pulumi.Resource): void {
    this.all.set(part, resource);
  }

  added(id: Needed): pulumi.Resource[] {
    return [this.all.get(id)].filter((one) => one !== undefined);
  }

  /** @param only these. @default all that are not there yet */
  add(setUps: OfHosts<RemoteSetup>, only?: readonly Needed[]): void {
    for (const [id, needs] of setUpOrder(this.inputs.config.gateway.mode, this.backends)) {
      if (this.all.has(id) || only?.includes(id) === false) continue;
      const [host, name] = id.split(":") as [HostId, string];
      const step = this.steps.get(host)?.find((one) => one.name === name);
      const dependsOn = needs.flatMap((need) => this.added(need));
      const setUp = setUps[host];
      if (step !== undefined && setUp !== undefined) this.all.set(id, setUp.add(step, dependsOn));
      if (id === "backend:prepare") this.addFleet(dependsOn);
    }
  }

  /** Each host of a fleet does the backend's steps by itself; whoever waits for one of them waits for the fleet. */
  private addFleet(dependsOn: readonly pulumi.Resource[]): void {
    const made = this.hosts.fleet?.([...dependsOn, ...(this.parts.bucket === undefined ? [] : [this.parts.bucket])]);
    if (made !== undefined) for (const { name } of this.steps.get("backend") ?? []) this.all.set(`backend:${name}`, made);
  }
}

/** Only what the step uses: a value that is unknown at preview would hide the others. */
function stepValues(inputs: StackInputs, hosts: Hosts, id: HostId, step: Step): pulumi.Output<StepValues> {
  const [first, ...others] = hosts.backends.map(({ instance }) => instance.privateIp);
  const all = {
    ...inputs.values(roleOf(id)),
    backendAddress: first ?? NO_ADDRESS,
    otherBackends: pulumi.all(others),
    balancerName: hosts.balancer?.dnsName,
    publicName: hosts.front?.dnsName,
  };
  const used = Object.entries(all).filter(([name]) => (step.uses as readonly string[]).includes(name));
  return pulumi.all(Object.fromEntries(used)).apply((values) => ({ ...(values as StepValues), bucket: inputs.bucketName }));
}

/** Without the names of the many checks that passed. A report that cannot be read is shown as it is: the step itself has succeeded. */
function parseReport(text: string): unknown {
  try {
    const { checks: _passed, ...report } = JSON.parse(documentIn(text)) as Record<string, unknown>;
    return report;
  } catch {
    return text;
  }
}
