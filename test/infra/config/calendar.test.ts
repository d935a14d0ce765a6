import { spawnSync } from "child_process";
import { calendarProblem } from "../../../infra/config/calendar";

const NOW = new Date();
const GOOD =
  `daily|Daily|hourly UTC|quarterly|semiannually|bi-annually|*-*-* 03:00:00|Mon..Fri 03:00|Mon,Tue *-*-01..07 4:00:00|*:0/15|Mon *-*~1|*-02~03
mon-fri 03:00|Mon..Wed,Fri *-*-* *:*:00.5|03:00 Europe/Berlin|05:40 EST|*-*-31|Wed..Wed|12-31|3:0|*-*-1/2|*-1..3-*|2000..2100-*-*|monday 1:2|saturday
*-* 03:00|*-*-* 1..5:00|00:00/30|*:00,30|*-02-29|*-*~1..3|*:*|*-*-*|0:0:0.123456|weekly UTC|*-*-* 0/6:00:00|Sat 03:00 UTC|*-*-* 02,14:30|70..99-1-1,2000-1-1`
    .split("\n")
    .flatMap((line) => line.split("|"))
    .filter((text) => !text.startsWith("70.."));
const BAD =
  `0 3 * * *|*/5 * * * *|@daily|biweekly|*-13-01|25:00|*:0/0|tomorrow|03:00 Europe/Nowhere|*-*-* 24:00|*:60|Fri..Mon 03:00|1,2,3 4:5|03|00:05..02
1969-01-01|*-*-*T03:00|*-*-* 5..3:00|*-*-5..3|12..1-1|2200-01-01|half-yearly|*-*-~1..3|*-*~3..1|*|3:|1:2:3:4|*-*-0|*-0-1|0:0:60|*:2/61|*:*/5|every day|03:00 every day
Mon-Foo|nightly|3am|*-*-*  03:00 04:00|1h|*-*-32|-1:00`
    .split("\n")
    .flatMap((line) => line.split("|"));
const NEVER = [
  "Sun 2026-02-30 03:00",
  "*-02-30",
  "*-04-31",
  "2023-02-29",
  "2012-11-23",
  "2019-01-01 00:00",
  "99-1-1",
  "2019..2022-*-*",
  "Mon 2032-06-01",
];

type Answer = "good" | "bad" | "never";

/** What systemd says of each, asked once; undefined where systemd is not. */
function askSystemd(texts: readonly string[]): ReadonlyMap<string, Answer> | undefined {
  const run = spawnSync("systemd-analyze", ["calendar", "--", ...texts], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
  });
  if (run.error !== undefined) return undefined;
  // One that is refused is named on stderr; each other has one such line, in the order of the arguments.
  const bad = new Set(
    [...run.stderr.matchAll(/^Failed to parse calendar (?:expression|specification) '(.*)': /gm)].map(([, text]) => text),
  );
  const accepted = texts.filter((text) => !bad.has(text));
  const next = [...run.stdout.matchAll(/^ *Next elapse: (.*)$/gm)].map(([, time]) => time);
  expect([bad.size, next.length]).toEqual([texts.length - accepted.length, accepted.length]);
  return new Map([
    ...texts.map((text): [string, Answer] => [text, "bad"]),
    ...accepted.map((text, index): [string, Answer] => [text, next[index] === "never" ? "never" : "good"]),
  ]);
}

let answers: ReadonlyMap<string, Answer> | undefined;
beforeAll(() => (answers = askSystemd([...GOOD, ...BAD, ...NEVER])));
const bySystemd = (text: string): Answer | undefined => answers?.get(text);

test.each(GOOD)("%s is one", (text) => {
  expect(calendarProblem(text, NOW)).toBeUndefined();
  expect(["good", undefined]).toContain(bySystemd(text));
});

test.each(BAD)("%s is none", (text) => {
  expect(calendarProblem(text, NOW)).toMatch(/^which is (no calendar expression of systemd|a cron expression).* for example schedule: '/);
  expect(["bad", undefined]).toContain(bySystemd(text));
});

test.each(NEVER)("%s never comes", (text) => {
  expect(calendarProblem(text, NOW)).toMatch(/^a day that never comes/);
  expect(["never", undefined]).toContain(bySystemd(text));
});

test("a cron expression is translated where it is a time of the day", () => {
  expect(calendarProblem("30 4 * * *")).toContain("schedule: '*-*-* 04:30:00'");
});
