/** What unpacks a restored archive (templates/steps/restore-unpack.sh): whole, or not there, also where a try before was cut off at any moment. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTemplate } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const SHA = "ab".repeat(32);
const FILES = { "a/seen.bin": "seen", ".hidden": "hidden", "name with spaces": "spaces" };

let root: string;
let data: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "restore-unpack-"));
  data = join(root, "data");
  const from = join(root, "from/data");
  mkdirSync(join(from, "a"), { recursive: true });
  mkdirSync(data);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(from, name), text);
  execFileSync("tar", ["-czf", join(root, "data.tar.gz"), "-C", join(root, "from"), "data"]);
});
afterEach(() => rmSync(root, { recursive: true }));

/** @param input an archive, or part of one */
function unpack(into: string, input = readFileSync(join(root, "data.tar.gz"))): { readonly status: number | null; readonly said: string } {
  const script = `${readTemplate("steps/restore-unpack.sh")}\nexec bash -c "$UNPACK" restore "$@"`;
  const { status, stderr } = spawnSync("bash", ["-c", script, "bash", into, SHA, "--strip-components=1"], { cwd: data, input });
  return { status, said: String(stderr) };
}
const found = (folder = data): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .sort();
const ALL = Object.keys(FILES).sort();

const runs = unless(lacking("bash") ?? lacking("tar"));

runs("an archive comes into the empty folder, and into a folder of its own", () => {
  expect(unpack(".")).toEqual({ status: 0, said: "" });
  expect(found()).toEqual(ALL);
  expect(unpack("restored").status).toBe(0);
  expect(found(join(data, "restored"))).toEqual(ALL);
});

runs("a try that is cut off while it unpacks leaves nothing under a name of the data, and the next one begins anew", () => {
  const whole = readFileSync(join(root, "data.tar.gz"));
  expect(unpack(".", whole.subarray(0, whole.length - 20)).status).not.toBe(0);
  mkdirSync(join(data, ".restoring"), { recursive: true });
  writeFileSync(join(data, ".restoring/half"), "");
  expect(readdirSync(data)).toEqual([".restoring"]);
  expect(unpack(".").status).toBe(0);
  expect(found()).toEqual(ALL);
});

runs("one that is cut off between two names goes on, and what the application made meanwhile stays", () => {
  cpSync(join(root, "from/data"), join(data, `.restored-${SHA}`), { recursive: true });
  renameSync(join(data, `.restored-${SHA}`, "a"), join(data, "a"));
  writeFileSync(join(data, ".hidden"), "of the application");
  expect(unpack(".", Buffer.alloc(0))).toEqual({ status: 0, said: "" });
  expect(found()).toEqual([...ALL, "restored/.hidden"].sort());
  expect(readFileSync(join(data, ".hidden"), "utf8")).toBe("of the application");
  expect(readFileSync(join(data, "restored/.hidden"), "utf8")).toBe("hidden");
});

runs("links of the application lead nowhere", () => {
  const away = join(root, "away");
  mkdirSync(away);
  for (const name of [".restoring", `.restored-${SHA}`]) symlinkSync(away, join(data, name));
  expect(unpack(".").status).toBe(0);
  expect(found()).toEqual(ALL);
  symlinkSync(away, join(data, "restored"));
  expect(unpack("restored")).toEqual({ status: 1, said: expect.stringContaining("/restored is a link: move it away") as string });
  expect(readdirSync(away)).toEqual([]);
  expect(existsSync(join(data, ".restoring"))).toBe(false);
});

test("systemd, which expands braces behind a dollar sign in what a unit runs, finds none", () => {
  expect(/UNPACK='([^']*)'/.exec(readTemplate("steps/restore-unpack.sh"))?.[1]).not.toContain("${");
});
