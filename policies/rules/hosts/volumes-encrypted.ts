import { ofType } from "../../core/references";
import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { asBoolean, asString, isAbsent, isUnknown } from "../../core/values";
import { targetsOf } from "../../graph/join";
import { DISK_TYPES, launches, report } from "./hosts";
import { disksOf } from "./disks";
import type { Disk } from "./disks";

const FIX = "set encrypted: true";

export const policy: Policy = {
  id: "volumes-encrypted",
  severity: "high",
  control: "FILE-4",
  tags: ["instance", "disk"],
  description: "Root and extra volumes of every machine are encrypted.",
  why: "A snapshot of a plain disk hands over .env and the models.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: DISK_TYPES,
  bad: 'new aws.ec2.Instance("backend", { rootBlockDevice: { encrypted: false }, ... });',
  good: 'new aws.ec2.Instance("backend", { rootBlockDevice: { encrypted: true }, ... });',
  evaluate: (graph) => {
    const byDefault = encryptsByDefault(graph);
    const disks = launches(graph).flatMap((launch) => disksOf(graph, launch));
    return [...disks, ...volumes(graph)].flatMap((disk) => check(disk, byDefault)).concat(defaultOff(graph), attachedStrangers(graph));
  },
};

function check(disk: Disk, byDefault: boolean): Finding[] {
  const encrypted = asBoolean(disk.encrypted);
  if (encrypted === true || (byDefault && isAbsent(disk.encrypted))) return [];
  if (isUnknown(disk.encrypted)) return [report(disk.resource, "unknown", `whether ${disk.what} is encrypted is not known yet: ${FIX}`)];
  if (disk.open !== undefined && encrypted === undefined)
    return [report(disk.resource, "unknown", `whether ${disk.what} is encrypted is not known (${disk.open}): ${FIX}`)];
  return [
    report(disk.resource, "violation", `${disk.what} is not encrypted (encrypted is ${encrypted === false ? "false" : "not set"}): ${FIX}`),
  ];
}

const DEFAULT = /^aws:(ebs\/encryptionByDefault|ec2\/ebsEncryptionByDefault):/;

/** With the account's default on, a volume that says nothing is encrypted. */
function encryptsByDefault(graph: Graph): boolean {
  return ofType(graph, DEFAULT).some((resource) => isAbsent(resource.inputs.enabled) || asBoolean(resource.inputs.enabled) === true);
}

function defaultOff(graph: Graph): Finding[] {
  return ofType(graph, DEFAULT).flatMap((resource) => {
    const { enabled } = resource.inputs;
    if (isUnknown(enabled))
      return [
        report(
          resource,
          "unknown",
          `whether "${resource.name}" leaves the account's encryption by default on is not known yet: write a plain true`,
        ),
      ];
    if (asBoolean(enabled) !== false) return [];
    return [report(resource, "violation", `"${resource.name}" switches the account's encryption by default off: leave it on`)];
  });
}

function volumes(graph: Graph): Disk[] {
  return ofType(graph, /^aws:ebs\/(volume|snapshotCopy):/)
    .filter((resource) => !resource.external)
    .map((resource) => ({
      resource,
      what: `${resource.type.split(":").pop() ?? ""} "${resource.name}"`,
      encrypted: resource.inputs.encrypted,
      open: isAbsent(resource.inputs.snapshotId) ? undefined : "it is made from a snapshot",
    }));
}

const VOLUME_KIND = { type: /^aws:ebs\/volume:/, names: [] };

/** A volume of somebody else's making, attached to a machine of the program. */
function attachedStrangers(graph: Graph): Finding[] {
  return ofType(graph, /^aws:ec2\/volumeAttachment:/).flatMap((resource: Resource) => {
    const volume = targetsOf(graph, resource, "volumeId", VOLUME_KIND);
    if (volume.certain.length > 0 || volume.possible.length > 0) return [];
    const id = asString(resource.inputs.volumeId);
    return [
      report(
        resource,
        "unknown",
        `whether the volume that "${resource.name}" attaches is encrypted is not known (${id ?? "it"} is not part of this program): make it in the program, with encrypted: true`,
      ),
    ];
  });
}
