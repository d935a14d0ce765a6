/**
 * Which roles the holder of a role can become or direct: by sts:AssumeRole, by a trust policy that names it, by changing or starting code
 * that runs with another role. These are the paths of published research (Rhino Security Labs; Bishop Fox, IAM Vulnerable; Datadog,
 * pathfinding.cloud) that need no iam:PassRole; those that do are in iam-risk.ts.
 */
import { ofType, once } from "../core/graph";
import type { Graph, Resource } from "../core/types";
import { asString, propertyOf } from "../core/values";
import { actionsOf } from "./iam-actions";
import type { Statement } from "./iam-document";
import { actionAnswer, both, matchesPattern, strongest } from "./iam-match";
import type { Answer } from "./iam-match";
import { ROLE, rightsOf, usersOfRoles } from "./iam-role";
import type { Grant } from "./iam-role";
import { isOtherAccounts, namesRole, trustByName, trustOfRoles, trustsAccount, trustsByName } from "./iam-trust";

export interface Step {
  /** Undefined for a role, or for code, that is not part of the program. */
  readonly role: Resource | undefined;
  /** For messages: `take the role "writer" (sts:AssumeRole)`. */
  readonly how: string;
  readonly certain: boolean;
  /** False where the other role only does what its own code does. */
  readonly becomes: boolean;
}

export interface Path {
  readonly role: Resource | undefined;
  /** The steps in words, the first one first. */
  readonly how: string;
  readonly certain: boolean;
}

const MOST_STEPS = 6;

/** Every role that can be reached, each once, by the shortest way; and the ways that lead out of the program. */
export function pathsFrom(graph: Graph, start: Resource): Path[] {
  const found: Path[] = [];
  const seen = new Set([start]);
  let ends: Path[] = [{ role: start, how: "", certain: true }];
  for (let length = 0; length < MOST_STEPS && ends.length > 0; length += 1) {
    const next = ends.flatMap(({ role, how, certain }) =>
      (role ? stepsFrom(graph, role) : []).map((step) => ({
        step,
        path: { role: step.role, how: how === "" ? step.how : `${how}, then ${step.how}`, certain: certain && step.certain },
      })),
    );
    ends = [];
    for (const { step, path } of [...next].sort((a, b) => Number(b.path.certain) - Number(a.path.certain))) {
      if (path.role && seen.has(path.role)) continue;
      if (path.role) seen.add(path.role);
      found.push(path);
      if (step.becomes) ends.push(path);
    }
  }
  return found;
}

const stepsOf = once((_: Graph) => new Map<Resource, Step[]>());

function stepsFrom(graph: Graph, role: Resource): Step[] {
  const known = stepsOf(graph);
  let found = known.get(role);
  if (!found) {
    const { grants } = rightsOf(graph, role);
    const statements = grants.flatMap((grant) => grant.document.statements.map((statement) => ({ grant, statement })));
    const denied = statements.filter(({ statement }) => statement.effect === "Deny").map(({ statement }) => statement);
    const allowed = statements.filter(({ statement }) => statement.effect === "Allow");
    found = [
      ...trusted(graph, role, denied),
      ...allowed.flatMap(({ grant, statement }) => [
        ...assumed(graph, role, grant, statement, denied),
        ...directed(graph, role, grant, statement),
      ]),
    ];
    known.set(role, found);
  }
  return found;
}

/** A trust policy that names the role itself: within an account nothing else is needed. */
function trusted(graph: Graph, role: Resource, denied: readonly Statement[]): Step[] {
  return trustByName(graph).flatMap(([other, trust]): Step[] => {
    if (other === role || denied.some((one) => denies(graph, one, other))) return [];
    const answer = trustsByName(graph, trust, role);
    return answer === "no"
      ? []
      : [{ role: other, how: `take the role "${other.name}", which trusts it`, certain: answer === "yes", becomes: true }];
  });
}

const denies = (graph: Graph, statement: Statement, role: Resource): boolean =>
  statement.conditions.length === 0 &&
  !statement.conditionsOpen &&
  actionAnswer(statement, "sts:AssumeRole") === "yes" &&
  (statement.resources?.known.some((pattern) => pattern === "*" || namesRole(graph, pattern, role)) ?? false);

