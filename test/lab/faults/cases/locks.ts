/** What may keep a deployment from its work: the service's user, and a step of an earlier version of this program. */
import { sleep } from "../../process";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";

/** Whatever the service's user can do without its sandbox: every lock that it can open, and every name that it can take. */
const INTRUDER = `
import fcntl, os, time
held = []
for top in ("/run/lock", "/run/ddos-steps", "/var/lib/ddos", "/usr/local/lib/ddos", "/etc/ddos", "/var/log/ddos", "/home/ddos/releases"):
    for folder, _, names in os.walk(top):
        for path in [folder, *(os.path.join(folder, name) for name in names)]:
            try:
                fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                held.append(path)
            except OSError:
                pass
for name in ("prepare", "code", "env", "models", "release"):
    try:
        os.mkfifo(f"/run/lock/ddos-{name}.lock")
    except OSError:
        pass
for name in ("current.ddos-new", "next", "next.ddos-new", "app.ddos-new", "releases/.partial/x", "venvs/.new-x"):
    try:
        os.makedirs("/home/ddos/" + name)
    except OSError:
        pass
try:
    os.mkfifo("/home/ddos/venv.ddos-new")
except OSError:
    pass
print(len(held), "held;", " ".join(sorted(one for one in held if not one.startswith("/home/")))[:300], flush=True)
time.sleep(600)
`;

const RELEASED = "systemctl stop ddos-intruder; rm -rf /run/lock/ddos-*";

const intruder: Case = {
  name: "the service's user holds every lock that it can open, and takes every name that it can",
  run: async (bench) => {
    await bench.sh("touch /run/lock/ddos-deploy.lock");
    await bench.lab.must("backend", "cat >/tmp/intruder.py; chmod 644 /tmp/intruder.py", { input: INTRUDER });
    await bench.sh("systemd-run --quiet --unit=ddos-intruder --uid=ddos --gid=ddos python3 /tmp/intruder.py");
    await sleep(1500);
    const said = (await bench.sh("journalctl -q -u ddos-intruder -o cat | grep held | tail -n 1")).trim();
    try {
      check(said.includes("/run/lock/ddos-deploy.lock"), `the fault is none: ${said}`);
      check(!/\/(run\/ddos-steps|var\/lib\/ddos|var\/log\/ddos)\//.test(said), `it could open what decides a deployment: ${said}`);
      expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
    } finally {
      await bench.sh(RELEASED);
    }
    return said.slice(0, 100);
  },
};

/** As versions before this one did: root's shell with that lock open as 9. */
const EARLIER =
  "systemd-run --quiet --unit=earlier-step bash -c 'exec 9>>/run/lock/ddos-deploy.lock; flock 9; sleep 6; date +%s.%N >/tmp/earlier-ended'";

const earlier: Case = {
  name: "a step of an earlier version is at work: it is waited for",
  run: async (bench) => {
    await bench.sh(`rm -f /tmp/earlier-ended; ${EARLIER}; sleep 0.5`);
    const outcome = await bench.deploy({ app: { label: bench.label() } }, { during: (step) => void (step === "code" && sleep(1)) });
    expectSuccess(outcome);
    const first = await bench.sh(
      `awk -v end="$(cat /tmp/earlier-ended)" 'BEGIN { print end }'; stat -c %.Y /home/ddos/current; rm -f /run/lock/ddos-deploy.lock`,
    );
    const [ended = 0, pointed = 0] = first.trim().split("\n").map(Number);
    check(ended > 0 && pointed > ended, `the release was made at ${pointed}, while the earlier step ended at ${ended}`);
    return "";
  },
};

function endEarly(script: string): string {
  const shorter = script.replace("\nread_wanted\n", "\nread_wanted\nexit 0\n");
  check(shorter !== script, "the release step has no line read_wanted: there is no place to end it early");
  return shorter;
}

const early: Case = {
  name: "a step that ends with status 0 before its last line has failed",
  run: async (bench) => {
    const outcome = await bench.deploy(
      { app: { label: bench.label() } },
      {
        rewrite: (step, script, stdin) => ({
          script: step === "release" ? endEarly(script) : script,
          stdin,
        }),
      },
    );
    return expectFailure(outcome, "release", /it ended before its last line/);
  },
};

export const lockCases: readonly Case[] = [intruder, earlier, early];
