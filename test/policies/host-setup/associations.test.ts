/** Documents that an association of Systems Manager runs: what their scripts do to its hosts, and which are not read. */
import { makeGraph, makeResource } from "../../../policies/core/graph";
import type { Finding, Graph, Props } from "../../../policies/core/types";
import { UNKNOWN } from "../../../policies/core/types";
import { policyOf } from "../core/policy-of";
import { BACKEND, program, settings } from "./program";

const ENV = "/home/ddos/app/.env";
const SETUP = { create: `sudo install -m 600 -o ddos -g ddos /dev/stdin ${ENV}`, stdin: "SECRET_KEY=0f9e8d7c6b5a\n" };
const ASSOCIATION = "urn:pulumi:prod::shop::aws:ssm/association:Association::tidy";
const DOCUMENT = "urn:pulumi:prod::shop::aws:ssm/document:Document::tidy";
const BACKENDS = [{ key: "InstanceIds", values: UNKNOWN }];

function associated(inputs: Props, content?: Props[string], instance: Props = {}, targets: readonly string[] = [BACKEND]): Graph {
  const last = program([SETUP], instance).resources;
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
])("%s opens the file", async (_, graph) => {
  expect(await verdicts("env-file-mode", graph)).toEqual(["violation"]);
  expect(await verdicts("judgeable-resources", graph)).toEqual([]);
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
