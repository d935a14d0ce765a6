/**
 * Where tests make their folders: in memory, where the machine has a place for that (`/dev/shm` of Linux). They make and remove some ten thousand
 * files, and on a disk a third of the system's time goes into its journal.
 */
const { accessSync, constants, readFileSync, statfsSync } = require("node:fs");

/** More than what all tests have at one time; a container's own is 64 MiB unless told otherwise. */
const ROOM = 1 << 30;

/**
 * A folder in memory that programs can be run from; undefined where there is none, or too little room.
 * @param mounts as /proc/mounts has it
 */
function memoryFolder(mounts, folder = "/dev/shm") {
  const [, , kind, options = ""] =
    mounts
      .split("\n")
      .map((line) => line.split(" "))
      .findLast(([, place]) => place === folder) ?? [];
  if (kind !== "tmpfs" || options.split(",").some((option) => option === "noexec" || option === "ro")) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < ROOM ? undefined : folder;
}

module.exports = {
  memoryFolder,
  /** Undefined where a folder was chosen already, or the machine has none in memory. */
  temporaryFolder: () => {
    if (process.env.TMPDIR !== undefined) return undefined;
    try {
      const folder = memoryFolder(readFileSync("/proc/mounts", "utf8"));
      if (folder !== undefined) accessSync(folder, constants.W_OK | constants.X_OK);
      return folder;
    } catch {
      return undefined; // no Linux, or a machine that keeps it to itself: then tests use the usual folder
    }
  },
};
