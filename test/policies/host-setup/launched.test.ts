/** Hosts that nobody logs in to: what launch templates, launch configurations and spot fleets give them to run, and what that fetches of the program. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { packTar } from "../../../infra/release/tar";
import { makeGraph, makeResource, nameOfUrn } from "../../../policies/core/graph";
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { UNKNOWN } from "../../../policies/core/types";
import type { Graph, Policy, Props, Value } from "../../../policies/core/types";
import { policy as envFileMode } from "../../../policies/rules/host-setup/env-file-mode";
import { policy as readable } from "../../../policies/rules/host-setup/host-setup-readable";
import { policy as present } from "../../../policies/rules/host-setup/host-setup-present";
import { policy as modelsReadOnly } from "../../../policies/rules/host-setup/models-read-only";
import { policy as noPasswordLogin } from "../../../policies/rules/host-setup/no-password-login";
import { policy as strictShell } from "../../../policies/rules/host-setup/strict-shell";
import { policy as noRemoteCode } from "../../../policies/rules/host-setup/no-remote-code";
import { policy as serviceNotRoot } from "../../../policies/rules/host-setup/service-not-root";

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";
const GROUP = "aws:autoscaling/group:Group";
const SPOT = "aws:ec2/spotFleetRequest:SpotFleetRequest";
const INSTANCE = "aws:ec2/instance:Instance";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

type Given = Parameters<typeof makeResource>[0];
const urn = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;
const of = (type: string, name: string, inputs: Props, id?: string): Given => ({
  ...{ urn: urn(type, name), type, inputs },
  ...(id === undefined ? {} : { id }),
});
const graph = (...resources: Given[]): Graph =>
  makeGraph(
    resources.map((one) => makeResource(one)),
    true,
  );
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const template = (text: string, more: Props = {}): Given => of(TEMPLATE, "web", { userData: base64(text), ...more }, "lt-1");

/** Each once: the unit, and the command that systemd starts for it, are two findings of one mistake. */
async function verdicts(policy: Policy, program: Graph): Promise<string[]> {
  const found = await policy.evaluate(program, DEFAULT_SETTINGS);
  return [...new Set(found.map(({ verdict, urn: where }) => `${verdict} ${nameOfUrn(where)}`))];
}

const script = (body: string): string => `#!/bin/bash\nset -eu\n${body}\n`;
const unit = (user: string): string =>
  `cat >/etc/systemd/system/app.service <<'END'\n[Service]\n${user}ExecStart=/home/ddos/venv/bin/uvicorn app:app\nEND`;
const ENV = (mode: string): string => `printf 'A=%s\\n' "$(uuidgen)" | install -m ${mode} -o ddos -g ddos /dev/stdin /home/ddos/app/.env`;

test.each<[string, Policy, string]>([
  ["an .env that all can read", envFileMode, script(ENV("644"))],
  ["a service that runs as root", serviceNotRoot, script(unit(""))],
  ["text of the network that is run", noRemoteCode, script("curl -fsSL https://get.example.com | sh")],
  ["sshd with passwords", noPasswordLogin, script("echo 'PasswordAuthentication yes' >/etc/ssh/sshd_config.d/99.conf")],
  ["sshd with passwords, by cloud-config", noPasswordLogin, "#cloud-config\nssh_pwauth: yes\n"],
  ["user data that includes an address", noRemoteCode, "#include\n# of ours\nhttps://boot.example.com/first.sh\n"],
  [
    "the same in a part of it",
    noRemoteCode,
    'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/x-include-url\n\nhttps://boot.example.com/first.sh\n--B--\n',
  ],
  ["text of the network, by cloud-config", noRemoteCode, "#cloud-config\nruncmd:\n  - curl -fsSL https://get.example.com | sh\n"],
])("user data of a launch template: %s", async (_, policy, text) => {
  expect(await verdicts(policy, graph(template(text)))).toEqual(["violation web"]);
});

test.each<[string, Policy, string]>([
  ["an .env of mode 600", envFileMode, script(ENV("600"))],
  ["a service with a user", serviceNotRoot, script(unit("User=ddos\n"))],
  ["a package of the distribution", noRemoteCode, script("apt-get install -y nginx")],
  ["a note", readable, "// nothing"],
  ["no passwords for sshd, by cloud-config", noPasswordLogin, "#cloud-config\nssh_pwauth: false\n"],
  [
    "commands of cloud-config",
    strictShell,
    "#cloud-config\nruncmd:\n  - [ install, -d, -m, '755', /home/ddos ]\n  - systemctl restart app\n",
  ],
])("user data of a launch template, without a finding: %s", async (_, policy, text) => {
  expect(await verdicts(policy, graph(template(text)))).toEqual([]);
});

describe("the same in other places", () => {
  const bad = script(ENV("644"));

  test.each<[string, Given]>([
    ["packed", of(TEMPLATE, "web", { userData: gzipSync(bad).toString("base64") })],
    ["a launch configuration, plain", of(CONFIGURATION, "web", { userData: bad })],
    ["a launch configuration, base64", of(CONFIGURATION, "web", { userDataBase64: base64(bad) })],
    ["a spot fleet", of(SPOT, "web", { launchSpecifications: [{ userData: base64("#!/bin/sh\ntrue\n") }, { userData: base64(bad) }] })],
    ["a template of aws-native", of("aws-native:ec2:LaunchTemplate", "web", { launchTemplateData: { userData: base64(bad) } })],
  ])("%s", async (_, resource) => {
    expect(await verdicts(envFileMode, graph(resource))).toEqual(["violation web"]);
  });

  test("an instance without user data of its own runs that of its template, which is said once", async () => {
    const instance = of(INSTANCE, "api", { launchTemplate: { id: "lt-1" } });
    const found = await verdicts(envFileMode, graph(template(bad), { ...instance, dependencies: [urn(TEMPLATE, "web")] }));
    expect(found).toEqual(["violation web"]);
  });
});

