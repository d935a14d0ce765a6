/** A wrong clock for one machine. The kernel's clock is shared with this machine, so the steps' processes get another time instead. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { cached } from "../paths";
import { must } from "../process";

/** The library of Debian's package libfaketime. */
async function library(): Promise<Buffer> {
  const folder = await cached("libfaketime", async (directory) => {
    mkdirSync(directory, { recursive: true });
    await must(["apt-get", "download", "libfaketime"], { cwd: directory });
    const archive = readdirSync(directory).find((name) => name.endsWith(".deb")) ?? "";
    await must(["dpkg-deb", "--extract", archive, "unpacked"], { cwd: directory });
  });
  const base = join(folder, "unpacked/usr/lib");
  return readFileSync(join(base, readdirSync(base)[0] ?? "", "faketime/libfaketime.so.1"));
}

/** The library does not know how systemd's own programs wait; they only pass on what others do. */
const SKIP = "FAKETIME_SKIP_CMDS=systemd-run,systemctl,journalctl";

/** @param hours the steps' clock is off by; 0 makes it right again. Steps read /etc/environment when they start. */
export async function shiftClock(lab: Lab, host: string, hours: number): Promise<void> {
  if (hours === 0) {
    await lab.must(host, ": >/etc/environment");
    return;
  }
  await lab.must(host, "base64 -d >/opt/libfaketime.so", { input: (await library()).toString("base64") });
  const lines = ["LD_PRELOAD=/opt/libfaketime.so", `FAKETIME=${hours > 0 ? "+" : ""}${hours}h`, "FAKETIME_DONT_FAKE_MONOTONIC=1", SKIP];
  await lab.must(host, "cat >/etc/environment", { input: `${lines.join("\n")}\n` });
}
