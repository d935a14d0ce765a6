/** A certificate that the gateway gets by itself: the first one, one that fails, its renewal, and what clients notice of all that. */
import { startAuthority, authorityLacking, type Authority } from "../acme";
import { controlZone } from "../inside";
import type { Lab } from "../lab";
import type { OutsideReply } from "../outside";
import { sleep } from "../process";
import { configFile, failure, type Config } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { askHttps, DOMAIN, tlsOutside, underRequests } from "./https";
import { upOnce } from "./operator";

/** A client as browsers are: it goes where it is sent. Slow enough for the limit of an address. */
async function follow(lab: Lab, address: string, root: string): Promise<OutsideReply> {
  await sleep(100);
  const reply = await lab.fetchFromOutside(`http://${address}/health`, { headers: { host: DOMAIN } });
  if (reply.status !== 308) return reply;
  expect(reply.headers.location === `https://${DOMAIN}/health`, `sent to ${String(reply.headers.location)}`);
  return askHttps(lab, address, root);
}

async function presented(lab: Lab, address: string, root: string): Promise<string> {
  const tls = await tlsOutside(lab, address, { ca: root });
  const { fingerprint256 } = tls.getPeerCertificate();
  tls.destroy();
  return fingerprint256;
}

const ZONE = "Z0123456789ABCDEF";
const section = ({ directory }: Authority, more: object = {}, challenge = "http"): Config => ({
  domain: DOMAIN,
  dns: { zone: ZONE },
  tls: { acme: { email: "operations@your-company.com", agreeToTerms: true, directory, challenge }, hstsSeconds: 300, ...more },
});

/** Brings what the gateway changes in the zone to the authority's names, as Route 53 does, while `work` runs. @returns the changes */
async function published(lab: Lab, authority: Authority, work: () => Promise<unknown>): Promise<string[]> {
  let [done, ended] = [(await controlZone(lab.name)).length, false];
  const first = done;
  const publish = async (): Promise<void> => {
    while (!ended) {
      for (const { action, name, value } of (await controlZone(lab.name)).slice(done)) {
        await authority.record(name, action === "UPSERT" ? value : undefined);
        await controlZone(lab.name, [String((done += 1))]);
      }
      await sleep(200);
    }
  };
  const publishing = publish();
  await work().finally(() => (ended = true));
  await publishing;
  return (await controlZone(lab.name)).slice(first).map(({ action, value }) => `${action}${value === "trial" ? " trial" : ""}`);
}

/** A host that no way leads to: without a record of its address, and port 80 of no use to the authority. */
function dnsChecks(lab: () => Lab, gateway: () => string, authority: () => Authority): [string, () => Promise<string>][] {
  const once = (): Promise<OutsideReply> => follow(lab(), gateway(), authority().root);
  const dns = (more: object = {}): Config => section(authority(), more, "dns");
  return [
    [
      "by a record: a role that may not make it is said before the authority is asked",
      async () => {
        await controlZone(lab().name, ["none"]);
        const last = (await failure(lab(), dns(), "gateway-acme")).at(-1) ?? "";
        const said = `role may not change _acme-challenge.${DOMAIN} in the hosted zone ${ZONE}`;
        expect(last.includes(said) && last.includes("The authority was not asked"), last);
        return "";
      },
    ],
    [
      "by a record: no way leads to the gateway, and clients get another certificate without a failed request",
      async () => {
        await authority().leadTo(undefined);
        await controlZone(lab().name, [`${ZONE} _acme-challenge.${DOMAIN}`]);
        const before = await presented(lab(), gateway(), authority().root);
        let answered = 0;
        const changes = await published(lab(), authority(), async () => {
          answered = await underRequests(once, () => upOnce(lab().name, "--config", configFile(lab(), dns())));
        });
        expect(changes.join(", ") === "UPSERT trial, DELETE trial, UPSERT, DELETE", changes.join(", "));
        expect((await presented(lab(), gateway(), authority().root)) !== before, "the certificate of before is presented");
        const reply = await lab().fetchFromOutside(`http://${gateway()}/.well-known/acme-challenge/x`);
        expect(reply.status === 308, `port 80 answers the authority's questions still: HTTP ${reply.status}`);
        return `${answered} requests, 0 failed`;
      },
    ],
    [
      "by a record: the timer's service renews by itself, and the record is gone",
      async () => {
        const before = await presented(lab(), gateway(), authority().root);
        await lab().must("gateway", "sed -i 's/^version/renew_before_expiry = 3000 days\\nversion/' /etc/letsencrypt/renewal/ddos-*.conf");
        const changes = await published(lab(), authority(), () =>
          lab().must("gateway", "systemctl start certbot.service", { timeoutMs: 120_000 }),
        );
        await lab().must("gateway", "sed -i '/^renew_before_expiry/d' /etc/letsencrypt/renewal/ddos-*.conf");
        expect(changes.join(", ") === "UPSERT, DELETE", changes.join(", "));
        expect((await presented(lab(), gateway(), authority().root)) !== before, "the certificate of before is presented still");
        return "";
      },
    ],
    [
      "by port 80 again: the hook and its settings are gone",
      async () => {
        await authority().leadTo(gateway());
        await upOnce(lab().name, "--config", configFile(lab(), section(authority())));
        await lab().must("gateway", "! ls /usr/local/lib/ddos/dns_challenge.py /etc/ddos/acme-dns.conf 2>/dev/null");
        const files = await lab().must("gateway", "ls /etc/letsencrypt/renewal/ddos-*.conf | wc -l");
        expect(files.trim() === "1", `${files.trim()} certificates are renewed`);
        return "";
      },
    ],
  ];
}

