/** What a change of the stack's file does, from evaluation to words, in both directions. */
import { changeOf, type Change } from "../../../infra/diff/change";
import { renderMarkdown } from "../../../infra/diff/markdown";
import type { Side } from "../../../infra/diff/side";
import { renderText } from "../../../infra/diff/text";
import { evaluatedWith, sideWith } from "./project";

jest.setTimeout(120_000);

const SCREEN = { width: 120, colours: false };
const encrypted = (text: string): object => ({ secure: `v1:${Buffer.from(text).toString("base64")}` });
const compare = (before: Side | undefined, after: Side | undefined): Change =>
  changeOf("dev", { ref: "main", commit: "0123456789abcdef", before, after });

// The program warns of what some of these open.
beforeAll(() => void jest.spyOn(console, "warn").mockImplementation());
afterAll(() => jest.restoreAllMocks());

let base: Side;
beforeAll(async () => (base = await sideWith()));

test("no difference is one line", async () => {
  const change = compare(base, await sideWith());
  expect(change.same).toBe(true);
  expect(renderText(change, SCREEN)).toBe("Stack dev: no difference to main (0123456789ab)");
  expect(renderMarkdown(change).trim().split("\n")).toHaveLength(1);
});

describe("a larger backend with another setting, a wider SSH and a port", () => {
  let other: Side;
  beforeAll(async () => {
    other = await sideWith({
      "ml-gateway:gateway": { sshFrom: ["0.0.0.0/0"] },
      "ml-gateway:backend": { instanceType: "t3.small", port: 9001, rootVolumeGiB: 20 },
      "ml-gateway:env": { LOG_LEVEL: "debug" },
    });
  });

  test("is said in every part", () => {
    const change = compare(base, other);
    const instance = change.resources.find(({ name }) => name === "backend-instance");
    expect(instance).toMatchObject({ change: "changed", effect: "stops and starts" });
    expect(instance?.inputs).toContainEqual({ input: "instanceType", secret: false, lines: ["-t3.micro", "+t3.small"] });
    expect(change.resources.filter(({ change: kind }) => kind === "removed").map(({ name }) => name)).toEqual([
      "firewall-in-gateway-ssh-20.30.40.0/24",
    ]);
    expect(change.reach.opened).toContain("tcp 22 into gateway-instance from 0.0.0.0/0");
    expect(change.reach.opened).toContain("tcp 9001 into backend-instance from the group firewall-gateway-sg");
    expect(change.reach.closed).toContain("tcp 9000 into backend-instance from the group firewall-gateway-sg");
    expect(change.policies.found.map(({ policy }) => policy)).toEqual(["gateway-ssh-restricted"]);
    expect((change.cost.after ?? 0) - (change.cost.before ?? 0)).toBeCloseTo(730 * 0.0104 + 4 * 0.08, 5);
    const env = change.files.find(({ host, path }) => host === "backend" && path === "/home/ddos/app/.env");
    expect(env?.lines).toContain("+LOG_LEVEL='debug'");
    expect(change.steps.filter(({ host }) => host === "backend").map(({ name }) => name)).toEqual(["scripts", "env", "release", "verify"]);
    expect(change.hosts.filter(({ host }) => host === "backend").map(({ text }) => text)).toEqual([
      expect.stringContaining("stops and starts"),
      expect.stringContaining("its volume grows to 20 GiB"),
      expect.stringContaining("a release"),
    ]);
  });

  test("is the same in the other direction", () => {
    const [there, back] = [compare(base, other), compare(other, base)];
    const names = (change: Change, kind: string): string[] =>
      change.resources
        .filter((row) => row.change === kind)
        .map(({ name }) => name)
        .sort();
    expect(names(back, "added")).toEqual(names(there, "removed"));
    expect(names(back, "removed")).toEqual(names(there, "added"));
    expect(names(back, "changed")).toEqual(names(there, "changed"));
    expect([...back.reach.closed].filter((text) => text.includes("9001"))).toEqual(
      [...there.reach.opened].filter((text) => text.includes("9001")),
    );
    expect(back.policies).toEqual({ found: there.policies.gone, gone: there.policies.found });
    expect(back.cost.after).toBe(there.cost.before);
    expect(back.steps.map(({ host, name }) => `${host} ${name}`)).toEqual(there.steps.map(({ host, name }) => `${host} ${name}`));
  });
});

