/** Git's ignore patterns, as far as "is this file ignored" needs them. Pure. */

/** Does a `.gitignore` at the root ignore this path (a file)? The last matching pattern wins; `!` takes back. */
export function isIgnored(gitignore: string, path: string): boolean {
  const lines = gitignore.split(/\r?\n/).map((line) => line.replace(/(?<!\\)\s+$/, ""));
  return lines.reduce((ignored, line) => {
    if (line === "" || line.startsWith("#")) return ignored;
    const negated = line.startsWith("!");
    return matches(negated ? line.slice(1) : line, path) ? !negated : ignored;
  }, false);
}

/** A pattern without a slash (but at its end) matches a name at any depth; one that names a directory matches all in it. */
function matches(pattern: string, path: string): boolean {
  const directory = pattern.endsWith("/");
  const bare = pattern.replace(/\/$/, "").replace(/^\\/, "");
  const anchored = bare.includes("/");
  const source = `${anchored ? "" : "(?:.*/)?"}${translate(bare.replace(/^\//, ""))}`;
  return new RegExp(`^${source}${directory ? "/.*" : "(?:/.*)?"}$`).test(path);
}

function translate(glob: string): string {
  return glob
    .split(/(\*\*\/|\/\*\*|\*\*|\*|\?|\[[^\]]+\])/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "/**") return "/.*";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      return /^\[.+\]$/.test(part) ? part.replace(/^\[!/, "[^") : part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
}
