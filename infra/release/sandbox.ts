/**
 * What an application may be given of what the sandbox of its service (templates/service.mustache) forbids. docs/operations.md says what each
 * opens and what it costs, templates/steps/sandbox.sh which error messages point to it. Pure.
 */
export const ALLOWANCES = ["jit", "proc", "netlink", "scheduling", "devices", "metadata"] as const;
export type Allowance = (typeof ALLOWANCES)[number];
