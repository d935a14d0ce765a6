/** What a soak draws, by what it judges, and what it makes of many runs. */
import { anotherSize } from "../soak/changes";
import { again, CHANGES, draw, FAULTS } from "../soak/draw";
import { isLinkOnly, ruleOf, RULES, unexplained, wrongEnd, wrongServing } from "../soak/rules";
import { document, type Row, table } from "../soak/table";
import { chosenRuns } from "../soak/main";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const words = (seed: number, run: number): string => JSON.stringify(draw(seed, run));

describe("drawing", () => {
  test("a run is the same by itself as among others", () => {
    const among = chosenRuns({ seed: 7, from: 1, runs: 40 });
    const alone = chosenRuns({ seed: 7, from: 31, runs: 1 });
    expect(JSON.stringify(alone)).toBe(JSON.stringify([among[30]]));
    expect(alone[0]?.pick("host", [1, 2, 3, 4, 5])).toBe(among[30]?.pick("host", [1, 2, 3, 4, 5]));
    expect(again({ seed: 7, run: 31 })).toBe("npm run test:soak -- --seed 7 --from 31 --runs 1");
  });

  test("each round has every fault and every change once, and no round is like the one before", () => {
    for (const seed of [1, 2, 99]) {
      const faults = numbers(FAULTS.length * 2).map((run) => draw(seed, run).fault);
      expect([...faults.slice(0, FAULTS.length)].sort()).toEqual([...FAULTS].sort());
      expect([...faults.slice(FAULTS.length)].sort()).toEqual([...FAULTS].sort());
      expect(faults.slice(0, FAULTS.length)).not.toEqual(faults.slice(FAULTS.length));
      expect(numbers(CHANGES.length).map((run) => draw(seed, run).change)).toHaveLength(new Set(CHANGES).size);
    }
  });

  test("a setting that is drawn is another one than the hosts have, also where they have the default", () => {
    expect([anotherSize(1, undefined), anotherSize(7, { bodyMiB: 7 }), anotherSize(7, undefined), anotherSize(7, { bodyMiB: 8 })]).toEqual([
      32, 38, 7, 7,
    ]);
  });

  test("seeds differ, and every pair of fault and change comes up in some hundred runs", () => {
    expect(numbers(14).map((run) => words(1, run))).not.toEqual(numbers(14).map((run) => words(2, run)));
    const pairs = new Set(numbers(1500).map((run) => `${draw(3, run).fault} ${draw(3, run).change}`));
    expect(pairs.size).toBe(FAULTS.length * CHANGES.length);
  });

  test("numbers and choices keep within what they are drawn from, and use all of it", () => {
    const drawn = numbers(300).map((run) => draw(5, run));
    expect(new Set(drawn.map((one) => one.between("x", 3, 6)))).toEqual(new Set([3, 4, 5, 6]));
    expect(new Set(drawn.map((one) => one.pick("y", ["a", "b"])))).toEqual(new Set(["a", "b"]));
    for (const { afterMs } of drawn) expect(afterMs).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn.map(({ afterMs }) => afterMs))).toBeGreaterThan(8000);
  });
});

describe("what a fault explains", () => {
  const lost = [{ sent: 100, ended: 150, reason: "HTTP 502" }];

  test("requests fail only while what was struck is away", () => {
    expect(unexplained(RULES["power cut"], [{ from: 120, to: 900 }], lost)).toEqual([]);
    expect(unexplained(RULES["power cut"], [{ from: 160, to: 900 }], lost)).toEqual(lost);
    expect(unexplained(RULES["power cut"], [{ from: 10, to: 99 }], lost)).toEqual(lost);
    expect(unexplained(RULES["power cut"], [], lost)).toEqual(lost);
  });

  test("of all other faults, not one request", () => {
    const may = FAULTS.filter((fault) => unexplained(RULES[fault], [{ from: 0, to: 1000 }], lost).length === 0);
    expect(may).toEqual(["power cut", "reboot", "link cut"]);
  });

  test("a bad release has to fail, slow S3 is waited for, of two rollbacks one may be refused", () => {
    expect(wrongEnd(RULES["bad release"], true, "")).toMatch(/had to fail/);
    expect(wrongEnd(RULES["bad release"], false, "it crashed")).toBeUndefined();
    expect(wrongEnd(RULES["S3 slow"], false, "the reason")).toMatch(/had to succeed: the reason/);
    expect(wrongEnd(ruleOf("two operators", "one .py"), false, "")).toBeDefined();
    expect(wrongEnd(ruleOf("two operators", "rollback by hand"), false, "")).toBeUndefined();
    expect(wrongEnd(ruleOf("S3 slow", "rollback by hand"), false, "")).toBeDefined();
  });
});

