const { availableParallelism } = require("node:os");

// Types are checked once, by `npm run types`; here they are only stripped.
module.exports = {
  testEnvironment: "node",
  // Jest itself leaves a core free; of two, that is half.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/lab/.*\\.host\\.test\\.ts$"],
  reporters: ["default", "<rootDir>/tools/jest-skipped.js"],
  setupFiles: ["<rootDir>/tools/jest-setup.js"],
  transform: { "^.+\\.ts$": "<rootDir>/tools/jest-transform.js" },
};
