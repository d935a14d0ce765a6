import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { modelsCommand } from "../../models-manifest/cli";
import { writeAtomically } from "../../models-manifest/files";
import { systemSentence } from "../../policies/cli/system-errors";
import { loadManifest, type Manifest } from "../../models-manifest/manifest";
import { askGate } from "../../models-manifest/gate";
import { run } from "../cli/run";
import { ROOT, sampleManifest, sampleProject, type Project } from "./project";

let project: Project;
beforeEach(() => (project = sampleProject()));
afterEach(() => project.remove());

async function cli(args: readonly string[], python = "python3"): Promise<{ code: number; text: string }> {
  const { code, out, err } = await run(modelsCommand({ root: project.root, python }), args, { from: project.root });
  return { code, text: out + err };
}

const own = (): Manifest => JSON.parse(readFileSync(join(project.root, "own.json"), "utf8")) as Manifest;
const sample = (role: string): string => sampleManifest().files.find((file) => file.role === role)!.path;
const addWith = (python: string | undefined, role: string, ...more: string[]) =>
  cli(["add", sample(role), "--role", role, "--manifest", "own.json", ...more], python);
const add = (role: string, ...more: string[]) => addWith(undefined, role, ...more);
const HARMFUL = 'cos\nsystem\n(S"true"\ntR.';

async function addAll(python?: string): Promise<void> {
  await addWith(python, "model", "--release", "r1", "--pin", "scikit-learn==1.7.2");
  await addWith(python, "scaler");
  await addWith(python, "label-encoder");
  await addWith(python, "metrics", "--optional");
}

describe("add", () => {
  test("file by file, to the same entries as the sample's", async () => {
    const first = await add("model", "--release", "r1", "--pin", "scikit-learn==1.7.2");
    expect(first).toEqual({ code: 0, text: expect.stringMatching(/8306 bytes sha256 [0-9a-f]{64}, format pickle$/) as string });
    await addAll();
    expect(own()).toEqual({ release: "r1", runtime: { "scikit-learn": "1.7.2" }, files: sampleManifest().files });
    expect(loadManifest("own.json", project.root).files).toHaveLength(4);
  });

  test("the text does not depend on the order, and nothing is left beside it", async () => {
    await addAll();
    const text = readFileSync(join(project.root, "own.json"), "utf8");
    for (const role of ["scaler", "model", "label-encoder"]) await add(role);
    expect(readFileSync(join(project.root, "own.json"), "utf8")).toBe(text);
    expect(readdirSync(project.root).sort()).toEqual([".cache", "manifest.json", "own.json"]);
  });

  test("a changed file replaces its entry", async () => {
    await addAll();
    const before = own().files.find((file) => file.role === "scaler")!;
    writeFileSync(join(project.root, before.path), "(lp0\n.");
    expect((await add("scaler", "--release", "r2")).code).toBe(0);
    const after = own();
    expect([after.release, after.files.length]).toEqual(["r2", 4]);
    expect(after.files.find((file) => file.role === "scaler")!.sha256).not.toBe(before.sha256);
  });

  test.each<[string, string[], string]>([
    ["no file", ["--role", "model"], "FILE is missing: the file to enter"],
    ["two files", ["a", "b", "--role", "model"], '"b" is one argument too many'],
    ["no role", ["manifest.json"], "--role ROLE is missing: what the file is to the application"],
    ["a role of many words", ["manifest.json", "--role", "a".repeat(70)], "expected a word or two, such as model"],
    ["an unknown option", ["manifest.json", "--rol", "model"], "--rol"],
    ["a file that is not there", ["none.pkl", "--role", "model", "--release", "r"], "none.pkl: does not exist"],
    ["a folder", [".cache", "--role", "model", "--release", "r"], ".cache: is a folder. Add its files one by one"],
    ["a file outside", ["/etc/hostname", "--role", "model", "--release", "r"], "is outside the project"],
    ["an ending that says nothing", [".cache/x.bin", "--role", "model", "--release", "r"], "Add --format"],
    [
      "an unknown format",
      ["manifest.json", "--role", "model", "--format", "onyx"],
      '--format: found "onyx", expected one of pickle, joblib',
    ],
    ["a new manifest without a release", ["manifest.json", "--role", "metrics"], "own.json does not exist yet. Name its first release"],
    [
      "a pickle without a pin",
      [".cache/y.pkl", "--role", "model", "--release", "r"],
      "own.json pins no package. Say which version wrote y.pkl: --pin scikit-learn==VERSION",
    ],
    [
      "a pin that is none",
      ["manifest.json", "--role", "metrics", "--release", "r", "--pin", "numpy>=2"],
      '--pin: found "numpy>=2", expected the form',
    ],
  ])("%s is refused and writes nothing", async (_, args, message) => {
    for (const name of ["x.bin", "y.pkl"]) writeFileSync(join(project.root, ".cache", name), name === "y.pkl" ? "(lp0\n." : "x");
    const { code, text } = await cli(["add", ...args, "--manifest", "own.json"]);
    expect([code, text]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(project.root, "own.json"))).toBe(false);
  });

  test("a generated manifest is left to its generator", async () => {
    const { code, text } = await cli(["add", sample("model"), "--role", "model", "--manifest", "manifest.json"]);
    expect([code, text]).toEqual([2, expect.stringContaining("generated by")]);
    expect(JSON.parse(readFileSync(join(project.root, "manifest.json"), "utf8"))).toEqual(sampleManifest());
  });

  test("what would not be a manifest is not written", async () => {
    const { code, text } = await add("model", "--release", "not a name", "--pin", "scikit-learn==1.7.2");
    expect([code, text]).toEqual([2, expect.stringContaining('release: found "not a name"; write a name of letters')]);
    expect(existsSync(join(project.root, "own.json"))).toBe(false);
  });
});