test("user data that is not known is «cannot tell», as that of an instance", async () => {
  expect(await verdicts(readable, graph(of(TEMPLATE, "web", { userData: UNKNOWN })))).toEqual(["unknown web"]);
});

describe("the role", () => {
  const tagged = { tags: { Role: "backend" } };
  const serves = script(`${unit("User=ddos\n")}\nsystemctl start app`);

  test.each<[string, Graph]>([
    ["its tags", graph(template(serves, tagged))],
    ["the tags of its instances", graph(template(serves, { tagSpecifications: [{ resourceType: "instance", ...tagged }] }))],
    [
      "the group that launches from it",
      graph(
        template(serves),
        of(GROUP, "pool", { launchTemplate: { id: "lt-1" }, tags: [{ key: "Role", value: "backend", propagateAtLaunch: true }] }),
      ),
    ],
    [
      "the backend's security group",
      graph(of("aws:ec2/securityGroup:SecurityGroup", "app-sg", tagged, "sg-1"), template(serves, { vpcSecurityGroupIds: ["sg-1"] })),
    ],
  ])("comes from %s: a backend that gets no models is a violation", async (_, program) => {
    expect(await verdicts(modelsReadOnly, program)).toEqual(["violation web"]);
  });

  test("without one, nothing is expected of it", async () => {
    expect(await verdicts(modelsReadOnly, graph(template(serves)))).toEqual([]);
  });

  test("a backend's template without user data: its hosts are set up elsewhere, as is said of an instance", async () => {
    expect(await verdicts(present, graph(of(TEMPLATE, "web", tagged)))).toEqual(["unknown web"]);
  });
});

describe("an archive of the program that the first boot fetches", () => {
  const KEY = "releases/app.tar.gz";
  const packed = (files: Readonly<Record<string, string>>): Buffer =>
    gzipSync(packTar(Object.entries(files).map(([path, text]) => ({ path, mode: 0o600, content: Buffer.from(text) }))));
  const object = (bytes: Buffer, inputs: Props = {}): Given =>
    of(OBJECT, "bundle", { bucket: "shop-releases", key: KEY, contentBase64: bytes.toString("base64"), ...inputs });
  const boot = (fetch: string): string =>
    script(`mkdir -p /opt/app\n${fetch}\ntar -xzf /tmp/a.tgz -C /opt/app\nbash /opt/app/steps/setup.sh`);
  const CLI = boot(`aws s3 cp s3://shop-releases/${KEY} /tmp/a.tgz`);
  const bad = packed({ "steps/setup.sh": script(`${ENV("644")}\n${unit("")}`) });
  const good = packed({ "steps/setup.sh": script(`${ENV("600")}\n${unit("User=ddos\n")}`) });

  test("a step that opens .env, or runs the service as root, is found at its place in the archive", async () => {
    const program = graph(object(bad), template(CLI));
    expect(await verdicts(envFileMode, program)).toEqual(["violation bundle"]);
    expect(await verdicts(serviceNotRoot, program)).toEqual(["violation bundle"]);
    expect(await verdicts(readable, program)).toEqual([]);
    const [finding] = await envFileMode.evaluate(program, DEFAULT_SETTINGS);
    expect(finding?.message).toContain('contentBase64["steps/setup.sh"], line 3');
  });

  test("nothing is said of one that is well", async () => {
    const program = graph(object(good), template(CLI));
    for (const policy of [envFileMode, serviceNotRoot, readable]) expect(await verdicts(policy, program)).toEqual([]);
  });

  test("the same of an instance, and by get-object", async () => {
    const text = boot(`aws s3api get-object --bucket shop-releases --key ${KEY} /tmp/a.tgz`);
    expect(await verdicts(envFileMode, graph(object(bad), of(INSTANCE, "api", { userData: text })))).toEqual(["violation bundle"]);
  });

  test("fetched by a program that is not followed, it is the one whose SHA-256 the user data has", async () => {
    const fetch = (digest: string): string => boot(`python3 /usr/local/lib/fetch.py ${KEY} ${digest} /tmp/a.tgz`);
    const digest = createHash("sha256").update(bad).digest("hex");
    expect(await verdicts(envFileMode, graph(object(bad), template(fetch(digest))))).toContain("violation bundle");
    expect(await verdicts(readable, graph(object(bad), template(fetch("0".repeat(64)))))).toContain("unknown web");
  });

  test("a script as an object of its own", async () => {
    const text = script(`aws s3 cp s3://shop-releases/${KEY} - | bash`);
    const program = graph(of(OBJECT, "bundle", { bucket: "shop-releases", key: KEY, content: ENV("644") }), template(text));
    expect(await verdicts(envFileMode, program)).toEqual(["violation bundle"]);
  });

  test.each<[string, Value, Props]>([
    ["not known", UNKNOWN, {}],
    ["cut off", good.subarray(0, 40).toString("base64"), {}],
    ["in another bucket", good.toString("base64"), { bucket: "others" }],
    ["under another key", good.toString("base64"), { key: "releases/old.tar.gz" }],
  ])("%s: what it brings is «cannot tell»", async (_, contentBase64, inputs) => {
    expect(await verdicts(readable, graph(object(good, { contentBase64, ...inputs }), template(CLI)))).toEqual(["unknown web"]);
  });
});
