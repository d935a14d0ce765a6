/** What a line of tmpfiles.d does, as shell commands. */
import { quote } from "./text";

/** Its patterns are the shell's; they stay unquoted. */
const glob = (path: string): string => path.replace(/[^\w/.*?[\]:@%+,-]/gu, (c) => `\\${c}`);

export const tmpfileCommands = (text: string): string => text.split("\n").map(commandOf).join("\n");

function commandOf(line: string): string {
  const [type = "", path = "", mode = "-", user = "-", group = "-", , ...argument] = line.trim().split(/\s+/u);
  if (!path.startsWith("/") || type.startsWith("#")) return "";
  const own = [
    user === "-" && group === "-"
      ? ""
      : `chown${/^Z/u.test(type) ? " -R" : ""} ${quote(`${user === "-" ? "" : user}:${group === "-" ? "" : group}`)} ${glob(path)}`,
    mode === "-" ? "" : `chmod${/^Z/u.test(type) ? " -R" : ""} ${quote(mode.replace(/^[~:]+/u, ""))} ${glob(path)}`,
  ].filter((command) => command !== "");
  switch (type.charAt(0)) {
    case "d":
    case "D":
    case "e":
    case "v":
    case "q":
    case "Q":
      return [type.startsWith("e") ? "" : `mkdir -p ${quote(path)}`, ...own].filter((c) => c !== "").join("; ");
    case "f":
    case "F":
    case "w":
      return [`printf %s ${quote(argument.join(" "))} ${type.includes("+") ? ">>" : ">"} ${quote(path)}`, ...own].join("; ");
    case "C":
      return [`cp -r ${quote(argument[0] ?? "")} ${quote(path)}`, ...own].join("; ");
    case "L":
      return `ln -s${type.includes("+") ? "f" : ""} ${quote(argument[0] ?? "")} ${quote(path)}`;
    case "r":
    case "R":
      return `rm -rf ${glob(path)}`;
    case "a":
    case "A":
      return `setfacl ${type.startsWith("A") ? "-R " : ""}-m ${quote(argument[0] ?? "")} ${glob(path)}`;
    case "z":
    case "Z":
    case "m":
      return own.join("; ");
    default:
      return "";
  }
}
