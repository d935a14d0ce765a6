/** What a host's scripts know and say, run by bash on a small tree: which release serves, which three stay, whose file nginx refuses. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readPart } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";
import { functionOf } from "./functions";

const bash = unless(lacking("bash"));
let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "state-test-"))));
afterEach(() => rmSync(root, { recursive: true }));

const id = (number: number): string => `${number}-${"abcdef012345"}`;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Records and folder of a release. */
function release(number: number, parts: readonly ("folder" | "facts")[] = ["folder", "facts"]): void {
  if (parts.includes("folder")) mkdirSync(join(root, "home/ddos/releases", id(number), "app"), { recursive: true });
  if (parts.includes("facts")) write(`var/lib/ddos/releases/${id(number)}/facts`, "role=backend\nport=9000\n");
}

const SERVING = (number: number, previous: number): string => `current=${id(number)}\nprevious=${id(previous)}\ninvocation=x\n`;

/** @param answers who answers on which port */
function run(call: string, answers: Readonly<Record<number, string>> = {}): string {
  const ports = Object.entries(answers).map(([port, name]) => `${port}) printf '%s' '${name}' ;;`);
  const text = `set -Eeuo pipefail
SCRATCH=${root}
say() { printf '%s\\n' "$*"; }
entry() { sed -n "/^$2=/{s/^[^=]*=//p;q}" "$1"; }
is_proxy() { return 1; }
property() { printf active; }
${readPart("release-names")}
${readPart("home")}
${readPart("recover-state")}
put_back() { :; }
answering() { case "$1" in ${ports.join(" ")} *) ;; esac; }
${call}`;
  const moved = text.replace(/\/(home\/ddos|var\/lib\/ddos|etc\/(nginx|systemd))/g, `${root}/$1`);
  return execFileSync("bash", ["-c", moved], { encoding: "utf8" }).trim();
}

bash("the serving release is found by whatever is left", () => {
  release(7);
  release(8);
  write("var/lib/ddos/serving", SERVING(8, 7));
  expect(run("current_release", { 8000: id(7) })).toBe(id(8));
  write("var/lib/ddos/serving", "\0\0garbage current=../../etc");
  expect(run("current_release", { 8000: id(7) })).toBe(id(7));
  symlinkSync(`releases/${id(8)}`, join(root, "home/ddos/current"));
  expect(run("current_release")).toBe(id(8));
});

bash("a host that answers is never an empty one, and an empty one is", () => {
  expect(run("current_release")).toBe("");
  expect(run("current_release", { 8000: id(3) })).toBe(id(3));
  expect(run("current_release", { 8000: "../../etc" })).toBe("");
});

const keep = (): string[] => run("keep_list").split("\n");
bash("three stay: what serves or could have to, then the newest; a number above the current one never came to serve", () => {
  for (const number of [1, 2, 3, 4, 5, 6]) release(number);
  write("var/lib/ddos/serving", SERVING(4, 1));
  expect(keep()).toEqual([id(4), id(1), id(3)]);
  run("trim");
  expect(run("release_names").split("\n")).toEqual([id(4), id(3), id(1)]);
});

bash("while a switch is open, both of its releases stay, and the one that stands in", () => {
  for (const number of [1, 2, 3, 4, 5, 6]) release(number);
  write("var/lib/ddos/serving", SERVING(4, 3));
  write("var/lib/ddos/switching", `from=${id(4)}\nto=${id(6)}\nphase=wedged\nstandin=${id(5)}\n`);
  expect(keep()).toEqual([id(4), id(5), id(6)]);
});

bash("without any record the newest three stay, and records without a release go", () => {
  for (const number of [1, 2, 3, 4]) release(number);
  release(9, ["facts"]);
  run("trim");
  expect(run("release_names").split("\n")).toEqual([id(4), id(3), id(2)]);
  expect(run("names_in /var/lib/ddos/releases | sort").split("\n")).toEqual([id(2), id(3), id(4)]);
});

describe("who serves is asked", () => {
  const SITE = "upstream x {}\nserver {\n    listen 9000 default_server backlog=1024;\n}\n";
  bash.each([
    [{ 9000: id(2), 8000: id(2) }, `release ${id(2)} answers on port 9000$`, ""],
    [
      { 9000: id(3), 8001: id(3) },
      `release ${id(3)} answers on port 9000, by its candidate on port 8001; the service itself does not$`,
      id(3),
    ],
    [{ 8000: id(2) }, `release ${id(2)} answers on port 8000, but nothing on port 9000: nginx is active$`, ""],
    [{}, "nothing serves on this host$", ""],
    // The candidate of a first release, which nginx does not know of.
    [{ 8001: id(1) }, `release ${id(1)} answers on port 8001, but nothing on port 9000`, ""],
  ])("%j", (answers, sentence, standIn) => {
    write("etc/nginx/sites-available/backend", SITE);
    expect(run("state", answers)).toMatch(new RegExp(`^Asked just now: ${sentence}`));
    expect(run("stand_in", answers)).toBe(standIn);
  });
});

