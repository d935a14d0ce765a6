/** What is configured for an application on the gateway where none runs, in words. Pure. */
import type { StackConfig } from "./types";

/** @returns undefined when there is nothing to say. */
export function modeNotice({ project, gateway }: Pick<StackConfig, "project" | "gateway">): string | undefined {
  if (gateway.mode !== "proxy") return undefined;
  const unused = [
    ...(gateway.workers === "auto" ? [] : ["workers"]),
    ...(Object.keys(gateway.env).length === 0 ? [] : ["env"]),
    ...(gateway.secretEnvNames.length === 0 ? [] : ["secretEnv"]),
  ].map((key) => `gateway.${key}`);
  if (unused.length === 0) return undefined;
  return (
    `${project}:${unused.join(", ")}: no application runs on the gateway while gateway.mode is proxy, so nothing reads ${unused.length === 1 ? "it" : "them"}; ` +
    `remove ${unused.length === 1 ? "it" : "them"}, or set gateway.mode to application`
  );
}
