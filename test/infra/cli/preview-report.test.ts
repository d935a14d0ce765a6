/** What the options of preview:offline show; the dev stack is evaluated once. */
import { previewCommand } from "../../../infra/cli/preview";
import { renderPreview, type ReportOptions } from "../../../infra/cli/preview-report";
import { previewStack, type Preview } from "../../../infra/cli/preview-stack";
import { DEFAULT_SHADOW } from "../../../infra/release/limits";
import { UsageProblem } from "../../../policies/cli";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { run } from "../../cli/run";
import { ROOT } from "../evaluate";

jest.setTimeout(120_000);
let preview: Preview;
beforeAll(async () => {
  preview = await previewStack(ROOT, { stack: "dev", policies: DEFAULT_CONFIG }, { say: () => undefined });
});

const NOTHING = { stack: "dev", resources: false, files: undefined, steps: false, policies: false, verbose: false };
const render = (options: Partial<ReportOptions> = {}, of = preview): string =>
  renderPreview(of, { ...NOTHING, screen: { width: 120, colours: false }, ...options });
const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

test.each([80, 120])("one screen at %d columns", (width) => {
  const text = render({ screen: { width, colours: false } });
  expect(text.split("\n").length).toBeLessThanOrEqual(45);
  // Commands are to be copied, so they stay whole.
  expect(longest(text.slice(0, text.indexOf("Next:")))).toBeLessThanOrEqual(width);
});

test("the counts of the components add up to all resources", () => {
  const text = render();
  const [, all, components] = (/Resources: (\d+) \((\d+) components\)/.exec(text) ?? []).map(Number);
  const counted = [...text.matchAll(/^ {2}\S.*?\s(\d+): /gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  expect(counted + (components ?? 0)).toBe(all);
  expect(all).toBe(preview.document.resources.length);
});

test("copies of live requests for a candidate are said where the hosts are", () => {
  const shadow = { ...DEFAULT_SHADOW, seconds: 60, requests: ["POST /predict"], minAgreement: 0.95 };
  expect(render()).not.toContain("copies live requests");
  const text = render({}, { ...preview, shadow });
  expect(text.replace(/\s+/g, " ")).toContain(
    "before a release serves, nginx copies live requests to it: 10 % of POST /predict with at most 16 KiB, for 60 s or until 1000 are compared; fewer than 95 % that agree refuse it",
  );
  expect(longest(text.slice(0, text.indexOf("Next:")))).toBeLessThanOrEqual(120);
});

test("colours only where they are asked for", () => {
  expect(render()).not.toContain("\u001b");
  expect(render({ screen: { width: 120, colours: true } })).toContain("\u001b[32m");
});

test("resources, steps and policies", () => {
  const text = render({ resources: true, steps: true, policies: true });
  expect(text).toMatch(/└─ aws:ec2\/instance:Instance gateway-instance/);
  expect(text).toMatch(/gateway {2}7\. verify\n {2}backend {2}1\. host-key/);
  expect(text).toMatch(/pass {8}roles-resolved \(mandatory\)/);
  expect(text).toMatch(/\d+ policies ran: .*(\n {2}.*)*$/);
  expect(text).not.toContain("Next:");
});

test("files: all, one with its text, a pattern, none", () => {
  expect(render({ files: true })).toMatch(/gateway {2}0755 ddos:ddos \/home\/ddos\/app directory/);
  const one = render({ files: "ddos-backend.service" });
  expect(one).toMatch(/\/etc\/systemd\/system\/ddos-backend\.service [0-9a-f]{12}\n/);
  expect(one).toMatch(/^\[Service\]$/m);
  expect(one).not.toContain("gateway.service");
  expect(render({ files: "/etc/systemd/**" }).match(/^gateway +0\d{3}/gm)?.length).toBeGreaterThan(3);
  expect(render({ files: "/home/ddos/logs/app.log" })).toContain("(its text is made on the host)");
  expect(render({ files: "requirements.txt" })).toMatch(/\(part of the application or a model; sha256 [0-9a-f]{64}\)/);
  expect(() => render({ files: "/nowhere/at/all" })).toThrow(UsageProblem);
});

test("verbose shows all of it, and no secret", () => {
  const text = render({ verbose: true });
  for (const title of ["Resources (", "Files on the hosts (", "Set-up steps (", "Policies ("]) expect(text).toContain(title);
  expect(text).toContain("    | [Service]");
  expect(text).not.toMatch(/PRIVATE KEY|placeholder:/);
});

test("findings come with the words of policies:check, and then the next step is to settle them", () => {
  const outcome = { policy: "p", level: "mandatory", verdict: "violation", urn: "urn:pulumi:x", message: "is open" } as const;
  const { result } = preview;
  const flawed = {
    ...preview,
    result: { ...result, outcomes: [outcome, ...result.outcomes], summary: { ...result.summary, violations: 1 } },
  };
  const text = render({}, flawed);
  expect(text).toContain("Findings\n  VIOLATION (mandatory) p\n    urn:pulumi:x\n    is open\n");
  expect(text).toMatch(/Next: settle the mandatory findings above, then look again\n {2}npm run preview:offline -- --stack dev$/);
  expect(text).not.toContain("pulumi preview");
});

test("--json is everything: with another part it is refused before anything is evaluated", async () => {
  expect(await run(previewCommand, ["--json", "--files"])).toMatchObject({ code: 2, out: "" });
});
