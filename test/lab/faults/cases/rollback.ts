/** Rollbacks that a person asks for (`npm run releases`), what may go wrong with them, and the history of releases. */
import { askReleases, askRollback } from "../../../../infra/release/asked";
import { readReleases, type Entry, type HostReleases, type ReleaseList } from "../../../../infra/cli/releases-report";
import { sleep, until, type RunResult } from "../../process";
import type { Bench } from "../bench";
import { URL_ABOUT } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import { sendAsked } from "../operator";
import { backendSpec, SECRET } from "../variants";
import { brief, startWatch } from "../watch";

const spec = (bench: Bench) => backendSpec(bench.good().app, bench.good().models, bench.good().spec);

async function releases(bench: Bench, count = 20): Promise<ReleaseList> {
  const found: HostReleases = readReleases("backend", await sendAsked(bench.lab, "backend", askReleases(spec(bench), count)));
  check(!("error" in found), "error" in found ? found.error : "");
  check(!JSON.stringify(found).includes(SECRET), "a secret is in the history");
  return found;
}

async function rollBack(bench: Bench, target: string, expected: string, during?: () => void): Promise<RunResult> {
  return sendAsked(bench.lab, "backend", askRollback(spec(bench), { target, expected, by: "anna@laptop" }), during);
}

async function expectRollback(bench: Bench, target: string, expected: string): Promise<void> {
  const result = await rollBack(bench, target, expected);
  check(result.code === 0, `it failed: ${(result.stdout + result.stderr).slice(-2500)}`);
}

async function expectRefusal(bench: Bench, target: string, expected: string, reason: RegExp): Promise<string> {
  const result = await rollBack(bench, target, expected);
  const said = result.stdout + result.stderr;
  check(result.code !== 0, `it succeeded: ${said}`);
  check(reason.test(said), `the reason does not say ${reason.source}: ${said.slice(-2500)}`);
  check(!said.includes(SECRET), "a secret is in what was printed");
  return said.trimEnd().split("\n").at(-1)?.slice(0, 110) ?? "";
}

/** Two releases, the second of which serves. */
async function two(bench: Bench): Promise<{ readonly earlier: string; readonly serving: string }> {
  const label = bench.label();
  expectSuccess(await bench.deploy({ app: { label } }));
  const { serving, previous } = await releases(bench);
  check(previous !== "" && previous !== serving, `there is no previous release: ${previous}`);
  return { earlier: previous, serving };
}

const last = ({ entries }: ReleaseList): Partial<Entry> => entries.at(-1) ?? {};

const underLoad: Case = {
  name: "a rollback, and one back, under 100 requests a second",
  run: async (bench) => {
    const { earlier, serving } = await two(bench);
    const label = bench.good().app.label;
    const watch = startWatch(bench.lab, URL_ABOUT, 100, 120);
    try {
      await sleep(1000);
      await watch.look();
      const began = Date.now();
      await expectRollback(bench, earlier, serving);
      const seconds = (Date.now() - began) / 1000;
      check((await bench.about()).label !== label, "the same release answers as before");
      const list = await releases(bench);
      check(list.serving === earlier && list.rolledBack?.deployed === serving, JSON.stringify(list.rolledBack));
      const { result, release, via, by = "" } = last(list);
      check(result === "serves" && release === earlier && via === "rollback", JSON.stringify(last(list)));
      check(/^anna@laptop, ubuntu from [0-9.]+$/.test(by), `by whom: ${by}`);
      await expectRollback(bench, serving, earlier);
      check((await releases(bench)).rolledBack === null, "what was deployed serves, and it still counts as rolled back");
      const counts = await watch.look();
      check(counts.failed === 0, `requests failed: ${brief(counts)}`);
      return `${counts.sent} requests, 0 failed; the first took ${seconds.toFixed(1)} s`;
    } finally {
      watch.stop();
    }
  },
};

const notUndone: Case = {
  name: "a rollback is not undone by an update of the same release; a changed one takes its place",
  run: async (bench) => {
    const { earlier, serving } = await two(bench);
    await expectRollback(bench, earlier, serving);
    const reason = expectFailure(await bench.deploy({}, { all: true }), "release", /was rolled back to \S+ at \S+ by anna@laptop.*resume/);
    check((await releases(bench)).serving === earlier, "the update undid the rollback");
    const outcome = await bench.deploy({ app: { label: bench.label() } });
    expectSuccess(outcome);
    check(outcome.said.includes(`It replaces the rolled-back release ${serving}`), outcome.said.slice(-800));
    const list = await releases(bench);
    check(list.rolledBack === null && last(list).replaces === serving, JSON.stringify(last(list)));
    return reason;
  },
};

/** The record of the release says something else than what served. */
const damaged = (what: string, damage: string, reason: RegExp, result: Entry["result"]): Case => ({
  name: `a rollback to a release ${what} is refused, and what served serves`,
  run: async (bench) => {
    const { earlier, serving } = await two(bench);
    await bench.sh(`id=${earlier}; ${damage}`);
    const said = await expectRefusal(bench, earlier, serving, reason);
    const list = await releases(bench);
    check(list.serving === serving && list.rolledBack === null, `${list.serving} serves`);
    const entry = last(list);
    check(entry.result === result && entry.release === earlier && (entry.reason ?? "") !== "", JSON.stringify(entry));
    // What failed has served once: it is there for whoever looks into it.
    check(
      list.here.some(({ release }) => release === earlier),
      "the release was removed",
    );
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
    return said;
  },
});

