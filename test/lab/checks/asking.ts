/** Clients that ask for a prediction again and again while something happens, and what they got. */
import type { Lab } from "../lab";
import { sleep } from "../process";
import { FEATURES } from "./service";

const PAUSE_MS = 100;
/** An answer that is not there by then is none. */
const PATIENCE_MS = 2000;

export interface Asked {
  /** Milliseconds since the epoch, when it was asked. */
  readonly at: number;
  readonly good: boolean;
}

/** The time in which requests got no answer, though others may have got one: who has a connection that is open still, say. */
export interface Outage {
  /** When the first of them was asked. */
  readonly began: number;
  /** From then until one was asked after the last of them, and answered; undefined when none was. */
  readonly seconds: number | undefined;
  readonly failed: number;
  /** Requests of that time that were answered. */
  readonly answered: number;
}

/**
 * One client an address, a tenth of a second after each answer.
 *
 * @param addresses undefined while there is none, and then nothing is asked
 * @returns for each address, what its client got
 */
export async function whileAsking(
  lab: Lab,
  addresses: readonly (() => string | undefined)[],
  work: () => Promise<unknown>,
): Promise<readonly (readonly Asked[])[]> {
  let ended = false;
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ features: FEATURES }) };
  const client = async (address: () => string | undefined): Promise<readonly Asked[]> => {
    const asked: Asked[] = [];
    for (; !ended; await sleep(PAUSE_MS)) {
      const to = address();
      if (to === undefined) continue;
      const at = Date.now();
      const good = await lab.fetchFromOutside(`http://${to}/predict`, { ...request, timeoutMs: PATIENCE_MS }).then(
        ({ status }) => status === 200,
        () => false,
      );
      asked.push({ at, good });
    }
    return asked;
  };
  const asking = addresses.map(client);
  await work().finally(() => (ended = true));
  return Promise.all(asking);
}

const STOP = "/run/asked-enough";

/**
 * The gateway itself asks the backend, by a new connection each time: the clients' requests may go by one that stands, to a machine that nothing new
 * reaches. What `work` fails with goes on.
 *
 * @param gateway its name in the lab
 */
export async function whileGatewayAsks(lab: Lab, gateway: string, work: () => Promise<unknown>): Promise<readonly Asked[]> {
  const ask = `curl -s -o /dev/null -m ${PATIENCE_MS / 1000} -w '%{http_code}' http://backend.internal:9000/health || :`;
  const loop = `rm -f ${STOP}; until [ -e ${STOP} ]; do at=$(date +%s%3N); printf '%s %s\\n' "$at" "$(${ask})"; sleep ${PAUSE_MS / 1000}; done`;
  const asking = lab.must(gateway, loop, { timeoutMs: 900_000 });
  // Its own failure is told when the work has ended.
  asking.catch(() => undefined);
  await work().finally(() => lab.must(gateway, `touch ${STOP}`));
  const lines = (await asking).trim().split("\n");
  return lines.map((line) => ({ at: Number(line.split(" ")[0]), good: line.endsWith(" 200") }));
}

/** @returns undefined when every request was answered */
export function outageOf(asked: readonly Asked[]): Outage | undefined {
  const bad = asked.flatMap(({ good }, index) => (good ? [] : [index]));
  const [first, last] = [bad[0], bad.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const [began, again] = [asked[first]?.at ?? 0, asked[last + 1]?.at];
  return {
    began,
    seconds: again === undefined ? undefined : (again - began) / 1000,
    failed: bad.length,
    answered: last - first + 1 - bad.length,
  };
}
