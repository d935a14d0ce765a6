/** What the identity lacks to deploy the stack: the rights that deploy-role would give, as IAM simulates them. */
import { Problem } from "../../policies/cli";
import { needed, NoRow, PURPOSES, type Allowed, type Seen } from "../deploy-role/statements";
import { scopeOf } from "../deploy-role/role";
import { UnknownName } from "../deploy-role/names";
import { named, type Line } from "./line";
import type { AwsQuestion } from "./question";
import type { Aws, Decision, Simulation } from "./surroundings";

export const PERMISSIONS = "AWS permissions";

export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** How many missing rights are named. */
const NAMED = 6;

export async function permissionsLine({ region, config, seen }: AwsQuestion, { account, arn }: Identity, aws: Aws): Promise<Line> {
  const line = named(PERMISSIONS);
  if (/:root$/.test(arn)) return line.unknown("the root user is not simulated: it may do everything, and should deploy nothing");
  // Whoever may not ask need not wait for the program.
  await aws.simulate(arn, { actions: ["ec2:DescribeVpcs"], resources: [], context: [] });
  const stack = config?.stack ?? "";
  const wanted = rights(await seen(account), { account, stack, region: region ?? "" });
  if (typeof wanted === "string") return line.unknown(wanted);
  const answers: Answer[] = [];
  // One after the other: IAM slows down whoever asks for many simulations at once.
  for (const group of groups(wanted)) answers.push(...answersOf(group, await aws.simulate(arn, group.question)));
  const of = (kind: Answer["kind"]): string[] =>
    [...new Set(answers.filter((one) => one.kind === kind).map(({ action, resource }) => `${action} on ${resource}`))].sort();
  const [denied, open] = [of("denied"), of("open")];
  const fix = `npm run deploy-role -- --stack ${stack}`;
  if (denied.length > 0) {
    return line.bad(`${some(denied)}: not allowed to this identity, as IAM simulates it, so that an update would stop half-way`, fix);
  }
  if (open.length > 0)
    return line.unknown(
      `${some(open)}: could not be checked, because policies of this identity compare what a simulation does not hold`,
      fix,
    );
  return line.good(
    `all ${new Set(answers.map(({ action }) => action)).size} actions that preview, up and destroy need are allowed, as IAM simulates them`,
  );
}

function rights(seen: Seen, { account, stack, region }: { account: string; stack: string; region: string }): Allowed[] | string {
  try {
    return needed(seen, scopeOf(stack, region, seen, { account }), { purposes: PURPOSES, refresh: true });
  } catch (error) {
    if (!(error instanceof NoRow) && !(error instanceof UnknownName) && !(error instanceof Problem)) throw error;
    return `could not be checked: what is needed is not known of ${error.message}`;
  }
}

interface Group {
  readonly question: Simulation;
  /** Only these are meant: a simulation answers for every action on every resource. */
  readonly pairs: ReadonlySet<string>;
}

interface Answer {
  readonly action: string;
  readonly resource: string;
  readonly kind: "allowed" | "denied" | "open";
}

const pair = (action: string, resource: string): string => `${action} ${resource}`;

/** One question for the rights of one request context. */
export function groups(wanted: readonly Allowed[]): Group[] {
  const found = new Map<string, { question: Simulation; pairs: Set<string> }>();
  for (const { actions, resources, conditions } of wanted) {
    const context = contextOf(conditions);
    const everything = resources.includes("*");
    const named = everything ? [] : resources.map(example);
    const key = JSON.stringify([context, everything]);
    const old = found.get(key) ?? { question: { actions: [], resources: [], context }, pairs: new Set<string>() };
    const question = { context, actions: union(old.question.actions, actions), resources: union(old.question.resources, named) };
    for (const action of actions) for (const resource of everything ? ["*"] : named) old.pairs.add(pair(action, resource));
    found.set(key, { question, pairs: old.pairs });
  }
  return [...found.values()];
}

/** A request that meets the conditions. A resource without the stack's tag is one of which the context says nothing. */
function contextOf(conditions: Allowed["conditions"]): Simulation["context"] {
  const said = Object.entries(conditions).filter(([operator]) => /^(StringEquals|StringEqualsIfExists|ArnEquals)$/.test(operator));
  const entries = said.flatMap(([, keys]) => Object.entries(keys).map(([key, values]) => ({ key, values: values.slice(0, 1) })));
  const tags = "ForAllValues:StringNotEquals" in conditions ? [{ key: "aws:TagKeys", values: ["Name"] }] : [];
  return [...entries, ...tags].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** One of the resources that a pattern names. */
const example = (arn: string): string => arn.replaceAll("*", "0123456789abcdef0");

function answersOf({ pairs }: Group, decisions: readonly Decision[]): Answer[] {
  const answered = decisions.filter(({ action, resource }) => pairs.has(pair(action, resource)));
  const silent = [...pairs].filter((one) => !answered.some(({ action, resource }) => pair(action, resource) === one));
  return [
    ...answered.map(({ action, resource, allowed, missing }): Answer => {
      return { action, resource: kindOf(resource), kind: allowed ? "allowed" : missing.length > 0 ? "open" : "denied" };
    }),
    ...silent.map((one): Answer => {
      const [action = "", resource = ""] = one.split(" ");
      return { action, resource: kindOf(resource), kind: "open" };
    }),
  ];
}

/** `arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1` -> `vpc`. */
const kindOf = (arn: string): string =>
  arn === "*"
    ? "everything"
    : /^arn:[^:]+:s3:/.test(arn)
      ? arn.replace(/^.*:::/, "")
      : ((arn.split(":").pop() ?? "").split("/", 1)[0] ?? "");

function some(list: readonly string[]): string {
  return `${list.slice(0, NAMED).join(", ")}${list.length > NAMED ? ` and ${list.length - NAMED} more` : ""}`;
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
