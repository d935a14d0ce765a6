/**
 * One Python for all questions that a worker's tests ask of infra/app/syntax.py, in place of one start for each (warm-python.py). Of the command as
 * the program gives it: one with another interpreter or script starts as ever, and test/tools/warm-python.test.ts compares both.
 */
const { spawn, spawnSync } = require("node:child_process");
const { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const SCRIPT = join(__dirname, "..", "infra", "app", "syntax.py");
const COMMAND = JSON.stringify(["python3", ["-I", "-S", "-B", SCRIPT]]);

/** Both ends of a conversation; undefined where the machine has no named pipes or no Python. */
function conversation(server) {
  const folder = mkdtempSync(join(tmpdir(), "warm-python-"));
  const pipes = ["questions", "answers"].map((name) => join(folder, name));
  try {
    if (spawnSync("mkfifo", pipes).status !== 0) return undefined;
    // The shell opens the pipes, whatever becomes of Python: opening the other end here would wait for ever otherwise.
    const text = 'exec python3 -I -S -B "$0" "$1" < "$2" > "$3"';
    const child = spawn("sh", ["-c", text, server, SCRIPT, ...pipes], { stdio: ["ignore", "ignore", "ignore"] });
    // It ends when this process does, because nobody can write a question then.
    child.unref();
    child.on("error", () => undefined);
    return child.pid === undefined ? undefined : { questions: openSync(pipes[0], "w"), answers: openSync(pipes[1], "r") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Undefined at the end of what it says. */
function read(file, length) {
  const all = Buffer.alloc(length);
  for (let have = 0; have < length;) {
    const more = readSync(file, all, have, length - have, null);
    if (more === 0) return undefined;
    have += more;
  }
  return all;
}

function readLine(file) {
  let line = "";
  for (let one = read(file, 1); one !== undefined; one = read(file, 1)) {
    if (one[0] === 10) return line;
    line += one.toString("latin1");
  }
  return undefined;
}

function write(file, data) {
  for (let done = 0; done < data.length;) done += writeSync(file, data, done);
}

/** What the script prints, and how it ends; undefined where there is nobody to ask. */
function asked({ questions, answers }, input) {
  const data = Buffer.from(input, "utf8");
  try {
    write(questions, Buffer.concat([Buffer.from(`${data.length}\n`), data]));
  } catch (error) {
    if (error.code !== "EPIPE") throw error;
    return undefined;
  }
  const [status, length] = (readLine(answers) ?? "").split(" ").map(Number);
  const printed = length === undefined ? undefined : read(answers, length);
  return printed === undefined ? undefined : { status, stdout: printed.toString("utf8") };
}

const KEPT = Symbol.for("a Python that is kept");

/**
 * Puts it before child_process.spawnSync, once for all files of a worker: Node's own modules stay.
 * @param server what answers
 */
function keepPython(childProcess, server = join(__dirname, "warm-python.py")) {
  const real = childProcess.spawnSync;
  if (real[KEPT]) return;
  let kept;
  childProcess.spawnSync = (...call) => {
    if (JSON.stringify(call.slice(0, 2)) !== COMMAND || kept === null) return real(...call);
    kept ??= conversation(server) ?? null;
    const answer = kept === null ? undefined : asked(kept, call[2].input);
    if (answer !== undefined) return answer;
    // It has ended, or never was: each question then starts its own, which says why.
    if (kept !== null) for (const file of Object.values(kept)) closeSync(file);
    kept = null;
    return real(...call);
  };
  childProcess.spawnSync[KEPT] = true;
}

module.exports = { keepPython };
