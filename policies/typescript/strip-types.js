/**
 * TypeScript to the JavaScript that Node runs: for npm's scripts, for the engine (register.js) and for Jest (tools/jest-transform.js). Types
 * are only taken off: `npm run types` checks them.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { cacheFolder } = require("./cache-folder");

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

const digestOf = (text) => createHash("sha256").update(text).digest("hex");

/** Everything that the result depends on: another text, compiler, option or place of the file is another key. */
const keyOf = (source, filename) => digestOf(JSON.stringify([VERSION, OPTIONS, filename, source]));

function stripTypes(source, filename) {
  // swc is a native library and loading it takes longer than reading a hundred results.
  const { transformSync } = require("@swc/core");
  return transformSync(source, { ...OPTIONS, filename }).code;
}

/**
 * Results of earlier runs. One file a source, put in place by a rename, so that two processes may write the same one. Its first line has
 * the key and the digest of the rest: what is old, cut off or changed is not used.
 */
const FOLDER = cacheFolder("strip-types");

function cachedStripTypes(source, filename) {
  if (FOLDER === undefined) return stripTypes(source, filename);
  const file = join(FOLDER, `${digestOf(filename)}.js`);
  const key = keyOf(source, filename);
  const known = readResult(file, key);
  if (known !== undefined) return known;
  const text = stripTypes(source, filename);
  writeResult(file, `${firstLine(key, text)}${text}`);
  return text;
}

const firstLine = (key, text) => `// ${key} ${digestOf(text)}\n`;

function readResult(file, key) {
  let stored;
  try {
    stored = readFileSync(file, "utf8");
  } catch {
    return undefined; // not there yet, or not readable: then it is made again
  }
  const text = stored.slice(stored.indexOf("\n") + 1);
  return stored.startsWith(firstLine(key, text)) ? text : undefined;
}

function writeResult(file, content) {
  const draft = `${file}.${String(process.pid)}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(draft, content, { flag: "wx" });
    renameSync(draft, file);
  } catch {
    // A read-only checkout or a full disk: the result is at hand, and the next run makes its own.
    discard(draft);
  }
}

function discard(draft) {
  try {
    rmSync(draft, { force: true });
  } catch {
    // There is no folder it could stand in.
  }
}

module.exports = { FOLDER, OPTIONS, VERSION, cachedStripTypes, stripTypes };
