/** Secrets as well-known programs take them: on the command line, in headers, in pairs of name and value. */
import { isPlaceholder, isSecretName, isSecretValue } from "./names";

const ON_COMMAND_LINES: readonly RegExp[] = [
  /\b(?:curl|wget|http)\b[^\n]{0,2000}?\s(?:-u|--user)[= ]?\s*["']?[^\s:"'$]+:([^\s"']+)/g,
  /\bsshpass\s+-p\s*["']?([^\s"'$]{3,})/g,
  /\bmysql(?:dump|admin|import)?\b[^\n|;]{0,2000}?\s-p([^\s"'$-][^\s"']*)/g,
  /\bredis-cli\b[^\n|;]{0,2000}?\s-a\s+["']?([^\s"'$]+)/g,
  /\b(?:mongosh|mongo|mongodump|mongorestore|mongoexport|mongoimport)\b[^\n|;&]{0,2000}?\s(?:-p|--password)[=\s]["']?([^\s"'$-][^\s"'$]*)/g,
  /\b(?:ldapsearch|ldapmodify|ldapadd|ldapdelete|ldapwhoami|ldappasswd)\b[^\n|;&]{0,2000}?\s-w\s*["']?([^\s"'$-][^\s"'$]*)/g,
  /\b(?:smbclient|rpcclient|net|smbget|mount\.cifs)\b[^\n|;&]{0,2000}?\s(?:-U|--user)[=\s]*["']?[^\s"'$%=]{1,200}%([^\s"'$]+)/g,
  /\b(?:echo|printf)\s+(?:-\w+\s+){0,20}(?:["']%s(?:\\n)?["']\s+)?["']?([^\s"'$|`]{6,})["']?\s*\|\s*sudo\s+(?:-\w+\s+){0,20}-\w*S/g,
  /\bsudo\s+(?:-\w+\s+){0,20}-\w*S\b[^\n|;&<]{0,2000}<<<\s*["']?([^\s"'$`<]{6,})/g,
  /\b(?:echo|printf)\s+(?:-\w+\s+){0,20}["']?[\w.-]+:([^\s"'$|`]{4,})["']?\s*\|\s*(?:sudo\s+)?chpasswd\b/g,
  /\b(?:rabbitmqctl\s+(?:add_user|change_password)|influx\s+setup\s+-u)\s+\S+\s+["']?([^\s"'$-][^\s"'$]{3,})/g,
  /\b(?:7z|zip|unzip|rar|unrar)\b[^\n|;&]{0,2000}?\s(?:-P\s*|-p)(?=[^\s"'$]{4,})["']?([^\s"'$]+)/g,
  /\b(?:openssl)\b[^\n|;&]{0,2000}?\s-(?:pass|passin|passout)\s+["']?pass:([^\s"'$]+)/g,
  /\b(?:cassandra|cqlsh|sqlcmd|isql|bcp|tsql)\b[^\n|;&]{0,2000}?\s-[pP]\s*["']?([^\s"'$-][^\s"'$]*)/g,
  /\b(?:cifs|vers)[^\n|;&]{0,2000}?\bpassword=([^\s"',$]+)/g,
  /\b(?:docker|podman|helm registry|az(?:\s+acr)?)\s+login\b[^\n|;]{0,2000}?\s-p\s*["']?([^\s"'$]+)/g,
  /\b(?:echo|printf)\s+(?:-\w+\s+){0,20}(?:["']%s(?:\\n)?["']\s+)?["']?([^\s"'$|`]{6,})["']?\s*\|[^\n|;&]{0,400}\s--password-stdin\b/g,
  /\s--password-stdin\b[^\n|;&<]{0,400}<<<\s*["']?([^\s"'$`<]{6,})/g,
  /\bhtpasswd\s+-[A-Zac-z\d]*b\w*\s+\S+\s+\S+\s+["']?([^\s"'$]+)/g,
];
const HEADER = /\b(?:authorization|proxy-authorization)["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+([A-Za-z0-9._~+/=-]{8,})/gi;
/** `aws configure set NAME VALUE`, and settings of other programs in that form. */
const SETTING =
  /\b(?:aws\s+configure|git\s+config(?:\s+--\w+)*|npm\s+config|pulumi\s+config)\s+set\s+(?:--plaintext\s+)?(\w[\w./:@-]*)\s+["']?([^\s"'$]+)/g;
/** `name: X` followed by `value: Y`, in YAML or JSON. */
const PAIR =
  /["']?\bname["']?\s{0,50}[:=]\s{0,50}["']?([\w.-]{1,200})["']?\s{0,50}(?:,\s{0,50})?["']?value["']?\s{0,50}[:=]\s{0,50}("[^"\n]*"|'[^'\n]*'|[^\s,"'}]+)/gi;

export function findInCommands(text: string): string[] {
  const found: string[] = [];
  const taken = ON_COMMAND_LINES.some((pattern) => [...text.matchAll(pattern)].some(([, value = ""]) => !isPlaceholder(value)));
  if (taken) found.push("a password on a command line");
  if ([...text.matchAll(HEADER)].some(([, value = ""]) => !isPlaceholder(value))) found.push("an authorization header");
  for (const pattern of [SETTING, PAIR])
    for (const [, name = "", value = ""] of text.matchAll(pattern))
      if (isSecretName(name) && isSecretValue(value.replace(/^["']|["']$/g, ""))) found.push(`a value for ${name}`);
  return found;
}
