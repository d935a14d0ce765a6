/** The keys of the stack's file that are not the program's own: those of the AWS provider, and prefixes that nothing reads. Pure, apart from looking whether files are there. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { statsAt } from "../app/stats-at";
import { nearest } from "../../policies/cli/nearest";
import { shown, visible } from "../../policies/cli/schema-words";
import { SECTIONS } from "./schema";
import { isGroup, parseJson } from "./values";

/** Configuration of @pulumi/aws 7.48 (config/vars.d.ts), and what its schema has beside that. */
const AWS_KEYS = `accessKey allowedAccountIds assumeRoleWithWebIdentity assumeRoles customCaBundle defaultTags ec2MetadataServiceEndpoint
ec2MetadataServiceEndpointMode endpoints forbiddenAccountIds httpProxy httpsProxy ignoreTags insecure maxRetries noProxy profile region
retryMode s3UsEast1RegionalEndpoint s3UsePathStyle secretKey sharedConfigFiles sharedCredentialsFiles skipCredentialsValidation
skipMetadataApiCheck skipRegionValidation skipRequestingAccountId stsRegion tagPolicyCompliance token tokenBucketRateLimiterCapacity
useDualstackEndpoint useFipsEndpoint userAgents`.split(/\s+/);
const AWS_SECRETS = ["accessKey", "secretKey", "token"];

/** What the provider takes for them; the others are texts. */
const BOOLEANS =
  `insecure s3UsePathStyle skipCredentialsValidation skipMetadataApiCheck skipRegionValidation skipRequestingAccountId useDualstackEndpoint
useFipsEndpoint`.split(/\s+/);
const NUMBERS = ["maxRetries", "tokenBucketRateLimiterCapacity"];
const LISTS = [
  "allowedAccountIds",
  "assumeRoles",
  "endpoints",
  "forbiddenAccountIds",
  "sharedConfigFiles",
  "sharedCredentialsFiles",
  "userAgents",
];
const GROUPS = ["assumeRoleWithWebIdentity", "ignoreTags"];
const ACCOUNTS = ["allowedAccountIds", "forbiddenAccountIds"];

/** Texts of which the provider takes a few, and says so in its own words after the program has run. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  retryMode: ["standard", "adaptive"],
  ec2MetadataServiceEndpointMode: ["IPv4", "IPv6"],
  s3UsEast1RegionalEndpoint: ["legacy", "regional"],
  tagPolicyCompliance: ["error", "warning", "disabled"],
};
const FILES = ["customCaBundle", "sharedConfigFiles", "sharedCredentialsFiles"];
const URLS = ["httpProxy", "httpsProxy", "ec2MetadataServiceEndpoint"];

/** What is wrong with the `aws:` keys. @param root where the provider is started, so that relative paths begin there */
export function awsProblems(values: Readonly<Record<string, string>>, isSecret: (key: string) => boolean, root: string): string[] {
  return Object.entries(values)
    .filter(([key]) => key.startsWith("aws:"))
    .flatMap(([key, value]) => {
      const name = key.slice("aws:".length);
      const problem = keyProblem(name) ?? (name === "defaultTags" ? tagsProblem(value) : formProblem(name, value));
      if (problem !== undefined) return [`${key}: ${problem}`];
      const absent = FILES.includes(name) ? absentFile(value, root) : undefined;
      if (absent !== undefined) return [`${key}: ${absent}`];
      return AWS_SECRETS.includes(name) && !isSecret(key) ? [`${key}: ${leak(key)}`] : [];
    });
}

function keyProblem(given: string): string | undefined {
  const name = given.split(/[.[]/, 1)[0] ?? "";
  if (AWS_KEYS.includes(given)) return undefined;
  if (AWS_KEYS.includes(name))
    return `was set without --path, and nothing reads it; set it again: pulumi config set --path 'aws:${given}' VALUE`;
  const meant = nearest(name, AWS_KEYS);
  return `unknown key, which the AWS provider does not read${meant === undefined ? "; remove it" : `; did you mean "aws:${meant}"?`}`;
}

/** A value of another kind than the provider takes: it would say so in its own words, after the program has run, or drop it. */
function formProblem(name: string, value: string): string | undefined {
  // The region has a check of its own, and a secret is not shown.
  if (name === "region" || AWS_SECRETS.includes(name)) return undefined;
  const parsed = parseJson(value);
  const structured = typeof parsed === "object" && parsed !== null ? parsed : undefined;
  const found = `found ${value.trim() === "" ? "nothing" : shown(structured ?? value)}; write`;
  if (BOOLEANS.includes(name)) return /^(true|false)$/.test(value) ? undefined : `${found} true or false`;
  if (NUMBERS.includes(name)) return /^\d+$/.test(value) ? undefined : `${found} a whole number, for example aws:${name}: 10`;
  if (GROUPS.includes(name)) return isGroup(structured) ? undefined : `${found} a group of keys, as the AWS provider has them for ${name}`;
  const choices = CHOICES[name];
  if (choices !== undefined && !choices.includes(value)) return `${found} ${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}`;
  if (URLS.includes(name) && !/^https?:\/\/[^\s/]+/.test(value))
    return `${found} an address, for example aws:${name}: http://proxy.example.com:3128`;
  if (!LISTS.includes(name)) return structured === undefined && value.trim() !== "" ? undefined : `${found} one text, or remove the key`;
  const example = ACCOUNTS.includes(name) ? `, for example aws:${name}: ["123456789012"]` : ", a line with a hyphen for each entry";
  if (!Array.isArray(structured)) return `${found} a list${example}`;
  const entry = structured.map((one) => entryProblem(name, one)).find((problem) => problem !== undefined);
  if (entry !== undefined) return entry;
  const odd: unknown = ACCOUNTS.includes(name) ? structured.find((one) => typeof one !== "string" || !/^\d{12}$/.test(one)) : undefined;
  return odd === undefined ? undefined : `found ${shown(odd)} in the list; write account ids of 12 digits in quotes${example}`;
}

/** The first file that this machine does not have. The provider looks up no home but one's own (go-homedir: "cannot expand user-specific home dir"). */
function absentFile(value: string, root: string): string | undefined {
  const parsed = parseJson(value);
  const paths = (Array.isArray(parsed) ? parsed : [value]).filter((path): path is string => typeof path === "string");
  const other = paths.find((path) => /^~[^/]/.test(path));
  if (other !== undefined)
    return `names ${shown(other)}, the home of another user, which the AWS provider does not look up; write the path itself`;
  const absent = paths.find((path) => !isFile(placeOf(path, root)));
  return absent === undefined
    ? undefined
    : `names ${shown(absent)}, and there is no such file on this machine; the AWS provider reads it before it does anything. Correct the path, or remove the key`;
}

/** As the provider reads it: with the variables of the environment, and with ~ for one's own home. */
function placeOf(path: string, root: string): string {
  const whole = path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => process.env[braced ?? bare ?? ""] ?? "");
  if (/^~(\/|$)/.test(whole)) return join(homedir(), whole.slice(1));
  return isAbsolute(whole) ? whole : join(root, whole);
}

