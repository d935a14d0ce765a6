/** Documents that an association of Systems Manager runs: what their scripts do to its hosts, and which are not read. */
import { makeGraph, makeResource } from "../../../policies/core/graph";
import type { Finding, Graph, Props, Resource } from "../../../policies/core/types";
import { UNKNOWN } from "../../../policies/core/types";
import { policyOf } from "../core/policy-of";
import { BACKEND, program, settings } from "./program";

const ENV = "/home/ddos/app/.env";
const SETUP = { create: `sudo install -m 600 -o ddos -g ddos /dev/stdin ${ENV}`, stdin: "SECRET_KEY=0f9e8d7c6b5a\n" };
const ASSOCIATION = "urn:pulumi:prod::shop::aws:ssm/association:Association::tidy";
const DOCUMENT = "urn:pulumi:prod::shop::aws:ssm/document:Document::tidy";
const BACKENDS = [{ key: "InstanceIds", values: UNKNOWN }];

function associated(
  inputs: Props,
  content?: Props[string],
  instance: Props = {},
  targets: readonly string[] = [BACKEND],
  host: Partial<Resource> = {},
): Graph {
  const last = program([SETUP], instance).resources.map((one) => (one.urn === BACKEND ? { ...one, ...host } : one));
  const document = makeResource({
    urn: DOCUMENT,
    type: "aws:ssm/document:Document",
    inputs: { documentType: "Command", content: content ?? null },
  });
  const association = makeResource({
    urn: ASSOCIATION,
    type: "aws:ssm/association:Association",
    inputs: { targets: BACKENDS, ...inputs },
    dependencies: [DOCUMENT, ...last.map(({ urn }) => urn)],
    propertyDependencies: { targets, ...("name" in inputs ? {} : { name: [DOCUMENT] }) },
  });
  return makeGraph([...last, ...(content === undefined ? [] : [document]), association], true);
}

async function verdicts(policy: string, graph: Graph): Promise<Finding["verdict"][]> {
  return [...new Set((await policyOf(policy).evaluate(graph, settings)).map(({ verdict }) => verdict))];
}

const steps = (...scripts: readonly string[]): string =>
  JSON.stringify({
    schemaVersion: "2.2",
    parameters: { mode: { type: "String", default: "644" } },
    mainSteps: scripts.map((script, at) => ({
      action: "aws:runShellScript",
      name: `s${String(at)}`,
      inputs: { runCommand: script.split("\n") },
    })),
  });
const OPENS = `set -eu\nchmod 644 ${ENV}`;

test.each<[string, Graph]>([
  ["a step", associated({}, steps(OPENS))],
  ["the second of two", associated({}, steps("set -eu\nsystemctl restart app", OPENS))],
  ["a parameter's default", associated({}, steps(`chmod {{ mode }} ${ENV}`))],
  ["a parameter that is given", associated({ parameters: { mode: "640" } }, steps(`chmod {{mode}} ${ENV}`))],
  [
    "a folder to work in",
    associated(
      {},
      `schemaVersion: "2.2"\nmainSteps:\n- action: aws:runShellScript\n  inputs:\n    workingDirectory: /home/ddos/app\n    runCommand:\n    - chmod 644 .env\n`,
    ),
  ],
  [
    "the older form",
    associated(
      {},
      JSON.stringify({ schemaVersion: "1.2", runtimeConfig: { "aws:runShellScript": { properties: [{ runCommand: [OPENS] }] } } }),
    ),
  ],
  ["a text that AWS's document is given", associated({ name: "AWS-RunShellScript", parameters: { commands: OPENS } })],
  ["hosts by a tag", associated({ targets: [{ key: "tag:Role", values: ["api"] }] }, steps(OPENS), { tags: { Role: "api" } }, [])],
  ["all hosts", associated({ targets: [{ key: "InstanceIds", values: ["*"] }] }, steps(OPENS), {}, [])],
  [
    "a folder that AWS's document is given",
    associated({ name: "AWS-RunShellScript", parameters: { commands: "chmod 644 .env", workingDirectory: "/home/ddos/app" } }),
  ],
  ["one host by its id", associated({ targets: null, instanceId: "i-1" }, steps(OPENS), {}, [], { id: "i-1" })],
])("%s opens the file", async (_, graph) => {
  expect(await verdicts("env-file-mode", graph)).toEqual(["violation"]);
  expect(await verdicts("judgeable-resources", graph)).toEqual([]);
});

