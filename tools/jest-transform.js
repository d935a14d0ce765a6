/** Jest runs TypeScript as npm's scripts do; what has been stripped once is in Jest's own cache. */
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { OPTIONS, VERSION, stripTypes } = require("../policies/typescript/strip-types");

const own = [__filename, require.resolve("../policies/typescript/strip-types")].map((file) => readFileSync(file, "utf8"));

module.exports = {
  process: (source, filename) => ({ code: stripTypes(source, filename) }),
  // With --coverage Jest adds its counters to what is kept.
  getCacheKey: (source, filename, { instrument }) =>
    createHash("sha256")
      .update(JSON.stringify([VERSION, OPTIONS, own, filename, source, instrument]))
      .digest("hex"),
};
