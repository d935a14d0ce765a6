/** In the checkout whose machines an earlier main has set up: updates them in place, under load, and prints what became of it as one JSON line. */
import { upOnce } from "../checks/operator";
import { checkPrediction } from "../checks/service";
import type { Counts } from "../faults/load";
import { startWatch } from "../faults/watch";
import { openLab, type Lab } from "../lab";
import { sleep } from "../process";

export interface Updated {
  /** By host: the release before, and the one that serves. */
  readonly releases: Readonly<Record<string, readonly [string, string]>>;
  /** Names of the Commands that ran, of everything else that was not left as it was, and of what the run after that still did. */
  readonly ran: readonly string[];
  readonly others: readonly string[];
  readonly again: readonly string[];
  readonly requests: Pick<Counts, "sent" | "failed" | "repeated" | "slowest" | "reasons">;
}

const RATE = 20;
const HOSTS = ["gateway", "backend"] as const;

const serving = async (lab: Lab, host: string): Promise<string> =>
  (await lab.must(host, "sed -n s/^current=//p /var/lib/ddos/serving")).trim();

async function update(name: string): Promise<Updated> {
  const lab = openLab(name);
  const address = Object.values(lab.state().hosts).find(({ publicAddress }) => publicAddress !== undefined)?.publicAddress ?? "";
  const before = await Promise.all(HOSTS.map((host) => serving(lab, host)));
  const watch = startWatch(lab, `http://${address}/model`, RATE, 1800);
  try {
    await sleep(3000);
    const { events } = await upOnce(name);
    await sleep(2000);
    const { sent, failed, repeated, slowest, reasons } = await watch.look();
    await checkPrediction(lab, address);
    const after = await Promise.all(HOSTS.map((host) => serving(lab, host)));
    const changed = (of: typeof events): typeof events => of.filter(({ what }) => what !== "unchanged");
    return {
      releases: Object.fromEntries(HOSTS.map((host, index) => [host, [before[index] ?? "", after[index] ?? ""]])),
      ran: changed(events)
        .filter(({ kind }) => kind === "command")
        .map(({ name: one }) => one),
      others: changed(events)
        .filter(({ kind }) => kind !== "command")
        .map(({ kind, name: one, what }) => `${kind} ${one}: ${what}`),
      again: changed((await upOnce(name)).events).map(({ name: one }) => one),
      requests: { sent, failed, repeated, slowest, reasons },
    };
  } finally {
    watch.stop();
  }
}

if (require.main === module)
  update(process.argv[2] ?? "").then(
    (updated) => console.log(JSON.stringify(updated)),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
