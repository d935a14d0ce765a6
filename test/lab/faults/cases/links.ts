/** The application's user, outside of its sandbox, exchanges folders and names of its own for links while root works there. */
import { sleep } from "../../process";
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectSuccess } from "../case";

/** What root alone may change. Its folders have the names that root looks for. */
const PLANT = `rm -rf /srv/planted && mkdir -p /srv/planted/app /srv/planted/models /srv/planted/config /srv/planted/venv /srv/planted/tmp /srv/planted/.partial
for name in app/file models/stage2.pkl config/nginx.conf file release.conf app.py __init__.py; do echo root >/srv/planted/$name; chmod 640 /srv/planted/$name; done`;
const LOOK = "find /srv/planted -printf '%P %y %u:%g %m %s\\n' | LC_ALL=C sort";

/** Exchanges whatever appears under a name for a link to what is planted, as fast as it can. */
const EXCHANGER = `
import os, sys, time
won = 0
end = time.time() + 240
number = 0
names = sys.argv[1:]
print("begun", flush=True)
while time.time() < end:
    for name in names:
        for at in ([name] if "*" not in name else [os.path.join(os.path.dirname(name), one) for one in os.listdir(os.path.dirname(name)) if one.startswith(os.path.basename(name)[:-1])]):
            try:
                if os.path.islink(at) or not os.path.isdir(at):
                    continue
                number += 1
                os.rename(at, f"/home/ddos/data/.taken-{number}")
                os.symlink("/srv/planted", at)
                won += 1
                print("won", won, at, flush=True)
            except OSError:
                pass
`;

/** Flips one folder between itself and a link to what is planted. */
const FLIPPER = `
import os, sys, time
at = sys.argv[1]
end = time.time() + 240
print("begun", flush=True)
while time.time() < end:
    try:
        os.rename(at, at + ".kept")
        os.symlink("/srv/planted", at)
        time.sleep(0.004)
        os.unlink(at)
        os.rename(at + ".kept", at)
        time.sleep(0.004)
    except OSError:
        pass
`;

/** @returns what it said last */
async function whileExchanging(bench: Bench, program: string, names: string, work: () => Promise<void>): Promise<string> {
  await bench.sh(PLANT);
  const before = await bench.sh(LOOK);
  await bench.lab.must("backend", "cat >/tmp/exchanger.py; chmod 644 /tmp/exchanger.py", { input: program });
  await bench.sh(`systemd-run --quiet --unit=ddos-exchanger --uid=ddos --gid=ddos python3 /tmp/exchanger.py ${names}`);
  let failed: unknown;
  try {
    await sleep(1000);
    await work();
  } catch (error) {
    failed = error;
  } finally {
    await bench.sh(
      "systemctl stop ddos-exchanger || true; rm -rf /home/ddos/data/.taken-*; find /home/ddos -maxdepth 3 -lname /srv/planted -delete",
    );
  }
  const after = await bench.sh(LOOK);
  check(after === before, `what root alone may change was changed:\n${after}\nand was:\n${before}`);
  if (failed !== undefined) throw failed as Error;
  return (await bench.sh("journalctl -q -u ddos-exchanger -o cat | grep -E '^(begun|won)' | tail -n 1")).trim();
}

const staging: Case = {
  name: "the service's user exchanges what a release and an environment are made in for links",
  run: async (bench) => {
    const names = "'/home/ddos/releases/.*' '/home/ddos/venvs/.*' /home/ddos/current.ddos-new /home/ddos/next.ddos-new";
    return whileExchanging(bench, EXCHANGER, names, async () => {
      for (let time = 0; time < 3; time += 1) expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
    });
  },
};

const repairing: Case = {
  name: "the service's user flips a folder of its release for a link while modes are repaired",
  run: async (bench) => {
    const folder = (await bench.sh("readlink -f /home/ddos/current")).trim();
    const at = `${folder}/app/ml_gateway`;
    const remark = await whileExchanging(bench, FLIPPER, at, async () => {
      for (let time = 0; time < 4; time += 1) {
        await bench.sh(`find ${folder}/app -type f ! -name .env -exec chmod 664 {} + || true`);
        await bench.deploy({}, { all: true });
      }
    });
    await bench.sh(`[ ! -d ${at}.kept ] || { rm -rf ${at}; mv ${at}.kept ${at}; }`);
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
    return remark;
  },
};

const away: Case = {
  name: "the service's user has its folders of releases and environments lead elsewhere",
  outage: true,
  run: async (bench) => {
    const flipped = await whileExchanging(bench, FLIPPER, "/home/ddos/releases", async () => {
      for (let time = 0; time < 2; time += 1) await bench.deploy({ app: { label: "never" } }, { all: true });
    });
    await bench.sh("[ ! -d /home/ddos/releases.kept ] || { rm -rf /home/ddos/releases; mv /home/ddos/releases.kept /home/ddos/releases; }");
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
    return flipped;
  },
};

