/** Files that keys of the AWS provider name. */
import { basename, dirname, join } from "node:path";
import { awsProblems } from "../../../infra/config/aws-keys";

const problems = (key: string, value: string): string[] => awsProblems({ [`aws:${key}`]: value }, () => false, __dirname);

test.each([
  ["customCaBundle", "/no/such/ca.pem", "/no/such/ca.pem"],
  ["customCaBundle", "~/no-such-folder/ca.pem", "~/no-such-folder/ca.pem"],
  ["customCaBundle", __dirname, __dirname],
  ["sharedCredentialsFiles", '["/no/such/credentials"]', "/no/such/credentials"],
  ["sharedConfigFiles", JSON.stringify([__filename, "/no/such/config"]), "/no/such/config"],
  ["customCaBundle", "certs/ca.pem", "certs/ca.pem"],
  ["sharedCredentialsFiles", '["./credentials"]', "./credentials"],
  ["sharedConfigFiles", '["$HOME/no/such/config"]', "$HOME/no/such/config"],
  ["sharedConfigFiles", '["${NO_SUCH_VARIABLE}/no/such/config"]', "NO_SUCH_VARIABLE"],
])("aws:%s %s is refused", (key, value, named) => {
  const [problem, ...others] = problems(key, value);
  expect(others).toEqual([]);
  expect(problem).toContain(`aws:${key}: names `);
  expect(problem).toContain(named);
  expect(problem).toMatch(/no such file on this machine; .* Correct the path, or remove the key$/);
});

test.each([
  ["customCaBundle", __filename],
  ["customCaBundle", basename(__filename)],
  ["customCaBundle", join("..", basename(dirname(__filename)), basename(__filename))],
  ["sharedConfigFiles", JSON.stringify([__filename, `./${basename(__filename)}`])],
  ["profile", "/no/such/profile"],
])("aws:%s %s is taken", (key, value) => {
  expect(problems(key, value)).toEqual([]);
});

test.each([
  ["sharedConfigFiles", '["~somebody/.aws/config"]'],
  ["customCaBundle", "~somebody/ca.pem"],
])("aws:%s %s: the home of another user is refused", (key, value) => {
  expect(problems(key, value)).toEqual([
    expect.stringMatching(/names "?~somebody\/.*, the home of another user, .*; write the path itself$/),
  ]);
});
