/** The gateway in proxy mode: its site leads to the backend, no application runs there, and releases of either host cost no request. */
import { sleep, until } from "../../process";
import type { Bench } from "../bench";
import { URL_ABOUT } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import type { Outcome } from "../operator";
import { plainModel } from "../variants";
import { startWatch } from "../watch";

/** Requests a second, half of them on new connections. */
const RATE = 100;
const LIMITS = { perSecond: 1000, burst: 1000, connections: 500 };

const toProxy = (bench: Bench, bodyMiB = 1): Promise<Outcome> =>
  bench.deployGateway({ label: "gateway" }, { gatewayMode: "proxy", limits: { ...LIMITS, bodyMiB } });
const toApplication = (bench: Bench): Promise<Outcome> => bench.deployGateway({ label: "gateway" });

/** What would still serve, or be kept, of an application. */
const LEFT =
  "systemctl list-units --all --plain --no-legend 'ddos-gateway*' | awk '!/not-found/ { print $1 }'; ls -d /etc/systemd/system/ddos-gateway* /home/ddos/app /home/ddos/venv /home/ddos/venvs/* /var/lib/ddos/env/* /var/lib/ddos/code/* 2>/dev/null; ss -Hltn 'sport = :8000 or sport = :8001'; :";

async function expectNoApplication(bench: Bench): Promise<void> {
  const left = (await bench.lab.must("gateway", LEFT)).trim();
  check(left === "", `of the application are left: ${left.split("\n").join(" ")}`);
}

const KINDS: ReadonlyArray<readonly [name: string, release: (bench: Bench) => Promise<Outcome>]> = [
  ["application to proxy", (bench) => toProxy(bench)],
  ["backend code", (bench) => bench.deploy({ app: { label: bench.label() } })],
  ["backend .env", (bench) => bench.deploy({ ttl: "903" })],
  ["backend model", (bench) => bench.deploy({ models: [plainModel("stage2.pkl", bench.label()), ...bench.good().models.slice(1)] })],
  ["backend nginx", (bench) => bench.deploy({ spec: { gatewayMode: "proxy", limits: { bodyMiB: 4 } } })],
  ["gateway site", (bench) => toProxy(bench, 4)],
  ["proxy to application", (bench) => toApplication(bench)],
];

/** Waits on the gateway until a switch is recorded. */
const SWITCHING =
  "end=$(($(date +%s) + 60)); until [ -e /var/lib/ddos/switching ]; do sleep 0.01; [ $(date +%s) -lt $end ] || exit 1; done";
const KILL = `systemctl kill --signal=SIGKILL "$(systemctl list-units --no-legend --plain 'ddos-step-release-*' | cut -d ' ' -f 1)"`;

/** What the gateway does by itself after it was struck ends with a whole release, of the one kind or the other. */
async function expectWhole(bench: Bench): Promise<string> {
  return until("a gateway that serves", 90_000, async () => {
    const state = await bench.lab.must(
      "gateway",
      '[ ! -e /var/lib/ddos/switching ] && readlink /home/ddos/current && sed -n "s/^mode=//p" "/var/lib/ddos/$(readlink /home/ddos/current)/facts"',
    );
    check((await bench.about()).label === bench.good().app.label, "the backend does not answer through the gateway");
    return state.includes("proxy") ? "the proxy" : "the application";
  });
}

async function struck(bench: Bench, deploy: () => Promise<Outcome>, strike: () => Promise<unknown>): Promise<string> {
  const [outcome] = await Promise.all([deploy(), bench.lab.must("gateway", SWITCHING).then(strike)]);
  check(!outcome.ok, "it succeeded");
  const kind = await expectWhole(bench);
  await until("the next run", 60_000, async () => (await deploy()).ok || undefined);
  return kind;
}

export const proxyCases: readonly Case[] = [
  {
    name: `application to proxy and back, with releases of the backend between, under ${RATE} requests a second`,
    run: async (bench) => {
      const watch = startWatch(bench.lab, URL_ABOUT, RATE, 400);
      await sleep(1500);
      let [sent, failed] = [0, 0];
      for (const [kind, release] of KINDS) {
        const outcome = await release(bench);
        expectSuccess(outcome);
        await sleep(500);
        const counts = await watch.look();
        console.log(
          `     ${kind}: ${outcome.ran.join(", ")}; ${counts.sent} sent, ${counts.failed} failed, ${counts.repeated} repeated, slowest ${Math.round(counts.slowest)} ms ${JSON.stringify(counts.reasons)}`,
        );
        sent += counts.sent;
        failed += counts.failed;
        if (kind === "application to proxy") await expectNoApplication(bench);
      }
      watch.stop();
      check(failed === 0, `${failed} of ${sent} requests failed`);
      return `${KINDS.length} releases: ${sent} requests sent, 0 failed`;
    },
  },
  {
    name: "an application that is no good does not take the place of a proxy that serves",
    run: async (bench) => {
      expectSuccess(await toProxy(bench));
      const failure = expectFailure(
        await bench.deployGateway({ label: bench.label(), fault: "crash" }),
        "release",
        /Nothing was switched\. Asked just now: release \S+ answers/,
      );
      const late = await bench.deployGateway({ label: bench.label(), fault: "crash-on-8000" });
      expectFailure(late, "release", /rolled back from \S+ to \S+, which serves/);
      check((await bench.about()).label === bench.good().app.label, "the backend does not answer through the gateway");
      const units = await bench.lab.must("gateway", "ls /etc/systemd/system | grep -c '^ddos-gateway' || printf ''");
      check(units.trim() === "0", "units of the application are left");
      expectSuccess(await toApplication(bench));
      return failure;
    },
  },
  {
    name: "the gateway is struck in the middle of a switch to proxy and of one to an application, and reboots as a proxy",
    byName: true,
    outage: true,
    run: async (bench) => {
      const powerCut = async (): Promise<void> => {
        await bench.lab.powerOff("gateway");
        await bench.lab.powerOn("gateway");
      };
      const kill = (): Promise<string> => bench.lab.must("gateway", KILL);
      const killed = await struck(bench, () => toProxy(bench), kill);
      await expectNoApplication(bench);
      await bench.lab.reboot("gateway");
      check((await expectWhole(bench)) === "the proxy", "another release serves after the reboot");
      const cut = await struck(bench, () => toApplication(bench), powerCut);
      const back = await struck(bench, () => toProxy(bench), powerCut);
      await expectNoApplication(bench);
      expectSuccess(await toApplication(bench));
      return `after SIGKILL served ${killed}, after power cuts ${cut} and ${back}`;
    },
  },
  {
    name: "a site that nginx refuses does not take the place of an application that serves",
    run: async (bench) => {
      const outcome = await bench.deployGateway(
        { label: "gateway" },
        { gatewayMode: "proxy", upstream: "no-such-host.internal:9000", limits: LIMITS },
      );
      const failure = expectFailure(outcome, "release", /nginx refuses the new site[^]*no-such-host/);
      expectSuccess(await toApplication(bench));
      return failure;
    },
  },
];
