import fc from "../../property";
import type { Value } from "../../../policies/core/types";
import { UNKNOWN } from "../../../policies/core/types";
import { keepsStrangersOut } from "../../../policies/graph/iam-condition";
import { readDocument } from "../../../policies/graph/iam-document";
import type { Statement } from "../../../policies/graph/iam-document";
import { decide, matchesPattern } from "../../../policies/graph/iam-match";
import { reachOf } from "../../../policies/graph/iam-principal";

const read = (...statements: Value[]): readonly Statement[] => readDocument({ Statement: statements }).statements;
const one = (statement: Value): Statement => {
  const [first] = read(statement);
  if (!first) throw new Error("no statement");
  return first;
};

describe("documents", () => {
  const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
  test.each<[string, Value, boolean]>([
    ["an object", { Statement: [statement] }, true],
    ["a single statement", { Statement: statement }, true],
    ["JSON text", JSON.stringify({ Statement: [statement] }), true],
    ["lower-case names", { statement: [{ effect: "Allow", action: ["s3:GetObject"], resource: ["*"] }] }, true],
    ["one statement unknown", { Statement: [statement, UNKNOWN] }, false],
  ])("%s", (_form, value, complete) => {
    const document = readDocument(value);
    expect(document.complete).toBe(complete);
    expect(document.statements[0]).toMatchObject({ effect: "Allow", actions: { known: ["s3:GetObject"], unknowns: 0 } });
  });
  test.each<[string, Value]>([
    ["unknown", UNKNOWN],
    ["not JSON", "{"],
    ["a number", 3],
    ["longer than any that AWS takes", JSON.stringify({ Statement: [statement] }) + " ".repeat(1_000_000)],
  ])("what cannot be read is not complete: %s", (_form, value) => {
    expect(readDocument(value)).toEqual({ statements: [], complete: false });
  });
});

