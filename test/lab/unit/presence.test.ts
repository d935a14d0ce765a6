import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Outside from "../outside";
import type * as Presence from "../presence";
import { sleep } from "../process";

const mockRoot = mkdtempSync(join(tmpdir(), "lab-"));
const mockProcesses: Record<string, number[]> = {};
jest.mock("../paths", () => ({ ...jest.requireActual<object>("../paths"), runDir: (lab: string) => join(mockRoot, lab) }));
jest.mock("../cgroup", () => ({ processesOf: (_lab: string, part: string) => mockProcesses[part] }));

// Loaded behind the mocks: nothing moves those to the top of the file.
const { connectOutside } = jest.requireActual<typeof Outside>("../outside");
const { whileThere } = jest.requireActual<typeof Presence>("../presence");

const never = (): Promise<never> => new Promise(() => undefined);
let key = 0;
function lab(name: string): string {
  mkdirSync(join(mockRoot, name), { recursive: true });
  writeFileSync(join(mockRoot, name, "key.pub"), String((key += 1)));
  return name;
}

beforeEach(() => Object.assign(mockProcesses, { services: [2], operator: [3] }));
afterAll(() => rmSync(mockRoot, { recursive: true }));

describe("a lab that goes away under a run", () => {
  test("ends the run with one sentence, also when another of the same name took its place", async () => {
    const name = lab("gone");
    const run = whileThere(name, never);
    rmSync(join(mockRoot, name), { recursive: true });
    await expect(run).rejects.toThrow(/^lab "gone" was taken down while this run worked on it \(.*\): run it again to begin anew\.$/);

    const again = whileThere(lab("gone"), never);
    lab("gone");
    await expect(again).rejects.toThrow("was taken down");
  });

  test("is the reason for a failure that it caused", async () => {
    const run = whileThere(lab("caused"), () => {
      rmSync(join(mockRoot, "caused"), { recursive: true });
      return Promise.reject(new Error("dial tcp: no such file"));
    });
    await expect(run).rejects.toThrow('lab "caused" was taken down');
  });

  test("says which of its processes has ended", async () => {
    mockProcesses["operator"] = [];
    await expect(whileThere(lab("dead"), never)).rejects.toThrow(/its process "operator" has ended \(.*operator\.log\)/);
  });

  test("one that stays changes neither result nor failure", async () => {
    expect(await whileThere(lab("well"), () => Promise.resolve(1))).toBe(1);
    await expect(whileThere("well", () => Promise.reject(new Error("a step failed")))).rejects.toThrow("a step failed");
  });
});

test("a connection ends when the door to the outside is killed", async () => {
  const clients: Socket[] = [];
  const door: Server = createServer({ allowHalfOpen: true }, (client) => {
    clients.push(client);
    client.once("data", () => client.write("ok\n"));
  });
  await new Promise<void>((resolve) => door.listen(join(mockRoot, lab("door"), "operator.sock"), resolve));
  const socket = await connectOutside("door", "198.18.0.2", 22);
  try {
    const closed = new Promise<string>((resolve) => socket.once("close", () => resolve("closed")));
    socket.resume();
    // What a killed process leaves: an end, and nobody who waits for ours.
    for (const client of clients) client.end();
    expect(await Promise.race([closed, sleep(2000)])).toBe("closed");
  } finally {
    for (const one of [socket, ...clients]) one.destroy();
    door.close();
  }
});
