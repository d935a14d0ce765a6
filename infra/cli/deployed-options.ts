/** What verify and repair have in common: whom they ask, and the options that say so. */

/** In the order in which they are asked. */
export const HOSTS = ["gateway", "backend"] as const;

/** What every command takes that asks the hosts of a deployed stack. */
export const DEPLOYED_STACK = {
  stack: { kind: "text", value: "NAME", short: "s", required: true, help: "the deployed stack" },
} as const;

/** Where its values come from, and how the answer is printed. */
export const DEPLOYED_VALUES = {
  config: { kind: "text", value: "FILE", help: 'what "pulumi config --show-secrets --json" printed, in place of running it' },
  outputs: { kind: "text", value: "FILE", help: 'what "pulumi stack output --json" printed, in place of running it' },
  json: { kind: "flag", help: "print one JSON document instead of text" },
} as const;
