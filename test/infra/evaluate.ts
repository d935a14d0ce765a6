import * as path from "path";
import { runProgram, type GraphResource, type Provider, type RunResult } from "../../infra/offline/engine";
import { placeholderKey } from "../../infra/offline/placeholder-key";
import { previewProvider } from "../../infra/offline/preview-provider";
import { readStackFile } from "../../infra/offline/stack-file";
import { program } from "../../infra/program";

export const ROOT = path.resolve(__dirname, "../..");
/** Marked as secret as a whole, as the engine marks a section with an encrypted value in it. */
const SECRETS = [
  "ml-gateway:sshPrivateKey",
  "ml-gateway:sshPreviousPrivateKey",
  "ml-gateway:gateway",
  "ml-gateway:python",
  "ml-gateway:tls",
];
const KEY = placeholderKey();

/**
 * Evaluates the dev stack with some sections of its configuration (or other keys, "aws:region") replaced.
 * @param provider what answers. @default as at a first preview
 * @param preview whether ids and outputs that nobody gave are unknown. @default without a provider of the caller's
 */
export async function evaluateDev(
  sections: Readonly<Record<string, object | string>> = {},
  provider?: Provider,
  preview = provider === undefined,
): Promise<RunResult> {
  const file = readStackFile(ROOT, "dev", { privateKey: () => KEY });
  const overrides = Object.fromEntries(
    Object.entries(sections).map(([name, value]) => [
      name.includes(":") ? name : `ml-gateway:${name}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const config = { ...file.config, ...overrides };
  return runProgram({
    ...file,
    config,
    secretKeys: [...file.secretKeys, ...SECRETS],
    preview,
    provider: provider ?? previewProvider(config["aws:region"] ?? ""),
    program: async () => ({ ...(await program(ROOT)) }),
  });
}

export function byName(result: RunResult, type: string, name: string): GraphResource {
  const found = result.resources.find((resource) => resource.type === type && resource.name === name);
  if (found === undefined) {
    throw new Error(`no ${type} "${name}" was registered`);
  }
  return found;
}

/** `TYPE::NAME` of each resource. */
export const namesOf = ({ resources }: RunResult): string[] => resources.map(({ type, name }) => `${type}::${name}`);

/** What an option adds to the resources of a stack, and what it takes away. */
export function difference(before: RunResult, after: RunResult): { readonly added: string[]; readonly gone: string[] } {
  const [old, now] = [namesOf(before), namesOf(after)];
  return { added: now.filter((name) => !old.includes(name)).sort(), gone: old.filter((name) => !now.includes(name)).sort() };
}

/** Names of the resources that a property takes its value from. */
export function sources(result: RunResult, resource: GraphResource, property: string): string[] {
  const urns = resource.propertyDependencies[property] ?? [];
  return urns.map((urn) => result.resources.find((other) => other.urn === urn)?.name ?? urn).sort();
}
