/**
 * V8 optimises a function in the background after so many bytes of its code were run. In a process of seconds half of that never pays, and
 * the process waits for it at its end. Later Nodes than 20 and 21 have no such number, and are quicker without it.
 */
const { setFlagsFromString } = require("node:v8");

if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=264000");
