import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatManifest } from "../../models-manifest/format";
import { loadManifest } from "../../models-manifest/manifest";
import { ensureSampleModels, makeSample } from "../../models-manifest/sample-models";
import { buildSample, parseSampleSpec, sampleWord } from "../../models-manifest/sample/build";
import { pickleChunks } from "../../models-manifest/sample/pickle";
import { seededRandom } from "../../models-manifest/sample/random";
import { ROOT, sampleManifest } from "./project";

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "sample-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const model = (paths: readonly string[]): string => paths.find((path) => path.includes("_model_v3_"))!;

test("the committed manifest is what the generator makes", () => {
  const made = makeSample({ seed: 1 }, ".cache/sample-models", root);
  expect(formatManifest(made)).toBe(readFileSync(join(ROOT, "models-manifest/sample.json"), "utf8"));
});

test("missing sample files are made, present ones are left alone", () => {
  const manifest = sampleManifest();
  expect(ensureSampleModels(manifest, root)).toHaveLength(4);
  expect(loadManifest(join(ROOT, "models-manifest/sample.json"), root).files).toHaveLength(4);
  expect(ensureSampleModels(manifest, root)).toEqual([]);

  const altered = join(root, model(manifest.files.map((file) => file.path)));
  writeFileSync(altered, "altered");
  expect(ensureSampleModels(manifest, root)).toEqual([]);
  expect(readFileSync(altered, "utf8")).toBe("altered");
  expect(readdirSync(join(root, ".cache/sample-models")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a manifest that is not generated makes nothing", () => {
  const manifest = { ...sampleManifest(), generated: undefined };
  expect(ensureSampleModels(manifest, root)).toEqual([]);
  expect(existsSync(join(root, ".cache"))).toBe(false);
});

test("a large model has the size that was asked for, and can be made again from its manifest", () => {
  const manifest = makeSample({ megabytes: 3, seed: 2 }, "models", root);
  const file = manifest.files.find((candidate) => candidate.role === "model")!;
  expect(manifest.generated).toBe("sample:3MB:seed2");
  expect(file.size).toBeGreaterThanOrEqual(3e6);
  expect(file.size).toBeLessThan(3.03e6);
  rmSync(join(root, file.path));
  expect(ensureSampleModels(manifest, root)).toEqual([file.path]);
  expect(
    createHash("sha256")
      .update(readFileSync(join(root, file.path)))
      .digest("hex"),
  ).toBe(file.sha256);
});

test("the model learnt something that it was not shown", () => {
  const report = buildSample({ seed: 1 }).find((file) => file.role === "metrics")!;
  const text = Buffer.concat([...report.chunks()]).toString();
  const { accuracy } = JSON.parse(text) as { accuracy: number };
  expect(accuracy).toBeGreaterThan(0.95);
  expect(accuracy).toBeLessThan(1);
  expect(text.length).toBeLessThan(1024);
});

test.each(["sample", "sample:100MB", "sample:seed7", "sample:100MB:seed7"])("%s is read and written", (word) => {
  expect(sampleWord(parseSampleSpec(word))).toBe(word);
});

test.each(["", "sampled", "sample:0MB", "sample:100GB", "sample:seed0", "sample:seed2:100MB", "sample:100MB\n"])(
  "%j is no sample",
  (word) => {
    expect(() => parseSampleSpec(word)).toThrow(RangeError);
  },
);

test("random numbers are those of their seed, in bounds, and a shuffle loses nothing", () => {
  const [one, same, other] = [seededRandom(5), seededRandom(5), seededRandom(6)];
  const draws = Array.from({ length: 1000 }, one.uniform);
  expect(draws).toEqual(Array.from({ length: 1000 }, same.uniform));
  expect(draws).not.toEqual(Array.from({ length: 1000 }, other.uniform));
  expect(draws.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(draws.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(0.5, 1);
  expect([...one.shuffled(50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test("a pickle is written as Python's protocol 4 has it", () => {
  const bytes = Buffer.concat([
    ...pickleChunks({ kind: "list", items: [{ kind: "int", value: 7 }, { kind: "int", value: -300 }, "a", null, true] }),
  ]);
  expect(bytes.toString("latin1")).toBe("\x80\x04](K\x07J\xd4\xfe\xff\xff\x8c\x01aN\x88e.");
});

test("what a pickle cannot hold is refused", () => {
  const written = (value: Parameters<typeof pickleChunks>[0]) => () => [...pickleChunks(value)];
  expect(written({ kind: "int", value: 2 ** 40 })).toThrow("1099511627776 is not a 32-bit integer");
  expect(written("x".repeat(256))).toThrow("256 bytes");
  expect(written({ kind: "array", dtype: "f8", shape: [2, 3], bytes: () => [Buffer.alloc(40)] })).toThrow("needs 48 bytes, not 40");
});
