/** A machine with nothing of ours on it, and the user data that the program registers: what cloud-init makes of it, as a client and an auditor see it. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { VERSION_TAG } from "../../../infra/fleet/first-boot";
import { startFleet, type Fleet, type Member } from "../fleet/group";
import { launchOf } from "../fleet/program";
import type { Lab } from "../lab";
import { repositoryRoot } from "../paths";
import { secretsOf } from "../secrets";
import { imageOf } from "../topology";
import { checkFileTable } from "./file-table";
import { checkSecretsOf } from "./fleet-host";
import type { Check } from "./harness";
import { expect } from "./harness";
import { FEATURES } from "./service";

const HOST = "nothing";
const OURS = ["home/ddos", "var/lib/ddos", "etc/ddos", "usr/local/lib/ddos", "etc/nginx/sites-available/backend"];

function expectNothing(lab: Lab): void {
  const image = imageOf(lab.state(), { name: HOST, os: lab.state().os });
  const there = OURS.filter((path) => existsSync(join(image, path)));
  expect(there.length === 0, `the image has ${there.join(", ")} already`);
}

/** cloud-init has run this text, once, and calls its work done. */
async function ranByCloudInit(lab: Lab, userData: string): Promise<void> {
  const ran = await lab.must(
    HOST,
    "cloud-init status --wait >/dev/null; cloud-init status --long; cat /var/lib/cloud/instance/user-data.txt",
  );
  expect(/^status: done$/m.test(ran), ran.slice(0, 500));
  expect(ran.endsWith(userData), "what cloud-init ran is not the user data of the launch template");
  const runs = await lab.must(HOST, "grep -c 'first boot of the backend' /var/log/user-data.log");
  expect(runs.trim() === "1", `user data ran ${runs.trim()} times`);
}

/** Each file that the manifest names is there, with its digest. */
async function modelsAreThere(lab: Lab): Promise<number> {
  const text = readFileSync(join(repositoryRoot, "models-manifest/sample.json"), "utf8");
  const { files } = JSON.parse(text) as { files: readonly { path: string; sha256: string }[] };
  const input = files.map(({ path, sha256 }) => `${sha256}  /home/ddos/models/${basename(path)}\n`).join("");
  await lab.must(HOST, "sha256sum --check --strict --quiet -", { input });
  return files.length;
}

async function answers(fleet: Fleet): Promise<void> {
  const health = await fleet.ask("/health");
  expect(health.status === 200 && health.body === '{"status":"ok"}', `/health answered ${health.status}: ${health.body}`);
  const predicted = await fleet.ask("/predict", JSON.stringify({ features: FEATURES }));
  expect(
    predicted.status === 200 && /"label":/.test(predicted.body),
    `/predict answered ${predicted.status}: ${predicted.body.slice(0, 300)}`,
  );
}

async function said(fleet: Fleet, member: Member): Promise<void> {
  const { group, hook, result } = await fleet.said(member);
  expect(`${group} ${hook} ${result}` === "ml-gateway-dev-backend set-up CONTINUE", `it said ${result} to ${hook} of ${group}`);
}

async function fromNothing(lab: Lab): Promise<string> {
  expectNothing(lab);
  const { userData, tags } = await launchOf(lab);
  const fleet = await startFleet(lab);
  const began = Date.now();
  const member = await fleet.launch(HOST, userData, tags);
  try {
    await said(fleet, member);
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    await fleet.join(member);
    await answers(fleet);
    await ranByCloudInit(lab, userData);
    const models = await modelsAreThere(lab);
    const rows = await checkFileTable(lab, { [HOST]: "backend" });
    const secrets = Object.values(secretsOf(lab.name));
    expect(secrets.length > 0, "there is no secret to look for");
    await checkSecretsOf(lab, HOST, secrets);
    const tagged = tags[VERSION_TAG] ?? "";
    expect(/^\d+$/.test(tagged), `the tag with the version of the secrets is "${tagged}"`);
    return `healthy ${seconds} s after its start; version ${tagged} of the secrets, ${models} models, ${rows}`;
  } finally {
    await fleet.leave(member);
  }
}

export function fleetFromNothing(lab: () => Lab): Check {
  return {
    name: "fleet: the program's user data makes a healthy host of a machine with nothing on it: bundle, secrets, models, answers",
    run: () => fromNothing(lab()),
  };
}
