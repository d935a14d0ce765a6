/** The changes that a fault strikes: each can be begun, made again until it holds, and says what it makes of the host. */
import { askReleases, askRollback } from "../../../infra/release/asked";
import { readReleases, type ReleaseList } from "../../../infra/cli/releases-report";
import { DEFAULT_LIMITS } from "../../../infra/release/limits";
import type { Bake, HostRole, HttpLimits } from "../../../infra/release/types";
import type { Wanted as BackendWanted } from "../faults/bench";
import type { DeployOptions, Outcome } from "../faults/operator";
import { createOperator, sendAsked, startCommand } from "../faults/operator";
import { backendSpec, backendValues, gatewaySpec, gatewayValues, plainModel, type AppSwitches } from "../faults/variants";
import type { Draw } from "./draw";
import { madeOf, type SoakHosts } from "./hosts";
import type { Wanted } from "./rules";

export interface Change {
  readonly role: HostRole;
  readonly wanted: Wanted;
  /** What may serve as well after another operator's deployment at the same time. */
  readonly theirs: Wanted;
  /** @param fault of the application that is deployed */
  first(options: DeployOptions, fault?: AppSwitches["fault"]): Promise<Outcome>;
  /** The next run. @param all every step of it, as a repair */
  again(all: boolean): Promise<Outcome>;
  /** Another operator, who knows nothing of the first. */
  stranger(): Promise<Outcome>;
  /** What has to be done when it holds, before the next run. */
  after?(): Promise<void>;
}

const requirements = (label: string): string => `uvicorn\npython-dotenv\n# ${label}\n`;

/** Long enough for faults to strike while a release is watched. */
const BAKE: Bake = { bakeSeconds: 4, bakeErrorShare: 0.05, bakeLatency: 10 };

/** @param release how long it is watched; undefined: not at all */
function backendRelease(hosts: SoakHosts, change: Partial<BackendWanted>, release: Bake | undefined): Change {
  const { bench, lab } = hosts;
  const good = bench.good();
  const wanted = { ...good, ...change, spec: { ...(change.spec ?? good.spec), release } };
  // From the same settings: deployments of two settings at once remove each other's scripts, and fail by saying so (the stack's lock keeps them apart).
  const theirs = { ...good, app: { ...good.app, label: `${wanted.app.label}-theirs` }, spec: { ...good.spec, release } };
  return {
    role: "backend",
    wanted: { made: madeOf(wanted) },
    theirs: { made: madeOf(theirs) },
    first: (options, fault) => bench.deploy({ ...wanted, app: { ...wanted.app, fault } }, options),
    again: (all) => bench.deploy(wanted, { all }),
    stranger: () => createOperator(lab, "backend").deploy(backendSpec(theirs.app, theirs.models, theirs.spec), backendValues(theirs.ttl)),
  };
}

/** The same size again would be no change, and its deployment would end well without a new release. */
export const anotherSize = (size: number, limits: Partial<HttpLimits> | undefined): number =>
  size === (limits?.bodyMiB ?? DEFAULT_LIMITS.bodyMiB) ? size + 31 : size;

/** What hands broke is put right, by every step; the release that serves is whole. */
const DRIFT = `chmod 640 /home/ddos/current/app/.env; sed -i 's/max_fails=0/max_fails=9/' /etc/nginx/sites-available/backend
rm -f /home/ddos/app /home/ddos/models /etc/nginx/sites-enabled/backend; sed -i 's/^RestartSec=.*/RestartSec=9/' /etc/systemd/system/ddos-backend.service`;

async function repair(hosts: SoakHosts): Promise<Change> {
  const { bench } = hosts;
  const { made } = await hosts.serving("backend");
  await bench.sh(DRIFT);
  const wanted = { made, same: true } as const;
  return {
    role: "backend",
    wanted,
    theirs: wanted,
    first: (options, fault) => (fault === undefined ? bench.deploy({}, { ...options, all: true }) : bad(hosts, fault, options)),
    again: () => bench.deploy({}, { all: true }),
    stranger: () => {
      const { app, models, spec, ttl } = bench.good();
      return bench.stranger().deploy(backendSpec(app, models, spec), backendValues(ttl));
    },
  };
}

function gateway(hosts: SoakHosts, label: string, bodyMiB?: number): Change {
  const { bench, lab, gateway: before } = hosts;
  const limits = { perSecond: 1000, burst: 1000, connections: 500, bodyMiB };
  const next = { app: { ...before.app, label }, spec: bodyMiB === undefined ? before.spec : { ...before.spec, limits } };
  const theirs = { ...before.app, label: `${label}-theirs` };
  return {
    role: "gateway",
    wanted: { made: label },
    theirs: { made: theirs.label },
    first: async (options, fault) => {
      const outcome = await bench.deployGateway({ ...next.app, fault }, next.spec, options);
      if (outcome.ok) hosts.gateway = next;
      return outcome;
    },
    again: async (all) => {
      const outcome = await bench.deployGateway(next.app, next.spec, { all });
      if (outcome.ok) hosts.gateway = next;
      return outcome;
    },
    stranger: () => createOperator(lab, "gateway").deploy(gatewaySpec(theirs, before.spec), gatewayValues),
  };
}

