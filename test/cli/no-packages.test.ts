/** A clone in which nobody ran `npm ci`, or not since package.json changed: one sentence with the command, no stack trace. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemSentence } from "../../policies/cli";
import { ROOT } from "./scripts";

test("without any package, every command says what to run", () => {
  const folder = mkdtempSync(join(tmpdir(), "no-packages-"));
  try {
    for (const part of ["tools", "policies/typescript"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", "./tools/register.js", "any.ts"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/^the npm packages of this project are not installed.*run: npm ci\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** As Node throws it. */
function notFound(name: string): Error {
  return Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- /a/b.ts`), { code: "MODULE_NOT_FOUND" });
}

test.each(["@no-such/package", "@no-such/package/inner", "no-such-package"])("%s that is not installed", (name) => {
  expect(systemSentence(notFound(name))).toMatch(/^the npm package (@no-such\/package|no-such-package) is not installed; run: npm ci$/);
});

test("a file of the project that is missing is a fault, not a package", () => {
  expect(systemSentence(notFound("./no-such-file"))).toBeUndefined();
});
