/** Explanations: of passes and findings, by policy and by resource; paths with a concrete packet, and what blocks them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainGraph } from "../../../policies/api";
import { checkCommand } from "../../../policies/check";
import { UnknownQuestion } from "../../../policies/explain";
import type { Explanation, Path } from "../../../policies/explain/types";
import { run, type Ran } from "../../cli/run";
import type { Handle, Program } from "../core/builder";
import { ANYWHERE, ingress } from "../network/parts";
import { ownStack } from "../network/stack";
import type { Stack } from "../network/stack";

jest.setTimeout(60_000);
const SERVICE = "service-port-only-from-gateway";

async function asked(change: (stack: Stack) => void, question: string, mode: "known" | "unknown" = "unknown"): Promise<Explanation> {
  const stack = ownStack();
  change(stack);
  return explainGraph(stack.p.plain(mode), question);
}

const direct = ({ paths }: Explanation): Path => {
  const found = paths.find(({ from, hops }) => from === "internet" && hops.every(({ kind }) => kind !== "load-balancer"));
  if (!found) throw new Error("no path from the Internet");
  return found;
};

/** The private table leads to the Internet, the backend has an address, the ACL and the group let everybody in. */
function openUp({ p, privateTable, privateSubnet, backend, backendGroup, internet, vpc }: Stack): void {
  p.add("aws:ec2/route:Route", "leak", { routeTableId: privateTable.id, destinationCidrBlock: ANYWHERE, gatewayId: internet.id });
  p.add("aws:ec2/eip:Eip", "debug", { instance: backend.id });
  acl(p, vpc, privateSubnet, "allow");
  ingress(p, { cidrIpv4: ANYWHERE, securityGroupId: backendGroup.id }, "hole");
}

function acl(p: Program, vpc: Handle, subnet: Handle, action: string): void {
  const rule = { action, protocol: "tcp", fromPort: 0, toPort: 65535, cidrBlock: ANYWHERE };
  p.add("aws:ec2/networkAcl:NetworkAcl", "fence", { vpcId: vpc.id, subnetIds: [subnet.id], ingress: [{ ruleNo: 100, ...rule }] });
}

test.each(["known", "unknown"] as const)("an open path names every layer and the packet (%s ids)", async (mode) => {
  const answer = await asked(openUp, SERVICE, mode);
  expect(answer).toMatchObject({ version: 1, asked: SERVICE, policies: [{ policy: SERVICE, verdict: "violation" }] });
  const path = direct(answer);
  expect(path.text).toBe(
    "internet (203.0.113.7) -> internet -> route 0.0.0.0/0 of private -> elastic address debug -> ACL rule 100 of fence -> " +
      "webserver-sg rule hole tcp 9000 -> backend",
  );
  expect(path).toMatchObject({ verdict: "open", to: { name: "backend" }, packet: { source: "203.0.113.7", protocol: "tcp", port: 9000 } });
  expect(path.hops.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual(
    ["source", "internet-gateway", "route", "address", "acl", "security-group", "host"].map((kind) => `${kind} passes`),
  );
});

test.each<[string, (stack: Stack) => void, string]>([
  ["no route", () => undefined, "BLOCKED at private of webserver-a: it has no route to an internet gateway"],
  [
    "no address",
    ({ p, privateTable, internet }) => {
      p.add("aws:ec2/route:Route", "leak", { routeTableId: privateTable.id, destinationCidrBlock: ANYWHERE, gatewayId: internet.id });
    },
    "route 0.0.0.0/0 of private -> BLOCKED at address of backend: it has no public address",
  ],
  [
    "the ACL",
    (stack) => {
      openUp(stack);
      stack.p.remove(stack.p.find("aws:ec2/networkAcl:NetworkAcl", "fence"));
      acl(stack.p, stack.vpc, stack.privateSubnet, "deny");
    },
    "BLOCKED at ACL rule 100 of fence: it denies 0.0.0.0/0",
  ],
  [
    "the group",
    (stack) => {
      openUp(stack);
      stack.p.remove(stack.p.find(/securityGroupIngressRule/, "hole"));
    },
    "BLOCKED at webserver-sg: no rule lets 203.0.113.7 reach tcp 9000",
  ],
])("what blocks: %s", async (_, change, text) => {
  const path = direct(await asked(change, SERVICE));
  expect(path.verdict).toBe("blocked");
  expect(path.text).toContain(text);
  // The other layers are there as well.
  expect(path.hops.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["route", "address", "acl", "security-group", "host"]));
});

