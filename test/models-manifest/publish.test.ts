import { readFileSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { modelsCommand } from "../../models-manifest/cli";
import { loadManifest, type LoadedFile } from "../../models-manifest/manifest";
import { publishFile, standardClient } from "../../models-manifest/publish";
import { sampleProject, type Project } from "./project";
import { run } from "../cli/run";
import { startS3Double, type S3Double } from "./s3-double";

let project: Project;
let s3: S3Double;
let client: S3Client;
let model: LoadedFile;
const environment = process.env;

beforeEach(async () => {
  project = sampleProject();
  s3 = await startS3Double();
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
  client = standardClient();
  model = loadManifest("manifest.json", project.root).files.find((file) => file.role === "model")!;
});
afterEach(async () => {
  process.env = environment;
  client.destroy();
  await s3.close();
  project.remove();
});

const publish = () => publishFile(client, model, { bucket: "models", root: project.root, firstPause: 1 });

async function cli(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const { code, out, err } = await run(modelsCommand({ root: project.root }), ["publish", "--manifest", "manifest.json", ...args], {
    from: project.root,
  });
  return { code, lines: `${out}\n${err}`.trim().split("\n") };
}

test("a file arrives whole, with its checksum, and only where nothing was", async () => {
  expect(await publish()).toBe("uploaded");
  expect(s3.objects.get(model.key)).toEqual(readFileSync(join(project.root, model.path)));
  const { headers } = s3.puts[0]!;
  expect(headers["x-amz-checksum-sha256"]).toBe(Buffer.from(model.sha256, "hex").toString("base64"));
  expect(headers["if-none-match"]).toBe("*");
  expect(headers["content-length"]).toBe(String(model.size));
});

test("the region may be the one that the AWS CLI reads; without any, the message says what to set", async () => {
  delete process.env.AWS_REGION;
  process.env.AWS_DEFAULT_REGION = "eu-west-1";
  expect((await cli("--bucket", "models")).code).toBe(0);
  delete process.env.AWS_DEFAULT_REGION;
  process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = "/dev/null";
  const { code, lines } = await cli("--bucket", "models");
  expect([code, lines.at(-1)]).toEqual([3, expect.stringMatching(/Region is missing\. Set AWS_REGION to the bucket's region/)]);
});

test("what is there already is not sent again", async () => {
  await publish();
  expect(await publish()).toBe("there already");
  expect(s3.puts).toHaveLength(1);
});

test("a key with other bytes is an error and stays as it is", async () => {
  const other = Buffer.alloc(model.size);
  s3.objects.set(model.key, other);
  await expect(publish()).rejects.toThrow(/exists with other bytes.*find out who wrote it/);
  expect(s3.objects.get(model.key)).toBe(other);
  expect(s3.puts).toEqual([]);
});

test("bytes that changed after they were hashed are refused by S3, and that is final", async () => {
  writeFileSync(join(project.root, model.path), Buffer.alloc(model.size));
  await expect(publish()).rejects.toThrow(/not uploaded to s3:\/\/models\/models\/.*BadDigest.*run verify/);
  expect(s3.objects.size).toBe(0);
  expect(s3.puts.map((put) => put.status)).toEqual([400]);
});

test("failures that pass are tried again, with the whole file each time", async () => {
  s3.faults.push({ status: 503, code: "SlowDown" }, "reset", { status: 409, code: "ConditionalRequestConflict" });
  expect(await publish()).toBe("uploaded");
  expect(s3.puts.map((put) => put.status)).toEqual([503, 0, 409, 200]);
  expect(s3.objects.get(model.key)).toHaveLength(model.size);
});

test("after four attempts it is enough", async () => {
  for (let i = 0; i < 5; i++) s3.faults.push({ status: 500, code: "InternalError" });
  await expect(publish()).rejects.toThrow(/InternalError.*Try again/);
  expect(s3.puts).toHaveLength(4);
});

test("what will not pass is not tried again", async () => {
  s3.faults.push({ status: 403, code: "AccessDenied" });
  await expect(publish()).rejects.toThrow(/AccessDenied.*need s3:PutObject/);
  expect(s3.puts).toHaveLength(1);
});

test("another upload of the same bytes at the same moment is fine", async () => {
  s3.faults.push("race");
  expect(await publish()).toBe("there already");
});

test("a file that shrank is an error, not a hang", async () => {
  truncateSync(join(project.root, model.path), 100);
  await expect(publish()).rejects.toThrow("has only 100 bytes left of the 8306 that were hashed");
  expect(s3.objects.size).toBe(0);
});

test("the command publishes what is missing and says what it did", async () => {
  const first = await cli("--bucket", "models");
  expect(first.code).toBe(0);
  expect(first.lines).toHaveLength(4);
  expect(first.lines.every((line) => /^uploaded {7}s3:\/\/models\/models\/[0-9a-f]{64}\/hybrid_\S+ \(\d+ bytes\)$/.test(line))).toBe(true);
  const second = await cli("--bucket", "models");
  expect(second.lines.every((line) => line.startsWith("there already"))).toBe(true);
});

test("an optional file may be missing, an altered one is not sent", async () => {
  const metrics = loadManifest("manifest.json", project.root).files.find((file) => file.role === "metrics")!;
  unlinkSync(join(project.root, metrics.path));
  expect((await cli("--bucket", "models")).lines).toContain(`missing        ${metrics.path} (optional) (${metrics.size} bytes)`);
  s3.objects.clear();
  writeFileSync(join(project.root, model.path), Buffer.alloc(model.size));
  const { code, lines } = await cli("--bucket", "models");
  expect([code, lines]).toEqual([1, [expect.stringContaining(`${model.path}: was altered`)]]);
  expect(s3.objects.size).toBe(0);
});

test("several go at once; all that fails is said, and what was uploaded as well", async () => {
  s3.faults.push(undefined, { status: 403, code: "AccessDenied" }, undefined, { status: 403, code: "AccessDenied" });
  const { code, lines } = await cli("--bucket", "models");
  expect(code).toBe(3);
  expect(lines.filter((line) => line.startsWith("uploaded"))).toHaveLength(2);
  expect(lines.filter((line) => line.includes("need s3:PutObject"))).toHaveLength(2);
});

test("exit codes: no such bucket 3, no bucket named 2", async () => {
  const wrong = await cli("--bucket", "elsewhere");
  expect([wrong.code, wrong.lines[0]]).toEqual([3, expect.stringMatching(/NoSuchBucket.*correct --bucket/)]);
  expect((await cli()).code).toBe(2);
});
