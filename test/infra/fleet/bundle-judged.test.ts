/** The policy pack follows what a fleet's hosts run: the steps within the bundle that their user data fetches. */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { RunResult } from "../../../infra/offline/engine";
import { byName, evaluateDev } from "../evaluate";
import { judged } from "../judged";

jest.setTimeout(120_000);

const FLEET = { gateway: { sshFrom: ["203.0.113.0/24"] }, network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } };
const BUNDLE = "aws:s3/bucketObjectv2:BucketObjectv2";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

let fleet: RunResult;
beforeAll(async () => {
  fleet = await evaluateDev(FLEET);
});

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Findings by policy, with `from` within the bundle's scripts exchanged for `to` of the same length. */
async function findingsWith(from: string, to: string): Promise<string[]> {
  const bundle = byName(fleet, BUNDLE, "fleet-bundle");
  const template = byName(fleet, TEMPLATE, "fleet-template");
  const archive = gunzipSync(Buffer.from(String(bundle.inputs["contentBase64"]), "base64"));
  const changed = Buffer.from(archive.toString("latin1").replaceAll(from, to), "latin1");
  expect([changed.equals(archive), changed.length]).toEqual([from === to, archive.length]);
  const renamed = (text: string): string => text.replaceAll(sha256(archive), sha256(changed));
  const userData = renamed(Buffer.from(String(template.inputs["userData"]), "base64").toString("latin1"));
  const inputs = new Map<object, object>([
    [bundle, { contentBase64: gzipSync(changed).toString("base64"), key: renamed(String(bundle.inputs["key"])) }],
    [template, { userData: Buffer.from(userData, "latin1").toString("base64") }],
  ]);
  const altered = fleet.resources.map((one) => ({ ...one, inputs: { ...one.inputs, ...inputs.get(one) } }));
  const { outcomes } = await judged({ resources: altered }, "2026-11-27");
  return [...new Set(outcomes.filter(({ verdict }) => verdict !== "pass").map(({ policy, verdict }) => `${policy}: ${verdict}`))].sort();
}

test("the bundle as it is has no finding", async () => {
  expect(await findingsWith("install -m 600 -o ddos", "install -m 600 -o ddos")).toEqual([]);
});

// Until the release is moved to its place, the file lies where root alone can enter: there is no window, the mode that stays is the finding.
test("a step that leaves .env to everybody is a violation, as over SSH", async () => {
  expect(await findingsWith("install -m 600 -o ddos", "install -m 644 -o ddos")).toEqual(["env-file-mode: violation"]);
});

test("a service as root is one too", async () => {
  expect((await findingsWith("\nUser=ddos\n", "\nUser=root\n")).filter((one) => one.endsWith(": violation"))).toContain(
    "service-not-root: violation",
  );
});