async function list(hosts: SoakHosts): Promise<ReleaseList> {
  const { app, models, spec } = hosts.bench.good();
  const found = readReleases("backend", await sendAsked(hosts.lab, "backend", askReleases(backendSpec(app, models, spec), 5)));
  if ("error" in found) throw new Error(found.error);
  return found;
}

/** Before what is no release itself: one that fails, and is not deployed again. */
const bad = ({ bench }: SoakHosts, fault: AppSwitches["fault"], options: DeployOptions): Promise<Outcome> =>
  bench.deploy({ app: { ...bench.good().app, label: `bad-${bench.good().app.label}`, fault } }, options);

/** `npm run releases -- rollback previous`, and resume before the next run. */
async function rollback(hosts: SoakHosts): Promise<Change> {
  const { lab, bench } = hosts;
  const { app, models, spec } = bench.good();
  const { serving, previous } = await list(hosts);
  const roll = async (target: string, expected: string, options: DeployOptions = {}): Promise<Outcome> => {
    const asked = askRollback(backendSpec(app, models, spec), { target, expected, by: "soak@lab" });
    const { code, stdout, stderr } = await sendAsked(lab, "backend", asked, (kill) => options.during?.("release", kill));
    return { ok: code === 0, ran: ["release"], said: stdout + stderr, last: stdout + stderr };
  };
  return {
    role: "backend",
    wanted: { release: previous },
    theirs: { release: previous },
    first: (options, fault) => (fault === undefined ? roll(previous, serving, options) : bad(hosts, fault, options)),
    // As an operator would: who finds that another release serves than before looks again, then decides.
    again: async () => roll(previous, (await list(hosts)).serving),
    stranger: () => roll(previous, serving),
    after: async () => {
      const back = await roll(serving, previous);
      if (!back.ok) throw new Error(`it could not be resumed: ${back.last.slice(-1500)}`);
    },
  };
}

const LOSE = "rm -rf /var/lib/ddos/models/* /home/ddos/data/*";
const DATA = "soak.bin";
/** Of the store, what the serving release has: a deployment that was struck may have left more there, which no backup holds. */
const HAVE = `for one in /home/ddos/current/models/*; do sha=$(sha256sum <"$one" | cut -c 1-64); echo "$sha $(sha256sum </var/lib/ddos/models/$sha | cut -c 1-64)"; done | sort
find /home/ddos/data -name ${DATA} -exec sha256sum {} + | cut -c 1-64 | sort -u`;

/** A host that lost its models and its data gets them from its backup; what serves is not touched. */
async function restore(hosts: SoakHosts, run: string): Promise<Change> {
  const { lab, bench } = hosts;
  await bench.sh(
    `rm -rf /home/ddos/data/*; runuser -u ddos -- sh -c 'echo ${run} | sha512sum >/home/ddos/data/${DATA}'; systemctl start ddos-backup.service`,
  );
  const had = await bench.sh(HAVE);
  const before = await hosts.serving("backend");
  await bench.sh(LOSE);
  const once = async (options: DeployOptions = {}): Promise<Outcome> => {
    const running = startCommand(lab, "backend", "sudo /usr/local/lib/ddos/restore.sh", "");
    options.during?.("models", () => running.kill());
    const { code, stdout, stderr } = await running.result;
    return { ok: code === 0, ran: ["models"], said: stdout + stderr, last: stdout + stderr };
  };
  return {
    role: "backend",
    wanted: before,
    theirs: before,
    first: (options, fault) => (fault === undefined ? once(options) : bad(hosts, fault, options)),
    again: () => once(),
    stranger: () => once(),
    after: async () => {
      const has = await bench.sh(HAVE);
      if (has !== had) throw new Error(`restored were ${has}, lost were ${had}`);
    },
  };
}

/** @param run a word that no other run of these hosts has */
export async function begin(hosts: SoakHosts, drawn: Draw, run: string): Promise<Change> {
  const { bench } = hosts;
  const good = bench.good();
  const release = drawn.pick("bake", [undefined, undefined, BAKE]);
  const backend = (change: Partial<BackendWanted>): Change => backendRelease(hosts, change, release);
  switch (drawn.change) {
    case "one .py":
      return backend({ app: { ...good.app, label: run } });
    case ".env value":
      return backend({ ttl: String(Number(good.ttl) + 1) });
    case "requirement":
      return backend({ app: { ...good.app, requirements: requirements(run) } });
    case "model":
      return backend({ models: [plainModel("stage2.pkl", run), ...good.models.slice(1)] });
    case "gateway release":
      return gateway(hosts, run);
    case "nginx setting": {
      const draw = 1 + ((drawn.run + drawn.between("body", 0, 3)) % 30);
      if (drawn.pick("host", ["backend", "gateway"]) === "gateway")
        return gateway(hosts, hosts.gateway.app.label, anotherSize(40 + draw, hosts.gateway.spec.limits));
      return backend({ spec: { ...good.spec, limits: { bodyMiB: anotherSize(draw, good.spec.limits) } } });
    }
    case "rollback by hand":
      return rollback(hosts);
    case "restore of a backup":
      return restore(hosts, run);
    case "repair":
      return repair(hosts);
  }
}
