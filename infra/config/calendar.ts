/**
 * Calendar expressions of systemd.time(7): is a text one, and does the day ever come? systemd says so only on the host, when its timer is
 * loaded. test/infra/config/calendar.test.ts compares this with `systemd-analyze calendar`. Pure.
 */

const SHORTHANDS = /^(minutely|hourly|daily|weekly|monthly|yearly|annually|anually|quarterly|semi-?annually|bi-?annually|half-?yearly)$/i;
/** Read by systemd 249 too, the oldest that a host has. */
const UNKNOWN_SHORTHANDS = /^(anually|half-?yearly)$/i;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const LONG_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Values from `from` to `to` in steps. */
interface Chain {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

type Days = ReadonlySet<number>;

/** @returns what is wrong with the expression, as the end of a sentence; undefined when the timer will elapse. */
export function calendarProblem(text: string, now: Date = new Date()): string | undefined {
  const cron = /^([\d*/,-]+) ([\d*/,-]+)( [\d*/,-]+){2} ([\dA-Za-z*/,-]+)$/.exec(text.trim());
  if (cron !== null) {
    return `which is a cron expression, and systemd does not read those; write ${fromCron(cron[1] ?? "", cron[2] ?? "")}`;
  }
  const found = parse(text.trim());
  if (found === undefined) {
    return "which is no calendar expression of systemd; write days, a date and a time, for example schedule: 'Mon..Fri *-*-* 03:00:00' (or daily, weekly)";
  }
  return found === "always" || elapses(found, now)
    ? undefined
    : "a day that never comes (again); write one that does, for example schedule: '*-*-* 03:00:00'";
}

function fromCron(minute: string, hour: string): string {
  const isTime = /^\d{1,2}$/.test(minute) && /^\d{1,2}$/.test(hour);
  const time = isTime ? `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}:00` : "03:00:00";
  return `a calendar expression, for example schedule: '*-*-* ${time}' (every day at that time)`;
}

interface Expression {
  readonly weekdays: Days;
  readonly years: readonly Chain[];
  readonly months: readonly Chain[];
  readonly days: readonly Chain[];
  /** Days are counted from the end of the month. */
  readonly fromEnd: boolean;
}

/** "always" for what names no single days. */
function parse(given: string): Expression | "always" | undefined {
  const text = withoutZone(given);
  if (SHORTHANDS.test(text)) return UNKNOWN_SHORTHANDS.test(text) ? undefined : "always";
  const words = text.split(/ +/);
  let weekdays: Days = new Set(DAYS.keys());
  if (/^[A-Za-z]/.test(words[0] ?? "")) {
    const read = weekdaysOf((words.shift() ?? "").replace(/,$/, ""));
    if (read === undefined) return undefined;
    weekdays = read;
    if (words.length === 0) return "always";
  }
  const date = words[0]?.includes(":") === true ? undefined : words.shift();
  const time = words.shift();
  if (words.length > 0 || (date === undefined && time === undefined)) return undefined;
  if (time !== undefined && !isTime(time)) return undefined;
  return date === undefined ? "always" : expressionOf(date, weekdays);
}

/** The time zone is the last word: UTC, or a name of the zone database. */
function withoutZone(text: string): string {
  const [, rest, zone] = /^(.*\S) +([A-Za-z][\w+/-]*)$/.exec(text) ?? [];
  if (rest === undefined || zone === undefined || weekdaysOf(zone) !== undefined) return text;
  if (zone.toUpperCase() === "UTC") return rest;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone === "" ? text : rest;
  } catch {
    return text; // no zone: the word is a part of the expression, where it is refused
  }
}

function weekdaysOf(text: string): Days | undefined {
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [first = "", last = first, ...more] = part.split(/\.\.|-/);
    const [from, to] = [weekday(first), weekday(last)];
    if (more.length > 0 || from < 0 || to < from) return undefined;
    for (let day = from; day <= to; day += 1) days.add(day);
  }
  return days;
}

function weekday(name: string): number {
  return Math.max(DAYS.indexOf(name.toLowerCase()), LONG_DAYS.indexOf(name.toLowerCase()));
}

function isTime(text: string): boolean {
  const [hours = "", minutes, seconds = "0", ...more] = text.split(":");
  const limits = [chains(hours, 0, 23), chains(minutes ?? "", 0, 59), chains(seconds, 0, 59, true)];
  return minutes !== undefined && more.length === 0 && limits.every((read) => read !== undefined);
}

function expressionOf(date: string, weekdays: Days): Expression | undefined {
  const [, year = "*", month = "", separator, day = ""] = /^(?:([^-~]+)-)?([^-~]+)([-~])([^-~]+)$/.exec(date) ?? [];
  const years = chains(year, 1970, 2199)?.map(({ from, to, step }) => ({ from: fullYear(from), to: fullYear(to), step }));
  const months = chains(month, 1, 12);
  const days = chains(day, 1, 31);
  if (separator === undefined || years === undefined || months === undefined || days === undefined) return undefined;
  return { weekdays, years, months, days, fromEnd: separator === "~" };
}

/** Two digits are a year from 1970 to 2069. */
function fullYear(year: number): number {
  return year >= 100 ? year : year + (year < 70 ? 2000 : 1900);
}

/** `*`, or a list of values, ranges and repetitions: `1,5..7,10/5`. */
function chains(text: string, from: number, to: number, fractions = false): Chain[] | undefined {
  if (text === "*") return [{ from, to, step: 1 }];
  const read = text.split(",").map((part) => chain(part, { from, to }, fractions));
  return read.every((one) => one !== undefined) ? read : undefined;
}

function chain(text: string, limits: { from: number; to: number }, fractions: boolean): Chain | undefined {
  const number = fractions ? String.raw`\d+(?:\.\d+)?` : String.raw`\d+`;
  const parts = new RegExp(`^(${number})(?:\\.\\.(${number}))?(?:/(${number}))?$`).exec(text);
  if (parts === null) return undefined;
  const isYear = limits.to > 1000;
  const value = (digits: string): number => (isYear ? fullYear(Number(digits)) : Number(digits));
  const from = value(parts[1] ?? "");
  const step = parts[3] === undefined ? undefined : Number(parts[3]);
  const to = parts[2] !== undefined ? value(parts[2]) : step === undefined ? from : limits.to;
  const top = fractions ? limits.to + 1 : limits.to;
  const isWithin = from >= limits.from && from <= to && to <= limits.to + (fractions ? 0.999999 : 0);
  return isWithin && (step === undefined || (step > 0 && from + step <= top)) ? { from, to, step: step ?? 1 } : undefined;
}

const holds = (list: readonly Chain[], value: number): boolean =>
  list.some(({ from, to, step }) => value >= from && value <= to && (value - from) % step === 0);

/** Whether a day from today on is meant, in UTC. */
function elapses({ weekdays, years, months, days, fromEnd }: Expression, now: Date): boolean {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  for (let year = now.getUTCFullYear(); year <= 2199; year += 1) {
    if (!holds(years, year)) continue;
    for (let month = 1; month <= 12; month += 1) {
      if (!holds(months, month)) continue;
      const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (let day = 1; day <= length; day += 1) {
        const date = Date.UTC(year, month - 1, day);
        const isMeant = holds(days, fromEnd ? length + 1 - day : day) && weekdays.has((new Date(date).getUTCDay() + 6) % 7);
        if (isMeant && date >= today) return true;
      }
    }
  }
  return false;
}
