/**
 * Packages that @pulumi/pulumi loads when it starts and uses only to send functions to the cloud, which no program here
 * does: the TypeScript compiler and npm's tree of packages, half a second together. They are loaded at their first use.
 */
const LAZY = ["typescript", "@npmcli/arborist"];

/** Stands for a module's exports. `__esModule`: the SDK then keeps the object instead of copying what is in it. */
function later(load) {
  return new Proxy({}, { get: (_, key) => (key === "__esModule" ? true : load()[key]) });
}

/** Puts them into Node's module cache, for this process. */
function loadLater() {
  for (const name of LAZY) {
    const file = require.resolve(name);
    let real;
    const exports = later(() => {
      if (real === undefined) {
        delete require.cache[file];
        real = require(name);
      }
      return real;
    });
    require.cache[file] = { id: file, filename: file, path: file, loaded: true, children: [], paths: [], exports };
  }
}

module.exports = { LAZY, later, loadLater };