const gates = readPart("release-gates").replace(/^\. .*\n/gm, "");
const reason = (said: string): string =>
  execFileSync("bash", ["-c", `ROLE=backend PORT=9000\n${gates}\nsite_reason "$1"`, "bash", said], { encoding: "utf8" });
const EMERG = "2026/11/27 11:00:00 [emerg] 1#1: ";

bash.each([
  ['unknown directive "x" in /etc/nginx/sites-enabled/backend:3', "nginx refuses the new site: "],
  [
    'unknown directive "x" in /etc/nginx/conf.d/person.conf:1',
    "because of /etc/nginx/conf.d/person.conf, which is not part of this deployment: ",
  ],
  ["unexpected end of file in /etc/nginx/sites-enabled/backend.old:9", "because of /etc/nginx/sites-enabled/backend.old, which is not"],
  ['host not found in upstream "no-such-host.internal:9000" in /etc/nginx/sites-enabled/backend:14', "nginx refuses the new site: "],
  ["bind() to 0.0.0.0:80 failed (98: Address already in use)", "nginx refuses the new site: "],
])("nginx says: %s", (error, sentence) => {
  expect(
    reason(`nginx: [warn] x\nnginx: ${EMERG.slice(20)}${error}\nnginx: configuration file /etc/nginx/nginx.conf test failed`),
  ).toContain(sentence);
});

const space = (answer: string, call: string): string => {
  // Where the files are is looked up in folders of a host; in this machine's /tmp that may take minutes.
  const part = readPart("space").replace("in /home/ddos/data /home/ddos/logs /var/log/ddos-service /tmp /var/tmp; do", `in ${root}; do`);
  const text = `fail() { printf '%s' "$1"; exit 0; }\nstat() { printf '%s\\n' '${answer}'; }\ndf() { printf 'x\\nx x x 5000 x x\\n'; }\n${part}\n${call}`;
  expect(part).toContain(`in ${root}; do`);
  return execFileSync("bash", ["-c", text], { encoding: "utf8" });
};

bash("inodes are counted where there is a number of them", () => {
  expect(space("262144 12", 'free_space / 100 "the models"')).toMatch(
    /^the file system of \/ can take no more files for the models: 1000 inodes needed, 12 free, though 5000 MiB are\. .*df -i/,
  );
  expect(space("262144 2000", 'free_space / 100 "x"')).toBe("");
  expect(space("0 0", 'free_space / 100 "x"')).toBe("");
  expect(space("262144 2000", 'free_space / 6000 "x"')).toMatch(/^not enough disk space for x: 6000 MiB needed in \/, 5000 MiB free/);
});

bash("a new site is tried on ten ports in a row that nobody uses", () => {
  const site =
    "server {\n    listen 9000 default_server;\n    listen [::]:9000;\n}\nserver {\n    listen 443 ssl;\n    listen 127.0.0.1:81;\n}\n";
  const ports = (used: readonly number[]): string[] => {
    const ss = used.map((port) => `LISTEN 0 511 0.0.0.0:${port} 0.0.0.0:*`).join("\n");
    writeFileSync(join(root, "site.conf"), site);
    const text = `STAGE=${root} ROLE=backend PORT=9000\nfail() { printf '%s' "$1"; exit 0; }\nss() { printf '%s\\n' '${ss}'; }\n${gates}\non_spare_ports\ncat ${root}/spare.conf`;
    return execFileSync("bash", ["-c", text], { encoding: "utf8" }).match(/listen.*|a new nginx site.*/g) ?? [];
  };
  expect(ports([8000, 9000])).toEqual(["listen 127.0.0.1:8100 default_server;", "listen 127.0.0.1:8101 ssl;", "listen 127.0.0.1:8102;"]);
  expect(ports([8100, 8115])[0]).toBe("listen 127.0.0.1:8120 default_server;");
  expect(ports(Array.from({ length: 80 }, (_, block) => 8103 + 10 * block))[0]).toMatch(/^a new nginx site is tried on ten unused ports/);
});

bash("a boot leaves no fourth release of a step that ended before its switch was recorded, and nothing half made", () => {
  for (const number of [6, 7, 8, 9]) release(number);
  mkdirSync(join(root, "home/ddos/releases/.partial"));
  // A hand-over to another file system that was cut off; its number is never used again.
  mkdirSync(join(root, `home/ddos/releases/.${id(9)}.ddos-new/app`), { recursive: true });
  write("var/lib/ddos/serving", SERVING(8, 7));
  const boot = functionOf(readPart("recover"), "boot");
  expect(
    run(
      `tell_trial() { :; }\ntake_mirror_away() { return 1; }\n${boot}\nboot\nls -A /home/ddos/releases /var/lib/ddos/releases | grep -v ':' | sort | uniq -c | awk 'NF == 2 { print $1, $2 }'`,
    ),
  ).toBe([`removed release ${id(9)}`, `2 ${id(6)}`, `2 ${id(7)}`, `2 ${id(8)}`].join("\n"));
});
