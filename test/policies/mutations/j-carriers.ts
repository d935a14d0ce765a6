/** Area J: secrets under names and types of their own, and what a schedule or a drop-in does. */
import type { Handle, Program } from "../core/builder";
import { secret } from "../core/builder";
import { fakes } from "../secrets/fakes";
import type { Mutation } from "./frame";

const REMOTE = "command:remote:Command";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c";
const instance = (p: Program, role: "backend" | "gateway"): Handle => p.find("aws:ec2/instance:Instance", new RegExp(role));

/** A further step on the backend, after all that are there. */
export function step(p: Program, create: string): void {
  const login = { user: "ubuntu", hostKey: KEY, privateKey: secret("not a real key") };
  const proxy = { host: instance(p, "gateway").out("publicIp"), ...login };
  const connection = secret({ host: instance(p, "backend").out("privateIp"), ...login, proxy });
  p.add(REMOTE, "extra", { connection, create, logging: "none" }, { dependsOn: p.findAll(REMOTE) });
}

/** Expecting nothing where `expect` is empty. */
export const one = (id: string, title: string, expect: Mutation["expect"], apply: (p: Program) => unknown): Mutation => ({
  id,
  title,
  expect,
  apply: (p) => void apply(p),
});

const build = (p: Program, ...environmentVariables: readonly Readonly<Record<string, string>>[]): Handle =>
  p.add("aws:codebuild/project:Project", "ci", {
    serviceRole: "arn:aws:iam::123456789012:role/cb",
    environment: { image: "aws/codebuild/standard:7.0", environmentVariables },
  });
const night = (p: Program, arn: string): Handle =>
  p.add("aws:scheduler/schedule:Schedule", "night", {
    scheduleExpression: "cron(0 20 * * ? *)",
    target: { arn, roleArn: "arn:aws:iam::123456789012:role/night", input: '{"InstanceIds":["i-0123456789abcdef0"]}' },
  });
const dropIn = (name: string, ...lines: readonly string[]): string =>
  `sudo tee /etc/systemd/system/${name}.service.d/50-x.conf >/dev/null <<'DROP_IN'\n[Service]\n${lines.join("\n")}\nDROP_IN`;
const START = [
  "ExecStart=",
  "ExecStart=/home/ddos/venv/bin/uvicorn ml_gateway.app:app --app-dir /home/ddos/app --host 127.0.0.1 --port 8000",
];
const tag = (p: Program, type: string, inputs: Readonly<Record<string, unknown>>): Handle => p.add(type, "tag", inputs);

