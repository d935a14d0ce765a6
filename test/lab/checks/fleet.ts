/** Hosts of a fleet: set up by nobody, from user data, the bundle in S3 and the parameter in SSM. What they refuse, and what ends them half-way. */
import { firstBoot, type FirstBoot } from "../../../infra/fleet/first-boot";
import { backendSpec, backendValues, BUCKET, modelKey, modelSet, plainModel, SECRET, type AppSwitches } from "../faults/variants";
import { startFleet, type Fleet, type Member } from "../fleet/group";
import { inputsOf, publish } from "../fleet/release";
import type { Lab } from "../lab";
import { labS3 } from "../s3-client";
import type { HostSpec } from "../../../infra/release/types";
import { checkSecretsOf } from "./fleet-host";
import { exposureOf } from "./hardening";
import type { Check } from "./harness";
import { expect } from "./harness";
import { untilStep } from "./operator";

const MODELS = [plainModel("stage2.pkl", "first"), plainModel("scaler.pkl", "scaler", 4000)];

/** A release of the small application. What does not concern its start is fast. */
export async function smallRelease(lab: Lab, app: AppSwitches, change: Partial<HostSpec> = {}): Promise<FirstBoot> {
  const s3 = labS3(lab.name, lab.state().region);
  await s3.createBucket(BUCKET);
  for (const { name, bytes } of MODELS) await s3.put(BUCKET, modelKey(bytes, name), bytes);
  return publish(lab, inputsOf(backendSpec(app, MODELS, { balanced: true, ...change }), backendValues()));
}

const SERVED = "readlink /home/ddos/current; cat /var/lib/ddos/fleet/done";

/** A host that has to refuse: it says so to the group, tells why without a secret, and answers no health check at any time. */
async function refused(lab: Lab, fleet: Fleet, member: Member, reason: RegExp): Promise<void> {
  const { result } = await fleet.said(member);
  expect(result === "ABANDON", `${member.host} said ${result}`);
  // These machines have no console: what is written there is a file.
  const printed = await lab.must(member.host, "cat /dev/console");
  const journal = await lab.must(member.host, "journalctl -u ddos-first-boot -o cat --no-pager");
  for (const [where, text] of Object.entries({ console: printed, journal })) {
    expect(reason.test(text), `${member.host}: the ${where} does not have ${reason.source}:\n${text.slice(-1500)}`);
    expect(!text.includes(SECRET), `${member.host}: a secret is in its ${where}`);
  }
  await checkSecretsOf(lab, member.host, [SECRET], "-u ddos-first-boot -u 'ddos-step-*'");
  const listening = await lab.must(member.host, "ss -Hltn 'sport = :9000'; systemctl is-active nginx ddos-backend || :");
  expect(!/LISTEN|^active/m.test(listening), `${member.host} serves: ${listening}`);
  const target = (await fleet.view()).targets.find(({ address }) => address === member.address);
  expect(target?.passed === 0, `${member.host} passed ${String(target?.passed)} health checks`);
}

/** aws.py asks for three minutes before it believes that it may not. */
const impatient = (text: string): string => {
  const changed = text.replace(/^PAUSES = .*$/m, "PAUSES = (1,)");
  expect(changed !== text, "the pauses of templates/fleet/aws.py have another name");
  return changed;
};

const WRONG = {
  file: "checks.json",
  settings: [],
  rows: [
    { request: { method: "GET", path: "/about" }, expect: { status: 200, json: { label: "another" }, tolerance: { abs: 0, rel: 0 } } },
  ],
} as const;

