/** Lets this process run TypeScript, whose types are only taken off. Stack traces name the lines of the source. */
const { readFileSync } = require("node:fs");
const { SourceMap } = require("node:module");
require("./tune");
const { loadLater } = require("./lazy");
const { cachedStripTypes } = require("./strip-types");

const MAP = "\n//# sourceMappingURL=data:application/json;base64,";

loadLater();

/** By file name: its result, with the source map at the end. */
const loaded = new Map();
const maps = new Map();

require.extensions[".ts"] = (module, filename) => {
  const text = cachedStripTypes(readFileSync(filename, "utf8"), filename);
  loaded.set(filename, text);
  module._compile(text, filename);
};

function mapOf(filename) {
  let map = maps.get(filename);
  if (map === undefined) {
    const text = loaded.get(filename) ?? "";
    map = new SourceMap(JSON.parse(Buffer.from(text.slice(text.lastIndexOf(MAP) + MAP.length), "base64").toString("utf8")));
    maps.set(filename, map);
  }
  return map;
}

function frameOf(site) {
  const filename = site.getFileName();
  const text = String(site);
  if (!loaded.has(filename)) return text;
  const [line, column] = [site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1];
  const { originalLine, originalColumn } = mapOf(filename).findEntry(line - 1, column - 1);
  if (originalLine === undefined) return text;
  return text.replace(`:${String(line)}:${String(column)}`, `:${String(originalLine + 1)}:${String(originalColumn + 1)}`);
}

Error.prepareStackTrace = (error, sites) => [String(error), ...sites.map((site) => `    at ${frameOf(site)}`)].join("\n");
