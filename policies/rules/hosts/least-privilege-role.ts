import type { Finding, Graph, Policy, Resource, Settings } from "../../core/types";
import { actionAnswer, decide } from "../../graph/iam-match";
import type { Request } from "../../graph/iam-match";
import { ownerOf } from "../../graph/iam-breadth";
import { ownAccounts } from "../../graph/iam-principal";
import { describeRisk, risksOf } from "../../graph/iam-risk";
import type { Risk } from "../../graph/iam-risk";
import { hostRoles, rightsOf, serviceRoles } from "../../graph/iam-role";
import type { Grant, Rights } from "../../graph/iam-role";
import { pathsFrom } from "../../graph/iam-takeover";
import type { Statement } from "../../graph/iam-document";
import { administrators, outsideAdministrators, TAKES_OVER } from "./administrators";
import { on } from "./anybodys";
import { touches } from "./guarded-by-roles";
import type { Touches } from "./guarded-by-roles";
import { report, ROLE_TYPES } from "./hosts";
import { bundlesOfOthers } from "./own-bundles";

const FIX = "grant the actions that the host needs, on the resources it needs them for";

export const policy: Policy = {
  id: "least-privilege-role",
  severity: "critical",
  control: "IAM-1",
  tags: ["iam"],
  description:
    "No role of a host, a function, a task or a build is an administrator, by attachment or by meaning, can make itself one, reads and changes what is anybody's, or reads the bundle with which hosts of another role set themselves up; no group of people, and nobody whom another account lets in, is an administrator for good.",
  why: "A role's keys are what an intruder on a host gets first; they should open one prefix of one bucket and nothing else.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: ROLE_TYPES,
  bad: 'new aws.iam.RolePolicyAttachment("admin", { role, policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });',
  good: '{ Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn}/models/*` }',
  evaluate: check,
};

/**
 * AWS's own policies that reach far beyond one host's work, those that do not, and what is left: nobody knows. Those of EKS's control plane open
 * security groups and make routes and load balancers; that of its CNI gives any interface another group.
 */
const FAR =
  /\/(AdministratorAccess|PowerUserAccess|ReadOnlyAccess|SecurityAudit|ViewOnlyAccess|SystemAdministrator|NetworkAdministrator|DatabaseAdministrator|DataScientist|SecretsManagerReadWrite|AmazonSSMReadOnlyAccess|AmazonS3ReadOnlyAccess|AmazonEC2RoleforSSM|AmazonEKS(?!WorkerNode|FargatePodExecution)\w*Policy|[^/]*Full_?Access[^/]*)$/;
const NEAR =
  /\/(AmazonSSMManagedInstanceCore|AmazonSSMPatchAssociation|AmazonSSMDirectoryServiceAccess|CloudWatchAgent\w*Policy|AWSXRayDaemonWriteAccess|AWSXrayWriteOnlyAccess|AmazonEC2ContainerRegistry(ReadOnly|PullOnly)|AmazonEC2ContainerServiceforEC2Role|AmazonEKSWorkerNode\w*Policy|\w*ReadOnlyAccess|AmazonElasticFileSystemClient\w*|AmazonInspector\w*|EC2InstanceConnect)$/;

