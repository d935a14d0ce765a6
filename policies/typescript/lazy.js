/**
 * Packages that @pulumi/pulumi loads when it starts and uses only to send functions to the cloud, which no program here
 * does: the TypeScript compiler and npm's tree of packages, half a second together. They are loaded at their first use.
 */
const { dirname } = require("node:path");

const LAZY = ["typescript", "@npmcli/arborist"];

/** Stands for a module's exports. `__esModule`: the SDK then keeps the object instead of copying what is in it. */
function later(load) {
  return new Proxy({}, { get: (_, key) => (key === "__esModule" ? true : load()[key]) });
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
