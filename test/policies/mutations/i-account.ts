/** Area I: switches of the account that weaken a guard. */
import { computed } from "../core/builder";
import { partsOf } from "../network/parts";
import type { Mutation } from "./frame";

const GUARDS = "account-guards-on";
const PRIVATE = "private-subnet-is-private";
const FOUR = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const SHARING = "/ssm/documents/console/public-sharing-permission";

const one = (id: string, title: string, expect: string | readonly string[], type: string, inputs: Record<string, unknown>): Mutation => ({
  id,
  title,
  expect,
  apply: (p) => void p.add(type, "account", inputs),
});

export const mutations: Mutation[] = [
  one("I20", "S3's guards of the account, one off", GUARDS, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", {
    ...FOUR,
    restrictPublicBuckets: false,
  }),
  one("I20-silent", "S3's guards of the account, nothing set", GUARDS, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", {}),
  one("I20-on", "S3's guards of the account, all on", [], "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", FOUR),
  one("I21", "images may be public", GUARDS, "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess", { state: "unblocked" }),
  one("I21-on", "images may not be public", [], "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess", { state: "block-new-sharing" }),
  one("I22", "snapshots may be public", GUARDS, "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", { state: "unblocked" }),
  one("I22-on", "snapshots may not be public", [], "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", {
    state: "block-all-sharing",
  }),
  one("I23", "VPC Block Public Access off", GUARDS, "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions", {
    internetGatewayBlockMode: "off",
  }),
  one("I23-on", "VPC Block Public Access on", [], "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions", {
    internetGatewayBlockMode: "block-ingress",
  }),
  one("I24", "EMR clusters may be public", GUARDS, "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration", {
    blockPublicSecurityGroupRules: false,
  }),
  one("I25", "SSM documents may be public", GUARDS, "aws:ssm/serviceSetting:ServiceSetting", {
    settingId: SHARING,
    settingValue: "Enable",
  }),
  one("I25-other", "another setting of SSM", [], "aws:ssm/serviceSetting:ServiceSetting", {
    settingId: "/ssm/parameter-store/high-throughput-enabled",
    settingValue: "true",
  }),
  {
    id: "I26",
    title: "a guard of the account that is not known",
    expect: GUARDS,
    verdict: "unknown",
    apply: (p) => void p.add("aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", "account", { state: computed() }),
  },
  {
    id: "I27",
    title: "the private subnet is taken out of VPC Block Public Access",
    expect: PRIVATE,
    apply: (p) => exclude(p, { subnetId: partsOf(p).privateSubnet.id, internetGatewayExclusionMode: "allow-bidirectional" }),
  },
  {
    id: "I27-vpc",
    title: "the whole VPC is taken out of it",
    expect: PRIVATE,
    apply: (p) => exclude(p, { vpcId: partsOf(p).vpc.id, internetGatewayExclusionMode: "allow-bidirectional" }),
  },
  {
    id: "I27-mode",
    title: "how far the private subnet is taken out of it is not known",
    expect: PRIVATE,
    verdict: "unknown",
    apply: (p) => exclude(p, { subnetId: partsOf(p).privateSubnet.id, internetGatewayExclusionMode: computed() }),
  },
  {
    id: "I27-public",
    title: "the public subnet is taken out of it",
    expect: [],
    apply: (p) => exclude(p, { subnetId: partsOf(p).publicSubnet.id, internetGatewayExclusionMode: "allow-bidirectional" }),
  },
  {
    id: "I27-egress",
    title: "the private subnet may go out",
    expect: [],
    apply: (p) => exclude(p, { subnetId: partsOf(p).privateSubnet.id, internetGatewayExclusionMode: "allow-egress" }),
  },
];

function exclude(p: Parameters<Mutation["apply"]>[0], inputs: Record<string, unknown>): void {
  p.add("aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion", "exclusion", inputs);
}