describe("what is taken away for a while is said before, and for how long", () => {
  const backend = (keys: object): Record<string, unknown> => ({ "ml-gateway:backend": keys });
  const [here, other] = ["ami-0123456789abcdef0", "ami-0123456789abcdef1"];
  const hostsOf = (before: Side, after: Side): string[] => compare(before, after).hosts.map(({ host, text }) => `${host}: ${text}`);

  test("a backend that is replaced is an outage, and none behind a load balancer", async () => {
    const [alone, next] = [await sideWith(backend({ ami: here })), await sideWith(backend({ ami: other }))];
    expect(hostsOf(alone, next)).toContainEqual(
      expect.stringMatching(
        /^backend: a new, empty machine takes its place.*an outage until its release serves \(\d+ s measured on test hosts, 5 to 10 minutes on AWS.*backend\.loadBalancer/,
      ),
    );
    const shared = [
      await sideWith(backend({ ami: here, loadBalancer: true })),
      await sideWith(backend({ ami: other, loadBalancer: true })),
    ] as const;
    expect(hostsOf(...shared)).toContainEqual(
      expect.stringMatching(/^backend: a new, empty machine is set up beside the old one.*: no outage;/),
    );
    // The one that is replaced was not behind it yet.
    expect(hostsOf(alone, shared[1])).toContainEqual(expect.stringMatching(/^backend: .*an outage until its release serves/));
  });

  test("a gateway that is replaced is an outage where its address moves with it", async () => {
    const gateway = (ami: string): Record<string, unknown> => ({
      "ml-gateway:gateway": { sshFrom: ["20.30.40.0/24"], elasticIp: true, ami },
    });
    const [then, now] = [await sideWith(gateway(here)), await sideWith(gateway(other))];
    expect(hostsOf(then, now)).toContainEqual(expect.stringMatching(/^gateway: .*its Elastic IP moves there before/));
    const larger = await sideWith({
      "ml-gateway:gateway": { sshFrom: ["20.30.40.0/24"], elasticIp: true, ami: other, instanceType: "t3.small" },
    });
    expect(hostsOf(now, larger)[0]).toBe("gateway: the machine stops and starts: an outage of less than a minute");
    expect(hostsOf(now, larger).join()).not.toContain("way out");
  });

  test("the way out changes over in place, and back; one that ends is said to end", async () => {
    const network = (egress: string): Record<string, unknown> => ({ "ml-gateway:network": { egress } });
    const managed = await sideWith(network("managed"));
    expect(hostsOf(base, managed)).toContainEqual(
      "backend: its way out changes over to a managed NAT gateway in place, once that passes packets: no gap, but connections that are open outwards are cut",
    );
    expect(hostsOf(managed, base)).toContainEqual(expect.stringMatching(/^backend: its way out changes over to the gateway in place/));
    const replaced = await sideWith({ "ml-gateway:gateway": { sshFrom: ["20.30.40.0/24"], ami: here } });
    const again = await sideWith({ "ml-gateway:gateway": { sshFrom: ["20.30.40.0/24"], ami: other } });
    expect(hostsOf(replaced, again)).toContainEqual(
      expect.stringMatching(/^backend: its way out changes over to another machine of the gateway/),
    );
    expect(hostsOf(replaced, again)).toContainEqual(expect.stringMatching(/^gateway: .* beside the old one, at another address/));
    const small = await sideWith({ "ml-gateway:gateway": { sshFrom: ["20.30.40.0/24"], ami: other, instanceType: "t3.small" } });
    // The address is another one then, and the network interface, to which the way out leads, the same.
    expect(hostsOf(again, small)[0]).toMatch(/^gateway: the machine stops and starts: .*another public address then/);
    expect(hostsOf(again, small).join()).not.toContain("way out");
    const ways = compare(again, small).steps.filter(({ why }) => why === "another machine");
    expect(new Set(ways.map(({ host }) => host))).toEqual(new Set(["gateway", "backend"]));
    expect(hostsOf(base, base)).toEqual([]);
  });
});

test("of a long difference the first lines are shown, and how many are left", () => {
  const lines = Array.from({ length: 100 }, (_, index) => `+line ${index}`);
  const change = compare(base, base);
  const file = { host: "backend", path: "/etc/long", change: "changed", about: [], lines } as const;
  const text = renderText({ ...change, same: false, files: [file] }, SCREEN);
  expect(text).toContain("+line 79\n      ... 20 more lines\n");
  expect(text).not.toContain("+line 80");
});

test("another secret runs its steps and is never shown, nor the text that it is encrypted to", async () => {
  const secrets = (value: string): object => ({ "ml-gateway:secretEnv": { DATABASE_URL: encrypted("a"), SECRET_KEY: encrypted(value) } });
  const [before, after] = [await sideWith({ ...secrets("first value") }), await sideWith({ ...secrets("second value") })];
  const change = compare(before, after);
  expect(change.secrets).toEqual(["secretEnv.SECRET_KEY"]);
  const env = change.steps.find(({ host, name }) => host === "backend" && name === "env");
  expect(env?.inputs).toEqual([{ input: "stdin", secret: true, lines: [] }]);
  expect(change.hosts.map(({ host }) => host)).toEqual(["backend"]);
  for (const text of [JSON.stringify(change), renderText(change, SCREEN), renderMarkdown(change)]) {
    expect(text).not.toMatch(/placeholder:|second|first value|v1:|PRIVATE KEY/);
    expect(text).not.toContain(Buffer.from("second value").toString("base64"));
  }
  expect(renderText(change, SCREEN)).toContain("secretEnv.SECRET_KEY changed, or encrypted anew");
});

test("a stack that only one side has is made, or removed, as a whole", async () => {
  expect(await evaluatedWith({}, "other").then((found) => "side" in found)).toBe(true);
  const [made, gone] = [compare(undefined, base), compare(base, undefined)];
  expect(made.sides).toBe("only now");
  expect(made.resources.every(({ change }) => change === "added")).toBe(true);
  expect(gone.resources.filter(({ kept }) => kept === true).map(({ name }) => name)).toContain("models-bucket");
  expect(gone.resources.map(({ name }) => name).sort()).toEqual(made.resources.map(({ name }) => name).sort());
  expect(renderText(gone, SCREEN)).toContain("only main (0123456789ab) has a Pulumi.dev.yaml");
  expect(renderMarkdown(made).length).toBeLessThan(65_000);
  // Thousands of lines of scripts would hide what the stack is: their number stands in their place, and where they are.
  const text = renderText(made, SCREEN);
  expect(text.split("\n").length).toBeLessThan(250);
  expect(text).toMatch(/backend \/usr\/local\/lib\/ddos\/\S+ is added, \d+ lines\n/);
  expect(text).toContain(
    "All lines: --json, or --markdown FILE; a file as it becomes: npm run -s preview:offline -- --stack dev --files PATTERN",
  );
});

test("a configuration that cannot be used says so", async () => {
  const found = await evaluatedWith({ "ml-gateway:backend": { port: "many" } });
  expect(found).toEqual({ problem: expect.stringContaining("ml-gateway:backend.port") as string });
});
