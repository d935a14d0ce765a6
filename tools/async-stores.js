/**
 * Ends the stores of a file of tests with the file. Jest and Pulumi's SDK make an AsyncLocalStorage for each file, and nobody ends it: up to Node 22,
 * every promise of every later file of the worker then copies the value of each.
 */
const { AsyncLocalStorage } = require("node:async_hooks");

/**
 * Keeps in mind which stores are used.
 * @returns ends those
 */
function watchStores(of = AsyncLocalStorage) {
  const used = new Set();
  for (const name of ["run", "enterWith"]) {
    const own = of.prototype[name];
    of.prototype[name] = function (...args) {
      used.add(this);
      return Reflect.apply(own, this, args);
    };
  }
  return () => {
    for (const store of used) store.disable();
    used.clear();
  };
}

module.exports = { watchStores };
