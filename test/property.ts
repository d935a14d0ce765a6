/**
 * fast-check with one seed for all property tests, so that a run tells about the change that it tests. DDOS_SEED takes another one, DDOS_RUNS more
 * runs of each property: `DDOS_SEED=$RANDOM DDOS_RUNS=1000 npx jest FILE` searches for more.
 */
import fc from "fast-check";

const number = (name: string): number | undefined => (process.env[name] === undefined ? undefined : Number(process.env[name]));

fc.configureGlobal({ seed: number("DDOS_SEED") ?? 1 });

/** How often a property is tried: as often as its test says, unless DDOS_RUNS says otherwise. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: number("DDOS_RUNS") ?? usual };
}

/** Any text, of any characters: fast-check's own unit "binary" begins with a list of all 1.1 million, which takes 0.9 s. */
export function anyText(): fc.Arbitrary<string> {
  // Without the halves of a pair (0xd800 to 0xdfff), which are no characters.
  const character = fc.nat(0x10ffff - 0x800).map((number) => String.fromCodePoint(number < 0xd800 ? number : number + 0x800));
  return fc.oneof(
    fc.string(),
    fc.array(character).map((all) => all.join("")),
  );
}

export default fc;
