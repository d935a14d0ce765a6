/** A certificate that the gateway gets by itself: what is known to fail is refused at preview, each mistake once, and no message shows the key. */
import { acme, acmeNotices, dns } from "../../../infra/config/acme-rules";
import { checkCertificate } from "../../../infra/config/certificate";
import { parseSections } from "../../../infra/config/structure";
import { LETS_ENCRYPT } from "../../../infra/external-names";
import { expectClear } from "./stack-trial";

const MARK = "secretsecretmarker";
const NAME = "ml.your-company.com";
const ASKED = { email: "operations@your-company.com", agreeToTerms: true };
const OWN = "https://ca.internal.your-company.com/acme/directory";

type Sections = Readonly<Record<string, unknown>>;
const BASE = { domain: NAME, tls: { acme: ASKED }, gateway: { elasticIp: true } };

/** As the stack's file would be read: structure first, then the rules. */
function read(sections: Sections, region = "us-east-1") {
  const values = Object.fromEntries(
    Object.entries({ app: {}, ...sections }).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  const parsed = parseSections({ project: "p", values, secretKeys: new Set(["tls", "gateway"]) });
  return { context: { project: "p", region, sections: parsed.sections, refused: parsed.refused }, problems: parsed.problems };
}
function problems(sections: Sections, region?: string): string[] {
  const { context, problems: own } = read(sections, region);
  const certificate = checkCertificate(context, new Date()).problems;
  return [...own, ...certificate, ...acme(context), ...dns(context)].filter((one) => !one.startsWith("p:app: missing"));
}
const tls = (more: object, beside: object = {}): Sections => ({ ...BASE, tls: { acme: { ...ASKED, ...more }, ...beside } });

test("with an address that stays, with a zone, and with an authority of one's own for a private name", () => {
  expect(problems(BASE)).toEqual([]);
  expect(problems({ ...BASE, gateway: {}, dns: { zone: "Z0123456789ABCDEF" } })).toEqual([]);
  expect(problems({ ...tls({ directory: OWN }), domain: "ml.corp.internal" })).toEqual([]);
  expect(problems(tls({ eabKeyId: "kid-1" }, { eabHmacKey: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W" }))).toEqual(
    [],
  );
  expect(problems({ ...tls({ challenge: "dns" }), gateway: {}, dns: { zone: "Z0123456789ABCDEF" } })).toEqual([]);
  expect(problems({})).toEqual([]);
  expect((read(BASE).context.sections.tls as typeof BASE.tls).acme).toMatchObject({ directory: LETS_ENCRYPT.production });
});

test.each<[string, Sections, RegExp]>([
  ["no name", { ...BASE, domain: undefined }, /^p:domain: missing, and tls\.acme/],
  ["a wildcard", { ...BASE, domain: "*.your-company.com" }, /^p:domain: /],
  ["a name of examples", { ...BASE, domain: "ml.example.org" }, /^p:domain: found ml\.example\.org, a name that is kept/],
  ["a private name", { ...BASE, domain: "gateway.corp.local" }, /^p:domain: .*no public authority/],
  ["a name of AWS", { ...BASE, domain: "ec2-203-0-113-1.compute-1.amazonaws.com" }, /^p:domain: .*a name of AWS/],
  ["an address that changes", { ...BASE, gateway: {} }, /^p:gateway\.elasticIp: is false/],
  ["a zone without a name", { dns: { zone: "Z0123456789ABCDEF" } }, /^p:dns\.zone: is given, and domain is not/],
  ["a zone's name for its id", { ...BASE, dns: { zone: "your-company.com" } }, /^p:dns\.zone: /],
  ["no agreement", tls({ agreeToTerms: false }), /^p:tls\.acme\.agreeToTerms: /],
  ["an agreement that is missing", { ...BASE, tls: { acme: { email: ASKED.email } } }, /^p:tls\.acme\.agreeToTerms: missing/],
  ["no address", { ...BASE, tls: { acme: { agreeToTerms: true } } }, /^p:tls\.acme\.email: missing/],
  ["an address that is none", tls({ email: "operations" }), /^p:tls\.acme\.email: /],
  ["an address that would be an option", tls({ email: "--staging@x" }), /^p:tls\.acme\.email: /],
  ["an address of examples", tls({ email: "me@example.com" }), /^p:tls\.acme\.email: found me@example\.com/],
  ["a directory without TLS", tls({ directory: "http://ca.your-company.com/dir" }), /^p:tls\.acme\.directory: /],
  ["a directory with a second line", tls({ directory: `${OWN}\nx=y` }), /^p:tls\.acme\.directory: /],
  ["half of an account", tls({ eabKeyId: "kid-1" }), /^p:tls\.eabHmacKey: missing, .*--secret/],
  ["the other half", tls({}, { eabHmacKey: MARK }), /^p:tls\.acme\.eabKeyId: missing/],
  ["a key that is none", tls({ eabKeyId: "kid-1" }, { eabHmacKey: `${MARK} !` }), /^p:tls\.eabHmacKey: has characters/],
  ["a key without acme", { domain: NAME, tls: { eabHmacKey: MARK, certificate: "x", privateKey: "y" } }, /^p:tls\.eabHmacKey: is given/],
  ["a certificate beside it", tls({}, { certificate: "-----BEGIN CERTIFICATE-----" }), /^p:tls\.acme: is given beside tls\.certificate/],
  [
    "a record without a zone",
    { ...tls({ challenge: "dns" }), gateway: {} },
    /^p:dns\.zone: missing, and tls\.acme\.challenge: dns .*challenge: http/,
  ],
  ["a way that there is not", { ...tls({ challenge: "tls-alpn" }), gateway: {} }, /^p:tls\.acme\.challenge: /],
  ["acme as a text", { ...BASE, tls: { acme: "yes" } }, /^p:tls\.acme: /],
])("%s is refused", (name, sections, expected) => {
  const found = problems(sections).filter((one) => name !== "a key without acme" || /eabHmacKey/.test(one));
  const own = name === "a certificate beside it" ? found.filter((one) => one.startsWith("p:tls.acme")) : found;
  expect(own).toEqual([expect.stringMatching(expected)]);
  for (const one of found) expectClear(one, [MARK]);
});

test("in China and GovCloud there is no public hosted zone", () => {
  for (const region of ["cn-north-1", "us-gov-west-1"])
    expect(problems({ ...BASE, dns: { zone: "Z0123456789ABCDEF" } }, region)).toEqual([expect.stringMatching(/^p:dns\.zone: .*partition/)]);
});

test("a record is made in the partition aws alone", () => {
  const sections = { ...tls({ challenge: "dns" }), dns: { zone: "Z0123456789ABCDEF" } };
  expect(problems(sections, "eusc-de-east-1")).toEqual([
    expect.stringMatching(/^p:tls\.acme\.challenge: is dns, .*eusc-de-east-1; write http/),
  ]);
  expect(problems(sections, "cn-north-1")).toEqual([expect.stringMatching(/^p:dns\.zone: .*partition/)]);
});

test("a preview reminds of the record that is made elsewhere, and of a staging certificate", () => {
  const notices = (sections: Sections): string[] => acmeNotices(read(sections).context);
  expect(notices(BASE)).toEqual([expect.stringMatching(/^p:tls\.acme: .*an A record/)]);
  expect(notices({ ...tls({ challenge: "dns" }), dns: { zone: "Z0123456789ABCDEF" } })).toEqual([]);
  expect(notices({ ...tls({ directory: LETS_ENCRYPT.staging }), dns: { zone: "Z0123456789ABCDEF" } })).toEqual([
    expect.stringMatching(/^p:tls\.acme\.directory: is the staging authority/),
  ]);
  expect(notices({ domain: NAME })).toEqual([]);
});
