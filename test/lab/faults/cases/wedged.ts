/** Rollbacks that fail, and records and parts that are lost: what serves is never withdrawn, and the next run leads out. */
import { until } from "../../process";
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";

/** The environment of what serves is broken on the disk, what is compiled too; the process has it in memory. */
const BREAK = `cd "$(readlink -f /home/ddos/venv)"/lib/python3*/site-packages; rm -rf /root/uvicorn; cp -a uvicorn /root/uvicorn; pwd >/root/uvicorn-path
for f in uvicorn/config.py uvicorn/__pycache__/config.*; do [ ! -e "$f" ] || echo broken >"$f"; done`;
const MEND = 'cp -a /root/uvicorn/. "$(cat /root/uvicorn-path)/uvicorn/"';

let requirements = 0;
/** Another environment for the new release, so that its own is whole. */
const another = (): string => `uvicorn\npython-dotenv\n# ${(requirements += 1)}-${process.pid}\n`;

/** A release that passes its trial and fails as the service, where the one before cannot start any more. @returns its label */
async function wedge(bench: Bench): Promise<{ label: string; reason: string }> {
  const label = bench.label();
  await bench.sh(BREAK);
  const outcome = await bench.deploy({ app: { label, fault: "crash-on-8000", requirements: another() } });
  const reason = expectFailure(
    outcome,
    "release",
    /could not be brought back\. Asked just now: release \S+ answers on port 9000, by its candidate/,
  );
  check((await bench.sh("cat /var/lib/ddos/switching")).includes("phase=wedged"), "the state is not recorded");
  check((await bench.about()).label === label, "the candidate does not stand in");
  return { label, reason };
}

const nextRun: Case = {
  name: "a rollback that failed: the candidate stands in, and the next release serves",
  run: async (bench) => {
    const { reason } = await wedge(bench);
    // Another one that fails changes nothing.
    const bad = await bench.deploy({ app: { label: bench.label(), fault: "crash-on-8000", requirements: another() } });
    expectFailure(bad, "release", /Asked just now: release \S+ answers on port 9000, by its candidate/);
    expectSuccess(await bench.deploy({ app: { label: bench.label(), requirements: another() } }));
    return reason;
  },
};

const repairKey: Case = {
  name: "a rollback that failed: a repair of what served before makes it serve",
  run: async (bench) => {
    await wedge(bench);
    expectSuccess(await bench.deploy({}, { all: true }));
    return "";
  },
};

const rebooted = (mended: boolean): Case => ({
  name: `a rollback that failed, then a reboot ${mended ? "with the cause gone" : "with the cause still there"}`,
  outage: true,
  run: async (bench) => {
    const before = bench.good().app.label;
    const { label } = await wedge(bench);
    if (mended) await bench.sh(MEND);
    await bench.lab.reboot("backend");
    const serving = mended ? before : label;
    await until(`an answer of ${serving} after the boot`, 60_000, async () => (await bench.about()).label === serving || undefined);
    await until("the end of the host's own work", 60_000, async () =>
      (await bench.sh("systemctl is-active ddos-undo.service || printf ''")).trim() === "activating" ? undefined : true,
    );
    const open = (await bench.sh("cat /var/lib/ddos/switching 2>/dev/null || printf none")).trim();
    check(mended === (open === "none"), `after the boot the record of the switch is: ${open}`);
    if (!mended) expectSuccess(await bench.deploy({ app: { label: bench.label(), requirements: another() } }));
    return `${serving} served after the boot`;
  },
});

