/**
 * The service port as the stack itself says it: the tag `ServicePort` of the backend's security group, which the program sets where the port is not
 * the default. So neither the engine nor the runner has to be configured when a stack changes its port.
 */
import { ofType, once } from "./graph";
import { DEFAULT_SETTINGS } from "./settings";
import type { Graph, Selector, Settings } from "./types";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** `settings`, with the port of the graph where the configuration leaves the default. Groups that disagree say nothing. */
export function withServicePort(graph: Graph, settings: Settings): Settings {
  if (settings.servicePort !== DEFAULT_SETTINGS.servicePort) return settings;
  const port = portOf(graph, settings);
  if (port === undefined) return settings;
  const known = laid.get(settings);
  if (known?.servicePort === port) return known;
  const made = { ...settings, servicePort: port };
  laid.set(settings, made);
  return made;
}

/** What is kept for one settings object elsewhere is to be found again. */
const laid = new WeakMap<Settings, Settings>();

/** Every policy asks. */
const portsOf = once((graph: Graph) => once((group: Selector) => findPort(graph, group)));
const portOf = (graph: Graph, settings: Settings): number | undefined => portsOf(graph)(settings.roles.backendGroup);

function findPort(graph: Graph, { tags: role = {} }: Selector): number | undefined {
  const ports = ofType(graph, GROUP)
    .map(({ inputs }) => inputs.tags as Readonly<Record<string, unknown>> | undefined)
    .filter((tags) => Object.entries(role).every(([name, value]) => tags?.[name] === value))
    .map((tags) => Number(tags?.ServicePort));
  const [port, ...others] = new Set(ports.filter((one) => Number.isInteger(one) && one > 0 && one < 65536));
  return others.length === 0 ? port : undefined;
}