function assumed(graph: Graph, role: Resource, grant: Grant, statement: Statement, denied: readonly Statement[]): Step[] {
  const asked = actionAnswer(statement, "sts:AssumeRole");
  if (asked === "no" || !statement.resources) return [];
  const others = [...trustOfRoles(graph)].filter(([other]) => other !== role && !denied.some((one) => denies(graph, one, other)));
  const flows = grant.flows.filter(({ type }) => ROLE.test(type));
  const { known, unknowns } = statement.resources;
  const inProgram = others.flatMap(([other, trust]): Step[] => {
    const named: Answer = known.some((pattern) => namesRole(graph, pattern, other))
      ? "yes"
      : unknowns > 0 && flows.includes(other)
        ? flows.length === 1
          ? "yes"
          : "maybe"
        : "no";
    if (named === "no") return [];
    const answer = both(both(asked, named), strongest([trustsByName(graph, trust, role), trustsAccount(trust)]));
    return answer === "no"
      ? []
      : [{ role: other, how: `take the role "${other.name}" (sts:AssumeRole)`, certain: answer === "yes", becomes: true }];
  });
  const strange = known.filter((pattern) => /:role\//.test(pattern) && !ofType(graph, ROLE).some((one) => namesRole(graph, pattern, one)));
  const outside = strange.filter((pattern) => !isOtherAccounts(graph, pattern));
  const lost = unknowns > 0 && grant.flows.length === 0 ? ["a role that is not known yet"] : [];
  return [
    ...inProgram,
    ...[...outside, ...lost].map((name) => ({
      role: undefined,
      how: `take the role ${name}, which is not part of this program (sts:AssumeRole)`,
      certain: false,
      becomes: true,
    })),
  ];
}

/** Services that run code of their users with a role. */
const RUNNING =
  /^(lambda|codebuild|codepipeline|codedeploy|ecs|eks|glue|sagemaker|states|cloudformation|datapipeline|apprunner|batch|elasticmapreduce|emr-serverless|emr-containers|bedrock-agentcore|imagebuilder|scheduler|events|pipes|amplify|airflow|synthetics|elasticbeanstalk|kinesisanalytics|fis)$/;
/** What these begin with hands over other code, another definition or another command for what is there already. */
const REDIRECTS =
  /:(Update(?!\w*(Tag|Capacity|Contact|Concurrency|Secret|Alarm))|Put(?!Events|Partner|Metric|Record|Log|Attribute|Account|Scaling|Lifecycle)|Modify|Replace|Associate|Add(?!Tags)|Create\w*(Presigned\w+|AccessEntry|ChangeSet|Deployment|Version|FunctionUrlConfig)$|Execute|ExecuteCommand|Publish\w*Version|Deploy|StartBuild|StartJobRun|SubmitJob$|StartNotebook|StartSession|StartPipelineExecution)/;
/** They only start it. */
const STARTS = /:(Invoke\w*|Start\w*Execution|Run\w*|Start\w+)$/;

/** Code of others that may be changed or started, and the role that it runs with. */
function directed(graph: Graph, role: Resource, grant: Grant, statement: Statement): Step[] {
  const resources = statement.resources;
  if (!resources || !statement.actions) return [];
  return statement.actions.known.flatMap((pattern) => {
    const service = pattern.split(":")[0]?.toLowerCase() ?? "";
    if (!RUNNING.test(service)) return [];
    const meant = (actionsOf(service) ?? []).filter(
      ({ name, level }) => level !== "read" && level !== "list" && matchesPattern(pattern, name, true),
    );
    const changing = meant.filter(({ name }) => REDIRECTS.test(name))[0]?.name;
    const starting = meant.filter(({ name }) => STARTS.test(name))[0]?.name;
    const action = changing ?? starting;
    if (action === undefined) return [];
    const runs = usersOfRoles(graph).filter(
      (one) =>
        one.role !== role &&
        one.user !== one.role &&
        serviceOf(one.user) === service &&
        (resources.known.some((arn) => isNamed(arn, one.user)) || (resources.unknowns > 0 && grant.flows.includes(one.user))),
    );
    const inside = runs.map((one): Step => ({
      role: one.role,
      how: `${changing === undefined ? "start" : "change"} "${one.user.name}" (${action}), which runs with the role "${one.role.name}"`,
      certain: changing !== undefined,
      becomes: changing !== undefined,
    }));
    const outside = resources.known.filter((arn) => /^arn:/.test(arn) && !usersOfRoles(graph).some(({ user }) => isNamed(arn, user)));
    return changing === undefined || outside.length === 0
      ? inside
      : [
          ...inside,
          {
            role: undefined,
            how: `change what runs with a role that is not part of this program (${changing} on ${outside[0] ?? ""})`,
            certain: false,
            becomes: true,
          },
        ];
  });
}

const SERVICES: Readonly<Record<string, string>> = {
  sfn: "states",
  emr: "elasticmapreduce",
  cloudwatch: "events",
  kinesisanalyticsv2: "kinesisanalytics",
  mwaa: "airflow",
  emrserverless: "emr-serverless",
};

function serviceOf({ type }: Resource): string {
  const part = type.split(":")[1]?.split("/")[0] ?? "";
  return SERVICES[part] ?? part;
}

/** The last parts of an ARN name a resource by the name that it has in AWS. */
function isNamed(arn: string, user: Resource): boolean {
  if (arn === "*" || arn === user.id || arn === asString(user.outputs.arn)) return true;
  const given = ["name", "family", "functionName"].flatMap((key) => asString(propertyOf(user, key)) ?? []);
  const name = given[0] ?? user.id ?? `${user.name}-0000000`;
  const rest = arn.split(":").slice(5).join(":");
  const own = rest.replace(/^(function|project|stateMachine|task-definition|job-definition|job|notebook-instance|stack|service)[:/]/, "");
  return own !== "" && (matchesPattern(own, name) || matchesPattern(own.replace(/:[^:/]*$/, ""), name));
}
