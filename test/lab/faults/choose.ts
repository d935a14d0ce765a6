/** Which cases a run of `npm run test:faults` tries. */
import type { Case } from "./case";

/** Cases that try the same kind of fault at other places; the short form takes two of each. A case of no kind is always tried. */
const KINDS: readonly RegExp[] = [
  /^a rollback that failed/,
  /^(a rollback (?!that failed)|a rollback,|two operators roll|the history: )/,
  /^first release fails/,
  /^layout: (?!an editable)/,
  /^lost: /,
  /^nginx site /,
  /^(unit|service|application|nginx|link of the site|links of the release|release|owners and modes).* by hand/,
];
/** What CI's soak strikes with as well, at another moment each time (../soak/strikes.ts): one of each. */
const KINDS_OF_SOAK: readonly RegExp[] = [
  /^link of the operator cut during/,
  /^operator killed \(SIGKILL\) during/,
  /^power cut while/,
  /^reboot /,
  /^release step killed \(SIGKILL\)/,
];

export interface Choice {
  /** Cases whose name matches, those that run by name alone among them. */
  readonly only?: RegExp;
  /** The short form, by this seed: other seeds take other cases of each kind. */
  readonly seed?: number;
}

export function choose<T extends Pick<Case, "name" | "byName">>(all: readonly T[], { only, seed }: Choice): readonly T[] {
  if (only !== undefined) return all.filter(({ name }) => only.test(name));
  const usual = all.filter(({ byName }) => byName !== true);
  if (seed === undefined) return usual;
  const left = new Set(
    [...KINDS, ...KINDS_OF_SOAK].flatMap((kind) =>
      leftOut(
        usual.filter((one) => kindOf(one.name) === kind),
        KINDS_OF_SOAK.includes(kind) ? 1 : 2,
        seed,
      ),
    ),
  );
  return usual.filter((one) => !left.has(one));
}

function kindOf(name: string): RegExp | undefined {
  return [...KINDS, ...KINDS_OF_SOAK].find((kind) => kind.test(name));
}

/** Takes cases that stand apart from each other, beginning at the seed. */
function leftOut<T>(cases: readonly T[], count: number, seed: number): T[] {
  const apart = Math.max(1, Math.floor(cases.length / count));
  const taken = new Set(Array.from({ length: count }, (_, index) => (seed + index * apart) % Math.max(1, cases.length)));
  return cases.filter((_, index) => !taken.has(index));
}