const gone: Case = {
  name: "a rollback to a release that is not there any more says so",
  run: async (bench) => {
    const { serving } = await two(bench);
    return expectRefusal(
      bench,
      "1-000000000000",
      serving,
      /is not on this host any more: three stay at most, and beside \S+ there are: \d/,
    );
  },
};

const killed: Case = {
  name: "a rollback that is killed in the middle of its switch",
  run: async (bench) => {
    const { earlier, serving } = await two(bench);
    const strike = bench.sh(
      'until grep -q phase=switching /var/lib/ddos/switching 2>/dev/null; do sleep 0.02; done; systemctl kill --signal=SIGKILL "$(systemctl list-units --no-legend --plain \'ddos-step-rollback-*\' | cut -d " " -f 1)"',
    );
    const result = await rollBack(bench, earlier, serving);
    await strike;
    check(result.code !== 0, "it succeeded, so nothing was killed");
    await until("the host's own undoing", 60_000, async () =>
      (await bench.sh("[ -e /var/lib/ddos/switching ] && printf open || printf ''")) === "" ? true : undefined,
    );
    const list = await releases(bench);
    check(list.serving === serving && list.rolledBack === null, `${list.serving} serves`);
    check(last(list).result === "undone" && /was stopped in the middle/.test(last(list).reason ?? ""), JSON.stringify(last(list)));
    await expectRollback(bench, earlier, serving);
    await expectRollback(bench, serving, earlier);
    return "";
  },
};

const twoOperators: Case = {
  name: "two operators roll back at once: one does, the other is told",
  run: async (bench) => {
    const { earlier, serving } = await two(bench);
    const results = await Promise.all([rollBack(bench, earlier, serving), rollBack(bench, earlier, serving)]);
    const failed = results.filter(({ code }) => code !== 0);
    check(failed.length === 1, `${failed.length} of two failed: ${JSON.stringify(results).slice(0, 2000)}`);
    check(/another operator or an update came first/.test(failed[0]?.stderr ?? ""), failed[0]?.stderr ?? "");
    await expectRollback(bench, serving, earlier);
    return "";
  },
};

const history: Case = {
  name: "the history: a failed trial, a lost file, a last line that was cut off, a full disk",
  run: async (bench) => {
    const file = "/var/lib/ddos/history";
    check((await bench.sh(`stat -c '%a %U' ${file}`)).trim() === "600 root", "others can read it");
    expectFailure(
      await bench.deploy({ app: { label: bench.label(), fault: "unhealthy" }, spec: { health: FAST } }),
      "release",
      /failed its trial/,
    );
    const failed = last(await releases(bench));
    check(failed.result === "refused" && /not healthy/.test(failed.reason ?? "") && failed.code !== undefined, JSON.stringify(failed));
    const before = (await releases(bench, 500)).entries.length;
    await bench.sh(`truncate -s -20 ${file}; printf '\\0\\0garbage' >>${file}`);
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
    const cut = await releases(bench, 500);
    check(cut.unreadable === 1 && cut.entries.length === before, `${cut.unreadable} unreadable, ${cut.entries.length} of ${before} lines`);
    await bench.sh(`rm ${file}`);
    check((await releases(bench)).entries.length === 0 && (await releases(bench)).serving !== "", "without a file");
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
    const [first, second] = (await releases(bench)).entries;
    check(first?.result === "known" && second?.result === "serves", JSON.stringify([first, second]));
    // A link to where nothing can be written: as a full disk, for this file alone.
    await bench.sh(`mv ${file} ${file}.kept; ln -s /dev/full ${file}`);
    try {
      const outcome = await bench.deploy({ app: { label: bench.label() } });
      expectSuccess(outcome);
    } finally {
      await bench.sh(`rm -f ${file}; mv ${file}.kept ${file}`);
    }
    const [{ serving }, log] = [await releases(bench), await bench.sh("tail -n 40 /var/log/ddos/release.log")];
    check(log.includes("could not be written"), `the log does not say it: ${log}`);
    return `${serving} serves`;
  },
};

const FAST = { path: "/health", body: '{"status":"ok"}', startSeconds: 4 };

export const rollbackCases: readonly Case[] = [
  underLoad,
  notUndone,
  damaged(
    "that fails its trial",
    "sed -i 's,^ExecStart=.*,ExecStart=/bin/false,' /var/lib/ddos/releases/$id/next-unit",
    /failed its trial/,
    "refused",
  ),
  damaged(
    "that fails as the service",
    "sed -i 's,^ExecStart=.*,ExecStart=/bin/false,' /var/lib/ddos/releases/$id/unit",
    /does not serve/,
    "undone",
  ),
  damaged(
    "that was altered",
    "echo '# x' >>/home/ddos/releases/$id/app/ml_gateway/app.py",
    /was altered on this host since it served/,
    "refused",
  ),
  gone,
  killed,
  twoOperators,
  history,
];
