/** An aws:ec2/instance as a machine of the lab. */
import type { Properties, Request } from "../../infra/offline/engine";
import { instanceSize } from "../../infra/hosts/sizing";
import { osOfImage } from "./image";
import type { Lab } from "./lab";
import type { Ec2Resource } from "./provider-network";
import { interfaceOf, subnetOf } from "./provider-network";
import { hostnameOf } from "./seed";
import type { Host } from "./topology";
import { PUBLIC_PREFIX, addressAt } from "./topology";

/** The first address of a subnet that AWS does not keep for itself and no machine has; as AWS, not the very first. */
export function freeAddress(subnet: string, taken: readonly string[]): string {
  for (let offset = 10; offset < 120; offset += 1) {
    const address = addressAt(subnet, offset);
    if (!taken.includes(address)) return address;
  }
  throw new Error(`subnet ${subnet} has no free address`);
}

function hostName(request: Request, taken: readonly string[]): string {
  const { Role: role, Name: title } = (request.inputs.tags ?? {}) as Record<string, string | undefined>;
  // Of several of a role each has a name of its own, whichever boots first.
  const own = role !== undefined && title?.startsWith(role) === true ? title : role;
  const base = (own ?? request.name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, "-")
    .slice(0, 10);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** Boots a machine with the instance's user data, key, addresses, memory and disk; ssh may take a moment longer. */
export async function bootInstance(lab: Lab, request: Request, instanceId: string, registered: readonly Ec2Resource[]): Promise<Host> {
  const { inputs } = request;
  const hosts = Object.values(lab.state().hosts);
  const subnet = subnetOf(String(inputs.subnetId), registered);
  const block = String(subnet.cidrBlock);
  const wantsPublic = (inputs.associatePublicIpAddress ?? subnet.mapPublicIpOnLaunch) === true;
  const publicAddress = freeAddress(
    `${PUBLIC_PREFIX}.0/24`,
    hosts.map((host) => host.publicAddress ?? ""),
  );
  const key = registered.find(
    (one) => one.type === "aws:ec2/keyPair:KeyPair" && [one.id, one.inputs.keyName].includes(inputs.keyName as string),
  );
  if (key === undefined) throw new Error(`${request.name}: key pair "${String(inputs.keyName)}" was not registered by the program`);
  return lab.addHost(
    {
      name: hostName(
        request,
        hosts.map((host) => host.name),
      ),
      os: osOfImage(String(inputs.ami), lab.state().region),
      instanceId,
      subnet: block,
      address:
        (inputs.privateIp as string | undefined) ??
        freeAddress(
          block,
          hosts.map((host) => host.address),
        ),
      availabilityZone: String(subnet.availabilityZone),
      publicAddress: wantsPublic ? publicAddress : undefined,
      sourceDestCheck: inputs.sourceDestCheck !== false,
      groups: (inputs.vpcSecurityGroupIds ?? []) as string[],
      egress: { via: "none" },
      s3Endpoint: false,
      instanceProfile: inputs.iamInstanceProfile as string | undefined,
      memoryMiB: instanceSize(String(inputs.instanceType))?.memoryMiB,
      diskGiB: (inputs.rootBlockDevice as { volumeSize?: number } | undefined)?.volumeSize,
    },
    { userData: (inputs.userData as string | undefined) ?? "", publicKey: String(key.inputs.publicKey) },
  );
}

export function instanceOutputs(request: Request, host: Host): Properties {
  return {
    ...request.inputs,
    privateIp: host.address,
    publicIp: host.publicAddress ?? "",
    publicDns: "",
    privateDns: `${hostnameOf(host.address)}.ec2.internal`,
    primaryNetworkInterfaceId: interfaceOf(host.instanceId),
    availabilityZone: host.availabilityZone,
    instanceState: "running",
  };
}
