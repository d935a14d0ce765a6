/** What a start of a host puts back of the release that serves, run by bash on a small tree. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readPart } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const bash = unless(lacking("bash"));
const ID = "3-abcdef012345";
let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "missing-test-"))));
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A release with its records, as the switch leaves them, and nothing that leads to it. */
function release(mode: "application" | "proxy"): void {
  for (const name of mode === "proxy" ? ["config"] : ["app", "venv", "models", "config"]) {
    mkdirSync(join(root, "home/ddos/releases", ID, name), { recursive: true });
  }
  const records = `var/lib/ddos/releases/${ID}`;
  write(`${records}/facts`, `role=gateway\nport=80\nmode=${mode}\n`);
  write(`${records}/nginx`, "the site");
  if (mode === "application") for (const name of ["unit", "next-unit"]) write(`${records}/${name}`, `the ${name}`);
  write("var/lib/ddos/serving", `current=${ID}\nprevious=\ninvocation=x\n`);
  for (const folder of ["etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/systemd/system"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
}

/** @returns the commands of systemd that it would have run */
function putBack(): string[] {
  const text = `set -Eeuo pipefail
SCRATCH=${root}
say() { :; }
die() { printf '%s\\n' "$*"; exit 1; }
entry() { sed -n "/^$2=/{s/^[^=]*=//p;q}" "$1"; }
fact() { entry "/var/lib/ddos/releases/$1/facts" "$2"; }
is_proxy() { [ "$(fact "$1" mode)" = proxy ]; }
systemctl() { printf '%s\\n' "systemctl $*"; }
allow_and_enable() { printf '%s\\n' "enable $1"; }
place() { CHANGED=1; cp -- "$1" "$2"; }
link() { ln -sfnT -- "$2" "$1"; }
${readPart("recover-state")}
${readPart("recover-units")}
${readPart("recover-missing")}
put_back`.replace(/(?<![\w.}])\/(?=home\/|var\/|etc\/)/g, `${root}/`);
  return execFileSync("bash", ["-c", text], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const target = (path: string): string => readlinkSync(join(root, path)).replace(root, "");

bash("all that leads to an application: links, units and site; systemd starts the unit that it had not seen", () => {
  release("application");
  expect(putBack()).toEqual([
    "systemctl daemon-reload",
    "enable ddos-gateway.service",
    "systemctl start --no-block -- ddos-gateway.service",
  ]);
  expect(["current", "app", "venv", "models", "config"].map((name) => target(`home/ddos/${name}`))).toEqual([
    `releases/${ID}`,
    "current/app",
    "current/venv",
    "current/models",
    "current/config",
  ]);
  expect(read("etc/systemd/system/ddos-gateway.service")).toBe("the unit");
  expect(read("etc/systemd/system/ddos-gateway-next.service")).toBe("the next-unit");
  expect(read("etc/nginx/sites-enabled/gateway")).toBe("the site");
  expect(putBack()).toEqual([]);
});

bash("what somebody changed stays; an emptied file and a link that leads nowhere are gone", () => {
  release("application");
  putBack();
  write("etc/systemd/system/ddos-gateway.service", "edited");
  write("etc/nginx/sites-available/gateway", "");
  rmSync(join(root, "home/ddos/app"));
  symlinkSync("current/nothing", join(root, "home/ddos/app"));
  expect(putBack()).toEqual([]);
  expect(read("etc/systemd/system/ddos-gateway.service")).toBe("edited");
  expect(read("etc/nginx/sites-available/gateway")).toBe("the site");
  expect(target("home/ddos/app")).toBe("current/app");
});

bash("a gateway in proxy mode has a site, and no unit or application", () => {
  release("proxy");
  expect(putBack()).toEqual([]);
  expect(read("etc/nginx/sites-enabled/gateway")).toBe("the site");
  expect(existsSync(join(root, "home/ddos/app"))).toBe(false);
});

bash("nothing is made up where the release itself is gone", () => {
  release("application");
  rmSync(join(root, `var/lib/ddos/releases/${ID}/facts`));
  expect(putBack()).toEqual([]);
  expect(existsSync(join(root, "home/ddos/current"))).toBe(false);
});
