/** Finding secrets in text by what they look like. A hit says which kind it is and never what it is. */
import { findInCommands } from "./commands";
import { isPlaceholder, isSecretName, isSecretValue } from "./names";
import { findInStores } from "./stores";

/** What was found, fit to be printed: "a GitHub token", "a value for SECRET_KEY". */
export type Kind = string;

interface Format {
  readonly kind: Kind;
  readonly pattern: RegExp;
}

/** All that a text shows as it stands, encodings inside it aside. */
export const findShown = (text: string): Kind[] => [
  ...findFormats(text),
  ...findUrlPasswords(text),
  ...findBasicCredentials(text),
  ...findAssignments(text),
  ...findInStores(text),
];

/** Issuers mark their tokens by prefixes; these need no name beside them. No pattern may match a hash, an id or an ARN. */
const FORMATS: readonly Format[] = [
  {
    kind: "a private key",
    pattern: /-----BEGIN (?:[A-Z0-9]{1,40} ){0,9}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\{1,8}[nr]){1,200}[A-Za-z0-9+/=.:_-]{4}/,
  },
  { kind: "a PuTTY private key", pattern: /PuTTY-User-Key-File-\d:[\s\S]{0,1500}?Private-Lines:/ },
  { kind: "an age secret key", pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{20,}/ },
  { kind: "an AWS access key", pattern: /(?<![A-Za-z0-9/+])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9/+])/ },
  { kind: "a GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/ },
  { kind: "a GitLab token", pattern: /\bgl(?:pat|dt|rt|ptt|cbt|soat|agent|ft)-[A-Za-z0-9_-]{18,}/ },
  { kind: "a Slack token", pattern: /\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}/ },
  { kind: "a Slack webhook", pattern: /hooks\.slack\.com\/(?:services|workflows)\/T[A-Za-z0-9]+\/[A-Za-z0-9/]{8,}/ },
  { kind: "a Stripe key", pattern: /\b(?:(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{10,}|whsec_[0-9A-Za-z+/]{16,})/ },
  { kind: "an Anthropic key", pattern: /\bsk-ant-[A-Za-z0-9_-]{16,}/ },
  {
    kind: "an OpenAI key",
    pattern:
      /(?<![A-Za-z0-9_-])sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{16,}|(?=[A-Za-z-]{0,200}\d)[A-Za-z0-9]{16,}|(?:live|test|prod|or-v1|lf)-(?=\S{0,200}\d)[A-Za-z0-9_-]{12,})/,
  },
  { kind: "a Google API key", pattern: /\bAIza[0-9A-Za-z_-]{35}/ },
  { kind: "a Google OAuth secret", pattern: /\bGOCSPX-[A-Za-z0-9_-]{20,}/ },
  { kind: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{36}/ },
  { kind: "a PyPI token", pattern: /\bpypi-AgE[A-Za-z0-9_-]{20,}/ },
  { kind: "a Hugging Face token", pattern: /\bhf_[A-Za-z0-9]{30,}/ },
  { kind: "a SendGrid key", pattern: /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/ },
  { kind: "a DigitalOcean token", pattern: /\bdo[opr]_v1_[0-9a-f]{32,}/ },
  { kind: "a Docker token", pattern: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/ },
  { kind: "a Pulumi access token", pattern: /\bpul-[0-9a-f]{40}\b/ },
  { kind: "a Vault token", pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/ },
  { kind: "a Terraform Cloud token", pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}/ },
  { kind: "a Databricks token", pattern: /\bdapi[0-9a-f]{32}\b/ },
  { kind: "a Shopify token", pattern: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/ },
  { kind: "a Telegram bot token", pattern: /\b\d{8,10}:AA[A-Za-z0-9_-]{32,}/ },
  { kind: "a Linear key", pattern: /\blin_api_[A-Za-z0-9]{30,}/ },
  { kind: "an Atlassian token", pattern: /\bATATT3[A-Za-z0-9_=-]{40,}/ },
  { kind: "a Grafana token", pattern: /\bgl(?:sa|c)_[A-Za-z0-9+/_=]{30,}/ },
  { kind: "a JSON web token", pattern: /\beyJ[A-Za-z0-9_-]{8,400}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,}/ },
  { kind: "a Discord webhook", pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{15,22}\/[A-Za-z0-9_-]{50,90}/ },
  { kind: "a Teams webhook", pattern: /\.webhook\.office\.com\/webhookb2\/[0-9a-f-]{36}@/ },
  { kind: "a Notion token", pattern: /\b(?:ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43})\b/ },
  { kind: "a Twilio key", pattern: /\bSK[0-9a-f]{32}\b/ },
  { kind: "a Sentry token", pattern: /\bsntry[su]_[A-Za-z0-9+/=_-]{40,}/ },
  { kind: "a New Relic key", pattern: /\bNRAK-[A-Z0-9]{27}\b/ },
  { kind: "a Mailgun key", pattern: /\bkey-[0-9a-f]{32}\b/ },
  { kind: "a Figma token", pattern: /\bfigd_[A-Za-z0-9_-]{40,}/ },
  { kind: "a Supabase key", pattern: /\bsbp_[0-9a-f]{40}\b/ },
  { kind: "a Doppler token", pattern: /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._]{40,}/ },
  { kind: "a PlanetScale token", pattern: /\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}/ },
  { kind: "a Postman key", pattern: /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b/ },
  { kind: "a Tailscale key", pattern: /\btskey-(?:auth|api|client)-[A-Za-z0-9]+-[A-Za-z0-9]{20,}/ },
  { kind: "an Azure storage key", pattern: /\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}/ },
];

