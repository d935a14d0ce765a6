/** Metrics and logs of the hosts, as a double of CloudWatch gets them: what comes, what is made up for after an outage, and what does not come. */
import { HOST_METRICS, logGroupOf } from "../../../infra/watch/names";
import { controlWatched } from "../inside";
import type { Lab } from "../lab";
import { repositoryRoot } from "../paths";
import { projectName } from "../../../infra/offline/stack-file";
import type { Sent } from "../services/watched";
import { configFile } from "./failures";
import { exposureOf } from "./hardening";
import type { Check } from "./harness";
import { expect } from "./harness";
import { upOnce } from "./operator";
import { checkPrediction, servedRelease } from "./service";

const ROLES = ["gateway", "backend"] as const;
/** A run that the timer has begun is waited for: a start would join it, and say how that one ends. */
const RUN =
  'until [ "$(systemctl show --property=ActiveState --value ddos-watch.service)" != activating ]; do sleep 0.2; done; systemctl start ddos-watch.service || { journalctl -u ddos-watch.service -n 20 -o cat --no-pager >&2; exit 1; }';

const run = async (lab: Lab): Promise<void> => void (await Promise.all(ROLES.map((role) => lab.must(role, RUN))));

/** What came since `began`. */
const since = async (lab: Lab, began: number): Promise<Sent[]> => (await controlWatched(lab.name)).slice(began);
const count = async (lab: Lab): Promise<number> => (await controlWatched(lab.name)).length;

const config = (lab: Lab): string => configFile(lab, { watch: { enabled: true, metrics: true, logs: true } });

async function sent(lab: Lab, address: string): Promise<string> {
  await upOnce(lab.name, "--config", config(lab));
  const project = { project: projectName(repositoryRoot), stack: "dev" };
  await lab.must("backend", "systemctl start ddos-backup.service");
  // The first run only notes where the logs end.
  await run(lab);
  const began = await count(lab);
  await checkPrediction(lab, address);
  await lab.must("backend", "systemctl restart nginx.service; printf 'a line of the step\\n' >>/var/log/ddos/prepare.log");
  const started = Date.now();
  await run(lab);
  const seconds = (Date.now() - started) / 1000;
  const all = await since(lab, began);
  const metrics = all.filter(({ place }) => place === "ml-gateway/dev");
  for (const role of ROLES) {
    const names = new Set(metrics.filter(({ text }) => text.includes(`Value=${role}`)).map(({ name }) => name));
    for (const name of ["Memory", "Disk", "ServerErrors", "Latency", "Release"]) expect(names.has(name), `${role} did not send ${name}`);
    expect(names.size === HOST_METRICS + (role === "backend" ? 1 : 0), `${role} sent ${[...names].join(", ")}`);
  }
  const { text: age = "" } = metrics.find(({ name }) => name === "BackupAge") ?? {};
  expect(/ Value=0\.\d+/.test(age), `the age of the backup: ${age}`);
  const release = await servedRelease(lab, "backend");
  expect(
    metrics.some(({ name, text }) => name === "Release" && text.includes(`Value=${release}`)),
    `no metric names ${release}`,
  );
  const logs = (kind: Parameters<typeof logGroupOf>[1]): string[] =>
    all.filter(({ place }) => place === logGroupOf(project, kind)).map(({ text }) => text);
  expect(
    logs("access").some((line) => line.includes("POST /predict")),
    "no request among the access logs",
  );
  expect(
    logs("journal").some((line) => line.includes("nginx")),
    `the journal: ${logs("journal").join("; ")}`,
  );
  expect(logs("steps").includes("a line of the step"), "the log of a step did not come");
  const streams = [...new Set(all.filter(({ place }) => place.startsWith("/")).map(({ name }) => name.split("-")[0]))].sort();
  expect(streams.join() === "backend,gateway", `streams: ${streams.join()}`);
  return `${metrics.length} data and ${all.length - metrics.length} events; a run takes ${seconds.toFixed(1)} s on both hosts at once`;
}

