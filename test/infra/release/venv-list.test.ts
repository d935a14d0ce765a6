/** The record of an environment has the same lines as ever: standing hosts compare what they built with it. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { lacking, unless } from "../../needs";
import { removeTrees, treeOf } from "../app/trees";

afterAll(removeTrees);

const LIB = join(__dirname, "../../../templates/steps/lib.sh");
/** By the tools that these lines were first made with. */
const BY_SHA256SUM = String.raw`cd -- "$1" && { find . -type f ! -path ./.manifest ! -path ./.complete -print0 | xargs -0 -r sha256sum |
  sed -E 's,^([0-9a-f]{64})  \./(.*)$,\2 file \1,'; find . -type l -printf '%P link %l\n'; } | LC_ALL=C sort`;

unless(lacking("bash") ?? lacking("python3") ?? lacking("sha256sum"))(
  "files, links and odd names have the lines that sha256sum, find and sort gave",
  () => {
    const root = treeOf({
      "lib/python3.11/site-packages/a/__init__.py": "x = 1\n",
      "lib/python3.11/site-packages/a-1.0.dist-info/RECORD": "",
      lib64: { link: "lib" },
      "bin/python": { link: "/usr/bin/python3" },
      ".manifest": "not itself",
      ".complete": "nor this",
      "sub/.manifest": "but this",
      "Z and a blank.txt": "b",
      "ünï.txt": "c",
      "back\\slash.txt": "d",
      "large.bin": "0123456789".repeat(250_000),
    });
    const list = execFileSync("bash", ["-c", '. "$0"; venv_list "$1"', LIB, root]).toString();
    expect(list).toBe(execFileSync("bash", ["-c", BY_SHA256SUM, "bash", root]).toString());
    expect(list.split("\n").length).toBe(10);
  },
);

unless(lacking("bash") ?? lacking("python3"))("a folder that is not there is an error and no empty list", () => {
  expect(() => execFileSync("bash", ["-c", '. "$0"; venv_list "$1"', LIB, "/no/such/folder"], { stdio: "pipe" })).toThrow();
});