test("a pass is explained: the gateway's way is open, with the rule that lets it in", async () => {
  const { policies, paths } = await asked(() => undefined, SERVICE);
  expect(policies).toMatchObject([{ verdict: "pass", findings: [] }]);
  const path = paths.find(({ from }) => from === "gateway");
  expect(path).toMatchObject({ verdict: "open", packet: { source: "10.0.1.10", port: 9000 } });
  expect(path?.text).toContain("webserver-sg rule Ingress-service tcp 9000 -> backend");
});

test("the packet's source is one that a rule lets in", async () => {
  const { paths } = await asked(() => undefined, "gateway-ssh-restricted");
  expect(paths).toMatchObject([{ verdict: "open", packet: { source: "198.51.100.0", port: 22 }, to: { name: "gateway" } }]);
});

test("what is not known is said: no open path is made up", async () => {
  const change = ({ p, privateTable, backend }: Stack): void => {
    p.add("aws:ec2/route:Route", "odd", { routeTableId: privateTable.id, destinationCidrBlock: ANYWHERE, vpcEndpointId: "vpce-0123" });
    p.add("aws:ec2/eip:Eip", "debug", { instance: backend.id });
    ingress(p, { cidrIpv4: ANYWHERE }, "hole");
  };
  const path = direct(await asked(change, SERVICE));
  expect(path.verdict).toBe("unknown");
  expect(path.text).toContain("(not known: whether the route to vpce-0123 leads to an internet gateway is not known)");
});

test("a load balancer is a way of its own", async () => {
  const change = ({ p, vpc, publicSubnet, backend }: Stack): void => {
    const own = p.add("aws:ec2/securityGroup:SecurityGroup", "front-sg", { vpcId: vpc.id });
    ingress(p, { securityGroupId: own.id, fromPort: 443, toPort: 443, cidrIpv4: ANYWHERE }, "front-in");
    ingress(p, { referencedSecurityGroupId: own.id }, "front-service");
    const front = p.add("aws:lb/loadBalancer:LoadBalancer", "front", { subnets: [publicSubnet.id], securityGroups: [own.id] });
    const pool = p.add("aws:lb/targetGroup:TargetGroup", "pool", { port: 9000, vpcId: vpc.id });
    const defaultActions = [{ type: "forward", targetGroupArn: pool.arn }];
    p.add("aws:lb/listener:Listener", "front", { loadBalancerArn: front.arn, port: 443, defaultActions });
    p.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "a", { targetGroupArn: pool.arn, targetId: backend.id, port: 9000 });
  };
  const path = (await asked(change, SERVICE)).paths.find(({ hops }) => hops.some(({ kind }) => kind === "load-balancer"));
  expect(path).toMatchObject({ verdict: "open", from: "internet" });
  expect(path?.text).toBe(
    "internet (203.0.113.7) -> front tcp 443 -> front-sg rule front-in tcp 443 -> webserver-sg rule front-service tcp 9000 -> backend",
  );
});

test("a resource: what was found about it, and the paths to the hosts that it concerns", async () => {
  const answer = await asked(openUp, "hole");
  expect(answer.policies.map(({ policy, verdict }) => `${policy} ${verdict}`)).toContain(`${SERVICE} violation`);
  expect(new Set(answer.paths.map(({ to }) => to.name))).toEqual(new Set(["backend"]));
  expect((await asked(() => undefined, "webserver-a")).paths.length).toBeGreaterThan(0);
  expect(await asked(() => undefined, "imds-v2-required")).toMatchObject({ policies: [{ verdict: "pass" }], paths: [] });
});

test("a question about nothing names what can be asked", async () => {
  await expect(asked(() => undefined, "no-such")).rejects.toThrow(UnknownQuestion);
  await expect(asked(() => undefined, "no-such")).rejects.toThrow(/neither the id of a policy .* nor the URN or the name/);
});

test("the runner prints it as text and as JSON, and refuses what does not go with it", async () => {
  const stack = ownStack();
  const document = stack.p.plain("known");
  const folder = mkdtempSync(join(tmpdir(), "policies-explain-"));
  const graph = join(folder, "graph.json");
  writeFileSync(graph, JSON.stringify(document));
  const check = (...args: readonly string[]): Promise<Ran> => run(checkCommand, ["--graph", graph, ...args]);
  const text = await check("--explain", SERVICE);
  expect(text.code).toBe(0);
  expect(text.out).toContain(`${SERVICE}: pass\n`);
  expect(text.out).toMatch(/BLOCKED: tcp 9000 of backend, from the internet \(203\.0\.113\.7 -> .*\n {4}internet .*\n {4}behind it: /);
  const json = await check("--explain", SERVICE, "--json");
  expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify(await explainGraph(document, SERVICE))));
  expect(await check("--explain", "no-such")).toMatchObject({ code: 2, out: "" });
  expect(await check("--explain", SERVICE, "--sarif", "x.sarif")).toMatchObject({ code: 2, out: "" });
  rmSync(folder, { recursive: true });
});
