/** The package index of one's own: what is refused, and that no message shows a password. */
import { expectClear, GOOD, Trial } from "./stack-trial";

const MARK = "qjx7-secret-value-zk9";
const trial = new Trial();
afterAll(() => trial.end());

const python = (keys: object, more = ""): string => `${GOOD}  ml-gateway:python: ${JSON.stringify(keys)}\n${more}`;
const INDEX = "https://packages.example.com/simple";

test.each<[string, object, RegExp, string?]>([
  [
    "a password in the address",
    { index: `https://reader:${MARK}@packages.example.com/simple` },
    /^ml-gateway:python\.index: holds a user or a password/,
  ],
  [
    "a token in the address",
    { index: `https://${MARK}@packages.example.com/simple` },
    /^ml-gateway:python\.index: holds a user or a password/,
  ],
  [
    "a password without TLS",
    { index: `http://reader:${MARK}@packages.example.com/simple` },
    /^ml-gateway:python\.index: holds a user or a password/,
  ],
  [
    "a password without a scheme",
    { index: `reader:${MARK}@packages.example.com/simple` },
    /^ml-gateway:python\.index: holds a user or a password/,
  ],
  [
    "an address without TLS",
    { index: "http://packages.example.com/simple" },
    /^ml-gateway:python\.index: found "http:.* unprotected; write https/,
  ],
  ["a name", { index: "packages.example.com" }, /^ml-gateway:python\.index: found "packages\.example\.com", which is no https/],
  ["a blank", { index: `${INDEX} ` }, /^ml-gateway:python\.index: found .* which is no https/],
  ["nothing", { index: "" }, /^ml-gateway:python\.index: found an empty text, which is no https/],
  ["a token in the query", { index: `${INDEX}?token=${MARK}` }, /^ml-gateway:python\.index: has something behind \? or #/],
  ["another port", { index: "https://packages.example.com:8443/simple" }, /^ml-gateway:python\.index: found port 8443/],
  ["a user without a password", { index: INDEX, indexUser: "reader" }, /^ml-gateway:python\.indexPassword: missing/],
  ["a user without an index", { indexUser: "reader" }, /^ml-gateway:python\.indexUser: belongs to an index/],
  [
    "a password in plain text",
    { index: INDEX, indexUser: "reader", indexPassword: MARK },
    /^ml-gateway:python\.indexPassword: stored in plain text.*--secret --path 'ml-gateway:python\.indexPassword'\)/,
  ],
  [
    "a wheelhouse too",
    { index: INDEX, wheelhouse: { uri: "s3://wheels/w.tar.gz", sha256: "0".repeat(64) } },
    /^ml-gateway:python\.index: python\.wheelhouse is given too/,
  ],
])("%s", async (_, keys, expected) => {
  const problems = await trial.problems(python(keys));
  for (const problem of problems) expectClear(problem, [MARK]);
  expect(problems).toEqual([expect.stringMatching(expected)]);
});

test("without a way out there is no index to reach", async () => {
  const closed = `  ml-gateway:network: { egress: none }\n  ml-gateway:backend: { ami: ami-0123456789abcdef0 }\n`;
  const problems = await trial.problems(python({ index: INDEX }, closed));
  expect(problems).toContainEqual(expect.stringMatching(/^ml-gateway:python\.index: network\.egress is none/));
});

test.each([
  ["an index", { index: INDEX }],
  ["an index with a login", { index: INDEX, indexUser: "reader", indexPassword: { secure: "AAABAJ" } }],
])("%s is right", async (_, keys) => {
  expect(await trial.problems(python(keys))).toEqual([]);
});
