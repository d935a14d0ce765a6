/** The Python that is kept for a worker's tests answers as one that is started for the question does. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { join } from "node:path";
import { lacking, unless } from "../needs";

const SCRIPT = join(__dirname, "../../infra/app/syntax.py");
const ARGS = ["-I", "-S", "-B", SCRIPT];
const { keepPython } = jest.requireActual<{ keepPython: (of: object, server?: string) => void }>("../../tools/warm-python");

const ask = (python: string, input: string): SpawnSyncReturns<string> => spawnSync(python, ARGS, { input, encoding: "utf8" });
const question = (text: string, more: object = {}): string =>
  JSON.stringify({
    ...{ module: "main", attribute: "app", factory: false, interface: "auto", health: "/health", django: "", project: "", minors: [10] },
    several: false,
    ...{ paths: ["main.py"], files: { "main.py": Buffer.from(text).toString("base64") }, ...more },
  });
const API = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/health')\ndef health(): return {'status': 'ok'}\n";

unless(lacking("python3") ?? lacking("mkfifo"))("answers are those of a Python that is started for each, also after one that fails", () => {
  const { stdout } = spawnSync("python3", ["-I", "-S", "-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
  const questions = [
    question(API),
    "{}",
    question("import os\napp = (\n"),
    "no JSON",
    question(`${API}# \u00e4\u{1f600}\n`, { health: "/h\u00e4" }),
    question(`${API}${"# x\n".repeat(20_000)}`),
    question(`app = ${"(".repeat(5000)}1${")".repeat(5000)}\n`),
  ];
  const [kept, started] = ["python3", stdout.trim()].map((python) => questions.map((one) => ask(python, one)));
  const words = (all: SpawnSyncReturns<string>[] = []): unknown[] => all.map((one) => [one.status, one.stdout]);
  expect(words(kept)).toEqual(words(started));
  expect(words(started).map((one) => (one as [number])[0])).toEqual([0, 1, 0, 1, 0, 0, 0]);
  // Only what was started has a number of a process.
  expect(kept?.map(({ pid }) => pid)).toEqual(questions.map(() => undefined));
  expect(started?.every(({ pid }) => pid > 0)).toBe(true);
});

test("without a Python that answers, and of another script, the command runs as ever", () => {
  const run = jest.fn(() => ({ status: 7 }));
  const own = { spawnSync: run as (...call: unknown[]) => unknown };
  keepPython(own, join(__dirname, "no-such-file.py"));
  expect(own.spawnSync).not.toBe(run);
  const calls = [ARGS, ARGS, [...ARGS, "--more"]].map((args) => ["python3", args, { input: "{}" }] as const);
  for (const call of calls) expect(own.spawnSync(...call)).toEqual({ status: 7 });
  expect(run.mock.calls).toEqual(calls);
});