/** Each on a host of its own, all at the same time. Every one is a target from its first second, which is worse than what AWS does. */
async function badReleases(lab: Lab): Promise<string> {
  const fleet = await startFleet(lab);
  const good = await smallRelease(lab, { label: "good" });
  const models = { ...modelSet(MODELS), checks: WRONG };
  const cases: [string, string, RegExp][] = [
    [
      "bad-sum",
      firstBoot({ ...good, bundleSha256: "0".repeat(64) }),
      /is not what this release is made of: sha256 [0-9a-f]{64}, expected 0{64}/,
    ],
    [
      "bad-version",
      firstBoot({ ...good, secrets: { ...good.secrets, version: (good.secrets.version ?? 0) + 50 } }),
      /parameter .*ParameterVersionNotFound/,
    ],
    [
      "bad-denied",
      impatient(firstBoot({ ...good, bundleKey: "releases/denied.tar.gz" })),
      /releases\/denied\.tar\.gz: still after .*AccessDenied/,
    ],
    ["bad-crash", firstBoot(await smallRelease(lab, { label: "crash", fault: "crash" })), /ddos release failed on .*/],
    ["bad-answers", firstBoot(await smallRelease(lab, { label: "answers" }, { models })), /do not answer as they have to: 1 of 1 rows/],
  ];
  await lab.s3.faults({ match: "GET .*releases/denied", kind: "status", status: 403, code: "AccessDenied" });
  const members: Member[] = [];
  try {
    for (const [host, userData] of cases) members.push(await fleet.launch(host, userData));
    await Promise.all(members.map((member) => fleet.register(member)));
    await Promise.all(members.map((member, at) => refused(lab, fleet, member, cases[at]?.[2] ?? /^never$/)));
    return `${cases.length} hosts said ABANDON: ${cases.map(([host]) => host.replace("bad-", "")).join(", ")}`;
  } finally {
    await lab.s3.faults();
    for (const member of members) await fleet.leave(member);
  }
}

/** What the image has, and no gate of the release looks at: the last step finds it when the release serves already. */
async function foundByVerify(lab: Lab): Promise<string> {
  const fleet = await startFleet(lab);
  const before = "cat >/etc/ddos/fleet.conf";
  const spoiled = firstBoot(await smallRelease(lab, { label: "spoiled" })).replace(
    before,
    `echo PasswordAuthentication yes >/etc/ssh/sshd_config.d/00-a.conf\n${before}`,
  );
  const member = await fleet.launch("bad-verify", spoiled);
  try {
    const { result } = await fleet.said(member);
    expect(result === "ABANDON", `it said ${result}`);
    const text = await lab.must(member.host, "cat /dev/console; ss -Hltn 'sport = :9000'; systemctl is-enabled nginx ddos-backend || :");
    expect(/ddos verify failed on .*passwordauthentication/.test(text), text);
    expect(!/LISTEN|^enabled/m.test(text), `it serves on: ${text}`);
    return "ABANDON, and nothing listens on 9000 any more";
  } finally {
    await fleet.terminate(member);
  }
}

/** The power goes while the release is being switched to; and a later restart changes nothing, as when a warm pool lets a host out. */
async function killed(lab: Lab): Promise<string> {
  const fleet = await startFleet(lab);
  const member = await fleet.launch("fleet-kill", firstBoot(await smallRelease(lab, { label: "kill" })));
  try {
    await lab.must(
      member.host,
      "until systemctl is-active --quiet ddos-first-boot && [ -e /run/ddos-fleet/env.input ]; do sleep 0.1; done",
      {
        timeoutMs: 60_000,
      },
    );
    await lab.must(member.host, "systemctl kill --signal=KILL ddos-first-boot");
    await untilStep(lab, member.host, "release", 90_000);
    await lab.powerOff(member.host);
    await lab.powerOn(member.host);
    const { result } = await fleet.said(member);
    expect(result === "CONTINUE", `it said ${result}`);
    const before = await lab.must(member.host, SERVED);
    await fleet.waitFor(member);
    await lab.reboot(member.host);
    const again = await fleet.said(member, 2);
    expect(again.result === "CONTINUE", `after a restart it said ${again.result}`);
    const after = await lab.must(member.host, SERVED);
    expect(after === before, `a restart made it ${after}`);
    await fleet.join(member);
    const exposure = await exposureOf(lab, member.host, "ddos-first-boot", 3);
    return `killed, then without power while it switched; let out of a warm pool: CONTINUE each time; exposure: ${exposure}`;
  } finally {
    await fleet.leave(member);
  }
}

export function fleetChecks(lab: () => Lab): Check[] {
  return [
    {
      name: "fleet: up from user data alone, though killed and without power half-way; it tells the group again at a later start",
      anyOs: true,
      run: () => killed(lab()),
    },
    { name: "fleet: bad releases are refused by the host, which never serves", anyOs: true, run: () => badReleases(lab()) },
  ];
}

/** The more expensive one: by name. */
export function fleetMoreChecks(lab: () => Lab): Check[] {
  return [{ name: "fleet: a host that the verify step finds fault with stops serving", run: () => foundByVerify(lab()) }];
}