const isFile = (path: string): boolean => statsAt(path)?.isFile() === true;

/** An entry of a list that is to be a group: roles to assume, endpoints by service. */
function entryProblem(name: string, entry: unknown): string | undefined {
  if (name === "assumeRoles") {
    const arn = isGroup(entry) ? entry.roleArn : undefined;
    const right = typeof arn === "string" && /^arn:[a-z-]+:iam::\d{12}:role\/\S+$/.test(arn);
    return right
      ? undefined
      : `found ${shown(entry)} in the list; write the ARN of a role, for example aws:assumeRoles: [{ roleArn: "arn:aws:iam::123456789012:role/deploy" }]`;
  }
  if (name !== "endpoints") return undefined;
  const urls = isGroup(entry) && Object.values(entry).every((url) => typeof url === "string" && /^https?:\/\/[^\s/]+/.test(url));
  return urls
    ? undefined
    : `found ${shown(entry)} in the list; write services with their addresses, for example aws:endpoints: [{ s3: "https://s3.example.com" }]`;
}

function leak(key: string): string {
  return (
    "an access key of AWS, stored in plain text. Remove it from the file (and deactivate it: others may know it) and use the standard AWS " +
    `configuration instead, for example aws:profile; if it has to be here: pulumi config set --secret ${key}`
  );
}

const EXAMPLE = "for example aws:defaultTags: { tags: { Project: ml-gateway } }";

function tagsProblem(value: string): string | undefined {
  const given = parseJson(value);
  if (!isGroup(given)) return `found ${value === "" ? "nothing" : "a single value or a list"}; write a group with the key tags, ${EXAMPLE}`;
  const flat = Object.keys(given).filter((key) => key !== "tags");
  if (flat.length > 0)
    return `found ${flat.join(", ")} beside the key tags, and the provider would drop it; indent it below tags, ${EXAMPLE}`;
  const tags = given.tags;
  if (!isGroup(tags)) return `tags is no group of names and texts; write one, ${EXAMPLE}`;
  const bad = Object.entries(tags).find(([name, text]) => /^aws:/i.test(name) || name.length > 128 || !isTagText(text));
  return bad === undefined
    ? undefined
    : `the tag "${bad[0]}" does not work: AWS keeps names that begin with aws:, and takes names of at most 128 and texts of at most 256 characters; write it as a text, ${EXAMPLE}`;
}

/** Names of the tags that the provider puts on everything; none where the key is not usable. */
export function defaultTagNames(values: Readonly<Record<string, string>>): string[] {
  const given = parseJson(values["aws:defaultTags"] ?? "");
  return isGroup(given) && isGroup(given.tags) ? Object.keys(given.tags) : [];
}

function isTagText(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value) && String(value).length <= 256;
}

/** What else may have keys in a stack's file: the engine itself. */
const OF_THE_ENGINE = ["aws", "pulumi"];

/** Keys that nothing reads: their prefix is neither this project's nor a provider's that it uses. @returns also what was probably meant */
export function misspeltProjects(project: string, keys: readonly string[]): { readonly problems: string[]; readonly meant: string[] } {
  const found = keys.filter((key) => ![project, ...OF_THE_ENGINE].includes(key.split(":", 1)[0] ?? ""));
  const rows = found.map((key) => ({ key, meant: meantBy(project, key) }));
  return {
    meant: rows.flatMap(({ meant }) => meant ?? []),
    problems: rows.map(
      ({ key, meant }) =>
        `${visible(key)}: nothing reads it${meant === undefined ? `, because its prefix is neither ${project}: nor aws:; remove it` : `; did you mean "${meant}"?`}`,
    ),
  };
}

/** A section of this program under another prefix (the stack's, say), or one as the prefix. */
function meantBy(project: string, key: string): string | undefined {
  const [prefix = "", ...rest] = key.split(":");
  const name = rest.join(":");
  if (prefix in SECTIONS) return `${project}:${prefix}.${name}`;
  if (nearest(prefix, ["aws"]) !== undefined && AWS_KEYS.includes(name)) return `aws:${name}`;
  return nearest(prefix, [project]) !== undefined || name in SECTIONS ? `${project}:${name}` : undefined;
}
