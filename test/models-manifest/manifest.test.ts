import { repeatedKey } from "../../models-manifest/repeated-key";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync, readFileSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadManifest, ManifestError, readManifest, type Manifest, type ManifestFile } from "../../models-manifest/manifest";
import { ROOT, sampleManifest, sampleProject, type Project } from "./project";

let project: Project;
beforeEach(() => (project = sampleProject()));
afterEach(() => project.remove());

const load = () => loadManifest("manifest.json", project.root);
const place = (file: ManifestFile): string => join(project.root, file.path);
const byRole = (role: string): ManifestFile => sampleManifest().files.find((file) => file.role === role)!;

/** The problems that loading reports; fails when there is none. */
function problems(manifest?: unknown): readonly string[] {
  if (manifest !== undefined) project.write(manifest);
  try {
    load();
  } catch (error) {
    if (error instanceof ManifestError) return error.problems;
    throw error;
  }
  throw new Error("The manifest was accepted.");
}

const withFile = (role: string, change: object): Manifest => {
  const manifest = sampleManifest();
  return { ...manifest, files: manifest.files.map((file) => (file.role === role ? { ...file, ...change } : file)) };
};

test("a sound manifest gives keys by content and a digest", () => {
  const { files, digest, manifest } = load();
  expect(manifest.release).toBe("sample");
  expect(files.map((file) => file.key)).toEqual(
    sampleManifest().files.map((file) => `models/${file.sha256}/${file.path.split("/").pop()}`),
  );
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test("the digest follows contents and pins, not the release's name or the order", () => {
  const { digest } = load();
  const manifest = sampleManifest();
  project.write({ ...manifest, release: "renamed", files: [...manifest.files].reverse() });
  expect(load().digest).toBe(digest);
  project.write({ ...manifest, runtime: { ...manifest.runtime, numpy: "2.2.5" } });
  expect(load().digest).not.toBe(digest);
});

test("imports count in the digest, and none leaves it as it was before there were any", () => {
  const { digest } = load();
  expect(digest).toBe("91ed19f52a17d6c4dc105196a0bfc32935bda4147291407a105ba27691c49cbd");
  project.write({ ...sampleManifest(), imports: [] });
  expect(load().digest).toBe(digest);
  project.write({ ...sampleManifest(), imports: ["xgboost"] });
  expect(load().digest).not.toBe(digest);
});

test("a file that is whole, but not what its format says, is refused", () => {
  project.write(withFile("metrics", { format: "onnx" }));
  expect(problems()).toEqual([expect.stringContaining("is listed as onnx, but its content is JSON")]);
  project.write(withFile("model", { format: "json" }));
  expect(problems()).toEqual([expect.stringContaining("is listed as json, but its content is a pickle")]);
});

test("what Git LFS left in a file's place is named before its size is", () => {
  writeFileSync(place(byRole("model")), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n");
  expect(problems()).toEqual([expect.stringContaining("is a pointer of Git LFS, not the file itself (which has 5 bytes)")]);
});

test("an optional file may be absent, and the digest knows", () => {
  const { digest } = load();
  unlinkSync(place(byRole("metrics")));
  const loaded = load();
  expect(loaded.files.filter((file) => file.absent).map((file) => file.role)).toEqual(["metrics"]);
  expect(loaded.digest).not.toBe(digest);
});

test("with published, files that are not on the disk are fine, altered ones are not", () => {
  unlinkSync(place(byRole("model")));
  expect(loadManifest("manifest.json", project.root, { published: true }).files.some((file) => file.absent)).toBe(false);
  writeFileSync(place(byRole("model")), "x");
  expect(() => loadManifest("manifest.json", project.root, { published: true })).toThrow("smaller than");
});

test("every bad file is named at once", () => {
  const [model, scaler, encoder] = ["model", "scaler", "label-encoder"].map((role) => byRole(role));
  unlinkSync(place(model!));
  const bytes = readFileSync(place(scaler!));
  bytes[bytes.length - 2]! ^= 1;
  writeFileSync(place(scaler!), bytes);
  writeFileSync(place(encoder!), Buffer.concat([readFileSync(place(encoder!)), Buffer.alloc(1)]));
  const found = problems();
  expect(found).toHaveLength(3);
  expect(found).toContainEqual(
    `${model!.path}: is missing, and manifest.json requires it. Delete it if it is there and run "npm run models:sample" again.`,
  );
  expect(found).toContainEqual(
    expect.stringMatching(`${scaler!.path}: was altered: its sha256 is [0-9a-f]{64}, manifest.json has ${scaler!.sha256}`),
  );
  expect(found).toContainEqual(expect.stringContaining(`${encoder!.path}: has 597 bytes, larger than the 596 of manifest.json`));
});

test("a directory or a link out of the project is no model", () => {
  const [model, scaler] = [byRole("model"), byRole("scaler")];
  rmSync(place(model));
  mkdirSync(place(model));
  const elsewhere = `${project.root}-elsewhere`;
  renameSync(place(scaler), elsewhere);
  symlinkSync(elsewhere, place(scaler));
  try {
    expect(problems()).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`${model.path}: is not a regular file`),
        expect.stringContaining(`${scaler.path}: leads outside the project through a link`),
      ]),
    );
  } finally {
    rmSync(elsewhere);
  }
});

