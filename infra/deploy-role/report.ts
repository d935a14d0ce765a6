/** The role for a reader, and as files. Pure. */
import { palette, wrap, type Screen } from "../../policies/cli";
import { partition } from "../naming";
import { INLINE_LIMIT, MANAGED_LIMIT, sizeOf } from "./documents";
import type { Role } from "./role";

export const PLACEHOLDER = "ACCOUNT-ID";

export interface RoleFile {
  readonly name: string;
  readonly text: string;
}

/** Documents as text, with a placeholder where the account is not known. */
export function filesOf(role: Role): RoleFile[] {
  const text = (document: object): string => placed(JSON.stringify(document, null, 2), role);
  return [
    ...(role.trust === undefined ? [] : [{ name: "trust.json", text: text(role.trust.document) }]),
    ...role.policies.map((document, index) => ({ name: `policy-${index + 1}.json`, text: text(document) })),
  ];
}

export function toJson(role: Role): string {
  const { project, stack, region, purposes, policies, inline, trust } = role;
  const wide = wider(role).map(({ what, why }) => ({ what, why }));
  const sized = policies.map((document) => ({ size: sizeOf(document), document }));
  const document = {
    project,
    stack,
    region,
    account: role.account ?? PLACEHOLDER,
    for: purposes,
    policies: sized,
    inline,
    ...(trust === undefined ? {} : { trust }),
    wide,
    notes: notes(role),
  };
  return placed(JSON.stringify(document, null, 2), role);
}

/** @param folder where the files were written: they are named then, and not shown */
export function renderRole(role: Role, files: readonly RoleFile[], screen: Screen, folder?: string): string {
  const colour = palette(screen.colours);
  const item = (text: string): string[] => wrap(`  - ${text}`, screen.width, "    ");
  const size = (index: number): string =>
    `${count(sizeOf(role.policies[index] ?? { Version: "2012-10-17", Statement: [] }))} of ${count(MANAGED_LIMIT)} characters`;
  const title = ({ name }: RoleFile): string => {
    const index = /^policy-(\d+)/.exec(name)?.[1];
    return index === undefined ? `${name}: who may take the role, ${role.trust?.subject ?? ""}` : `${name}: ${size(Number(index) - 1)}`;
  };
  const shown =
    folder === undefined
      ? files.flatMap((file) => ["", colour.bold(title(file)), file.text])
      : ["", colour.bold(`Written to ${folder}`), ...files.flatMap((file) => item(title(file)))];
  return [
    colour.bold(`The role that deploys stack ${role.stack} of ${role.project}: ${role.purposes.join(", ")}`),
    ...wrap(`From ${role.resources} resources in ${role.region}, evaluated offline. Not tried on AWS.`, screen.width),
    ...shown,
    "",
    colour.bold("Wider than the stack, and why"),
    ...wider(role).flatMap(({ what, why }) => item(`${what}: ${why}`)),
    "",
    colour.bold("To know"),
    ...notes(role).flatMap(item),
    "",
    colour.bold("Make the role"),
    // Commands are to be copied, so they are never broken.
    ...commands(role, files, folder).map((line) => `  ${line}`),
  ]
    .map((line) => placed(line, role))
    .join("\n");
}

interface Wide {
  readonly what: string;
  readonly why: string;
}

function wider({ allowed }: Role): Wide[] {
  const lines = allowed.flatMap(({ actions, resources, why }) =>
    why === undefined ? [] : [{ what: `${some(actions)} on ${resources.map(short).join(", ")}`, why }],
  );
  const named = allowed.flatMap(({ resources }) => resources.filter((arn) => /^arn:[^:]+:iam:.*-\*$/.test(arn)).map(short));
  const roles = [...new Set(named)].sort();
  return roles.length === 0
    ? lines
    : [
        ...lines,
        {
          what: roles.join(", "),
          why: "names of roles and profiles carry no stack: Pulumi makes them of the resource's name and seven random digits; where IAM allows it, the tag Stack limits the statement as well",
        },
      ];
}

function notes(role: Role): string[] {
  const passes = role.allowed.some(({ actions }) => actions.includes("iam:PutRolePolicy"));
  return [
    ...(role.account === undefined
      ? [`${PLACEHOLDER} stands for the number of your account: --account NUMBER writes it (aws sts get-caller-identity)`]
      : []),
    role.inline
      ? `all of it fits one inline policy (${count(INLINE_LIMIT)} characters)`
      : `together more than inline policies of a role may hold (${count(INLINE_LIMIT)} characters): attach them as managed policies`,
    ...(passes && !role.bounded
      ? [
          "who holds the role can give the roles of the hosts any right (iam:PutRolePolicy, iam:UpdateAssumeRolePolicy) and take it through a host (iam:PassRole): it is a role for few. A permissions boundary on the hosts' roles ends that",
        ]
      : []),
    ...(role.purposes.includes("up") || role.purposes.includes("destroy")
      ? ["what stays when the stack is destroyed (the bucket and its models) cannot be deleted with it"]
      : ["without --refresh a preview reads nothing but what the program asks"]),
    "`pulumi preview`, `up` and `destroy` alone: `npm run doctor`, `models -- publish` and the repair of a bucket need rights of their own",
  ];
}

function commands(role: Role, files: readonly RoleFile[], folder: string | undefined): string[] {
  const name = `${role.project}-${role.stack}-${role.purposes.length === 1 ? (role.purposes[0] ?? "") : "deploy"}`;
  const policies = files.filter((file) => file.name.startsWith("policy-"));
  const arn = `arn:${partition(role.region)}:iam::${role.account ?? role.standIn}`;
  const place = (file: string): string => {
    const path = `file://${folder ?? "FOLDER"}/${file}`;
    return /^[\w./:~+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  };
  const trust =
    role.trust === undefined ? "the trust policy by --oidc github:OWNER/REPO" : "the OIDC provider has to be in the account once";
  return [
    `# ${folder === undefined ? "the files above, by --out FOLDER; " : ""}${trust}`,
    `aws iam create-role --role-name ${name} --assume-role-policy-document ${place("trust.json")}`,
    ...policies.flatMap((file) => {
      const policy = `${name}-${file.name.slice(0, -".json".length)}`;
      return role.inline
        ? [`aws iam put-role-policy --role-name ${name} --policy-name ${policy} --policy-document ${place(file.name)}`]
        : [
            `aws iam create-policy --policy-name ${policy} --policy-document ${place(file.name)}`,
            `aws iam attach-role-policy --role-name ${name} --policy-arn ${arn}:policy/${policy}`,
          ];
    }),
  ];
}

const placed = (text: string, { account, standIn }: Role): string => (account === undefined ? text.replaceAll(standIn, PLACEHOLDER) : text);
const some = (actions: readonly string[]): string =>
  `${actions.slice(0, 3).join(", ")}${actions.length > 3 ? ` and ${actions.length - 3} more` : ""}`;
const short = (arn: string): string => arn.replace(/^arn:[^:]+:\w+:[^:]*:\d*:/, "");
const count = (number: number): string => number.toLocaleString("en-US");
