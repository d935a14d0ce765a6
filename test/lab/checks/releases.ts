/** `npm run releases` as an operator runs it, against the running machines: the list, a rollback under load, and what follows from it. */
import type { Properties } from "../../../infra/offline/engine";
import type { HostReleases, ReleaseList } from "../../../infra/cli/releases-report";
import type { RollbackOutcome } from "../../../infra/cli/releases-plan";
import type { HostReport } from "../../../infra/cli/verify-report";
import { brief, startWatch } from "../faults/watch";
import type { Lab } from "../lab";
import { sleep } from "../process";
import { configFile } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { upOnce } from "./operator";
import { askCommand, overConfig, verify } from "./verify";

/** Requests a second. */
const RATE = 100;

interface Answer {
  readonly code: number;
  readonly hosts?: readonly HostReleases[];
  readonly rollbacks?: readonly RollbackOutcome[];
}

export function releasesChecks(lab: () => Lab, outputs: () => Properties): Check[] {
  const ask = (...words: readonly string[]): Promise<Answer> =>
    askCommand<Answer>(lab(), outputs(), "releases", [...words, "--host", "backend"]);
  const list = async (): Promise<ReleaseList> => {
    const [found] = (await ask()).hosts ?? [];
    expect(found !== undefined && "here" in found, `no list: ${JSON.stringify(found)}`);
    return found;
  };

  /** What is deployed last, so that the release before it is that of the stack's own configuration. */
  const deployed = { env: { LOG_LEVEL: "info", CACHE_TTL: "311" } };

  const workers = (): Promise<string> => lab().must("backend", "pgrep -f '^nginx: worker process$'");

  async function rolledBack(): Promise<string> {
    await upOnce(lab().name, "--config", configFile(lab(), deployed));
    const last = await lab().must("backend", "tac /var/log/ddos/release.log | sed '/^=== /q'");
    expect(
      last.includes("models: they passed this gate in this environment before"),
      `models that had not changed were loaded again: ${last}`,
    );
    const { serving, previous } = await list();
    expect(previous !== "" && previous !== "none", `there is nothing to roll back to: ${JSON.stringify(await list())}`);
    const watch = startWatch(lab(), `http://${String(outputs()["gatewayAddress"])}/health`, RATE, 120);
    const nginx = await workers();
    try {
      await sleep(500);
      await watch.look();
      const { code, rollbacks } = await ask("rollback", "previous");
      const counts = await watch.look();
      expect(code === 0 && rollbacks?.[0]?.target === previous, `it ended with ${code}: ${JSON.stringify(rollbacks)}`);
      expect(counts.failed === 0 && counts.sent > 0, `requests failed: ${brief(counts)}`);
      expect((await workers()) === nginx, "nginx was reloaded, which closes the connections that clients keep");
      const after = await list();
      expect(after.serving === previous && after.rolledBack?.deployed === serving, JSON.stringify(after.rolledBack));
      expect(/^\S+@\S+, ubuntu from [0-9.]+$/.test(after.entries.at(-1)?.by ?? ""), `by whom: ${after.entries.at(-1)?.by ?? ""}`);
      return `${rollbacks?.[0]?.seconds ?? 0} s, ${counts.sent} requests, 0 failed`;
    } finally {
      watch.stop();
    }
  }

  /** @returns what verify finds on the backend, asked from a working copy with that configuration */
  async function differences(config: string | undefined): Promise<HostReport> {
    const { code, hosts } = await verify(lab(), outputs(), config);
    const backend = hosts.find(({ role }) => role === "backend");
    expect(backend !== undefined && "report" in backend, `verify ended with ${code}: ${JSON.stringify(hosts).slice(0, 2000)}`);
    return backend.report;
  }

  /** Also to who has gone back to the configuration of the release that serves: the stack was deployed with another one. */
  async function reported(): Promise<string> {
    const [theirs, own] = [overConfig(lab(), deployed), undefined];
    let said = "";
    for (const config of [theirs, own]) {
      const { ok, rolledBack: mark, failed } = await differences(config);
      said = failed.find(({ check }) => check === "release that serves")?.found ?? "";
      expect(!ok && mark !== undefined && said.startsWith("rolled back to "), JSON.stringify(failed));
    }
    const resumed = await ask("resume");
    expect(
      resumed.code === 0 && (await list()).rolledBack === null,
      `resume ended with ${resumed.code}: ${JSON.stringify(resumed.rollbacks)}`,
    );
    const again = await ask("resume");
    expect(again.code === 1, `a second resume ended with ${again.code}`);
    const left = (await differences(theirs)).failed;
    expect(left.length === 0, JSON.stringify(left));
    return said.slice(0, 80);
  }

  return [
    { name: `npm run releases rolls the backend back under ${RATE} requests a second, and lists it`, run: rolledBack },
    { name: "npm run verify reports the rollback, and npm run releases -- resume ends it", run: reported },
  ];
}
