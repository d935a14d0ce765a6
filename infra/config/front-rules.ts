/** A public load balancer in front of the gateway, and its certificate of ACM: what belongs together. Pure. */
import { unissuable } from "./acme-rules";
import { hasExisting, isRefused, type Context } from "./value-rules";
import { isGroup } from "./values";

/** Certificates that the gateway itself would serve. */
const OWN = ["certificate", "privateKey", "acme", "eabHmacKey"] as const;

export function front(context: Context): string[] {
  const { project, sections } = context;
  const wanted = (sections.gateway as { loadBalancer?: unknown } | undefined)?.loadBalancer === true;
  const tls = (isGroup(sections.tls) ? sections.tls : {}) as Readonly<Record<string, unknown>>;
  if (!wanted) {
    if (isRefused(context, "gateway.loadBalancer")) return [];
    return [
      ...unwritten(context),
      ...(tls.acm === undefined
        ? []
        : [
            `${project}:tls.acm: is given, and gateway.loadBalancer is not true, so that no load balancer would serve the certificate; set that to true, or remove it (a gateway without one takes tls.acme, or a certificate as text)`,
          ]),
    ];
  }
  const own = OWN.filter((key) => tls[key] !== undefined).map((key) => `tls.${key}`);
  return [
    ...missing(context, tls),
    ...(own.length === 0
      ? []
      : [
          `${project}:gateway.loadBalancer: is true, and ${own.join(" and ")} ${own.length === 1 ? "is" : "are"} given, which the gateway itself would serve; use tls.acm for the load balancer and remove ${own.length === 1 ? "that" : "those"}, or remove gateway.loadBalancer`,
        ]),
    ...(typeof tls.acm === "string" ? certificate(context, tls.acm) : []),
    ...withoutSubnets(context),
  ];
}

function unwritten({ project, sections }: Context): string[] {
  const { accessLogs } = (sections.gateway ?? {}) as { accessLogs?: unknown };
  return accessLogs === undefined
    ? []
    : [
        `${project}:gateway.accessLogs: is given, and gateway.loadBalancer is not true, so that nothing would write them; set that to true, or remove it (the gateway's own access log is sent by watch.logs)`,
      ];
}

function withoutSubnets(context: Context): string[] {
  const { project, sections } = context;
  const { existing } = (sections.network ?? {}) as { existing?: { balancerSubnets?: unknown } };
  return !hasExisting({ sections }) || existing?.balancerSubnets !== undefined || isRefused(context, "network.existing.balancerSubnets")
    ? []
    : [
        `${project}:network.existing.balancerSubnets: missing, and gateway.loadBalancer is true, which stands in two zones at least, where gatewaySubnetId is one subnet; name two public subnets of different zones, with id and cidr, one of them in the gateway's (it may be gatewaySubnetId itself), or remove gateway.loadBalancer`,
      ];
}

/** One sentence for both: they are written together. */
function missing(context: Context, { acm }: Readonly<Record<string, unknown>>): string[] {
  const { project, sections } = context;
  const lacks = (key: string, value: unknown): boolean =>
    value === undefined && !isRefused(context, key) && !isRefused(context, key.split(".")[0] ?? "");
  const wanted = [
    ...(lacks("domain", sections.domain) ? [["domain", "the name under which clients come, for example ml.your-company.com"]] : []),
    ...(lacks("tls.acm", acm) ? [["tls.acm", "new, or the ARN of a certificate of ACM"]] : []),
  ] as const;
  const keys = wanted.map(([key]) => key).join(" and ");
  return wanted.length === 0
    ? []
    : [
        `${project}:gateway.loadBalancer: is true, and ${keys} ${wanted.length === 1 ? "is" : "are"} missing, without which it cannot serve HTTPS; write ${wanted.map(([key, what]) => `${key}: ${what}`).join("; and ")}`,
      ];
}

function certificate(context: Context, acm: string): string[] {
  const { project, region, sections } = context;
  const place = `${project}:tls.acm: found ${acm}, `;
  if (acm !== "new") {
    const [, , , there = ""] = acm.split(":");
    return region === "" || there === region
      ? []
      : [
          `${place}a certificate of ${there}, and a load balancer in ${region} takes those of its own region alone; name one of ${region}, or write new`,
        ];
  }
  const { zone } = (sections.dns ?? {}) as { zone?: unknown };
  const why = typeof sections.domain === "string" ? unissuable(sections.domain) : undefined;
  return [
    ...(zone === undefined && !isRefused(context, "dns.zone")
      ? [
          `${project}:dns.zone: missing, and tls.acm: new proves the name by a record in it; give the hosted zone's id, or the ARN of a certificate that has been issued`,
        ]
      : []),
    ...(why === undefined ? [] : [`${project}:domain: found ${String(sections.domain)}, ${why}`]),
  ];
}