async function outage(lab: Lab, address: string): Promise<string> {
  await controlWatched(lab.name, ["down"]);
  await checkPrediction(lab, address);
  const { code } = await lab.exec("gateway", RUN);
  expect(code !== 0, "an outage went unnoticed");
  const began = await count(lab);
  // Deployments go on, and verify is content.
  await upOnce(lab.name, "--config", config(lab), "--force", "yes");
  expect((await count(lab)) === began, "something was taken while CloudWatch was down");
  await controlWatched(lab.name, ["up"]);
  await run(lab);
  const all = await since(lab, began);
  expect(
    all.some(({ place, text }) => place.endsWith("/access") && text.includes("POST /predict")),
    "what was logged during the outage did not come",
  );
  expect(
    all.some(({ name }) => name === "ServerErrors"),
    "requests of the outage were not counted",
  );
  await run(lab);
  const again = (await since(lab, began)).filter(({ place, text }) => place.endsWith("/access") && text.includes("POST /predict"));
  expect(again.length === new Set(again.map(({ text }) => text)).size, "a line came twice");
  return `${all.length} data and events made up for`;
}

/** One run by hand, with what it took. */
const MEASURED = `import resource, subprocess
subprocess.run(["/usr/bin/python3", "-E", "-s", "-B", "/usr/local/lib/ddos/watch.py", "/etc/ddos/watch.json", "/tmp"], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss // 1024, "MiB,", round(used.ru_utime + used.ru_stime, 2), "s of processor time")`;

/** A user of its own, which can read neither settings nor releases, and no secret among all that was sent. */
async function contained(lab: Lab): Promise<string> {
  const as = "systemd-run --quiet --wait --pipe --collect --property=User=ddos-watch";
  for (const path of ["/home/ddos/app/.env", "/var/lib/ddos/env", "/etc/ddos/tls"]) {
    const { code } = await lab.exec(
      "backend",
      `[ ! -e ${path} ] && exit 1; ${as} /bin/ls -l ${path}/ 2>/dev/null || ${as} /bin/cat ${path}`,
    );
    expect(code !== 0, `ddos-watch reads ${path}`);
  }
  const env = await lab.must("backend", "sed -n 's/^[A-Z_]*=//p' /home/ddos/app/.env | grep -E '.{20,}'");
  const secrets = env
    .trim()
    .split("\n")
    .map((value) => value.replace(/^["']|["']$/g, ""))
    .filter((value) => !value.startsWith("/"));
  const said = (await controlWatched(lab.name)).map(({ text }) => text).join("\n");
  expect(secrets.length > 0 && said.length > 1000, "there is nothing to compare");
  expect(!secrets.some((value) => said.includes(value)), "a value of .env was sent");
  const exposure = await exposureOf(lab, "backend", "ddos-watch", 3);
  const memory = await lab.must("backend", `/usr/bin/python3 -c '${MEASURED}'`);
  return `exposure: ${exposure}; ${memory.trim()}; ${secrets.length} values compared with ${(said.length / 1024).toFixed(0)} KiB`;
}

async function switchedOff(lab: Lab): Promise<string> {
  await upOnce(lab.name);
  for (const role of ROLES) {
    const left = await lab.must(
      role,
      "ls -d /etc/systemd/system/ddos-watch* /usr/local/lib/ddos/watch* /etc/ddos/watch* /var/lib/ddos-watch 2>/dev/null || true",
    );
    expect(left.trim() === "", `left on the ${role}: ${left}`);
    const { stdout } = await lab.exec(role, "systemctl is-active ddos-watch.timer");
    expect(stdout.trim() !== "active", `the timer goes on on the ${role}`);
  }
  return "no unit, program or mark is left";
}

/** Four deployments: by name. */
export function watchChecks(lab: () => Lab, address: () => string): Check[] {
  return [
    { name: "watched: metrics and logs of both hosts come to CloudWatch", essential: true, run: () => sent(lab(), address()) },
    { name: "watched: an outage of CloudWatch stops nothing, and is made up for", run: () => outage(lab(), address()) },
    { name: "watched: the sender sees no secret and sends none", run: () => contained(lab()) },
    { name: "watched: switched off, nothing of it is left", run: () => switchedOff(lab()) },
  ];
}
