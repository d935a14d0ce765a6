/**
 * Load balancers, names and the certificate of the public one, read in the Terraform AWS provider (hashicorp/terraform-provider-aws). What Elastic Load Balancing asks
 * of EC2 in the caller's name: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-permissions.html
 * Pure.
 */
import { lists, type Grant, type Limit, type Row } from "./grants";

const ELB = "elasticloadbalancing";
const BALANCER = `${ELB}:{region}:{account}:loadbalancer/app/{balancer}/*`;
const LISTENER = `${ELB}:{region}:{account}:listener/app/{balancer}/*`;
const TARGETS = `${ELB}:{region}:{account}:targetgroup/{targets}/*`;

const on = (place: string, limits: readonly Limit[], ...names: readonly string[]): Grant => ({
  actions: names.map((name) => `${ELB}:${name}`),
  on: [place],
  limits,
});

/** ELB asks for AddTags as well, because what is made is tagged when it is made. */
const tagsNew = (place: string, action: string): Grant => ({
  ...on(place, ["new"], "AddTags"),
  equal: { "elasticloadbalancing:CreateAction": [action] },
});

const retags = (place: string): readonly Grant[] => [on(place, ["own", "marks"], "AddTags"), on(place, ["own", "keeps"], "RemoveTags")];

export const describes = (...names: readonly string[]): Grant => ({
  ...on("*", [], ...names.map((name) => `Describe${name}`)),
  why: "Elastic Load Balancing has no resource for what describes: load balancers of others are shown too",
});

const ZONE = "the id of a hosted zone is made by Route 53, and it has no condition on tags: zones of others are among them";
const onZone = (...names: readonly string[]): Grant => ({
  actions: names.map((name) => `route53:${name}`),
  on: ["route53:::hostedzone/{zone}"],
  why: ZONE,
});

/** Route 53 answers before its servers know: the provider waits until they do. */
const WAITS: Grant = {
  actions: ["route53:GetChange"],
  on: ["route53:::change/*"],
  why: "the id of a change is made by Route 53; what is read is whether it is done",
};

const CHANGES: Grant = {
  ...onZone("ChangeResourceRecordSets"),
  every: {
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["{recordName}"],
    "route53:ChangeResourceRecordSetsRecordTypes": ["{recordType}"],
  },
};

const ELB_ROWS: Readonly<Record<string, Row>> = {
  "aws:lb/loadBalancer:LoadBalancer": {
    source: "elbv2/load_balancer",
    create: [
      on(BALANCER, ["new"], "CreateLoadBalancer"),
      tagsNew(BALANCER, "CreateLoadBalancer"),
      on(BALANCER, ["own"], "ModifyLoadBalancerAttributes"),
      lists("AccountAttributes", "Addresses", "InternetGateways", "SecurityGroups", "Subnets", "Vpcs"),
    ],
    read: [describes("LoadBalancers", "LoadBalancerAttributes", "CapacityReservation", "Tags")],
    update: [
      on(BALANCER, ["own"], "ModifyLoadBalancerAttributes", "SetSecurityGroups", "SetSubnets"),
      lists("Subnets"),
      ...retags(BALANCER),
    ],
    delete: [on(BALANCER, ["own"], "DeleteLoadBalancer"), lists("NetworkInterfaces")],
  },
  "aws:lb/targetGroup:TargetGroup": {
    source: "elbv2/target_group",
    create: [
      on(TARGETS, ["new"], "CreateTargetGroup"),
      tagsNew(TARGETS, "CreateTargetGroup"),
      on(TARGETS, ["own"], "ModifyTargetGroupAttributes"),
      lists("InternetGateways", "Vpcs"),
    ],
    read: [describes("TargetGroups", "TargetGroupAttributes", "Tags")],
    update: [on(TARGETS, ["own"], "ModifyTargetGroup", "ModifyTargetGroupAttributes"), ...retags(TARGETS)],
    delete: [on(TARGETS, ["own"], "DeleteTargetGroup")],
  },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
    source: "elbv2/target_group_attachment",
    create: [on(TARGETS, ["own"], "RegisterTargets"), lists("Instances", "InternetGateways", "Subnets", "Vpcs")],
    read: [describes("TargetHealth")],
    update: [],
    delete: [on(TARGETS, ["own"], "DeregisterTargets")],
  },
  "aws:lb/listener:Listener": {
    source: "elbv2/listener",
    create: [
      // A right on the load balancer, with the tags of the listener in the request.
      on(BALANCER, ["own", "new"], "CreateListener"),
      tagsNew(LISTENER, "CreateListener"),
      on(LISTENER, ["own"], "ModifyListenerAttributes"),
    ],
    read: [describes("Listeners", "ListenerAttributes", "Tags")],
    update: [on(LISTENER, ["own"], "ModifyListener", "ModifyListenerAttributes"), ...retags(LISTENER)],
    delete: [on(LISTENER, ["own"], "DeleteListener")],
  },
};

const NAME_ROWS: Readonly<Record<string, Row>> = {
  "aws:route53/zone:Zone": {
    source: "route53/zone",
    create: [
      { actions: ["route53:CreateHostedZone"], on: ["*"], why: "AWS has no resource for a hosted zone that is not there yet" },
      lists("Vpcs"),
      onZone("ChangeTagsForResource"),
      WAITS,
    ],
    read: [onZone("GetHostedZone", "ListResourceRecordSets", "ListTagsForResource")],
    update: [
      onZone("UpdateHostedZoneComment", "AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone", "ChangeTagsForResource"),
      lists("Vpcs"),
      WAITS,
    ],
    delete: [onZone("DeleteHostedZone"), WAITS],
  },
  "aws:route53/record:Record": {
    source: "route53/record",
    create: [CHANGES, WAITS],
    read: [onZone("GetHostedZone", "ListResourceRecordSets")],
    update: [CHANGES, WAITS],
    delete: [CHANGES, WAITS],
  },
};

const CERTIFICATE = "acm:{region}:{account}:certificate/*";
const onCertificate = (limits: readonly Limit[], ...names: readonly string[]): Grant => ({
  actions: names.map((name) => `acm:${name}`),
  on: [CERTIFICATE],
  limits,
});

const CERTIFICATE_ROWS: Readonly<Record<string, Row>> = {
  "aws:acm/certificate:Certificate": {
    source: "acm/certificate",
    create: [
      {
        actions: ["acm:RequestCertificate"],
        on: ["*"],
        limits: ["new"],
        why: "AWS has no resource for a certificate that is not there yet",
      },
      {
        ...onCertificate(["new"], "AddTagsToCertificate"),
        why: "ACM asks for it with the request, and no condition tells that from a certificate that is there: any can be given the stack's tag so",
      },
    ],
    read: [onCertificate(["own"], "DescribeCertificate", "ListTagsForCertificate")],
    update: [onCertificate(["own", "marks"], "AddTagsToCertificate"), onCertificate(["own", "keeps"], "RemoveTagsFromCertificate")],
    delete: [onCertificate(["own"], "DeleteCertificate")],
  },
  // It waits until the certificate is issued, and is nothing in AWS.
  "aws:acm/certificateValidation:CertificateValidation": {
    source: "acm/certificate_validation",
    create: [onCertificate(["own"], "DescribeCertificate")],
    read: [onCertificate(["own"], "DescribeCertificate")],
    update: [],
    delete: [],
  },
};

export const BALANCER_ROWS: Readonly<Record<string, Row>> = { ...ELB_ROWS, ...NAME_ROWS, ...CERTIFICATE_ROWS };
