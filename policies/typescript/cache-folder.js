/**
 * Where results of earlier runs are kept: in node_modules, beside the programs they come from. Whoever may write there may write those as
 * well, and `npm ci` removes both.
 */
const { existsSync } = require("node:fs");
const { basename, dirname, join } = require("node:path");

/** A folder for one kind of results, below the nearest node_modules; undefined where there is none. It is not made here. */
function cacheFolder(name) {
  for (let at = __dirname; dirname(at) !== at; at = dirname(at)) {
    const packages = basename(at) === "node_modules" ? at : join(at, "node_modules");
    if (existsSync(packages)) return join(packages, ".cache", name);
  }
  return undefined;
}

module.exports = { cacheFolder };
