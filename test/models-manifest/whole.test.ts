/** Files that begin as they should and are not whole, and files that name others: each kind with its right value beside it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contradiction, notAFile, readContent } from "../../models-manifest/content";
import { describeFile } from "../../models-manifest/edit";
import type { ModelFormat } from "../../models-manifest/formats";
import { loadManifest } from "../../models-manifest/manifest";
import { externalData } from "../../models-manifest/whole";

const folder = mkdtempSync(join(tmpdir(), "whole-"));
afterAll(() => rmSync(folder, { recursive: true }));

function placed(name: string, data: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, data);
  return path;
}

const latin = (text: string): Buffer => Buffer.from(text, "latin1");

function safetensors(end: number, data: number): Buffer {
  const header = Buffer.from(
    JSON.stringify({ __metadata__: { format: "pt" }, w: { dtype: "F32", shape: [end / 4], data_offsets: [0, end] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(data)]);
}

const tensor = (dtype: string, shape: unknown, ...data_offsets: unknown[]): object => ({ dtype, shape, data_offsets });

/** With as many bytes as the last tensor ends at. */
function tensors(header: Readonly<Record<string, object>>, data: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(data)]);
}

function npy(items: number, data: number): Buffer {
  const header = latin(`{'descr': '<f8', 'fortran_order': False, 'shape': (${items},), }\n`);
  return Buffer.concat([latin("\x93NUMPY\x01\x00"), Buffer.from([header.length, 0]), header, Buffer.alloc(data)]);
}

function hdf5(end: number, size: number): Buffer {
  const file = Buffer.alloc(size);
  latin("\x89HDF\r\n\x1a\n").copy(file);
  file[8] = 2;
  file.writeBigUInt64LE(BigInt(end), 28);
  return file;
}

const field = (number: number, data: Buffer): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, data.length]), data]);
const named = (name: string): Buffer => field(13, Buffer.concat([field(1, latin("location")), field(2, latin(name))]));
const onnx = (tensor: Buffer): Buffer =>
  Buffer.concat([latin("\x08\x08"), field(2, latin("pytorch")), field(7, field(5, tensor)), field(8, latin("\x10\x11"))]);
const zip = (end: string): Buffer => Buffer.concat([latin("PK\x03\x04"), latin("archive/data.pkl"), Buffer.alloc(50), latin(end)]);
const BOOSTED = '{"learner":{"gradient_booster":{"trees":[1,2]}}}';

test.each<[title: string, format: ModelFormat, whole: Buffer | string, wrong: Buffer | string, message: RegExp]>([
  ["safetensors", "safetensors", safetensors(8, 8), safetensors(8000, 8), /^is cut off/],
  ["safetensors with more behind it", "safetensors", safetensors(8, 8), safetensors(8, 80), /^has 72 bytes behind its last tensor/],
  [
    "safetensors whose header is no JSON",
    "safetensors",
    safetensors(8, 8),
    latin("\x03\0\0\0\0\0\0\0{a}12345678"),
    /^has a header that safetensors does not write/,
  ],
  ["an array", "numpy", npy(3, 24), npy(3, 16), /^is cut off/],
  ["HDF5", "keras", hdf5(512, 512), hdf5(2048, 512), /^is cut off/],
  ["HDF5 that ends in its superblock", "keras", hdf5(512, 512), hdf5(512, 512).subarray(0, 28), /^is cut off/],
  ["JSON in another encoding", "json", '{"a":"é"}', latin('{"a":"\xe9"}'), /^is listed as json, but it is not UTF-8/],
  [
    "a protocol of pickle that is newer than the hosts'",
    "pickle",
    latin("\x80\x05K\x01."),
    latin("\x80\x06K\x01."),
    /^is listed as pickle, but has the pickle protocol 6, and the hosts' Python reads 5 at most/,
  ],
  [
    "a compression that joblib does not read",
    "joblib",
    latin("\x1f\x8b\x08\0"),
    latin("\x28\xb5\x2f\xfd\0\0"),
    /^is listed as joblib, but it is compressed by Zstandard/,
  ],
  ["ONNX", "onnx", onnx(Buffer.alloc(40)), onnx(Buffer.alloc(40)).subarray(0, 40), /^is cut off/],
  ["an archive of PyTorch", "torch", zip("PK\x05\x06"), zip(""), /^is cut off/],
  ["LightGBM's text", "lightgbm", "tree\nTree=0\nend of trees\n", "tree\nTree=0\n", /^is cut off/],
  ["XGBoost's JSON", "xgboost", BOOSTED, BOOSTED.slice(0, -5), /^is no whole JSON/],
  ["XGBoost's UBJSON", "xgboost", latin("{L\0\0\0\0\0\0\0\x07learner{}}"), latin("{L\0\0\0\0\0\0\0\x07learner{"), /^is cut off/],
])("%s", (title, format, whole, wrong, message) => {
  const problem = (data: Buffer | string): string | undefined => {
    const path = placed(title, data);
    return contradiction(path, format, readContent(path));
  };
  expect(problem(whole)).toBeUndefined();
  expect(problem(wrong)).toMatch(message);
});

