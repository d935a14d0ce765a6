/** What stands for a module that is loaded at its first use behaves as the module does, in each of the forms in which a compiler asks for it. */
interface Lazy {
  readonly LAZY: readonly string[];
  readonly later: (load: () => unknown) => unknown;
}

const { LAZY, later } = jest.requireActual<Lazy>("../../policies/typescript/lazy");

/** As TypeScript compiles `import x from "…"`. */
const importDefault = <T>(module: T): { readonly default: T } =>
  (module as { __esModule?: boolean }).__esModule === true ? (module as unknown as { readonly default: T }) : { default: module };

const standIn = <T>(real: T) => {
  const load = jest.fn(() => real);
  return { load, exports: later(load) as T };
};

test("nothing is loaded before the first use", () => {
  const { load, exports } = standIn({ answer: 42 });
  importDefault(exports);
  expect(load).not.toHaveBeenCalled();
  expect(exports.answer).toBe(42);
});

test("a module that is a function can be called, as itself and as the default", () => {
  const { exports } = standIn((word: string) => `${word}!`);
  expect(exports("called")).toBe("called!");
  expect(importDefault(exports).default("default")).toBe("default!");
});

test("an ES module keeps its own default", () => {
  expect(standIn({ __esModule: true, default: "own" }).exports.default).toBe("own");
});

test.each(LAZY)("%s is there to be loaded", (name) => {
  expect(() => jest.requireActual<object>(name)).not.toThrow();
});