const LOSSES: readonly (readonly [what: string, how: string])[] = [
  ["the records of releases", "rm -rf /var/lib/ddos/releases"],
  ["the record of what serves, and the link", "rm -f /var/lib/ddos/serving /home/ddos/current"],
  [
    "all records and the link",
    "rm -rf /var/lib/ddos/releases /var/lib/ddos/serving /var/lib/ddos/counter /var/lib/ddos/garbage /home/ddos/current",
  ],
  [
    "all records damaged, and a switch recorded that was none",
    "for f in serving counter garbage switching releases/*/facts; do head -c 40 /dev/urandom >/var/lib/ddos/$f; done; : >$(ls -d /var/lib/ddos/releases/* | tail -n 1)/unit",
  ],
  ["the folders of all releases", "rm -rf /home/ddos/releases/*"],
  ["the link, replaced by a folder", "rm /home/ddos/current; mkdir /home/ddos/current; touch /home/ddos/current/x"],
];

const lost = ([what, how]: (typeof LOSSES)[number]): Case => ({
  name: `lost: ${what}; then a release that fails`,
  run: async (bench) => {
    const before = bench.good().app.label;
    await bench.sh(how);
    const reason = expectFailure(
      await bench.deploy({ app: { label: bench.label(), fault: "crash-on-8000" } }),
      "release",
      /Undone: rolled back/,
    );
    check((await bench.about()).label === before, "it was withdrawn");
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
    return reason;
  },
});

const PARTS: readonly (readonly [what: string, how: string])[] = [
  ["code", "rm -rf /var/lib/ddos/code/*"],
  ["a file of the code", 'f=$(ls -td /var/lib/ddos/code/* | head -n 1); echo "# x" >>$f/tree/ml_gateway/app.py'],
  ["environments", "rm -rf /home/ddos/venvs/*"],
  ["settings", "rm -rf /var/lib/ddos/env/*"],
  ["models", "rm -rf /var/lib/ddos/models/* /var/lib/ddos/models-sets/*"],
  ["the script of a switch", "rm -f /usr/local/lib/ddos/recover.sh /etc/systemd/system/ddos-undo.service"],
];

/** Between the steps that brought them and the release. */
const lostParts: Case = {
  name: "results of earlier steps lost: the release step brings them back itself",
  run: async (bench) => {
    for (const [what, how] of PARTS) {
      const wanted = { app: { label: bench.label() } };
      const good = bench.good();
      expectSuccess(await bench.deploy(wanted, { only: ["prepare", "code", "env", "models"] }));
      bench.setGood(good);
      await bench.sh(how);
      const outcome = await bench.deploy(wanted);
      check(outcome.ok && outcome.ran.join() === "release", `${what}: ${outcome.ran.join()}: ${outcome.said.slice(-1500)}`);
      check(
        /running the \w+ step again|taken from a release/.test(outcome.said),
        `${what}: it does not say so: ${outcome.said.slice(-500)}`,
      );
    }
    return `${PARTS.length} kinds`;
  },
};

/** A run that is killed on trial, again and again. */
const threeStay: Case = {
  name: "no more than three releases stay, however many were killed or failed",
  run: async (bench) => {
    const left = async (): Promise<number> => Number(await bench.sh("ls -d /home/ddos/releases/*/ | wc -l"));
    for (let count = 0; count < 4; count += 1) {
      const strike = bench.sh(
        'until [ -L /home/ddos/next ]; do sleep 0.05; done; systemctl kill --signal=SIGKILL "$(systemctl list-units --no-legend --plain \'ddos-step-release-*\' | cut -d " " -f 1)"',
      );
      const outcome = await bench.deploy({ app: { label: bench.label(), startSeconds: 3 } });
      await strike;
      check(!outcome.ok, "it succeeded");
      await until("the host's own undoing", 30_000, async () => (await left()) <= 3 || undefined);
      await until(
        "its end",
        30_000,
        async () => (await bench.sh("systemctl is-active ddos-undo.service || printf ''")).trim() !== "activating" || undefined,
      );
    }
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
    check((await left()) <= 3, `${await left()} releases`);
    return "";
  },
};

export const wedgedCases: readonly Case[] = [
  nextRun,
  repairKey,
  rebooted(true),
  rebooted(false),
  ...LOSSES.map(lost),
  lostParts,
  threeStay,
];
