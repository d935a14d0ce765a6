/** A first set-up and each kind of change, on both hosts of a lab, beside Ansible doing the same on two hosts of another one. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT, Problem } from "../policies/cli";
import { unsupported } from "../test/lab/host-tools";
import { removeLab } from "../test/lab/lab";
import { runDir } from "../test/lab/paths";
import type { Event } from "../test/lab/provider";
import { ANSIBLE, AnsibleHosts, hostsSeconds } from "./ansible";
import type { Around, Bench } from "./bench";
import { hostsPart } from "./events";
import { run, script } from "./program";
import { Rows } from "./rows";
import type { Limit, Target } from "./result";
import { CHANGES, Source } from "./source";

const [OURS, THEIRS] = ["bench", "bench-peer"] as const;
const FIRST = "first set-up";
const NONE = "no change";
const BIG = "one model of 200 MB";
type Kind = (typeof CHANGES)[number] | typeof NONE | typeof FIRST;

const what = (kind: Kind, who: "the program" | "Ansible"): string => `${kind}: ${who}`;

const BARE = "a bare aws s3 cp and the application's start";

const METHOD =
  `Ansible (${ANSIBLE.join(", ")}, pipelining) does the same job on two hosts of another lab: same images, application, models and package mirror; its playbook is bench/ansible. ` +
  "The program also starts a candidate beside the old release, runs its gates, records and verifies both hosts, which the playbook does not. " +
  "`whole`: `up:local`, from the start of its process to its end, so with the evaluation of the program and without Pulumi's engine, which costs the same seconds whatever sets hosts up. " +
  "`hosts' part`: from the start of the first Command to the end of the last; at the first set-up from the moment that the first host has given its key. " +
  "`hosts' processor`: of all processes of both hosts, their boot included at the first set-up. The slowest Commands of each change are shown. " +
  `\`${BARE}\`: on the same host, and until the service answers after a restart.`;

/**
 * By control groups and by `times` in the steps, one .py on a machine with other work, 16.4 s of both hosts' processor time: a start of the backend's
 * application takes 2.0 s, one of the gateway's with two workers 1.3 s, and each host has a candidate as well; code takes 0.4 s a host, release 2.3 s on the
 * gateway and 3.7 s on the backend (of which 0.9 s and 2.0 s to wait for health and to switch), verify 1.0 s on each; the rest is SSH, sudo, systemd and nginx.
 */
const TWICE =
  "the application starts twice, as a candidate beside what serves and as the service (2.0 s of processor time each on the backend, 1.3 s for the gateway's two workers), and gates, records and verify " +
  "are some hundred small processes on each host; Ansible starts it once and lets requests fail meanwhile";
const BUILT = `packages take as long for both; then ${TWICE}`;
const EVALUATED = "nothing runs on a host; what is left is the start of Node and the evaluation of the program";

/** What a change of each kind may cost. */
const beside = (kind: Kind, atMost: number, part: string, because: string, peer = "whole"): Target => ({
  what: `${kind}, ${part}, beside Ansible`,
  of: `${what(kind, "the program")}: ${part}`,
  by: `${what(kind, "Ansible")}: ${peer}`,
  ...{ atMost, because },
});
const TARGETS: readonly (Target | Limit)[] = [
  beside(FIRST, 0.6, "hosts' part", BUILT),
  beside(FIRST, 0.6, "hosts' processor", BUILT, "hosts' processor"),
  beside("one .py", 0.4, "whole", TWICE),
  beside("one .py", 0.4, "hosts' processor", TWICE, "hosts' processor"),
  beside("one .env value", 0.4, "whole", TWICE),
  beside("one .env value", 0.4, "hosts' processor", TWICE, "hosts' processor"),
  beside(NONE, 0.2, "whole", EVALUATED),
  { what: `${NONE}: Commands on hosts`, of: `${what(NONE, "the program")}: Commands`, atMost: 0 },
  {
    ...{ what: `${BIG}, hosts' part, beside ${BARE}`, of: `${what(BIG, "the program")}: hosts' part`, by: BARE, atMost: 1.2 },
    because: `a model is loaded by the gate, by the candidate's workers and by the service's: ${TWICE}`,
  },
];

