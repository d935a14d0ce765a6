/* global jest */
/** Before each file of tests: see policies/typescript, lazy.js and tune.js. */
require("../policies/typescript/tune");
const { LAZY, later } = require("../policies/typescript/lazy");

for (const name of LAZY) jest.mock(name, () => later(() => jest.requireActual(name)));

// What the program warns of is looked at by the tests that are about it; of hundreds of evaluations it would hide everything else.
const { warn } = console;
console.warn = (...args) => {
  if (!String(args[0]).startsWith("warning: [runtime] ")) warn(...args);
};
