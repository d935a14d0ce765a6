/** A machine, an account and a network to be looked at: everything in order, unless a test says otherwise. */
import type { Aws, Ran, Surroundings } from "../../../infra/doctor/surroundings";
import { ROOT } from "../evaluate";
import { packageVersions } from "./versions";

const NOW = new Date("2026-11-27T12:00:00Z");

export const AWS: Aws = {
  identity: () => Promise.resolve({ account: "123456789012", arn: "arn:aws:iam::123456789012:user/ann" }),
  zones: () => Promise.resolve(["us-east-1a", "us-east-1b", "us-east-1c"]),
  instances: () => Promise.resolve([]),
  addresses: () => Promise.resolve([]),
  vpcs: () => Promise.resolve([undefined]),
  bucketRegion: () => Promise.resolve("us-east-1"),
  // Most identities may not ask; tests of the permissions give an IAM of their own.
  simulate: () => Promise.reject(awsError("AccessDenied")),
  offerings: (types) => Promise.resolve(new Map(types.map((type) => [type, ["us-east-1a", "us-east-1b"]]))),
  hasServiceRole: () => Promise.resolve(true),
  quota: (_service, code) => Promise.resolve(code === "L-1216C47A" ? 32 : 5),
};

/** An IAM that allows everything. */
export const ALL_ALLOWED: Aws["simulate"] = (_identity, { actions, resources }) =>
  Promise.resolve(
    actions.flatMap((action) =>
      (resources.length === 0 ? ["*"] : resources).map((resource) => ({ action, resource, allowed: true, missing: [] })),
    ),
  );

/** What the Pulumi CLI prints, by its arguments. */
export const PULUMI: Readonly<Record<string, string>> = {
  version: "v3.260.0\n",
  "plugin ls --json": JSON.stringify(Object.entries(packageVersions(ROOT)).map(([name, version]) => ({ name, kind: "resource", version }))),
  "whoami --non-interactive": "ann\n",
  "stack ls --json --non-interactive": JSON.stringify([{ name: "dev" }]),
};

export function pulumi(more: Readonly<Record<string, string>> = {}): Surroundings["run"] {
  const said: Readonly<Record<string, string>> = { ...PULUMI, ...more };
  return (program, args): Promise<Ran> => {
    const out = said[args.join(" ")];
    if (program !== "pulumi" || out === undefined) throw new Error(`nothing is known of ${program} ${args.join(" ")}`);
    return Promise.resolve(out === "" ? { code: 255, out: "", err: "no" } : { code: 0, out, err: "" });
  };
}

/** @param aws what of the account is otherwise. */
export function surroundings(more: Partial<Surroundings> = {}, aws: Partial<Aws> = {}): Surroundings {
  return {
    env: {},
    node: "22.11.0",
    now: () => NOW,
    run: pulumi(),
    get: () => Promise.resolve({ text: "203.0.113.9", sent: NOW }),
    aws: () => Promise.resolve({ ...AWS, ...aws }),
    ...more,
  };
}

/** An error as the AWS SDK throws it. */
export function awsError(name: string, message = "no"): Error {
  return Object.assign(new Error(message), { name });
}

export function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}
