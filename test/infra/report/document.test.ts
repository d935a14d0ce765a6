/** The report as a document: what is in it, what can never be in it, and that it is the same for the same input. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Given } from "../../../infra/report/live";
import { exportReport, stackReport } from "../../../infra/report/make";
import { reportPage } from "../../../infra/report/page";
import type { Report } from "../../../infra/report/types";
import { ROOT } from "../evaluate";
import { EMPTY, HOMELESS, large, MARKUP, ODD } from "./strangers";

jest.setTimeout(120_000);

const QUIET = { say: () => undefined };
const TODAY = new Date("2026-11-27");
const of = (given: Given, config?: Given): Promise<Report> => exportReport(given, { config, today: TODAY }, QUIET);

let dev: Report;
const reports = new Map<string, Report>();
const pages = new Map<string, string>();
const page = (name: string): string => pages.get(name) ?? "";

beforeAll(async () => {
  dev = await stackReport(ROOT, { stack: "dev", config: undefined, live: {}, today: TODAY }, QUIET);
  pages.set("dev", await reportPage(dev));
  for (const [name, given] of Object.entries({ empty: EMPTY, homeless: HOMELESS, odd: ODD, large: large() })) {
    const report = await of(given);
    reports.set(name, report);
    pages.set(name, await reportPage(report));
  }
});

const ALL = ["dev", "empty", "homeless", "odd", "large"];
/** The page without its own styles and script. */
const body = (name: string): string => page(name).replace(/<(style|script)>[^]*?<\/\1>/g, "");

test.each(ALL)("%s: elements are closed in their order, and ids are unique", (name) => {
  const open: string[] = [];
  const empty = /^(meta|input|wbr|path|rect|br)$/;
  for (const [, slash = "", tag = "", rest = ""] of body(name).matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi)) {
    if (empty.test(tag) || rest.endsWith("/")) continue;
    if (slash === "") open.push(tag);
    else expect(open.pop()).toBe(tag);
  }
  expect(open).toEqual([]);
  const ids = [...body(name).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  const targets = [...body(name).matchAll(/ (?:href="#|aria-labelledby=")([^"]*)"/g)].flatMap(([, list = ""]) => list.split(" "));
  expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
});

test.each(ALL)("%s: loads nothing, and forbids itself to", (name) => {
  const text = page(name);
  expect(body(name)).not.toMatch(/\b(src|srcset|href|action|data|poster)="(?!#)/);
  expect(body(name)).not.toMatch(/ (style|on[a-z]+)="/);
  expect(text).not.toMatch(/@import|url\((?!#)/);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? "";
  const hash = (tag: string): string =>
    createHash("sha256").update(new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(text)?.[1] ?? "").digest("base64"); // prettier-ignore
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${hash("style")}'; script-src 'sha256-${hash("script")}'; base-uri 'none'; form-action 'none'`,
  );
  expect([...text.matchAll(/<script\b/g)]).toHaveLength(1);
});

test.each(ALL)("%s: headings in their order, landmarks, a skip link, and a title for each picture", (name) => {
  const levels = [...body(name).matchAll(/<h([1-6])\b/g)].map(([, level]) => Number(level));
  expect(levels[0]).toBe(1);
  levels.slice(1).forEach((level, index) => expect(level - (levels[index] ?? 0)).toBeLessThanOrEqual(1));
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  for (const landmark of ["<header>", '<nav aria-label="Sections">', '<main id="main"', "<footer>", '<a class="skip" href="#main">']) expect(body(name)).toContain(landmark); // prettier-ignore
  expect([...body(name).matchAll(/<svg\s+class="drawing/g)]).toHaveLength(
    [...body(name).matchAll(/<title id="(?:wide|tall)-title">/g)].length,
  );
});

test("the same input gives the same bytes", async () => {
  expect(await reportPage(dev)).toBe(page("dev"));
  expect(await reportPage(await of(ODD))).toBe(page("odd"));
});

test("names that are markup are text, and what turns the direction of reading is visible", () => {
  expect(body("odd")).not.toContain("<img");
  expect(body("odd")).toContain("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;");
  expect(body("odd")).not.toContain("\u202e");
  expect(body("odd")).toContain("\\u202e");
  expect(body("odd")).toContain("сеть-網路-🐙");
  expect(MARKUP).toContain("<img"); // the fixture is what it says
});

test("no secret, whether it is marked or only lies there", () => {
  for (const secret of ["very-secret-plaintext", "wJalrXUtnFEMI", "hunter2", "sk-live-abcdef"])
    for (const name of ALL) expect(page(name)).not.toContain(secret);
  expect(page("dev")).not.toMatch(/PRIVATE KEY|placeholder:/);
});

test("dev: each part is there, with what the program registers", () => {
  const text = body("dev");
  for (const id of ["architecture", "reach", "policies", "hosts", "models", "cost", "resources"])
    expect(text).toContain(`<section id="${id}"`);
  expect(text).toContain("webserver-subnet-1");
  expect(text).toMatch(/nginx :9000/);
  expect(text).toContain("/etc/nginx/sites-available/backend");
  expect(text).toContain("hybrid_stage2_model_v3_real_benign.pkl");
  expect(text).toContain('<td role="cell" data-label="USD a month">21.39</td>');
  expect(dev.hosts.map(({ steps }) => steps.map(({ name }) => name).join(" "))).toEqual([
    "host-key scripts prepare code env release verify",
    "host-key scripts prepare code env models release verify",
  ]);
  expect(dev.resources.every(({ isComponent, source, type }) => isComponent || type.startsWith("pulumi:") || source !== undefined)).toBe(
    true,
  );
});

test("a program without anything, and without a VPC, says so", () => {
  expect(body("empty")).toContain("registers nothing that has a place in a network");
  expect(body("empty")).toContain("The program registers nothing.");
  const { network, policies } = reports.get("homeless") as Report;
  expect(network.picture.boxes.map(({ lines }) => lines[0])).toEqual(["Internet", "box", "db"]);
  expect(network.arrows).toMatchObject([{ from: "Internet", to: "box", ports: "tcp 443", verdict: "rule" }]);
  expect(policies.profile).toBe("general");
});

test("five hundred resources: alike hosts are one box, all of them are rows, and no picture is a tangle", () => {
  const { network, resources } = reports.get("large") as Report;
  expect(resources).toHaveLength(500);
  expect(network.picture.arrows.length).toBeLessThanOrEqual(40);
  expect(network.notes.join(" ")).toMatch(/360 hosts; those of one type in the same subnet are one box/);
  expect(Buffer.byteLength(page("large"))).toBeLessThan(1_000_000);
});

test("README's picture is the report's: the same boxes, arrows and words at the same places", () => {
  const wide = /<svg\s[^>]*?class="drawing"[^]*?<\/svg>/.exec(page("dev"))?.[0] ?? "";
  const file = readFileSync(join(ROOT, "docs/images/dev.svg"), "utf8");
  const drawn = (svg: string): string[] =>
    [...svg.matchAll(/<(?:rect|path|text)\b[^>]*>(?:[^<]*<\/text)?/g)]
      .map(([one]) => one.replace(/\s+/g, " ").replace(/url\(#\w+-/, "url("))
      .filter((one) => !one.includes('class="paper"'));
  expect(drawn(wide).length).toBeGreaterThan(40);
  expect(drawn(file)).toEqual(drawn(wide));
});
