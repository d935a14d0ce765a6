import fc, { runs } from "../../property";
import { changeMode, exactly, joinModes, masked } from "../../../policies/shell/mode";
import type { Mode } from "../../../policies/shell/mode";

const bits = fc.integer({ min: 0, max: 0o777 });
/** An interval and one mode in it. */
const known = fc.tuple(bits, bits, bits).map(([a, b, pick]) => {
  const mode: Mode = { set: a & b, may: a | b };
  return { mode, member: (mode.set | (pick & mode.may)) & 0o777 };
});
const symbolic = fc
  .array(
    fc.tuple(
      fc.constantFrom("", "u", "g", "o", "a", "ug", "go", "ugo"),
      fc.constantFrom("+", "-", "="),
      fc.constantFrom("", "r", "w", "x", "rw", "rx", "rwx", "X", "rX", "u", "g", "o"),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((clauses) => clauses.map((c) => c.join("")).join(","));
const text = fc.oneof(
  symbolic,
  bits.map((n) => n.toString(8)),
  bits.map((n) => `0${n.toString(8).padStart(3, "0")}`),
);
const kind = fc.constantFrom("file" as const, "dir" as const);
const within = (member: number, mode: Mode): boolean => (mode.set & ~member) === 0 && (member & ~mode.may) === 0;

/** chmod as POSIX words it, bit by bit, as a second opinion. */
function plainChmod(words: string, before: number, isFolder: boolean, umask: number): number {
  if (/^[0-7]+$/u.test(words)) return parseInt(words, 8);
  let mode = before;
  for (const clause of words.split(",")) {
    const [, who = "", rest = ""] = /^([ugoa]*)(.*)$/u.exec(clause) ?? [];
    const targets = who === "" || who.includes("a") ? ["u", "g", "o"] : [...who];
    for (const [, operator, what = ""] of rest.matchAll(/([-+=])([ugo]|[rwxX]*)/gu)) {
      const from = mode;
      for (const target of targets) {
        const shift = { u: 6, g: 3, o: 0 }[target] ?? 0;
        let wanted = 0;
        if (/^[ugo]$/u.test(what)) wanted = (from >> ({ u: 6, g: 3, o: 0 }[what] ?? 0)) & 7;
        else for (const c of what) wanted |= c === "r" ? 4 : c === "w" ? 2 : c === "x" || isFolder || (from & 0o111) !== 0 ? 1 : 0;
        if (who === "") wanted &= ~(umask >> shift);
        if (operator === "+") mode |= wanted << shift;
        else if (operator === "-") mode &= ~(wanted << shift);
        else mode = (mode & ~(7 << shift)) | (wanted << shift);
      }
    }
  }
  return mode;
}

test("known modes change as chmod changes them", () => {
  fc.assert(
    fc.property(text, bits, kind, bits, (words, before, what, umask) => {
      expect(changeMode(words, exactly(before), what, exactly(umask))).toEqual(exactly(plainChmod(words, before, what === "dir", umask)));
    }),
    runs(2000),
  );
});

test("whatever a mode in the interval becomes lies in the interval's result", () => {
  fc.assert(
    fc.property(text, known, kind, known, (words, { mode, member }, what, umask) => {
      const after = changeMode(words, mode, what, umask.mode);
      expect(after && within(plainChmod(words, member, what === "dir", umask.member), after)).toBe(true);
    }),
    runs(2000),
  );
});

test("umask takes away, and never more than it may", () => {
  fc.assert(
    fc.property(known, known, (wanted, umask) => {
      expect(within(wanted.member & ~umask.member, masked(wanted.mode, umask.mode))).toBe(true);
    }),
  );
});

test("a join holds both sides", () => {
  fc.assert(
    fc.property(known, known, (a, b) => {
      const joined = joinModes(a.mode, b.mode);
      expect(within(a.member, joined) && within(b.member, joined)).toBe(true);
    }),
  );
});

test.each([
  ["u=rw,go=", 0o600],
  ["u=rw,g=,o=", 0o600],
  ["a=,u+rw", 0o600],
  ["go-rwx", 0o600],
  ["u=rwX,go=rX", 0o644],
  ["a+X", 0o644],
  ["o=u", 0o646],
])("%s on 0644", (words, expected) => {
  expect(changeMode(words, exactly(0o644), "file", exactly(0o022))).toEqual(exactly(expected));
});

test.each(["", "u=rw;", "rw", "88", "u=z"])("«%s» is no mode", (words) => {
  expect(changeMode(words, exactly(0o644), "file", exactly(0o022))).toBeUndefined();
});
