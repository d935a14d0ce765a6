/** A machine that is replaced without a load balancer before it: how long clients get no answer, and that it is once, and over before the update is. */
import type { HostId } from "../../../infra/release/types";
import type { Lab } from "../lab";
import { sleep } from "../process";
import { configFile, type Config } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { ran, upOnce, type Report } from "./operator";
import { FEATURES } from "./service";

/** Another image is another machine. */
const AMI = "ami-0123456789abcdef0";
const PAUSE_MS = 100;
/** An answer that is not there by then is none. */
const PATIENCE_MS = 2000;

interface Asked {
  readonly at: number;
  readonly good: boolean;
}

/** What a client gets that asks again and again, a tenth of a second after each answer. */
async function whileAsking(lab: Lab, address: () => string, work: () => Promise<unknown>): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  let ended = false;
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ features: FEATURES }) };
  const client = async (): Promise<void> => {
    while (!ended) {
      const at = Date.now();
      const good = await lab.fetchFromOutside(`http://${address()}/predict`, { ...request, timeoutMs: PATIENCE_MS }).then(
        ({ status }) => status === 200,
        () => false,
      );
      asked.push({ at, good });
      await sleep(PAUSE_MS);
    }
  };
  const asking = client();
  await work().finally(() => (ended = true));
  await asking;
  return asked;
}

/** @returns from the first request without an answer to the first that was answered again, in seconds @throws when there was not one such time */
function outage(asked: readonly Asked[]): { seconds: number; failed: number; of: number } {
  const first = asked.findIndex(({ good }) => !good);
  const again = asked.findIndex(({ good }, index) => index > first && good);
  expect(first > 0, first < 0 ? "no request failed" : "the first request failed");
  expect(again > 0, "no request was answered after the outage");
  const later = asked.slice(again).filter(({ good }) => !good).length;
  expect(later === 0, `${later} requests failed after the outage was over`);
  return { seconds: ((asked[again]?.at ?? 0) - (asked[first]?.at ?? 0)) / 1000, failed: again - first, of: asked.length };
}

async function replaced(lab: Lab, host: HostId, address: () => string, sections: Config): Promise<string> {
  const before = lab.state().hosts[host]?.instanceId;
  let report: Report = { outputs: {}, events: [] };
  const began = Date.now();
  const asked = await whileAsking(lab, address, async () => (report = await upOnce(lab.name, "--config", configFile(lab, sections))));
  const whole = (Date.now() - began) / 1000;
  const machines = ran(report, "machine");
  expect(machines.every((name) => name === `${host}-instance`) && machines.length > 0, `machines: ${machines.join(", ")}`);
  expect(lab.state().hosts[host]?.instanceId !== before, "it is the machine of before");
  const { seconds, failed, of } = outage(asked);
  return `${seconds.toFixed(0)} s without an answer (${failed} of ${of} requests), in an update of ${whole.toFixed(0)} s`;
}

export function replacedChecks(lab: () => Lab, address: () => string): Check[] {
  return [
    {
      name: "replaced machine: the backend, without a load balancer: one outage, which is measured",
      run: () => replaced(lab(), "backend", address, { backend: { ami: AMI } }),
    },
  ];
}
