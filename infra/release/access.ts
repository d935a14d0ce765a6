/** Who may use the API: keys at the gateway's nginx, and pages of other origins (CORS). Pure. */
import { isProbed } from "./front";
import { pathPattern } from "./health";
import type { TemplateView } from "./templates";
import type { HostFile, HostSpec } from "./types";

/** Only root reads it; nginx does when it starts and reloads. templates/steps/access.sh writes it. */
export const KEYS_FILE = "/etc/ddos/api-keys.conf";

/** nginx's workers read it at each request. A hash of each password; templates/steps/access.sh makes them. */
const USERS_FILE = "/etc/ddos/api-users";

/** Two maps, because a key that came as a bearer's is not passed on and another scheme of authorization is. Names and keys are plain words. */
export function keysText(keys: Readonly<Record<string, string>>): string {
  const rows = Object.entries(keys)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, key]) => `    "${key}" ${name};\n`)
    .join("");
  const map = (from: string, to: string): string => `map ${from} ${to} {\n    default "";\n${rows}}\n`;
  return `${map("$ddos_given_key", "$ddos_key_name")}${map("$ddos_bearer", "$ddos_bearer_name")}`;
}

export function accessView(spec: HostSpec, healthPath: string): TemplateView[] {
  const { access, tls } = spec;
  if (access === undefined) return [];
  const { perSecond, burst, openHealth, forwardKey, userNames = [] } = access;
  const users = userNames.length === 0 ? [] : [{ usersFile: USERS_FILE }];
  return [
    {
      file: KEYS_FILE,
      users,
      keyPerSecond: perSecond,
      keyBurst: burst,
      forwardKey,
      openHealth: openHealth ? [{ healthPattern: pathPattern(healthPath) }] : [],
      probed: isProbed(spec) ? [{ healthPattern: pathPattern(healthPath) }] : [],
      challenge: tls?.acme !== undefined && tls.acme.zone === undefined,
    },
  ];
}

export function corsView({ cors }: HostSpec): TemplateView[] {
  if (cors === undefined) return [];
  const anyOrigin = cors.origins.includes("*");
  return [
    {
      anyOrigin,
      origins: anyOrigin ? [] : cors.origins.map((origin) => ({ origin })),
      methods: cors.methods.join(", "),
      headers: cors.headers.join(", "),
      maxAge: cors.maxAge,
      credentials: cors.credentials,
    },
  ];
}

export function accessFiles({ access }: HostSpec): Omit<HostFile, "host">[] {
  if (access === undefined) return [];
  const keys = { path: KEYS_FILE, kind: "file", owner: "root", group: "root", mode: "0600", sha256: null } as const;
  return access.userNames === undefined ? [keys] : [keys, { ...keys, path: USERS_FILE, group: "www-data", mode: "0640" }];
}