test("a link inside the project is fine", () => {
  const model = byRole("model");
  renameSync(place(model), join(dirname(place(model)), "real.pkl"));
  symlinkSync("real.pkl", place(model));
  expect(load().files).toHaveLength(4);
});

test("what starts programs is refused by the same list as by the gate of the hosts", () => {
  const gate = readFileSync(join(ROOT, "templates/steps/gate_names.py"), "utf8");
  const [, text = ""] = /^STARTS_PROGRAMS = set\(\s*"([^"]+)"\.split\(\)\s*\)$/m.exec(gate) ?? [];
  const names = text.split(" ");
  expect(names).toContain("psutil");
  const found = problems({ ...sampleManifest(), imports: names });
  expect(found).toEqual(names.map((name) => expect.stringContaining(`found "${name}", whose classes start programs`) as string));
  const own = /STARTS_PROGRAMS =\s*"([^"]+)"/.exec(readFileSync(join(ROOT, "models-manifest/imports.ts"), "utf8"));
  expect(own?.[1]).toBe(text);
});

test.each<[string, () => unknown, string]>([
  ["an unknown key", () => ({ ...sampleManifest(), relase: "x" }), "manifest.json: relase is not a known key"],
  [
    "a module of Python's own library",
    () => ({ ...sampleManifest(), imports: ["xgboost", "subprocess"] }),
    'manifest.json: imports[1]: found "subprocess", a module of Python\'s standard library',
  ],
  [
    "a package that starts programs",
    () => ({ ...sampleManifest(), imports: ["psutil"] }),
    'imports[0]: found "psutil", whose classes start programs',
  ],
  ["the script that wrote a file", () => ({ ...sampleManifest(), imports: ["__main__"] }), 'imports[0]: found "__main__", the script'],
  [
    "a package that keeps code in the file",
    () => ({ ...sampleManifest(), imports: ["cloudpickle"] }),
    'imports[0]: found "cloudpickle", which keeps the code of functions',
  ],
  [
    "the role model twice",
    () => withFile("scaler", { role: "model" }),
    `manifest.json: files: ${byRole("scaler").path} has the role model, and so has ${byRole("model").path}; MODEL_PATH can name one of them alone`,
  ],
  ["an unknown key of a file", () => withFile("model", { sha265: "x" }), "sha265 is not a known key"],
  ["a missing key", () => withFile("model", { size: undefined }), "files[2].size is missing"],
  ["no release", () => ({ ...sampleManifest(), release: undefined }), "manifest.json: release is missing"],
  ["a wrong type", () => withFile("model", { required: "yes" }), 'files[2].required: found the text "yes"; write true or false'],
  ["a hash that is none", () => withFile("model", { sha256: "abc" }), 'files[2].sha256: found "abc"; write the SHA-256 of the file'],
  [
    "a size over the limit of one request",
    () => withFile("model", { size: 6e9 }),
    "files[2].size: found 6000000000 bytes; S3 takes (and checks) at most 5368709120",
  ],
  ["an empty file", () => withFile("model", { size: 0 }), "files[2].size: found 0; an empty file is no model"],
  [
    "an unknown format",
    () => withFile("model", { format: "onyx" }),
    'files[2].format: found "onyx", which is not a known format; write one of pickle, joblib',
  ],
  ["a role of two lines", () => withFile("model", { role: "a\nb" }), "files[2].role: found"],
  ["an absolute path", () => withFile("model", { path: "/etc/passwd" }), 'files[2].path: found "/etc/passwd", which is absolute'],
  ["a path that climbs", () => withFile("model", { path: "a/../../x.pkl" }), 'the path a/../../x.pkl has "." or ".." in it'],
  [
    "a range as pin",
    () => ({ ...sampleManifest(), runtime: { "scikit-learn": ">=1.7" } }),
    'runtime.scikit-learn: found ">=1.7", which is a range of versions',
  ],
  ["no pin for pickles", () => ({ ...sampleManifest(), runtime: {} }), "runtime names no package, but "],
  [
    "a dotted import",
    () => ({ ...sampleManifest(), imports: ["my_package.models"] }),
    'imports[0]: found "my_package.models", which is no top-level module',
  ],
  ["an import twice", () => ({ ...sampleManifest(), imports: ["a", "a"] }), "where a name stands twice"],
  ["a path of Windows", () => withFile("model", { path: "models\\\\x.pkl" }), "with backslashes"],
  ["a path with a space", () => withFile("model", { path: "models/my model.pkl" }), "with a space in it"],
  [
    "a pin of no package",
    () => ({ ...sampleManifest(), runtime: { "Scikit Learn": "1", "scikit-learn": "1.7.2" } }),
    'runtime: found "Scikit Learn", which is no name of a Python package',
  ],
  [
    "a long name",
    () => withFile("scaler", { path: `models/${"a".repeat(130)}.pkl` }),
    "whose name has 134 characters; hosts take 128 at most",
  ],
  ["a name twice", () => withFile("scaler", { path: `other/${byRole("model").path.split("/").pop()}` }), "is there more than once"],
  ["a sample nobody can make", () => ({ ...sampleManifest(), generated: "yes" }), 'generated: found "yes", which nothing here can make'],
  ["a list", () => [], "manifest.json: is a list, but a manifest is a group of keys"],
])("%s is refused", (_, manifest, message) => {
  expect(problems(manifest())).toEqual([expect.stringContaining(message)]);
});