test("what its scripts print is kept by Systems Manager", async () => {
  const prints = (script: string): Graph => associated({ name: "AWS-RunShellScript", parameters: { commands: script } });
  expect(await verdicts("script-output-keeps-secrets", prints(`cat ${ENV}`))).toEqual(["violation"]);
  expect(await verdicts("script-output-keeps-secrets", associated({}, steps(`set -x\n. ${ENV}`)))).toEqual(["violation"]);
  expect(await verdicts("script-output-keeps-secrets", prints(`cat ${ENV} >/dev/null; wc -l ${ENV}`))).toEqual([]);
});

test("a script that leaves the file as it is passes", async () => {
  const graph = associated({}, steps(`set -eu\nchmod 600 ${ENV}\nlogrotate -f /etc/logrotate.conf`));
  expect(await verdicts("env-file-mode", graph)).toEqual([]);
  expect(await verdicts("judgeable-resources", graph)).toEqual([]);
});

test.each<[string, Graph]>([
  ["another action", associated({}, JSON.stringify({ schemaVersion: "2.2", mainSteps: [{ action: "aws:downloadContent", inputs: {} }] }))],
  [
    "one beside a script",
    associated(
      {},
      JSON.stringify({
        schemaVersion: "2.2",
        mainSteps: [...(JSON.parse(steps(OPENS)) as { mainSteps: object[] }).mainSteps, { action: "aws:configurePackage" }],
      }),
    ),
  ],
  ["a parameter that nobody gives", associated({}, steps("id {{ who }}"))],
  ["one that is kept elsewhere", associated({}, steps("id {{ ssm:who }}"))],
  ["a content that is not known", associated({}, UNKNOWN)],
  ["a document of others", associated({ name: "Company-Baseline" })],
  ["a version that may be another text", associated({ documentVersion: "3" }, steps("true"))],
  ["hosts that are not the program's", associated({ targets: [{ key: "tag:Role", values: ["api"] }] }, steps("true"), {}, [])],
  ["a group of resources", associated({ targets: [{ key: "resource-groups:Name", values: ["x"] }] }, steps("true"), {}, [])],
])("%s cannot be told", async (_, graph) => {
  expect(await verdicts("judgeable-resources", graph)).toEqual(["unknown"]);
});

/** Others that have a document run: the type, its inputs with a document of the program, and where that and the hosts flow in. */
const SENDERS: Readonly<Record<string, (script: string) => { type: string; inputs: Props; flows: Record<string, readonly string[]> }>> = {
  "a task of a maintenance window": () => ({
    type: "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    inputs: { taskType: "RUN_COMMAND", taskArn: UNKNOWN, targets: BACKENDS },
    flows: { taskArn: [DOCUMENT], targets: [BACKEND] },
  }),
  "a task with a text of its own": (script) => ({
    type: "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    inputs: {
      taskType: "RUN_COMMAND",
      taskArn: "AWS-RunShellScript",
      targets: BACKENDS,
      taskInvocationParameters: { runCommandParameters: { parameters: [{ name: "commands", values: script.split("\n") }] } },
    },
    flows: { targets: [BACKEND] },
  }),
  "a task for hosts that are registered with the window": () => ({
    type: "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    inputs: { taskType: "RUN_COMMAND", taskArn: UNKNOWN, targets: [{ key: "WindowTargetIds", values: [UNKNOWN] }] },
    flows: { taskArn: [DOCUMENT], targets: [WINDOW] },
  }),
  "a rule of EventBridge": () => ({
    type: "aws:cloudwatch/eventTarget:EventTarget",
    inputs: { rule: "nightly", arn: UNKNOWN, roleArn: "arn:aws:iam::111122223333:role/e", runCommandTargets: BACKENDS },
    flows: { arn: [DOCUMENT], runCommandTargets: [BACKEND] },
  }),
  "a rule with a text of its own": (script) => ({
    type: "aws:cloudwatch/eventTarget:EventTarget",
    inputs: {
      rule: "nightly",
      arn: "arn:aws:ssm:us-east-1::document/AWS-RunShellScript",
      input: JSON.stringify({ commands: script.split("\n") }),
      runCommandTargets: BACKENDS,
    },
    flows: { runCommandTargets: [BACKEND] },
  }),
  "a schedule": (script) => ({
    type: "aws:scheduler/schedule:Schedule",
    inputs: {
      scheduleExpression: "rate(1 day)",
      target: {
        arn: "arn:aws:scheduler:::aws-sdk:ssm:sendCommand",
        roleArn: "arn:aws:iam::111122223333:role/e",
        input: JSON.stringify({ DocumentName: "AWS-RunShellScript", InstanceIds: ["i-1"], Parameters: { commands: script.split("\n") } }),
      },
    },
    flows: {},
  }),
  "Cloud Control": (script) => ({
    type: "aws:cloudcontrol/resource:Resource",
    inputs: {
      typeName: "AWS::SSM::Association",
      desiredState: JSON.stringify({
        Name: "AWS-RunShellScript",
        Parameters: { commands: script.split("\n") },
        Targets: [{ Key: "InstanceIds", Values: ["i-1"] }],
      }),
    },
    flows: {},
  }),
};
const WINDOW = "urn:pulumi:prod::shop::aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget::hosts";

