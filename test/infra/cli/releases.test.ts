/** `npm run releases` up to the hosts: what it refuses, which releases it means, and how it tells of them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { releasesCommand } from "../../../infra/cli/releases";
import { plan, readRollback, renderRollbacks } from "../../../infra/cli/releases-plan";
import {
  exitCode,
  readReleases,
  renderReleases,
  type Entry,
  type HostReleases,
  type ReleaseList,
} from "../../../infra/cli/releases-report";
import { Problem } from "../../../policies/cli";
import { askReleases, askRollback } from "../../../infra/release/asked";
import { run } from "../../cli/run";
import type { HostId } from "../../../infra/release/types";
import { exampleSpec, VALUES } from "../release/example";

const id = (number: number, digits = "abcdef012345"): string => `${number}-${digits}`;
const GATEWAY = "0123456789ab";

const entry = (release: string, at: string, more: Partial<Entry> = {}): Entry => ({
  at,
  result: "serves",
  release,
  via: "update",
  by: "ubuntu from 203.0.113.7",
  code: "c0de".repeat(10),
  env: "e1".repeat(16),
  ...more,
});

function host(role: HostId, change: Partial<ReleaseList> = {}): HostReleases {
  const digits = role === "gateway" ? GATEWAY : undefined;
  return {
    role,
    host: role,
    serving: id(8, digits),
    previous: id(7, digits),
    rolledBack: null,
    here: [8, 7, 6].map((number) => ({ release: id(number, digits) })),
    unreadable: 0,
    entries: [entry(id(7, digits), "2026-11-20T10:00:00Z"), entry(id(8, digits), "2026-11-27T15:00:00Z")],
    ...change,
  };
}

const MARK = { deployed: id(8), to: id(7), at: "2026-11-27T16:00:00Z", by: "anna@laptop, ubuntu from 10.0.1.10" };
const planned = (wanted: string, hosts: readonly HostReleases[]): string[] =>
  plan(wanted, hosts, "dev").map(({ role, from, target }) => `${role}: ${from} -> ${target}`);

describe("which release is meant", () => {
  const later = host("gateway", { entries: [entry(id(8, GATEWAY), "2026-11-27T15:10:00Z")] });
  const longAgo = host("gateway", { entries: [entry(id(8, GATEWAY), "2026-11-01T00:00:00Z")] });
  test.each<[string, string, HostReleases[], string[]]>([
    [
      "both, where one update changed both, the backend first",
      "previous",
      [later, host("backend")],
      [`backend: ${id(8)} -> ${id(7)}`, `gateway: ${id(8, GATEWAY)} -> ${id(7, GATEWAY)}`],
    ],
    ["the host that changed last", "previous", [longAgo, host("backend")], [`backend: ${id(8)} -> ${id(7)}`]],
    [
      "one host that was named, whatever its history says",
      "previous",
      [host("backend", { entries: [] })],
      [`backend: ${id(8)} -> ${id(7)}`],
    ],
    ["a whole name", id(6), [host("gateway"), host("backend")], [`backend: ${id(8)} -> ${id(6)}`]],
    ["its beginning", "6-01", [host("gateway"), host("backend")], [`gateway: ${id(8, GATEWAY)} -> ${id(6, GATEWAY)}`]],
    ["its number, on one host", "6", [host("backend")], [`backend: ${id(8)} -> ${id(6)}`]],
    [
      "what was deployed",
      "deployed",
      [host("gateway"), host("backend", { serving: id(7), rolledBack: MARK })],
      [`backend: ${id(7)} -> ${id(8)}`],
    ],
  ])("%s", (_, wanted, hosts, expected) => expect(planned(wanted, hosts)).toEqual(expected));

  test.each<[string, string, HostReleases[], number, RegExp]>([
    [
      "a host that could not be asked",
      "previous",
      [host("gateway"), { role: "backend", error: "no answer" }],
      3,
      /nothing was changed.*\nbackend: no answer/,
    ],
    [
      "no previous release",
      "previous",
      [host("backend", { previous: "", here: [{ release: id(8) }] })],
      1,
      /no previous release.*backend: none\. To have an older one, deploy it again/,
    ],
    [
      "a previous one that was removed",
      "previous",
      [host("backend", { here: [{ release: id(8) }, { release: id(6) }] })],
      1,
      new RegExp(`backend: ${id(6)}\\.`),
    ],
    [
      "one update that the other host has no way back from",
      "previous",
      [host("gateway", { previous: "", entries: [entry(id(8, GATEWAY), "2026-11-27T15:01:00Z")] }), host("backend")],
      1,
      /changed backend and gateway, and there is no previous release on the gateway.*--host/,
    ],
    [
      "no history to tell the hosts apart",
      "previous",
      [host("gateway", { entries: [] }), host("backend")],
      2,
      /Say which: --host backend, --host gateway, or both/,
    ],
    [
      "a number that both hosts have",
      "6",
      [host("gateway"), host("backend")],
      2,
      /"6" is more than one release: 6-abcdef012345 on the backend, 6-0123456789ab on the gateway/,
    ],
    [
      "a release of long ago",
      id(1),
      [host("backend", { entries: [entry(id(1), "2026-01-01T00:00:00Z")] })],
      1,
      /is not on the backend any more: at most three releases stay\. Beside what serves there are: backend: 7-abcdef012345, 6-abcdef012345/,
    ],
    ["a release that never was", "99", [host("backend")], 1, /release 99 is on no host/],
    [
      "a number does not mean what only begins with it",
      "1",
      [host("backend", { here: [{ release: id(12) }] })],
      1,
      /release 1 is on no host/,
    ],
    ["nothing is rolled back", "deployed", [host("gateway"), host("backend")], 1, /nothing is rolled back on backend and gateway/],
    [
      "what was deployed is gone",
      "deployed",
      [host("backend", { serving: id(7), rolledBack: MARK, here: [{ release: id(7) }] })],
      1,
      /8-abcdef012345 is not on the backend any more\. Deploy a release that differs/,
    ],
  ])("%s is a problem that says what to do", (_, wanted, hosts, code, message) => {
    let thrown: unknown;
    try {
      planned(wanted, hosts);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Problem);
    expect((thrown as Problem).message).toMatch(message);
    expect((thrown as Problem).code).toBe(code);
  });
});

test("the list: the newest first, with who, what it is made of, and why a trial failed", () => {
  const entries = [
    entry(id(7), "2026-11-20T10:00:00Z", { models: "d1".repeat(32), venv: "v3n9".repeat(10) }),
    entry(id(9), "2026-11-27T15:00:00Z", { result: "refused", reason: "the new release failed its trial: HTTP 503", before: id(8) }),
    entry(id(10), "2026-11-27T15:30:00Z", { replaces: id(8) }),
  ];
  const list = [host("backend", { entries, rolledBack: MARK, unreadable: 2 }), { role: "gateway" as const, error: "no answer\nat all" }];
  const text = renderReleases("dev", list, { width: 120, colours: false });
  expect(text).toMatch(/^backend: 8-abcdef012345 serves; beside it 7-abcdef012345, 6-abcdef012345 can be rolled back to$/m);
  expect(text).toContain(`  rolled back to ${id(7)} at 2026-11-27T16:00:00Z by anna@laptop, ubuntu from 10.0.1.10; deployed is ${id(8)}`);
  const lines = text.split("\n").map((line) => line.replace(/ {2,}/g, "|"));
  expect(lines).toContain("|WHEN (UTC)|RELEASE|RESULT|VIA|CODE|MODELS|SETTINGS|PACKAGES|BY");
  expect(lines).toContain("|2026-11-27 15:00:00|9-abcdef012345|REFUSED|update|c0dec0dec0de|-|e1e1e1e1e1e1|-|ubuntu from 203.0.113.7");
  expect(lines).toContain(
    "|2026-11-20 10:00:00|7-abcdef012345|serves|update|c0dec0dec0de|d1d1d1d1d1d1|e1e1e1e1e1e1|v3n9v3n9v3n9|ubuntu from 203.0.113.7",
  );
  expect(text.indexOf("10-abc")).toBeLessThan(text.indexOf("9-abc"));
  expect(lines).toContain("|the new release failed its trial: HTTP 503");
  expect(lines).toContain(`|replaces the rolled-back release ${id(8)}`);
  expect(text).toContain("2 lines of the history could not be read");
  expect(text).toMatch(/\ngateway: could not be asked\n {2}no answer\n {2}at all\n/);
  expect(text).toMatch(/npm run releases -- resume --stack dev$/);
  const narrow = renderReleases("dev", list, { width: 80, colours: true, terminal: true });
  expect(narrow.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(narrow).toMatch(/ {2}WHEN \(UTC\) 2026-11-27 15:00:00 {2}RELEASE 9-abcdef012345 {2}RESULT REFUSED/);
  expect(renderReleases("dev", list, { width: 200, colours: true, terminal: true })).toBe(text);
});

test("what a host says becomes a list, or why there is none", () => {
  const { role: _, ...document } = host("backend") as ReleaseList & { role: string };
  const good = readReleases("backend", { code: 0, stdout: JSON.stringify(document), stderr: "" });
  expect(good).toEqual(host("backend"));
  expect(exitCode([good])).toBe(0);
  for (const result of [
    { code: 1, stdout: JSON.stringify(document), stderr: "why\n" },
    { code: 0, stdout: "{}", stderr: "why" },
    { code: 0, stdout: "", stderr: "why" },
  ]) {
    expect(readReleases("backend", result)).toEqual({ role: "backend", error: "why" });
  }
  expect(exitCode([good, { role: "gateway", error: "x" }])).toBe(3);
});

test("what became of a rollback, and of half of one", () => {
  const one = { role: "backend", target: id(7), from: id(8) } as const;
  const done = readRollback(one, { code: 0, stdout: "release 7 serves again\n", stderr: "" }, 4210);
  const failed = readRollback({ ...one, role: "gateway" }, { code: 1, stdout: "", stderr: "log\nddos rollback failed on h: why\n" }, 100);
  expect([done.ok, done.seconds, failed.ok]).toEqual([true, 4.2, false]);
  const text = renderRollbacks("dev", [done, failed]);
  expect(text).toMatch(/^backend: 7-abcdef012345 serves, in place of 8-abcdef012345 \(4\.2 s\)\n {2}release 7 serves again\n/);
  expect(text).toMatch(/gateway: 7-abcdef012345 does not serve\n {2}log\n {2}ddos rollback failed on h: why\n/);
  expect(text).toMatch(/2 hosts: 1 done, 1 failed\. The backend keeps the earlier release: .*--stack dev\.$/);
  expect(readRollback(one, { code: 9, stdout: "", stderr: "" }, 1).said).toEqual(["it ended with 9 and said nothing"]);
});

describe("what is sent to a host", () => {
  const request = { target: id(7), expected: id(8), by: "anna@laptop" };
  test.each([exampleSpec("backend"), exampleSpec("gateway"), exampleSpec("gateway", { gatewayMode: "proxy" })])(
    "$role $gatewayMode",
    (spec) => {
      const list = askReleases(spec, 20);
      const back = askRollback(spec, request);
      expect(list.stdin).toBe(`role=${spec.role}\ncount=20\n---\n===\n`);
      expect(back.stdin).toBe(`role=${spec.role}\ntarget=${id(7)}\nexpected=${id(8)}\nby=anna@laptop\nread=all\n---\n===\n`);
      // The same lock as the steps; the list waits for nobody.
      expect(back.script.text).toContain("\nbegin rollback exclusive\n");
      expect(list.script.text).toContain("\nbegin releases none\n");
      expect(back.create).toContain("OnFailure=ddos-undo.service");
      for (const { create, script } of [list, back]) expect(create + script.text).not.toContain(VALUES.env?.SECRET_KEY);
    },
  );
});

test.each<[string, string[], RegExp]>([
  ["a host that there is not", ["--host", "frontend"], /^releases: --host: found frontend; expected gateway, backend/],
  ["no number of lines", ["--count", "many"], /^releases: --count: found many; expected a number from 1 to 500/],
  ["too many lines", ["--count", "501"], /^releases: --count: found 501/],
  ["a word that there is not", ["undo"], /^releases: found "undo"; expected nothing, "resume", "rollback previous" or "rollback ID"/],
  ["no release", ["rollback"], /^releases: found "rollback"; expected/],
  ["what is no release", ["rollback", "../etc"], /^releases: found "rollback \.\.\/etc"; expected/],
  ["outputs of an older version", ["rollback", "previous"], /the outputs of dev lack gatewayAddress/],
])("%s: exit code 2, before a host is asked", async (_, args, message) => {
  const folder = mkdtempSync(join(tmpdir(), "releases-"));
  try {
    writeFileSync(join(folder, "empty.json"), "{}");
    const given = [...args, "--stack", "dev", "--config", "empty.json", "--outputs", "empty.json"];
    expect(await run(releasesCommand, given, { from: folder })).toEqual({
      code: 2,
      out: "",
      err: expect.stringMatching(message) as string,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("several backends", () => {
  const release = (number: number, content: number): string => id(number, `${content}`.repeat(12));
  /** It has contents 1 to 3; what they are numbered is each host's own. */
  const backend = (role: HostId, first: number, at: string, change: Partial<ReleaseList> = {}): HostReleases =>
    host(role, {
      serving: release(first + 2, 3),
      previous: release(first + 1, 2),
      here: [3, 2, 1].map((content) => ({ release: release(first + content - 1, content) })),
      entries: [entry(release(first + 2, 3), at)],
      ...change,
    });
  const gateway = host("gateway", { entries: [entry(id(8, GATEWAY), "2026-11-27T15:50:00Z")] });
  // Half an hour from the first to the last, since each waits for the one before.
  const three = [
    backend("backend", 5, "2026-11-27T15:00:00Z"),
    backend("backend-2", 1, "2026-11-27T15:18:00Z"),
    backend("backend-3", 2, "2026-11-27T15:35:00Z"),
  ];

  test("an update that changed all is undone on all, one after another and the gateway last", () => {
    expect(planned("previous", [gateway, ...three])).toEqual([
      `backend: ${release(7, 3)} -> ${release(6, 2)}`,
      `backend-2: ${release(3, 3)} -> ${release(2, 2)}`,
      `backend-3: ${release(4, 3)} -> ${release(3, 2)}`,
      `gateway: ${id(8, GATEWAY)} -> ${id(7, GATEWAY)}`,
    ]);
  });

  test("one that stopped behind the first is undone there", () => {
    const earlier = three.map((one, index) => (index === 0 ? one : backend(one.role, 1, "2026-11-01T00:00:00Z")));
    const longAgo = host("gateway", { entries: [entry(id(8, GATEWAY), "2026-11-01T00:00:00Z")] });
    expect(planned("previous", [longAgo, ...earlier])).toEqual([`backend: ${release(7, 3)} -> ${release(6, 2)}`]);
  });

  test("a release of one is the same content on all, whatever its number there; a host that serves it already stays", () => {
    const back = backend("backend-2", 1, "2026-11-27T15:18:00Z", { serving: release(1, 1) });
    expect(planned(release(5, 1), [gateway, three[0]!, back, three[2]!])).toEqual([
      `backend: ${release(7, 3)} -> ${release(5, 1)}`,
      `backend-3: ${release(4, 3)} -> ${release(2, 1)}`,
    ]);
  });

  test("one that a host lacks is refused, and so is a number that means another content there", () => {
    const young = backend("backend-2", 1, "2026-11-27T15:18:00Z", { here: [{ release: release(3, 3) }] });
    expect(() => planned(release(5, 1), [gateway, three[0]!, young])).toThrow(/is not on the backend-2.*nothing was changed.*--host/);
    expect(() => planned("3", [gateway, ...three])).toThrow(/more than one release/);
  });

  test("where one fails, it is said who has the earlier release by then", () => {
    const outcome = (role: HostId, ok: boolean) => ({ role, ok, target: "2-b", from: "3-c", seconds: 1, said: [] });
    const said = renderRollbacks("prod", [outcome("backend", true), outcome("backend-2", true), outcome("backend-3", false)]);
    expect(said).toContain("3 hosts: 2 done, 1 failed. The backend and the backend-2 keep the earlier release");
  });
});
