/** Requests on what is anybody's: things of an account that is nobody's own. A right to one of them is a right to all. */
import type { Request } from "../../graph/iam-match";

const ANYBODYS = {
  user: "arn:aws:iam::000000000000:user/somebody",
  group: "arn:aws:iam::000000000000:group/somebody",
  role: "arn:aws:iam::000000000000:role/somebody",
  policy: "arn:aws:iam::000000000000:policy/something",
  object: "arn:aws:s3:::a-bucket-of-somebody-else/key",
  secret: "arn:aws:secretsmanager:us-east-1:000000000000:secret:somebody-else-abcdef",
  parameter: "arn:aws:ssm:us-east-1:000000000000:parameter/somebody/else",
  instance: "arn:aws:ec2:us-east-1:000000000000:instance/i-00000000000000000",
  securityGroup: "arn:aws:ec2:us-east-1:000000000000:security-group/sg-00000000000000000",
  key: "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000",
  function: "arn:aws:lambda:us-east-1:000000000000:function:something",
  stack: "arn:aws:cloudformation:us-east-1:000000000000:stack/something/x",
  table: "arn:aws:dynamodb:us-east-1:000000000000:table/something",
  database: "arn:aws:rds:us-east-1:000000000000:db:something",
} as const;

/** @param actions each with its service */
export const on = (thing: keyof typeof ANYBODYS, ...actions: readonly string[]): Request[] =>
  actions.map((action) => ({ action, resource: ANYBODYS[thing] }));
