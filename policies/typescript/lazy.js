/**
 * Packages that @pulumi/pulumi loads when it starts and uses for what no program here does: to send functions to the cloud (the TypeScript compiler,
 * npm's tree of packages, what reads a package.json), to run its own CLI, to trace calls, to read plug-ins' YAML. The first two are half a second,
 * the others a fifth of the files that are left. They are loaded at their first use.
 */
const { dirname } = require("node:path");

const LAZY = ["typescript", "@npmcli/arborist", "normalize-package-data", "fdir", "execa", "tmp", "js-yaml", "@opentelemetry/api"];

/**
 * Stands for a module's exports, also where these are a function. `__esModule`: the SDK then keeps the object instead of copying what is in it,
 * and asks a module that has none for `default`.
 */
function later(load) {
  const get = (_, key) => {
    if (key === "__esModule") return true;
    const real = load();
    return key === "default" && real.__esModule !== true ? real : real[key];
  };
  return new Proxy(() => undefined, { get, apply: (_, self, args) => Reflect.apply(load(), self, args) });
}

/** Puts them into Node's module cache, for this process, unless they are there. */
function loadLater() {
  for (const name of LAZY) {
    const file = fileOf(name);
    if (file === undefined || require.cache[file]) continue;
    let real;
    const exports = later(() => {
      if (real === undefined) {
        delete require.cache[file];
        real = require(file);
      }
      return real;
    });
    require.cache[file] = { id: file, filename: file, path: file, loaded: true, children: [], paths: [], exports };
  }
}

/** As the SDK finds it. */
function fileOf(name) {
  try {
    return require.resolve(name, { paths: [dirname(require.resolve("@pulumi/pulumi")), __dirname] });
  } catch {
    return undefined; // a project without the SDK, or an SDK without the package: nothing to put off
  }
}

module.exports = { LAZY, later, loadLater };
