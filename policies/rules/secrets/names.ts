/** Does a name promise a secret (SECRET_KEY, dbPassword, api-token), and could a value be one? Pure text arithmetic. */

/** Words that are a secret by themselves when they end a name. */
const SECRET_WORD = /(password|passwd|passphrase|passcode|secret|token|apikey|secretkey|privatekey|accesskey|credentials?)$/;
/** What makes a "... key" a secret one; any other key (public, host, cache, object, KMS ...) is not. */
const SECRET_KEY_OF =
  /^(preshared|psk|api|secret|access|private|encryption|signing|master|auth|app|jwt|session|service|account|storage|shared|license|webhook|admin|fernet|hmac|aes|cipher|crypto|client|consumer|ingest|integration|openai|anthropic|stripe|sendgrid|mailgun|datadog|dd|newrelic|algolia)$/;
/** Tokens that page through lists or make calls idempotent. */
const HARMLESS_TOKEN_OF =
  /^(next|continuation|client|request|idempotency|page|pagination|creation|caller|marker|start|end|invalid|eos|bos|pad|unk|stop|csrf)$/;
const TAIL = /^(\d+|value|string|plain|plaintext|base|default|text|data|prod|production|dev|staging|test|old|new|current|literal)$/;

function words(name: string): string[] {
  const split = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
  const list = split
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  while (list.length > 1 && TAIL.test(list[list.length - 1] ?? "")) list.pop();
  return list;
}

/** True for names whose value is meant to be kept: SECRET_KEY, DB_PASSWORD, openaiApiKey; false for KEY_NAME, SECRET_ARN, PUBLIC_KEY. */
export function isSecretName(name: string): boolean {
  const known = names.get(name);
  if (known !== undefined) return known;
  const answer = promisesSecret(name);
  if (names.size > 20_000) names.clear();
  names.set(name, answer);
  return answer;
}

/** A program's names are few, and several policies ask for each of them. */
const names = new Map<string, boolean>();

function promisesSecret(name: string): boolean {
  const list = words(name);
  const last = list[list.length - 1] ?? "";
  const before = list[list.length - 2] ?? "";
  if (list.includes("public") || (list[0] === "load" && /^credentials?$/.test(last))) return false;
  if (last === "key" || last === "keys") return SECRET_KEY_OF.test(before);
  if (last === "verify") return before === "origin"; // X-Origin-Verify, by which an origin knows its CDN
  if (last === "pass" || last === "pwd") return before !== "old" && (list.length > 1 || last === "pass");
  if (/token$/.test(last) && HARMLESS_TOKEN_OF.test(before)) return false;
  return SECRET_WORD.test(last);
}

const PLACEHOLDER = [
  /^[*xX.•_#-]*$/,
  /^<.*>$/s,
  /^\[.*\]$/s,
  /\{\{[^{}]*\}\}/,
  /%[sd]|\{[\w.]{0,30}\}/,
  /^%[^%]*%$/,
  /^@[^@]*@$/,
  /^!(ref|sub|getatt)\b/i,
  /^(change|replace|insert|fill|put|set|enter|add)[-_ ]?(me|this|it|here|in|with)\b/i,
  /^(changeme|replaceme|todo|tbd|fixme|placeholder|redacted|masked|hidden|example|sample|dummy|unset|undefined|null|none|nil|empty)$/i,
  /^(your|my|the|some|an?)[-_ ].*(here|goes|placeholder)$/i,
  /^your[-_ ]/i,
  /^(true|false|yes|no|on|off|required|optional|enabled|disabled|default|auto|any|all|never|always|prompt|ask)$/i,
  /^(seconds|minutes|hours|days|plain|plaintext|string|str|bytes|int|bool|text|self|args|kwargs|value|form|data|config|request|env|file|basic|bearer)$/i,
];

/** True for text that stands in for a value: `<secret>`, `${VAR}`, `changeme`, `***`. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return /^\$[A-Za-z_$]|\$\{|\$\(|`|\$[A-Z_][A-Z0-9_]+/.test(text) || PLACEHOLDER.some((pattern) => pattern.test(text));
}

/** Where a secret can be found instead of the secret itself, and other values that are public by nature. */
const REFERENCE = [
  /^(\/|\.{1,2}\/|~\/|[A-Za-z]:\\)/,
  /^(arn:aws|file:|env:|ssm:|vault:|op:|secretsmanager:|secret:|keyvault:|projects\/|s3:)/i,
  /^[a-z][a-z0-9+.-]*:\/\/(?![^/\s:]*:[^/\s@]*@)/i,
  /^urn:/,
  /^--?[a-z]/,
  /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-\S+|sk-ssh-\S+) /,
  /^(sha\d{1,3}|md5)[:-]/i,
  /^-----BEGIN (CERTIFICATE|[A-Z ]*PUBLIC KEY)/,
  /\.(pem|key|txt|json|ya?ml|env|cfg|ini|conf|py|sh|toml|crt)$/i,
];

/** Could this text be the value of something that is called a secret? Not: references to where it is kept, switches, small numbers. */
export function isSecretValue(value: string): boolean {
  const text = value.trim();
  if (text.length < 4 || isPlaceholder(text)) return false;
  if (/^\d{1,5}(ms|s|m|h|d)?$/i.test(text)) return false;
  if (/^\d{4}-\d{2}-\d{2}(T|$)/.test(text)) return false;
  return !REFERENCE.some((pattern) => pattern.test(text));
}

/** Names whose kebab-case value is the name of a stored secret rather than the secret. */
export function namesAStoredSecret(name: string, value: string): boolean {
  return /(secret|credentials?)$/i.test(name) && /^[a-z]+([-/][a-z]+)+$/.test(value);
}
