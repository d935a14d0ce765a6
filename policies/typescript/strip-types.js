/**
 * TypeScript to the JavaScript that Node runs: for npm's scripts, for the engine (register.js) and for Jest (tools/jest-transform.js). Types
 * are only taken off: `npm run types` checks them.
 */
const { digestOf, keptText } = require("./kept-text");

/** As in tsconfig.json: CommonJS for the oldest Node that is supported. `lazy`: packages are loaded when they are first used. */
const OPTIONS = {
  configFile: false,
  swcrc: false,
  sourceMaps: "inline",
  inlineSourcesContent: false,
  jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
  module: { type: "commonjs", lazy: true },
};

const VERSION = require("@swc/core/package.json").version;

/** Everything that the result depends on: another text, compiler, option or place of the file is another key. */
const keyOf = (source, filename) => digestOf(JSON.stringify([VERSION, OPTIONS, filename, source]));

function stripTypes(source, filename) {
  // swc is a native library and loading it takes longer than reading a hundred results.
  const { transformSync } = require("@swc/core");
  return transformSync(source, { ...OPTIONS, filename }).code;
}

/** The result of an earlier run where it is right. */
function cachedStripTypes(source, filename) {
  return keptText({ folder: "strip-types", name: digestOf(filename), key: keyOf(source, filename) }, () => stripTypes(source, filename));
}

module.exports = { OPTIONS, VERSION, cachedStripTypes, stripTypes };
