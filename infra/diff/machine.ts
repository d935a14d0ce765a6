/** What becomes of a host's machine in an update, in words; also where AWS or the engine refuses it, which each says only when the update has begun. Pure. */
import { architectureOf } from "../hosts/sizing";
import { roleOf } from "../hosts/ids";
import type { GraphResource } from "../offline/engine";
import type { HostId } from "../release/types";
import { replacedText } from "./outage";
import type { Changed } from "./resources";
import type { Side } from "./side";

const SIZE = "rootBlockDevice.volumeSize";

/** @param changed of the sides' resources @returns one text for each thing that happens to it; none where it stays as it is */
export function machineTexts(host: HostId, before: Side, after: Side, changed: ReadonlyMap<string, Changed>): string[] {
  const [old, now] = [before, after].map(({ resources }) => resources.find(({ name }) => name === `${host}-instance`));
  const found = changed.get(now?.urn ?? "");
  if (old === undefined || now === undefined || found === undefined) return [];
  if (found.outcome === "replaces") {
    const refused = old.options.protect === true && now.options.protect === true;
    return [...(refused ? [PROTECTED] : []), replacedText(host, before, after)];
  }
  return [
    ...(found.outcome === "stops and starts" ? [stopText(host, old, now, after)] : []),
    ...(found.inputs.includes(SIZE) ? [sizeText(host, old, now)] : []),
  ];
}

const PROTECTED =
  "another machine would have to take its place, and protect.hosts is true: the update ends there with an error; write false in an update of its own, or take the change back";

/** AWS gives a machine a new type only while it stands still. The provider stops it first and asks then: what AWS refuses stays stopped. */
function stopText(host: HostId, old: GraphResource, now: GraphResource, after: Side): string {
  const role = roleOf(host);
  const [then, next] = [old, now].map(({ inputs }) => architectureOf(String(inputs.instanceType)));
  if (then !== next)
    return `its image is of ${then} and ${String(now.inputs.instanceType)} is ${next}: AWS refuses this when the machine is stopped already, and it stays so; name an image of ${next} in ${role}.ami in the same update, which makes a new machine`;
  const moves = now.inputs.associatePublicIpAddress === true && !after.resources.some(({ name }) => name === "gateway-address");
  return `the machine stops and starts: an outage of less than a minute${moves ? ", and it has another public address then (gateway.elasticIp keeps one)" : ""}`;
}

function sizeText(host: HostId, old: GraphResource, now: GraphResource): string {
  const [then = 0, next = 0] = [old, now].map(({ inputs }) => (inputs.rootBlockDevice as { volumeSize?: number } | undefined)?.volumeSize);
  const key = `${roleOf(host)}.rootVolumeGiB`;
  return next < then
    ? `AWS refuses to make a volume smaller (${then} to ${next} GiB): the update fails at this machine; write ${then} or more in ${key}, or have another machine take its place in the same update`
    : `its volume grows to ${next} GiB while the machine runs, and the file system at its next start`;
}
