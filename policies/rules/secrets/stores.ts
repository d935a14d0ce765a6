/** Secrets in files and languages that have a syntax of their own for them: no name with `=` or `:` beside the value. */
import { isPlaceholder, isSecretName, isSecretValue } from "./names";

interface Store {
  readonly kind: string;
  /** What the text has to hold for the pattern to be tried. */
  readonly hint: RegExp;
  /** The value is the first group of each. */
  readonly patterns: readonly RegExp[];
}

const CHPASSWD_KIND = "a password of chpasswd";

const STORES: readonly Store[] = [
  {
    // https://www.postgresql.org/docs/current/libpq-pgpass.html: hostname:port:database:username:password, any of the first four may be *
    kind: "a password of .pgpass",
    hint: /:(?:\d{2,5}|\*):/,
    patterns: [
      /(?<![^\s"'])[\w.*-]{1,253}:(?:\d{4,5}|\*):[\w.*-]{1,63}:[\w.*-]{1,63}:([^\s"':\\]{4,200})(?=["'\\]|\s|$)/g,
      // Alone on its line the port may be shorter: elsewhere that is a time of day.
      /^[ \t]*[\w.*-]{1,255}:\d{2,3}:[\w.*-]{1,100}:[\w.*-]{1,100}:([^\s"'$:]{6,200})[ \t]*$/gm,
    ],
  },
  {
    kind: "a password of .netrc",
    hint: /\bmachine\b|\bdefault\b/,
    patterns: [
      // A host has a dot or stands for one; of other words, which are prose, only a password that is no plain word counts.
      /\bmachine\s{1,9}(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|localhost)\s{1,9}login\s{1,9}[^\s,]{1,255}\s{1,9}password\s{1,9}["']?([^\s"'$]{4,200})/g,
      /\b(?:machine\s{1,9}\S{1,253}|default)\s{1,9}login\s{1,9}\S{1,200}\s{1,9}password\s{1,9}["']?(?=[A-Za-z]{0,200}[^A-Za-z\s])([^\s"'\\]{4,200})/g,
    ],
  },
  {
    kind: "a password in SQL",
    hint: /\b(?:user|role|login)\b/i,
    patterns: [
      /\b(?:create|alter)\s{1,9}(?:user|role|login)\b[^;\n]{0,300}?\b(?:password|identified(?:\s{1,9}with\s{1,9}\w{1,40})?\s{1,9}by)\s{0,9}=?\s{0,9}\\?'([^'\\\n]{4,200})\\?'/gi,
    ],
  },
  {
    kind: "a WireGuard key",
    hint: /PrivateKey|PresharedKey/,
    patterns: [/^[ \t]*(?:PrivateKey|PresharedKey)[ \t]*=[ \t]*([A-Za-z0-9+/]{43}=)/gm],
  },
  {
    kind: "a password of Redis",
    hint: /requirepass|masterauth/,
    patterns: [/^[ \t]*(?:requirepass|masterauth)[ \t]+["']?([^\s"']{4,200})/gm],
  },
  { kind: "credentials of a registry", hint: /"auths?"/, patterns: [/"auth"\s{0,9}:\s{0,9}"([A-Za-z0-9+/]{8,2000}={0,2})"/g] },
  {
    kind: "a password of a key store",
    hint: /-(?:store|key|srcstore|deststore)pass\b/,
    patterns: [/\s-(?:store|key|srcstore|deststore)pass\s{1,9}["']?([^\s"'$-][^\s"'$]{3,200})/g],
  },
  {
    kind: CHPASSWD_KIND,
    hint: /\bchpasswd\b/,
    patterns: [
      /\bchpasswd\b[^\n]{0,200}<<-?\s{0,5}["']?\w{1,40}["']?[^\n]{0,200}\n(?:\s{0,20}[\w.-]{1,64}:[$]\S{0,200}\n){0,20}\s{0,20}[\w.-]{1,64}:([^\s"'$:]{6,200})/g,
    ],
  },
];

const INI_SECTION = /^[ \t]*\[[^\]\n]{1,100}\][ \t]*$/;
const INI_SETTING = /^[ \t]*([A-Za-z_][\w.-]{0,80})[ \t]*=[ \t]*(\S{1,400})[ \t]*$/;
const HEADER = /\b(?:proxy_set_header|add_header|fastcgi_param|uwsgi_param)\s{1,9}([\w-]{1,80})\s{1,9}["']?([^\s"';]{1,400})/g;
const CHPASSWD = /^[ \t]*(?:-[ \t]+)?["']?[a-z_][\w-]{0,31}:([^\s"']{1,200})["']?[ \t]*$/;

export function findInStores(text: string): string[] {
  const found = new Set<string>();
  for (const { kind, hint, patterns } of STORES)
    if (hint.test(text) && patterns.some((one) => [...text.matchAll(one)].some(([, value = ""]) => isSecretValue(value)))) found.add(kind);
  for (const [, name = "", value = ""] of text.includes("_header") || text.includes("_param") ? text.matchAll(HEADER) : [])
    if (isSecretName(name) && isSecretValue(value)) found.add(`a value for ${name}`);
  for (const name of iniSettings(text)) found.add(`a value for ${name}`);
  if (cloudPasswords(text)) found.add(CHPASSWD_KIND);
  return [...found];
}

/**
 * `name = value` below a `[section]`. Elsewhere that is code (another variable's name); here only what is no word counts, since a lone list on a line
 * of code looks like a section.
 */
function iniSettings(text: string): string[] {
  if (!text.includes("[") || !/=[ \t]/.test(text)) return [];
  const found: string[] = [];
  let within = false;
  for (const line of text.split("\n")) {
    if (INI_SECTION.test(line)) within = true;
    else if (line.trim() !== "" && !/^[ \t]*[#;]/.test(line)) {
      const [, name = "", value = ""] = INI_SETTING.exec(line) ?? [];
      if (name === "") within = false;
      else if (
        within &&
        /\d/.test(value) &&
        /[A-Za-z]/.test(value) &&
        !/[()[\]{}]/.test(value) &&
        isSecretName(name) &&
        isSecretValue(value)
      )
        found.push(name);
    }
  }
  return found;
}

/** Lines `user:password` below `chpasswd:` of a cloud-config; `R` and `RANDOM` ask for one that nobody knows yet, and `$6$...` is its hash. */
function cloudPasswords(text: string): boolean {
  if (!/^chpasswd:/m.test(text)) return false;
  const [first = "", ...rest] = text.slice(text.search(/^chpasswd:/m)).split("\n");
  const end = rest.findIndex((line) => /^\S/.test(line));
  return [first, ...(end < 0 ? rest : rest.slice(0, end))].some((line) => {
    const value = CHPASSWD.exec(line)?.[1];
    return value !== undefined && !/^(R|RANDOM)$/.test(value) && !/^\$\d/.test(value) && !isPlaceholder(value);
  });
}
