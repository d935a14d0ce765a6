/** Applications and environments that are no good: the trial has to find out, and nobody may notice. */
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import { inService, TOKEN } from "../../checks/hardening";
import type { AppSwitches } from "../variants";

const bad = (name: string, fault: NonNullable<AppSwitches["fault"]>, reason: RegExp): Case => ({
  name,
  run: async (bench) => expectFailure(await bench.deploy({ app: { label: bench.label(), fault } }), "release", reason),
});

export const appCases: readonly Case[] = [
  {
    name: "a new release of the application",
    run: async (bench) => {
      const outcome = await bench.deploy({ app: { label: bench.label() } });
      expectSuccess(outcome);
      return outcome.ran.join(", ");
    },
  },
  {
    name: "nothing changed: no step, and when forced nothing is written or restarted",
    run: async (bench) => {
      check((await bench.deploy({})).ran.length === 0, "a step ran");
      const look =
        "systemctl show -p InvocationID ddos-backend nginx; find /home/ddos /etc/systemd/system /etc/nginx /var/lib/ddos -newer /tmp/before ! -path '*/logs/*'";
      await bench.sh("touch /tmp/before; sleep 0.05");
      const before = await bench.sh(look);
      const outcome = await bench.deploy({}, { all: true });
      expectSuccess(outcome);
      check((await bench.sh(look)) === before, `something was written or restarted: ${await bench.sh(look)}`);
      return "5 steps, 0 changes";
    },
  },
  bad("application that crashes at import", "crash", /no connection to \*\*\*[^]*failed its trial/),
  bad("health answers 503", "unhealthy", /HTTP 503/),
  bad("health answers with a wrong body", "wrong-body", /body \{"status":"fine"\}, from release .* Wanted for/),
  bad(
    "application that passes its trial and crashes as the service",
    "crash-on-8000",
    /Undone: rolled back[^]*passed its trial but does not serve/,
  ),
  bad("application that eats all memory on trial", "hog", /ended \(.*killed, most likely for want of memory|oom-kill/),
  {
    name: "a unit that systemd does not understand",
    run: async (bench) => {
      const { createHash } = await import("node:crypto");
      const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
      const outcome = await bench.deploy(
        { app: { label: bench.label() } },
        {
          rewrite: (step, script, stdin) => {
            const unit = /<<'DDOS_FILE'\n([^]*?Restart=always[^]*?)DDOS_FILE\n/.exec(script)?.[1] ?? "";
            if (step !== "release") return { script, stdin };
            const broken = unit.replace("Restart=always", "Restrat=always");
            return { script: script.replace(unit, broken), stdin: stdin.replace(/^unit=.*$/m, `unit=${sha(broken)}`) };
          },
        },
      );
      return expectFailure(outcome, "release", /systemd refuses the unit.*Restrat/);
    },
  },
  {
    name: "more workers than the unit can have (the service itself does not start)",
    run: async (bench) => {
      const outcome = await bench.deploy({ app: { label: bench.label() }, spec: { workers: "many" as unknown as number } });
      return expectFailure(outcome, "release", /passed its trial but does not serve/);
    },
  },
  {
    name: "the instance metadata: denied, allowed where the key says so, and denied again without it",
    byName: true,
    run: async (bench) => {
      const status = async (): Promise<string> => (await bench.sh(inService("backend", TOKEN))).trim().split("\n").at(-1) ?? "";
      const denied = await status();
      check(!denied.includes("200"), `it is reached: ${denied}`);
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: { sandbox: ["metadata"] } }));
      check((await status()) === "200", `it is not reached, though allowed: ${await status()}`);
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: {} }));
      check(!(await status()).includes("200"), "it is reached after the key has gone");
      return denied;
    },
  },
  {
    name: "requirements that cannot be installed",
    run: async (bench) => {
      const app = { label: bench.label(), requirements: "uvicorn\npython-dotenv\nno-such-package-of-ours==1.2.3\n" };
      return expectFailure(
        await bench.deploy({ app }),
        "code",
        /packages could not be installed: the requirements ask for something[^]*no-such-package-of-ours/,
      );
    },
  },
  {
    name: "new requirements beside what a killed pip left",
    run: async (bench) => {
      await bench.sh(
        "mkdir -p /home/ddos/venvs/.new-0123456789abcdef/bin /home/ddos/venvs/.old-0123456789abcdef; echo x >/home/ddos/venvs/.new-0123456789abcdef/bin/python",
      );
      expectSuccess(await bench.deploy({ app: { label: bench.label(), requirements: "uvicorn\npython-dotenv\nhttptools\n" } }));
      return (await bench.sh("ls -A /home/ddos/venvs")).trim().split("\n").join(" ");
    },
  },
  {
    name: "virtual environment damaged by hand",
    run: async (bench) => {
      await bench.sh("rm -r /home/ddos/venv/lib/python3*/site-packages/click");
      expectSuccess(await bench.deploy({}, { all: true }));
      await bench.sh("test -e /home/ddos/venv/lib/python3*/site-packages/click/__init__.py");
      return "rebuilt";
    },
  },
  {
    name: "worker killed for want of memory",
    // What the killed worker had in hand is lost; nothing else may be.
    outage: true,
    run: async (bench) => {
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: { workers: 2 } }));
      const before = await bench.sh(
        "systemctl show -p InvocationID --value ddos-backend; journalctl -k -b --no-pager | grep -c 'Killed process' || printf ''",
      );
      await bench.sh("curl -s -m 20 http://127.0.0.1:8000/hog >/dev/null; sleep 1");
      const after = await bench.sh("systemctl show -p InvocationID --value ddos-backend");
      check(before.startsWith(after.trim()), "the whole service was restarted, not the worker");
      const count = "pgrep -c -P $(systemctl show -p MainPID --value ddos-backend) -f spawn_main";
      await bench.sh(`for try in $(seq 100); do [ "$(${count})" != 2 ] || exit 0; sleep 0.1; done; exit 1`);
      expectSuccess(await bench.deploy({ spec: {} }));
      return "the other went on, a new one took its place";
    },
  },
];
