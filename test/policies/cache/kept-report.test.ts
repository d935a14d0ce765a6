/** Results that come from disk lead to the same findings as those just made, on the program's own stack and on flawed ones. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as encoding from "../../../policies/cache/encode";
import type { Outcome } from "../../../policies/core/outcome";
import { inputsOf } from "../../../policies/shell/host-steps";
import { makeResource } from "../../../policies/core/graph";
import { Asset, Secret, UNKNOWN } from "../../../policies/core/types";
import type { Value } from "../../../policies/core/types";
import { cleanGraph } from "../mutations/clean";
import type { PlainGraph } from "../core/builder";

const folder = mkdtempSync(join(tmpdir(), "kept-report-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Seen {
  readonly outcomes: readonly Outcome[][];
  /** Scripts were followed. */
  readonly parsed: boolean;
  /** Reports of hosts that were read back; answers of policies are lists. */
  readonly reports: number;
}

/** As another process would: with modules, and so memories, of its own. */
async function inAProcessOfItsOwn(clean: PlainGraph): Promise<Seen> {
  const outcomes: Outcome[][] = [];
  let parsed = false;
  let reports = 0;
  await jest.isolateModulesAsync(async () => {
    jest.doMock("../../../policies/typescript/cache-folder", () => ({ cacheFolder: () => join(folder, "kept") }));
    jest.doMock("web-tree-sitter", () => {
      parsed = true;
      return jest.requireActual<object>("web-tree-sitter");
    });
    jest.doMock("../../../policies/cache/encode", () => {
      const real = jest.requireActual<typeof encoding>("../../../policies/cache/encode");
      return {
        ...real,
        decode: (bytes: Buffer): unknown => {
          const value = real.decode(bytes);
          if (!Array.isArray(value)) reports += 1;
          return value;
        },
      };
    });
    const { program: ofItsOwn } = await import("../core/builder");
    const { evaluateProgram } = await import("../mutations/frame");
    const { allMutations } = await import("../mutations/lists");
    const flawed = ofItsOwn(clean);
    // Certain and open findings at once: a script that removes the models, and one that nobody has shown.
    flawed.set(flawed.find("command:remote:Command", "backend-models"), { delete: "sudo rm -rf /home/ddos/models" });
    allMutations()
      .find(({ id }) => id === "F37-file")
      ?.apply(flawed);
    for (const changed of [ofItsOwn(clean), flawed]) outcomes.push(await evaluateProgram(changed, "unknown"));
  });
  return { outcomes, parsed, reports };
}

test("the same findings, word for word, without following a script again", async () => {
  const clean = await cleanGraph("unknown");
  const first = await inAProcessOfItsOwn(clean);
  expect(first.parsed).toBe(true);
  const [quiet, found = []] = first.outcomes;
  expect(quiet).toEqual([]);
  expect(new Set(found.map(({ verdict }) => verdict))).toEqual(new Set(["violation", "unknown"]));
  const names = readdirSync(join(folder, "kept"));
  const second = await inAProcessOfItsOwn(clean);
  expect(second.outcomes).toStrictEqual(first.outcomes);
  expect(readdirSync(join(folder, "kept"))).toEqual(names);
  expect(second).toMatchObject({ parsed: false, reports: 0 });
}, 120_000);

describe("what a step gets decides its key", () => {
  const key = (environment: Value): string =>
    inputsOf(
      makeResource({ urn: "urn:pulumi:dev::p::command:remote:Command::s", type: "command:remote:Command", inputs: { environment } }),
    );

  test("no two values share one: secrets within a map, and texts that look like a mark", () => {
    const values: Value[] = ["v", "w", UNKNOWN, "[unknown]", "unknown", "[secret]", 'secret("v")', 1, "1", null, true, ["v"], { v: "v" }];
    const marked = values.map((value) => new Secret(value));
    const all = [...values, ...marked, new Asset("text", "v"), new Asset("file", "v"), new Asset("archive", undefined)];
    const keys = all.flatMap((value) => [key(value), key({ A: value })]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