/** What any of the formats begins with, for a first look. */
const HINT =
  /-----BEGIN|PuTTY-User|AGE-SECRET|A(?:KIA|SIA|BIA|CCA)|gh[pousr]_|github_pat|gl(?:pat|dt|rt|ptt|cbt|soat|agent|ft)-|gl(?:sa|c)_|xox|xapp-|hooks\.slack|[sr]k_(?:live|test)_|whsec_|sk-|AIza|GOCSPX|npm_|pypi-|hf_|SG\.|do[opr]_v1|dckr_|pul-|hv[sbr]\.|atlasv1|dapi|shp(?:at|ca|pa|ss)_|:AA|lin_api|ATATT3|eyJ|AccountKey=|webhook|ntn_|secret_|SK[0-9a-f]|sntry|NRAK|key-[0-9a-f]|figd_|sbp_|dp\.[a-z]|pscale|PMAK|tskey/;

/** Tokens of known issuers and key blocks. These count in any text, program code included. */
export function findFormats(text: string): Kind[] {
  if (!HINT.test(text)) return [];
  return FORMATS.filter(({ pattern }) => pattern.test(text)).map(({ kind }) => kind);
}

/** Parts of keys that stand for keys in documentation and tests. */
const SHOWN = /EXAMPLE|SAMPLE|FAKE|DUMMY|PLACEHOLDER|REDACTED|XXXX|\.\.\.|…|(.)\1{6}|1234567|abcdef.?ghij/i;

/**
 * The same in the files of a repository, with the line: keys that documentation and tests show as keys do not count,
 * nor key blocks too short to be one.
 */
export function realFormats(text: string): { readonly kind: Kind; readonly line: number }[] {
  return FORMATS.flatMap(({ kind, pattern }) => {
    const match = [...text.matchAll(new RegExp(pattern, "g"))].find((found) => isReal(text, found));
    return match ? [{ kind, line: text.slice(0, match.index).split("\n").length }] : [];
  });
}

function isReal(text: string, match: RegExpMatchArray): boolean {
  const [found] = match;
  if (!found.startsWith("-----BEGIN")) return !SHOWN.test(found);
  const body = text.slice(match.index ?? 0).replace(/^-----BEGIN[^-]*-----/, "");
  return /^[A-Za-z0-9+/=\s\\]{100,}/.test(body) && !/EXAMPLE|DUMMY|REDACTED|XXXXX|\.\.\.|…/.test(body.slice(0, 300));
}

const URL_PASSWORD = /\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s:@/"'`<>]*):([^\s@/"'`]+)@(?=[^\s/:?#"'`])/gi;
const URL_TOKEN = /\bhttps?:\/\/([A-Za-z0-9_-]{20,})@/gi;

/** `scheme://user:password@host`, and a token in the place of the user name. */
export function findUrlPasswords(text: string): Kind[] {
  if (!text.includes("://")) return [];
  const passwords = [...text.matchAll(URL_PASSWORD)].some(
    ([, , user, password]) => password !== undefined && !isPlaceholder(password) && !isShown(user ?? "", password),
  );
  const tokens = [...text.matchAll(URL_TOKEN)].some(([, user]) => /\d/.test(user ?? "") && /[A-Za-z]/.test(user ?? ""));
  return passwords || tokens ? ["a URL with a password"] : [];
}

const BASIC = /\bBasic[ \t]+([A-Za-z0-9+/]{8,400}={0,2})(?![A-Za-z0-9+/=])/g;

