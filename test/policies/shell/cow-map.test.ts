/** Copies are maps of their own: whatever is done to one, in whatever order, each stays what a Map would be. */
import fc, { runs } from "../../property";
import { CowMap } from "../../../policies/shell/cow-map";

const key = fc.constantFrom(...Array.from({ length: 40 }, (_, index) => `k${String(index)}`));
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("set" as const), at: fc.nat(), key, value: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), at: fc.nat(), key, value: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("copy" as const), at: fc.nat(), key, value: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("list" as const), at: fc.nat(), key, value: fc.nat() }) },
);

test("property: the same entries in the same order as a Map, and copies know what they may differ in", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const pairs: [CowMap<string, number>, Map<string, number>][] = [[CowMap.from<string, number>(), new Map<string, number>()]];
      for (const one of actions) {
        const pair = pairs[one.at % pairs.length];
        if (!pair) throw new Error("no map");
        const [map, model] = pair;
        if (one.kind === "copy") pairs.push([map.copy(), new Map(model)]);
        else if (one.kind === "list") expect([...map.keys()]).toEqual([...model.keys()]);
        else if (one.kind === "delete") {
          map.delete(one.key);
          model.delete(one.key);
        } else {
          map.set(one.key, one.value);
          model.set(one.key, one.value);
        }
        expect([map.has(one.key), map.get(one.key)]).toEqual([model.has(one.key), model.get(one.key)]);
      }
      for (const [map, model] of pairs)
        for (const [other, otherModel] of pairs) {
          if (map.sameAs(other)) expect([...model]).toEqual([...otherModel]);
          const changed = [map.changedSince(other), other.changedSince(map)];
          const differing = [...new Set([...model.keys(), ...otherModel.keys()])].filter((k) => model.get(k) !== otherModel.get(k));
          if (changed[0] && changed[1]) expect([...changed[0], ...changed[1]]).toEqual(expect.arrayContaining(differing));
        }
      for (const [map, model] of pairs) expect([...map]).toEqual([...model]);
    }),
    runs(200),
  );
});
