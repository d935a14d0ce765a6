/** The certificate of ACM that a stack names (`tls.acm`): whether clients would take it, as ACM shows it to whoever may ask. */
import { daysLeft, REMIND_DAYS } from "../config/certificate";
import type { StackConfig } from "../config/types";
import { isGroup } from "../config/values";
import { named, type Line } from "./line";
import { jsonOf } from "./machine";
import type { Surroundings } from "./surroundings";

const CHECK = "certificate";

/** Of what `aws acm describe-certificate` prints. */
interface Certificate {
  readonly Status?: unknown;
  readonly Type?: unknown;
  readonly DomainName?: unknown;
  readonly SubjectAlternativeNames?: unknown;
  readonly NotAfter?: unknown;
}

/** Nothing for a certificate that the program asks for itself. */
export async function certificateLines(config: StackConfig | undefined, { run, now }: Surroundings): Promise<Line[]> {
  const { acm, domain } = config?.https ?? {};
  if (config === undefined || domain === undefined || acm === undefined || acm === "new") return [];
  const { region, profile } = config;
  const args = ["acm", "describe-certificate", "--certificate-arn", acm, "--region", region, "--output", "json"];
  const answer = await jsonOf(() => run("aws", [...args, ...(profile === undefined ? [] : ["--profile", profile])]));
  const found = isGroup(answer) ? answer.Certificate : undefined;
  return [isGroup(found) ? judged(found, { acm, domain, now: now() }) : notAsked(acm)];
}

const notAsked = (acm: string): Line =>
  named(CHECK).unknown(
    `${acm} (tls.acm) could not be asked for: it needs the AWS CLI, credentials, and acm:DescribeCertificate. Whether it is there, issued, of the name and not ended is not known here`,
    `aws acm describe-certificate --certificate-arn ${acm}`,
  );

interface Wanted {
  readonly acm: string;
  readonly domain: string;
  readonly now: Date;
}

function judged(found: Certificate, { acm, domain, now }: Wanted): Line {
  const line = named(CHECK);
  const place = `${acm} (tls.acm)`;
  const other = "name another, or write new and give dns.zone";
  const names = [found.DomainName, ...(Array.isArray(found.SubjectAlternativeNames) ? (found.SubjectAlternativeNames as unknown[]) : [])];
  const texts = [...new Set(names.filter((one): one is string => typeof one === "string"))];
  const end = timeOf(found.NotAfter);
  if (found.Status !== "ISSUED")
    return line.bad(
      `${place} is ${String(found.Status)} and not ISSUED, and a load balancer takes no other; see that it is issued, or ${other}`,
    );
  if (!texts.some((name) => covers(name, domain)))
    return line.bad(`${place} is for ${texts.join(", ")} and not for ${domain} (domain), so that clients would refuse it; ${other}`);
  if (end === undefined) return line.unknown(`${place} is for ${domain}; ACM says no end that can be read`);
  const days = daysLeft(end, now);
  const day = end.toISOString().slice(0, 10);
  if (days < 0) return line.bad(`${place} ended on ${day}, so that clients refuse it; ${other}`);
  const own = found.Type === "AMAZON_ISSUED";
  // ACM begins to renew its own 60 days before ("Managed certificate renewal" of its guide).
  if (days >= REMIND_DAYS)
    return line.good(
      `${place} is for ${domain}, until ${day}; ${own ? "ACM renews it while it is in use and its name proven" : "ACM does not renew it"}`,
    );
  const what = own
    ? "ACM has not renewed it: it does that for what is in use and whose name is proven; see that both are so"
    : "ACM does not renew it; import its successor under the same ARN";
  return line.bad(`${place} ends on ${day}, in ${days} days, and ${what}, or ${other}`);
}

/** Version 2 of the AWS CLI prints ISO 8601, version 1 seconds since 1970. */
function timeOf(given: unknown): Date | undefined {
  const time = typeof given === "number" ? new Date(given * 1000) : typeof given === "string" ? new Date(given) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? undefined : time;
}

/** A star stands for one label (RFC 6125). */
function covers(name: string, domain: string): boolean {
  const [own, wanted] = [name.toLowerCase(), domain.toLowerCase()];
  return own === wanted || (own.startsWith("*.") && wanted.includes(".") && own.slice(2) === wanted.slice(wanted.indexOf(".") + 1));
}
