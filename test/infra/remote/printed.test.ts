/** What a host printed, where its login shell says something as well. */
import { readReport } from "../../../infra/cli/verify-report";
import { documentIn, keyIn } from "../../../infra/remote/printed";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c";

test.each([`${KEY}\n`, `Authorized use only\n${KEY}\n`, `\u001b[1mWelcome\u001b[0m\r\n${KEY}\r\n`])("the key in %j", (text) => {
  expect(keyIn(text)).toBe(KEY);
});

test("where there is no key, whoever reads it sees what was there", () => {
  expect(keyIn("Authorized use only\n")).toBe("Authorized use only");
  expect(keyIn(`it is not ${KEY}\n`)).toBe(`it is not ${KEY}`);
});

test("a document on one line or on several, behind what a shell printed", () => {
  expect(documentIn('{"a":1}\n')).toBe('{"a":1}\n');
  expect(JSON.parse(documentIn('Welcome {you}\n{\n  "a": 1\n}\n'))).toEqual({ a: 1 });
  expect(documentIn("nothing\n")).toBe("nothing\n");
});

test("verify reads the report of such a host", () => {
  const report = { role: "backend", host: "h", release: "3-a", models: "none", ok: true, passed: 4, failed: [] };
  const stdout = `Authorized use only\n${JSON.stringify(report)}\n`;
  expect(readReport("backend", { code: 0, stdout, stderr: "" })).toMatchObject({ report: { release: "3-a", ok: true } });
});
