/** The package index of one's own: pip gets its credentials, and nobody else does. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import { policies } from "../../../policies/rules";
import { lacking, unless } from "../../needs";
import { program, type PlainGraph } from "../../policies/core/builder";
import { byName, evaluateDev, ROOT } from "../evaluate";

jest.setTimeout(120_000);

const STEPS = join(ROOT, "templates/steps");
/** Percent signs, quotes and a backslash: what an address, systemd and redact.py write otherwise. */
const PASSWORD = `qj"7%2f\\s'ecr@et`;
const USER = "reader";
const login = (address: string): string => address.replace("://", `://${USER}:${encodeURIComponent(PASSWORD)}@`);

const folder = mkdtempSync(join(tmpdir(), "package-index-"));
let server: Server;
const asked: (string | undefined)[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const right = request.headers.authorization === `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
    response.writeHead(right ? 200 : 401, { "content-type": "text/html", "www-authenticate": "Basic" });
    response.end(right ? '<!DOCTYPE html><html><body><a href="demo-1.0-py3-none-any.whl">demo-1.0-py3-none-any.whl</a></body></html>' : "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** As installer.sh does. */
function settings(index: string): { env: string; secrets: string } {
  const [env, secrets] = [join(folder, "build.env"), join(folder, "secrets")];
  const script = `umask 077; PIP_INDEX_URL=$(cat) exec python3 -I -S ${STEPS}/pip-settings.py ${env} ${secrets}`;
  const { status, stderr } = spawnSync("sh", ["-c", script], { input: index, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return { env, secrets };
}

const python = unless(lacking("python3"));
const pip = unless(spawnSync("python3", ["-m", "pip", "--version"]).status === 0 ? undefined : "pip is not installed");

python("the credentials are in files of root's, for pip and for uv, and what prints them is masked", () => {
  const index = login("https://packages.example.com/simple");
  const { env, secrets } = settings(index);
  const text = readFileSync(env, "utf8");
  expect(text).toContain(`PIP_INDEX_URL="${index}"`);
  expect(text).toContain(`UV_DEFAULT_INDEX="${index}"`);
  expect([env, secrets].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  const said = [
    `Looking in indexes: ${index}`,
    `env: ${PASSWORD}`,
    Buffer.from(`${USER}:${PASSWORD}`).toString("base64"),
    "Collecting demo",
  ];
  const { stdout } = spawnSync("python3", ["-I", "-S", join(STEPS, "redact.py"), secrets], { input: said.join("\n"), encoding: "utf8" });
  expect(stdout).toBe("Looking in indexes: ***\nenv: ***\n***\nCollecting demo");
});

python("a token in the place of the user is masked too, and without credentials nothing is", () => {
  const token = "glpat-0123456789abcdef";
  expect(readFileSync(settings(`https://${token}@packages.example.com/simple`).secrets, "utf8")).toContain(token);
  expect(readFileSync(settings("https://packages.example.com/simple").secrets, "utf8")).toBe("");
});

pip("pip finds the package with them, and says no password", async () => {
  const { port } = server.address() as AddressInfo;
  const { env } = settings(login(`http://127.0.0.1:${String(port)}/simple`));
  const variables: Record<string, string> = Object.fromEntries(
    [...readFileSync(env, "utf8").matchAll(/^(PIP_\w+)="(.*)"$/gm)].map(([, name = "", value = ""]): [string, string] => [
      name,
      value.replace(/\\(.)/g, "$1"),
    ]),
  );
  const run = spawn("python3", ["-m", "pip", "download", "--no-deps", "--retries", "0", "-d", folder, "demo"], {
    env: { PATH: process.env.PATH, ...variables },
  });
  let said = "";
  for (const stream of [run.stdout, run.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
  await new Promise((done) => run.on("close", done));
  // What it finds is no wheel; that it was found needs the password.
  expect(said).toMatch(/demo-1\.0-py3-none-any\.whl/);
  expect(said).not.toContain(encodeURIComponent(PASSWORD));
  expect(said).not.toContain(PASSWORD);
  expect(asked.at(-1)).toBeDefined();
});

test("in the program: by stdin alone, as a secret, and without a finding of the policies", async () => {
  const keys = { index: "https://packages.example.com/simple", indexUser: USER, indexPassword: PASSWORD };
  const result = await evaluateDev({ python: keys });
  for (const host of ["gateway", "backend"]) {
    const { inputs, options } = byName(result, "command:remote:Command", `${host}-code`);
    const { stdin, ...others } = inputs as { stdin: { value: string } };
    expect(JSON.stringify(stdin)).toContain("4dabf18193072939515e22adb298388d");
    expect(stdin.value).toContain(`\nindex=${login(keys.index)}\n`);
    expect(JSON.stringify(others)).not.toContain(encodeURIComponent(PASSWORD));
    expect(options.additionalSecretOutputs).toEqual(expect.arrayContaining(["stdout", "stderr"]));
  }
  const elsewhere = result.resources.filter(({ name }) => !/^(gateway|backend)-code$/.test(name));
  expect(JSON.stringify(elsewhere)).not.toContain(encodeURIComponent(PASSWORD));
  const graph = program(JSON.parse(JSON.stringify({ resources: result.resources })) as PlainGraph).graph("unknown");
  const { outcomes } = await evaluate(policies, graph, DEFAULT_CONFIG, "2030-01-01");
  expect(outcomes.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
});

test("an index without a login keeps the input plain; without one it is as it was", async () => {
  const plain = byName(
    await evaluateDev({ python: { index: "https://packages.example.com/simple" } }),
    "command:remote:Command",
    "backend-code",
  );
  expect(plain.inputs.stdin).toContain("\nindex=https://packages.example.com/simple\n");
  const none = byName(await evaluateDev(), "command:remote:Command", "backend-code");
  expect(none.inputs.stdin).not.toContain("\nindex=");
});
