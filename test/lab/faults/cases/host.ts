/** Hosts that are full, wrongly configured or busy. */
import { createHash } from "node:crypto";
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess, undone } from "../case";
import { shiftClock } from "../clock";
import type { DeployOptions } from "../operator";
import { takeSpace } from "../space";

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A site as no configuration produces it: the text is changed on its way to the host. */
const withSite = (change: (site: string) => string): DeployOptions => ({
  rewrite: (step, script, stdin) => {
    const site = /\/site\.conf" <<'DDOS_FILE'\n([^]*?)DDOS_FILE\n/.exec(script)?.[1] ?? "";
    const changed = change(site);
    if (step !== "release" || changed === site) return { script, stdin };
    return { script: script.replace(site, () => changed), stdin: stdin.replace(/^nginx=.*$/m, `nginx=${sha(changed)}`) };
  },
});

/** What the steps ask about free space answers wrongly: they find out by the first byte that is refused. */
const LYING_DF = "printf '#!/bin/sh\\necho x; echo x x x 999999999 x x\\n' >/usr/local/bin/df; chmod 755 /usr/local/bin/df";

const withFullDisk = (bench: Bench, work: () => Promise<string>): Promise<string> =>
  undone(bench, "rm -f /var/ballast /usr/local/bin/df", work);

export const hostCases: readonly Case[] = [
  {
    name: "disk nearly full: refused before anything is written",
    run: (bench) =>
      withFullDisk(bench, async () => {
        await bench.sh(takeSpace(40_000));
        return expectFailure(await bench.deploy({ app: { label: bench.label() } }), "code", /not enough disk space/);
      }),
  },
  {
    name: "disk that fills up while a release is written",
    run: (bench) =>
      withFullDisk(bench, async () => {
        const full = `${takeSpace(64)}; ${LYING_DF}`;
        const during = (step: string): void => void (step === "release" && bench.sh(full));
        return expectFailure(await bench.deploy({ app: { label: bench.label() } }, { during }), "release", /the disk is full/);
      }),
  },
  {
    name: "nginx site with a broken directive",
    run: async (bench) => {
      const outcome = await bench.deploy(
        { app: { label: bench.label() } },
        withSite((site) => site.replace("proxy_http_version 1.1;", "proxy_htp_version 1.1;")),
      );
      return expectFailure(outcome, "release", /nginx refuses the new site.*proxy_htp_version/);
    },
  },
  {
    name: "nginx site that is valid and leads nowhere",
    run: async (bench) => {
      const outcome = await bench.deploy(
        { app: { label: bench.label() } },
        withSite((site) => site.replace(/127\.0\.0\.1:800/g, "127.0.0.1:700")),
      );
      return expectFailure(outcome, "release", /site/);
    },
  },
  {
    name: "a new nginx site, reloaded and not restarted",
    run: async (bench) => {
      const before = await bench.sh("systemctl show -p MainPID --value nginx");
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: { limits: { bodyMiB: 2 } } }));
      check((await bench.sh("systemctl show -p MainPID --value nginx")) === before, "nginx was restarted");
      check((await bench.sh("grep -c 'client_max_body_size 2m' /etc/nginx/sites-enabled/backend")).trim() === "1", "the site is not there");
      return "";
    },
  },
  {
    name: "port of the candidate taken by another program",
    run: async (bench) => {
      await bench.sh("systemd-run --quiet --unit=squatter python3 -m http.server --bind 127.0.0.1 8001");
      const outcome = await bench.deploy({ app: { label: bench.label() } });
      await bench.sh("systemctl stop squatter");
      return expectFailure(outcome, "release", /address already in use/);
    },
  },
  {
    name: "clock off by a day in both directions, and files from the future",
    run: async (bench) => {
      const dates: string[] = [];
      await bench.sh("find /home/ddos/releases /var/lib/ddos -maxdepth 2 -exec touch -h -d '+1 day' {} +");
      for (const hours of [25, -25]) {
        await shiftClock(bench.lab, "backend", hours);
        const outcome = await bench.deploy({ app: { label: bench.label() } });
        await shiftClock(bench.lab, "backend", 0);
        expectSuccess(outcome);
        const date = await bench.sh("grep -aoh '^=== [^ ]*' /var/log/ddos/release.log | tail -n 1");
        dates.push(date.replace("===", "").trim());
      }
      const [late = "", early = ""] = dates;
      check(Date.parse(late) - Date.parse(early) > 40 * 3_600_000, `the steps saw ${dates.join(" and ")}`);
      return `the steps saw ${dates.join(" and ")}`;
    },
  },
  {
    name: "two deployments at once",
    run: async (bench) => {
      const [mine, theirs] = [bench.label(), bench.label()];
      const { backendSpec, backendValues } = await import("../variants");
      const before = bench.good();
      const other = bench.stranger().deploy(backendSpec({ label: theirs }, before.models, before.spec), backendValues(before.ttl));
      const [first, second] = await Promise.all([bench.deploy({ app: { label: mine } }, { all: true }), other]);
      check(first.ok && second.ok, `one failed: ${first.said.slice(-600)} ${second.said.slice(-600)}`);
      const { label } = await bench.about();
      check(label === mine || label === theirs, `${label} is served`);
      bench.setGood({ ...bench.good(), app: { label } });
      return `one waited for the other, ${label === mine ? "the first" : "the second"} serves`;
    },
  },
];
