import type { SavedObject } from "../../../infra/last-update";
import type { ModelFile } from "../../../infra/models/bucket";
import type { Stored } from "../../../infra/models/stored";
import { planUploads, toLookUp, type UploadArgs } from "../../../infra/models/uploads";

const SHA = "ab".repeat(32);
const SUM = Buffer.from(SHA, "hex").toString("base64");
const FILE: ModelFile = { name: "m.pkl", sha256: SHA, size: 10, key: `models/${SHA}/m.pkl`, localPath: "/p/m.pkl", contentType: "x" };
const GONE: ModelFile = { ...FILE, localPath: undefined };
const OTHER: ModelFile = { ...FILE, name: "n.pkl", key: `models/${"cd".repeat(32)}/n.pkl` };

const object = (bucket: string, key: string): SavedObject => ({ bucket, key });
const args = (objects: readonly SavedObject[] | undefined, adopt = false): UploadArgs => ({
  bucketName: "bucket",
  adopt,
  last: { outputs: {}, objects },
});
/** A stack that was updated before, without an object of its own. */
const KNOWN = args([]);
/** A stack that no update has ended well for. */
const UNKNOWN = args(undefined);

const decide = (file: ModelFile, stored: Stored, given: UploadArgs): { upload: boolean; problems: string[] } => {
  const { uploads, problems } = planUploads([file], new Map([[file.key, stored]]), given);
  return { upload: uploads.length === 1, problems };
};

test("what the stack has uploaded stays a resource, and the bucket is not even asked", () => {
  const given = args([object("bucket", FILE.key)]);
  expect(toLookUp([FILE, OTHER], given)).toEqual([OTHER]);
  expect(planUploads([FILE, OTHER], new Map([[OTHER.key, { size: 10 }]]), given)).toEqual({ uploads: [FILE], problems: [] });
});

test("an object of the same key in another bucket is not this one", () => {
  expect(toLookUp([FILE], args([object("before", FILE.key)]))).toEqual([FILE]);
});

test("two manifests share a file: it is uploaded with the first and used by the second", () => {
  const first = planUploads([FILE], new Map([[FILE.key, "absent"]]), KNOWN);
  expect(first.uploads).toEqual([FILE]);
  const second = args([object("bucket", FILE.key)]);
  expect(planUploads([FILE, OTHER], new Map([[OTHER.key, "absent"]]), second).uploads).toEqual([FILE, OTHER]);
});

test.each<[string, ModelFile, Stored, UploadArgs, boolean]>([
  ["a new file", FILE, "absent", KNOWN, true],
  ["the very first update", FILE, "absent", UNKNOWN, true],
  ["rolling back, or published ahead", FILE, { size: 10 }, KNOWN, false],
  ["rolling back, published, with its checksum", FILE, { size: 10, sha256: SUM }, KNOWN, false],
  ["rolling back without the file", GONE, { size: 10 }, KNOWN, false],
  ["destroyed and adopted", FILE, { size: 10 }, args(undefined, true), false],
  ["adopted, and new", FILE, "absent", args(undefined, true), true],
  ["a first update that failed after the upload", FILE, { size: 10 }, UNKNOWN, true],
  ["a first update that failed, and was published since", FILE, { size: 10, sha256: SUM }, UNKNOWN, false],
  ["a first update that failed, and S3 shows no details", FILE, {}, UNKNOWN, false],
  ["S3 refuses to list", FILE, "not allowed to look", KNOWN, true],
  ["S3 refuses to list, and the file is not here", GONE, "not allowed to look", KNOWN, false],
])("%s", (_title, file, stored, given, upload) => {
  expect(decide(file, stored, given)).toEqual({ upload, problems: [] });
});

test.each<[string, ModelFile, Stored, RegExp]>([
  ["another size", FILE, { size: 11 }, /^m\.pkl: s3:\/\/bucket\/models\/(ab)+\/m\.pkl holds 11 bytes instead of 10.*find out who wrote it/],
  ["another size, though the state is not known", FILE, { size: 11 }, /11 bytes instead of 10/],
  ["another checksum", FILE, { size: 10, sha256: "AAAA" }, /holds bytes with another SHA-256/],
  ["neither here nor there", GONE, "absent", /^m\.pkl: is neither on this machine nor in the bucket/],
])("an error: %s", (title, file, stored, message) => {
  const { problems } = decide(file, stored, title.includes("not known") ? UNKNOWN : KNOWN);
  expect(problems).toEqual([expect.stringMatching(message)]);
});
