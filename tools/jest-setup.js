/* global jest */
/** Before each file of tests: see lazy.js. */
const { setFlagsFromString } = require("node:v8");
const { LAZY, later } = require("./lazy");

for (const name of LAZY) jest.mock(name, () => later(() => jest.requireActual(name)));

// V8 optimises a function after a tenth of this many bytes of its code were run: for seconds of tests that is work on the other core which
// does not pay for itself.
setFlagsFromString("--interrupt-budget=264000");
