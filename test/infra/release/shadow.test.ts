/** Copies of live requests: the site that sends them, what compares the answers, and what nothing is ever said of. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { renderSite } from "../../../infra/release/render";
import { renderShadow, requestName, upTo } from "../../../infra/release/shadow";
import { hostSteps } from "../../../infra/release/steps";
import type { HostSpec, Shadow } from "../../../infra/release/types";
import { lacking, unless } from "../../needs";
import { exampleSpec, VALUES } from "./example";

const STEPS = join(__dirname, "../../../templates/steps");
const PROGRAM = join(STEPS, "shadow.py");
const python = unless(lacking("python3"));

const SHADOW: Shadow = {
  seconds: 60,
  percent: 12.5,
  requests: ["POST /predict", "GET /v1.2/model"],
  minRequests: 20,
  maxRequests: 1000,
  bodyKiB: 16,
  tolerance: 0.001,
  ignore: ["model_version"],
  minAgreement: 0.95,
};

function mirrored(site: string, parts: string): string {
  const folder = mkdtempSync(join(tmpdir(), "shadow-test-"));
  try {
    writeFileSync(join(folder, "site"), site);
    writeFileSync(join(folder, "parts"), parts);
    return execFileSync("python3", ["-I", "-S", "-B", PROGRAM, "site", join(folder, "site"), join(folder, "parts")], {
      encoding: "utf8",
      stdio: "pipe",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As recover.sh takes it away. */
const without = (site: string): string =>
  site
    .split("\n")
    .filter((line) => !line.endsWith(" # shadow"))
    .join("\n");

python("golden: the backend's site with the copying in it, which every line says of itself", () => {
  const site = mirrored(renderSite(exampleSpec("backend")), renderShadow(SHADOW));
  const golden = join(__dirname, "../../golden/backend-shadow.nginx");
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, site);
  expect(site).toBe(readFileSync(golden, "utf8"));
  const mark = /sed '(\/ # shadow\$\/d)'/.exec(readFileSync(join(STEPS, "recover.sh"), "utf8"))?.[1] ?? "";
  expect(execFileSync("sed", [mark], { input: site, encoding: "utf8" })).toBe(renderSite(exampleSpec("backend")));
});

python.each<[string, Partial<HostSpec>]>([
  ["application", {}],
  ["proxy", { gatewayMode: "proxy" }],
  ["proxy behind a load balancer", { gatewayMode: "proxy", balanced: true }],
])("gateway.mode %s: a copy has the headers that the request has, and the site is left as it was", (_, change) => {
  const plain = renderSite(exampleSpec("backend", change));
  const site = mirrored(plain, renderShadow(SHADOW));
  expect(without(site)).toBe(plain);
  const headers = (text: string): string[] =>
    text
      .split("\n")
      .flatMap((line) => (/proxy_set_header (?!Upgrade|Connection)/.test(line) ? [line.trim().replace(" # shadow", "")] : []));
  const added = site.split("\n").filter((line) => line.endsWith(" # shadow"));
  expect(headers(added.join("\n"))).toEqual(headers(plain));
});

python("a site that somebody replaced is refused", () => {
  expect(() => mirrored("server {\n}\n", renderShadow(SHADOW))).toThrow(/no place for it \(location \/\)/);
});

test.each([9, 1024, 16384, 102400])("nginx's pattern for whole numbers up to %d", (limit) => {
  const pattern = new RegExp(`^(${upTo(limit)})$`);
  const wrong = Array.from({ length: 2 * limit + 12 }, (_, number) => number).filter(
    (number) => pattern.test(`${number}`) !== number <= limit,
  );
  expect(wrong).toEqual([]);
});

