/** tools/jest-runtime.js: what files of tests of one worker share is code, and neither values nor places in a source. */
import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { watchStores } = jest.requireActual<{ watchStores: (of: typeof AsyncLocalStorage) => () => void }>("../../tools/async-stores");

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "jest-runtime-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const moduleOf = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
/** What a module throws when it is loaded. */
const thrownBy = (file: string): Error => {
  try {
    jest.requireActual(file);
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

test("a module that is loaded twice has values of its own", () => {
  const file = moduleOf("count.js", "let count = 0; module.exports = () => (count += 1);");
  const load = (): (() => number) => {
    let loaded: () => number = () => 0;
    jest.isolateModules(() => (loaded = jest.requireActual<() => number>(file)));
    return loaded;
  };
  const [one, other] = [load(), load()];
  expect([one(), one(), other()]).toEqual([1, 2, 1]);
});

test("it has the globals of this file of tests", () => {
  expect(jest.requireActual(moduleOf("list.js", "module.exports = [globalThis, Array, this === exports, __filename]"))).toEqual([
    globalThis,
    Array,
    true,
    join(folder, "list.js"),
  ]);
});

test("places are those of the source, in its first line too", () => {
  expect(thrownBy(moduleOf("first.js", 'throw new Error("first");')).stack).toMatch(/first\.js:1:7\)?\n/);
  expect(thrownBy(moduleOf("third.js", '"use strict";\n\n  throw new Error("third");')).stack).toMatch(/third\.js:3:9\)?\n/);
});

test("a source with a mistake is refused", () => {
  expect(thrownBy(moduleOf("mistake.js", "const = 1;"))).toMatchObject({ name: "SyntaxError" });
});

test("a source with counters of --coverage is kept beside the one without", () => {
  const { getCacheKey } = jest.requireActual<{ getCacheKey: (source: string, file: string, options: object) => string }>(
    "../../tools/jest-transform",
  );
  const key = (instrument: boolean): string => getCacheKey("const one = 1;", "one.ts", { instrument });
  expect(key(true)).not.toBe(key(false));
  expect(key(false)).toBe(key(false));
});

test("stores that were used are ended, once", () => {
  class Own<T> extends AsyncLocalStorage<T> {
    override run<R>(store: T, callback: () => R): R {
      return super.run(store, callback);
    }
    override enterWith(store: T): void {
      super.enterWith(store);
    }
  }
  const end = watchStores(Own);
  const [entered, run, idle] = [new Own<number>(), new Own<number>(), new Own<number>()];
  const ended = [entered, run, idle].map((store) => jest.spyOn(store, "disable"));
  entered.enterWith(1);
  expect(run.run(2, () => run.getStore())).toBe(2);
  expect(entered.getStore()).toBe(1);
  end();
  end();
  expect(ended.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0]);
  expect(entered.getStore()).toBeUndefined();
});
