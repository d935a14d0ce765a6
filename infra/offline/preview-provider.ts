import { createHash } from "crypto";
import * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "../partitions";
import { Refusal, type Properties, type Provider, type Request } from "./engine";
import { findImage } from "./images";
import { offeringsOf, zonesOf } from "./zones";

/** Account that AWS's own documentation uses. */
const EXAMPLE_ACCOUNT = "123456789012";

/**
 * Answers as the engine does at a first preview: what the program gave is known, ids and everything that AWS would add are not. Questions to
 * AWS are answered from data that resembles AWS's, so that a name that does not exist is not found here either.
 *
 * @throws Error for an invoke that it does not know: a made-up answer could hide a mistake.
 */
export function previewProvider(region: string): Provider {
  return {
    create: (request: Request) => Promise.resolve({ outputs: request.wire }),
    call: (token, args) =>
      Promise.resolve().then(() => {
        const answer = ANSWERS[token];
        if (answer === undefined) throw new Error(`the offline preview cannot answer ${token}`);
        return answer(region, args);
      }),
  };
}

/** What the program passes on to the reader where the answer decides about nothing else. */
const NOT_ASKED = "an offline preview asks AWS nothing";

/** An alias leads to a key with an id that is made of its name, so that rights and disks can be evaluated. */
function findKey(region: string, given: string): Properties {
  void pulumi.log.warn(
    `the KMS key ${given} was not looked up: ${NOT_ASKED}. Whether it is there and can be used shows in "pulumi preview"`,
  );
  const name = given.replace(/^arn:.*:alias\//, "alias/");
  const [a = "", b = ""] = createHash("sha256").update(name).digest("hex").match(/.{20}/g) ?? [];
  const uuid = `${a.slice(0, 8)}-${a.slice(8, 12)}-${a.slice(12, 16)}-${a.slice(16)}-${b.slice(0, 12)}`;
  const [, partition = "aws", , , account = EXAMPLE_ACCOUNT] = given.startsWith("arn:")
    ? given.split(":")
    : [undefined, partitionOf(region)?.id];
  const arn = /:key\//.test(given) ? given : `arn:${partition}:kms:${region}:${account}:key/${uuid}`;
  // Whose key a real one is, is not compared with an account that is made up.
  const usable = { enabled: true, keyState: "Enabled", keyManager: "CUSTOMER", keySpec: "SYMMETRIC_DEFAULT", keyUsage: "ENCRYPT_DECRYPT" };
  return { ...usable, arn, awsAccountId: EXAMPLE_ACCOUNT, id: arn.split("/").pop() ?? "", keyId: given };
}

const notAsked = (): never => {
  throw new Refusal(NOT_ASKED);
};

/** What a network of others is like is not made up: the program says that it was not looked at, and goes on. */
const NETWORK: Readonly<Record<string, (region: string, args: Properties) => Properties>> = {
  "aws:ec2/getVpc:getVpc": notAsked,
  "aws:ec2/getSubnet:getSubnet": notAsked,
  "aws:ec2/getRouteTable:getRouteTable": notAsked,
  "aws:ec2/getNatGateway:getNatGateway": notAsked,
  "aws:ec2/getVpcEndpoint:getVpcEndpoint": notAsked,
  "aws:ec2/getSecurityGroup:getSecurityGroup": notAsked,
  // A rule needs one. Every region has another id: this one is no region's.
  "aws:ec2/getPrefixList:getPrefixList": (_region, args) => ({ ...args, id: "pl-00000000", cidrBlocks: [] }),
};

const ANSWERS: Readonly<Record<string, (region: string, args: Properties) => Properties>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: EXAMPLE_ACCOUNT,
    arn: `arn:aws:iam::${EXAMPLE_ACCOUNT}:user/offline`,
    id: EXAMPLE_ACCOUNT,
    userId: "offline",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": zonesOf,
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": offeringsOf,
  "aws:ec2/getAmi:getAmi": findImage,
  "aws:kms/getKey:getKey": (region, args) => findKey(region, String(args.keyId)),
  "aws:iam/getPolicy:getPolicy": notAsked,
  "aws:s3/getBucket:getBucket": notAsked,
  "aws:s3/getBuckets:getBuckets": notAsked,
  "aws:s3/getBucketPolicy:getBucketPolicy": notAsked,
  "aws:cloudcontrol/getResource:getResource": notAsked,
  ...NETWORK,
  // A first preview: the stack was never updated, and its bucket is empty.
  "pulumi:pulumi:readStackOutputs": (_region, args) => ({ name: args.name as string, outputs: {}, secretOutputNames: [] }),
  "aws:s3/getObjects:getObjects": (_region, args) => ({
    ...args,
    id: "objects",
    keys: [],
    commonPrefixes: [],
    owners: [],
    requestCharged: "",
  }),
};
