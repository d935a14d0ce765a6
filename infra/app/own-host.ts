/** Addresses of databases, caches and queues on the host itself, as on a developer's machine: nothing of the kind listens there. Pure, apart from the tree. */
import { isSecretName } from "../../policies/rules/secrets/names";
import { byCertainty, type Findings } from "./findings";
import type { OwnConnection } from "./syntax";
import { plainFiles, textOf, type AppTree } from "./tree";

const ADDRESS =
  /["']((?:rediss?|postgres(?:ql)?|mysql|mariadb|mongodb|amqps?|memcached|kafka|nats)(?:\+\w+)?:\/\/(?:[^\s"'/@]*@)?(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)(?::\d+)?)(?=[/?"'])/i;
const ELSEWHERE = /(^|\/)(tests?|docs|examples?|scripts|migrations|alembic)\/|(^|\/)(test_\w+|conftest)\.py$/;
const LARGEST = 1024 * 1024;

/** Notices, because the line may never be used. @param names settings of the backend: one that stands on the same line takes the address's place */
export function ownHostNotices(project: string, tree: AppTree, names: readonly string[]): string[] {
  const files = plainFiles(tree).filter(({ path, size }) => path.endsWith(".py") && size <= LARGEST && !ELSEWHERE.test(path));
  return files.flatMap(({ path }) =>
    (textOf(tree, path) ?? "").split("\n").flatMap((line, index) => {
      const address = /^\s*#/.test(line) ? undefined : ADDRESS.exec(line)?.[1];
      if (address === undefined || names.some((name) => new RegExp(`\\b${name}\\b`, "i").test(line) || isField(line, name))) return [];
      const shown = address.replace(/\/\/[^@]*@/, "//");
      return [
        `${path}, line ${index + 1}: has ${shown}, and on the hosts nothing but nginx and the application listens at their own address; set the address of the service in ${project}:env or secretEnv, if it is used there, and let the backend reach it (backend.egress)`,
      ];
    }),
  );
}

/** Whether the line gives a field of a class of settings that reads this variable: by its own name, behind a prefix. */
function isField(line: string, variable: string): boolean {
  const field = /^\s*(\w+)\s*[:=]/.exec(line)?.[1]?.toLowerCase();
  return field !== undefined && variable.toLowerCase().endsWith(`_${field}`);
}

/**
 * What is connected to there: refused where it certainly is whenever the service starts, else a notice.
 *
 * @param names settings of the backend @param closed whether there may be others, which cannot be seen @param said notices of the texts, which say the same of a line
 */
export function ownConnections(
  project: string,
  connections: readonly OwnConnection[],
  names: readonly string[],
  closed: boolean,
  said: readonly string[],
): Findings {
  const found = connections
    // Classes of settings fold the case of a name.
    .filter(({ variables }) => !variables.some((one) => names.some((name) => name.toUpperCase() === one.toUpperCase())))
    .map((one) => ({ ...one, certain: one.certain && !(closed && one.variables.length > 0) }))
    .filter(({ certain, path, line }) => certain || !said.some((other) => other.startsWith(`${path}, line ${line}:`)));
  return byCertainty(found.map((one) => ({ certain: one.certain, text: sentence(project, one) })));
}

function sentence(project: string, { path, line, service, address, variables: [variable], at, certain }: OwnConnection): string {
  const when = certain ? ` ${at === "import" ? "when it is imported" : "whenever it starts"}` : "";
  const end = certain ? ", so the service could not start" : "";
  const set =
    variable === undefined
      ? `read the address from an environment variable, give it in ${project}:env or secretEnv`
      : `give the address of the service in ${project}:${isSecretName(variable) ? "secretEnv" : "env"}.${variable}`;
  return `${path}, line ${line}: ${certain ? "connects to" : "has"} ${address} (${service})${when}, and on the hosts nothing but nginx and the application listens at their own address${end}; ${set}, and let the backend reach it (backend.egress)`;
}
