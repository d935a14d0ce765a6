import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless, lacking } from "../../needs";
import { Locked, withLock } from "../lock";
import { repositoryRoot } from "../paths";
import { until } from "../process";

// The lab is for Linux alone.
describeUnless(lacking("bash") ?? lacking("flock"))("a lock", () => {
  const directory = mkdtempSync(join(tmpdir(), "lock-"));
  const file = join(directory, "below/lab.lock");
  afterAll(() => rmSync(directory, { recursive: true }));
  const taken = (doing: string): Promise<string> => withLock(file, { doing }, () => Promise.resolve("done"));

  /** Another process that holds the lock until it is killed. */
  async function holder(): Promise<ChildProcess> {
    const script = `require("./tools/register");
      const { withLock } = require("./test/lab/lock");
      void withLock(${JSON.stringify(file)}, { doing: "up:local" }, () => new Promise((resolve) => { console.log("held"); setTimeout(resolve, 60_000); }));`;
    const child = spawn(process.execPath, ["-e", script], { cwd: repositoryRoot, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
    return child;
  }

  test("the other is refused and learns who has it; when that one is killed, the lock is free", async () => {
    const other = await holder();
    try {
      const refused = taken("down:local");
      await expect(refused).rejects.toThrow(Locked);
      await expect(refused).rejects.toThrow(`locked by up:local, process ${String(other.pid)}`);
    } finally {
      other.kill("SIGKILL");
    }
    await until("end of the lock", 10_000, () => taken("down:local"));
  }, 30_000);

  test("it says who holds it, goes with the work and is not left by work that fails", async () => {
    await withLock(file, { doing: "up" }, () => Promise.resolve(expect(readFileSync(file, "utf8")).toBe(`up, process ${process.pid}\n`)));
    await expect(withLock(file, { doing: "up" }, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(existsSync(file)).toBe(false);
  });

  test("those who wait come one after the other, though each removes the file", async () => {
    let inside = 0;
    const visits: number[] = [];
    const visit = (): Promise<void> =>
      withLock(file, { doing: "build", wait: true }, async () => {
        visits.push((inside += 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside -= 1;
      });
    // One that comes back finds no file, or a new one, while others wait with the removed one open.
    const come = async (): Promise<void> => {
      for (let times = 0; times < 3; times += 1) await visit();
    };
    await Promise.all([come(), come(), come()]);
    expect(visits).toEqual(Array.from({ length: 9 }, () => 1));
  }, 20_000);
});
