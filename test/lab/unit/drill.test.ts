/** A drill reads a backup: its list, and every object as the list says it. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderDrill, wantedOf } from "../drill/command";
import { parseList } from "../drill/list";
import { fetchBackup, fetchBackups, folderSource } from "../drill/source";

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const HEAD = "backup 2026-11-27T03:10:00Z releases/7-abcdef012345\n";
const line = (kind: string, text: string, name: string): string => `${kind} ${sha(text)} ${text.length} ${name}\n`;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "ddos-drill-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function backup(list: string, objects: Readonly<Record<string, string>>): string {
  const from = join(folder, "from");
  for (const [key, text] of Object.entries({ "backups/backend/latest": HEAD + list, ...objects })) {
    mkdirSync(dirname(join(from, key)), { recursive: true });
    writeFileSync(join(from, key), text);
  }
  return from;
}

test("the list of backup.sh is read, with the key of each object", () => {
  const { at, release, objects } = parseList(
    `${HEAD}${line("published", "m", "stage2.pkl")}${line("model", "n", "own model.pkl")}${line("data", "d", "data-1.tar.gz")}${line("logs", "l", "logs-1.tar.gz")}${line("releases", "h", "releases-1.jsonl")}`,
    "backend",
    "x",
  );
  expect({ at, release }).toEqual({ at: "2026-11-27T03:10:00Z", release: "7-abcdef012345" });
  expect(objects.map(({ key }) => key)).toEqual([
    `models/${sha("m")}/stage2.pkl`,
    `backups/backend/models/${sha("n")}/own model.pkl`,
    "backups/backend/data/data-1.tar.gz",
    "backups/backend/logs/logs-1.tar.gz",
    "backups/backend/releases/releases-1.jsonl",
  ]);
});

test.each([
  "published abc 3 x",
  `data ${"a".repeat(64)} -3 x`,
  `data ${"a".repeat(64)} 3 ../../etc/passwd`,
  `data ${"a".repeat(64)} 3 ..`,
  `secret ${"a".repeat(64)} 3 x`,
  `data ${"a".repeat(64)} 3 `,
])("a line that names no object, or leads elsewhere, is refused: %s", (bad) => {
  expect(() => parseList(`${HEAD}${line("data", "d", "data-1.tar.gz")}${bad}\n`, "backend", "here")).toThrow(
    /^here: found lines that name no object[^]*line 3: /,
  );
});

test("what is no list is not taken for one without objects", () => {
  expect(() => parseList("", "backend", "here")).toThrow(/here: found no list of a backup/);
  expect(() => parseList("<html>", "backend", "here")).toThrow(/first line has to be/);
});

test("every object is compared with the list, and all that is wrong is named at once", async () => {
  const list = line("data", "good", "d.tar.gz") + line("published", "model", "stage2.pkl") + line("logs", "logs", "l.tar.gz");
  const objects = { "backups/backend/data/d.tar.gz": "good", [`models/${sha("model")}/stage2.pkl`]: "modal" };
  const from = backup(list, objects);
  await expect(fetchBackup(folderSource(from), "backend", join(folder, "to"))).rejects.toThrow(
    /cannot be restored:\nmodels\/\w+\/stage2\.pkl has the SHA-256 \w+, the list says \w+\nbackups\/backend\/logs\/l\.tar\.gz is not there$/,
  );
  writeFileSync(join(from, `models/${sha("model")}/stage2.pkl`), "model");
  writeFileSync(join(backup(list, { "backups/backend/logs/l.tar.gz": "logs" }), "other"), "x");
  const fetched = await fetchBackup(folderSource(from), "backend", join(folder, "to"));
  expect(fetched.bytes).toBe(13);
  expect(readFileSync(join(folder, "to/backups/backend/data/d.tar.gz"), "utf8")).toBe("good");
  expect(readFileSync(join(folder, "to", fetched.listKey), "utf8")).toBe(HEAD + list);
});

test("with several backends each has its own backup, and what is wrong with any of them is said at once", async () => {
  const from = backup(line("data", "good", "d.tar.gz"), { "backups/backend/data/d.tar.gz": "good" });
  const second = `${HEAD}${line("data", "other", "d.tar.gz")}${line("published", "model", "stage2.pkl")}`;
  mkdirSync(join(from, "backups/backend-2/data"), { recursive: true });
  writeFileSync(join(from, "backups/backend-2/latest"), second);
  const fetched = (): ReturnType<typeof fetchBackups> =>
    fetchBackups(folderSource(from), ["backend", "backend-2", "backend-3"], join(folder, "to"));
  await expect(fetched()).rejects.toThrow(
    /^the backup of backend-2 of \S+ in \S+ cannot be restored:\nbackups\/backend-2\/data\/d\.tar\.gz is not there\nmodels\/\w+\/stage2\.pkl is not there\n\S+ has no backups\/backend-3\/latest: /,
  );
  writeFileSync(join(from, "backups/backend-2/data/d.tar.gz"), "other");
  mkdirSync(join(from, "models", sha("model")), { recursive: true });
  writeFileSync(join(from, "models", sha("model"), "stage2.pkl"), "model");
  mkdirSync(join(from, "backups/backend-3"));
  writeFileSync(join(from, "backups/backend-3/latest"), HEAD);
  expect((await fetched()).map(({ host, listKey, bytes }) => [host, listKey, bytes])).toEqual([
    ["backend", "backups/backend/latest", 4],
    ["backend-2", "backups/backend-2/latest", 10],
    ["backend-3", "backups/backend-3/latest", 0],
  ]);
  expect(readFileSync(join(folder, "to/backups/backend-2/data/d.tar.gz"), "utf8")).toBe("other");
});

test("a drill restores all backends that the stack's file names", () => {
  const stackOf = (config: string): void => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    writeFileSync(join(folder, "Pulumi.s.yaml"), `config:\n  aws:region: us-east-1\n${config}`);
  };
  stackOf("");
  expect(wantedOf("s", folder)).toEqual({ prefix: "", hosts: ["backend"] });
  stackOf("  p:backend: { loadBalancer: true, count: 2 }\n  p:models: { existing: { bucket: team-models, prefix: ml/ } }\n");
  expect(wantedOf("s", folder)).toEqual({ prefix: "ml/", hosts: ["backend", "backend-2"] });
});

test("a folder without a backup, and none, are said to be that", async () => {
  mkdirSync(join(folder, "empty"));
  await expect(fetchBackup(folderSource(join(folder, "empty")), "backend", join(folder, "to"))).rejects.toThrow(
    /has no backups\/backend\/latest: no backup was made yet/,
  );
  expect(() => folderSource(join(folder, "nowhere"))).toThrow(/is no folder/);
});

test("the report says what was asked, and what was not", () => {
  const seconds = { read: 1, machines: 60, restore: 2, release: 9, all: 72 };
  const report = {
    stack: "prod",
    source: "s3://b",
    backups: [
      { host: "backend" as const, at: "T", release: "7-a", objects: 3, bytes: 9 },
      { host: "backend-2" as const, at: "U", release: "8-b", objects: 3, bytes: 9 },
    ],
    checks: 0,
    models: ["m.pkl"],
    seconds,
  };
  expect(renderDrill(report)).toMatch(/^prod: the backup of backend of T \(release 7-a\) .*\nprod: the backup of backend-2 of U /);
  expect(renderDrill(report)).toMatch(/records no checks[^]*\n72 s from the start/);
  expect(renderDrill({ ...report, checks: 4 })).toMatch(/4 recorded checks were answered/);
});