describe("requests", () => {
  const get = { action: "s3:GetObject", resource: "arn:aws:s3:::models/models/a.pkl" };
  test.each<[string, Value[], string]>([
    ["a wildcard action", [{ Effect: "Allow", Action: "S3:get*", Resource: "*" }], "yes"],
    ["another bucket", [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::other/*" }], "no"],
    ["another partition's spelling", [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws-us-gov:s3:::models/*" }], "yes"],
    ["NotAction", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "yes"],
    ["NotAction that takes it out", [{ Effect: "Allow", NotAction: ["s3:Get*"], Resource: "*" }], "no"],
    ["NotResource", [{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::models/*" }], "no"],
    [
      "a Deny wins",
      [
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: "s3:*", Resource: "*" },
      ],
      "no",
    ],
    [
      "a Deny with conditions is not relied upon",
      [
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: "s3:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ],
      "yes",
    ],
    ["an unknown resource", [{ Effect: "Allow", Action: "s3:*", Resource: UNKNOWN }], "maybe"],
    ["an unknown action", [{ Effect: "Allow", Action: ["s3:List*", UNKNOWN], Resource: "*" }], "maybe"],
    ["an unknown effect", [{ Effect: UNKNOWN, Action: "s3:*", Resource: "*" }], "maybe"],
    [
      "an unknown Deny",
      [
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: "s3:*", Resource: UNKNOWN },
      ],
      "maybe",
    ],
    ["a policy variable", [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::models/${aws:username}/*" }], "yes"],
    ["nothing", [], "no"],
  ])("%s", (_what, statements, expected) => {
    expect(decide(read(...statements), get)).toBe(expected);
  });

  test("patterns: `*` at both ends finds every part, `?` exactly one character", () => {
    const word = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, (before, middle, after) => {
        const bare = middle.replace(/[*?$]/g, "x");
        expect(matchesPattern(`*${bare}*`, `${before}${bare}${after}`)).toBe(true);
        expect(matchesPattern(bare, bare)).toBe(true);
        expect(matchesPattern(`${bare}?`, bare)).toBe(false);
      }),
    );
  });
  test("many wildcards take no time", () => {
    const start = performance.now();
    expect(matchesPattern(`${"*".repeat(200)}x`, "y".repeat(2000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("conditions that keep strangers out", () => {
  test.each<[string, Value, string]>([
    ["an organisation", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }, "yes"],
    ["an endpoint, by an unknown id", { StringEquals: { "aws:SourceVpce": UNKNOWN } }, "yes"],
    ["a VPC, another case", { StringEquals: { "AWS:SOURCEVPC": "vpc-0123456789abcdef0" } }, "yes"],
    ["a network", { IpAddress: { "aws:SourceIp": ["198.51.100.0/24", "2001:db8::/48"] } }, "yes"],
    ["one address", { IpAddress: { "aws:SourceIp": "198.51.100.7" } }, "yes"],
    ["a distribution's ARN", { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*" } }, "yes"],
    ["a bucket's ARN", { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::logs" } }, "yes"],
    [
      "two, one of which is enough",
      { Bool: { "aws:SecureTransport": "true" }, StringEquals: { "aws:PrincipalAccount": "123456789012" } },
      "yes",
    ],
    ["callers of one account, in the words of KMS", { StringEquals: { "kms:CallerAccount": "123456789012" } }, "yes"],
    ["the mount targets of a file system", { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } }, "yes"],
    ["unknown conditions", UNKNOWN, "maybe"],
    ["all but mount targets", { Bool: { "elasticfilesystem:AccessedViaMountTarget": "false" } }, "no"],
    ["a service that KMS is asked by", { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } }, "no"],
    ["any network", { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }, "no"],
    ["any IPv6 network beside a narrow one", { IpAddress: { "aws:SourceIp": ["198.51.100.0/24", "::/0"] } }, "no"],
    ["all but a network", { NotIpAddress: { "aws:SourceIp": "198.51.100.0/24" } }, "no"],
    ["any organisation", { StringLike: { "aws:PrincipalOrgID": "o-*" } }, "no"],
    ["any account's role", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } }, "no"],
    ["IfExists", { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }, "no"],
    ["ForAllValues", { "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-a/r-b/ou-c/" } }, "no"],
    ["a user agent", { StringEquals: { "aws:UserAgent": "secret" } }, "no"],
    ["TLS", { Bool: { "aws:SecureTransport": "true" } }, "no"],
    ["a date", { DateLessThan: { "aws:CurrentTime": "2031-01-01T00:00:00Z" } }, "no"],
    ["a prefix", { StringLike: { "s3:prefix": "public/*" } }, "no"],
  ])("%s", (_what, Condition, expected) => {
    expect(keepsStrangersOut(one({ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*", Condition }))).toBe(expected);
  });
});

test.each<[string, Value, string[]]>([
  ["everybody", "*", ["everybody"]],
  ["everybody of AWS", { AWS: "*" }, ["everybody"]],
  ["everybody, in a list", { AWS: ["arn:aws:iam::123456789012:root", "*"] }, ["account", "everybody"]],
  ["any account's root", { AWS: "arn:aws:iam::*:root" }, ["everybody"]],
  ["a bare account", { AWS: 123456789012 }, ["account"]],
  ["a role's session", { AWS: "arn:aws:sts::123456789012:assumed-role/x/y" }, ["account"]],
  ["an origin access identity", { AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1" }, ["cdn"]],
  ["a service", { Service: "ec2.amazonaws.com" }, ["service"]],
  ["a canonical user", { CanonicalUser: "abc" }, ["unknown"]],
  ["unknown as a whole", UNKNOWN, ["unknown"]],
  ["a role of the program, unknown", { AWS: UNKNOWN }, []],
])("principals: %s", (_who, Principal, expected) => {
  expect(reachOf(one({ Effect: "Allow", Principal, Action: "*", Resource: "*" })).map(({ who }) => who)).toEqual(expected);
});
