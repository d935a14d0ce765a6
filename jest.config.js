// Types are checked once, by `npm run types`; here they are only stripped.
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/lab/.*\\.host\\.test\\.ts$"],
  reporters: ["default", "<rootDir>/tools/jest-skipped.js"],
  setupFiles: ["<rootDir>/tools/jest-setup.js"],
  transform: { "^.+\\.ts$": "<rootDir>/tools/jest-transform.js" },
};