describe("add, of any file", () => {
  const put = (name: string, bytes: string): string => {
    writeFileSync(join(project.root, name), bytes, "latin1");
    return name;
  };
  const enter = (name: string, ...more: string[]) =>
    cli(["add", name, "--role", "what I need", "--release", "r1", "--manifest", "own.json", ...more]);

  test.each<[string, string, string]>([
    ["net.onnx", "\x08\x0a\x12\x07pytorch\x1a\x032.0\x3a\x00", "onnx"],
    ["trees.json", '{"learner":{"gradient_booster":{}},"version":[3,2,0]}', "xgboost"],
    ["trees.ubj", "{L\0\0\0\0\0\0\0\x07learner{}", "xgboost"],
    ["boosted.txt", "tree\nversion=v4\nend of trees\n", "lightgbm"],
    ["weights.safetensors", "\x02\0\0\0\0\0\0\0{}", "safetensors"],
    ["net.h5", `\x89HDF\r\n\x1a\n${"\0".repeat(88)}`, "keras"],
    ["words.npy", "\x93NUMPY\x01\0\x3b\0{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }  \n", "numpy"],
    ["labels.json", '["a", "b"]', "json"],
  ])("%s is entered as what it is, needs no pin, and no role is missing", async (name, bytes, format) => {
    const { code, text } = await enter(put(name, bytes));
    expect([code, text]).toEqual([0, expect.stringContaining(`format ${format}`)]);
    expect(loadManifest("own.json", project.root).files).toMatchObject([{ role: "what I need", format }]);
  });

  test("other is copied, and says so", async () => {
    const { code, text } = await enter(put("notes.txt", "cat\ndog\n"), "--format", "other");
    expect([code, text]).toEqual([0, expect.stringContaining("Nothing of notes.txt was checked but that it is no pickle")]);
  });

  test.each<[string, string, string]>([
    [
      "model.sav",
      "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 123456\n",
      "is a pointer of Git LFS, not the file itself (which has 123456 bytes). Fetch it: git lfs pull",
    ],
    ["model.onnx", "<!DOCTYPE html><html>Not found</html>", "is a web page (HTML)"],
    ["model.p", '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "is an error message of S3 (XML)"],
    ["model.pkl", "", "is empty (0 bytes)"],
    ["model.json", '{"a": NaN}', "is not valid JSON"],
    ["model.safetensors", "tree\nversion=v4\n", "its content is"],
    ["model.skops", "PK\x03\x04data.pkl", "its content is"],
  ])("%s that is not what it says is refused", async (name, bytes, message) => {
    const format = /\.(\w+)$/.exec(name)![1]!;
    const { code, text } = await enter(put(name, bytes), ...(["safetensors", "skops"].includes(format) ? ["--format", format] : []));
    expect([code, text]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(project.root, "own.json"))).toBe(false);
  });

  test.each(["model.sav", "model.p", "model.bin", "model", "model.pkl"])(
    "a pickle that would run a command is refused as %s",
    async (name) => {
      const { code, text } = await enter(put(name, `\x80\x04${HARMFUL}`), "--pin", "numpy==2.2.6");
      if (text.includes("there is no Python 3.10")) return expect(code).toBe(0); // then nobody here can tell
      expect([code, text]).toEqual([2, expect.stringMatching(new RegExp(`${name} imports (os|posix)\\.system`))]);
      expect(existsSync(join(project.root, "own.json"))).toBe(false);
    },
  );

  test("a package that is named may be imported, and the refusal says how to name it", async () => {
    const model = put("own.pkl", "\x80\x02cmy_package.models\nModel\n)\x81.");
    const refused = await enter(model, "--pin", "my-package==1.0");
    const { code } = await enter(model, "--pin", "my-package==1.0", "--import", "my_package");
    expect([code, own().imports]).toEqual([0, ["my_package"]]);
    if (!refused.text.includes("there is no Python 3.10")) expect(refused.text).toContain('add "my_package" to the manifest\'s imports');
  });
});

