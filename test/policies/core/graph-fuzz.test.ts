/**
 * Graphs changed by chance, from a fixed seed: values become unknown, absent, of another kind, long or nested, and dependencies lead in circles.
 * No policy fails itself, and the same graph gets the same answer twice. POLICY_FUZZ_RUNS draws more of them.
 */
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import { policies } from "../../../policies/rules";
import { loadGraph } from "../../../policies/graph/load";
import { UNKNOWN_MARK } from "../../../policies/graph/wire";
import type { PlainResource } from "./builder";
import { ownStack } from "../network/stack";
import { numbers } from "../../random";

const RUNS = Number(process.env.POLICY_FUZZ_RUNS ?? 60);

type Change = (value: unknown, pick: (count: number) => number) => unknown;
const nested = (depth: number, value: unknown): unknown => (depth === 0 ? value : nested(depth - 1, depth % 2 ? [value] : { a: value }));
const CHANGES: readonly Change[] = [
  () => undefined,
  () => null,
  () => UNKNOWN_MARK,
  () => "",
  () => 4294967296,
  () => true,
  (value) => [value, value],
  (value) => ({ value }),
  (value) => nested(60, value),
  () => "*".repeat(3000),
  () => "0.0.0.0/0",
  () => '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  () => Array.from({ length: 500 }, (_, i) => `10.${String(i % 256)}.0.0/16`),
  (_, pick) => `sg-0${String(pick(1000))}`,
];

/** Changes some inputs, and lets some resources depend on each other in circles. */
function mutate(resources: PlainResource[], next: () => number): void {
  const pick = (count: number): number => Math.floor(next() * count);
  for (let i = 0; i < 6; i += 1) {
    const one = resources[pick(resources.length)];
    const keys = Object.keys(one?.inputs ?? {});
    const key = keys[pick(keys.length)];
    if (one && key !== undefined) one.inputs[key] = CHANGES[pick(CHANGES.length)]?.(one.inputs[key], pick);
    const other = resources[pick(resources.length)];
    if (one && other && next() < 0.4) {
      one.dependencies.push(other.urn);
      other.dependencies.push(one.urn);
      one.propertyDependencies[key ?? "x"] = [other.urn];
    }
  }
}

async function said(document: string): Promise<string[]> {
  const { outcomes } = await evaluate(policies, loadGraph(document, "fuzz").graph, DEFAULT_CONFIG, "2030-01-01");
  return outcomes.filter(({ verdict }) => verdict !== "pass").map(({ policy, verdict, message }) => `${verdict} ${policy}: ${message}`);
}

test.each(Array.from({ length: RUNS }, (_, seed) => seed))("graph %i", async (seed) => {
  const next = numbers(seed + 1);
  const { p } = ownStack();
  p.add("aws:iam/role:Role", "backend", { assumeRolePolicy: "{}" });
  p.add("aws:s3/bucket:Bucket", "models", { bucket: "models", tags: { Role: "models" } });
  p.add("aws:sqs/queuePolicy:QueuePolicy", "queue", { queueUrl: "q", policy: "{}" });
  const { resources } = p.plain(next() < 0.5 ? "unknown" : "known");
  const copy = structuredClone(resources);
  mutate(copy, next);
  const document = JSON.stringify({ resources: copy });
  const first = await said(document);
  expect(first.filter((line) => line.includes("The policy itself failed"))).toEqual([]);
  expect(await said(document)).toEqual(first);
});

test("a bucket whose name is empty, which is in every text at every place, ends the evaluation", async () => {
  const { p } = ownStack();
  p.add("aws:s3/bucket:Bucket", "models", { bucket: "", tags: { Role: "models" } });
  p.add("aws:sns/topic:Topic", "topic", { name: "alarms" });
  expect(await said(JSON.stringify(p.plain("known")))).not.toEqual([]);
});

test("ten megabytes of script, of cloud-config and of statements end in «cannot tell»", async () => {
  const { p, gateway, backend } = ownStack();
  p.set(gateway, { userData: `#!/bin/bash\n${"echo hello world\n".repeat(600_000)}` });
  p.set(backend, { userData: `#cloud-config\nwrite_files:\n${"- path: /srv/a\n  content: x\n".repeat(350_000)}` });
  const answers = await said(JSON.stringify(p.plain("known")));
  expect(answers.filter((line) => line.startsWith("unknown host-setup-readable"))).toHaveLength(2);
}, 20_000);

/** Each in the user data of the backend, of which AWS takes 16 KB. */
test.each([
  [
    "parts",
    `Content-Type: multipart/mixed; boundary="b"\n\n${"--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\ntrue\n".repeat(180_000)}--b--\n`,
  ],
  ["addresses", `#include\n${"http://a.example/x\n".repeat(500_000)}`],
  ["formats within formats", "#cloud-boothook\n".repeat(30_000)],
])("user data with more %s than anybody writes end in «cannot tell»", async (_, userData) => {
  const { p, backend } = ownStack();
  p.set(backend, { userData });
  const answers = await said(JSON.stringify(p.plain("known")));
  expect(answers.some((line) => line.startsWith("unknown host-setup-readable") && /longer than AWS takes|nest too deeply/.test(line))).toBe(
    true,
  );
});
