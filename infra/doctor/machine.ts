/** This machine: Node, the packages, the Pulumi CLI with its plugins and login, the SSH agent. */
import { existsSync, readFileSync } from "fs";
import { join } from "path";
import { systemSentence } from "../../policies/cli/system-errors";
import { agentProblem } from "../remote/agent";
import { named, type Line } from "./line";
import type { Surroundings } from "./surroundings";

/** The oldest CLI that the project is tried with (README). */
export const OLDEST_CLI = [3, 255, 0] as const;
const INSTALL_CLI = "curl -fsSL https://get.pulumi.com | sh";

interface PackageFile {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

function packageFile(path: string): PackageFile | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as PackageFile) : undefined;
}

export function nodeLine(root: string, { node }: Surroundings): Line {
  const line = named("Node");
  const oldest = Number(/\d+/.exec(packageFile(join(root, "package.json"))?.engines?.node ?? "")?.[0] ?? 0);
  const major = Number(node.split(".", 1)[0]);
  if (major < oldest) return line.bad(`${node}, and the project needs ${oldest} or newer`, "nvm install 24");
  return line.good(major < 22 ? `${node} (no longer supported since April 2026; 22 and 24 work as well)` : node);
}

/** Versions are pinned exactly, so that another one is as wrong as none. */
export function packagesLine(root: string): Line {
  const line = named("npm packages");
  const wanted = Object.entries(packageFile(join(root, "package.json"))?.dependencies ?? {});
  const wrong = wanted.flatMap(([name, version]) => {
    const found = packageFile(join(root, "node_modules", name, "package.json"))?.version;
    return found === version ? [] : [found === undefined ? `${name} is missing` : `${name} is ${found} in place of ${version}`];
  });
  if (wrong.length === 0) return line.good(`${wanted.length} in the versions of package.json`);
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : "";
  return line.bad(`${wrong.slice(0, 3).join(", ")}${more}`, "npm ci");
}

/** With a socket that is gone, every remote command fails although a key is given. */
export async function agentLine({ env }: Surroundings): Promise<Line> {
  const line = named("SSH agent");
  const socket = env["SSH_AUTH_SOCK"] ?? "";
  if (socket === "") return line.good("SSH_AUTH_SOCK is not set; none is needed");
  const problem = await agentProblem(socket);
  if (problem === undefined) return line.good(`SSH_AUTH_SOCK names ${socket}, where an agent listens`);
  return line.bad(`SSH_AUTH_SOCK ${problem}, and makes every remote command fail`, "unset SSH_AUTH_SOCK");
}

const CLI_CHECKS = ["Pulumi plugins", "Pulumi login", "Pulumi stack"] as const;

/** The CLI first; without it the others cannot be asked. */
export async function pulumiLines(root: string, stack: string, surroundings: Surroundings): Promise<Line[]> {
  const line = named("Pulumi CLI");
  const without = (first: Line): Line[] => [first, ...CLI_CHECKS.map((check) => named(check).unknown("needs the Pulumi CLI"))];
  let text: string;
  try {
    text = (await surroundings.run("pulumi", ["version"])).out.trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing) return without(line.bad("not installed, or not on PATH; preview:offline and the tests do without it", INSTALL_CLI));
    return without(line.unknown(`could not be asked: ${systemSentence(error) ?? (error as Error).message}`));
  }
  const version = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);
  if (version === undefined) return without(line.unknown(`"pulumi version" said something else than a version`));
  const oldest = OLDEST_CLI.join(".");
  const first = isOlder(version) ? line.bad(`${text}, and ${oldest} or newer is needed`, INSTALL_CLI) : line.good(text);
  return [first, await pluginsLine(root, surroundings), ...(await loginLines(stack, surroundings))];
}

function isOlder(version: readonly number[]): boolean {
  const differing = OLDEST_CLI.findIndex((part, index) => part !== version[index]);
  return differing >= 0 && (version[differing] ?? 0) < (OLDEST_CLI[differing] ?? 0);
}

interface Plugin {
  readonly name: string;
  readonly kind: string;
  readonly version?: string;
}

/** The first preview fetches what is missing, unless it is told not to. */
async function pluginsLine(root: string, { env, run }: Surroundings): Promise<Line> {
  const line = named(CLI_CHECKS[0]);
  const wanted = ["aws", "command"].map((name) => ({
    name,
    version: packageFile(join(root, "package.json"))?.dependencies?.[`@pulumi/${name}`] ?? "",
  }));
  const there = await jsonOf(() => run("pulumi", ["plugin", "ls", "--json"]));
  if (!Array.isArray(there)) return line.unknown(`"pulumi plugin ls" could not be read`);
  const has = ({ name, version }: { name: string; version: string }): boolean =>
    (there as Plugin[]).some(
      (plugin) => plugin.kind === "resource" && plugin.name === name && plugin.version?.replace(/^v/, "") === version,
    );
  const missing = wanted.filter((plugin) => !has(plugin));
  const names = (list: typeof wanted): string => list.map(({ name, version }) => `${name} ${version}`).join(", ");
  if (missing.length === 0) return line.good(names(wanted));
  const install = missing.map(({ name, version }) => `pulumi plugin install resource ${name} ${version}`).join(" && ");
  if (env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] === "true") {
    return line.bad(
      `${names(missing)} not installed, and PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION keeps it from being fetched`,
      install,
    );
  }
  return line.good(`${names(missing)} not installed yet; the first preview fetches it`);
}

async function loginLines(stack: string, { run }: Surroundings): Promise<Line[]> {
  const login = named(CLI_CHECKS[1]);
  const there = named(CLI_CHECKS[2]);
  const who = await said(() => run("pulumi", ["whoami", "--non-interactive"]));
  if (who === undefined) {
    return [login.bad("nobody is logged in, so no stack can be read or written", "pulumi login"), there.unknown("needs a login")];
  }
  const stacks = await jsonOf(() => run("pulumi", ["stack", "ls", "--json", "--non-interactive"]));
  if (!Array.isArray(stacks)) return [login.good(who), there.unknown(`"pulumi stack ls" could not be read`)];
  const names = (stacks as { readonly name: string }[]).map(({ name }) => name.split("/").at(-1));
  return [
    login.good(who),
    names.includes(stack) ? there.good(stack) : there.bad(`there is no stack ${stack} in this backend`, `pulumi stack init ${stack}`),
  ];
}

/** What a program printed; undefined where it failed or could not be run. What it said then is for another reader. */
async function said(work: () => Promise<{ readonly code: number; readonly out: string }>): Promise<string | undefined> {
  try {
    const { code, out } = await work();
    return code === 0 ? out.trim() : undefined;
  } catch {
    return undefined; // the caller says what is not known because of it
  }
}

/** The same as a value; undefined also where that is no JSON. */
export async function jsonOf(work: () => Promise<{ readonly code: number; readonly out: string }>): Promise<unknown> {
  const text = await said(work);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // the caller says that it could not be read
  }
}
