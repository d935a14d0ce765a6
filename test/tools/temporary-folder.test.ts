/** tools/temporary-folder.js: a folder in memory is taken where tests can run programs from it, and no other. */
import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const { memoryFolder } = jest.requireActual<{ memoryFolder: (mounts: string, folder: string) => string | undefined }>(
  "../../tools/temporary-folder",
);
const folder = tmpdir();
const mount = (kind: string, options: string): string => `/dev/vda / ext4 rw 0 0\n${kind} ${folder} ${kind} ${options} 0 0\n`;

test("one in memory with room is taken", () => {
  const { bavail, bsize } = statfsSync(folder);
  expect(memoryFolder(mount("tmpfs", "rw,relatime"), folder)).toBe(bavail * bsize < 2 ** 30 ? undefined : folder);
});

test.each([
  ["on a disk", mount("ext4", "rw")],
  ["that runs no programs", mount("tmpfs", "rw,noexec")],
  ["that cannot be written", mount("tmpfs", "ro")],
  ["that lies under a disk mounted later", `${mount("tmpfs", "rw")}${mount("ext4", "rw")}`],
  ["that is no place of its own", "/dev/vda / ext4 rw 0 0\n"],
])("one %s is not", (_, mounts) => {
  expect(memoryFolder(mounts, folder)).toBeUndefined();
});

test("one that is not there is none", () => {
  expect(existsSync("/nowhere/shm")).toBe(false);
  expect(memoryFolder(mount("tmpfs", "rw"), "/nowhere/shm")).toBeUndefined();
});