/** `Basic dXNlcjpwYXNzd29yZA==`, as HTTP has it: base64 of `user:password`. */
function findBasicCredentials(text: string): Kind[] {
  if (!text.includes("Basic")) return [];
  const found = [...text.matchAll(BASIC)].some(([, encoded = ""]) => {
    const password = /^[\x21-\x39\x3b-\x7e]*:([\x20-\x7e]{4,})$/.exec(Buffer.from(encoded, "base64").toString("latin1"))?.[1];
    return password !== undefined && !isPlaceholder(password);
  });
  return found ? ["HTTP Basic credentials"] : [];
}

/** `USER:PASSWORD@HOST` in documentation and samples: both in capitals. In small letters it is what many a database really has. */
const isShown = (user: string, password: string): boolean =>
  /^(?:[A-Z]{1,20}_)?(?:USER(?:NAME)?|LOGIN)?$/.test(user) && /^(?:[A-Z]{1,20}_)?(?:PASS(?:WORD|WD)?|PW|PWD)$/.test(password);

const QUOTED = String.raw`"(?:[^"\\\n]|\\.){0,4000}"|'(?:[^'\\\n]|\\.){0,4000}'`;
/** `NAME=value`, `name: value`, `"name": "value"`, `name = "value"`; the value is only looked at, so that nested ones match as well. */
const ASSIGNMENT = new RegExp(
  String.raw`(?<![\w.$-])(--?)?([A-Za-z_][\w.-]{0,80})\\?["']?([ \t]*)(=>|:=|=|:)([ \t]*)(?=(\\?(?:${QUOTED})|[^\s"'\x60;,&|()<>{}\[\]\\]{1,400})([(\[]?))`,
  "g",
);
const OPTION = new RegExp(
  String.raw`(?<=\s)--([a-z][a-z-]{2,40})[ \t]+(?=(${QUOTED}|[^\s"'\x60;,&|()<>-][^\s"'\x60;,&|()<>]{0,400}))`,
  "g",
);
const SHELL_DEFAULT = /\$\{([A-Za-z_]\w{0,200}):?[-=]([^}\s]{1,400})\}/g;
const ARN = /\barn:aws[\w-]*:[^\s"'`,;]+/g;

/** Values given to names that promise a secret, in shell, dotenv, YAML, JSON, INI or code, and passwords in well-known commands. */
export function findAssignments(raw: string): Kind[] {
  if (
    !/pass|pwd|secret|token|key|credential|authorization|\s-u|--user|mysql|redis-cli|login|mongo|ldap|smbclient|rpcclient|sudo|rabbitmqctl|zip|openssl|sqlcmd|cqlsh|isql|bcp|tsql|influx/i.test(
      raw,
    )
  )
    return [];
  const found = new Set<Kind>();
  const text = raw.replace(ARN, "arn"); // `...:secret:name` is where a secret is kept, not the secret
  const cloudConfig = text.startsWith("#cloud-config");
  for (const match of text.matchAll(ASSIGNMENT)) {
    const name = match[2] ?? "";
    if (isSecretName(name) && !found.has(`a value for ${name}`) && assigned(match, cloudConfig)) found.add(`a value for ${name}`);
  }
  for (const [, name = "", value = ""] of text.matchAll(OPTION))
    if (name !== "secret" && isSecretName(name) && isSecretValue(unquote(value))) found.add(`a value for --${name}`);
  for (const [, name = "", value = ""] of text.matchAll(SHELL_DEFAULT))
    if (isSecretName(name) && isSecretValue(value)) found.add(`a default for ${name}`);
  for (const kind of findInCommands(text)) found.add(kind);
  return [...found];
}

/** Is the value of this match a literal one, in its syntax? */
function assigned(match: RegExpMatchArray, cloudConfig: boolean): boolean {
  const [, , name = "", before = "", sign = "", after = "", raw = "", call = ""] = match;
  const value = unquote(raw);
  if (raw !== value) return isSecretValue(value) && value.toLowerCase() !== name.toLowerCase();
  if (call !== "" || (sign === "=" && (before !== "" || after !== ""))) return false; // code, not a literal
  if (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(value) && !/\d/.test(value)) return false; // settings.api_key
  if (value.toLowerCase() === name.toLowerCase()) return false;
  if (sign === ":" && !cloudConfig && !/[^A-Za-z_.]/.test(value)) return false; // a type: `token: str`
  if (name === name.toLowerCase() && /^[a-z]*_[a-z_]*$/.test(value)) return false; // another variable
  return isSecretValue(value);
}

function unquote(raw: string): string {
  const text = raw.startsWith("\\") ? raw.slice(1) : raw;
  const quoted = /^(["'])([\s\S]*?)\\?\1$/.exec(text);
  return quoted?.[2] ?? text;
}
