/** HTTPS with a certificate of one's own and keys of the API: what clients get, and new ones of both while they come. */
import { request } from "node:http";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { certificate, type Made } from "../../certificates";
import type { Lab } from "../lab";
import { access, checkCors, checkKeyLimit, checkKeys, foundOnGateway, KEYS, keysAreKept, NEW_KEY, type Ask } from "./access";
import { sleep } from "../process";
import { connectOutside, type OutsideReply } from "../outside";
import { configFile, type Config } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { upOnce } from "./operator";

export const DOMAIN = "ml.example.org";

/** A TLS connection to port 443 from outside, as a client that knows the authority makes it. @throws what the client says */
export async function tlsOutside(lab: Lab, address: string, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = await connectOutside(lab.name, address, 443);
  return new Promise((resolve, reject) => {
    const tls = connect({ socket, servername: DOMAIN, ...options }, () => resolve(tls));
    tls.on("error", reject);
    socket.resume();
  });
}

/** One request over a connection of its own. */
export async function askHttps(
  lab: Lab,
  address: string,
  ca: string,
  {
    method = "GET",
    path = "/health",
    headers = {},
    body = "",
  }: { method?: string; path?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<OutsideReply> {
  const tls = await tlsOutside(lab, address, { ca, ALPNProtocols: ["http/1.1"] });
  return new Promise((resolve, reject) => {
    const sent = request(
      { createConnection: () => tls, method, path, headers: { host: DOMAIN, connection: "close", ...headers } },
      (reply) => {
        let text = "";
        reply.on("data", (part: Buffer) => (text += part.toString("utf8")));
        reply.on("error", reject);
        reply.on("end", () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** @returns how many requests were answered while `work` ran @throws with those that were not */
export async function underRequests(once: () => Promise<OutsideReply>, work: () => Promise<unknown>): Promise<number> {
  const failures: string[] = [];
  let [answered, stopped] = [0, false];
  const client = async (): Promise<void> => {
    while (!stopped) {
      try {
        const { status, body } = await once();
        if (status === 200) answered += 1;
        else failures.push(`HTTP ${status} ${body.slice(0, 80)}`);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
  };
  const clients = [1, 2, 3].map(client);
  try {
    await work();
  } finally {
    stopped = true;
    await Promise.all(clients);
  }
  expect(
    failures.length === 0 && answered > 20,
    `${failures.length} of ${failures.length + answered} failed: ${failures.slice(0, 3).join("; ")}`,
  );
  return answered;
}

const refused = async (lab: Lab, address: string, options: ConnectionOptions): Promise<string> =>
  tlsOutside(lab, address, options).then(
    (tls) => (tls.destroy(), `taken as ${tls.getProtocol()}`),
    (error: Error) => `refused: ${error.message}`,
  );

/** Protocols, chain, http2, HSTS and redirects, as testssl looks at them. */
async function clientsView(lab: Lab, address: string, ca: string): Promise<string> {
  const seen: string[] = [];
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const tls = await tlsOutside(lab, address, { ca, minVersion: version, maxVersion: version, ALPNProtocols: ["h2", "http/1.1"] });
    expect(tls.authorized && tls.alpnProtocol === "h2", `${version}: authorized ${tls.authorized}, ALPN ${String(tls.alpnProtocol)}`);
    seen.push(`${version} ${tls.getCipher().name}`);
    tls.destroy();
  }
  for (const version of ["TLSv1", "TLSv1.1"] as const) {
    const said = await refused(lab, address, { ca, minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" });
    expect(said.startsWith("refused"), `${version} was ${said}`);
  }
  for (const ciphers of ["AES128-SHA:@SECLEVEL=0", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0", "NULL:@SECLEVEL=0"]) {
    const said = await refused(lab, address, { ca, maxVersion: "TLSv1.2", ciphers });
    expect(said.startsWith("refused"), `${ciphers} was ${said}`);
  }
  const { status, headers, body } = await askHttps(lab, address, ca);
  expect(status === 200 && body === '{"status":"ok"}', `https://${DOMAIN}/health answered ${status}: ${body}`);
  expect(headers["strict-transport-security"] === "max-age=300", `HSTS is ${String(headers["strict-transport-security"])}`);
  for (const path of ["/health", "/predict?a=b"]) {
    const plain = await lab.fetchFromOutside(`http://${address}${path}`);
    expect(
      plain.status === 308 && plain.headers.location === `https://${DOMAIN}${path}`,
      `${path} on 80: ${plain.status} ${String(plain.headers.location)}`,
    );
  }
  return seen.join(", ");
}

/** The key is where it belongs, and nowhere else. */
async function keyIsKept(lab: Lab, { key }: Made): Promise<void> {
  const files = await lab.must(
    "gateway",
    "stat -Lc '%a %U:%G %n' /etc/ddos/tls /etc/ddos/tls/current /etc/ddos/tls/current/*; ls /etc/ddos/tls",
  );
  expect(/^700 root:root \/etc\/ddos\/tls$/m.test(files) && /^600 root:root .*privkey\.pem$/m.test(files), files);
  const texts = [key.split("\n")[1] ?? "", Buffer.from(key).toString("base64").slice(0, 60)];
  const found = await foundOnGateway(lab, texts, "/etc/ddos/tls/own-");
  expect(found.trim() === "", `the key is in ${found}`);
}

export function httpsChecks(lab: () => Lab, gateway: () => string): Check[] {
  const authority = certificate("Authority of the test", { authority: true });
  const issue = (): Made => certificate(DOMAIN, { issuer: authority, names: [DOMAIN] });
  const [first, second] = [issue(), issue()];
  const https = ({ certificate: text, key }: Made): Config => ({
    domain: DOMAIN,
    tls: { certificate: text + authority.certificate, privateKey: key, hstsSeconds: 300 },
  });
  const up = (pair: Made, keys: Readonly<Record<string, string>>): Promise<unknown> =>
    upOnce(lab().name, "--config", configFile(lab(), { ...https(pair), ...access(keys) }));
  const ask: Ask = (options) => askHttps(lab(), gateway(), authority.certificate, options);
  const withKey = async (key: string): Promise<OutsideReply> => {
    await sleep(150);
    return ask({ path: "/", headers: { "x-api-key": key } }).then((reply) => ({
      ...reply,
      status: reply.status === 404 ? 200 : reply.status,
    }));
  };
  return [
    {
      name: "HTTPS with a certificate of one's own: protocols, chain, redirects, and where the key is",
      run: async () => {
        await up(first, KEYS);
        const seen = await clientsView(lab(), gateway(), authority.certificate);
        await keyIsKept(lab(), first);
        return seen;
      },
    },
    { name: "HTTPS: keys of the API let in whom they should, by name", run: () => checkKeys(lab(), ask) },
    { name: "HTTPS: a key has a limit of its own", run: () => checkKeyLimit(ask) },
    { name: "HTTPS: pages of the named origin may ask, and no others", run: () => checkCors(ask) },
    { name: "HTTPS: no log and no other file has a key of the API", run: () => keysAreKept(lab()) },
    {
      name: "HTTPS: a new certificate and a new key take the place of the old ones without a failed request",
      run: async () => {
        const answered = await underRequests(
          () => withKey(KEYS["client-a"]),
          () => up(second, { "client-a": KEYS["client-a"], "client-c": NEW_KEY }),
        );
        const tls = await tlsOutside(lab(), gateway(), { ca: authority.certificate });
        const presented = tls.getPeerCertificate().raw;
        tls.destroy();
        expect(second.certificate.replaceAll("\n", "").includes(presented.toString("base64")), "the old certificate is presented still");
        expect((await lab().must("gateway", "ls -d /etc/ddos/tls/own-* | wc -l")).trim() === "1", "the old key is left on the host");
        const [kept, gone, added] = await Promise.all(
          [KEYS["client-a"], KEYS["client-b"], NEW_KEY].map(async (key) => (await withKey(key)).status),
        );
        expect(kept === 200 && gone === 401 && added === 200, `kept ${kept}, removed ${gone}, new ${added}`);
        return `${answered} requests, 0 failed`;
      },
    },
    {
      name: "HTTPS: without the name and the keys port 80 serves everybody again, and nothing listens on 443",
      run: async () => {
        await upOnce(lab().name);
        const { status } = await lab().fetchFromOutside(`http://${gateway()}/health`);
        const listening = await lab().must("gateway", "ss -Hltn 'sport = :443'");
        expect(status === 200 && listening.trim() === "", `HTTP ${status}, listening: ${listening}`);
      },
    },
  ];
}
