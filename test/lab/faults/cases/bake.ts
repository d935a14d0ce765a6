/** Releases that pass their trial and then fail at what clients ask: they are watched after the switch, under the load that runs beside every case. */
import type { Bake } from "../../../../infra/release/types";
import { expectServing } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import { takeSpace } from "../space";
import { until } from "../../process";

const bake = (seconds: number, change: Partial<Bake> = {}): { release: Bake } => ({
  release: { bakeSeconds: seconds, bakeErrorShare: 0.05, bakeLatency: 3, ...change },
});

/** Until a release is being watched, and a second more. */
const WATCHING =
  "for try in $(seq 400); do pgrep -f 'bake[.]py watch' >/dev/null && break; sleep 0.1; done; pgrep -f 'bake[.]py watch' >/dev/null || exit 1; sleep 1";
const SERVING = "sed -n s/^current=//p /var/lib/ddos/serving";

export const bakeCases: readonly Case[] = [
  {
    name: "watched: a release that is as good stays, one that answers with 5xx under load goes back, with the numbers",
    // What the bad release answered is what the case is about.
    outage: true,
    run: async (bench) => {
      const good = await bench.deploy({ app: { label: bench.label() }, spec: bake(4) });
      expectSuccess(good);
      check(/watched for 4 s: 0 of [0-9]+ requests were answered with 5xx/.test(good.said), `it was not watched: ${good.said}`);
      const before = (await bench.sh(SERVING)).trim();
      const outcome = await bench.deploy({ app: { label: bench.label(), fault: "failing" }, spec: bake(60) });
      const numbers =
        /Undone: rolled back[^]*served and was worse than [0-9]+-[0-9a-f]+: in [0-9]+ s [0-9]+ of [0-9]+ requests \([0-9.]+ %\) were answered with 5xx.*GET \/about: 500/;
      const reason = expectFailure(outcome, "release", numbers);
      check((await bench.sh(SERVING)).trim() === before, "another release than the one before is recorded");
      bench.setGood({ ...bench.good(), spec: {} });
      return reason;
    },
  },
  {
    name: "watched: a release that answers much later goes back, with both medians",
    byName: true,
    run: async (bench) => {
      const before = (await bench.sh(SERVING)).trim();
      const outcome = await bench.deploy({ app: { label: bench.label(), fault: "late" }, spec: bake(8) });
      const medians =
        /Undone: rolled back[^]*served and was worse than [^]*the median answer began after [0-9]+ ms \([0-9]+ answers\), after [0-9]+ ms in the 300 s before; 3 times/;
      const reason = expectFailure(outcome, "release", medians);
      check((await bench.sh(SERVING)).trim() === before, "another release than the one before is recorded");
      bench.setGood({ ...bench.good(), spec: {} });
      return reason;
    },
  },
  {
    name: "watched: without traffic nothing is waited for, and the step says that nothing was learnt",
    run: async (bench) => {
      // The load of these tests never ends, so the step looks at a log that has no requests in it.
      const quiet = (script: string): string =>
        script.replace("ACCESS_LOG=/var/log/ddos-service/access.log", "ACCESS_LOG=/var/log/ddos-service/error.log");
      const outcome = await bench.deploy(
        { app: { label: bench.label() }, spec: bake(60) },
        { rewrite: (step, script, stdin) => ({ script: step === "release" ? quiet(script) : script, stdin }) },
      );
      expectSuccess(outcome);
      check(/nothing was learnt by watching it: 0 requests came/.test(outcome.said), `the step says: ${outcome.said}`);
      bench.setGood({ ...bench.good(), spec: {} });
      return "";
    },
  },
  {
    name: "watched: the step is killed meanwhile, and the release before serves",
    run: async (bench) => {
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: {} }));
      const before = (await bench.sh(SERVING)).trim();
      const killed = await bench.deploy(
        { app: { label: bench.label() }, spec: bake(60) },
        {
          during: (step) => {
            const kill = `${WATCHING}; systemctl kill --signal=KILL 'ddos-step-release-*'`;
            if (step === "release") void bench.lab.must("backend", kill, { timeoutMs: 60_000 });
          },
        },
      );
      check(!killed.ok, "the step says that it ended well");
      await bench.sh("for try in $(seq 300); do [ -e /var/lib/ddos/switching ] || exit 0; sleep 0.1; done; exit 1");
      check((await bench.sh(SERVING)).trim() === before, "another release than the one before is recorded");
      return "rolled back by ddos-undo.service";
    },
  },
  {
    name: "watched: the disk fills up meanwhile, and all of one release serves",
    byName: true,
    run: async (bench) => {
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: {} }));
      const good = bench.good();
      const before = (await bench.sh(SERVING)).trim();
      const wanted = { app: { label: bench.label() }, spec: bake(8) };
      const filled = bench.sh(`${WATCHING}${takeSpace()}`);
      const [outcome] = await Promise.all([bench.deploy(wanted), filled]).finally(() => bench.sh("rm -f /var/ballast"));
      const serving = (await bench.sh(SERVING)).trim();
      check(outcome.ok === (serving !== before), `${serving} serves, and the step ${outcome.ok ? "succeeded" : "failed"}: ${outcome.last}`);
      bench.setGood(outcome.ok ? bench.good() : good);
      await expectServing(bench, 30_000);
      expectSuccess(await bench.deploy({ ...wanted, app: { label: bench.label() }, spec: bake(3) }));
      bench.setGood({ ...bench.good(), spec: {} });
      return outcome.ok ? "the new release serves" : (outcome.last.trimEnd().split("\n").at(-1)?.slice(0, 200) ?? "");
    },
  },
  {
    name: "watched: the host reboots meanwhile, and the release before serves",
    byName: true,
    outage: true,
    run: async (bench) => {
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: {} }));
      const before = (await bench.sh(SERVING)).trim();
      const wanted = { app: { label: bench.label() }, spec: bake(60) };
      const struck = bench.sh(WATCHING).then(() => bench.lab.reboot("backend"));
      const [outcome] = await Promise.all([bench.deploy(wanted), struck]);
      check(!outcome.ok, "the step says that it ended well");
      await until("the host's own rolling back", 60_000, async () =>
        (await bench.sh("[ -e /var/lib/ddos/switching ] && printf open || printf ''")) === "" ? true : undefined,
      );
      check((await bench.sh(SERVING)).trim() === before, "another release than the one before is recorded");
      await until("the release before", 60_000, async () => (await bench.about()).label === bench.good().app.label || undefined);
      const next = { ...wanted, spec: bake(3) };
      await until("the next run", 60_000, async () => (await bench.deploy(next)).ok || undefined);
      bench.setGood({ ...bench.good(), spec: {} });
      return "rolled back at the boot, then released";
    },
  },
];
