/** The internal load balancer of a stack as the lab's (fleet/balancer.ts): its targets are the machines that the program attaches. */
import type { Properties, Request } from "../../infra/offline/engine";
import { startBalancing, type Member } from "./fleet/group";
import type { Lab } from "./lab";
import { SERVICES } from "./topology";

export const ATTACHMENT = "aws:lb/targetGroupAttachment:TargetGroupAttachment";

/** It is reached where the services are. The name of the backend leads there as well, as long as the lab has a balancer. */
export async function balancerOutputs(lab: Lab, { name, inputs }: Request): Promise<Properties> {
  await startBalancing(lab);
  return { ...inputs, arn: `arn:aws:local:${name}`, arnSuffix: `app/${name}/1`, dnsName: SERVICES.address, zoneId: "Z1" };
}

export const targetGroupOutputs = ({ name, inputs }: Request): Properties => ({
  ...inputs,
  ...{ name, arn: `arn:aws:local:${name}`, arnSuffix: `targetgroup/${name}/1` },
});

/** @throws where the program attaches what is no machine */
function memberOf(lab: Lab, instanceId: string): Member {
  const host = Object.values(lab.state().hosts).find((one) => one.instanceId === instanceId);
  if (host === undefined) throw new Error(`${instanceId} is attached to a target group, and no machine has this id`);
  return { host: host.name, address: host.address, instanceId };
}

export async function attach(lab: Lab, { inputs }: Request): Promise<void> {
  await (await startBalancing(lab)).register(memberOf(lab, String(inputs.targetId)));
}

/**
 * Before its machine goes. As AWS does it, this waits for nothing: that what the machine has begun is answered is for the program to see to.
 *
 * @returns what forgets the target, when the machine has gone
 */
export async function detach(lab: Lab, instanceId: string): Promise<() => Promise<void>> {
  const [targets, member] = [await startBalancing(lab), memberOf(lab, instanceId)];
  await targets.deregister(member);
  return () => targets.deregister(member);
}
