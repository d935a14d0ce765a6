/** The keys of the API and CORS, as clients meet them on port 443. */
import { randomBytes } from "node:crypto";
import type { Lab } from "../lab";
import type { OutsideReply } from "../outside";
import { expect } from "./harness";

export const ORIGIN = "https://app.example.org";
export const KEYS = { "client-a": randomBytes(32).toString("hex"), "client-b": randomBytes(24).toString("hex") };
export const NEW_KEY = randomBytes(32).toString("hex");

/** Limits of an address that are out of the way, and one of a key that a burst passes. */
export const access = (apiKeys: Readonly<Record<string, string>>): object => ({
  gateway: { apiKeys, apiAccess: { perSecond: 30, burst: 10 }, cors: { origins: [ORIGIN], credentials: true } },
  requests: { perSecond: 10_000, burst: 10_000, connections: 5000 },
});

export type Ask = (options: { method?: string; path?: string; headers?: Record<string, string> }) => Promise<OutsideReply>;

const status = async (ask: Ask, headers: Record<string, string>, path = "/model"): Promise<number> => (await ask({ path, headers })).status;

/** Who gets in, and by which name he is known. */
export async function checkKeys(lab: Lab, ask: Ask): Promise<string> {
  const { "client-a": a, "client-b": b } = KEYS;
  const tried: [what: string, headers: Record<string, string>, inside: boolean][] = [
    ["no key", {}, false],
    ["an X-Api-Key", { "x-api-key": a }, true],
    ["a bearer", { authorization: `Bearer ${b}` }, true],
    ["capital letters", { "x-api-key": a.toUpperCase() }, false],
    ["a key but its end", { "x-api-key": a.slice(0, -1) }, false],
    ["a key and more", { "x-api-key": `${a}0` }, false],
    ["the name of a key", { "x-api-key": "client-a" }, false],
    ["an empty bearer", { authorization: "Bearer " }, false],
    ["a wrong key beside a right bearer", { "x-api-key": "x".repeat(64), authorization: `Bearer ${a}` }, false],
    ["this host's address in a header", { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" }, false],
  ];
  for (const [what, headers, inside] of tried) {
    const found = await status(ask, headers);
    expect(inside ? found !== 401 && found < 500 : found === 401, `${what}: HTTP ${found}`);
  }
  expect((await status(ask, {}, "/health")) === 200, "health asks for a key");
  for (const path of ["/health%0A", "/health/", "/x%20/health", "//health/../predict"])
    expect((await status(ask, {}, path)) === 401, `${path} is open`);
  const refused = await ask({ path: "/model" });
  const { "content-type": type, "www-authenticate": challenge } = refused.headers;
  expect(
    type === "application/json" && challenge === 'Bearer realm="api"' && "detail" in (JSON.parse(refused.body) as object),
    refused.body,
  );
  const log = await lab.must("gateway", "grep -o 'key=[^ ]* ' /home/ddos/logs/access.log | sort | uniq -c");
  expect(/key=client-a /.test(log) && /key=client-b /.test(log), `the access log has ${log}`);
  return log.trim().replace(/\s+/g, " ");
}

/** A key at its limit says nothing of another one. */
export async function checkKeyLimit(ask: Ask): Promise<string> {
  const burst = await Promise.all(Array.from({ length: 150 }, () => status(ask, { "x-api-key": KEYS["client-a"] }, "/health")));
  const limited = burst.filter((one) => one === 429).length;
  expect(
    limited > 0 && burst.every((one) => one === 429 || one === 200),
    `${limited} of 150 were limited: ${[...new Set(burst)].join(", ")}`,
  );
  const other = await status(ask, { "x-api-key": KEYS["client-b"] }, "/health");
  expect(other === 200, `the other key got HTTP ${other}`);
  return `${limited} of 150 limited`;
}

export async function checkCors(ask: Ask): Promise<void> {
  const allow = ({ headers }: OutsideReply): string => String(headers["access-control-allow-origin"] ?? "none");
  const preflight = (origin: string): Promise<OutsideReply> =>
    ask({
      method: "OPTIONS",
      path: "/predict",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "x-api-key" },
    });
  const good = await preflight(ORIGIN);
  const {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": names,
    "access-control-max-age": age,
    vary,
  } = good.headers;
  expect(good.status === 204 && allow(good) === ORIGIN, `a preflight got ${good.status}, ${allow(good)}`);
  expect(
    methods === "GET, POST" && String(names).includes("X-Api-Key") && age === "600" && vary === "Origin",
    JSON.stringify(good.headers),
  );
  expect(good.headers["access-control-allow-credentials"] === "true", JSON.stringify(good.headers));
  for (const origin of ["https://app.example.org.evil.example", "http://app.example.org", "https://xapp.example.org", "null"]) {
    const bad = await preflight(origin);
    expect(bad.status === 401 && allow(bad) === "none", `${origin} got ${bad.status}, ${allow(bad)}`);
  }
  // A page has to read the refusal as well, to tell its user of it.
  expect(allow(await ask({ path: "/model", headers: { origin: ORIGIN } })) === ORIGIN, "a refusal has no origin");
  const answer = await ask({ path: "/health", headers: { origin: ORIGIN } });
  expect(answer.status === 200 && allow(answer) === ORIGIN && answer.headers.vary === "Origin", `health says ${allow(answer)}`);
}

/** Neither log nor process list nor any other file has a key. */
export async function keysAreKept(lab: Lab): Promise<void> {
  const file = await lab.must("gateway", "stat -c '%a %U:%G' /etc/ddos/api-keys.conf");
  expect(file.trim() === "600 root:root", `api-keys.conf is ${file}`);
  const found = await foundOnGateway(lab, Object.values(KEYS), "/etc/ddos/api-keys.conf");
  expect(found.trim() === "", `a key is in ${found}`);
}

/** Files, processes and journal that have one of these texts, but for paths that begin as `allowed` does. */
export async function foundOnGateway(lab: Lab, texts: readonly string[], allowed: string): Promise<string> {
  // The first character as a set of its own: what looks for a text does not have it in its own command line.
  const patterns = texts.map((text) => `-e '[${text[0] ?? ""}]${text.slice(1)}'`).join(" ");
  const without = ["venvs", "models", "sys"].map((name) => `--exclude-dir=${name}`).join(" ");
  return lab.must(
    "gateway",
    `{ grep -rlsI ${without} ${patterns} /var/log /var/lib/ddos /run /tmp /home /etc; grep -lsa ${patterns} /proc/[0-9]*/cmdline /proc/[0-9]*/environ; journalctl -q | grep ${patterns} | head -n 3; } | grep -v '^${allowed}' || :`,
  );
}
