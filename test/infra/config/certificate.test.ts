/** The certificate of one's own: what is refused at preview, and that no message shows the key. */
import { certificateText, checkCertificate, keyText } from "../../../infra/config/certificate";
import { certificate as byOpenssl, EC, type Made } from "../../certificates";
import { lacking, unless } from "../../needs";
import { expectClear } from "./stack-trial";

/** The certificates below are made now, and are valid from then on. */
const NOW = new Date(Date.now() + 3_600_000);
const inDays = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);
const DOMAIN = "ml.example.org";

const openssl = lacking("openssl");
const withOpenssl = unless(openssl);
/** Nothing where there is no openssl: no test looks at it there. */
const certificate = (...made: Parameters<typeof byOpenssl>): Made =>
  openssl === undefined ? byOpenssl(...made) : { certificate: "", key: "" };

const root = certificate("Example Root", { authority: true, days: 3650 });
const middle = certificate("Example Issuing", { authority: true, issuer: root, days: 1800 });
const own = certificate(DOMAIN, { issuer: middle, names: [DOMAIN] });
const CHAIN = own.certificate + middle.certificate;

type Tls = Readonly<{ certificate?: string; privateKey?: string }>;
const check = (
  tls: Tls,
  {
    domain = DOMAIN,
    now = NOW,
    refused = [] as readonly string[],
  }: { domain?: string | null; now?: Date; refused?: readonly string[] } = {},
) => checkCertificate({ project: "p", region: "", sections: { tls, ...(domain === null ? {} : { domain }) }, refused }, now);
const pair = ({ certificate: text, key }: Made, chain = ""): Tls => ({ certificate: text + chain, privateKey: key });

withOpenssl("a whole chain with its key is taken, with or without the root, with CRLF and with text between", () => {
  const good = [CHAIN, CHAIN + root.certificate, CHAIN.replaceAll("\n", "\r\n"), `subject=CN = x\n${CHAIN}\n# end\n`];
  for (const text of good) expect(check({ certificate: text, privateKey: own.key })).toEqual({ problems: [], notices: [] });
  expect(certificateText(`before\r\n${CHAIN.replaceAll("\n", "\r\n")}`)).toBe(CHAIN);
  expect(keyText(own.key.replaceAll("\n", "\r\n"))).toBe(own.key);
});

withOpenssl("a wildcard covers one label, and without anything nothing is said", () => {
  const wildcard = certificate("any", { issuer: middle, names: ["*.example.org"] });
  expect(check(pair(wildcard, middle.certificate)).problems).toEqual([]);
  expect(check(pair(wildcard, middle.certificate), { domain: "a.ml.example.org" }).problems).toHaveLength(1);
  expect(check({}, { domain: null })).toEqual({ problems: [], notices: [] });
});

const rsa = (bits: number): string[] => ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${bits}`];
withOpenssl.each<[string, () => ReturnType<typeof check>, RegExp]>([
  [
    "another key",
    () => check({ certificate: CHAIN, privateKey: middle.key }),
    /tls\.privateKey: is not the key of the certificate of ml\.example\.org/,
  ],
  [
    "a key with a passphrase",
    () => check({ certificate: CHAIN, privateKey: own.key.replaceAll("PRIVATE", "ENCRYPTED PRIVATE") }),
    /has a passphrase/,
  ],
  ["a key that is none", () => check({ certificate: CHAIN, privateKey: "abc" }), /is no private key in PEM form/],
  ["a key in the certificate", () => check({ certificate: CHAIN + own.key, privateKey: own.key }), /tls\.certificate: holds a private key/],
  [
    "the chain upside down",
    () => check({ certificate: middle.certificate + own.certificate, privateKey: own.key }),
    /begins with Example Issuing, which is an authority's/,
  ],
  [
    "a link that is missing",
    () => check({ certificate: own.certificate + root.certificate, privateKey: own.key }),
    /its number 2, Example Root, did not issue number 1, ml\.example\.org/,
  ],
  [
    "a certificate cut off",
    () => check({ certificate: CHAIN.replace(/.{64}\n/, ""), privateKey: own.key }),
    /number 1 is damaged or cut off/,
  ],
  ["no certificate", () => check({ certificate: "x", privateKey: own.key }), /holds no certificate in PEM form/],
  [
    "another name",
    () => check({ certificate: CHAIN, privateKey: own.key }, { domain: "www.example.org" }),
    /is for ml\.example\.org, and not for www\.example\.org/,
  ],
  ["a common name alone", () => check(pair(certificate(DOMAIN, { issuer: middle }), middle.certificate)), /is for no name, and not for ml/],
  [
    "one that ended",
    () => check({ certificate: CHAIN, privateKey: own.key }, { now: inDays(366) }),
    /its number 1, ml\.example\.org, ended on \d{4}-/,
  ],
  [
    "one that has not begun",
    () => check({ certificate: CHAIN, privateKey: own.key }, { now: inDays(-2) }),
    /is valid from \d{4}-.* on only/,
  ],
  [
    "a short key",
    () => check(pair(certificate(DOMAIN, { issuer: middle, names: [DOMAIN], kind: rsa(1024) }), middle.certificate)),
    /RSA key of 1024 bits/,
  ],
  [
    "an Ed25519 key",
    () => check(pair(certificate(DOMAIN, { issuer: middle, names: [DOMAIN], kind: ["-algorithm", "ED25519"] }), middle.certificate)),
    /kind ed25519/,
  ],
  [
    "must-staple",
    () =>
      check(
        pair(certificate(DOMAIN, { issuer: middle, names: [DOMAIN], kind: EC, more: ["tlsfeature=status_request"] }), middle.certificate),
      ),
    /must-staple/,
  ],
  ["no key", () => check({ certificate: CHAIN }), /tls\.privateKey: missing.*--secret --path 'p:tls\.privateKey'/],
  ["no certificate beside the key", () => check({ privateKey: own.key }), /tls\.certificate: missing/],
  ["no domain", () => check({ certificate: CHAIN, privateKey: own.key }, { domain: null }), /^p:domain: missing/],
])("%s is refused", (_, run, expected) => {
  const { problems, notices } = run();
  expect(notices).toEqual([]);
  for (const problem of problems) {
    expectClear(problem, own.key.split("\n").slice(1, 3));
  }
  expect(problems.filter((problem) => expected.test(problem))).toHaveLength(1);
  expect(problems).toHaveLength(1);
});

withOpenssl("domain alone is one mistake, which names both ways; what was refused already is not said again", () => {
  expect(check({}).problems).toEqual([
    expect.stringMatching(/^p:tls: has no certificate, .*tls\.acme.* 'p:tls\.certificate' < .* 'p:tls\.privateKey' < /),
  ]);
  expect(check({}, { refused: ["tls.certificate", "tls.privateKey"] }).problems).toEqual([]);
});

withOpenssl("what works, but not for long or not for everybody, is a notice", () => {
  expect(check({ certificate: CHAIN, privateKey: own.key }, { now: inDays(340) }).notices).toEqual([
    expect.stringMatching(/ends on .*, in 2[45] days; renew/),
  ]);
  expect(check(pair(own)).notices).toEqual([expect.stringMatching(/has no certificate of its issuer \(CN=Example Issuing\)/)]);
  expect(check(pair(certificate(DOMAIN, { names: [DOMAIN] }))).notices).toEqual([expect.stringMatching(/is signed by itself/)]);
});