describe("remove", () => {
  const remove = (file: string, ...more: string[]) => cli(["remove", file, "--manifest", "own.json", ...more]);

  test("a file leaves the manifest, by its path or its name, and stays on the disk", async () => {
    await addAll();
    const [scaler, encoder] = [sample("scaler"), sample("label-encoder")];
    const { code, text } = await remove(scaler);
    expect([code, text]).toEqual([
      0,
      expect.stringMatching(/^own\.json: no longer lists .* \(scaler\)\. The file itself, .* stay where they are\.$/),
    ]);
    expect((await remove(basename(encoder))).code).toBe(0);
    expect(
      own()
        .files.map(({ role }) => role)
        .sort(),
    ).toEqual(["metrics", "model"]);
    expect([existsSync(join(project.root, scaler)), existsSync(join(project.root, encoder))]).toEqual([true, true]);
    const again = await remove(scaler);
    expect([again.code, again.text]).toEqual([2, expect.stringMatching(/own\.json does not list .*; it lists /)]);
  });

  test("what the checks or another model need stays, and the manifest as it was", async () => {
    await addAll();
    const row = { request: { method: "GET", path: "/about?file=" + basename(sample("scaler")) }, expect: { status: 200 } };
    writeFileSync(join(project.root, "checks.json"), JSON.stringify({ rows: [row] }));
    writeFileSync(join(project.root, "own.json"), JSON.stringify({ ...own(), checks: "checks.json" }));
    const before = own();
    expect(await remove(sample("scaler"))).toEqual({
      code: 2,
      text: expect.stringMatching(/stays in own\.json: row 1 of checks\.json names it/) as string,
    });
    expect(await remove(sample("model"))).toEqual({
      code: 2,
      text: expect.stringMatching(/checks\.json says what this model answers/) as string,
    });
    expect(own()).toEqual(before);
    expect((await remove(sample("metrics"))).code).toBe(0);
  });

  test("a sample's manifest is generated, and a name that is mistyped is guessed", async () => {
    expect((await cli(["remove", sample("scaler"), "--manifest", "manifest.json"])).text).toContain("is generated by");
    await addAll();
    expect((await remove(`${sample("scaler")}x`)).text).toContain(`did you mean ${sample("scaler")}?`);
  });
});

test.each([
  ["list", "--manifest"],
  ["verify", "--manifest"],
  ["remove", "x.pkl", "--manifest"],
  ["add", "x.pkl", "--role", "a", "--release", "r", "--manifest"],
])("an address is said as it was written, and nothing is made of it: %s", async (...args) => {
  const before = readdirSync(project.root);
  const { code, text } = await cli([...args, "https://example.org/m.json"]);
  expect([code, text]).toEqual([
    2,
    expect.stringContaining("--manifest: found https://example.org/m.json, the address of something elsewhere"),
  ]);
  expect(readdirSync(project.root)).toEqual(before);
});

