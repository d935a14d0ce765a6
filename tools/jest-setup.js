/* global jest */
/** Before each file of tests: see lazy.js and tune.js. */
require("./tune");
const { LAZY, later } = require("./lazy");

for (const name of LAZY) jest.mock(name, () => later(() => jest.requireActual(name)));