/** Requests that no host of such a system has to make; each stands for a way to take over more. */
const FORBIDDEN: readonly Request[] = [
  ...on("user", "iam:CreateUser", "iam:CreateAccessKey"),
  ...on("role", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PassRole", "sts:AssumeRole"),
  ...on("policy", "iam:CreatePolicyVersion"),
  ...on("object", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
  ...on("secret", "secretsmanager:GetSecretValue"),
  ...on("parameter", "ssm:GetParameter", "ssm:PutParameter"),
  ...on("instance", "ssm:SendCommand", "ec2:TerminateInstances", "ec2:ModifyInstanceAttribute"),
  ...on("securityGroup", "ec2:AuthorizeSecurityGroupIngress", "ec2:RunInstances"),
  ...on("key", "kms:Decrypt"),
  ...on("function", "lambda:UpdateFunctionCode"),
  ...on("stack", "cloudformation:CreateStack"),
  ...on("table", "dynamodb:DeleteTable"),
  ...on("database", "rds:DeleteDBInstance"),
];

function check(graph: Graph, settings: Settings): Finding[] {
  const roles = new Map<Resource, Resource>();
  for (const { host, role } of hostRoles(graph)) if (role) roles.set(role, roles.get(role) ?? host);
  const touched = touches(graph, settings, ownerOf(graph));
  const fetched = bundlesOfOthers(graph);
  const foreign = [...roles].flatMap(([role, host]) => fetched(role, `role "${role.name}" of "${host.name}"`));
  return [
    ...ofHosts(graph, roles, touched),
    ...foreign,
    ...ofServices(graph, roles, touched),
    ...administrators(graph),
    ...outsideAdministrators(graph),
  ];
}

function ofHosts(graph: Graph, roles: ReadonlyMap<Resource, Resource>, touched: Touches): Finding[] {
  return [...roles].flatMap(([role, host]) => {
    const rights = rightsOf(graph, role);
    const who = `role "${role.name}" of "${host.name}"`;
    return [
      ...managed(rights, who),
      ...meant(graph, rights, role, who),
      ...rights.open.map(({ resource, what }) => report(resource, "unknown", `what ${who} may do is not known: ${what}`)),
      ...becomes(graph, role, who),
      ...touched(role, who, FIX),
    ];
  });
}

/** What the role lacks itself it may have as another one: the roles that it can become, and those of code that it can change. */
function becomes(graph: Graph, role: Resource, who: string): Finding[] {
  return pathsFrom(graph, role).flatMap((path): Finding[] => {
    const how = `${who} may ${path.how}`;
    const other = path.role;
    if (!other) return [report(role, "unknown", `${how}, so what it may do is not known: make that role in the program, or ${FIX}`)];
    const rights = rightsOf(graph, other);
    const far = rights.managed.find(({ arn }) => FAR.test(arn));
    if (far) return [report(role, path.certain ? "violation" : "unknown", `${how}, which has ${far.arn}: ${FIX}`)];
    const [worst] = meant(graph, rights, other, "that role");
    if (worst) return [report(role, path.certain ? worst.verdict : "unknown", `${how}; ${worst.message}`)];
    const [unread] = rights.open;
    return unread ? [report(role, "unknown", `${how}, and what that may do is not known: ${unread.what}`)] : [];
  });
}

function managed(rights: Rights, who: string): Finding[] {
  return rights.managed.flatMap(({ arn, resource }) => {
    if (FAR.test(arn)) return [report(resource, "violation", `${who} has ${arn}: ${FIX}`)];
    return NEAR.test(arn) ? [] : [report(resource, "unknown", `${who} has ${arn}, which this pack does not know: ${FIX}`)];
  });
}

/** Functions, tasks, builds: their roles are taken over with their code. What they lack for certain is nobody's finding. */
function ofServices(graph: Graph, hosts: ReadonlyMap<Resource, Resource>, touched: Touches): Finding[] {
  return serviceRoles(graph)
    .filter(({ role }) => !hosts.has(role))
    .flatMap(({ role, user }) => {
      const rights = rightsOf(graph, role);
      const who = `role "${role.name}" of "${user.name}"`;
      return [
        ...rights.managed
          .filter(({ arn }) => TAKES_OVER.test(arn))
          .map(({ arn, resource }) => report(resource, "violation", `${who} has ${arn}: ${FIX}`)),
        ...byMeaning(graph, particulars(rights), role, who, false).slice(0, 1),
        ...touched(role, who, FIX),
      ];
    });
}

/** By what the actions mean and whose resources they reach. */
function byMeaning(graph: Graph, statements: readonly Statement[], role: Resource, who: string, host: boolean): Finding[] {
  return [...risksOf(statements, ownerOf(graph), host), ...foreignRoles(graph, statements)].map((risk) =>
    report(
      role,
      risk.kind === "not-known" || risk.kind === "foreign-role" ? "unknown" : "violation",
      `${who} may ${describeRisk(risk)}: ${FIX}`,
    ),
  );
}

/** Roles of other accounts: who may take one has its rights, which its owner decides. */
function foreignRoles(graph: Graph, statements: readonly Statement[]): Risk[] {
  const own = ownAccounts(graph);
  const taken = statements
    .filter((one) => one.effect === "Allow" && actionAnswer(one, "sts:AssumeRole") !== "no")
    .flatMap(({ resources }) => resources?.known ?? [])
    .filter((arn) => {
      const account = /^arn:[^:]*:iam::(\d{12}):role\//.exec(arn)?.[1];
      return account !== undefined && own.size > 0 && !own.has(account);
    });
  return taken.length > 0 ? [{ kind: "foreign-role", actions: taken }] : [];
}

function meant(graph: Graph, rights: Rights, role: Resource, who: string): Finding[] {
  const statements = particulars(rights);
  const answers = FORBIDDEN.map((request) => ({ request, answer: decide(statements, request) }));
  const allowed = answers.filter(({ answer }) => answer === "yes").map(({ request }) => request.action);
  const all = allowed.length === FORBIDDEN.length ? "anything at all" : allowed.slice(0, 5).join(", ");
  if (allowed.length > 0)
    return [report(role, "violation", `${who} may do ${all}${allowed.length > 5 ? " ..." : ""} on anybody's resources: ${FIX}`)];
  const risks = byMeaning(graph, statements, role, who, true);
  if (risks.length > 0) return risks;
  const open = answers.filter(({ answer }) => answer === "maybe").map(({ request }) => request.action);
  return open.length > 0
    ? [
        report(
          role,
          "unknown",
          `${who} may perhaps do ${open.slice(0, 5).join(", ")} on anybody's resources; what decides is not known yet: ${FIX}`,
        ),
      ]
    : [];
}

const particulars = (rights: Rights): Statement[] =>
  rights.grants.flatMap((grant) => grant.document.statements.map((statement) => particular(grant, statement)));

/** An unknown ARN is an output, hence of one particular resource and not of everybody's. */
function particular(grant: Grant, statement: Statement): Statement {
  if (grant.flows.length === 0 || !statement.resources) return statement;
  return { ...statement, resources: { ...statement.resources, unknowns: 0 } };
}
