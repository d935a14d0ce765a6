const { availableParallelism } = require("node:os");
const { delimiter } = require("node:path");
const long = require("./test/long.json");
const { pythonFolder } = require("./tools/python-folder");
const { temporaryFolder } = require("./tools/temporary-folder");

const python = pythonFolder();
if (python) process.env.PATH = `${python}${delimiter}${process.env.PATH}`;
const temporary = temporaryFolder();
if (temporary) process.env.TMPDIR = temporary;

// Types are checked once, by `npm run types`; here they are only stripped.
const shared = {
  testEnvironment: "node",
  runtime: "<rootDir>/tools/jest-runtime.js",
  roots: ["<rootDir>/test"],
  setupFiles: ["<rootDir>/tools/jest-setup.js"],
  moduleNameMapper: { "^ml-gateway/components$": "<rootDir>/infra/components.ts", "^ml-gateway/policies$": "<rootDir>/policies/api.ts" },
  transform: { "^.+\\.ts$": "<rootDir>/tools/jest-transform.js" },
};

module.exports = {
  // Jest itself leaves a core free; of two, that is half.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // A busy machine is no failure: tests start programs, and one that hangs is ended all the same.
  testTimeout: 30_000,
  testSequencer: "<rootDir>/tools/jest-sequencer.js",
  reporters: ["default", "<rootDir>/tools/jest-skipped.js"],
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/lab/.*\\.host\\.test\\.ts$", ...long.map((file) => `<rootDir>/${file}$`)],
    },
    // Each costs more than four seconds of processor time: npm run test:long.
    { ...shared, displayName: "long", testMatch: long.map((file) => `<rootDir>/${file}`) },
  ],
};
