import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupsBelow } from "../cgroup";
import { ifThere, removeIfEmpty } from "../files";

describe("what may vanish", () => {
  const directory = fs.mkdtempSync(join(tmpdir(), "vanish-"));
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => fs.rmSync(directory, { recursive: true }));

  const failing = (code: string) => (): string => {
    throw Object.assign(new Error(code), { code });
  };

  test.each(["ENOENT", "ENODEV", "ESRCH"])("%s says that it has gone", (code) => {
    expect(ifThere(failing(code), "gone")).toBe("gone");
  });

  test("every other failure is one", () => {
    expect(() => ifThere(failing("EACCES"), "gone")).toThrow("EACCES");
  });

  test("a group that vanishes while its parent is listed is listed without children", () => {
    const [parent, child] = [join(directory, "lab"), join(directory, "lab/machine")];
    fs.mkdirSync(join(child, "inner"), { recursive: true });
    const list = fs.readdirSync;
    jest.spyOn(fs, "readdirSync").mockImplementation(((path: string, options: { withFileTypes: true }) => {
      const entries = list(path, options);
      if (path === parent) fs.rmSync(child, { recursive: true });
      return entries;
    }) as unknown as typeof fs.readdirSync);
    expect(groupsBelow(parent)).toEqual([child, parent]);
    expect(groupsBelow(join(directory, "never"))).toEqual([join(directory, "never")]);
  });

  test("a directory in use stays, an empty one and an absent one are gone", () => {
    const [used, empty] = [join(directory, "used"), join(directory, "empty")];
    fs.mkdirSync(join(used, "file"), { recursive: true });
    fs.mkdirSync(empty);
    for (const one of [used, empty, join(directory, "absent")]) removeIfEmpty(one);
    expect([used, empty].map((one) => fs.existsSync(one))).toEqual([true, false]);
    fs.writeFileSync(empty, "");
    expect(() => removeIfEmpty(empty)).toThrow("ENOTDIR");
  });
});