export const mutations: Mutation[] = [
  one("J01-secrets-manager", "a build variable that names a secret", [], (p) =>
    build(p, { name: "NPM_TOKEN", value: "ml/npm:token", type: "SECRETS_MANAGER" }),
  ),
  one("J01-parameter", "a build variable that names a parameter without a slash", [], (p) =>
    build(p, { name: "DB_PASSWORD", value: "prod-db-password-7", type: "PARAMETER_STORE" }),
  ),
  one("J01-plain", "a build variable that holds its secret", "secret-in-environment", (p) =>
    build(p, { name: "NPM_TOKEN", value: fakes.password, type: "PLAINTEXT" }),
  ),
  one("J01-untyped", "a build variable whose type is left to its default", "secret-in-environment", (p) =>
    build(p, { name: "NPM_TOKEN", value: fakes.password }),
  ),
  one("J01-beside", "one by reference does not speak for the next", "secret-in-environment", (p) =>
    build(p, { name: "A_TOKEN", value: "ml/a:token", type: "SECRETS_MANAGER" }, { name: "B_TOKEN", value: fakes.password }),
  ),
  one("J01-format", "a secret where its name is expected", "secret-in-environment", (p) =>
    build(p, { name: "X", value: fakes.cloneUrl, type: "SECRETS_MANAGER" }),
  ),
  one("J01-ecs", "secrets of a container by reference", [], (p) =>
    p.add("aws:ecs/taskDefinition:TaskDefinition", "t", {
      family: "t",
      containerDefinitions: JSON.stringify([{ name: "a", image: "a:1", secrets: [{ name: "SECRET_KEY", valueFrom: "prod-secret-key" }] }]),
    }),
  ),
  one("J02", "a tag of its own with a password", "secret-in-tags", (p) =>
    tag(p, "aws:ec2/tag:Tag", { resourceId: instance(p, "backend").id, key: "db_password", value: fakes.password }),
  ),
  one("J02-group", "a tag of a group's hosts", "secret-in-tags", (p) =>
    tag(p, "aws:autoscaling/tag:Tag", {
      autoscalingGroupName: "g",
      tag: { key: "api_token", value: fakes.password, propagateAtLaunch: true },
    }),
  ),
  one("J02-table", "a tag of a table", "secret-in-tags", (p) =>
    tag(p, "aws:dynamodb/tag:Tag", { resourceArn: "arn:aws:dynamodb:us-east-1:123456789012:table/t", key: "x", value: fakes.cloneUrl }),
  ),
  one("J02-marked", "a tag stays readable when the program marks it", "secret-in-tags", (p) =>
    tag(p, "aws:ecs/tag:Tag", {
      resourceArn: "arn:aws:ecs:us-east-1:123456789012:cluster/c",
      key: "db_password",
      value: secret(fakes.password),
    }),
  ),
  one("J02-plain", "a tag that says whom to ask", [], (p) =>
    tag(p, "aws:ec2/tag:Tag", { resourceId: "subnet-0123456789abcdef0", key: "Owner", value: "data-platform" }),
  ),
  one("J03", "a variable of GitHub's builds with a key", "plain-secret-in-state", (p) =>
    p.add("github:index/actionsVariable:ActionsVariable", "v", { repository: "ml", variableName: "SECRET_KEY", value: fakes.password }),
  ),
  one("J03-gitlab", "a variable of GitLab's builds", "plain-secret-in-state", (p) =>
    p.add("gitlab:index/projectVariable:ProjectVariable", "v", { project: "1", key: "DB_PASSWORD", value: fakes.password }),
  ),
  one("J03-marked", "a variable that the program marks", [], (p) =>
    p.add("gitlab:index/projectVariable:ProjectVariable", "v", { project: "1", key: "DB_PASSWORD", value: secret(fakes.password) }),
  ),
  one("J03-plain", "a variable with a region", [], (p) =>
    p.add("github:index/actionsVariable:ActionsVariable", "v", { repository: "ml", variableName: "AWS_REGION", value: "us-east-1" }),
  ),
  one("J04", "hosts are stopped at night", [], (p) => night(p, "arn:aws:scheduler:::aws-sdk:ec2:stopInstances")),
  one("J04-morning", "hosts are started in the morning", [], (p) => night(p, "arn:aws:scheduler:::aws-sdk:ec2:startInstances")),
  {
    ...one("J04-more", "hosts are changed at night", "judgeable-resources", (p) =>
      night(p, "arn:aws:scheduler:::aws-sdk:ec2:modifyInstanceAttribute"),
    ),
    verdict: "unknown",
  },
  {
    ...one("J04-longer", "a call that only begins like one that stops", "judgeable-resources", (p) =>
      night(p, "arn:aws:scheduler:::aws-sdk:ec2:stopInstancesAndMore"),
    ),
    verdict: "unknown",
  },
  one("J05", "another command line for the service's own unit", [], (p) => step(p, dropIn("ddos-backend", ...START))),
  one("J05-root", "a drop-in makes the service root's", "service-not-root", (p) => step(p, dropIn("ddos-backend", "User=root"))),
  one("J05-open", "another command line on all addresses", "application-on-loopback", (p) =>
    step(p, dropIn("ddos-backend", ...START).replace("127.0.0.1", "0.0.0.0")),
  ),
  {
    ...one("J05-other", "a command line for a unit that no step brings", "service-not-root", (p) => step(p, dropIn("other", ...START))),
    verdict: "unknown",
  },
];
