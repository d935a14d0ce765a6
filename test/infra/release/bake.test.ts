/** templates/steps/bake.py on logs as nginx writes them: what counts, what is worse, and rotation under it. And where the limits travel. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostSteps } from "../../../infra/release/steps";
import { readPart } from "../../../infra/release/templates";
import type { Bake } from "../../../infra/release/types";
import { lacking, unless } from "../../needs";
import { exampleSpec, VALUES } from "./example";

const PROGRAM = join(__dirname, "../../../templates/steps/bake.py");
const DRIVER = join(__dirname, "bake-driver.py");
/** The driver's clock when it starts, seconds. */
const NOW = 1_800_000_000;
const python = unless(lacking("python3"));
let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bake-test-"));
  log = join(folder, "access.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const OLD = "7-aaaaaaaaaaaa";
const NEW = "8-bbbbbbbbbbbb";

interface Line {
  readonly status?: number;
  /** Seconds after the driver's start. */
  readonly at?: number;
  readonly took?: number;
  readonly head?: string;
  readonly release?: string;
  readonly client?: string;
  readonly upstream?: string;
  readonly request?: string;
}

function line(of: Line = {}): string {
  const { status = 200, at = -10, took = 0.01, head = "0.010", release = OLD, client = "10.0.1.10", upstream = "127.0.0.1:8000" } = of;
  const time = new Date((NOW + at) * 1000).toISOString().replace(/\.\d+Z/, "+00:00");
  return `${client} [${time}] "${of.request ?? "POST /predict?token=x HTTP/1.1"}" ${status} 120 rt=${took} uh=${head} rel=${release} ut=${head} up=${upstream} id=abc "curl"\n`;
}
const many = (count: number, of: Line): string => line(of).repeat(count);

interface Said {
  readonly code: number | string;
  readonly said: string;
  /** That were slept. */
  readonly seconds: number;
}

function run(args: readonly string[], polls: readonly (readonly string[])[] = []): Said {
  const input = JSON.stringify({ arguments: args, polls });
  return JSON.parse(execFileSync("python3", ["-I", "-S", "-B", DRIVER, PROGRAM, log], { encoding: "utf8", input })) as Said;
}

const before = (release = OLD): unknown => JSON.parse(run(["before", log, release]).said);

const earlier = (requests: number, errors = 0, median: number | null = 0.01): void =>
  writeFileSync(join(folder, "before"), JSON.stringify({ requests, errors, median, window: 300 }));

/** @param polls what happens before each look at the log: a text is written, "rotate" copies and truncates */
const watch = (polls: readonly (readonly string[])[], seconds = 2): Said =>
  run(["watch", log, NEW, join(folder, "before"), String(seconds), "0.05", "3"], polls);

python("the minutes before: what the release answered, and nothing else", () => {
  const others: readonly Line[] = [
    { release: NEW, status: 500 },
    { status: 499 },
    { client: "127.0.0.1", status: 500 },
    { release: "-", upstream: "-", status: 429, head: "-" },
    { at: -400, status: 500 },
    { at: 60, status: 500 },
    { request: '\\x16\\x03\\x01\\"', status: 400, release: "-", upstream: "-" },
  ];
  writeFileSync(
    log,
    `garbage\n${many(30, {})}${many(2, { status: 503 })}${line({ status: 502, release: "-", head: "-" })}${others.map(line).join("")}`,
  );
  expect(before()).toEqual({ requests: 33, errors: 3, median: 0.01, window: 300 });
  expect(before("any")).toMatchObject({ requests: 34, errors: 4 });
});

python("lines of the form before there were releases in it count as the serving one's", () => {
  writeFileSync(log, many(3, {}).replace(/uh=\S+ rel=\S+ /g, ""));
  expect(before()).toEqual({ requests: 3, errors: 0, median: null, window: 300 });
});

python("a log that was just rotated is read on in the one before, a large one by its end alone", () => {
  writeFileSync(`${log}.1`, many(5, {}));
  writeFileSync(log, many(2, {}));
  expect(before()).toMatchObject({ requests: 7 });
  const one = line({});
  writeFileSync(log, one.repeat(Math.ceil((5 << 20) / one.length)));
  expect(before()).toMatchObject({ requests: Math.floor((4 << 20) / one.length) });
});

python("a link in place of the log is not followed", () => {
  writeFileSync(join(folder, "other"), line({}));
  symlinkSync("other", log);
  expect(() => execFileSync("python3", ["-I", "-S", PROGRAM, "before", log, OLD], { stdio: "pipe" })).toThrow(
    /Too many levels of symbolic links|ELOOP/,
  );
});

python("without traffic before nothing is waited for, and nothing was learnt", () => {
  writeFileSync(log, "");
  earlier(10);
  expect(watch([], 20)).toEqual({
    code: 0,
    said: "nothing was learnt by watching it: 10 requests came in the 300 s before, so none was to be expected in 20 s",
    seconds: 0,
  });
  earlier(1000);
  expect(watch([])).toEqual({ code: 0, said: "nothing was learnt by watching it for 2 s: no request came", seconds: 2 });
});

const AHEAD = { at: 1, release: NEW };
const CASES: readonly (readonly [
  title: string,
  earlier: readonly [number, number, number | null],
  lines: () => string,
  code: number,
  said: RegExp,
])[] = [
  [
    "as good as before",
    [2000, 3, 0.01],
    () => many(50, AHEAD) + line({ ...AHEAD, status: 500 }),
    0,
    /^watched for 2 s: 1 of 51 requests .*\(3 of 2000 before\), the median answer began after 10 ms \(10 ms before\)$/,
  ],
  [
    "5xx",
    [2000, 3, 0.01],
    () => many(20, AHEAD) + many(5, { ...AHEAD, status: 500 }),
    1,
    /^in 2 s 5 of 25 requests \(20.0 %\) were answered with 5xx, 3 of 2000 \(0.1 %\) in the 300 s before; 5 % more are allowed \(release.bakeErrorShare\). Most often POST \/predict: 500 \(5 times\)$/,
  ],
  [
    "5xx of an application that ended",
    [2000, 0, 0.01],
    () => many(3, { ...AHEAD, status: 502, release: "-", head: "-" }),
    1,
    /3 of 3 requests/,
  ],
  ["as many 5xx as before", [1000, 500, 0.01], () => many(20, AHEAD) + many(9, { ...AHEAD, status: 500 }), 0, /^watched/],
  ["two 5xx are too few", [2000, 0, 0.01], () => many(2, { ...AHEAD, status: 500 }), 0, /2 of 2 requests/],
  [
    "5xx of the release before, of a client that gave up, of nginx itself",
    [2000, 0, 0.01],
    () =>
      many(9, { at: 1, status: 500 }) +
      many(9, { ...AHEAD, status: 499 }) +
      many(9, { at: 1, release: "-", upstream: "-", head: "-", status: 503 }),
    0,
    /no request came$/,
  ],
  [
    "5xx of what had begun before the switch",
    [2000, 0, 0.01],
    () => many(9, { at: 1, took: 20, status: 502, release: "-", head: "-" }),
    0,
    /no request came$/,
  ],
  [
    "slower",
    [2000, 0, 0.1],
    () => many(30, { ...AHEAD, head: "0.100, 0.400" }),
    1,
    /^in 2 s the median answer began after 500 ms \(30 answers\), after 100 ms in the 300 s before; 3 times as long is allowed \(release.bakeLatency\)$/,
  ],
  ["slower, but nobody notices", [2000, 0, 0.001], () => many(30, { ...AHEAD, head: "0.150" }), 0, /^watched/],
  ["a stream that lasts is not slow", [2000, 0, 0.01], () => many(30, { ...AHEAD, took: 0.9, head: "0.011" }), 0, /^watched/],
];

python.each(CASES)("%s", (_, [requests, errors, median], lines, code, said) => {
  writeFileSync(log, many(3, {}));
  earlier(requests, errors, median);
  expect(watch([[lines()]])).toMatchObject({ code, said: expect.stringMatching(said) as string });
});

python("a clear case ends at once", () => {
  writeFileSync(log, "");
  earlier(2000);
  const bad = many(9, { ...AHEAD, status: 500 });
  expect(watch([[bad], [bad]], 60)).toEqual({ code: 1, said: expect.stringMatching(/^in 2 s 18 of 18 requests/) as string, seconds: 2 });
});

python.each([
  ["a year back", -31_536_000],
  ["a year ahead", 31_536_000],
])("a clock that is set %s meanwhile hides no failure, and makes none of what had begun before", (_, at) => {
  writeFileSync(log, "");
  earlier(2000);
  const failing = { ...AHEAD, at, status: 500 };
  expect(watch([[], [many(9, failing)]])).toMatchObject({ code: 1, said: expect.stringMatching(/9 of 9 requests/) as string });
  expect(watch([[], [many(9, { ...failing, at: -31_536_000, took: 20 })]]).said).toMatch(/no request came$/);
});

python("a line that is written in two parts counts once, whole", () => {
  writeFileSync(log, line({}).slice(0, 40));
  earlier(2000);
  const text = many(2, AHEAD);
  expect(watch([["\n", text.slice(0, 50)], [text.slice(50)]]).said).toMatch(/^watched for 2 s: 0 of 2 requests/);
});

const after = many(50, { ...AHEAD, request: "GET /after HTTP/1.1" });
python.each([
  ["copied and truncated, shorter than before", [["rotate", line(AHEAD)]], 1],
  ["what was copied away and what comes after, more than there was", [[many(7, AHEAD), "rotate", after]], 57],
  ["between two looks", [[many(7, AHEAD)], [many(3, AHEAD), "rotate", after]], 60],
  ["twice: what is two files back is lost, and nothing counts twice", [[many(7, AHEAD)], ["rotate", line(AHEAD), "rotate", after]], 57],
] as const)("rotation, %s", (_, polls, count) => {
  writeFileSync(log, many(40, {}));
  earlier(2000);
  expect(watch(polls).said).toMatch(new RegExp(`^watched for 2 s: 0 of ${count} requests`));
});

describe("in the release step", () => {
  const here = unless(lacking("bash") ?? lacking("python3"));

  /** @param wrong what the program ends with, in place of watching */
  function step(facts: string, current: string, wrong?: number): { said: string; watched: boolean } {
    for (const id of [OLD, NEW]) {
      mkdirSync(join(folder, "releases", id), { recursive: true });
      writeFileSync(join(folder, "releases", id, "facts"), facts);
    }
    copyFileSync(PROGRAM, join(folder, "bake.py"));
    writeFileSync(log, "");
    if (wrong !== undefined)
      writeFileSync(
        join(folder, "program"),
        `import sys\nif sys.argv[1] == "before": print("{}")\nelse: print("5 of 5"); sys.exit(${wrong})\n`,
      );
    const text = `set -Eeuo pipefail
STAGE=${folder} CURRENT=${current} ID=${NEW} SERVICE=ddos-backend.service
value() { case "$1" in bakeSeconds) printf 10 ;; bakeErrorShare) printf 0.05 ;; bakeLatency) printf 3 ;; esac; }
need() { value "$1"; }
summary() { printf 'said: %s\\n' "$*"; }
fail() { printf 'failed: %s\\n' "$*"; exit 1; }
last_words() { printf ' last words of %s' "$1"; }
${readPart("release-bake")}
${wrong === undefined ? "" : `cp ${folder}/program ${folder}/bake.py`}
note_traffic
watch_release
printf 'went on\\n'`;
    const moved = text.replaceAll("/var/lib/ddos/releases", join(folder, "releases")).replaceAll("/var/log/ddos-service/access.log", log);
    const { stdout } = spawnSync("bash", ["-c", moved.replace(/^# shellcheck source.*\n\. .*$/gm, "")], { encoding: "utf8" });
    return { said: stdout.trim(), watched: existsSync(join(folder, "before")) };
  }

  here("a release after another is watched", () => {
    expect(step("role=backend\n", OLD)).toEqual({
      said: `said: release ${NEW}: nothing was learnt by watching it: 0 requests came in the 300 s before, so none was to be expected in 10 s\nwent on`,
      watched: true,
    });
  });

  here("a first release is not watched", () => {
    expect(step("role=backend\n", "''")).toEqual({ said: "went on", watched: false });
  });

  here("one that is worse fails with the numbers; one that cannot be watched says how to go on", () => {
    expect(step("role=backend\n", OLD, 1).said).toBe(
      `failed: release ${NEW} served and was worse than ${OLD}: 5 of 5 last words of ddos-backend.service`,
    );
    expect(step("role=backend\n", OLD, 7).said).toMatch(
      /^failed: release \S+ could not be watched after the switch: .*release.bakeSeconds 0$/,
    );
  });
});

describe("on its way to the host", () => {
  const bake: Bake = { bakeSeconds: 30, bakeErrorShare: 0.1, bakeLatency: 2 };
  const release = (role: "gateway" | "backend", change: object) =>
    hostSteps(exampleSpec(role, change)).find(({ name }) => name === "release")!;

  test.each([
    ["gateway", {}],
    ["gateway", { gatewayMode: "proxy" }],
    ["backend", {}],
  ] as const)("%s %p is watched, for as long as its step may take", (role, mode) => {
    const watched = release(role, { ...mode, release: bake });
    expect(watched.stdin(VALUES)).toContain("\nbakeSeconds=30\nbakeErrorShare=0.1\nbakeLatency=2\n");
    expect(watched.script.text).toContain('cat >"$STAGE/bake.py"');
    expect(watched.limitSeconds).toBe(release(role, mode).limitSeconds + 30);
    for (const off of [{}, { release: { ...bake, bakeSeconds: 0 } }]) {
      expect(release(role, { ...mode, ...off }).stdin(VALUES)).not.toContain("bake");
      expect(release(role, { ...mode, ...off }).script.text).not.toContain('cat >"$STAGE/bake.py"');
    }
  });
});
