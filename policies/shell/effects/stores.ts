/** Programs that give out what a store for secrets holds: what they print is as secret as what lies there. */
import { isSecretName } from "../../core/secret-name";
import type { Call } from "../call";
import { plain } from "../text";

/** By program: its words, without what begins the line, with which it prints secrets. Sources: each program's own reference of its commands. */
const GIVES: Readonly<Record<string, RegExp>> = {
  esc: /^(env )?open\b/u,
  vault: /^(read|unwrap|kv get|token create|login)\b(?!.*-no-print)/u,
  bao: /^(read|unwrap|kv get|token create|login)\b(?!.*-no-print)/u,
  op: /^(read|inject|document get|item get\b.*--(reveal|fields))\b/u,
  gcloud: /^(secrets versions access|auth (application-default )?print-(access|identity)-token)\b/u,
  az: /^(keyvault secret (show|download)|account get-access-token|storage account keys list|acr credential show)\b/u,
  doppler: /^secrets( get| download)?(?! (set|delete|upload|notes|names))( |$)(?!.*--only-names)/u,
  infisical: /^(export|secrets( get)?(?! (set|delete|folders)))\b/u,
  bw: /^(get (password|item|notes|totp|username)|list items|unlock)\b/u,
  rbw: /^get\b/u,
  pass: /^(show |(?!ls\b|list\b|find\b|search\b|grep\b|insert\b|add\b|edit\b|generate\b|rm\b|mv\b|cp\b|git\b|init\b|help\b|version\b)\S)/u,
  gopass: /^(show|cat|otp)\b/u,
  lpass: /^show\b/u,
  "keepassxc-cli": /^(show|export|attachment-export)\b/u,
  "secret-tool": /^lookup\b/u,
  keyring: /^get\b/u,
  security: /^find-(generic|internet)-password\b.*-[a-z]*[wg]/u,
  kubectl: /^(get secrets?\b.*-o|create token|config view\b.*--raw)/u,
  oc: /^(get secrets?\b.*-o|extract secret|whoami (-t|--show-token)|create token)/u,
  heroku: /^(config( |:get|$)|auth:token)/u,
  netlify: /^env:(get|list)\b/u,
  railway: /^variables?\b/u,
  gh: /^auth (token|status\b.*(-t|--show-token))\b/u,
  glab: /^auth status\b.*(-t|--show-token)\b/u,
  chamber: /^(read|export|env)\b/u,
  credstash: /^(get|getall)\b/u,
  berglas: /^access\b/u,
  conjur: /^variable (get|value)\b/u,
  akeyless: /^get-secret-value\b/u,
  "ansible-vault": /^(view|decrypt\b.*--output[= ]-)/u,
};
/** They print one value by its key, which says what it is. */
const BY_KEY: Readonly<Record<string, RegExp>> = {
  pulumi: /^config get\b/u,
  terraform: /^output\b/u,
  tofu: /^output\b/u,
};
const ALWAYS: Readonly<Record<string, RegExp>> = { pulumi: /(^| )--show-secrets(=true)?( |$)|^env open\b/u };

/** Whether what the program prints is a secret out of a store. */
export function givesSecret({ name, args }: Call): boolean {
  if (GIVES[name] === undefined && BY_KEY[name] === undefined) return false;
  return commandsIn(args.map(plain)).some((words) => {
    const line = words.join(" ");
    if (GIVES[name]?.test(line) === true || ALWAYS[name]?.test(line) === true) return true;
    return (
      BY_KEY[name]?.test(line) === true &&
      words.some((word, at) => !/^(-s|--stack|-C|--cwd)$/u.test(words[at - 1] ?? "") && namesSecret(word))
    );
  });
}

/** The words from the command on: in front of it may stand options, each with a value or not (`gcloud --project x secrets ...`). */
function commandsIn(words: readonly string[]): (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (const [at, word] of words.entries()) {
    if (word.startsWith("-")) continue;
    found.push(words.slice(at));
    if (!/^--?[\w-]+$/u.test(words[at - 1] ?? "")) break;
  }
  return found;
}

/** `dbPassword`, `db.password`, `envFile` with a whole `.env`; the name of a secret, or the file that it lies in, is none. */
const namesSecret = (word: string): boolean =>
  !word.startsWith("-") && (WHOLE_ENV.test(word) || (isSecretName(word) && !/(Name|Id|Arn|Path|File|Ttl|Public\w*)$/u.test(word)));

const WHOLE_ENV = /(^|[:._-]|[a-z](?=E))(dot)?_?env_?(file|text|content|vars?|ironmentFile)$|(^|[:._-])dotenv$/iu;

/** Calls of the AWS CLI that hand out secrets, or credentials that work at once. */
const AWS: readonly RegExp[] = [
  /^kms decrypt\b/u,
  /^sts (assume-role\S*|get-session-token|get-federation-token)\b/u,
  /^iam (create-access-key|create-service-specific-credential|reset-service-specific-credential)\b/u,
  /^ecr(-public)? (get-login-password|get-authorization-token|get-login)\b/u,
  /^codeartifact get-authorization-token\b/u,
  /^rds generate-db-auth-token\b/u,
  /^redshift(-serverless)? get-\S*credentials\S*\b/u,
  /^eks get-token\b/u,
  /^sso get-role-credentials\b/u,
  /^ec2 (get-password-data|create-key-pair)\b/u,
  /^iot create-keys-and-certificate\b/u,
  /^lightsail get-(relational-database-master-user-password|instance-access-details)\b/u,
  /^apigateway get-api-keys?\b.*--include-values?\b/u,
  /^cognito-idp (admin-)?initiate-auth\b/u,
  /^configure (get (\S+\.)?aws_(secret_access_key|session_token)|export-credentials)\b/u,
];

/** @param operands service and action, and the words after them that are no options @param words all words */
export const awsGivesSecret = (operands: readonly string[], words: readonly string[]): boolean => {
  const line = [...operands.slice(0, 3), ...words.filter((word) => word.startsWith("--"))].map(plain).join(" ");
  return AWS.some((one) => one.test(line));
};
