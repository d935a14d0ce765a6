import { ConfigError, DEFAULT_CONFIG, readConfig, readSettings } from "../../../policies/core/config";

const IDS = ["no-public-ip", "ssh-restricted"];
const problems = (json: unknown): readonly string[] => {
  try {
    readConfig(json, IDS);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test("nothing given: the defaults", () => expect(readConfig({}, IDS)).toEqual(DEFAULT_CONFIG));

test("Pulumi's own form and the short form mean the same", () => {
  const settings = { roles: { backendInstances: { names: ["api"] } }, servicePort: 8443 };
  const long = readConfig({ settings, "ssh-restricted": "mandatory", "no-public-ip": { enforcementLevel: "disabled" } }, IDS);
  const short = readConfig({ ...settings, levels: { "ssh-restricted": "mandatory", "no-public-ip": "disabled" } }, IDS);
  expect(short).toEqual(long);
  expect(long.settings.roles.backendInstances).toEqual({ names: ["api"] });
  expect(long.settings.roles.gatewayGroup).toEqual({ tags: { Role: "gateway" } });
  expect(long.levels).toEqual({ "ssh-restricted": "mandatory", "no-public-ip": "disabled" });
});

test("a policy's own level is stronger than all", () =>
  expect(readConfig({ all: "advisory", "ssh-restricted": "mandatory" }, IDS).levels).toEqual({
    "no-public-ip": "advisory",
    "ssh-restricted": "mandatory",
  }));

test("all errors at once, each with its place, what was found and what is allowed", () => {
  const found = problems({
    roles: { backendInstance: { names: ["x"] }, gatewayGroup: {} },
    servicePort: 0,
    levels: { "ssh-restricted": "strict" },
    "no-public-ips": "mandatory",
    exemptions: [{ policy: "no-public-ip", urn: "u", reason: "no", expires: "tomorrow" }],
  });
  expect(found).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^roles\.backendInstance: unknown key; did you mean "backendInstances"\?$/),
      expect.stringMatching(
        /^roles\.gatewayGroup: found an empty group of keys; write a group with tags, names or both, for example "gatewayGroup": \{"tags"/,
      ),
      expect.stringMatching(/^servicePort: found 0; write a whole number from 1 to 65535, for example "servicePort": 9000\./),
      'levels.ssh-restricted: found "strict"; write advisory, mandatory or disabled, for example "ssh-restricted": "advisory"',
      expect.stringMatching(/^no-public-ips: unknown key; did you mean "no-public-ip"\?$/),
      expect.stringMatching(/^exemptions\[0\]\.reason: found "no"; write a reason of at least ten characters, for example/),
      expect.stringMatching(/^exemptions\[0\]\.expires: found "tomorrow"; write the last day it holds, year-month-day/),
    ]),
  );
  expect(found).toHaveLength(7);
});

test.each([
  [
    { policy: "nobody", urn: "u", reason: "a good reason", expires: "2030-01-01" },
    /^exemptions\[0\]\.policy: found "nobody", which is no policy of this pack/,
  ],
  [
    { policy: "no-public-ip", urn: "u", reason: "a good reason", expires: "2030-02-30" },
    /^exemptions\[0\]\.expires: found "2030-02-30", which is no day/,
  ],
])("exemptions name a policy and a day that exist", (exemption, pattern) =>
  expect(problems({ exemptions: [exemption] }).join()).toMatch(pattern),
);

test("a configuration that is no object", () =>
  expect(problems([])).toEqual(['the configuration: found an empty list; write a group of keys, for example {"servicePort":9000}']));

test("the engine's part has no levels of its own", () => expect(() => readSettings({ levels: {} }, IDS)).toThrow(/levels: unknown key/));