describe("what serves afterwards", () => {
  const before = { release: "7-aa", made: "r1 300" };
  const wanted = [{ made: "r2 300" }];
  const judge = (ok: boolean, release: string, made: string): string | undefined => wrongServing({ before, wanted, ok }, { release, made });

  test("the old release or the new one, whole", () => {
    expect(judge(false, "7-aa", "r1 300")).toBeUndefined();
    expect(judge(false, "8-bb", "r2 300")).toBeUndefined();
    expect(judge(false, "7-aa", "r2 300")).toMatch(/neither 7-aa .* nor what was deployed/);
    expect(judge(false, "8-bb", "r1 300")).toMatch(/neither/);
    expect(judge(false, "8-bb", "r9 300")).toMatch(/neither/);
  });

  test("the new one, where the deployment said that it succeeded", () => {
    expect(judge(true, "8-bb", "r2 300")).toBeUndefined();
    expect(judge(true, "7-aa", "r1 300")).toMatch(/said that it succeeded/);
  });

  test("a release by its name, one that is made of the same, and either one of two operators", () => {
    expect(wrongServing({ before, wanted: [{ release: "6-cc" }], ok: true }, { release: "6-cc", made: "r0 300" })).toBeUndefined();
    expect(wrongServing({ before, wanted: [{ release: "6-cc" }], ok: true }, { release: "8-cc", made: "r0 300" })).toMatch(/neither/);
    expect(wrongServing({ before, wanted: [{ made: before.made }], ok: true }, { ...before, release: "8-bb" })).toBeUndefined();
    expect(wrongServing({ before, wanted: [{ made: before.made }], ok: true }, before)).toMatch(/said that it succeeded/);
    const two = [{ made: "r2 300" }, { made: "r3 300" }];
    expect(wrongServing({ before, wanted: two, ok: true }, { release: "9-dd", made: "r3 300" })).toBeUndefined();
    expect(wrongServing({ before, wanted: [before], ok: true }, before)).toBeUndefined();
    const repaired = [{ made: before.made, same: true }] as const;
    expect(wrongServing({ before, wanted: repaired, ok: true }, before)).toBeUndefined();
    expect(wrongServing({ before, wanted: repaired, ok: true }, { ...before, release: "8-bb" })).toBeUndefined();
    expect(wrongServing({ before, wanted: repaired, ok: true }, { release: "8-bb", made: "r2 300" })).toMatch(/neither/);
  });

  test("a host that boots refuses the link, and nothing else is taken for that", () => {
    expect(isLinkOnly("")).toBe(true);
    expect(isLinkOnly("ssh: connect to host 10.0.101.10 port 22: Connection refused\nConnection closed by UNKNOWN port 65535\n")).toBe(
      true,
    );
    expect(isLinkOnly("ddos release failed on ip-10-0-101-10: release 7 is not healthy\nConnection to 10.0.101.10 closed.")).toBe(false);
  });
});

describe("the table", () => {
  const row = (run: number, ok: boolean): Row => ({
    ...{
      seed: 1,
      run,
      fault: run < 3 ? "reboot" : "disk full",
      change: "model",
      afterMs: 5,
      ok,
      remark: "x",
      seconds: 1,
      sent: 10,
      failed: 2,
    },
  });

  test("counts what held of what was tried, and leaves out what was not", () => {
    expect(table([row(1, true), row(2, false), row(3, true)]).split("\n")).toEqual([
      "|           | model | all |",
      "| --------- | ----- | --- |",
      "| reboot    | 1/2   | 1/2 |",
      "| disk full | 1     | 1   |",
      "| all       | 2/3   | 2/3 |",
    ]);
  });

  test("as a document", () => {
    expect(JSON.parse(document([row(1, true), row(2, false)]))).toMatchObject({ held: 1, broken: 1, requests: { sent: 20, failed: 4 } });
  });
});
