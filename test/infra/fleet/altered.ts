/** A fleet of one kind of host in a result: what it says, what somebody could change of it, and what such a change does to hosts. */
import { changeOf } from "../../../infra/diff/change";
import type { Side } from "../../../infra/diff/side";
import type { GraphResource, RunResult } from "../../../infra/offline/engine";
import { byName } from "../evaluate";

/** What the resources of a fleet's hosts are called by. */
export type Kind = "fleet" | "gateways";
export type Inputs = GraphResource["inputs"];
export type Change = (inputs: Inputs) => Inputs;

export interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** Of the role of its hosts. */
export function statements(result: RunResult, kind: Kind): readonly Statement[] {
  const { policy } = byName(result, "aws:iam/rolePolicy:RolePolicy", `${kind}-policy`).inputs;
  return (JSON.parse(policy as string) as { Statement: readonly Statement[] }).Statement;
}

export function userData(result: RunResult, kind: Kind): string {
  const template = byName(result, "aws:ec2/launchTemplate:LaunchTemplate", `${kind}-template`);
  return Buffer.from(template.inputs.userData as string, "base64").toString("utf8");
}

export const altered = ({ resources }: RunResult, name: string, change: Change): GraphResource[] =>
  resources.map((one) => (one.name === name ? { ...one, inputs: change(one.inputs) } : one));

export const disk =
  (more: Inputs): Change =>
  (inputs) => ({
    ...inputs,
    blockDeviceMappings: [{ deviceName: "/dev/sda1", ebs: { volumeSize: 16, volumeType: "gp3", ...more } }],
  });

/** The first of the network cards that a template gives its hosts. */
export const card =
  (more: Inputs): Change =>
  (inputs) => ({ ...inputs, networkInterfaces: [{ ...(inputs.networkInterfaces as readonly Inputs[])[0], ...more }] });

/** @param title what somebody did @param policy what has to find it @param name the resource that is changed */
export type Danger = readonly [title: string, policy: string, name: string, change: Change];

/** Of every fleet, whatever its hosts are. @param result is asked when a change is made */
export function dangers(result: () => RunResult, kind: Kind): Danger[] {
  const policy =
    (statement: object): Change =>
    (inputs) => ({
      ...inputs,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [...statements(result(), kind), { Effect: "Allow", ...statement }] }),
    });
  const models = "arn:aws:s3:::ml-gateway-dev-models-123456789012-us-east-1/models/*";
  return [
    ["IMDSv1", "imds-v2-required", `${kind}-template`, (one) => ({ ...one, metadataOptions: { httpTokens: "optional" } })],
    ["a plain disk", "volumes-encrypted", `${kind}-template`, disk({ encrypted: "false" })],
    [
      "a secret in the user data",
      "secret-in-user-data",
      `${kind}-template`,
      (one) => ({
        ...one,
        userData: Buffer.from(`${userData(result(), kind)}\nexport SECRET_KEY=hJ8s7dKq2LmNp4RtVw9xYz\n`).toString("base64"),
      }),
    ],
    [
      "a parameter that is not encrypted",
      "plain-ssm-parameter",
      `${kind}-secrets`,
      (one) => ({ ...one, type: "String", value: "SECRET_KEY=hJ8s7dKq2LmNp4RtVw9xYz" }),
    ],
    [
      "a role that reads all parameters",
      "least-privilege-role",
      `${kind}-policy`,
      policy({ Sid: "All", Action: ["ssm:GetParameter"], Resource: ["*"] }),
    ],
    [
      "a role that writes models",
      "models-read-only-role",
      `${kind}-policy`,
      policy({ Sid: "Write", Action: ["s3:PutObject"], Resource: [models] }),
    ],
  ];
}

const sideOf = ({ resources }: RunResult): Side => ({
  ...{ project: "ml-gateway", stack: "dev", region: "us-east-1", resources, files: [], steps: [], findings: [], flows: [] },
  ...{ exitCode: 0, secrets: {}, notices: [] },
});

/** What an update does to the hosts, without its reasons. */
export const effects = (before: RunResult, after: RunResult): string[] =>
  changeOf("dev", { ref: "main", commit: "0", before: sideOf(before), after: sideOf(after) }).hosts.map(
    ({ host, text }) => `${host}: ${text.split(":")[0] ?? ""}`,
  );