describe("safetensors, as the library itself judges them", () => {
  const said = (header: Readonly<Record<string, object>>, data: number): string | undefined => {
    const path = placed("tensors", tensors(header, data));
    return contradiction(path, "safetensors", readContent(path));
  };

  test.each<[string, Readonly<Record<string, object>>, number]>([
    ["a scalar", { a: tensor("F32", [], 0, 4) }, 4],
    ["an empty tensor between two", { a: tensor("F32", [1], 0, 4), b: tensor("F32", [0], 4, 4), c: tensor("BF16", [2], 4, 8) }, 8],
    ["tensors in another order than their places", { b: tensor("F32", [1], 4, 8), a: tensor("F32", [1], 0, 4) }, 8],
    ["elements of half a byte", { a: tensor("F4", [4], 0, 2) }, 2],
    ["a type that is newer than this", { a: tensor("F2", [3], 0, 9) }, 9],
    ["no tensor", {}, 0],
  ])("%s is taken", (_, header, data) => {
    expect(said(header, data)).toBeUndefined();
  });

  test.each<[string, Readonly<Record<string, object>>, number, RegExp]>([
    [
      "a shape that is too large",
      { w: tensor("F32", [3], 0, 8) },
      8,
      /^has a tensor "w" of F32 and the shape \[3\], which takes 12 bytes, and its place has 8;/,
    ],
    [
      "one that is too small",
      { w: tensor("I64", [2, 2], 0, 64) },
      64,
      /takes 32 bytes, and its place has 64; safetensors refuses that\. Write it again/,
    ],
    ["half a byte too few", { w: tensor("F4", [3], 0, 2) }, 2, /takes 1\.5 bytes, and its place has 2/],
    [
      "a gap at the beginning",
      { w: tensor("F32", [1], 4, 8) },
      8,
      /^has a tensor "w" at byte 4 of its data, which is not where the one before ends/,
    ],
    ["a gap", { a: tensor("F32", [1], 0, 4), b: tensor("F32", [1], 8, 12) }, 12, /^has a tensor "b" at byte 8/],
    ["two in one place", { a: tensor("F32", [2], 0, 8), b: tensor("F32", [2], 4, 12) }, 12, /^has a tensor "b" at byte 4/],
    ["an end before the beginning", { a: tensor("F32", [1], 8, 4) }, 8, /^has a header that safetensors does not write/],
    ["a shape that is no list", { a: tensor("F32", "2", 0, 8) }, 8, /^has a header that safetensors does not write/],
    ["offsets that are no numbers", { a: tensor("F32", [2], "0", null) }, 8, /^has a header that safetensors does not write/],
    ["a side below nothing", { a: tensor("F32", [-2, -1], 0, 8) }, 8, /^has a header that safetensors does not write/],
  ])("%s is refused", (_, header, data, expected) => {
    expect(said(header, data)).toMatch(expected);
  });
});

test.each([
  ["git-annex", "/annex/objects/MD5E-s123--abc.pkl\n", /git annex get/],
  ["DVC", "outs:\n- md5: abc\n  size: 3\n  path: m.pkl\n", /dvc pull/],
  ["a link of Hugging Face's cache", "../../blobs/0a1b2c", /--local-dir/],
])("a pointer of %s", (_, text, message) => {
  expect(notAFile(readContent(placed("pointer", text)))).toMatch(message);
});

test("a server's message under a pickle's name is no model, unless that is said", () => {
  const place = placed("m.pkl", '{"message":"Not Found"}');
  const entry = { role: "model", required: true };
  expect(() => describeFile(place, folder, entry)).toThrow(/^m\.pkl: is called like a pickle, and holds JSON/);
  expect(describeFile(place, folder, { ...entry, format: "json" }).format).toBe("json");
});

test("the parts that an index of Hugging Face lists have to be in the manifest", () => {
  const text = (name: string): string => JSON.stringify({ metadata: {}, weight_map: { a: name, b: "m-2.safetensors" } });
  const part = (name: string): object =>
    describeFile(placed(name, safetensors(8, 8)), folder, { role: name, required: true, format: "safetensors" });
  const load = (name: string, parts: object[]): (() => unknown) => {
    const index = describeFile(placed("m.safetensors.index.json", text(name)), folder, { role: "index", required: true });
    placed("manifest.json", JSON.stringify({ release: "r1", runtime: {}, files: [index, ...parts] }));
    return () => loadManifest("manifest.json", folder);
  };
  const [first, second] = [part("m-1.safetensors"), part("m-2.safetensors")];
  expect(load("m-1.safetensors", [first])).toThrow(
    "m.safetensors.index.json: keeps its weights in m-2.safetensors, which the manifest does not list. Enter it: npm run models -- add FILE --role weights.",
  );
  expect(load("m-1.safetensors", [first, second])).not.toThrow();
  expect(load("parts/m-1.safetensors", [first, second])).toThrow("Put the files beside it, and let it name them without folders");
});

test("weights beside an ONNX model have to be in the manifest, by a name that a host has", () => {
  const problems = (name: string, more: object[] = []): string => {
    const file = describeFile(placed("net.onnx", onnx(named(name))), folder, { role: "model", required: true });
    placed("manifest.json", JSON.stringify({ release: "r1", runtime: {}, files: [file, ...more] }));
    try {
      loadManifest("manifest.json", folder);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(problems("net.onnx.data")).toMatch(
    /net\.onnx: keeps its weights in net\.onnx\.data, which the manifest does not list\. Enter it: npm run models -- add/,
  );
  expect(problems("../up.data")).toMatch(/and on a host all models lie in one folder\. Write it as one file/);
  const weights = describeFile(placed("net.onnx.data", "weights"), folder, { role: "weights", required: true, format: "other" });
  expect(problems("net.onnx.data", [weights])).toBe("");
  const path = placed("plain.onnx", onnx(Buffer.alloc(40)));
  expect(externalData(path, "onnx", readContent(path))).toEqual([]);
});
