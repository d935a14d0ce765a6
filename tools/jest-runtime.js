/**
 * Jest's own runtime, except that a worker compiles a module once, for all of its files of tests. Each file has a registry of modules and globals of
 * its own as ever; what they share is V8's code of a source, with the functions that were compiled at their first call. Jest itself compiles anew for
 * each file: a tenth of all processor time, for the same few hundred modules.
 */
const { Script } = require("node:vm");
const { default: Runtime } = require("jest-runtime");
const { watchStores } = require("./async-stores");

/** By file and names of the arguments: another source takes its place, as in watch mode. */
const compiled = new Map();

/** The one that runs now asks for what `import()` names; a worker runs one file of tests after the other. */
let running;

function scriptOf(source, filename, names) {
  const key = `${names} ${filename}`;
  const known = compiled.get(key);
  if (known?.source === source) return known.script;
  const head = `(function (${names}) {`;
  const script = new Script(`${head}${source}\n})`, {
    filename,
    // Places in the first line are those of the source.
    columnOffset: -head.length,
    importModuleDynamically: (specifier, _script, attributes) => running.importFor(filename, specifier, attributes),
  });
  compiled.set(key, { source, script });
  return script;
}

const endStores = watchStores();

module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    const [, environment, , , , coverage] = args;
    const { executor } = this;
    // Coverage counts characters of the source, and knows no head. What is not as this Jest has it is left to Jest.
    if (coverage?.collectCoverage || typeof executor?.compile !== "function" || !Array.isArray(executor.injectedModuleParameters)) return;
    const names = executor.injectedModuleParameters.join(", ");
    const ownWay = executor.compile.bind(executor);
    executor.compile = (source, filename) => {
      const context = environment.getVmContext();
      if (context === null) return null;
      let script;
      try {
        script = scriptOf(source, filename, names);
      } catch {
        return ownWay(source, filename); // it says what is wrong with the source
      }
      return script.runInContext(context);
    };
    running = {
      importFor: (from, specifier, attributes) => executor.dynamicImport(specifier, from, environment.getVmContext(), attributes),
    };
  }

  teardown() {
    super.teardown();
    endStores();
  }
};
