/** Files of an application that hold secrets, by name or by content. The policy pack's own detectors, so that both say the same. */
import ignore from "ignore";
import { findFormats } from "../../policies/rules/secrets/detect";
import { isSecretFile } from "../../policies/rules/secrets/files";
import { contentOf, plainFiles, type AppTree, type TreeEntry } from "./tree";

/** Further names that hold credentials in Python and cloud projects. */
const NAMES = [/^_netrc$/, /^\.?secrets?\.(toml|ya?ml|json|ini|cfg|env)$/i, /^\.dockercfg$/, /^local\.settings\.json$/];
const PATHS = [/(^|\/)\.docker\/config\.json$/, /(^|\/)\.kube\/config$/];

export interface SecretFile {
  readonly path: string;
  /** Such as "a private key". */
  readonly what: string;
}

/** The files that stop a deployment; `allowed` are those that `app.allow` lets through. */
export function secretFiles(tree: AppTree, allow: readonly string[]): { readonly stop: SecretFile[]; readonly allowed: SecretFile[] } {
  const matcher = ignore().add([...allow]);
  const found = plainFiles(tree).flatMap((entry) => inspect(tree, entry));
  const passes = ({ path }: SecretFile): boolean => path !== ".env" && matcher.ignores(path);
  return { stop: found.filter((file) => !passes(file)), allowed: found.filter(passes) };
}

function inspect(tree: AppTree, entry: TreeEntry): SecretFile[] {
  const { path } = entry;
  const text = contentOf(tree, entry).toString("latin1");
  const [format] = findFormats(text);
  if (format !== undefined) return [{ path, what: format }];
  const structure = byStructure(text);
  if (structure !== undefined) return [{ path, what: structure }];
  return byName(path, text) ? [{ path, what: "credentials, by its name" }] : [];
}

/** Formats that are known by what belongs together in them. */
function byStructure(text: string): string | undefined {
  if (/"type"\s*:\s*"service_account"/.test(text) && /"private_key"\s*:/.test(text)) return "the key of a Google service account";
  if (/^kind:\s*Config\s*$/m.test(text) && /^\s*(client-key-data|token|password):/m.test(text)) return "a kubeconfig with credentials";
  if (/^\s*aws_secret_access_key\s*=\s*\S+/m.test(text)) return "an AWS access key";
  if (/_authToken\s*=\s*(?!\$\{)\S+/.test(text)) return "a token of a package registry";
  if (/^\s*(extra-)?(index-url|index|url|find-links)\s*=\s*["']?https?:\/\/[^\s/:@"']+:[^\s/@"'${]+@/m.test(text))
    return "a password of a package index";
  return undefined;
}

function byName(path: string, text: string): boolean {
  const name = path.split("/").pop() ?? path;
  // By their ending alone these may be public halves, and an empty file has nothing to hide; Python modules may be called anything.
  if (text.trim() === "" || name.endsWith(".py")) return false;
  if (/\.(pem|key)$/i.test(name)) return /PRIVATE KEY/.test(text);
  return isSecretFile(path) || NAMES.some((pattern) => pattern.test(name)) || PATHS.some((pattern) => pattern.test(path));
}

/** One line for one file: where, what, and both ways out. @param fetched the hosts fetch the application themselves */
export function secretProblem({ path, what }: SecretFile, { leaveOut }: AppTree, fetched: boolean): string {
  if (fetched) {
    if (path === ".env")
      return `.env lies with the code; the hosts do not use it, and whoever can read the code can read it. Give its values in env and secretEnv, and leave it out (${leaveOut})`;
    return `${path} holds ${what}, which would lie on both hosts; leave it out (${leaveOut}), or, if it belongs to the application, name it in app.allow`;
  }
  if (path === ".env") {
    return `.env would be packed with the code; give its values in env and secretEnv, from which the host's .env is written, and name it in .gitignore or app.exclude`;
  }
  return `${path} holds ${what}, which would lie on both hosts and in the stack's state; leave it out (.gitignore or ${leaveOut}), or, if it belongs to the application, name it in app.allow`;
}
