/** Commands that write documentation pages: --check writes nothing, and what is up to date is left alone. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageCommand } from "../../policies/cli";
import { run } from "./run";

test("writes, checks, and leaves alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  try {
    const [one, two] = [join(folder, "one.md"), join(folder, "two.md")];
    const of = pageCommand("docs", [
      { file: one, source: "a.ts", text: () => "one\n" },
      { file: two, source: "b.ts", text: () => "two\n" },
    ]);
    writeFileSync(two, "two\n");
    const before = statSync(two).mtimeMs;
    const check = await run(of, ["--check"]);
    expect([check.code, check.out, check.err]).toEqual([
      1,
      expect.stringMatching(/two\.md is up to date$/),
      expect.stringMatching(/one\.md is not what a\.ts says; run: npm run docs$/),
    ]);
    expect(existsSync(one)).toBe(false);
    expect(await run(of, [])).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(one, "utf8")).toBe("one\n");
    expect(statSync(two).mtimeMs).toBe(before);
    expect((await run(of, ["--check"])).code).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
