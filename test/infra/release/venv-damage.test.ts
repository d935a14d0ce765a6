/** What of an environment was read once is not read by the next step, unless the file system says that anything of it has changed, or everything is to be read. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScript } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const root = mkdtempSync(join(tmpdir(), "venv-damage-"));
/** Where the other one may lie in memory. */
const disk = mkdtempSync("/var/tmp/venv-damage-");
afterAll(() => [root, disk].forEach((path) => rmSync(path, { recursive: true })));

/** `damage` says what is damaged, and beforehand `read` where the environment was read for that. */
const PROGRAM = `${readScript("lib").replaceAll("/run/ddos-steps", "$STAGE").replaceAll("/var/log/ddos", "$STAGE")}
STAGE=$1/stage
venv=$1/venvs/a
rm -rf -- "$1/stage" "$1/venvs"
mkdir -p "$STAGE" "$venv/lib"
: >"$STAGE/header"
printf 'x = 1\\n' >"$venv/lib/x.py"
printf 'y = 1\\n' >"$venv/lib/y.py"
ln -s lib "$venv/lib64"
venv_list "$venv" >"$STAGE/manifest"
cp "$STAGE/manifest" "$venv/.manifest"
sha_of "$venv/.manifest" >"$venv/.complete"
eval "first_$(declare -f venv_list)"
venv_list() { printf 'read ' >&3; first_venv_list "$@"; }
exec 3>&1
damage() { printf '%s;' "$(venv_damage "$venv" 3>&3 2>/dev/null)" >&3; }
`;
/** Seconds would have to pass. */
const SETTLED = "settled() { return 0; }\n";

const run = (calls: string, before = SETTLED, at = root): string =>
  execFileSync("bash", ["-c", `${PROGRAM}${before}${calls}`, "bash", at], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const bash = unless(lacking("bash") ?? lacking("python3") ?? lacking("sha256sum"));

bash("what was read and has not changed is not read again", () => {
  expect(run("damage; damage; damage")).toBe("read ;;;");
  // As `keep` does.
  expect(run('damage; touch -a -- "$venv"; damage')).toBe("read ;;");
});

const CHANGES: [what: string, change: string, found: string][] = [
  [
    "other bytes with the size and the times of before",
    'touch -r "$venv/lib/x.py" "$STAGE/t"; printf "x = 2\\n" >"$venv/lib/x.py"; touch -r "$STAGE/t" "$venv/lib/x.py"',
    "1 of its files: lib/x.py",
  ],
  ["a mode and back", 'chmod 600 "$venv/lib/x.py"; chmod 644 "$venv/lib/x.py"', ""],
  ["another file in its place", 'printf "x = 2\\n" >"$STAGE/n"; mv "$STAGE/n" "$venv/lib/x.py"', "1 of its files: lib/x.py"],
  ["a link that leads elsewhere", 'ln -sfn /etc "$venv/lib64"', "1 of its files: lib64"],
  ["a file more", ': >"$venv/lib/z.py"', "1 of its files: lib/z.py"],
  ["a file less", 'rm "$venv/lib/y.py"', "1 of its files: lib/y.py"],
];

bash.each(CHANGES)("%s: everything is read again", (_, change, found) => {
  expect(run(`damage; ${change}; damage`)).toBe(`read ;read ${found};`);
});

bash("a damaged one is read each time, and one that was repaired as well", () => {
  const damaged = 'printf "x = 2\\n" >"$venv/lib/x.py"';
  expect(run(`damage; ${damaged}; damage; damage; printf 'x = 1\\n' >"$venv/lib/x.py"; damage; damage`)).toBe(
    "read ;read 1 of its files: lib/x.py;read 1 of its files: lib/x.py;read ;;",
  );
});

bash("behind a link in its place, too, everything is read again when anything has changed", () => {
  const behind = 'mv "$venv" "$venv.kept"; ln -s a.kept "$venv"';
  expect(run(`${behind}; damage; damage; printf 'x = 2\\n' >"$venv/lib/x.py"; damage`)).toBe("read ;;read 1 of its files: lib/x.py;");
});

/** Writes one byte of a file as memory; the ctime of the file tells only of the first write since its page was written to the disk. */
const MAPPED = `coproc WRITER { python3 -c '
import mmap, sys
with open(sys.argv[1], "r+b") as file:
    memory = mmap.mmap(file.fileno(), 0)
    for line in sys.stdin:
        memory[4:5] = line[:1].encode()
        print(flush=True)' "$venv/lib/x.py"; }
write() { echo "$1" >&"\${WRITER[1]}"; read -r _ <&"\${WRITER[0]}"; }
`;
const inMemory = execFileSync("stat", ["-f", "-c", "%T", disk], { encoding: "utf8" }).trim() === "tmpfs";
unless(lacking("bash") ?? lacking("python3") ?? (inMemory ? "/var/tmp is on no disk" : undefined))(
  "what writes to it as memory is seen as well",
  () => expect(run(`${MAPPED}write 1; damage; write 2; damage`, SETTLED, disk)).toBe("read ;read 1 of its files: lib/x.py;"),
);

bash("its record is compared each time", () => {
  expect(run('damage; : >"$venv/.manifest"; damage')).toBe("read ;the record of its files;");
});

bash("everything is read where a person asks for it, and once by a repair", () => {
  expect(run('damage; printf "read=all\\n" >"$STAGE/header"; damage; damage')).toBe("read ;read ;read ;");
  expect(run('damage; printf "repair=2026\\n" >"$STAGE/header"; damage; damage')).toBe("read ;read ;;");
});

bash("what was written a moment ago is read again: the same times may cover another change", () => {
  expect(run("damage; damage", "")).toBe("read ;read ;");
});
