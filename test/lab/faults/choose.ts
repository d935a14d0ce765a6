/** Which cases a run of `npm run test:faults` tries. */
import type { Case } from "./case";

/** Cases that try the same kind of fault at other places; the short form takes one of each. A case of no kind is always tried. */
const KINDS: readonly RegExp[] = [
  /^a rollback that failed/,
  /^(a rollback (?!that failed)|a rollback,|two operators roll|the history: )/,
  /^first release fails/,
  /^layout: (?!an editable)/,
  /^lost: /,
  /^nginx site /,
  /^(unit|service|application|nginx|link of the site|links of the release|release|owners and modes).* by hand/,
  /^the service's user (exchanges|flips|has its|gives|writes|plants) |^a link that the service's user /,
  /^the application filled disk /,
  // CI's soak strikes with these as well, at another moment each time (../soak/strikes.ts).
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
    KINDS.flatMap((kind) =>
      allBut(
        seed,
        usual.filter((one) => kindOf(one.name) === kind),
      ),
    ),
  );
  return usual.filter((one) => !left.has(one));
}

const kindOf = (name: string): RegExp | undefined => KINDS.find((kind) => kind.test(name));

const allBut = <T>(seed: number, cases: readonly T[]): T[] => cases.filter((_, index) => index !== seed % cases.length);
