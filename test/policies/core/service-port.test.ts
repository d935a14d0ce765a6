import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { withServicePort } from "../../../policies/core/service-port";
import type { Graph, Resource } from "../../../policies/core/types";
import { evaluateDev } from "../../infra/evaluate";

const group = (tags: object, name = "g"): Resource =>
  ({ urn: name, type: "aws:ec2/securityGroup:SecurityGroup", name, custom: true, inputs: { tags } }) as unknown as Resource;
const graph = (...resources: Resource[]): Graph => ({ resources, byUrn: new Map(), secretsMarked: true });

test.each<[title: string, graph: Graph, port: number]>([
  ["no tag", graph(group({ Role: "backend" })), 9000],
  ["a tag", graph(group({ Role: "backend", ServicePort: "9001" }), group({ Role: "gateway" }, "h")), 9001],
  ["a tag of another role", graph(group({ Role: "gateway", ServicePort: "9001" })), 9000],
  ["two that differ", graph(group({ Role: "backend", ServicePort: "9001" }), group({ Role: "backend", ServicePort: "9002" }, "h")), 9000],
  ["no port", graph(group({ Role: "backend", ServicePort: "none" })), 9000],
])("%s", (_title, given, port) => {
  expect(withServicePort(given, DEFAULT_SETTINGS).servicePort).toBe(port);
  expect(withServicePort(given, DEFAULT_SETTINGS)).toBe(withServicePort(given, DEFAULT_SETTINGS));
});

test("what is configured counts", () => {
  const settings = { ...DEFAULT_SETTINGS, servicePort: 9005 };
  expect(withServicePort(graph(group({ Role: "backend", ServicePort: "9001" })), settings)).toBe(settings);
});

test("the program tags the group where the port is another one, and only there", async () => {
  const tagsOf = async (port: number): Promise<unknown> =>
    (await evaluateDev({ backend: { port } })).resources.find(({ name }) => name === "firewall-webserver-sg")?.inputs.tags;
  expect(await tagsOf(9000)).not.toHaveProperty("ServicePort");
  expect(await tagsOf(9001)).toHaveProperty("ServicePort", "9001");
});
