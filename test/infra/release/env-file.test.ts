import fc from "../../property";
import { envDigest, maskedEnvFile, renderEnvFile } from "../../../infra/release/env-file";

test.each([
  ["plain", "NAME='plain'\n"],
  ["", "NAME=''\n"],
  ["with spaces # and = signs", "NAME='with spaces # and = signs'\n"],
  ['"double" `back`', "NAME='\"double\" `back`'\n"],
  ["it's", 'NAME="it\'s"\n'],
  ['say "it\'s"', 'NAME="say \\"it\'s\\""\n'],
  ["two\nlines\n", "NAME='two\nlines\n'\n"],
  ["back\\slash", 'NAME="back\\\\slash"\n'],
  ["${HOME} $HOME", "NAME='${:-$}{HOME} $HOME'\n"],
])("quotes %j", (value, expected) => {
  expect(renderEnvFile({ NAME: value })).toBe(expected);
});

test("is sorted, so that the order of the configuration does not matter", () => {
  expect(renderEnvFile({ B: "2", A: "1" })).toBe("A='1'\nB='2'\n");
});

test("names every bad key at once and shows no value", () => {
  const env = { "1ST": "secret1", "a-b": "secret2", OK: "x", LINES: "sec\rret3", NUL: "\0", NUMBER: 7 as unknown as string };
  const act = (): string => renderEnvFile(env);
  for (const name of ["1ST", "a-b", "LINES", "NUL", "NUMBER"]) expect(act).toThrow(`«${name}»`);
  expect(act).not.toThrow(/secret|ret3/);
});

test("the digest is stable, and differs for other values", () => {
  expect(envDigest({ A: "1", B: "2" })).toBe(envDigest({ B: "2", A: "1" }));
  expect(envDigest({ A: "1" })).toMatch(/^[0-9a-f]{32}$/);
  expect(envDigest({ A: "1" })).not.toBe(envDigest({ A: "2" }));
});

/** What python-dotenv 1.x does with a quoted value: escapes, then ${name:-default}. */
function readByDotenv(text: string): string {
  const inner = /^NAME=(['"])((?:(?!\1)[^\\]|\\[\s\S])*)\1\n$/.exec(text)?.[2] ?? "no match";
  return inner
    .replace(/\\([\\'"])/g, "$1")
    .replace(/\$\{([^}:]*)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => (name === "" ? (fallback ?? "") : "expanded"));
}

test("property: any text without carriage returns comes back", () => {
  const value = fc
    .oneof(fc.string(), fc.string({ unit: fc.constantFrom("$", "{", "}", ":", "-", "\\", "'", '"', "#", " ", "a", "\n") }))
    .filter((text) => !/[\r\0]/.test(text));
  fc.assert(fc.property(value, (text) => expect(readByDotenv(renderEnvFile({ NAME: text }))).toBe(text)));
});

test("masks what is not plain", () => {
  expect(maskedEnvFile(["SECRET_KEY", "LOG_LEVEL"], { LOG_LEVEL: "INFO" })).toBe("LOG_LEVEL='INFO'\nSECRET_KEY=[secret]\n");
});

/** What systemd's EnvironmentFile= does (src/basic/env-file.c): no escapes in single quotes, those of a shell in double ones, nothing expanded. */
function readBySystemd(text: string): string {
  const [, single, double] = /^NAME=(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)")\n$/.exec(text) ?? [];
  return single ?? double?.replace(/\\(["\\`$])/g, "$1") ?? "no match";
}

test("property: systemd reads the same, but for ${", () => {
  const value = fc.string({ unit: fc.constantFrom("$", "}", ":", "\\", "'", '"', "#", " ", "a", "\n", "`") });
  fc.assert(fc.property(value, (text) => expect(readBySystemd(renderEnvFile({ NAME: text }))).toBe(text)));
});
