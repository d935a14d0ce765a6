/* global jest */
/** Before each file of tests: see policies/typescript, lazy.js and tune.js. */
require("../policies/typescript/tune");
const { LAZY, later } = require("../policies/typescript/lazy");

// Slow on purpose, and most files of tests ask it the same: it stays answered for all files of a worker, since Node's own modules do.
const crypto = require("node:crypto");
const ANSWERS = Symbol.for("answers of scrypt");
if (crypto.scryptSync[ANSWERS] === undefined) {
  const { scryptSync } = crypto;
  const answers = new Map();
  crypto.scryptSync = (...args) => {
    const key = JSON.stringify(
      args.map((arg) => (typeof arg === "object" && "byteLength" in arg ? Buffer.from(arg).toString("base64") : arg)),
    );
    if (!answers.has(key)) answers.set(key, scryptSync(...args));
    return Buffer.from(answers.get(key));
  };
  crypto.scryptSync[ANSWERS] = answers;
}

// One Python answers what the tests of a worker ask of an application's code.
require("./warm-python").keepPython(require("node:child_process"));

for (const name of LAZY) jest.mock(name, () => later(() => jest.requireActual(name)));

// What the program warns of is looked at by the tests that are about it; of hundreds of evaluations it would hide everything else.
const { warn } = console;
console.warn = (...args) => {
  if (!String(args[0]).startsWith("warning: [runtime] ")) warn(...args);
};
