/** templates/steps/home.sh: what root does below /home/ddos goes nowhere else, whatever lies there. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScript } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const asRoot = unless(lacking("bash") ?? lacking("findmnt") ?? (process.getuid?.() === 0 ? undefined : "it is about what root does"));
let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "home-test-")));
  mkdirSync(join(root, "home/ddos/releases"), { recursive: true });
  mkdirSync(join(root, "elsewhere/7"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** @returns status and all that was said; the user ddos is nobody here */
function bash(call: string): { status: number | null; said: string } {
  const text = `set -Eeuo pipefail\ndisplaced() { printf '%s\\n' "$1"; exit 1; }\n${readScript("home")}\nas_ddos() { setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; }\ncd ${root}\n${call}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", text], { encoding: "utf8" });
  return { status, said: stdout + stderr };
}

const HOME = (name: string): string => join(root, "home/ddos", name);

asRoot("what is removed is removed in the folder itself, and a link of its owner's in its place is refused by name", () => {
  mkdirSync(HOME("releases/7"));
  expect(bash(`discard ${HOME("releases")} 7`)).toEqual({ status: 0, said: "" });
  expect(readdirSync(HOME("releases"))).toEqual([]);
  const { status, said } = bash(
    `rmdir ${HOME("releases")}; ln -s ${root}/elsewhere ${HOME("releases")}; chown -h 65534 ${HOME("releases")}; discard ${HOME("releases")} 7`,
  );
  expect(status).toBe(1);
  expect(said).toBe(
    `${HOME("releases")} is not the folder that belongs there: the path leads to ${root}/elsewhere. Nothing was changed there. Remove what is in its place, then run again\n`,
  );
  expect(existsSync(join(root, "elsewhere/7"))).toBe(true);
});

asRoot.each(["../../elsewhere", "/elsewhere"])("a link that root made there is followed, as to a larger volume: %s", (path) => {
  const to = path.startsWith("/") ? `${root}${path}` : path;
  expect(bash(`rmdir ${HOME("releases")}; ln -s ${to} ${HOME("releases")}; discard ${HOME("releases")} 7`)).toEqual({
    status: 0,
    said: "",
  });
  expect(readdirSync(join(root, "elsewhere"))).toEqual([]);
});

asRoot("a folder that is not there has nothing to remove", () => {
  expect(bash(`discard ${HOME("none")} 7`)).toEqual({ status: 0, said: "" });
});

asRoot.each([
  ["the same file system", ""],
  ["another one, where its owner writes it", "mount_of() { printf '%s' \"$1\"; }"],
])("a folder is handed over whole to %s", (_, other) => {
  const made = `mkdir -p new/app; echo x >new/app/a.py; echo s >new/app/.env; chmod 644 new/app/a.py; chmod 600 new/app/.env; ln -s ../../venvs/v new/venv
chown -hR 65534:65534 new home/ddos/releases; chmod 711 .`;
  expect(bash(`${made}; ${other}\nhand_over ${root}/new ${HOME("releases")} 8`)).toEqual({ status: 0, said: "" });
  const list = `find ${HOME("releases")} -mindepth 1 -printf '%P %y %m %U:%G %l\\n' | LC_ALL=C sort`;
  expect(bash(list).said.trim().split("\n")).toEqual([
    "8 d 755 65534:65534 ",
    "8/app d 755 65534:65534 ",
    "8/app/.env f 600 65534:65534 ",
    "8/app/a.py f 644 65534:65534 ",
    "8/venv l 777 65534:65534 ../../venvs/v",
  ]);
  expect(existsSync(join(root, "new"))).toBe(false);
});

asRoot("owners are corrected, also of links; what a link leads to is left as it is", () => {
  const make = `cd ${HOME("releases")}; mkdir -p 7/app; echo x >7/app/a.py; echo root >${root}/elsewhere/file; ln -s ${root}/elsewhere 7/app/away; ln -s ${root}/elsewhere/file 7/app/file`;
  const asNobody = `find() { command find "\${@//ddos/65534}"; }`;
  const { status, said } = bash(`${make}; cd /; ${asNobody}; correct_owners ${HOME("releases")} 7`);
  expect([status, said.trim().split("\n").sort()]).toEqual([
    0,
    [
      "./7 was root:root",
      "./7/app was root:root",
      "./7/app/a.py was root:root",
      "./7/app/away was root:root",
      "./7/app/file was root:root",
    ],
  ]);
  const owners = bash(`find ${HOME("releases")}/7 -printf '%U '; stat -c %u ${root}/elsewhere ${root}/elsewhere/file`).said;
  expect(owners).toBe("65534 65534 65534 65534 65534 0\n0\n");
});
