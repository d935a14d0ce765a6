/** Security groups of databases: what is said of the side that is not the program's. */
import { groups, type GroupArgs } from "../../../infra/network/examine-groups";
import type { Asked } from "../../../infra/network/facts";

const GROUP = "sg-0123456789abcdef0";
const targets = [{ port: 5432, securityGroup: GROUP, description: "the database" }];
const ARGS: GroupArgs = {
  ...{ project: "ml-gateway", stack: "prod", region: "us-east-1", account: "123456789012" },
  ...{ network: {}, targets, first: false, open: [] },
};
const said = (vpc: Asked<string>, more: Partial<GroupArgs> = {}): ReturnType<typeof groups> =>
  groups({ ...ARGS, ...more }, new Map([[GROUP, vpc]]));

test("a new rule to a group of others: the command for the other side, which a shell takes as it is", () => {
  const { problems, warnings } = said("vpc-1");
  expect([problems, warnings.length]).toEqual([[], 1]);
  expect(warnings[0]).toContain(
    `aws ec2 authorize-security-group-ingress --region us-east-1 --group-id ${GROUP} --protocol tcp --port 5432 --source-group "$(aws ec2 describe-security-groups `,
  );
  expect(warnings[0]).toContain("Name=tag:Stack,Values=prod Name=tag:Role,Values=backend");
  expect(warnings[0]).toContain("revoke-security-group-ingress");
});

test("nothing is said of a rule that is there, again of another port of the same group", () => {
  expect(said("vpc-1", { open: [`${GROUP}:5432`] })).toEqual({ problems: [], warnings: [] });
  expect(said("vpc-1", { open: [`${GROUP}:6379`] }).warnings).toHaveLength(1);
});

test.each<[string, Asked<string>, Partial<GroupArgs>]>([
  ["that is not there", "absent", {}],
  ["of another VPC", "vpc-2", { network: { existing: { vpcId: "vpc-1", gatewaySubnetId: "subnet-1", webserverSubnetIds: ["subnet-2"] } } }],
  ["for a VPC that is yet to be made", "vpc-2", { first: true }],
])("a group %s is refused, without a command for it", (_, vpc, more) => {
  const { problems, warnings } = said(vpc, more);
  expect([problems.length, warnings]).toEqual([1, []]);
});

test("a group that nobody may look at is one warning", () => {
  expect(said({ unknown: "UnauthorizedOperation" }).warnings).toEqual([
    expect.stringContaining("was not looked at (UnauthorizedOperation)"),
  ]);
});