export const changeBench: Bench = {
  name: "change",
  summary: "first set-up, no change, one .py, one .env value and one model of 200 MB on both hosts of a lab (Linux, root), beside Ansible",
  targets: TARGETS,
  measure: async (around) => {
    const [reason] = unsupported();
    if (reason !== undefined) throw new Problem(reason, EXIT.cannotTell);
    const source = new Source();
    try {
      return { title: "A change", method: METHOD, rows: await measureAll(around, source) };
    } finally {
      await Promise.all([removeLab(OURS), removeLab(THEIRS)]);
      source.remove();
    }
  },
};

async function measureAll(around: Around, source: Source): Promise<ReturnType<Rows["all"]>> {
  const rows = new Rows();
  let peer = await setUp(around, source, rows, 1);
  for (let turn = 2; turn <= around.runs; turn += 1) peer = await setUp(around, source, rows, turn);
  for (let turn = 1; turn <= around.runs; turn += 1)
    for (const kind of [NONE, ...CHANGES] as const) {
      around.say(`${kind}, ${String(turn)} of ${String(around.runs)}`);
      if (kind !== NONE) source.change(kind);
      ours(rows, kind, source, around);
      if (kind === BIG) await peer.publish();
      theirs(rows, kind, peer);
      if (kind !== BIG) continue;
      const { copyMs, startMs } = await peer.bare();
      rows.take(BARE, "ms", copyMs + startMs);
    }
  return rows.all();
}

/** Both from nothing. */
async function setUp(around: Around, source: Source, rows: Rows, turn: number): Promise<AnsibleHosts> {
  const of = `${String(turn)} of ${String(around.runs)}`;
  await Promise.all([removeLab(OURS), removeLab(THEIRS)]);
  around.say(`${FIRST}, the program, ${of}`);
  ours(rows, FIRST, source, around);
  around.say(`${FIRST}, Ansible, ${of}`);
  const peer = await AnsibleHosts.boot(THEIRS, source, () => undefined);
  await peer.publish();
  theirs(rows, FIRST, peer);
  return peer;
}

/** A process of its own, as a person starts it. */
function up(source: Source, { folder }: Around): ReturnType<typeof run> & { readonly events: readonly Event[] } {
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify(source.configuration()));
  const used = run(script("test/lab/cli.ts", "up", "--name", OURS, "--config", config), { folder });
  const { events } = JSON.parse(readFileSync(join(runDir(OURS), "report.json"), "utf8")) as { readonly events: readonly Event[] };
  return { ...used, events };
}

/** Those that take less say little. */
const SHOWN_MS = 500;

function ours(rows: Rows, kind: Kind, source: Source, around: Around): void {
  const who = what(kind, "the program");
  const before = hostsSeconds(OURS);
  const { wallMs, cpuMs, events } = up(source, around);
  const part = hostsPart(events);
  // A first one makes the lab as well.
  if (kind !== FIRST) rows.take(`${who}: whole`, "ms", wallMs);
  rows.take(`${who}: hosts' part`, "ms", part.ms);
  rows.take(`${who}: own processor`, "ms", cpuMs);
  rows.take(`${who}: hosts' processor`, "ms", (hostsSeconds(OURS) - before) * 1000);
  rows.take(`${who}: Commands`, "Commands", part.commands);
  for (const [step, ms] of part.steps) if (ms >= SHOWN_MS || rows.has(`${who}: ${step}`)) rows.take(`${who}: ${step}`, "ms", ms);
}

function theirs(rows: Rows, kind: Kind, peer: AnsibleHosts): void {
  const who = what(kind, "Ansible");
  const before = hostsSeconds(THEIRS) - (kind === FIRST ? peer.bootSeconds : 0);
  const { wallMs, cpuMs, changed } = peer.play();
  if (kind === NONE && changed > 0) throw new Problem(`Ansible changed ${String(changed)} things though nothing had changed`, EXIT.bug);
  if (kind !== NONE && changed === 0) throw new Problem(`Ansible changed nothing, though there was ${kind}`, EXIT.bug);
  rows.take(`${who}: whole`, "ms", wallMs);
  rows.take(`${who}: own processor`, "ms", cpuMs);
  rows.take(`${who}: hosts' processor`, "ms", (hostsSeconds(THEIRS) - before) * 1000);
}
