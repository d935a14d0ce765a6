import type { Finding, Graph, Policy, Resource, Settings, Value } from "../../core/types";
import { asString, propertyOf } from "../../core/values";
import { readDocument, type Statement } from "../../graph/iam-document";
import { actionAnswer, both, resourceAnswer, strongest } from "../../graph/iam-match";
import type { Answer } from "../../graph/iam-match";
import { textsOf } from "./bucket-policy-text";
import type { PolicyText } from "./bucket-policy-text";
import { missing, modelBuckets, nameOf } from "./model";

const FIX = 'add a statement that denies s3:* to Principal "*" on the bucket and its objects where aws:SecureTransport is "false"';

export const policy: Policy = {
  id: "bucket-tls-only",
  severity: "high",
  control: "MODEL-3",
  tags: ["bucket", "tls"],
  description: "The models bucket refuses requests without TLS.",
  why: "A model fetched over plain HTTP can be read and replaced on the way, and models are code.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'new aws.s3.Bucket("models", {}); // no bucket policy',
  good: 'Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [arn, `${arn}/*`], Condition: { Bool: { "aws:SecureTransport": "false" } }',
  evaluate: check,
};

function check(graph: Graph, settings: Settings): Finding[] {
  return modelBuckets(graph, settings).flatMap((bucket): Finding[] => {
    const texts = textsOf(graph, bucket).filter((text) => !text.accessPoint);
    const answers = probes(bucket).map(({ action, resource, what }) => ({
      what,
      answer: together(texts.map((text) => denied(text, action, resource))),
    }));
    const open = answers.filter(({ answer }) => answer === "no").map(({ what }) => what);
    if (open.length > 0) return [missing(bucket, `${nameOf(bucket)} accepts plain HTTP (${[...new Set(open)].join(", ")}): ${FIX}`)];
    if (answers.every(({ answer }) => answer === "yes")) return [];
    return [
      {
        verdict: "unknown",
        pending: true,
        urn: bucket.urn,
        message: `whether ${nameOf(bucket)} refuses plain HTTP is not known yet, because its policy is not: ${FIX}`,
      },
    ];
  });
}

/** Whether a bucket with this policy refuses plain HTTP to all that a client does with models. */
export function refusesPlainHttp(bucketName: string, policy: Value): Answer {
  const document = readDocument(policy);
  const text = { document, certain: true, ownArns: false };
  return probesOf(`arn:aws:s3:::${bucketName}`)
    .map(({ action, resource }) => denied(text, action, resource))
    .reduce(both);
}

/** A bucket has one policy: of two that the program writes, the one that comes last is left, and which that is nobody knows. */
function together(answers: readonly Answer[]): Answer {
  const any = strongest(answers);
  return any === "yes" && answers.some((answer) => answer !== "yes") ? "maybe" : any;
}

/** What a client does with models, on the bucket and on objects in it. */
function probes(bucket: Resource): { action: string; resource: string; what: string }[] {
  return probesOf(`arn:aws:s3:::${asString(propertyOf(bucket, "bucket")) ?? `${bucket.name}-0000000`}`);
}

function probesOf(arn: string): { action: string; resource: string; what: string }[] {
  return [
    ...["s3:ListBucket", "s3:ListBucketVersions"].map((action) => ({ action, resource: arn, what: "the bucket" })),
    ...["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"].flatMap((action) =>
      ["models/0/model.pkl", "x"].map((key) => ({ action, resource: `${arn}/${key}`, what: "its objects" })),
    ),
  ];
}

function denied(text: Pick<PolicyText, "document" | "certain" | "ownArns">, action: string, resource: string): Answer {
  const answers = text.document.statements.map((statement) =>
    refusesPlain(statement)
      ? both(actionAnswer(statement, action), place(text, statement, resource))
      : statement.effect === undefined
        ? "maybe"
        : "no",
  );
  const answer = strongest([...answers, ...(text.document.complete ? [] : ["maybe" as const])]);
  return text.certain || answer === "no" ? answer : "maybe";
}

/** Unknown ARNs in a text that only this bucket flows into are its own: two ARNs are the bucket and its objects. */
function place(text: Pick<PolicyText, "ownArns">, statement: Statement, resource: string): Answer {
  const answer = resourceAnswer(statement, resource);
  const { known = [], unknowns = 0 } = statement.resources ?? {};
  return answer === "maybe" && text.ownArns && unknowns + known.length >= 2 ? "yes" : answer;
}

/** Deny, to everybody, exactly where there is no TLS. */
function refusesPlain(statement: Statement): boolean {
  if (statement.effect !== "Deny" || statement.notPrincipals || statement.conditionsOpen) return false;
  const all =
    statement.principals?.entries.some(({ kind, values }) => (kind === "*" || kind === "AWS") && values.known.includes("*")) === true;
  const [condition, ...others] = statement.conditions;
  if (!all || !condition || others.length > 0) return false;
  const { operator, key, values } = condition;
  const name = operator.replace(/ifexists$/i, "").toLowerCase();
  const texts = values.known.map((value) => value.toLowerCase());
  if (key === "s3:tlsversion") return name === "numericlessthan" && /ifexists$/i.test(operator);
  if (key !== "aws:securetransport") return false;
  if (["bool", "stringequals", "stringequalsignorecase", "stringlike"].includes(name)) return texts.includes("false");
  return ["stringnotequals", "stringnotequalsignorecase", "stringnotlike"].includes(name) && texts.length === 1 && texts[0] === "true";
}
