/** Applications of others that do not forward: refused where the gateway runs them, served where the gateway is a proxy. */
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { tinyWheel } from "../faults/layouts";
import { cacheDir, repositoryRoot } from "../paths";
import { configFile, failure } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { ran, upOnce } from "./operator";
import { servedRelease } from "./service";

/** With the sample's requirements, so that models and environment are those that the hosts have already. */
function application(): string {
  const folder = join(cacheDir, "no-forward");
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(repositoryRoot, "test/lab/apps/no-forward/main.py"), join(folder, "main.py"));
  copyFileSync(join(repositoryRoot, "templates/sample-app/requirements.txt"), join(folder, "requirements.txt"));
  return folder;
}

const app = (): object => ({ path: application(), module: "main:app" });

async function refused(lab: Lab): Promise<string> {
  const last = (await failure(lab, { app: app() }, "gateway-verify")).at(-1) ?? "";
  expect(/POST \/predict .*did not forward the request to the backend.*set ml-gateway:gateway\.mode to proxy/.test(last), last);
  return last.slice(0, 160);
}

interface Answer {
  readonly model: boolean;
  readonly client: string;
}

async function served(lab: Lab): Promise<string> {
  const { outputs } = await upOnce(lab.name, "--config", configFile(lab, { app: app(), gateway: { mode: "proxy" } }));
  const proof = (outputs.verification as { gateway: { proof?: { answeredBy: string } } }).gateway.proof;
  const release = await servedRelease(lab, "backend");
  expect(proof?.answeredBy === release, `the proof is ${JSON.stringify(proof)}, the backend has ${release}`);
  const headers = { "x-forwarded-for": "192.0.2.9", "x-real-ip": "192.0.2.9", "content-type": "application/json" };
  const reply = await lab.fetchFromOutside(`http://${String(outputs.gatewayAddress)}/predict`, { method: "POST", headers, body: "{}" });
  const answer = JSON.parse(reply.body) as Answer;
  expect(reply.status === 200 && answer.model, `POST /predict: ${reply.status} ${reply.body.slice(0, 300)}`);
  expect(answer.client !== "192.0.2.9", "the backend believes what a client says of its own address");
  const left = await lab.must("gateway", "ls /etc/systemd/system/ddos-gateway* /home/ddos/app /home/ddos/venvs/* 2>/dev/null | wc -l");
  expect(left.trim() === "0", `${left.trim()} things of the application are left on the gateway`);
  return `answered by the backend's release ${release}, which sees the client ${answer.client}`;
}

const PROXY = { gateway: { mode: "proxy" }, models: { manifest: "models-manifest/none.json" } };

/** From outside, as JSON. */
async function ask(lab: Lab, gateway: unknown, path: string, body?: unknown): Promise<unknown> {
  const options = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const reply = await lab.fetchFromOutside(`http://${String(gateway)}${path}`, options);
  expect(reply.status === 200, `${path}: ${reply.status} ${reply.body.slice(0, 300)}`);
  return JSON.parse(reply.body);
}

async function withoutModels(lab: Lab): Promise<string> {
  const own = { app: { path: "test/lab/apps/own-health", module: "tally.web:app" }, health: { path: "/livez", body: { state: "ready" } } };
  const { outputs } = await upOnce(lab.name, "--config", configFile(lab, { ...own, ...PROXY }));
  const answer = JSON.stringify(await ask(lab, outputs.gatewayAddress, "/count", ["a", "b"]));
  expect(answer === '{"words":2,"models":[],"path":null}', `it answers ${answer}`);
  return answer;
}

/** The packages of the included file, a wheel of the folder, and uvicorn's adapter. */
function wsgiApplication(): string {
  const folder = join(cacheDir, "wsgi-includes");
  rmSync(folder, { recursive: true, force: true });
  for (const part of ["includes", "wsgi"]) cpSync(join(repositoryRoot, "test/lab/apps", part), folder, { recursive: true });
  writeFileSync(
    join(folder, "requirements.txt"),
    "-r requirements/base.txt\n-c requirements/pins.txt\n./wheels/lab_extra-1.0-py3-none-any.whl\n",
  );
  mkdirSync(join(folder, "wheels"));
  writeFileSync(join(folder, "wheels/lab_extra-1.0-py3-none-any.whl"), tinyWheel("lab_extra", "1.0"));
  writeFileSync(join(folder, "label.txt"), "by WSGI");
  return folder;
}

async function wsgi(lab: Lab): Promise<string> {
  const own = { path: wsgiApplication(), module: "site_app:application", interface: "wsgi" };
  const { outputs } = await upOnce(lab.name, "--config", configFile(lab, { app: own, ...PROXY }));
  const answer = JSON.stringify(await ask(lab, outputs.gatewayAddress, "/about"));
  expect(answer === '{"label":"by WSGI","server":"http"}', `it answers ${answer}`);
  return (await lab.must("backend", "/home/ddos/venv/bin/python -c 'import lab_extra; print(\"lab_extra\", lab_extra.VERSION)'")).trim();
}

async function backAgain(lab: Lab): Promise<string> {
  const machines = ran(await upOnce(lab.name), "machine");
  expect(machines.length === 0, `replaced: ${machines.join(", ")}`);
  return (await lab.must("gateway", "systemctl is-active ddos-gateway.service")).trim();
}

export function oneAppChecks(lab: () => Lab): Check[] {
  return [
    { name: "an application that does not forward is refused on the gateway, with the remedy", run: () => refused(lab()), anyOs: true },
    { name: "gateway.mode proxy: the backend answers, and the gateway's application is gone", run: () => served(lab()) },
    { name: "an application without models, below src/, with a health answer of its own", run: () => withoutModels(lab()), anyOs: true },
    { name: "a WSGI application whose requirements include others and a wheel of its folder", run: () => wsgi(lab()) },
    { name: "back to the sample application, in place", run: () => backAgain(lab()) },
  ];
}
