/**
 * The order of the files of tests: where Jest has measured none yet, as in a fresh clone, it begins with the largest files, and the costly ones are
 * small. What is begun last and takes two minutes is waited for by an idle core.
 */
const { existsSync } = require("node:fs");
const { join, relative } = require("node:path");
const Sequencer = require("@jest/test-sequencer").default;

/** The costliest first; each takes more than fifteen seconds of `test:long`, or more than five of `npm test`. */
const FIRST = [
  "test/policies/mutations/mutations.test.ts",
  "test/policies/mutations/foreign.test.ts",
  "test/policies/pack/early.test.ts",
  "test/infra/config/bad-stacks.test.ts",
  "test/infra/init/make.test.ts",
  "test/infra/changes.test.ts",
  "test/policies/pack/early-cost.test.ts",
  "test/infra/diff/change.test.ts",
  "test/infra/release/scripts.test.ts",
  "test/infra/config/generated-mistakes.test.ts",
  "test/infra/remote/ssh-key.test.ts",
  "test/policies/pack/pack.test.ts",
  "test/policies/mutations/few.test.ts",
  "test/infra/stack.test.ts",
];

const root = join(__dirname, "..");
for (const file of FIRST) if (!existsSync(join(root, file))) throw new Error(`tools/jest-sequencer.js names ${file}, which is not there`);

module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = FIRST.indexOf(relative(root, path).replaceAll("\\", "/"));
      return at < 0 ? FIRST.length : at;
    };
    return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
  }
};
