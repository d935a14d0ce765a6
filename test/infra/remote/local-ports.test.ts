/** Ports of the operator's machine: one for each host, and of two stacks all in common or none. */
import { createServer, type Server } from "node:net";
import type { StackConfig } from "../../../infra/config/types";
import { HOST_IDS } from "../../../infra/hosts/ids";
import { localPorts, LOOPBACK } from "../../../infra/remote/local-ports";
import { openTunnels } from "../../../infra/remote/tunnels";
import fc, { runs } from "../../property";

const portsOf = (...names: Parameters<typeof localPorts>): number[] => Object.values(localPorts(...names));
/** A thousand stacks: of those, chance gives some the same ports. */
const STACKS = Array.from({ length: 1000 }, (_, index) => portsOf("ml-gateway", `stack-${index}`));

test("a stack has a port for each host, the same ones every time", () => {
  expect(Object.keys(localPorts("ml-gateway", "dev"))).toEqual(HOST_IDS);
  expect(localPorts("ml-gateway", "dev")).toEqual(localPorts("ml-gateway", "dev"));
  expect(localPorts("ml-gateway", "prod")).not.toEqual(localPorts("ml-gateway", "dev"));
  expect(localPorts("ml-gateway", "dev", 24022)).toEqual({ gateway: 24022, backend: 24023, "backend-2": 24024, "backend-3": 24025 });
});

test("whatever project and stack are called, the ports follow each other, above the usual ones of services and below those of outgoing connections", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (project, stack) => {
      const ports = portsOf(project, stack);
      const [first = 0] = ports;
      expect(ports).toEqual(HOST_IDS.map((_, index) => first + index));
      expect(first).toBeGreaterThanOrEqual(20_000);
      expect(first + HOST_IDS.length).toBeLessThanOrEqual(32_000);
    }),
    runs(200),
  );
});

test("two stacks have all ports in common, or none: no host's port is that of another stack's other host", () => {
  const owners = new Map<number, number>();
  for (const ports of STACKS) {
    const [first = 0] = ports;
    for (const port of ports) {
      expect(owners.get(port) ?? first).toBe(first);
      owners.set(port, first);
    }
  }
  // A thousand names take about 850 of 3000 blocks: some have one in common, as chance has it.
  expect(new Set(owners.values()).size).toBeLessThan(STACKS.length);
  expect(new Set(owners.values()).size).toBeGreaterThan(750);
});

describe("where another stack's update holds a port", () => {
  let other: Server;
  let port: number;
  beforeAll(async () => {
    other = createServer();
    await new Promise<void>((resolve) => other.listen(0, LOOPBACK, resolve));
    port = (other.address() as { port: number }).port;
  });
  afterAll(() => new Promise((resolve) => other.close(resolve)));

  test.each<[string, number]>([
    ["the first host's", 0],
    ["the last host's", 3],
  ])("%s: nothing begins, and the sentence names it and what to write", async (_, index) => {
    const config = {
      ...{ project: "ml-gateway", stack: "prod", access: "ssm", region: "us-east-1", profile: undefined },
      ...{ backend: { mode: "single", count: 3 }, ssh: { localPort: port - index } },
    } as unknown as StackConfig;
    await expect(openTunnels(config)).rejects.toThrow(
      new RegExp(
        `^ml-gateway:ssh\\.localPort: .*port ${port} of this machine, which leads to the ${HOST_IDS[index] ?? ""}, is used.* choose another port`,
      ),
    );
  });
});
