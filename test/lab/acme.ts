/**
 * A certificate authority outside of a lab's machines: Let's Encrypt's own test server (pebble), and the names that it looks up. Built with Go,
 * where this machine has it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { certificate } from "../certificates";
import { startDaemon } from "./daemon";
import type { Lab } from "./lab";
import { connectOutside, fetchOutside } from "./outside";
import { cacheDir, cached, runDir } from "./paths";
import { must, run, until } from "./process";
import { ensureTls } from "./tls";
import { namespaceOf, OPERATOR } from "./topology";

const VERSION = "v2.10.3";
const MODULE = "github.com/letsencrypt/pebble/v2";
const MANAGEMENT = 15000;
const NAMES = 8055;

export interface Authority {
  /** What `tls.acme.directory` is to name. */
  readonly directory: string;
  /** What clients have to trust, as PEM. */
  readonly root: string;
  /** Where every name leads from now on; undefined: no name has an address. */
  leadTo(address: string | undefined): Promise<void>;
  /** The TXT record of a name, with its dot, from now on; undefined: it has none. */
  record(name: string, value: string | undefined): Promise<void>;
}

/** Why there can be no authority here; undefined when there can. */
export async function authorityLacking(): Promise<string | undefined> {
  const found = await run(["go", "version"]).catch(() => undefined);
  return found?.code === 0 ? undefined : "skipped: pebble is built with Go, which is not here";
}

async function ensurePebble(): Promise<string> {
  return cached(`pebble-${VERSION}`, async (target) => {
    const env = { ...process.env, GOBIN: target };
    const programs = ["pebble", "pebble-challtestsrv"].map((name) => `${MODULE}/cmd/${name}@${VERSION}`);
    await must(["go", "install", ...programs], { env, timeoutMs: 600_000, logFile: join(cacheDir, "pebble.log") });
  });
}

/** As the operator's neighbour: the machines reach it on 443 as they reach any authority. It comes back to them by their public address. */
export async function startAuthority(lab: Lab): Promise<Authority> {
  const programs = await ensurePebble();
  const { authority } = await ensureTls(lab.state().region);
  const issuer = { certificate: readFileSync(authority, "utf8"), key: readFileSync(join(authority, "../ca.key"), "utf8") };
  const server = certificate("authority", { issuer, more: [`subjectAltName=IP:${OPERATOR.address}`] });
  const at = (file: string): string => join(runDir(lab.name), `acme-${file}`);
  writeFileSync(at("server.crt"), server.certificate);
  writeFileSync(at("server.key"), server.key, { mode: 0o600 });
  const pebble = {
    listenAddress: `${OPERATOR.address}:443`,
    managementListenAddress: `127.0.0.1:${MANAGEMENT}`,
    certificate: at("server.crt"),
    privateKey: at("server.key"),
    ...{ httpPort: 80, tlsPort: 443, ocspResponderURL: "", externalAccountBindingRequired: false, keyAlgorithm: "ecdsa" },
    retryAfter: { authz: 1, order: 1 },
    profiles: { default: { description: "90 days", validityPeriod: 7_776_000 } },
  };
  writeFileSync(at("config.json"), JSON.stringify({ pebble }));
  const inside = ["ip", "netns", "exec", namespaceOf(lab.name, "operator")];
  const start = (part: string, ...argv: string[]): void =>
    // No pause before it asks, and each order is asked for anew.
    startDaemon([...inside, ...argv], {
      lab: lab.name,
      part,
      logFile: at(`${part}.log`),
      env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_AUTHZREUSE: "0" },
    });
  const off = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv6", "", "-defaultIPv4", ""];
  start("acme-names", join(programs, "pebble-challtestsrv"), "-dnsserver", "127.0.0.1:8053", "-management", `127.0.0.1:${NAMES}`, ...off);
  start("acme", join(programs, "pebble"), "-config", at("config.json"), "-dnsserver", "127.0.0.1:8053");
  const root = await until("start of the authority", 20_000, () => management(lab.name, "/roots/0", issuer.certificate));
  const names = async (path: string, body: object): Promise<void> => {
    const { status, body: said } = await fetchOutside(lab.name, `http://127.0.0.1:${NAMES}/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (status !== 200) throw new Error(`the authority's names answered ${path} with HTTP ${status}: ${said}`);
  };
  return {
    directory: `https://${OPERATOR.address}/dir`,
    root,
    record: (host, value) => (value === undefined ? names("clear-txt", { host }) : names("set-txt", { host, value })),
    leadTo: (address) => names("set-default-ipv4", { ip: address ?? "" }),
  };
}

/** What the authority tells its own operator. */
async function management(lab: string, path: string, ca: string): Promise<string> {
  const socket = await connectOutside(lab, "127.0.0.1", MANAGEMENT);
  return new Promise((resolve, reject) => {
    const tls = connect({ socket, ca, checkServerIdentity: () => undefined });
    socket.resume();
    const asked = request({ createConnection: () => tls, path, headers: { host: "127.0.0.1", connection: "close" } }, (reply) => {
      let text = "";
      reply.on("data", (part: Buffer) => (text += part.toString("utf8")));
      reply.on("error", reject);
      reply.on("end", () => resolve(text));
    });
    asked.on("error", reject);
    asked.end();
  });
}
