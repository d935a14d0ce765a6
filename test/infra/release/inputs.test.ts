import { modelBytes } from "../../../infra/hosts/sizing";
import { modelPath } from "../../../infra/release/inputs";
import type { LoadedFile, LoadedManifest } from "../../../models-manifest/manifest";

const file = (name: string, size: number, role: string, change: Partial<LoadedFile> = {}): LoadedFile => ({
  ...{ path: `models/${name}`, name, size, role, sha256: "0".repeat(64), key: `models/${name}`, required: true, format: "onnx" },
  ...change,
});
const set = (...files: readonly LoadedFile[]): LoadedManifest => ({ manifest: { release: "r", runtime: {}, files }, files, digest: "d" });

test.each<[string, LoadedFile[], string]>([
  ["the file whose role is model", [file("large.onnx", 9, "embedding"), file("small.pkl", 1, "model")], "small.pkl"],
  ["the first of several models", [file("a.txt", 1, "model"), file("b.txt", 2, "model")], "a.txt"],
  [
    "the largest where no role is model",
    [file("labels.json", 1, "labels"), file("net.onnx", 9, "net"), file("vocabulary.json", 5, "words")],
    "net.onnx",
  ],
  ["the only one", [file("sub/net.onnx", 9, "anything")], "net.onnx"],
])("MODEL_PATH names %s", (_, files, name) => {
  expect(modelPath(set(...files))).toEqual({ MODEL_PATH: `/home/ddos/models/${name}` });
});

test("without models there is no MODEL_PATH", () => {
  expect(modelPath(set())).toEqual({});
});

test("memory is planned for all files that are there, whatever their roles", () => {
  expect(modelBytes(set(file("a.onnx", 5, "a"), file("b.pkl", 7, "model"), file("c.json", 100, "c", { absent: true })))).toBe(12);
});
