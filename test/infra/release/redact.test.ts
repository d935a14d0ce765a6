import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderEnvFile } from "../../../infra/release/env-file";
import { lacking, unless } from "../../needs";

const SCRIPT = join(__dirname, "../../../templates/steps/redact.py");
const scratch = mkdtempSync(join(tmpdir(), "redact-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Marked values: none of their parts occurs anywhere else. */
const VALUES: Readonly<Record<string, string>> = {
  SECRET_KEY: "Zq7Xk2Wv9Lp4Rt8Yb3Nc6Md1",
  DATABASE_URL: "postgresql://Vhq82nWz:Pk5/tR%3Ax9Qb@db.zzinternal.qq:5432/Jw31mmq",
  LONG: "Gx".concat(...Array.from({ length: 90 }, (_, index) => `${(index * 7919 + 104729).toString(36)}`)),
  DOLLARS: "mN4${vB8zQ}xL2$cV9",
  LINES: "-----BEGIN QJKEY-----\nHt6Rw0Bq5Xs2Zn8\nCd3Jv7Gk1Ym4\n-----END QJKEY-----\n",
  QUOTES: `uY5'rE3"wQ9\\tT6'pO1`,
  WORDS: "zebrine quokka wharfed jynxes",
  UMLAUT: "gRüßeÖxkqwzvÄy",
};

/** How libraries print a text. */
const FORMS: readonly [name: string, print: (value: string) => string][] = [
  ["as it is", (value) => value],
  ["as JSON", (value) => JSON.stringify(value)],
  ["as JSON in JSON", (value) => JSON.stringify(JSON.stringify(value))],
  ["as a part of a URL", (value) => encodeURIComponent(value)],
  ["as base64", (value) => Buffer.from(value).toString("base64")],
  ["as base64 of more", (value) => Buffer.from(`user:${value}`).toString("base64")],
  ["as base64url of more", (value) => Buffer.from(`xy:${value}.`).toString("base64url")],
  ["as hex", (value) => Buffer.from(value).toString("hex")],
  ["shortened in the middle", (value) => `${value.slice(0, 9)}...${value.slice(-9)}`],
  ["cut", (value) => value.slice(0, 11)],
  ["wrapped", (value) => value.replace(/(.{13})/g, "$1\n    ")],
  ["in capitals", (value) => value.toUpperCase()],
  ["in a call", (value) => `connect(dsn='${value}', timeout=3)`],
];

function redacted(text: string): string {
  const env = join(scratch, ".env");
  writeFileSync(env, renderEnvFile({ ...VALUES, MODEL_PATH: "/home/ddos/models/model.pkl", LOG_LEVEL: "warning" }));
  const run = spawnSync("python3", ["-I", "-S", SCRIPT, env], { input: text, encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
  return run.stdout;
}

/** Every piece of six characters of the text as it was printed, within a line and a word: longer ones hold such. */
function pieces(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 5) }, (_, at) => text.slice(at, at + 6)).filter((piece) => !/\s/.test(piece));
}

const withPython = unless(lacking("python3"));

withPython.each(FORMS)("no six characters of a value are left: %s", (_name, print) => {
  const result = redacted(
    Object.entries(VALUES)
      .map(([name, value]) => `2026-11-27 ERROR before=1 ${name} is ${print(value)} and after\n`)
      .join(""),
  );
  for (const [name, value] of Object.entries(VALUES)) {
    const left = [...pieces(value), ...pieces(print(value))].filter((piece) => result.includes(piece));
    // Without what the form itself adds, and what anybody knows.
    expect({ name, left: left.filter((piece) => !PUBLIC.some((text) => text.includes(piece))) }).toEqual({ name, left: [] });
    expect(result).toMatch(new RegExp(`^2026-11-27 ERROR before=1 ${name} is .`, "m"));
  }
});

withPython("what is no secret stays: paths of a traceback, words, the model's path", () => {
  const text =
    'Traceback (most recent call last):\n  File "/home/ddos/app/ml_gateway/app.py", line 12, in <module>\n    import nothing\n' +
    "ModuleNotFoundError: No module named 'nothing' (/home/ddos/models/model.pkl, warning)\n";
  expect(redacted(text)).toBe(text);
});

withPython("a file that is no .env is a secret as a whole", () => {
  const env = join(scratch, "other");
  writeFileSync(env, "SECRET_KEY='Zq7Xk2Wv9Lp4\nrest of Bb8Nn3Mm7Vv\n");
  const run = spawnSync("python3", ["-I", "-S", SCRIPT, env], { input: "Zq7Xk2Wv and Nn3Mm7 then\n", encoding: "utf8" });
  expect(run.stdout).toBe("*** and *** then\n");
});

/** What the forms add of their own, and what anybody knows. */
const PUBLIC = ["connect(dsn='", "', timeout=3)", "postgresql://", "sqlite:///", "https://"];