const names: Case = {
  name: "the service's user gives an environment a name of two lines, which is a list to whoever reads it so",
  run: async (bench) => {
    await bench.sh("rm -rf /home/ddos/venvs/x* /planted-name; mkdir -p /planted-name/in && echo root >/planted-name/in/file");
    await bench.sh(`setpriv --reuid=ddos --regid=ddos --clear-groups mkdir "$(printf '/home/ddos/venvs/x\\n1 planted-name')"`);
    for (let time = 0; time < 3; time += 1) expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
    check((await bench.sh("cat /planted-name/in/file || true")).trim() === "root", "a folder of root's was removed");
    await bench.sh("rm -rf /planted-name /home/ddos/venvs/x*");
    return "";
  },
};

const environment: Case = {
  name: "the service's user writes into the environment of its unit, in which root runs nothing",
  outage: true,
  run: async (bench) => {
    await bench.sh(
      `rm -f /run/planted-root; echo '[ "$(id -u)" != 0 ] || touch /run/planted-root' >/home/ddos/data/env.sh; chmod 644 /home/ddos/data/env.sh
echo BASH_ENV=/home/ddos/data/env.sh >>/home/ddos/current/release.conf; systemctl restart ddos-backend`,
    );
    check((await bench.sh("[ ! -e /run/planted-root ] || echo ran")).trim() === "", "root ran what the service's user wrote");
    check(
      (await bench.sh('ip rule show | grep -c "169.254.169.254 .*prohibit"')).trim() !== "0",
      "the service reaches the instance metadata",
    );
    expectSuccess(await bench.deploy({}, { all: true }));
    await bench.sh("rm -f /home/ddos/data/env.sh; ! grep -q BASH_ENV /home/ddos/current/release.conf");
    return "";
  },
};

const LOG_FOLDER = "/var/log/ddos-service";

/** As an earlier version had them, with a rotated copy: what is open goes on being written, and nothing is lost. */
const logsOfBefore: Case = {
  name: "logs that lie in the folder of the service's user, as earlier versions had them, move while they are written",
  run: async (bench) => {
    await bench.sh(`cd /home/ddos/logs && for name in app access error; do rm $name.log && mv ${LOG_FOLDER}/$name.log .; done
runuser -u ddos -- sh -c 'echo older >access.log.1; ln -s /etc/passwd app.log.1'`);
    const inode = (await bench.sh("stat -c %i /home/ddos/logs/access.log")).trim();
    expectSuccess(await bench.deploy({}, { all: true }));
    const found = (
      await bench.sh(`stat -c '%i %U %a' ${LOG_FOLDER}/access.log; cat ${LOG_FOLDER}/access.log.1; [ ! -e ${LOG_FOLDER}/app.log.1 ]
readlink /home/ddos/logs/access.log; before=$(wc -l <${LOG_FOLDER}/access.log); sleep 2; [ "$(wc -l <${LOG_FOLDER}/access.log)" -gt "$before" ] && echo goes on; rm -f /home/ddos/logs/app.log.1`)
    ).trim();
    check(found === `${inode} ddos 644\nolder\n${LOG_FOLDER}/access.log\ngoes on`, found);
    return "";
  },
};

/** What root opens is not there to be exchanged. */
const logs: Case = {
  name: "the service's user plants links where its logs are: nothing of root's is written, read out or given away",
  outage: true,
  run: async (bench) => {
    await bench.sh(`${PLANT}; rm -rf /srv/planted/* && echo root-only >/srv/planted/error.log && chmod -R go= /srv/planted
runuser -u ddos -- sh -c 'cd /home/ddos/logs && rm -f *.log && for name in app access error; do ln -s /srv/planted/$name.log $name.log; done'`);
    const before = await bench.sh(LOOK);
    await bench.sh(
      "systemctl restart nginx ddos-backend; sleep 3; curl -sS -o /dev/null http://127.0.0.1:9000/health; logrotate -f /etc/logrotate.d/ddos",
    );
    check((await bench.sh(LOOK)) === before, `what root alone may change was changed: ${await bench.sh(LOOK)}`);
    const refused = await bench.deploy({ app: { label: bench.label(), fault: "crash" } }, { all: true });
    check(!refused.ok && !refused.said.includes("root-only"), refused.said.slice(0, 800));
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
    check((await bench.sh(LOOK)) === before, `what root alone may change was changed: ${await bench.sh(LOOK)}`);
    const links = (await bench.sh("readlink /home/ddos/logs/app.log /home/ddos/logs/access.log /home/ddos/logs/error.log")).trim();
    check(
      links.split("\n").every((one) => one.startsWith(LOG_FOLDER)),
      links,
    );
    await bench.sh("rm -rf /srv/planted");
    return "";
  },
};

export const linkCases: readonly Case[] = [staging, repairing, away, names, environment, logsOfBefore, logs];