/** The files that nobody else may read, and no others beside them. */
async function filesOf(lab: Lab): Promise<string> {
  return lab.must(
    "gateway",
    "stat -Lc '%a %U:%G' /usr/local/lib/ddos/certificate.sh /etc/letsencrypt/renewal-hooks/deploy/ddos /etc/ddos/tls /etc/ddos/tls/current/privkey.pem; ls -d /etc/ddos/tls/*-*/ | wc -l; systemctl is-active certbot.timer; systemctl is-enabled certbot.timer",
  );
}

export function acmeChecks(lab: () => Lab, gateway: () => string): Check[] {
  let found: Authority | undefined;
  let lacking: string | undefined;
  const authority = (): Authority => {
    if (found === undefined) throw new Error("there is no authority");
    return found;
  };
  const check = (name: string, run: () => Promise<string>): Check => ({ name: `ACME: ${name}`, run: async () => lacking ?? (await run()) });
  const once = (): Promise<OutsideReply> => follow(lab(), gateway(), authority().root);
  return [
    {
      name: "ACME: an authority of the test's own",
      run: async () => {
        lacking = await authorityLacking();
        if (lacking !== undefined) return lacking;
        found = await startAuthority(lab());
        return undefined;
      },
    },
    check("a name that leads nowhere is said, and port 80 serves on without TLS", async () => {
      let last = "";
      const answered = await underRequests(once, async () => {
        last = (await failure(lab(), section(authority()), "gateway-acme")).at(-1) ?? "";
      });
      expect(last.includes(`Let an A record of ${DOMAIN} lead to ${gateway()}`) && last.includes("Port 80 goes on as before"), last);
      return `${answered} requests, 0 failed`;
    }),
    check("run again, it gets the certificate, and clients are sent to it without a failed request", async () => {
      await authority().leadTo(gateway());
      const answered = await underRequests(once, () => upOnce(lab().name, "--config", configFile(lab(), section(authority()))));
      const reply = await lab().fetchFromOutside(`http://${gateway()}/predict?a=b`);
      const sent = String(reply.headers.location);
      expect(reply.status === 308 && sent === `https://${DOMAIN}/predict?a=b`, `HTTP ${reply.status} ${sent}`);
      const { headers } = await askHttps(lab(), gateway(), authority().root);
      expect(headers["strict-transport-security"] === "max-age=300", `HSTS is ${String(headers["strict-transport-security"])}`);
      expect(reply.headers["strict-transport-security"] === undefined, "HSTS is said without TLS");
      return `${answered} requests, 0 failed`;
    }),
    check("a renewal by the timer's service is presented without a failed request, and the key before is gone", async () => {
      const before = await presented(lab(), gateway(), authority().root);
      // As if its time had come: what the timer starts decides by the date in the certificate.
      await lab().must(
        "gateway",
        "sed -i 's/^# renew_before_expiry.*/renew_before_expiry = 3000 days/' /etc/letsencrypt/renewal/ddos-*.conf",
      );
      const answered = await underRequests(once, () => lab().must("gateway", "systemctl start certbot.service", { timeoutMs: 120_000 }));
      await lab().must("gateway", "sed -i '/^renew_before_expiry/d' /etc/letsencrypt/renewal/ddos-*.conf");
      expect((await presented(lab(), gateway(), authority().root)) !== before, "the certificate of before is presented still");
      const files = (await filesOf(lab())).trim().split("\n").join(" ");
      expect(files === "700 root:root 700 root:root 700 root:root 600 root:root 1 active enabled", files);
      return `${answered} requests, 0 failed`;
    }),
    check("a renewal that fails keeps the certificate, and verify names it", async () => {
      const before = await presented(lab(), gateway(), authority().root);
      await authority().leadTo(undefined);
      await lab().must(
        "gateway",
        "sed -i 's/^version/renew_before_expiry = 3000 days\\nversion/' /etc/letsencrypt/renewal/ddos-*.conf; ! systemctl start certbot.service; systemctl disable -q --now certbot.timer",
        { timeoutMs: 120_000 },
      );
      const printed = await failure(lab(), { ...section(authority(), { hstsSeconds: 301 }) }, "gateway-verify");
      const text = printed.join("\n");
      expect(/last renewal \(certbot\.service\)/.test(text) && /certbot\.timer/.test(text), text);
      expect((await presented(lab(), gateway(), authority().root)) === before, "another certificate is presented");
      await authority().leadTo(gateway());
      await lab().must(
        "gateway",
        "sed -i '/^renew_before_expiry/d' /etc/letsencrypt/renewal/ddos-*.conf; systemctl enable -q --now certbot.timer; systemctl start certbot.service",
        { timeoutMs: 120_000 },
      );
      return "";
    }),
    ...dnsChecks(lab, gateway, authority).map(([name, run]) => check(name, run)),
  ];
}
