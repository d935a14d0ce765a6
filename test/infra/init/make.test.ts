/** `npm run init` as a whole, in folders of its own, with the reader, the network and the Pulumi CLI played. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Outside } from "../../../infra/init/make";
import type { Given } from "../../../infra/init/gather";
import { publicKeyOf } from "../../../infra/config/ssh-key";
import { silent } from "../../../infra/init/ask";
import { checkWritable } from "../../../infra/init/write";
import type { Feed } from "../../../infra/init/secrets";
import type { Ran } from "../../cli/run";
import { folderOfOwn, given, init as initIn } from "./setup";

jest.setTimeout(120_000);

let root = "";
beforeEach(() => (root = folderOfOwn()));
afterEach(() => rmSync(root, { recursive: true }));
const init = (options: Given, more: Partial<Outside> = {}): Promise<Ran> => initIn(root, options, more);

const files = (): string[] => readdirSync(root).sort();
const stackFile = (): Record<string, unknown> =>
  (parse(readFileSync(join(root, "Pulumi.live.yaml"), "utf8")) as { config: Record<string, unknown> }).config;

test("a stack from what is found: key pair, stack file, and the preview at the end", async () => {
  const { code, out, err } = await init(given());
  expect([code, err]).toEqual([0, ""]);
  expect(stackFile()).toMatchObject({
    "aws:region": "us-east-1",
    "ml-gateway:gateway": { sshFrom: ["8.8.8.8/32"] },
    "ml-gateway:ssh": { privateKeyFile: join(root, "key") },
    "ml-gateway:app": { path: "app", requires: ["SECRET_KEY"] },
    "ml-gateway:models": { manifest: "models-manifest/sample.json" },
  });
  expect(stackFile()).not.toHaveProperty("ml-gateway:health");
  expect(statSync(join(root, "key")).mode & 0o777).toBe(0o600);
  const pub = publicKeyOf(readFileSync(join(root, "key"), "utf8"));
  expect(readFileSync(join(root, "key.pub"), "utf8")).toBe(`${pub} ml-gateway-live\n`);
  expect(out).toContain("pulumi config set --stack live --secret --path 'secretEnv.SECRET_KEY'");
  expect(out).toContain("Models: models-manifest/sample.json, the sample's own");
  expect(out).toMatch(/^Application: app, ml_gateway\.app:app; health is \/health, /);
  expect(out).toContain("Stack live of ml-gateway, evaluated offline");
  expect(files().filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test.each<[string, Partial<Given>, RegExp]>([
  ["a module that is not there", { module: "shop.main:app" }, /app\.module/],
  ["a block that is none", { "ssh-from": ["everybody"] }, /gateway\.sshFrom/],
  ["a region that is none", { region: "us-moon-1" }, /aws:region/],
  ["a folder that is none", { app: "nowhere" }, /nowhere is not a folder/],
  ["a health path that is none", { health: "health" }, /health\.path/],
  ["a manifest that is none", { manifest: "none.json" }, /models\.manifest/],
  ["models that are none", { manifest: undefined, models: "app" }, /holds no file whose name says a model's format/],
  ["a stack's name that is none", { stack: "a/b" }, /--stack: found "a\/b"/],
])("%s: nothing is written", async (_, more, message) => {
  const before = files();
  const { code, err } = await init(given(more));
  expect(err).toMatch(message);
  expect([code, files()]).toEqual([2, before]);
});

test("two mistakes are said at once", async () => {
  const { err } = await init(given({ module: "shop.main:app", "ssh-from": ["everybody"] }));
  expect(err).toMatch(/2 problems[^]*gateway\.sshFrom[^]*app\.module|2 problems[^]*app\.module[^]*gateway\.sshFrom/);
});

describe("the key", () => {
  test("is refused where it could be committed", async () => {
    mkdirSync(join(root, ".git"));
    const { code, err } = await init(given());
    expect([code, existsSync(join(root, "key"))]).toEqual([2, false]);
    expect(err).toMatch(/lies in the git repository .*, where it could be committed/);
  });

  test("that is there is kept, and its public half made where a run ended between the two", async () => {
    await init(given({ stack: "one" }));
    const text = readFileSync(join(root, "key"), "utf8");
    rmSync(join(root, "key.pub"));
    const { code, out } = await init(given());
    expect([code, readFileSync(join(root, "key"), "utf8"), existsSync(join(root, "key.pub"))]).toEqual([0, text, true]);
    expect(out).toContain("the key that was there");
  });

  test("that others can read is refused", async () => {
    await init(given({ stack: "one" }));
    chmodSync(join(root, "key"), 0o640);
    expect(await init(given())).toMatchObject({ code: 2, err: expect.stringContaining("chmod 600") as string });
  });
});

describe("secrets", () => {
  const SECRET = "s3cr3t-value-0123456789";
  function recorded(answer: Feed = () => Promise.resolve({ code: 0, err: "" })) {
    const calls: { args: readonly string[]; text: string }[] = [];
    const feed: Feed = (args, text) => {
      calls.push({ args, text });
      return answer(args, text);
    };
    return { calls, feed };
  }
  const everywhere = ({ out, err }: Ran): string =>
    [out, err, ...files().map((name) => (statSync(join(root, name)).isFile() ? readFileSync(join(root, name), "utf8") : ""))].join("\n");

  test("from the environment go to the CLI by standard input, and nowhere else", async () => {
    const { calls, feed } = recorded();
    const ran = await init(given(), { feed, env: { SECRET_KEY: SECRET } });
    expect(calls.map(({ args }) => args.slice(0, 2).join(" "))).toEqual(["stack init", "config set"]);
    expect(calls.map(({ text }) => text)).toEqual(["", SECRET]);
    expect(calls[0]?.args).toContain("--no-select");
    expect(calls[1]?.args).toEqual(expect.arrayContaining(["--secret", "--path", "secretEnv.SECRET_KEY", "live"]));
    expect(JSON.stringify(calls.map(({ args }) => args))).not.toContain(SECRET);
    expect(everywhere(ran)).not.toContain(SECRET);
    expect(ran.out).toContain("Set, encrypted in Pulumi.live.yaml: SECRET_KEY");
  });

  test("that are typed are asked for without being shown; what is left out is left as a command", async () => {
    const { calls, feed } = recorded();
    const asker = { ...silent, hidden: (question: string) => Promise.resolve(question.includes("SECRET_KEY") ? SECRET : "") };
    const ran = await init(given({ require: ["SECRET_KEY", "API_KEY"] }), { feed, asker });
    expect(calls.map(({ text }) => text)).toEqual(["", SECRET]);
    expect(ran.out).toContain("secretEnv.API_KEY'");
    expect(everywhere(ran)).not.toContain(SECRET);
  });

  test("without the CLI, or where it fails, the commands are left to the reader", async () => {
    const without = await init(given(), { env: { SECRET_KEY: SECRET } });
    expect(without.out).toMatch(
      /could not be used \(the Pulumi CLI is not installed[^]*pulumi stack init live --no-select\n.*secretEnv\.SECRET_KEY'/,
    );
    const { feed } = recorded((args) =>
      Promise.resolve(
        args[0] === "stack" ? { code: 255, err: "error: stack 'one' already exists" } : { code: 255, err: "error: wrong passphrase" },
      ),
    );
    const failing = await init(given({ stack: "one" }), { feed, env: { SECRET_KEY: SECRET } });
    expect(failing.out).toContain("could not be used (error: wrong passphrase)");
    expect(everywhere(failing)).not.toContain(SECRET);
  });
});

describe("an application of one's own", () => {
  const PROGRAM = `import os
from fastapi import FastAPI
app = FastAPI()
TOKEN = os.environ["API_TOKEN"]

@app.get("/healthz")
def health():
    return {"state": 'good', "ready": True}
`;
  beforeEach(() => {
    mkdirSync(join(root, "shop"));
    writeFileSync(join(root, "shop/main.py"), PROGRAM);
    writeFileSync(join(root, "shop/requirements.txt"), "fastapi==0.115.0\nuvicorn==0.54.0\npython-dotenv==1.2.4\nscikit-learn==1.7.2\n");
    mkdirSync(join(root, "models"));
    writeFileSync(join(root, "models/net.json"), "{}\n");
    writeFileSync(join(root, "models/metrics.json"), '{"f1": 1}\n');
  });
  const own = given({ app: "shop", module: undefined, manifest: undefined, models: "models", require: [] });

  test("module, health with its body, mode, settings and models are found", async () => {
    const { code, err } = await init(own);
    expect([code, err]).toEqual([0, ""]);
    expect(stackFile()).toMatchObject({
      "ml-gateway:gateway": { mode: "proxy" },
      "ml-gateway:app": { path: "shop", module: "main:app", requires: ["API_TOKEN"] },
      "ml-gateway:health": { path: "/healthz", body: { state: "good", ready: true } },
      "ml-gateway:models": { manifest: "models-manifest/models.json" },
    });
    const manifest = JSON.parse(readFileSync(join(root, "models-manifest/models.json"), "utf8")) as {
      files: { path: string; role: string }[];
    };
    expect(manifest.files.map(({ path, role }) => [path, role])).toEqual([
      ["models/metrics.json", "metrics"],
      ["models/net.json", "model"],
    ]);
  });

  test("an application without scikit-learn and without models gets none", async () => {
    rmSync(join(root, "models"), { recursive: true });
    writeFileSync(join(root, "models-manifest/none.json"), '{ "release": "none", "runtime": {}, "files": [] }\n');
    writeFileSync(join(root, "shop/requirements.txt"), "fastapi==0.115.0\nuvicorn==0.54.0\npython-dotenv==1.2.4\n");
    const { code, err } = await init({ ...own, models: undefined });
    expect([code, err]).toEqual([0, ""]);
    expect(stackFile()).toMatchObject({ "ml-gateway:models": { manifest: "models-manifest/none.json" } });
  });

  test("the manifest of a run that ended before the stack's file is taken up; another one is not overwritten", async () => {
    await init(own);
    rmSync(join(root, "Pulumi.live.yaml"));
    expect((await init(own)).code).toBe(0);
    rmSync(join(root, "Pulumi.live.yaml"));
    writeFileSync(join(root, "models/net.json"), '{"other": 1}\n');
    const { code, err } = await init(own);
    expect([code, existsSync(join(root, "Pulumi.live.yaml"))]).toEqual([2, false]);
    expect(err).toContain("models-manifest/models.json: is there already and says something else");
  });

  test("a pickle needs the version that wrote it, from the requirements or from --pin", async () => {
    const pickle = Buffer.from("80045d942e", "hex");
    writeFileSync(join(root, "models/model.pkl"), pickle);
    const roles = { ...own, models: undefined, model: ["models/model.pkl=model"] };
    expect((await init(roles)).code).toBe(0);
    const read = () => JSON.parse(readFileSync(join(root, "models-manifest/models.json"), "utf8")) as { runtime: object };
    expect(read().runtime).toEqual({ "scikit-learn": "1.7.2" });
    writeFileSync(join(root, "shop/requirements.txt"), "fastapi==0.115.0\nuvicorn==0.54.0\npython-dotenv==1.2.4\n");
    expect(await init({ ...roles, stack: "two", manifest: "models-manifest/two.json" })).toMatchObject({
      code: 2,
      err: expect.stringContaining("give --pin scikit-learn==VERSION") as string,
    });
  });
});

test("who may use SSH is this machine where nobody is named", async () => {
  expect((await init(given({ "ssh-from": [] }), { ownAddress: () => Promise.resolve("8.8.4.4") })).code).toBe(0);
  expect(stackFile()["ml-gateway:gateway"]).toEqual({ sshFrom: ["8.8.4.4/32"] });
  expect(await init(given({ stack: "two", "ssh-from": [] }))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--ssh-from: is missing.*no network/) as string,
  });
  expect(await init(given({ stack: "two", "ssh-from": [] }), { ownAddress: () => Promise.resolve("<html>") })).toMatchObject({ code: 2 });
});

test("a folder that cannot be written is said before anything is made: half of a stack would be a key of nothing", () => {
  expect(() => checkWritable(join(root, "no such folder"), "Pulumi.live.yaml")).toThrow(/^nothing was written: Pulumi\.live\.yaml: /);
  expect(() => checkWritable(root, "Pulumi.live.yaml")).not.toThrow();
});
