/** Links, operators, steps and hosts that go away in the middle. */
import type { StepName } from "../../../../infra/release/types";
import { sleep, until } from "../../process";
import type { Bench } from "../bench";
import { expectServing } from "../bench";
import type { Case } from "../case";
import { check, expectSuccess } from "../case";
import { plainModel } from "../variants";

const STEPS: readonly StepName[] = ["prepare", "code", "env", "models", "release"];

/** A change that gives every step something to do. */
const everything = (bench: Bench) => ({
  app: { label: bench.label() },
  ttl: `${300 + Number(bench.label().slice(1))}`,
  models: [plainModel("stage2.pkl", bench.label()), ...bench.good().models.slice(1)],
});

const idle = (bench: Bench): Promise<unknown> =>
  until("the end of the host's own work", 60_000, async () =>
    (
      await bench.sh(
        "systemctl list-units --no-legend --plain 'ddos-step-*' ddos-undo.service | grep -cE 'active (running)|activating' || printf ''",
      )
    ).trim() === "0"
      ? true
      : undefined,
  );

const cutLink = (step: StepName): Case => ({
  name: `link of the operator cut during ${step}, then run again`,
  outage: true,
  run: async (bench) => {
    const wanted = everything(bench);
    const first = await bench.deploy(wanted, {
      all: step === "prepare",
      during: (name, kill) => {
        if (name !== step) return;
        // The release step goes on for some seconds; the others have read their input by now.
        void sleep(name === "release" ? 2500 : 900)
          .then(() => bench.lab.cutLink("operator"))
          .then(() => sleep(300))
          .then(kill)
          // A step that was faster than the cut has left the next one behind the cut: it must get its link back.
          .then(() => sleep(2000))
          .then(() => bench.lab.reconnectLink("operator"));
      },
    });
    await bench.lab.reconnectLink("operator");
    await idle(bench);
    // The host went on by itself; what serves now is the old release or the new one, whole.
    const { label } = await bench.about();
    check(label === bench.good().app.label || label === wanted.app.label, `${label} is served`);
    expectSuccess(await bench.deploy(wanted));
    return `${first.ok ? "the step was faster" : "cut"}; the host ${label === wanted.app.label ? "finished by itself" : "kept the old release"}`;
  },
});

/** Milliseconds after which each is in the middle of its work. */
const AFTER: Partial<Record<StepName | "scripts", number>> = { scripts: 300, release: 2500 };

const killOperator = (step: StepName | "scripts"): Case => ({
  name: `operator killed (SIGKILL) during ${step}, run again at once`,
  run: async (bench) => {
    const wanted = everything(bench);
    // With all of its scripts to bring, it is long enough to be hit.
    if (step === "scripts") await bench.sh("rm -rf /var/lib/ddos/steps");
    const first = await bench.deploy(wanted, {
      all: step === "prepare" || step === "scripts",
      during: (name, kill) => void (name === step && sleep(AFTER[step] ?? 700).then(kill)),
    });
    expectSuccess(await bench.deploy(wanted));
    return first.ok ? "the step was faster" : "";
  },
});

/** What a host is left with by one that is killed there, at any moment: scripts that are whole, or not there. */
const killScripts: Case = {
  name: "what brings the scripts killed (SIGKILL) on the host, at twelve moments",
  run: async (bench) => {
    let killed = 0;
    for (let moment = 0; moment < 12; moment += 1) {
      await bench.sh("rm -rf /var/lib/ddos/steps");
      const strike = sleep(150 + 40 * moment).then(() => bench.sh("pkill -KILL -f '^/bin/bash -s$' || printf ''"));
      const outcome = await bench.deploy({}, { all: true, only: [] });
      await strike;
      if (!outcome.ok) killed += 1;
      const bad = await bench.sh(`cd /var/lib/ddos/steps 2>/dev/null || exit 0
for one in *-*.sh; do [ ! -e "$one" ] || case "$one" in *-"$(sha256sum <"$one" | cut -c 1-12)".sh) ;; *) echo "$one" ;; esac; done`);
      check(bad.trim() === "", `in part there: ${bad}`);
    }
    expectSuccess(await bench.deploy({}, { all: true }));
    check(killed > 0, "none was hit");
    return `${killed} of 12 were hit`;
  },
};

/** When to strike: the first moment at which this holds on the host. */
const PHASES = {
  staging: "[ -e /var/lib/ddos/staging ]",
  trial: "[ -L /home/ddos/next ]",
  "switching (recorded, not yet turned)": "[ -e /var/lib/ddos/switching ]",
  "switching (turned, the service restarts)": '[ -e /var/lib/ddos/switching ] && [ "$(readlink /home/ddos/current)" != "$BEFORE" ]',
} as const;

const waitFor = (phase: keyof typeof PHASES): string =>
  `BEFORE=$(readlink /home/ddos/current); end=$(($(date +%s) + 60)); until ${PHASES[phase]}; do sleep 0.01; [ $(date +%s) -lt $end ] || exit 1; done`;

