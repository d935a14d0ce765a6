import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { renderUnit } from "../../../infra/release/render";
import { ALLOWANCES, type Allowance } from "../../../infra/release/sandbox";
import { lacking, unless } from "../../needs";
import { exampleSpec } from "./example";

const SCRIPT = join(__dirname, "../../../templates/steps/sandbox.sh");

/** What the libraries said in the sandbox of the service, on a test host with Python 3.13 (numba 0.63.1, psutil 7.2.2). */
const SAID: [what: string, said: string, allow: Allowance | "data" | undefined][] = [
  [
    "numba",
    "PermissionError: [Errno 13] cannot allocate executable memory. This may be due to security restrictions on your system, such as SELinux or similar mechanisms.",
    "jit",
  ],
  [
    "cffi",
    "MemoryError: Cannot allocate write+execute memory for ffi.callback(). You might be running on a system that prevents this.",
    "jit",
  ],
  ["a mapping", "    mmap.mmap(-1, 4096, prot=7)\n    ~~~~~~~~~^^^^^^\nPermissionError: [Errno 13] Permission denied", "jit"],
  ["psutil, memory", "FileNotFoundError: [Errno 2] No such file or directory: '/proc/meminfo'", "proc"],
  ["the processor's name", "FileNotFoundError: [Errno 2] No such file or directory: '/proc/cpuinfo'", "proc"],
  ["onnxruntime", "Error in cpuinfo: failed to parse processor information from /proc/cpuinfo\nterminate called after", "proc"],
  [
    "psutil, interfaces",
    "    rawlist = _psplatform.net_if_addrs()\nOSError: [Errno 97] Address family not supported by protocol",
    "netlink",
  ],
  ["affinity", "    os.sched_setaffinity(0, {0})\nPermissionError: [Errno 1] Operation not permitted", "scheduling"],
  ["nice", "    os.nice(1)\nPermissionError: [Errno 1] Operation not permitted", "scheduling"],
  ["a GPU", "FileNotFoundError: [Errno 2] No such file or directory: '/dev/nvidia0'", "devices"],
  ["boto3 without keys", "botocore.exceptions.NoCredentialsError: Unable to locate credentials", "metadata"],
  ["a read-only folder", "OSError: [Errno 30] Read-only file system: '/usr/x'", "data"],
  ["a module that is missing", "ModuleNotFoundError: No module named 'process'", undefined],
  ["a file that is missing", "FileNotFoundError: [Errno 2] No such file or directory: '/home/ddos/app/config.json'", undefined],
  ["memory", "MemoryError: Unable to allocate 8.00 GiB for an array with shape (32768, 32768)", undefined],
  ["another program's rights", "PermissionError: [Errno 1] Operation not permitted: 'x'", undefined],
  ["nothing", "", undefined],
];

unless(lacking("bash")).each(SAID)("%s: the key is named where the sandbox is the reason, and only there", (_what, said, allow) => {
  const hint = execFileSync("bash", ["-euo", "pipefail", "-c", `. "$1"; sandbox_hint "$2"`, "bash", SCRIPT, said], { encoding: "utf8" });
  if (allow === undefined) expect(hint).toBe("");
  else if (allow === "data") expect(hint).toMatch(/^ The service may write in \/home\/ddos\/data and \/tmp alone/);
  else expect(hint).toContain(`add to ml-gateway:sandbox.allow ${allow}: `);
});

describe("sandbox.allow", () => {
  const lines = (allow: readonly Allowance[]): string[] => renderUnit(exampleSpec("backend", { sandbox: allow }), "current").split("\n");
  const [closed, gone] = [lines([]), (allow: Allowance) => closed.filter((line) => !lines([allow]).includes(line))];

  test.each<[Allowance, string[]]>([
    ["jit", ["MemoryDenyWriteExecute=yes"]],
    ["proc", ["ProtectProc=invisible", "ProcSubset=pid"]],
    ["netlink", ["RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"]],
    ["scheduling", ["SystemCallFilter=~@privileged @resources"]],
    ["devices", ["PrivateDevices=yes"]],
  ])("%s opens its own part and nothing else", (allow, expected) => {
    expect(gone(allow)).toEqual(expected);
  });

  test("what takes the place of a line is the rest of it", () => {
    const all = lines(ALLOWANCES);
    expect(all).toContain("RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK");
    expect(all).toContain("SystemCallFilter=~@privileged");
    expect(all).toContain("ProtectSystem=strict");
  });
});
