/** Files that keys of the AWS provider name. */
import { awsProblems } from "../../../infra/config/aws-keys";

const problems = (key: string, value: string): string[] => awsProblems({ [`aws:${key}`]: value }, () => false);

test.each([
  ["customCaBundle", "/no/such/ca.pem", "/no/such/ca.pem"],
  ["customCaBundle", "~/no-such-folder/ca.pem", "~/no-such-folder/ca.pem"],
  ["customCaBundle", __dirname, __dirname],
  ["sharedCredentialsFiles", '["/no/such/credentials"]', "/no/such/credentials"],
  ["sharedConfigFiles", JSON.stringify([__filename, "/no/such/config"]), "/no/such/config"],
])("aws:%s %s is refused", (key, value, named) => {
  const [problem, ...others] = problems(key, value);
  expect(others).toEqual([]);
  expect(problem).toContain(`aws:${key}: names `);
  expect(problem).toContain(named);
  expect(problem).toMatch(/no such file on this machine; .* Correct the path, or remove the key$/);
});

test.each([
  ["customCaBundle", __filename],
  ["customCaBundle", "certs/ca.pem"],
  ["sharedConfigFiles", JSON.stringify([__filename])],
  ["profile", "/no/such/profile"],
])("aws:%s %s is taken", (key, value) => {
  expect(problems(key, value)).toEqual([]);
});