const killStep = (phase: keyof typeof PHASES): Case => ({
  name: `release step killed (SIGKILL) on the host while ${phase}`,
  run: async (bench) => {
    const strike = bench.sh(
      `${waitFor(phase)}; systemctl kill --signal=SIGKILL "$(systemctl list-units --no-legend --plain 'ddos-step-release-*' | cut -d ' ' -f 1)"`,
    );
    const wanted = { app: { label: bench.label(), startSeconds: 1 } };
    const outcome = await bench.deploy(wanted);
    await strike;
    check(!outcome.ok, "it succeeded");
    await idle(bench);
    // Nobody has run anything again: the host itself rolled back.
    const { label } = await bench.about();
    check(label === bench.good().app.label, `${label} is served before the second run`);
    expectSuccess(await bench.deploy(wanted));
    return "rolled back automatically, then released";
  },
});

const strikeHost = (how: "power cut" | "reboot", phase: keyof typeof PHASES): Case => ({
  name: `${how} while ${phase}`,
  outage: true,
  run: async (bench) => {
    const wanted = { app: { label: bench.label(), startSeconds: 1 } };
    const before = bench.good().app.label;
    const strike = bench.sh(waitFor(phase)).then(async () => {
      if (how === "reboot") return bench.lab.reboot("backend");
      await bench.lab.powerOff("backend");
      await bench.lab.powerOn("backend");
    });
    const [outcome] = await Promise.all([bench.deploy(wanted), strike]);
    const label = await until("an answer after the boot", 60_000, async () => (await bench.about()).label);
    check(label === before || label === wanted.app.label, `${label} is served`);
    if (!outcome.ok) {
      bench.setGood({ ...bench.good(), app: label === before ? bench.good().app : wanted.app });
      if (label === before) await bench.sh("until systemctl is-active --quiet ddos-backend; do sleep 0.2; done");
      await until("ssh after the boot", 30_000, async () => (await bench.deploy(wanted)).ok || undefined);
    }
    return `${label === before ? "the old" : "the new"} release served after the boot`;
  },
});

const rebootAfter: Case = {
  name: "reboot after a release",
  outage: true,
  run: async (bench) => {
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
    await bench.lab.reboot("backend");
    await expectServing(bench, 60_000);
    return "";
  },
};

const rebootInPrepare: Case = {
  name: "reboot while prepare runs, then run again",
  outage: true,
  run: async (bench) => {
    const files = "/etc/systemd/journald.conf.d/ddos.conf /etc/ssh/sshd_config.d/00-ddos.conf /etc/systemd/system/ddos-metadata@.service";
    await bench.sh(`rm -f ${files}`);
    let struck: Promise<unknown> = Promise.resolve();
    const first = await bench.deploy(
      {},
      {
        all: true,
        during: (step) => {
          if (step === "prepare") struck = sleep(700).then(() => bench.lab.reboot("backend"));
        },
      },
    );
    await struck;
    await expectServing(bench, 60_000);
    await until("ssh after the boot", 60_000, async () => (await bench.deploy({}, { all: true })).ok || undefined);
    await bench.sh(`ls ${files}`);
    return first.ok ? "the step was faster" : "prepare was cut off";
  },
};

/** Each of these alone, and the host would come back and serve nothing. */
const DELETED = `rm -f /home/ddos/app /home/ddos/venv /home/ddos/models /etc/nginx/sites-enabled/backend /etc/systemd/system/ddos-backend.service
: >/etc/nginx/sites-available/backend; sed -i 's/^RestartSec=.*/RestartSec=9/' /etc/systemd/system/ddos-backend-next.service; sync`;

const rebootWithGaps: Case = {
  name: "reboot after somebody deleted links, site and unit of the release that serves",
  outage: true,
  run: async (bench) => {
    const before = (await bench.about()).label;
    await bench.sh(DELETED);
    await bench.lab.reboot("backend");
    const label = await until("an answer after the boot", 60_000, async () => (await bench.about()).label);
    check(label === before, `${label} serves after the boot, before it ${before}`);
    expectSuccess(await bench.deploy({}, { all: true }));
    return "";
  },
};

export const cutCases: readonly Case[] = [
  ...STEPS.map(cutLink),
  ...STEPS.map(killOperator),
  killOperator("scripts"),
  killScripts,
  ...(Object.keys(PHASES) as (keyof typeof PHASES)[]).map(killStep),
  strikeHost("power cut", "trial"),
  strikeHost("power cut", "switching (recorded, not yet turned)"),
  strikeHost("power cut", "switching (turned, the service restarts)"),
  strikeHost("reboot", "trial"),
  strikeHost("reboot", "switching (turned, the service restarts)"),
  rebootInPrepare,
  rebootAfter,
  rebootWithGaps,
];