test("two mistakes are two lines of one message", () => {
  project.write({ ...sampleManifest(), extra: 1, release: "bad name" });
  expect(load).toThrow(/^2 problems with the models:\n {2}- manifest\.json: .*\n {2}- manifest\.json: /);
});

test("a manifest that is not there or not JSON is named", () => {
  expect(() => readManifest("none.json", project.root)).toThrow(/^none\.json: does not exist\. Name a manifest/);
  writeFileSync(join(project.root, "manifest.json"), "{,");
  expect(() => readManifest("manifest.json", project.root)).toThrow(/^manifest\.json: is not JSON/);
  writeFileSync(join(project.root, "manifest.json"), "");
  expect(() => readManifest("manifest.json", project.root)).toThrow(/^manifest\.json: is empty/);
  expect(() => readManifest(".cache", project.root)).toThrow(/^\.cache: is a folder, not a manifest/);
});

test("a path given absolutely is read too", () => {
  expect(loadManifest(join(project.root, "manifest.json"), project.root).files).toHaveLength(4);
});

test("the manifest of an application without models has none, and needs nothing", () => {
  const loaded = loadManifest("models-manifest/none.json", join(__dirname, "../.."));
  expect(loaded).toMatchObject({ manifest: { runtime: {}, files: [] }, files: [] });
});

test.each([
  ['{\n"release": "a",\n"release": "b"}', '"release"', 3],
  ['{"files": [{"path": "a"}, {"path": "b", "role": "x", "path": "c"}]}', '"path"', 1],
  ['{"a": {"b": 1, "\\u0062": 2}}', '"\\u0062"', 1],
])("%s has a key twice", (text, key, line) => {
  expect(repeatedKey(text)).toEqual({ key, line });
});

test.each(['{"a": {"x": 1}, "b": {"x": 1}}', '{"a": "a", "b": ["a", "a", {"a": ":"}], "c": "{\\"a\\": 1, a"}', "[]", "1"])(
  "%s has none",
  (text) => {
    expect(repeatedKey(text)).toBeUndefined();
  },
);
