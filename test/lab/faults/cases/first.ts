/** The first release of a host: there is nothing to roll back to, and the next try has to work. */
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";

/** Everything that releases leave on a host, as if there had never been one. */
const FORGET = `systemctl disable --quiet --now ddos-backend; rm -rf /home/ddos/releases/* /home/ddos/current /var/lib/ddos/releases/* /var/lib/ddos/serving
rm -f /etc/systemd/system/ddos-backend*.service /etc/nginx/sites-*/backend; systemctl daemon-reload; systemctl reload nginx`;
const TRACES =
  "find /home/ddos/releases /home/ddos/current /home/ddos/next /var/lib/ddos/switching /etc/nginx/sites-enabled /etc/systemd/system/ddos-backend* -mindepth 0 2>/dev/null | sort";

const firstFails = (name: string, fault: "crash" | "crash-on-8000", reason: RegExp): Case => ({
  name,
  outage: true,
  run: async (bench) => {
    await bench.sh(FORGET);
    const failure = expectFailure(await bench.deploy({ app: { label: bench.label(), fault } }, { all: true }), "release", reason);
    const traces = (await bench.sh(TRACES)).trim().split("\n").join(" ");
    check(traces === "/etc/nginx/sites-enabled /home/ddos/releases", `left behind: ${traces}`);
    expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
    return failure;
  },
});

export const firstCases: readonly Case[] = [
  firstFails("first release fails its trial, the next try works", "crash", /There was no release before/),
  firstFails("first release fails as the service, the next try works", "crash-on-8000", /took back the first release/),
];
