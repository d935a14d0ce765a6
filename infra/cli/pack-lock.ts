/**
 * The lock file of the policy pack as a package of its own (policies/npm-shrinkwrap.json), from the project's: whoever takes the pack alone gets the
 * versions that it was tested with. Pure.
 */

interface Entry {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Entry>>;
}

const WORKSPACE = "policies";

/** @param text package-lock.json @throws where a package that the pack needs is not in it */
export function packLock(text: string): string {
  const { lockfileVersion, packages } = JSON.parse(text) as Lock;
  const own = packages[WORKSPACE];
  if (own === undefined) throw new Error(`package-lock.json has no workspace "${WORKSPACE}"`);
  const found = new Map<string, Entry>();
  const waiting = [WORKSPACE];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const [name, needed] of wanted(packages[at] ?? {})) {
      const path = resolve(packages, at, name);
      if (path === undefined && !needed) continue;
      if (path === undefined) throw new Error(`package-lock.json: ${at} needs ${name}, which is not in it`);
      if (found.has(path)) continue;
      found.set(path, packages[path] ?? {});
      waiting.push(path);
    }
  }
  return `${JSON.stringify({ name: "ml-gateway-policies", version: own.version, lockfileVersion, requires: true, packages: placed(own, found) }, null, 2)}\n`;
}

function wanted({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: Entry): [string, boolean][] {
  const optional = (name: string): boolean => peerDependenciesMeta[name]?.optional === true;
  return [
    ...Object.keys(dependencies).map((name): [string, boolean] => [name, true]),
    ...Object.keys(optionalDependencies).map((name): [string, boolean] => [name, false]),
    ...Object.keys(peerDependencies).flatMap((name): [string, boolean][] => (optional(name) ? [] : [[name, true]])),
  ];
}

/** As Node finds a package: in the folder of the one that needs it, or in one above. */
function resolve(packages: Lock["packages"], from: string, name: string): string | undefined {
  for (let folder = from; ;) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === "") return undefined;
    const above = folder.lastIndexOf("/node_modules/");
    folder = above < 0 ? "" : folder.slice(0, above);
  }
}

/** In a folder of its own, what lies in the workspace lies at the top. @throws where something else lies there */
function placed(own: Entry, found: ReadonlyMap<string, Entry>): Record<string, unknown> {
  const all = new Map<string, unknown>();
  for (const [path, entry] of found) {
    const target = path.startsWith(`${WORKSPACE}/`) ? path.slice(WORKSPACE.length + 1) : path;
    if (all.has(target)) throw new Error(`package-lock.json: two versions of ${target} belong to the pack at the top`);
    all.set(target, without(entry, ["dev", "devOptional", "link"]));
  }
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  return { "": own, ...Object.fromEntries(sorted) };
}

const without = (entry: Entry, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.includes(key)));
