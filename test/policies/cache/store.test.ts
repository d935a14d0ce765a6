/** Results on disk: only one's own, only unchanged ones, nothing of them readable, and not without bound. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MOST_BYTES, MOST_FILES, openStore } from "../../../policies/cache/store";

let folder: string;
beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), "store-")), "kept")));
afterEach(() => {
  rmSync(join(folder, ".."), { recursive: true });
});

const CONTENT = Buffer.from("SECRET_KEY=correct-horse ".repeat(50));
const MATERIAL = "scripts and SECRET_KEY=correct-horse";

function opened(): NonNullable<ReturnType<typeof openStore>> {
  const store = openStore(folder);
  if (!store) throw new Error("the store did not open");
  return store;
}
/** Keeps one result and says in which file. */
async function kept(): Promise<string> {
  const store = opened();
  store.write(await store.keyOf(MATERIAL, true), CONTENT);
  const [name = ""] = readdirSync(folder).filter((one) => one !== "salt");
  return join(folder, name);
}
const found = async (material = MATERIAL, guarded = true): Promise<Buffer | undefined> => {
  const store = opened();
  return store.read(await store.keyOf(material, guarded));
};

test("what was kept is found by the next process, under the same material alone", async () => {
  await kept();
  expect(await found()).toEqual(CONTENT);
  expect(await found(`${MATERIAL} `)).toBeUndefined();
});

test("neither name nor content of the file tells a secret, and nobody else may open it", async () => {
  const file = await kept();
  expect(readFileSync(file).includes("correct-horse")).toBe(false);
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  expect(lstatSync(folder).mode & 0o777).toBe(0o700);
  // The same material gives another name elsewhere: names cannot be looked up in a table.
  const name = file.slice(folder.length);
  rmSync(folder, { recursive: true });
  expect((await kept()).slice(folder.length)).not.toBe(name);
});

test.each<[string, (file: string) => void]>([
  ["cut off", (file) => truncateSync(file, 40)],
  ["empty", (file) => truncateSync(file, 0)],
  [
    "changed in one bit",
    (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
  ],
  [
    "made a link",
    (file) => {
      renameSync(file, `${folder}-elsewhere`);
      symlinkSync(`${folder}-elsewhere`, file);
    },
  ],
  ["opened to others", (file) => chmodSync(file, 0o644)],
  [
    "made a folder",
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
])("a result that was %s counts as absent", async (_, damage) => {
  damage(await kept());
  expect(await found()).toBeUndefined();
});

test.each<[string, () => void]>([
  ["is open to others", () => chmodSync(folder, 0o755)],
  [
    "is a link",
    () => {
      renameSync(folder, `${folder}-elsewhere`);
      symlinkSync(`${folder}-elsewhere`, folder);
    },
  ],
  [
    "is a file",
    () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "");
    },
  ],
])("a folder that %s is not used", async (_, change) => {
  await kept();
  change();
  expect(openStore(folder)).toBeUndefined();
});

test("a result that somebody put in another's place is not taken for it", async () => {
  const file = await kept();
  const store = opened();
  store.write(await store.keyOf("other", false), CONTENT);
  const [other = ""] = readdirSync(folder).filter((one) => one !== "salt" && join(folder, one) !== file);
  renameSync(join(folder, other), file);
  expect(await found()).toBeUndefined();
});

test("bounded: what was used last stays", async () => {
  const store = opened();
  const names: string[] = [];
  for (let index = 0; index < MOST_FILES + 3; index += 1) {
    const key = await store.keyOf(`number ${String(index)}`, false);
    store.write(key, Buffer.from("x"));
    // Of the first the least recent, the second is asked for once more below.
    utimesSync(join(folder, key.name), 1000 + index, 1000 + index);
    if (index === MOST_FILES - 1) expect(store.read(await store.keyOf("number 0", false))?.toString()).toBe("x");
    names.push(key.name);
  }
  const left = readdirSync(folder);
  expect(left).toHaveLength(MOST_FILES + 1);
  expect(left).toContain(names[0]);
  expect(left).not.toContain(names[1]);
  expect(left).not.toContain(names[2]);
  expect(left).not.toContain(names[3]);
});

test("bounded in bytes, and what a killed process left is cleared away", async () => {
  await kept();
  writeFileSync(join(folder, "left.1.new"), "");
  utimesSync(join(folder, "left.1.new"), 1000, 1000);
  writeFileSync(join(folder, "large"), "");
  truncateSync(join(folder, "large"), MOST_BYTES);
  utimesSync(join(folder, "large"), 2000, 2000);
  await kept();
  expect(readdirSync(folder)).toHaveLength(2);
  expect(await found()).toEqual(CONTENT);
});
