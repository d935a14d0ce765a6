/**
 * What an update stops before it exists, asked over gRPC as the engine asks at `pulumi up --skip-preview`: resource by resource in an order
 * of registration, then the stack. What is reported early has to follow from what is registered: every prefix of a clean program is silent.
 */
import fc, { runs } from "../../property";
import { program } from "../core/builder";
import type { Mode, PlainGraph } from "../core/builder";
import { cleanGraph } from "../mutations/clean";
import type { Mutation } from "../mutations/frame";
import { allMutations } from "../mutations/lists";
import { ownStack } from "../network/stack";
import { registrationOrder } from "./registration";
import { startPack } from "./server";
import type { Diagnostic, PackServer } from "./server";

jest.setTimeout(600_000);
const all = allMutations();
/** Those of the corpus itself, without variants, in the areas of networks, hosts and buckets. */
const corpus = all.filter(({ id, expect: wanted, verdict }) => /^[A-E]\d+$/.test(id) && wanted.length > 0 && verdict !== "unknown");
const benign = all.filter(({ id, expect: wanted }) => /^([A-E]\d+-Z|Z)/.test(id) && wanted.length === 0);

let pack: PackServer;
let clean: Readonly<Record<Mode, PlainGraph>>;
beforeAll(async () => {
  clean = { unknown: await cleanGraph("unknown"), known: await cleanGraph("known") };
  pack = await startPack({ PULUMI_NODEJS_DRY_RUN: "false" });
});
afterAll(() => pack.stop());

/** Registers resource after resource until one is stopped, as the engine does, and says what stopped it. */
async function register(plain: PlainGraph, pick?: (count: number) => number): Promise<readonly Diagnostic[]> {
  for (const resource of registrationOrder(plain, pick)) {
    const found = await pack.resource(resource);
    if (found.length > 0) return found;
  }
  return [];
}

/** Ends the run: what is registered next belongs to another one. */
const end = (): Promise<unknown> => pack.stack(program().plain("known"));
const atTheEnd = (plain: PlainGraph): Promise<Diagnostic[]> => pack.stack(plain, ({ inputs, outputs }) => ({ ...inputs, ...outputs }));

function mutated(mutation: Mutation, mode: Mode): PlainGraph {
  const changed = program(clean[mode]);
  mutation.apply(changed);
  return changed.plain(mode);
}

describe("stopped before it exists", () => {
  /** Mutations of the corpus whose violation the engine does not show before the end, by reason. */
  const LATE: Readonly<Record<string, readonly string[]>> = {
    "which resource an id belongs to is not shown": [
      ...["A04", "A05", "A08", "A15", "A16", "A19", "A21"],
      ...["B02", "B12", "C16", "C17", "C18", "C23", "C24", "C25"],
    ],
    "something is missing, and may still come": ["C20", "E05", "E12", "E13", "E17"],
    "a rule with a lower number may still close it": ["C31"],
  };
  const ADVISORY = ["C28", "C39", "D15", "E22"];
  const rows: string[] = [];
  afterAll(() => process.stdout.write(`stopped before creation, of the corpus:\n${rows.sort().join("\n")}\n`));

  test.each(["A", "B", "C", "D", "E"])("area %s: all but what is listed as late, and that is reported at the end", async (area) => {
    const late = Object.values(LATE).flat();
    const count: Record<Mode, number> = { known: 0, unknown: 0 };
    const mandatory = corpus.filter(({ id }) => id.startsWith(area) && !ADVISORY.includes(id));
    for (const mutation of mandatory) {
      const plain = mutated(mutation, "known");
      const found = await register(plain);
      expect([mutation.id, found.length > 0]).toEqual([mutation.id, !late.includes(mutation.id)]);
      expect(found.filter(({ level, message }) => level !== "mandatory" || message.includes("CANNOT TELL"))).toEqual([]);
      if (found.length === 0) expect(levels(await atTheEnd(plain))).toContain("mandatory");
      else await end();
      const unknown = await register(mutated(mutation, "unknown"));
      // What an unknown id hides is not guessed.
      if (found.length === 0) expect([mutation.id, unknown]).toEqual([mutation.id, []]);
      await end();
      if (found.length > 0) count.known += 1;
      if (unknown.length > 0) count.unknown += 1;
    }
    // Routes are a matter of ids alone; in every other area a resource itself can say too much.
    if (area !== "B") expect(count.unknown).toBeGreaterThan(0);
    const of = `of ${String(mandatory.length)}`;
    rows.push(`  ${area}: ${String(count.known)} ${of} with known ids, ${String(count.unknown)} ${of} with unknown ones`);
  });

  test("once a run: what stopped a resource is not reported again at the end", async () => {
    const hole = mutated(corpus.find(({ id }) => id === "E16") as Mutation, "known");
    const [stopped] = await register(hole);
    if (!stopped) throw new Error("nothing was stopped");
    const again = (await atTheEnd(hole)).filter(({ policy }) => policy === stopped.policy);
    expect(again).toEqual([]);
    await end();
    // Another run, which nothing stopped: here it is.
    expect((await atTheEnd(hole)).filter(({ policy }) => policy === stopped.policy)).toHaveLength(1);
  });

  test("the resource that completes a violation is stopped, and the message names what it completes", async () => {
    const [found] = await register(mutated(corpus.find(({ id }) => id === "B01") as Mutation, "known"));
    await end();
    expect(found).toMatchObject({ policy: "backend-in-private-subnet", level: "mandatory" });
    expect(found?.urn).toMatch(/aws:ec2\/(route:Route|instance:Instance)::/);
  });
});

describe("silent in every prefix of the registration", () => {
  const topological = fc.infiniteStream(fc.nat());
  const picker = (numbers: Iterator<number>) => (count: number) => (numbers.next().value as number) % count;

  test.each<Mode>(["known", "unknown"])("the clean program, in any order that its dependencies allow (%s ids)", async (mode) => {
    await fc.assert(
      fc.asyncProperty(topological, async (numbers) => {
        const found = await register(clean[mode], picker(numbers));
        await end();
        expect(found).toEqual([]);
      }),
      runs(5),
    );
  });

  test("a clean network of another shape", async () => {
    await fc.assert(
      fc.asyncProperty(topological, async (numbers) => {
        const found = await register(ownStack().p.plain("known"), picker(numbers));
        await end();
        expect(found).toEqual([]);
      }),
      runs(5),
    );
  });

  test("the benign cases", async () => {
    expect(benign.length).toBeGreaterThan(40);
    for (const mutation of benign) {
      const found = await register(mutated(mutation, "known"));
      await end();
      expect([mutation.id, found]).toEqual([mutation.id, []]);
    }
  });
});

function levels(diagnostics: readonly Diagnostic[]): Diagnostic["level"][] {
  return diagnostics.map(({ level }) => level);
}
