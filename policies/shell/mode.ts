/**
 * File modes that are known in part: `set` are the bits that are on for certain, `may` those that can be on. What chmod,
 * umask and install do to a mode is exact on these intervals, so "is it 600 whatever the archive said" has an answer.
 */
export interface Mode {
  readonly set: number;
  readonly may: number;
  /** Nobody has said anything about it, which is not the same as one that was set to something unknown. */
  readonly untouched?: true;
}

export const exactly = (bits: number): Mode => ({ set: bits, may: bits });
export const ANY_MODE: Mode = { set: 0, may: 0o7777 };

export const UNTOUCHED: Mode = { set: 0, may: 0o7777, untouched: true };

export const sameMode = (a: Mode, b: Mode): boolean => a.set === b.set && a.may === b.may && a.untouched === b.untouched;
export const isExact = (mode: Mode): boolean => mode.set === mode.may;

/** The smallest interval that holds both. */
export const joinModes = (a: Mode, b: Mode): Mode => ({ set: a.set & b.set, may: a.may | b.may });

/** The same of several; undefined of none. */
export const joinedMode = (modes: readonly Mode[]): Mode | undefined =>
  modes.reduce<Mode | undefined>((a, b) => (a ? joinModes(a, b) : b), undefined);

/** What a new file gets that asked for `wanted` under `umask`. */
export const masked = (wanted: Mode, umask: Mode): Mode => ({ set: wanted.set & ~umask.may, may: wanted.may & ~umask.set });

/** `0640`, or `0600-0644` where only limits are known. */
export function showMode(mode: Mode): string {
  const octal = (n: number): string => n.toString(8).padStart(4, "0");
  return isExact(mode) ? octal(mode.set) : mode.may === 0o7777 && mode.set === 0 ? "unknown" : `${octal(mode.set)} to ${octal(mode.may)}`;
}

const OCTAL = /^[0-7]{1,5}$/u;
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007 };
const READ = 0o444;
const WRITE = 0o222;
const EXECUTE = 0o111;

/** A numeric mode, or undefined when the text is not one. */
export const numericMode = (text: string): Mode | undefined => (OCTAL.test(text) ? exactly(parseInt(text, 8) & 0o7777) : undefined);

/**
 * What `chmod TEXT` makes of `before`. `kind` decides on X: a directory always, a file when it is executable already.
 * Undefined when the text is not a mode (then nothing is known).
 */
export function changeMode(text: string, before: Mode, kind: "file" | "dir" | "any", umask: Mode): Mode | undefined {
  const numeric = /^([-+=]?)([0-7]{1,5})$/u.exec(text);
  if (numeric) return combine(numeric[1] ?? "", 0o7777, exactly(parseInt(numeric[2] ?? "0", 8) & 0o7777), before);
  let mode = before;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/u.exec(clause);
    if (!match) return undefined;
    for (const action of match[2]?.matchAll(/([-+=])([rwxXstugo]*)/gu) ?? []) {
      mode = symbolic(match[1] ?? "", action[1] ?? "", action[2] ?? "", mode, kind, umask);
    }
  }
  return mode;
}

function symbolic(who: string, operator: string, what: string, before: Mode, kind: "file" | "dir" | "any", umask: Mode): Mode {
  const everyone = who === "" || who.includes("a");
  const scope = everyone ? 0o7777 : [...who].reduce((bits, c) => bits | (WHO[c] ?? 0), 0);
  const wanted = permissions(what, before, kind);
  const scoped: Mode = { set: wanted.set & scope, may: wanted.may & scope };
  // Without u, g, o or a the umask has a say in what is switched (POSIX).
  return combine(operator, scope, who === "" ? masked(scoped, umask) : scoped, before);
}

function permissions(what: string, before: Mode, kind: "file" | "dir" | "any"): Mode {
  if (/^[ugo]$/u.test(what)) return copied(what, before);
  let set = 0;
  let may = 0;
  const add = (bits: number): void => {
    set |= bits;
    may |= bits;
  };
  for (const letter of what) {
    if (letter === "r") add(READ);
    else if (letter === "w") add(WRITE);
    else if (letter === "x") add(EXECUTE);
    else if (letter === "s") add(0o6000);
    else if (letter === "t") add(0o1000);
    else if (kind === "dir" || before.set & EXECUTE) add(EXECUTE);
    else if (kind === "any" || before.may & EXECUTE) may |= EXECUTE;
  }
  return { set, may };
}

/** The three bits of one class, put into all three places. */
function copied(who: string, before: Mode): Mode {
  const shift = { u: 6, g: 3, o: 0 }[who] ?? 0;
  const spread = (bits: number): number => ((bits >> shift) & 7) * EXECUTE;
  return { set: spread(before.set), may: spread(before.may) };
}

function combine(operator: string, scope: number, wanted: Mode, before: Mode): Mode {
  if (operator === "+") return { set: before.set | wanted.set, may: before.may | wanted.may };
  if (operator === "-") return { set: before.set & ~wanted.may, may: before.may & ~wanted.set };
  return { set: (before.set & ~scope) | wanted.set, may: (before.may & ~scope) | wanted.may };
}
