/** The SSH key is rotated on the running hosts, cut off in the middle, finished, and rotated back. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { runDir } from "../paths";
import { must, run } from "../process";
import type { Check } from "./harness";
import { expect } from "./harness";
import type { Report } from "./operator";
import { ran, start, untilSaid, upOnce } from "./operator";

const HOSTS = ["gateway", "backend"] as const;
const KEYS = "/home/ubuntu/.ssh/authorized_keys";
const COLLEAGUE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ colleague";

/** Does the host let this key in? The bastion is entered with a key that it accepts. */
async function opens(lab: Lab, host: string, key: string, bastionKey: string): Promise<boolean> {
  const hosts = lab.state().hosts;
  const options = (file: string): string[] =>
    ["IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
      .flatMap((option) => ["-o", option])
      .concat("-i", file);
  const through = ["-o", `ProxyCommand=ssh ${options(bastionKey).join(" ")} -W %h:%p ubuntu@${hosts["gateway"]?.publicAddress ?? ""}`];
  const address = hosts[host]?.publicAddress ?? hosts[host]?.address ?? "";
  const way = host === "gateway" ? [] : through;
  const { code, stderr } = await run(lab.outside(["ssh", ...options(key), ...way, `ubuntu@${address}`, "true"]), { timeoutMs: 60_000 });
  expect(code === 0 || /Permission denied/.test(stderr), `${host}: ssh ended with ${code}: ${stderr}`);
  return code === 0;
}

/** One key opens both hosts and the other none. */
async function onlyOpens(lab: Lab, key: string, other: string): Promise<void> {
  for (const host of HOSTS) {
    expect(await opens(lab, host, key, key), `${host} refuses the current key`);
    expect(!(await opens(lab, host, other, key)), `${host} still accepts the previous key`);
  }
}

/** Material of a public key. */
const bodyOf = (key: string): string => readFileSync(`${key}.pub`, "utf8").split(" ")[1] ?? "";

export function rotationChecks(lab: () => Lab): Check[] {
  const name = (): string => lab().name;
  const first = (): string => lab().state().privateKeyFile;
  const second = (): string => join(runDir(name()), "second-key");
  const configFile = (keys: Readonly<Record<string, string>>): string => {
    const file = join(runDir(name()), "rotation.json");
    const values = Object.entries(keys).map(([key, path]) => [`ml-gateway:${key}`, readFileSync(path, "utf8")]);
    writeFileSync(file, JSON.stringify(Object.fromEntries(values)), { mode: 0o600 });
    return file;
  };
  const up = (keys: Readonly<Record<string, string>>): Promise<Report> => upOnce(name(), "--config", configFile(keys));
  const identity = async (): Promise<string> =>
    (
      await Promise.all(HOSTS.map((host) => lab().must(host, `stat -c '%i %a %U:%G %Y' ${KEYS}; cat /proc/sys/kernel/random/boot_id`)))
    ).join();

  return [
    {
      name: "a rotation of the SSH key is killed after the first host",
      anyOs: true,
      run: async () => {
        if (!existsSync(second())) await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "second", "-f", second()]);
        await lab().must("backend", `printf '%s\\n' '${COLLEAGUE}' 'from="10.0.0.0/8" ssh-ed25519 ${bodyOf(first())} again' >>${KEYS}`);
        const file = configFile({ sshPrivateKey: second(), sshPreviousPrivateKey: first() });
        const killed = start("up", "--name", name(), "--config", file);
        await untilSaid(killed, /command gateway-ssh-key: new/, 60_000);
        killed.child.kill("SIGKILL");
        await killed.ended;
        expect(await opens(lab(), "gateway", second(), second()), "the gateway refuses the new key");
        expect(await opens(lab(), "backend", first(), second()), "the backend refuses the old key already");
      },
    },
    {
      name: "run again, both hosts accept the new key alone, and are the same machines",
      anyOs: true,
      run: async () => {
        const before = Object.values(lab().state().hosts).map((host) => host.instanceId);
        const report = await up({ sshPrivateKey: second(), sshPreviousPrivateKey: first() });
        const machines = report.events.filter((one) => one.kind === "machine");
        expect(machines.length === 2 && machines.every((one) => one.what === "unchanged"), "a machine was replaced");
        expect(
          before.join() ===
            Object.values(lab().state().hosts)
              .map((host) => host.instanceId)
              .join(),
          "the machines are others",
        );
        await onlyOpens(lab(), second(), first());
        for (const host of HOSTS) {
          const left = await lab().must(host, `grep -rlF '${bodyOf(first())}' /home/ubuntu/.ssh /root/.ssh || :`);
          expect(left.trim() === "", `${host}: the old key is left in ${left}`);
        }
        expect((await lab().must("backend", `cat ${KEYS}`)).includes(COLLEAGUE), "another person's key is gone");
        return `${ran(report).length} commands ran`;
      },
    },
    {
      name: "with the previous key still configured nothing runs; removing it changes no host",
      anyOs: true,
      run: async () => {
        const before = await identity();
        const again = ran(await up({ sshPrivateKey: second(), sshPreviousPrivateKey: first() }));
        const without = ran(await up({ sshPrivateKey: second() }));
        expect(again.length + without.length === 0, `these ran: ${[...again, ...without].join(", ")}`);
        expect(before === (await identity()), "authorized_keys was written again, or a machine was started again");
      },
    },
    {
      name: "the key is rotated back",
      anyOs: true,
      run: async () => {
        await up({ sshPreviousPrivateKey: second() });
        await onlyOpens(lab(), first(), second());
        const left = ran(await upOnce(name()));
        expect(left.length === 0, `these ran: ${left.join(", ")}`);
      },
    },
  ];
}
