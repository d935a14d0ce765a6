/** `npm run deploy-role -- --out`: the documents as files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployRoleCommand } from "../../../infra/cli/deploy-role";
import { run } from "../../cli/run";

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "deploy-role-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const made = (out: string) =>
  run(deployRoleCommand, ["--stack", "dev", "--account", "123456789012", "--oidc", "github:acme/shop", "--out", out]);

test("the policies and the trust are written into a folder that is made, as the documents that AWS takes", async () => {
  const out = join(folder, "roles/preview");
  expect(await made(out)).toMatchObject({ code: 0, err: "" });
  const names = readdirSync(out).sort();
  expect(names).toEqual(expect.arrayContaining(["policy-1.json", "trust.json"]));
  for (const name of names) {
    const document = JSON.parse(readFileSync(join(out, name), "utf8")) as { Version: string; Statement: unknown[] };
    expect([name, document.Version, document.Statement.length > 0]).toEqual([name, "2012-10-17", true]);
  }
});

test("a file in the way of the folder is named, and nothing is printed", async () => {
  const out = join(folder, "taken");
  writeFileSync(out, "");
  const { code, out: said, err } = await made(out);
  expect([code, said]).toEqual([2, ""]);
  expect(err).toMatch(/^deploy-role: --out: /);
});
