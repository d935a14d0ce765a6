/** What a person is told when the authority issues nothing: the advice of templates/steps/acme.sh for the words of authorities and of certbot. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WEBROOT } from "../../../infra/release/tls";
import { lacking, unless } from "../../needs";

const SCRIPT = ["acme", "acme-dns"].map((name) => readFileSync(join(__dirname, `../../../templates/steps/${name}.sh`), "utf8")).join("\n");
const functionOf = (name: string): string =>
  new RegExp(`^${name}\\(\\) \\{\\n[\\s\\S]*?^\\}\\n`, "m").exec(SCRIPT)?.[0] ?? `${name}() { false; }\n`;

function told(words: string, zone = ""): string {
  const stage = mkdtempSync(join(tmpdir(), "acme-"));
  try {
    writeFileSync(join(stage, "words"), words);
    const program = `set -eu
STAGE=${stage} ZONE=${zone} NAME=ml.your-company.com DIRECTORY=https://ca.your-company.com/dir
public_address() { printf 203.0.113.10; }
${functionOf("said")}${functionOf("advice")}${functionOf("advice_dns")}
printf '%s. %s' "$(said)" "$(advice)"`;
    return execFileSync("bash", ["-c", program], { encoding: "utf8" });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

const failed = (type: string, detail: string): string => `Saving debug log to /var/log/letsencrypt/letsencrypt.log
Requesting a certificate for ml.your-company.com

Certbot failed to authenticate some domains (authenticator: webroot). The Certificate Authority reported these problems:
  Domain: ml.your-company.com
  Type:   ${type}
  Detail: ${detail}

Some challenges have failed.
Ask for help or search for solutions at https://community.letsencrypt.org.
`;
const answered = (type: string, detail: string): string =>
  `An unexpected error occurred:\nAttributeError: can't set attribute\nanswer type urn:ietf:params:acme:error:${type}\nanswer detail ${detail}\n`;

unless(lacking("bash")).each<[string, string, RegExp]>([
  [
    "no record",
    failed("dns", "DNS problem: NXDOMAIN looking up A for ml.your-company.com - check that a DNS record exists for this domain"),
    /^DNS problem: NXDOMAIN .*\. Let an A record of ml\.your-company\.com lead to 203\.0\.113\.10/,
  ],
  [
    "a firewall",
    failed(
      "connection",
      "203.0.113.10: Fetching http://ml.your-company.com/.well-known/acme-challenge/x: Timeout during connect (likely firewall problem)",
    ),
    /port 80, from everywhere: does the name lead to 203\.0\.113\.10/,
  ],
  [
    "another host",
    failed("unauthorized", "198.51.100.9: Invalid response from http://ml.your-company.com/.well-known/acme-challenge/x: 404"),
    /and to nothing else \(also by AAAA\)/,
  ],
  ["CAA", failed("caa", "CAA record for ml.your-company.com prevents issuance"), /A CAA record of the domain names other authorities/],
  [
    "a limit",
    answered(
      "rateLimited",
      "too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2026-11-29",
    ),
    /^too many certificates .*2026-11-29\. That limit passes/,
  ],
  [
    "a name that is refused",
    answered(
      "rejectedIdentifier",
      "The ACME server refuses to issue a certificate for this domain name, because it is forbidden by policy",
    ),
    /It issues none for such a name/,
  ],
  [
    "an account that is wanted",
    answered("externalAccountRequired", "No external account binding"),
    /tls\.acme\.eabKeyId and tls\.eabHmacKey/,
  ],
  [
    "an address that is refused",
    answered("invalidContact", "contact email has invalid domain"),
    /address of your own in ml-gateway:tls\.acme\.email/,
  ],
  [
    "a wrong clock",
    "requests.exceptions.SSLError: certificate verify failed: certificate is not yet valid (_ssl.c:997)\n",
    /its clock says \d{4}-.*timedatectl/,
  ],
  [
    "no way to the authority",
    "An unexpected error occurred:\nValueError: Requesting ca.your-company.com/dir: Connection refused\n",
    /Does this host reach the authority on port 443/,
  ],
  [
    "anything else",
    "An unexpected error occurred:\nOSError: [Errno 28] No space left on device\n",
    /^OSError: .*No space left on device\. The whole of it is in \/var\/log/,
  ],
  ["nothing", "", /^certbot ended without a word\. /],
])("%s", (_, words, expected) => {
  expect(told(words)).toMatch(expected);
});

unless(lacking("bash")).each<[string, string, RegExp]>([
  [
    "the authority sees no record",
    failed("dns", "DNS problem: NXDOMAIN looking up TXT for _acme-challenge.ml.your-company.com - check that a DNS record exists"),
    /^DNS problem: NXDOMAIN .*The record was made in the hosted zone Z1, and .*dig \+short NS.*get-hosted-zone --id Z1/,
  ],
  [
    "the authority sees another one",
    failed("unauthorized", 'Incorrect TXT record "x" found at _acme-challenge.ml.your-company.com'),
    /The record was made in the hosted zone Z1/,
  ],
  [
    "the record was not made",
    `Hook '--manual-auth-hook' for ml.your-company.com reported error code 1\nHook '--manual-auth-hook' for ml.your-company.com ran with error output:\n first; again in 2 s\n Route 53 answered Throttling: x\n${failed("dns", "No TXT record found at _acme-challenge.ml.your-company.com")}`,
    /The record was not made: Route 53 answered Throttling: x\. Run again/,
  ],
  ["a limit", answered("rateLimited", "too many certificates (5) already issued"), /That limit passes/],
])("by a record: %s", (_, words, expected) => {
  expect(told(words, "Z1")).toMatch(expected);
});

test("the folder of the authority's questions is the one that prepare makes", () => {
  expect(readFileSync(join(__dirname, "../../../templates/steps/prepare.sh"), "utf8")).toContain(` ${WEBROOT}\n`);
});
