/** `--bucket` of a drill: what it reads from S3, and one clear message for each way in which S3 says no. The service is a double on this machine. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bucketSource, fetchBackup } from "../drill/source";

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const LATEST = "backups/backend/latest";
const DATA = "backups/backend/data/d.tar.gz";
const LIST = `backup 2026-11-27T03:10:00Z releases/7-abcdef012345\ndata ${sha("data")} 4 d.tar.gz\n`;

type Answer = (reply: ServerResponse) => void;
const says =
  (status: number, code: string): Answer =>
  (reply) =>
    void reply.writeHead(status, { "content-type": "application/xml" }).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
const gives =
  (text: string): Answer =>
  (reply) =>
    void reply.end(text);
const cuts: Answer = (reply) => {
  reply.writeHead(200, { "content-length": 100 });
  reply.write("d", () => reply.destroy());
};

let answers: Readonly<Record<string, Answer>> = {};
let server: Server;
let folder: string;
const before = { ...process.env };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "drill-bucket-"));
  server = createServer((request, reply) => {
    const key = (request.url ?? "").replace(/^\/models\//, "").replace(/\?.*/, "");
    (answers[key] ?? answers["*"] ?? says(404, "NoSuchKey"))(reply);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = `${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    AWS_MAX_ATTEMPTS: "1",
  });
  delete process.env["AWS_PROFILE"];
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const fetched = (): ReturnType<typeof fetchBackup> => fetchBackup(bucketSource("models", "eu-central-1"), "backend", folder);

test("the list and what it names come from the bucket, each under its key", async () => {
  answers = { [LATEST]: gives(LIST), [DATA]: gives("data") };
  expect((await fetched()).bytes).toBe(4);
  expect(readFileSync(join(folder, DATA), "utf8")).toBe("data");
});

test.each<[string, Readonly<Record<string, Answer>>, RegExp]>([
  ["no backup", {}, /^s3:\/\/models has no backups\/backend\/latest: no backup was made yet/],
  ["no bucket", { "*": says(404, "NoSuchBucket") }, /^s3:\/\/models: there is no such bucket/],
  [
    "no rights",
    { "*": says(403, "AccessDenied") },
    /^s3:\/\/models\/backups\/backend\/latest: access denied\. These credentials need s3:GetObject/,
  ],
  [
    "another region",
    { "*": says(301, "PermanentRedirect") },
    /^s3:\/\/models: does not lie in eu-central-1; name its region with --region/,
  ],
  [
    "credentials that have ended",
    { "*": says(400, "ExpiredToken") },
    /^s3:\/\/models: AWS does not take these credentials \(ExpiredToken\)/,
  ],
  ["an object that is gone", { [LATEST]: gives(LIST) }, /cannot be restored:\nbackups\/backend\/data\/d\.tar\.gz is not there$/],
  ["an object that was damaged", { [LATEST]: gives(LIST), [DATA]: gives("dada") }, /cannot be restored:\n\S+ has the SHA-256 /],
  ["an object that one may not read", { [LATEST]: gives(LIST), [DATA]: says(403, "AccessDenied") }, /d\.tar\.gz: access denied/],
  ["an answer that is cut off", { [LATEST]: gives(LIST), [DATA]: cuts }, /^s3:\/\/models[^\n]*could not be (read|reached)/],
])("%s", async (_, given, message) => {
  answers = given;
  await expect(fetched()).rejects.toThrow(message);
});

test("an address where nobody listens", async () => {
  process.env["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:9";
  await expect(fetched()).rejects.toThrow(/^s3:\/\/models: could not be reached \(ECONNREFUSED\)/);
});
