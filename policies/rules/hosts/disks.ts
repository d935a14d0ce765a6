/** The disks a machine starts with: root, extra ones, and the mappings of launch templates and images. */
import { ofType } from "../../core/graph";
import type { Graph, Resource, Value } from "../../core/types";
import { asBoolean, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { blocks, targetsOf } from "../../graph/join";
import { block, label } from "./hosts";
import type { Launch } from "./hosts";

export interface Disk {
  readonly resource: Resource;
  /** How messages call it. */
  readonly what: string;
  readonly encrypted: Value | undefined;
  /** Why nothing said is not the same as plain, where so. */
  readonly open: string | undefined;
}

const ROOT_NAME = /^\/dev\/(sda1?|xvda1?|nvme0n1)$/;
const IMAGE_KIND = { type: /^aws:ec2\/ami(Copy|FromInstance)?:/, names: ["name"] };

export function disksOf(graph: Graph, launch: Launch): Disk[] {
  const mappings = blocks(launch.property("blockDeviceMappings"));
  return [...root(graph, launch, mappings), ...extra(launch), ...mappings.flatMap((mapping, index) => mapped(launch, mapping, index))];
}

/** The root disk by its own block, by a mapping of its device, or as the image has it. */
function root(graph: Graph, launch: Launch, mappings: readonly Value[]): Disk[] {
  const own = block(launch.property("rootBlockDevice")) ?? block(launch.property("rootBlockDevices"));
  const what = `the root volume of ${label(launch)}`;
  const { resource } = launch;
  if (isUnknown(own)) return [{ resource, what, encrypted: own, open: undefined }];
  const said = asProps(own)?.encrypted;
  if (!isAbsent(said)) return [{ resource, what, encrypted: said, open: undefined }];
  const others = [...mappings, ...blocks(launch.property("ebsBlockDevices"))];
  if (others.some((mapping) => ROOT_NAME.test(asString(asProps(mapping)?.deviceName) ?? ""))) return [];
  const image = imageOf(graph, launch);
  if (image?.encrypted !== undefined) return [{ resource, what, encrypted: image.encrypted, open: undefined }];
  const unknownName = others.some((mapping) => isUnknown(mapping) || isUnknown(asProps(mapping)?.deviceName));
  const open = unknownName
    ? "a device name is not known yet"
    : launch.strangeTemplate
      ? "its launch template is not part of this program"
      : graph.partial === true && ofType(graph, IMAGE_KIND.type).length > 0
        ? "its image may be one that the program makes"
        : undefined;
  return [{ resource, what, encrypted: undefined, open }];
}

function extra(launch: Launch): Disk[] {
  return blocks(launch.property("ebsBlockDevices")).map((item, index) => {
    const props = asProps(item);
    const name = asString(props?.deviceName) ?? String(index);
    return {
      resource: launch.resource,
      what: `the volume ${name} of ${label(launch)}`,
      encrypted: props ? props.encrypted : item,
      open: fromSnapshot(props?.snapshotId),
    };
  });
}

function mapped(launch: Launch, mapping: Value, index: number): Disk[] {
  const props = asProps(mapping);
  const ebs = block(props?.ebs);
  if (props && isAbsent(ebs)) return []; // an instance store, or a device taken away
  const name = asString(props?.deviceName) ?? String(index);
  const inner = asProps(ebs);
  return [
    {
      resource: launch.resource,
      what: `the volume ${name} of ${label(launch)}`,
      encrypted: inner ? inner.encrypted : (ebs ?? mapping),
      open: fromSnapshot(inner?.snapshotId),
    },
  ];
}

function fromSnapshot(snapshot: Value | undefined): string | undefined {
  return isAbsent(snapshot) || asString(snapshot) === "" ? undefined : "it is made from a snapshot";
}

/** An image that the program makes itself says how its disks are encrypted. */
function imageOf(graph: Graph, launch: Launch): { encrypted: Value | undefined } | undefined {
  const key = isAbsent(launch.property("ami")) ? "imageId" : "ami";
  const from = isAbsent(launch.resource.inputs[key]) ? (launch.template ?? launch.resource) : launch.resource;
  const [image] = targetsOf(graph, from, isAbsent(from.inputs[key]) ? "imageId" : key, IMAGE_KIND).certain;
  if (!image) return undefined;
  if (asBoolean(image.inputs.encrypted) !== undefined) return { encrypted: image.inputs.encrypted };
  const devices = blocks(image.inputs.ebsBlockDevices).map((device) => asProps(device)?.encrypted);
  return { encrypted: devices.find((value) => asBoolean(value) !== true) ?? devices[0] };
}
