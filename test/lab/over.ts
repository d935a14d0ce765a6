/** The file of `up:local -- --config`: keys and values over the stack's own. What nothing would read is refused before anything is done. Pure. */
import { parseJsonText, Problem } from "../../policies/cli";

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Sections of the configuration as Pulumi has them: texts under the project's name. */
export const rawConfig = (sections: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(sections).map(([key, value]) => [`ml-gateway:${key}`, asText(value)]));

/**
 * @param text of the file. A value that is no text is taken as the JSON that the configuration would hold.
 * @throws Problem with every mistake
 */
export function parseOverrides(file: string, text: string, project: string): Record<string, string> {
  const example = `{"${project}:backend": {"instanceType": "t3.small"}}`;
  const read = parseJsonText(text);
  if ("problem" in read) throw new Problem(`${file}: ${read.problem} (an object of keys and values, such as ${example})`);
  const values = read.value;
  if (values === null || typeof values !== "object" || Array.isArray(values))
    throw new Problem(
      `${file}: is ${Array.isArray(values) ? "a list" : "a single value"}; write an object of keys and values, such as ${example}`,
    );
  const problems = Object.keys(values).flatMap((key) => mistake(key, project));
  if (problems.length > 0) throw new Problem(problems.map((problem) => `${file}: ${problem}`).join("\n"));
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)]));
}

/**
 * What AWS has and a lab has not, before a machine is made.
 *
 * @param standIn something stands in for the public load balancer, as in test:hosts
 * @throws Problem
 */
export function refuseAwsOnly(config: Readonly<Record<string, string>>, project: string, standIn = false): void {
  const value = (section: string, key: string): unknown => {
    // What is no JSON is told by the program, which reads the whole configuration.
    const read = parseJsonText(config[`${project}:${section}`] ?? "{}");
    return "problem" in read ? undefined : (read.value as Readonly<Record<string, unknown>> | null)?.[key];
  };
  const toRun = "in the stack's file or in a file for --config, to run all else here";
  const problems = [
    ...(value("gateway", "loadBalancer") === true && !standIn
      ? [
          `${project}:gateway.loadBalancer: is true, and only AWS has such a load balancer: the machines here would wait for one that never answers; write false, ${toRun}`,
        ]
      : []),
    ...(value("gateway", "fleet") !== undefined && value("gateway", "fleet") !== null
      ? [
          `${project}:gateway.fleet: is given, and only AWS has groups that start hosts by themselves; leave it out, with access ssh, ${toRun}`,
        ]
      : []),
    ...(value("backend", "mode") === "fleet"
      ? [
          `${project}:backend.mode: is fleet, and only AWS has groups that start hosts by themselves; write single (and backend.count for several), ${toRun}`,
        ]
      : []),
    ...(value("backend", "loadBalancer") === true && value("gateway", "mode") === "proxy"
      ? [
          `${project}:gateway.mode: is proxy, where with backend.loadBalancer nginx asks the name server of systemd-resolved, which the machines here do not have; write application, or backend.loadBalancer false, ${toRun}`,
        ]
      : []),
    ...(value("network", "existing") !== undefined
      ? [
          `${project}:network.existing: names a network of an account, and the machines here stand in one that the program makes; leave network out (null), ${toRun}`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new Problem(problems.join("\n"));
}

function mistake(key: string, project: string): string[] {
  const [prefix = "", ...rest] = key.split(":");
  const name = rest.join(":");
  if (rest.length === 0) return [`found the key "${key}" without a project in front, which nothing would read; write "${project}:${key}"`];
  if (prefix !== project && prefix !== "aws")
    return [`found the key "${key}", and only keys of "${project}:" and "aws:" are read here; write "${project}:${name}", or remove it`];
  return [];
}
