/** How the steps reach the hosts: what contradicts it is refused, and what nothing reads is said. */
import { way, wayNotices } from "../../../infra/config/way-rules";
import { expectClear } from "./stack-trial";

const of = (sections: object): string[] => way({ project: "p", region: "", sections: sections, refused: [] });
const EXISTING = { network: { egress: "none", existing: { vpcId: "vpc-1" } } };
const FLEET = { backend: { mode: "fleet" } };

test.each<[string, object]>([
  ["nothing", {}],
  ["the default", { access: "ssh" }],
  ["sessions without a way out of the own network, which gets endpoints", { access: "ssm", network: { egress: "none" } }],
  ["a port beside tunnels", { access: "instance-connect", ssh: { localPort: 24022 } }],
  ["endpoints of others that are named", { access: "ssm", ...EXISTING, backend: { egress: [{ port: 443 }] } }],
  ["an endpoint in a network of others, which needs no way out", { access: "instance-connect", ...EXISTING }],
  ["a fleet over SSH", { access: "ssh", ...FLEET }],
  ["fleets alone, which nobody logs in to", { access: "none", gateway: { fleet: {} }, ...FLEET }],
  ["what the rules of gateways as a fleet say", { access: "ssm", gateway: { fleet: {} }, ...FLEET }],
])("%s is taken", (_, sections) => {
  expect(of(sections)).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ["a fleet behind sessions", { access: "ssm", ...FLEET }, /^p:access: found ssm, and backend\.mode is fleet.*Set access to ssh/],
  ["a fleet behind an endpoint", { access: "instance-connect", ...FLEET }, /^p:access: found instance-connect, and backend\.mode is fleet/],
  ["a port without tunnels", { access: "ssh", ssh: { localPort: 24022 } }, /^p:ssh\.localPort: found 24022, and with access ssh/],
  ["a gateway without a way", { access: "none", ...FLEET }, /^p:access: found none, and the gateway is one host.*or give gateway\.fleet/],
  [
    "a port where nobody logs in",
    { access: "none", gateway: { fleet: {} }, ssh: { localPort: 24022 } },
    /^p:ssh\.localPort: found 24022, and with access none/,
  ],
  ["sessions without a way", { access: "ssm", ...EXISTING }, /^p:access: found ssm, and the backend has no way to Systems Manager/],
  [
    "sessions with a way to another port",
    { access: "ssm", ...EXISTING, backend: { egress: [{ port: 5432 }] } },
    /^p:access: found ssm, and the backend has no way/,
  ],
])("%s is refused", (_, sections, expected) => {
  const found = of(sections);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
  for (const one of found) expectClear(one);
});

test("addresses that nothing lets in are said, and the default is not", () => {
  const notices = (access: string, ...sshFrom: string[]): string[] =>
    wayNotices({ project: "p", sections: { access, gateway: { sshFrom } } });
  expect(notices("ssm", "198.51.100.7/32")).toEqual([expect.stringMatching(/^p:gateway\.sshFrom: nothing reads it while access is ssm/)]);
  expect(notices("ssm", "0.0.0.0/0")).toEqual([]);
  expect(notices("ssh", "198.51.100.7/32")).toEqual([]);
});

test("an SSH key that no host knows is said", () => {
  const sections = { access: "none", sshPrivateKey: "KEY", ssh: { previousPrivateKeyFile: "~/old" } };
  expect(wayNotices({ project: "p", sections })).toEqual([
    expect.stringMatching(/^p:sshPrivateKey: nothing reads it while access is none/),
    expect.stringMatching(/^p:ssh\.previousPrivateKeyFile: nothing reads it/),
  ]);
  expect(wayNotices({ project: "p", sections: { ...sections, access: "ssh" } })).toEqual([]);
});