test("what the step is told, of the backend and where it is wanted alone", () => {
  const release = (spec: HostSpec): { input: string; text: string } => {
    const step = hostSteps(spec).find(({ name }) => name === "release");
    return { input: step?.stdin(VALUES) ?? "", text: step?.script.text ?? "" };
  };
  const off = release(exampleSpec("backend"));
  expect(off.input).not.toMatch(/shadow/);
  expect(off.text).not.toMatch(/shadow_ask\.py"|split_clients/);
  const on = release(exampleSpec("backend", { shadow: SHADOW, limits: { timeoutSeconds: 4 } }));
  expect(on.input.split("\n").filter((line) => line.startsWith("shadow"))).toEqual([
    "shadowSeconds=60",
    "shadowPercent=12.5",
    "shadowMinRequests=20",
    "shadowMaxRequests=1000",
    "shadowBodyBytes=16384",
    "shadowTolerance=0.001",
    "shadowTimeout=4",
    "shadowMinAgreement=0.95",
    "shadowRequest=POST /predict",
    "shadowRequest=GET /v1.2/model",
    "shadowIgnore=model_version",
  ]);
  expect(on.text.match(/cat >"\$STAGE\/checks\.py"/g)).toHaveLength(1);
  const limit = (spec: HostSpec): number => hostSteps(spec).find(({ name }) => name === "release")?.limitSeconds ?? 0;
  expect(limit(exampleSpec("backend", { shadow: SHADOW })) - limit(exampleSpec("backend"))).toBe(150);
  expect(requestName({ method: "POST", path: "/predict?x=1" })).toBe("POST /predict");
});

interface Service {
  readonly [path: string]: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly base64?: string;
    readonly does?: "hang" | "after" | "drip" | "cut" | "count" | "large";
    readonly score?: number;
  };
}
interface Request {
  readonly target: string;
  readonly method?: string;
  readonly body?: string;
  readonly repeat?: number;
  readonly times?: number;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Outcome {
  readonly said: string;
  readonly nginx: readonly string[];
  readonly serving: readonly { head: string[]; body: string }[];
  readonly candidate: readonly { head: string[]; body: string }[];
}

function compare(
  requests: readonly Request[],
  serving: Service,
  candidate: Service,
  settings: Readonly<Record<string, string>> = {},
  gone = false,
): Outcome {
  const count = requests.reduce((sum, { times = 1 }) => sum + times, 0);
  const values = {
    ...{ shadowSeconds: "1.5", shadowPercent: "10", shadowMinRequests: "2", shadowMaxRequests: `${count}`, shadowBodyBytes: "1024" },
    ...{ shadowTolerance: "0.001", shadowTimeout: "0.4", shadowRequest: "POST /predict", ...settings },
  };
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  const input = JSON.stringify({ settings: lines, requests, serving, candidate, gone });
  return JSON.parse(
    execFileSync("python3", ["-I", "-S", "-B", join(__dirname, "shadow-driver.py"), PROGRAM], { encoding: "utf8", input }),
  ) as Outcome;
}

const json = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });
const predict: Request = { target: "/predict", body: '{"x": 1}' };

python(
  "alike: numbers within the tolerance, other order of keys, gzip against none, chunks against none, redirects, HEAD, the same bytes",
  () => {
    const packed = { headers: { "content-encoding": "gzip" }, base64: gzipSync('{"a": 1}').toString("base64") };
    const chunked = { headers: { "transfer-encoding": "chunked" }, body: '8\r\n{"a": 1}\r\n0\r\n\r\n' };
    const moved = { status: 302, headers: { location: "/elsewhere" } };
    const { said, nginx, candidate } = compare(
      [
        { ...predict, headers: { "X-Key": "k", "Accept-Encoding": "gzip", Expect: "100-continue" } },
        ...["/gzip", "/chunks", "/moved", "/text?q=ü%20 "].map((target) => ({ ...predict, target: target.trim() })),
        { target: "/head", method: "HEAD" },
      ],
      {
        "/predict": json({ label: 1, score: 0.5, v: 7 }),
        "/gzip": json({ a: 1 }),
        "/chunks": json({ a: 1 }),
        "/moved": moved,
        "/text": { body: "plain" },
        "/head": {},
      },
      {
        "/predict": json({ v: 8, score: 0.5004, label: 1 }),
        "/gzip": packed,
        "/chunks": chunked,
        "/moved": moved,
        "/text": { body: "plain" },
        "/head": {},
      },
      { shadowIgnore: "v", shadowMinAgreement: "1" },
    );
    expect(said).toMatch(
      /^agree 6 of 6 answers \(100\.0 %\) to copies of live requests agree in \d+ s \(POST \/predict, 10 % of them, bodies of at most 1 KiB\); p50\/p95 of 7-old \d+\/\d+ ms, of 8-new \d+\/\d+ ms\n$/,
    );
    expect(nginx).toEqual(["HTTP/1.0 204 No Content"]);
    expect(candidate[0]?.head).toEqual(["POST /predict HTTP/1.1", "Host: a", "X-Key: k", "Connection: close", "Content-Length: 8"]);
    expect(candidate[0]?.body).toBe('{"x": 1}');
  },
);

