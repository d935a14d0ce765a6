/** `npm test -- --reporters=default --reporters=./tools/jest-times.js`: the ten files of tests that took longest, as a table for CONTRIBUTING.md. */
const { relative } = require("node:path");

module.exports = class {
  constructor({ rootDir }) {
    this.root = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    const rows = testResults
      .map(({ testFilePath, perfStats, testResults: tests }) => [relative(this.root, testFilePath), tests.length, perfStats.runtime / 1000])
      .sort((a, b) => b[2] - a[2])
      .slice(0, 10);
    process.stdout.write("| file | tests | seconds |\n| --- | --- | --- |\n");
    for (const [file, tests, seconds] of rows) process.stdout.write(`| \`${file}\` | ${String(tests)} | ${seconds.toFixed(1)} |\n`);
  }
};
