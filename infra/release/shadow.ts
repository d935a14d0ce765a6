/**
 * Copies of live requests for a candidate, before the switch: which requests, what nginx has to do for it, and what the step is told
 * (templates/steps/release-shadow.sh, shadow.py). Pure.
 */
import { readTemplate, renderTemplate } from "./templates";
import type { HttpLimits, Shadow } from "./types";

/** Each of the two releases is waited for that long at most, seconds. */
const LONGEST_ANSWER = 10;
/** For the reloads of nginx before and after it, and for a comparer that does not end. */
const AROUND = 90;

/** Methods that ask a model. Others are there to change something, and a copy would do it twice. */
export const SHADOW_METHODS = ["GET", "HEAD", "POST"] as const;

/** `METHOD /path` of a request that may have a query. */
export const requestName = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method} ${path.split("?", 1)[0] ?? path}`;

/** Lines of the release step's input. No part of a release: asking more or less makes no other one. */
export function shadowLines(
  shadow: Shadow | undefined,
  { timeoutSeconds }: HttpLimits,
): (readonly [key: string, value: string | number])[] {
  if (shadow === undefined) return [];
  return [
    ["shadowSeconds", shadow.seconds],
    ["shadowPercent", shadow.percent],
    ["shadowMinRequests", shadow.minRequests],
    ["shadowMaxRequests", shadow.maxRequests],
    ["shadowBodyBytes", bodyBytes(shadow)],
    ["shadowTolerance", shadow.tolerance],
    ["shadowTimeout", Math.min(timeoutSeconds, LONGEST_ANSWER)],
    ...(shadow.minAgreement === undefined ? [] : [["shadowMinAgreement", shadow.minAgreement] as const]),
    ...shadow.requests.map((request) => ["shadowRequest", request] as const),
    ...shadow.ignore.map((key) => ["shadowIgnore", key] as const),
  ];
}

/** What the step finds beside its script. */
export function shadowFiles(shadow: Shadow | undefined): { readonly name: string; readonly content: string }[] {
  if (shadow === undefined) return [];
  const programs = ["shadow.py", "shadow_ask.py", "shadow_site.py"].map((name) => ({ name, content: readTemplate(`steps/${name}`) }));
  return [...programs, { name: "shadow.conf", content: renderShadow(shadow) }];
}

export const shadowSeconds = (shadow: Shadow | undefined): number => (shadow === undefined ? 0 : shadow.seconds + AROUND);

const bodyBytes = ({ bodyKiB }: Shadow): number => bodyKiB * 1024;

export function renderShadow(shadow: Shadow): string {
  const name = "shadow.nginx.mustache";
  return renderTemplate(name, readTemplate(name), {
    requests: shadow.requests.map((request) => {
      const [method = "", path = ""] = request.split(" ");
      return { method, pattern: path.replace(/[.+]/g, "\\$&") };
    }),
    percent: shadow.percent,
    bodyBytes: bodyBytes(shadow),
    sizePattern: upTo(bodyBytes(shadow)),
  });
}

/** A pattern for the whole numbers from 0 to the limit, since nginx compares texts only. */
export function upTo(limit: number): string {
  const digits = String(limit);
  const shorter = digits.length > 1 ? [`[0-9]{1,${digits.length - 1}}`] : [];
  const same = [...digits].flatMap((digit, at) => {
    const rest = digits.length - at - 1;
    const top = Number(digit) - 1;
    return top < (at === 0 ? 1 : 0)
      ? []
      : [`${digits.slice(0, at)}[${at === 0 && rest > 0 ? 1 : 0}-${top}]${rest > 0 ? `[0-9]{${rest}}` : ""}`];
  });
  return [...shorter, ...same, digits].join("|");
}

/** For the preview: what the release step will do. */
export function shadowSentence({ requests, percent, bodyKiB, seconds, maxRequests, minAgreement }: Shadow): string {
  const what = `${percent} % of ${requests.join(", ")} with at most ${bodyKiB} KiB, for ${seconds} s or until ${maxRequests} are compared`;
  const then = minAgreement === undefined ? "the answers are reported" : `fewer than ${minAgreement * 100} % that agree refuse it`;
  return `before a release serves, nginx copies live requests to it: ${what}; ${then}`;
}
