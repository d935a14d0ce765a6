/**
 * Texts that were made of others: types taken off, functions of schemas. One file each below node_modules/.cache, put in place by a rename, so
 * that two processes may write the same one. Its first line has the key and the digest of the rest: what is old, cut off or changed is not used.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { cacheFolder } = require("./cache-folder");

const digestOf = (text) => createHash("sha256").update(text).digest("hex");

/**
 * The text from an earlier run, or made now.
 * @param folder a kind of texts @param name of one file: another key takes its place @param key everything that decides the text
 */
function keptText({ folder, name, key }, make) {
  const place = cacheFolder(folder);
  if (place === undefined) return make();
  const file = join(place, `${name}.js`);
  const known = read(file, key);
  if (known !== undefined) return known;
  const text = make();
  write(file, `${firstLine(key, text)}${text}`);
  return text;
}

const firstLine = (key, text) => `// ${key} ${digestOf(text)}\n`;

function read(file, key) {
  let stored;
  try {
    stored = readFileSync(file, "utf8");
  } catch {
    return undefined; // not there yet, or not readable: then it is made again
  }
  const text = stored.slice(stored.indexOf("\n") + 1);
  return stored.startsWith(firstLine(key, text)) ? text : undefined;
}

function write(file, content) {
  const draft = `${file}.${String(process.pid)}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, content, { flag: "wx" });
    renameSync(draft, file);
  } catch {
    // A read-only checkout or a full disk: the text is at hand, and the next run makes its own.
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

module.exports = { digestOf, keptText };
