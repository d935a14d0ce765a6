/** What `npm run init` refuses before it evaluates anything; the rest of it is in make.test.ts. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { silent, terminalAsker, type Asker } from "../../../infra/init/ask";
import { gather, type Given } from "../../../infra/init/gather";
import type { Ran } from "../../cli/run";
import { lacking, unless } from "../../needs";
import { folderOfOwn, given, init as initIn } from "./setup";

let root = "";
beforeEach(() => (root = folderOfOwn()));
afterEach(() => rmSync(root, { recursive: true }));
const init = (options: Given): Promise<Ran> => initIn(root, options);
const files = (): string[] => readdirSync(root).sort();

test("it never overwrites, and says so before anything else", async () => {
  writeFileSync(join(root, "Pulumi.live.yaml"), "config: {}\n");
  const before = files();
  const { code, err } = await init(given());
  expect([code, files(), readFileSync(join(root, "Pulumi.live.yaml"), "utf8")]).toEqual([2, before, "config: {}\n"]);
  expect(err).toContain("Pulumi.live.yaml: is there already");
});

test("an application with models of its own gets none of the sample's: how they are brought is said, also where git ignores them", async () => {
  mkdirSync(join(root, "shop x/models"), { recursive: true });
  writeFileSync(join(root, "shop x/requirements.txt"), "fastapi==0.115.0\nuvicorn==0.54.0\npython-dotenv==1.2.4\nscikit-learn==1.7.2\n");
  writeFileSync(join(root, "shop x/main.py"), "from fastapi import FastAPI\napp = FastAPI()\n");
  writeFileSync(join(root, "shop x/.gitignore"), "models/\n");
  writeFileSync(join(root, "shop x/models/sentiment.joblib"), "");
  writeFileSync(join(root, "shop x/models/package.json"), "{}");
  const before = files();
  const { code, err } = await init(given({ app: "shop x", module: undefined, manifest: undefined, require: [] }));
  expect([code, files()]).toEqual([2, before]);
  expect(err).toContain("--models: shop x has models of its own (models/sentiment.joblib)");
  expect(err).toContain("mkdir -p models && cp 'shop x/models/sentiment.joblib' models/");
});

test.each<[string, Partial<Given>, RegExp]>([
  [
    "an application",
    { app: "https://example.org/shop" },
    /^init: --app: found https:\/\/example\.org\/shop, an address, .* name the folder$/,
  ],
  ["a repository by ssh", { app: "git@example.org:shop.git" }, /^init: --app: found git@example\.org:shop\.git/],
  ["models", { models: "s3://bucket/models", manifest: undefined }, /^init: --models: found s3:\/\/bucket\/models/],
  ["a manifest", { manifest: "https://example.org/m.json" }, /^init: --manifest: found https:\/\/example\.org\/m\.json/],
])("no path is made of the address of %s", async (_, more, message) => {
  const before = files();
  const { code, err } = await init(given(more));
  expect([code, err.split("\n")[0], files()]).toEqual([2, expect.stringMatching(message), before]);
});

unless(lacking("python3")).each<[string, Record<string, string>, object]>([
  [
    "below the prefix of a router",
    {
      "main.py": 'from fastapi import FastAPI\nfrom routes import router\napp = FastAPI()\napp.include_router(router, prefix="/api/v1")\n',
      "routes.py":
        'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/health")\ndef h():\n    return {"status": "up", "version": "1"}\n',
    },
    { path: "/api/v1/health", body: { status: "up" } },
  ],
  [
    "without one of that kind",
    { "main.py": 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/")\ndef r():\n    return page()\n' },
    { path: "/" },
  ],
])("health is asked for %s", async (_, code, health) => {
  mkdirSync(join(root, "shop"));
  for (const [path, text] of Object.entries({ ...code, "requirements.txt": "" })) writeFileSync(join(root, "shop", path), text);
  const around = { root, from: root, project: "p", env: {}, asker: silent, ownAddress: () => Promise.reject(new Error("no network")) };
  const of = given({ app: "shop", module: undefined, manifest: undefined, models: "none", key: "~/.ssh/none-of-it", require: [] });
  expect((await gather(of, around)).answers.health).toEqual(health);
});

test("the words sample and none mean the same in every folder", async () => {
  const around = { root, from: tmpdir(), project: "p", env: {}, asker: silent, ownAddress: () => Promise.reject(new Error("no network")) };
  const of = async (models: string) =>
    (await gather(given({ app: join(root, "app"), models, manifest: undefined, key: "~/.ssh/none-of-it" }), around)).answers.manifest;
  expect([await of("none"), await of("sample")]).toEqual(["models-manifest/none.json", "models-manifest/sample.json"]);
});

describe("on a terminal", () => {
  /** Types the answers one after the other, and keeps what is written. */
  function typed(...answers: readonly string[]): { asker: Asker; written: () => string } {
    const input = new PassThrough();
    let text = "";
    const output = new Writable({
      write(part: Buffer, _encoding, done) {
        text += String(part);
        if (String(part).endsWith(": ")) setImmediate(() => input.write(answers[at++] ?? "\u0003"));
        done();
      },
    });
    let at = 0;
    return { asker: terminalAsker(input as never, output as never), written: () => text };
  }

  test("an answer that cannot be used is said to be so and asked for again; Enter takes what was found", async () => {
    const { asker, written } = typed("x y\n", "two\n", "\n");
    const check = (answer: string): string | undefined => (/^\w+$/.test(answer) ? undefined : `found "${answer}", expected letters`);
    expect(await asker.ask("Name", "one", check)).toBe("two");
    expect(written()).toMatch(/Name \[one\]: [^]*found "x y", expected letters\n[^]*Name \[one\]: /);
    expect(await asker.ask("Name", "one", check)).toBe("one");
  });

  test("Ctrl-C ends it, on a line of its own", async () => {
    const { asker, written } = typed();
    await expect(asker.ask("Name", "")).rejects.toThrow("nothing was written");
    expect(written().endsWith("\n")).toBe(true);
  });

  test("every question looks at its answer: name, folder, module, health, models, SSH", async () => {
    writeFileSync(join(root, "Pulumi.there.yaml"), "config: {}\n");
    const bad: Readonly<Record<string, readonly string[]>> = {
      "Name of the stack": ["x y", "there"],
      "Folder of the application": ["../nowhere"],
      "Application (MODULE:ATTRIBUTE)": ["main"],
      "Path of the health endpoint": ["health"],
      "Folder of the models (or: sample, none)": ["../nowhere"],
      "Who may use SSH (your own address and /32)": ["me"],
    };
    const refused: string[] = [];
    const asker: Asker = {
      ...silent,
      ask: (question, found, check) => {
        for (const answer of bad[question] ?? []) if (check?.(answer) !== undefined) refused.push(`${question}: ${answer}`);
        if (question.startsWith("Who")) return Promise.reject(new Error("far enough"));
        return Promise.resolve(
          question === "Folder of the application"
            ? "app"
            : question.startsWith("Name")
              ? "two"
              : question.startsWith("Folder of the m")
                ? "sample"
                : found,
        );
      },
    };
    const nothing = { stack: undefined, app: undefined, module: undefined, key: undefined, manifest: undefined, "ssh-from": [] };
    await initIn(root, given(nothing), { asker });
    expect(refused).toEqual(Object.entries(bad).flatMap(([question, answers]) => answers.map((answer) => `${question}: ${answer}`)));
  });
});

describe("a key", () => {
  test.each<[string, () => void, RegExp]>([
    ["that is no key", () => writeFileSync(join(root, "key"), "hello\n", { mode: 0o600 }), /is there already, and found no private key/],
    [
      "that is a folder",
      () => mkdirSync(join(root, "key")),
      /^init: --key: .*key: is a folder, where a file is needed; name a file in it$/,
    ],
    ["whose public half alone is there", () => writeFileSync(join(root, "key.pub"), "x"), /key\.pub is there without it/],
  ])("%s is refused", async (_, before, message) => {
    before();
    expect(await init(given())).toMatchObject({ code: 2, err: expect.stringMatching(message) as string });
  });
});