python("otherwise: each kind is named with its count, the place where it recurs, and never a value", () => {
  const secret = "s3cret-of-a-client";
  const { said } = compare(
    [
      { ...predict, times: 4 },
      { target: "/status" },
      { target: "/kind" },
      { target: "/bytes" },
      { target: "/moved" },
      { target: "/keys", times: 3 },
    ],
    {
      "/predict": json({ score: 0.5, by: secret }),
      "/status": { status: 200, body: secret },
      "/kind": json({}),
      "/bytes": { body: `${secret}1` },
      "/moved": { status: 302, headers: { location: `/${secret}` } },
      "/keys": json({ [`${secret} ü`]: 1 }),
    },
    {
      "/predict": json({ score: 0.6, by: secret }),
      "/status": { status: 500, body: secret },
      "/kind": { body: secret },
      "/bytes": { body: `${secret}2` },
      "/moved": { status: 302, headers: { location: "/" } },
      "/keys": json({ [`${secret} ü`]: 2 }),
    },
    { shadowMinAgreement: "0.95" },
  );
  expect(said).toMatch(
    /^refuse 0 of 11 answers \(0\.0 %\)[^\n]*differing: another answer \(7 times\), [^\n]*most often at score \(4 times\)\. At least 95 % have to agree \(release\.shadow\.minAgreement\)\n$/,
  );
  expect(said).not.toContain("s3cret");
});

python("what the serving release itself answers otherwise when asked again is left out, and no more than that", () => {
  const times = 6;
  const same = compare(
    [{ ...predict, times }],
    { "/predict": { does: "count" } },
    { "/predict": { does: "count" } },
    { shadowMinAgreement: "1" },
  );
  expect(same.said).toMatch(/^agree 6 of 6 [^\n]*left out: one place that the serving release itself answers differently each time/);
  const other = compare(
    [{ ...predict, times }],
    { "/predict": { does: "count" } },
    { "/predict": { does: "count", score: 2 } },
    { shadowMinAgreement: "0.5" },
  );
  expect(other.said).toMatch(/^refuse 0 of 6 [^\n]*most often at score/);
});

python.each([
  ["hangs", { does: "hang" }, /no whole answer within 0\.4 s \(3 times\)/],
  ["drips", { does: "drip" }, /no whole answer within 0\.4 s \(3 times\)/],
  ["cuts connections", { does: "cut" }, /the connection was cut off \(3 times\)/],
] as const)("a candidate that %s is refused after three", (_, answer, why) => {
  const { said } = compare([{ ...predict, times: 5 }], { "/predict": json({}) }, { "/predict": answer }, { shadowSeconds: "4" });
  expect(said).toMatch(/^refuse 8-new gave no answer 3 times in a row where 7-old did: 0 of 3 answers/);
  expect(said).toMatch(why);
});

python("nginx has its answer before anything is asked", () => {
  const late = { does: "after", ...json({}) } as const;
  const { said } = compare(
    [{ ...predict, times: 4 }],
    { "/predict": late },
    { "/predict": late },
    { shadowSeconds: "20", shadowTimeout: "10" },
  );
  expect(said).toMatch(/^agree 4 of 4/);
});

python("a candidate that is gone is refused", () => {
  const { said } = compare([{ ...predict, times: 5 }], { "/predict": json({}) }, {}, {}, true);
  expect(said).toMatch(/^refuse 8-new gave no answer 3 times in a row[^\n]*no connection \(3 times\)/);
});

python("nothing was learnt: no traffic, a serving release that does not answer, bodies that are too large", () => {
  expect(compare([], {}, {}, { shadowSeconds: "0.2" }).said).toMatch(
    /^nothing nothing was learnt about 8-new from copies of live requests: no request came that may be copied in 0 s \(POST \/predict, 10 %/,
  );
  const large: Request = { ...predict, body: "x", repeat: 2000 };
  const { said } = compare(
    [predict, large],
    { "/predict": { does: "cut" } },
    { "/predict": json({}) },
    { shadowMinAgreement: "1", shadowMaxRequests: "9" },
  );
  expect(said).toMatch(
    /^nothing [^\n]*of 1 copied requests none could be compared[^\n]*not counted: from the serving release: the connection was cut off \(1 times\)/,
  );
});

python("fewer than minRequests judge nothing, and what cannot be compared does not count", () => {
  const few = compare([predict], { "/predict": json({ a: 1 }) }, { "/predict": json({ a: 2 }) }, { shadowMinAgreement: "1" });
  expect(few.said).toMatch(/^agree 0 of 1 [^\n]*That is fewer than 2 \(release\.shadow\.minRequests\), so nothing is judged by it/);
  const large = compare([predict], { "/predict": { does: "large" } }, { "/predict": json({}) }, { shadowMaxRequests: "9" });
  expect(large.said).toMatch(/not counted: from the serving release: an answer of more than 1 MiB/);
});
