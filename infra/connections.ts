/** How the steps reach the hosts: over the bastion or through tunnels, each with its pinned host key and, where one is due, the rotation of the SSH key. */
import type * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { sshOf } from "./config/ssh-key";
import type { Backend, Balancer } from "./network/balancer";
import type { PublicBalancer } from "./network/public-balancer";
import { backendHostKey, bastionHostKey, tunnelledHostKey } from "./remote/host-keys";
import { localPorts, LOOPBACK } from "./remote/local-ports";
import type { Connection } from "./remote/setup";
import { rotateKey, type KeyRotation } from "./remote/ssh-key";
import type { Tunnels } from "./remote/tunnels";
import type { StackInputs } from "./release/inputs";
import type { HostId } from "./release/types";

export interface Hosts {
  /** None where a fleet takes its place. */
  readonly gateway?: aws.ec2.Instance;
  /** In the order of a release; none where a fleet takes their place. */
  readonly backends: readonly Backend[];
  /** Makes the fleet, once what its hosts need is there. */
  readonly fleet?: (ready: readonly pulumi.Resource[]) => pulumi.Resource;
  /** The same, of gateways. */
  readonly gateways?: (ready: readonly pulumi.Resource[]) => pulumi.Resource;
  /** Public address of the gateway. */
  readonly address?: pulumi.Output<string>;
  /** In front of the backend, where there is one. */
  readonly balancer?: Balancer;
  /** In front of the gateway, where there is one. */
  readonly front?: PublicBalancer;
  /** The gateway's name, where a zone is given. */
  readonly record?: pulumi.Resource;
  /** Id of the Instance Connect Endpoint, where the hosts are reached through one. */
  readonly endpointId?: pulumi.Output<string>;
  /** Told which instances its ports lead to. Undefined where nothing is reached: at a preview, in tests. */
  readonly tunnels?: Tunnels;
  /** Key pair that a host which is made now starts with. None where nobody logs in. */
  readonly keyName?: pulumi.Output<string>;
}

/** What the steps that log in need of them. */
export type LoginHosts = Hosts & Required<Pick<Hosts, "gateway" | "address" | "keyName">>;

/** Whether there is a host that is set up by logging in to it; where there is none, all of them come as fleets. */
export const hasLogins = (hosts: Hosts): hosts is LoginHosts => hosts.gateway !== undefined;

/** A connection to one host, and what has to be done before the steps use it. */
export interface Access {
  readonly connection: Connection;
  readonly rotation?: KeyRotation;
}

export function gatewayAccess(inputs: StackInputs, hosts: LoginHosts): Access {
  const { config, hostKeyScript: script } = inputs;
  if (config.access !== "ssh") return tunnelled(inputs, hosts, hosts.gateway, "gateway");
  const asked = { address: hosts.address, instanceId: hosts.gateway.id, script };
  const connection: Connection = {
    ...login(inputs),
    host: hosts.address,
    hostKey: bastionHostKey("gateway-host-key", { ...asked, allowed: config.gateway.sshFrom }, {}),
  };
  return { connection, rotation: keyRotation(inputs, hosts, hosts.gateway, "gateway", connection) };
}

/**
 * The bastion's key has to be authorized before the backend is reached through it.
 *
 * @param first what has to be done before it can be reached at all
 */
export function backendAccess(
  inputs: StackInputs,
  hosts: LoginHosts,
  { id, instance }: Backend,
  gateway: Access,
  first: readonly pulumi.Resource[],
): Access {
  const { config, hostKeyScript: script } = inputs;
  if (config.access !== "ssh") return tunnelled(inputs, hosts, instance, id, first);
  const dependsOn = authorized(gateway.rotation);
  const target = { address: instance.privateIp, instanceId: instance.id, script };
  const connection: Connection = {
    ...login(inputs),
    host: instance.privateIp,
    hostKey: backendHostKey(`${id}-host-key`, { ...target, bastion: gateway.connection }, { dependsOn }),
    proxy: gateway.connection,
  };
  return { connection, rotation: keyRotation(inputs, hosts, instance, id, connection, dependsOn) };
}

/** The port is the same at every run, so nothing of the connection changes; where it leads to is told the tunnel when the instance is there. */
function tunnelled(
  inputs: StackInputs,
  hosts: LoginHosts,
  host: aws.ec2.Instance,
  id: HostId,
  dependsOn: readonly pulumi.Resource[] = [],
): Access {
  const { config, hostKeyScript: script } = inputs;
  const { id: instanceId } = host;
  const ports = localPorts(config.project, config.stack, sshOf(config).localPort);
  const port = pulumi.all([instanceId, hosts.endpointId]).apply(([known, endpointId]) => {
    hosts.tunnels?.aim(id, { instanceId: known, endpointId });
    return ports[id];
  });
  const asked = { address: LOOPBACK, port, instanceId, script };
  const hostKey = tunnelledHostKey(`${id}-host-key`, asked, { dependsOn: [...dependsOn] });
  const connection: Connection = { ...login(inputs), host: LOOPBACK, port, hostKey };
  return { connection, rotation: keyRotation(inputs, hosts, host, id, connection, dependsOn) };
}

function login({ config }: StackInputs): Pick<Connection, "user" | "privateKey"> {
  const { user, privateKey } = sshOf(config);
  return { user, privateKey };
}

/** Undefined while no key is rotated. */
function keyRotation(
  inputs: StackInputs,
  hosts: LoginHosts,
  host: aws.ec2.Instance,
  id: HostId,
  connection: Connection,
  dependsOn: readonly pulumi.Resource[] = [],
): KeyRotation | undefined {
  const { previous, ...current } = sshOf(inputs.config);
  if (previous === undefined) {
    return undefined;
  }
  const { id: instanceId, keyName: launchKeyName } = host;
  const keys = { current, previous, launchKeyName, currentKeyName: hosts.keyName };
  return rotateKey(`${id}-ssh-key`, { ...keys, connection, instanceId, script: inputs.sshKeyScript }, { dependsOn: [...dependsOn] });
}

export function authorized(rotation: KeyRotation | undefined): pulumi.Resource[] {
  return rotation === undefined ? [] : [rotation.authorized];
}
