/**
 * Images as DescribeImages would find them, for previews without AWS. Names, owners and architectures are real; ids are made from the names,
 * because they differ in every region. Sources: moto 5.2.5 (ec2/resources/amis.json.gz) for what is older than 2018; for 22.04 and later the
 * name patterns, serials and owners of Canonical's documentation ("Find Ubuntu images on AWS", "Use Secure Boot and vTPM").
 */
import { createHash } from "crypto";
import { Refusal, type Properties } from "./engine";
import { PARTITIONS, partitionOf } from "../partitions";

interface Image {
  readonly name: string;
  readonly ownerId: string;
  readonly architecture: "x86_64" | "arm64";
  readonly virtualizationType: "hvm" | "paravirtual";
  readonly rootDeviceType: "ebs" | "instance-store";
  /** Date of the serial; the newest wins. */
  readonly creationDate: string;
}

const EBS = { virtualizationType: "hvm", rootDeviceType: "ebs" } as const;
const CODE = { amd64: "x86_64", arm64: "arm64" } as const;

/** What Canonical publishes in every partition that it documents. */
const UBUNTU: readonly [folder: string, release: string, product: string, serials: readonly string[]][] = [
  ["ubuntu/images/hvm-ssd", "xenial-16.04", "server", ["20170721"]],
  ["ubuntu/images/hvm-ssd", "jammy-22.04", "server", ["20230711", "20240115"]],
  ["ubuntu/images/hvm-ssd", "jammy-22.04", "server-minimal", ["20250804"]],
  ["ubuntu/images/hvm-ssd", "jammy-22.04", "pro-server", ["20250804"]],
  ["ubuntu/images/hvm-ssd-gp3", "noble-24.04", "server", ["20250804"]],
  ["ubuntu/images/hvm-ssd-gp3", "resolute-26.04", "server", ["20260724"]],
  ["ubuntu-eks/k8s_1.31/images/hvm-ssd", "jammy-22.04", "server", ["20250804"]],
];

function ubuntuImages(ownerId: string): Image[] {
  return UBUNTU.flatMap(([folder, release, product, serials]) =>
    (["amd64", "arm64"] as const).flatMap((architecture) =>
      serials.map((serial) => ({
        ...EBS,
        name: `${folder}/ubuntu-${release}-${architecture}-${product}-${serial}`,
        ownerId,
        architecture: CODE[architecture],
        creationDate: `${serial.slice(0, 4)}-${serial.slice(4, 6)}-${serial.slice(6)}T00:00:00.000Z`,
      })),
    ),
  );
}

/** Others whose names an inattentive pattern would find. */
const STRANGERS: readonly Image[] = [
  {
    ...EBS,
    name: "Deep Learning AMI Ubuntu Linux - 2.4_Oct2017",
    ownerId: "898082745236",
    architecture: "x86_64",
    creationDate: "2017-10-30T00:00:00.000Z",
  },
  {
    ...EBS,
    name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20991231",
    // Anybody may give an image any name: only the owner says whose it is.
    ownerId: "123456789012",
    architecture: "x86_64",
    creationDate: "2099-12-31T00:00:00.000Z",
  },
];

function imagesIn(region: string): readonly Image[] {
  const owner = (partitionOf(region) ?? PARTITIONS[0])?.ubuntuOwner;
  return [...(owner === undefined ? [] : ubuntuImages(owner)), ...STRANGERS];
}

/** The filters of DescribeImages that are imitated; another one is refused, because ignoring it would find too much. */
const FIELDS: Readonly<Record<string, (image: Image) => string>> = {
  name: (image) => image.name,
  architecture: (image) => image.architecture,
  "virtualization-type": (image) => image.virtualizationType,
  "root-device-type": (image) => image.rootDeviceType,
  "owner-id": (image) => image.ownerId,
  state: () => "available",
};

/** As EC2 compares: the whole value, * for any text and ? for one character, capitals count. */
function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}

/** Answers `aws:ec2/getAmi:getAmi`. @throws in the words of the AWS provider when nothing, or more than one image, is found */
export function findImage(region: string, args: Properties): Properties {
  const filters = (args.filters ?? []) as { name: string; values: string[] }[];
  const owners = (args.owners ?? []) as string[];
  const found = imagesIn(region)
    .filter((image) => owners.length === 0 || owners.includes(image.ownerId))
    .filter((image) =>
      filters.every(({ name, values }) => {
        const field = FIELDS[name];
        if (field === undefined) throw new Error(`the offline catalogue of images knows no filter "${name}"`);
        return values.some((pattern) => matches(pattern, field(image)));
      }),
    )
    .sort((a, b) => b.creationDate.localeCompare(a.creationDate));
  const [newest, another] = found;
  if (newest === undefined) {
    throw new Refusal("Your query returned no results. Please change your search criteria and try again.");
  }
  if (another !== undefined && args.mostRecent !== true) {
    throw new Refusal(
      "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
    );
  }
  const id = `ami-0${createHash("sha256").update(`${region} ${newest.ownerId} ${newest.name}`).digest("hex").slice(0, 16)}`;
  return { ...args, ...newest, id, imageId: id };
}
