/** Keys of the API and CORS: what is refused at preview, and that no message shows a key. */
import { apiKeys, basicAuth, basicAuthNotices, cors } from "../../../infra/config/access-rules";
import { parseSections } from "../../../infra/config/structure";
import { keysText } from "../../../infra/release/access";
import { expectClear } from "./stack-trial";

const KEY = "0123456789abcdef0123456789abcdef";
const OTHER = "fedcba9876543210fedcba9876543210";
const MARK = "secretsecretmarker";

/** As the stack's file would be read: structure first, then the rules. */
function problems(gateway: object): string[] {
  const read = parseSections({ project: "p", values: { gateway: JSON.stringify(gateway), app: "{}" }, secretKeys: new Set(["gateway"]) });
  const context = { project: "p", region: "", sections: read.sections, refused: read.refused };
  return [...read.problems, ...apiKeys(context), ...basicAuth(context), ...cors(context)];
}
const ORIGINS = ["https://app.example.org", "http://localhost:3000"];

test("keys that were drawn and origins that are named are taken", () => {
  expect(problems({ apiKeys: { "client-a": KEY, b: OTHER }, cors: { origins: ORIGINS, credentials: true } })).toEqual([]);
  expect(problems({ cors: { origins: ["*"] } })).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ["a short key", { apiKeys: { a: MARK } }, /^p:gateway\.apiKeys\.a: /],
  ["capital letters", { apiKeys: { a: `${MARK}${KEY}`.toUpperCase() } }, /other characters than small letters/],
  ["a quote", { apiKeys: { a: `${MARK}${KEY}"; ` } }, /other characters than small letters/],
  ["a key that was typed", { apiKeys: { a: "abcabcabcabcabcabcabcabcabcabcabcabc" } }, /made of 3 different characters/],
  ["a short password", { basicAuth: { ops: MARK.slice(3) } }, /^p:gateway\.basicAuth\.ops: /],
  ["a password that was typed", { basicAuth: { ops: "aaaabbbbaaaabbbb" } }, /basicAuth\.ops: is made of 2 different characters/],
  ["a password with a blank", { basicAuth: { ops: `${MARK} 0123456789` } }, /basicAuth\.ops: has blanks/],
  ["a user with a colon", { basicAuth: { "a:b": `${MARK}0123456789` } }, /the name stands in nginx's file of users/],
  ["the same key twice", { apiKeys: { a: KEY, b: KEY } }, /apiKeys\.b: is the same key as a/],
  ["a name that nginx would read otherwise", { apiKeys: { "a;b": KEY } }, /the name stands in nginx's configuration/],
  [
    "such a name with a key that is not read here",
    { apiKeys: { A: "placeholder:a-is-not-read-offline-0123456789" } },
    /apiKeys\.A: the name stands/,
  ],
  ["a path behind an origin", { cors: { origins: ["https://app.example.org/"] } }, /^p:gateway\.cors\.origins\[0\]: /],
  ["a pattern", { cors: { origins: ["https://*.example.org"] } }, /^p:gateway\.cors\.origins\[0\]: /],
  ["a quote in an origin", { cors: { origins: ['https://a";'] } }, /^p:gateway\.cors\.origins\[0\]: /],
  ["all and some", { cors: { origins: ["*", "https://a.example"] } }, /\* and others/],
  ["cookies for all", { cors: { origins: ["*"], credentials: true } }, /credentials: is true with the origin \*/],
  ["no origin", { cors: {} }, /^p:gateway\.cors\.origins: /],
  ["a method that there is not", { cors: { origins: ORIGINS, methods: ["FETCH"] } }, /methods\[0\]/],
])("%s is refused", (_, gateway, expected) => {
  const found = problems(gateway);
  expect(found).toEqual([expect.stringMatching(expected)]);
  for (const problem of found) expectClear(problem, [MARK, KEY]);
});

test("a password that was drawn is taken, as is one that cannot be read here; without TLS a preview warns", () => {
  expect(problems({ basicAuth: { ops: "q0n2/+xY'\"$b:Z9kLmW=" } })).toEqual([]);
  expect(problems({ basicAuth: { ops: "placeholder:ops-is-not-read-offline" } })).toEqual([]);
  const notices = (sections: object): string[] => basicAuthNotices({ project: "p", sections: { ...sections } });
  expect(notices({ gateway: { basicAuth: { ops: KEY } } })).toEqual([
    expect.stringMatching(/^p:gateway\.basicAuth: passwords go over the network/),
  ]);
  expect(notices({ gateway: { basicAuth: { ops: KEY } }, domain: "ml.your-company.com" })).toEqual([]);
  expect(notices({ gateway: { basicAuth: {} } })).toEqual([]);
});

test("the file of nginx has each key twice, under its name, in the order of the names", () => {
  const text = keysText({ b: OTHER, a: KEY });
  expect(text.match(/"(\w+)" (\w+);/g)).toEqual([`"${KEY}" a;`, `"${OTHER}" b;`, `"${KEY}" a;`, `"${OTHER}" b;`]);
  expect(keysText({ a: KEY, b: OTHER })).toBe(text);
});
