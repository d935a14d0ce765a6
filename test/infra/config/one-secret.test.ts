/** The whole of `secretEnv` as one secret (`pulumi config set --secret secretEnv '{...}'`), and a region that comes from the environment. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigError, loadConfig } from "../../../infra/config/load";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { ROOT } from "../evaluate";
import { expectClear, GOOD, Trial } from "./stack-trial";

const MARK = "qjx7-secret-value-zk9";
const SECRETS = ["ml-gateway:sshPrivateKey", "ml-gateway:secretEnv"];
const trial = new Trial();
afterAll(() => trial.end());

const load = (secretEnv: string, secretKeys = SECRETS): ReturnType<typeof loadConfig>["config"] => {
  const app = JSON.stringify({ path: "templates/sample-app", requires: ["API_TOKEN"] });
  const others = { "aws:region": "us-east-1", "ml-gateway:sshPrivateKey": placeholderKey(), "ml-gateway:app": app };
  pulumi.runtime.setAllConfig({ ...others, "ml-gateway:secretEnv": secretEnv }, secretKeys);
  return loadConfig(ROOT).config;
};

const problemsOf = (secretEnv: string, secretKeys = SECRETS): readonly string[] => {
  try {
    load(secretEnv, secretKeys);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

beforeAll(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) }, "ml-gateway", "dev"));

test("one secret for all: the names are known, the values stay secret", async () => {
  const { secretEnv, secretEnvNames } = load(JSON.stringify({ API_TOKEN: MARK, PIN: "0123456789" }));
  expect(secretEnvNames).toEqual(["API_TOKEN", "PIN"]);
  expect(await pulumi.isSecret(secretEnv)).toBe(true);
  const values = await new Promise((done) => secretEnv.apply(done));
  expect(values).toEqual({ API_TOKEN: MARK, PIN: "0123456789" });
});

test.each<[string, string, RegExp]>([
  ["a text", MARK, /^ml-gateway:secretEnv: found a single \(secret\) value/],
  ["a list", JSON.stringify([MARK]), /^ml-gateway:secretEnv: found a \(secret\) list/],
  ["without a required one", JSON.stringify({ PIN: MARK }), /^ml-gateway:secretEnv\.API_TOKEN: missing/],
  ["a group in it", JSON.stringify({ API_TOKEN: { a: MARK } }), /^ml-gateway:secretEnv\.API_TOKEN: found a group of keys/],
])("%s as the one secret is refused without showing it", (_, text, expected) => {
  const [first = "", ...more] = problemsOf(text).filter((problem) => problem.startsWith("ml-gateway:secretEnv"));
  expect(first).toMatch(expected);
  expectClear(first, [MARK]);
  expect(more.filter((problem) => problem.includes(MARK))).toEqual([]);
});

test.each([MARK, JSON.stringify([MARK])])(
  "another section that was set as one secret, with a wrong kind in it, is not shown either",
  (text) => {
    pulumi.runtime.setAllConfig({ "aws:region": "us-east-1", "ml-gateway:python": text }, ["ml-gateway:python"]);
    const read = (): unknown => loadConfig(ROOT);
    expect(read).toThrow(/ml-gateway:python: found a (single \(secret\) value|\(secret\) list); write/);
    expect(read).not.toThrow(MARK);
  },
);

test("in plain text it is refused", () => {
  const [first = ""] = problemsOf(JSON.stringify({ API_TOKEN: MARK }), ["ml-gateway:sshPrivateKey"]);
  expect(first).toMatch(/^ml-gateway:secretEnv: stored in plain text/);
  expect(first).not.toContain(MARK);
});

test("encrypted as a whole in the stack's file it cannot be read offline, and is no mistake", async () => {
  expect(await trial.problems(`${GOOD}  ml-gateway:secretEnv: { secure: AAABAJ }\n`, { whole: false })).toEqual([]);
});

describe("AWS_REGION and AWS_DEFAULT_REGION", () => {
  const before = process.env;
  beforeEach(() => (process.env = { ...before }));
  afterEach(() => (process.env = before));
  const without = GOOD.replace(/ {2}aws:region: .*\n/, "");

  test.each(["us-east1", "eu-central-1a", "EU-CENTRAL-1", "Frankfurt", " ", "https://eu-central-1"])(
    "%j is refused by the variable's name",
    async (region) => {
      process.env.AWS_REGION = region;
      const problems = await trial.problems(without, { whole: false });
      expect(problems).toEqual([expect.stringMatching(/^AWS_REGION \(environment\): /)]);
      expectClear(problems[0]?.replace(/^AWS_REGION \(environment\)/, "AWS_REGION") ?? "");
    },
  );

  test("the second one, where the first says nothing", async () => {
    process.env.AWS_REGION = "";
    process.env.AWS_DEFAULT_REGION = "Frankfurt";
    expect(await trial.problems(without, { whole: false })).toEqual([expect.stringMatching(/^AWS_DEFAULT_REGION \(environment\): /)]);
    process.env.AWS_REGION = "eu-west-1";
    expect(await trial.problems(without, { whole: false })).toEqual([]);
  });

  test("the stack's file comes first", async () => {
    process.env.AWS_REGION = "Frankfurt";
    expect(await trial.problems(GOOD, { whole: false })).toEqual([]);
  });
});
