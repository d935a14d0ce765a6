/** Configuration of the policy pack for this program. */
import { readFileSync } from "fs";
import * as path from "path";
import { parseJsonText } from "../../policies/cli";
import { ConfigError, readConfig, type Config } from "../../policies/core/config";
import { DEFAULT_SETTINGS } from "../../policies/core/settings";
import { policyIds } from "../../policies/rules";

/** The policy pack's configuration cannot be used. */
export class PolicyFileError extends Error {}

/**
 * What this project's commands and workflows give to the pack. It names the profile: with "auto" a stack that lost the tags of its roles would be
 * taken for a program of another kind, and most policies would have nothing to evaluate.
 */
export const OWN_CONFIG = path.resolve(__dirname, "../../policies/gateway-backend.json");

/** @throws PolicyFileError */
export function policyConfigOf(file: string | undefined, text: string): Config {
  if (file === undefined) return readConfig(JSON.parse(readFileSync(OWN_CONFIG, "utf8")), policyIds);
  const read = parseJsonText(text);
  if ("problem" in read) throw new PolicyFileError(`--policy-config ${file}: ${read.problem}`);
  try {
    return withProfile(readConfig(read.value, policyIds));
  } catch (error) {
    throw error instanceof ConfigError ? new PolicyFileError(`--policy-config ${file}: ${error.message}`) : error;
  }
}

/** A file that says nothing of the profile means this program all the same. */
function withProfile(config: Config): Config {
  const { profile } = config.settings;
  return profile === DEFAULT_SETTINGS.profile ? { ...config, settings: { ...config.settings, profile: "gateway-backend" } } : config;
}