function sent(script: string, make: (typeof SENDERS)[string], change: (inputs: Props) => Props = (inputs) => inputs): Graph {
  const last = program([SETUP]).resources.map((one) => (one.urn === BACKEND ? { ...one, id: "i-1" } : one));
  const { type, inputs, flows } = make(script);
  const document = makeResource({
    urn: DOCUMENT,
    type: "aws:ssm/document:Document",
    inputs: { documentType: "Command", content: steps(script) },
  });
  const window = makeResource({
    urn: WINDOW,
    type: "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
    inputs: { resourceType: "INSTANCE", targets: BACKENDS },
    propertyDependencies: { targets: [BACKEND] },
  });
  const sender = makeResource({
    urn: `urn:pulumi:prod::shop::${type}::sender`,
    type,
    inputs: change(inputs),
    dependencies: last.map(({ urn }) => urn),
    propertyDependencies: flows,
  });
  return makeGraph([...last, document, window, sender], true);
}

describe.each(Object.entries(SENDERS))("%s", (_, make) => {
  test("opens the file", async () => {
    expect(await verdicts("env-file-mode", sent(OPENS, make))).toEqual(["violation"]);
    expect(await verdicts("judgeable-resources", sent(OPENS, make))).toEqual([]);
  });
  test("or leaves it as it is", async () => {
    const graph = sent(`set -eu\nchmod 600 ${ENV}\nlogrotate -f /etc/logrotate.conf`, make);
    expect(await verdicts("env-file-mode", graph)).toEqual([]);
    expect(await verdicts("host-setup-readable", graph)).toEqual([]);
    expect(await verdicts("judgeable-resources", graph)).toEqual([]);
  });
});

test.each<[string, keyof typeof SENDERS, (inputs: Props) => Props]>([
  [
    "an input that is put together of the event",
    "a rule of EventBridge",
    (inputs) => ({ ...inputs, inputTransformer: { inputTemplate: "{}" } }),
  ],
  ["a document of others", "a rule of EventBridge", (inputs) => ({ ...inputs, arn: "arn:aws:ssm:us-east-1:111122223333:document/other" })],
  [
    "hosts by a tag that none has",
    "a rule of EventBridge",
    (inputs) => ({ ...inputs, runCommandTargets: [{ key: "tag:Role", values: ["x"] }] }),
  ],
  [
    "a window's hosts that are registered elsewhere",
    "a task for hosts that are registered with the window",
    (inputs) => ({ ...inputs, targets: [{ key: "WindowTargetIds", values: [UNKNOWN, "wt-1"] }] }),
  ],
  [
    "another call of the API",
    "a schedule",
    (inputs) => ({ ...inputs, target: { arn: "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution", input: "{}" } }),
  ],
  [
    "an input that is not known",
    "a schedule",
    (inputs) => ({ ...inputs, target: { arn: "arn:aws:scheduler:::aws-sdk:ssm:sendCommand", input: UNKNOWN } }),
  ],
  [
    "a property that is not read",
    "Cloud Control",
    (inputs) => ({ ...inputs, desiredState: JSON.stringify({ Name: "AWS-RunShellScript", OutputLocation: {} }) }),
  ],
])("of %s nobody can tell", async (_, name, change) => {
  const make = SENDERS[name];
  if (!make) throw new Error(name);
  expect(await verdicts("judgeable-resources", sent(OPENS, make, change))).toEqual(["unknown"]);
});