test("a file that cannot be written is named by its own name", () => {
  const place = join(project.root, "taken");
  mkdirSync(place);
  let said: string | undefined;
  try {
    writeAtomically(place, [Buffer.from("x")]);
  } catch (error) {
    said = systemSentence(error);
  }
  expect(said).toBe(`${place}: is a folder, where a file is needed; name a file in it`);
  expect(readdirSync(project.root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("nor of a file to enter", async () => {
  expect((await cli(["add", "s3://bucket/x.pkl", "--role", "model", "--release", "r"])).text).toContain("FILE: found s3://bucket/x.pkl");
});

describe("verify", () => {
  const verify = (python?: string) => cli(["verify", "--manifest", "manifest.json"], python);

  test("sound models pass, with or without Python", async () => {
    expect(await verify()).toEqual({
      code: 0,
      text: expect.stringMatching(/release sample, 4 files as listed, set [0-9a-f]{16}$/) as string,
    });
    const without = await verify("no-such-python");
    expect([without.code, without.text]).toEqual([0, expect.stringContaining("there is no Python 3.10 or later here")]);
  });

  test("without a manifest of one's own it says that the sample's was looked at", async () => {
    mkdirSync(join(project.root, "models-manifest"), { recursive: true });
    cpSync(join(ROOT, "models-manifest/sample.json"), join(project.root, "models-manifest/sample.json"));
    const said = (text: string): boolean => text.includes("models-manifest/models.json does not exist, so this is about the sample's");
    expect(said((await cli(["verify"])).text)).toBe(true);
    expect(said((await verify()).text)).toBe(false);
  });

  test("missing and altered files are all named", async () => {
    unlinkSync(join(project.root, sample("model")));
    writeFileSync(join(project.root, sample("scaler")), "x");
    const { code, text } = await verify();
    expect(code).toBe(1);
    expect(text).toMatch(/model_v3_real_benign\.pkl: is missing[^]*scaler_v3_real_benign\.pkl: has 1 bytes/);
  });

  test("a missing optional file is reported, no more", async () => {
    unlinkSync(join(project.root, sample("metrics")));
    expect(await verify()).toEqual({ code: 0, text: expect.stringContaining("is missing, but optional") as string });
  });

  test("a pickle that would run a command is refused by the hosts' own gate", async () => {
    writeFileSync(join(project.root, sample("scaler")), HARMFUL);
    await addAll("no-such-python");
    const loaded = loadManifest("own.json", project.root);
    expect(askGate(loaded, "no-such-python")).toEqual({ verdict: "unknown" });
    const { code, text } = await cli(["verify", "--manifest", "own.json"]);
    if (text.includes("there is no Python 3.10")) return expect(code).toBe(0); // then nobody here can tell
    expect([code, text]).toEqual([1, expect.stringMatching(/scaler_v3_real_benign\.pkl imports (os|posix)\.system/)]);
  });

  test("a manifest that cannot be read is a mistake of another kind", async () => {
    project.write({ ...sampleManifest(), release: "" });
    expect((await verify()).code).toBe(2);
    expect((await cli(["verify", "--manifest", "none.json"])).code).toBe(2);
  });
});

describe("list", () => {
  test("shows what is listed and what is here", async () => {
    unlinkSync(join(project.root, sample("metrics")));
    writeFileSync(join(project.root, sample("scaler")), "x");
    const { code, text } = await cli(["list", "--manifest", "manifest.json"]);
    expect(code).toBe(0);
    expect(text.split("\n")[0]).toBe("manifest.json: release sample (numpy 2.2.6, scikit-learn 1.7.2)");
    expect(text).toMatch(/^metrics .* no .* missing$/m);
    expect(text).toMatch(/^scaler .* yes .* altered$/m);
    expect(text).toMatch(/^model .* 8306 .* as listed$/m);
  });

  test("without --manifest it is the own one, or else the sample's", async () => {
    mkdirSync(join(project.root, "models-manifest"));
    writeFileSync(join(project.root, "models-manifest/sample.json"), JSON.stringify(sampleManifest()));
    expect((await cli(["list"])).text).toContain("models-manifest/sample.json: release sample");
    await addAll();
    writeFileSync(join(project.root, "models-manifest/models.json"), JSON.stringify(own()));
    rmSync(join(project.root, "own.json"));
    expect((await cli(["list"])).text).toContain("models-manifest/models.json: release r1");
  });
});

test.each([[[]], [["frob"]], [["toString"]], [["list", "extra"]]])("%j is answered with the usage and 2", async (args) => {
  expect(await cli(args)).toEqual({ code: 2, text: expect.stringContaining("Usage: npm run -s models -- ") as string });
});

test("--help is no mistake", async () => {
  expect(await cli(["--help"])).toEqual({
    code: 0,
    text: expect.stringContaining("publish --bucket NAME [--prefix PREFIX] [--manifest FILE]") as string,
  });
});
