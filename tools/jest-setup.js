/* global jest */
/** Before each file of tests: see policies/typescript, lazy.js and tune.js. */
require("../policies/typescript/tune");
const { LAZY, later } = require("../policies/typescript/lazy");

for (const name of LAZY) jest.mock(name, () => later(() => jest.requireActual(name)));
