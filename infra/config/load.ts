/**
 * The only reader of `pulumi.Config`: turns the stack's configuration into one validated value, or says everything that is wrong with it.
 */
import { environmentRegion, regionVariable } from "../region";
import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { DEFAULT_OS, type Os } from "../external-names";
import { defaultZones } from "../partitions";
import { isRegionKey, regionProblem } from "./aws-names";
import { systemSentence } from "../../policies/cli/system-errors";
import { basicAuthNotices } from "./access-rules";
import { acmeNotices } from "./acme-rules";
import { readSources, shownPath, type Sources } from "./sources";
import { packageIndex, type IndexKeys } from "./package-index";
import { certificateText, checkCertificate, keyText } from "./certificate";
import { environmentNotices } from "./env-rules";
import { fleetCredentials } from "./fleet-rules";
import { checkRules } from "./rules";
import { wayNotices } from "./way-rules";
import { awsProblems, defaultTagNames, misspeltProjects } from "./aws-keys";
import { spellingProblems } from "./spelling";
import { stackSettings } from "./stack-text";
import { parseSections, type Sections } from "./structure";
import { plainBesideEncrypted } from "./plain-secrets";
import { keyOf } from "./values";
import { count } from "../../policies/cli/words";
import { privateKeyText, publicKeyOf } from "./ssh-key";
import type { Acme } from "../release/types";
import type { AccessMode, AppConfig, BackendConfig, GatewayConfig, NetworkConfig, S3Object, SshConfig, SshKey, StackConfig } from "./types";

/** All problems of a configuration at once; `problems` holds one line each. A RunError: its message says it all, nobody needs its stack. */
export class ConfigError extends pulumi.RunError {
  constructor(readonly problems: readonly string[]) {
    super(
      `the configuration of this stack has ${count(problems.length, "problem")}:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
    this.name = "ConfigError";
  }
}

/**
 * Reads and validates the configuration of the running stack, and what it points at on this machine.
 *
 * @param root folder that relative paths in the configuration start from.
 * @throws ConfigError naming each key, what was found and what to do.
 */
export function loadConfig(root: string): { config: StackConfig; sources: Sources } {
  const project = pulumi.getProject();
  const region = new pulumi.Config("aws").get("region") ?? environmentRegion() ?? "";
  const { sections, problems, refused } = parseSections(readRaw(project));
  dropRefused(sections, refused);
  const regionProblems = checkRegion(region);
  if (regionProblems.length === 0) {
    fillZones(sections, region);
  }
  const given = pulumi.runtime.allConfig();
  const context = { project, region: regionProblems.length > 0 ? "" : region, sections, refused, defaultTags: defaultTagNames(given) };
  const foreign = misspeltProjects(project, Object.keys(given));
  const own = problems.filter((problem) => !foreign.meant.some((key) => problem.startsWith(`${key}: missing.`)));
  const spelling = checkSpelling(project, root);
  const all = [
    ...foreign.problems,
    ...awsProblems(given, isConfigSecret, root),
    ...own.filter(isFirst(spelling)),
    ...spelling,
    ...regionProblems.filter(isFirst(spelling)),
    ...notRefused(project, refused, checkRules(context)),
    ...fleetCredentials(project, sections, Object.keys(given)),
    ...checkAgent(),
  ];
  const files: string[] = [];
  const closed = sections.access === "none";
  const keys = closed ? undefined : readKeys(project, root, sections, files);
  const certificate = checkCertificate(context, new Date());
  all.push(...certificate.problems);
  const { code, models, notices = [] } = readSources(project, root, sections, files, closedGroups(project, sections));
  // A path between quotes that belong to no path leads nowhere: that is one mistake.
  all.push(...files.filter(isFirst(spelling)));
  if (all.length > 0 || (keys === undefined && !closed) || code === undefined || models === undefined) {
    throw new ConfigError([...new Set(all)]);
  }
  return {
    config: assemble({ project, region, sections, keys }),
    sources: {
      code,
      models,
      notices: [
        ...notices,
        ...certificate.notices,
        ...acmeNotices(context),
        ...basicAuthNotices(context),
        ...environmentNotices(context),
        ...wayNotices(context),
      ],
    },
  };
}

/** Whether the key of a problem is not one of those that have been said. */
function isFirst(said: readonly string[]): (problem: string) => boolean {
  return (problem) => !said.some((other) => keyOf(other) === keyOf(problem));
}

/** Internal to the SDK and so without a type: whether the stack's file holds the value encrypted. */
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret: (this: void, key: string) => boolean };

function readRaw(project: string): Parameters<typeof parseSections>[0] {
  const prefix = `${project}:`;
  const names = Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  // The raw text is needed to validate secrets too; it never leaves this file except inside an output marked as secret.
  const values = Object.fromEntries(names.map((name) => [name, pulumi.runtime.getConfig(prefix + name) ?? ""]));
  return { project, values, secretKeys: new Set(names.filter((name) => isConfigSecret(prefix + name))) };
}

/** What cannot be used is as if it were not there: nothing else is to be read or said of it. Entries of lists stay, because others are counted. */
function dropRefused(sections: Sections, refused: readonly string[]): void {
  for (const key of refused.filter((one) => !one.includes("["))) {
    const path = key.split(".");
    const last = path.pop() ?? "";
    const group = path.reduce<unknown>((inner, part) => (inner as Sections | undefined)?.[part], sections);
    if (group !== null && typeof group === "object") {
      Reflect.deleteProperty(group, last);
    }
  }
}

/** The stack's file, where it lies beside the program: what is written there, and not what became of it. */
function checkSpelling(project: string, root: string): string[] {
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  const full = path.join(root, file);
  if (!fs.existsSync(full)) {
    return [];
  }
  const text = fs.readFileSync(full, "utf8");
  const read = stackSettings(file, text);
  if (!("settings" in read)) return [];
  return [...spellingProblems(project, text), ...plainBesideEncrypted(project, (read.settings.config ?? {}) as Record<string, unknown>)];
}

/** `secretEnv` that is one secret as a whole: a preview without an engine sees none of its names. */
function closedGroups(project: string, { secretEnv }: Sections): string[] {
  return isConfigSecret(`${project}:secretEnv`) && Object.keys((secretEnv ?? {}) as object).length === 0 ? ["secretEnv"] : [];
}

/** Without what a rule says of a key that has been reported already: one message for one mistake. */
function notRefused(project: string, refused: readonly string[], problems: readonly string[]): string[] {
  const keys = refused.map((key) => `${project}:${key}`);
  return problems.filter((problem) => !keys.some((key) => problem.startsWith(key) && /^[.:[]/.test(problem.slice(key.length))));
}

function checkRegion(region: string): string[] {
  const problem = regionProblem(region, new pulumi.Config("aws").get("skipRegionValidation") === "true");
  const given = Object.keys(pulumi.runtime.allConfig());
  // Reported as a key that nothing reads.
  if (region === "" && given.some((key) => key !== "aws:region" && isRegionKey(key))) return [];
  const variable = regionVariable();
  const place = given.includes("aws:region") || variable === undefined ? "aws:region" : `${variable} (environment)`;
  return problem === undefined ? [] : [`${place}: ${problem}`];
}

/** The one default that follows from another key. */
function fillZones(sections: Sections, region: string): void {
  const network = sections.network as { availabilityZones?: unknown } | undefined;
  if (network !== undefined) {
    network.availabilityZones ??= defaultZones(region);
  }
}

/** With an agent socket that is gone, every remote command fails although a key is given. */
function checkAgent(): string[] {
  const socket = process.env.SSH_AUTH_SOCK;
  if (socket === undefined || socket === "" || fs.existsSync(socket) || pulumi.runtime.isDryRun()) {
    return [];
  }
  return [
    `SSH_AUTH_SOCK (environment): names "${socket}", which does not exist, and makes every remote command fail; run: unset SSH_AUTH_SOCK`,
  ];
}

interface Key {
  readonly text: string;
  readonly publicKey: string;
}

interface Keys {
  readonly current: Key;
  readonly previous?: Key;
}

/** The key of the set-up and, while it is rotated, the one before. */
function readKeys(project: string, root: string, sections: Sections, problems: string[]): Keys | undefined {
  const context = { project, root, sections, problems };
  const current = readKey("sshPrivateKey", "privateKeyFile", context);
  const previous = readKey("sshPreviousPrivateKey", "previousPrivateKeyFile", context);
  if (current !== undefined && current.publicKey === previous?.publicKey) {
    const inFile = (sections.ssh ?? {}) as { privateKeyFile?: unknown; previousPrivateKeyFile?: unknown };
    const now = inFile.privateKeyFile === undefined ? "sshPrivateKey" : "ssh.privateKeyFile";
    const before = inFile.previousPrivateKeyFile === undefined ? "sshPreviousPrivateKey" : "ssh.previousPrivateKeyFile";
    problems.push(
      `${project}:${before}: is the same key as ${now}, so there is nothing to rotate; set ${now} to the new key, or remove this one`,
    );
  }
  return current === undefined ? undefined : { current, previous };
}

/** A key that is given as a secret or as a file; undefined when it is not given, or not usable. */
function readKey(
  secretName: string,
  fileName: string,
  { project, root, sections, problems }: { project: string; root: string; sections: Sections; problems: string[] },
): Key | undefined {
  const file = (sections.ssh as Record<string, unknown> | undefined)?.[fileName];
  const secret = sections[secretName] as string | undefined;
  const inFile = typeof file === "string";
  // Two sources at once are reported by the rules.
  if (inFile === (secret !== undefined)) {
    return undefined;
  }
  try {
    const text = privateKeyText(inFile ? fs.readFileSync(expand(file, root), "utf8") : (secret ?? ""));
    return { text, publicKey: publicKeyOf(text) };
  } catch (error) {
    const reason = inFile
      ? `${systemSentence(error, shownPath(file)) ?? `${shownPath(file)}: ${(error as Error).message}`}${pathHint(file)}`
      : (error as Error).message;
    problems.push(`${project}:${inFile ? `ssh.${fileName}` : secretName}: ${reason}`);
    return undefined;
  }
}

function pathHint(file: string): string {
  if (/^\$|^%|^~[^/]/.test(file)) return " (only ~/ stands for your home here; variables and other users' homes are not looked up)";
  return /\\/.test(file) ? " (write / between folders)" : "";
}

function expand(file: string, root: string): string {
  return file.startsWith("~/") ? path.join(os.homedir(), file.slice(2)) : path.resolve(root, file);
}

function assemble(read: { project: string; region: string; sections: Sections; keys: Keys | undefined }): StackConfig {
  const { project, region, sections, keys } = read;
  const secretEnv = sections.secretEnv as Record<string, string>;
  return {
    project,
    stack: pulumi.getStack(),
    region,
    profile: new pulumi.Config("aws").get("profile"),
    access: sections.access as AccessMode,
    network: sections.network as NetworkConfig,
    gateway: gatewayConfig(sections.gateway as Sections),
    ...httpsConfig(sections),
    backend: backendConfig(sections.backend as Sections),
    ...(keys === undefined ? {} : { ssh: sshConfig(sections, keys) }),
    app: appConfig(sections.app as Sections),
    models: sections.models as StackConfig["models"],
    health: sections.health as StackConfig["health"],
    requests: sections.requests as StackConfig["requests"],
    release: sections.release as StackConfig["release"],
    env: sections.env as Record<string, string>,
    secretEnvNames: Object.keys(secretEnv).sort(),
    secretEnv: pulumi.secret(secretEnv),
    wheelhouse: (sections.python as { wheelhouse?: S3Object }).wheelhouse,
    index: packageIndex(sections.python as IndexKeys),
    repair: sections.repair as string | undefined,
    tags: sections.tags as StackConfig["tags"],
    iam: sections.iam as StackConfig["iam"],
    watch: sections.watch as StackConfig["watch"],
    protect: sections.protect as StackConfig["protect"],
    kms: sections.kms as StackConfig["kms"],
    sandbox: sections.sandbox as StackConfig["sandbox"],
    backup: backupOf(sections),
  };
}

/** The engine marks the whole section as secret when one value in it is; here only those values become secret outputs. */
function gatewayConfig(gateway: Sections): GatewayConfig {
  const { secretEnv, apiKeys, basicAuth, ...plain } = gateway as Omit<
    GatewayConfig,
    "os" | "secretEnv" | "secretEnvNames" | "apiKeys" | "apiKeyNames" | "basicAuth" | "userNames"
  > & { os?: Os } & Record<"secretEnv" | "apiKeys" | "basicAuth", Record<string, string>>;
  const names = (group: object): string[] => Object.keys(group).sort();
  return {
    ...{ ...plain, os: plain.os ?? DEFAULT_OS },
    ...{ secretEnvNames: names(secretEnv), secretEnv: pulumi.secret(secretEnv) },
    ...{ apiKeyNames: names(apiKeys), apiKeys: pulumi.secret(apiKeys) },
    ...{ userNames: names(basicAuth), basicAuth: pulumi.secret(basicAuth) },
  };
}

function httpsConfig({ domain, tls, dns }: Sections): Pick<StackConfig, "https"> {
  if (typeof domain !== "string") return {};
  const { zone } = dns as { zone?: string };
  const { hstsSeconds, acme, acm, eabHmacKey, ...own } = tls as TlsSection;
  const common = { domain, hstsSeconds, zone };
  if (acm !== undefined) return { https: { ...common, acm } };
  if (acme !== undefined) {
    const { email, directory, eabKeyId, challenge } = acme;
    const eabKey = eabHmacKey === undefined ? {} : { eabKey: pulumi.secret(eabHmacKey) };
    const proof = challenge === "dns" ? { zone } : {};
    return { https: { ...common, acme: { email, directory, ...(eabKeyId === undefined ? {} : { eabKeyId }), ...proof }, ...eabKey } };
  }
  return {
    https: { ...common, certificate: certificateText(own.certificate ?? ""), privateKey: pulumi.secret(keyText(own.privateKey ?? "")) },
  };
}

interface TlsSection {
  readonly hstsSeconds: number;
  readonly acm?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
  readonly acme?: Omit<Acme, "zone"> & { readonly challenge: "http" | "dns" };
  readonly eabHmacKey?: string;
}

function backendConfig(backend: Sections): BackendConfig {
  return { ...(backend as BackendConfig), os: (backend as Partial<BackendConfig>).os ?? DEFAULT_OS };
}

/** Hosts of a fleet come and go, and each would write its backup over those of the others. */
function backupOf({ backend, backup }: Sections): StackConfig["backup"] {
  const { enabled, ...rest } = backup as StackConfig["backup"];
  return { enabled: enabled && (backend as BackendConfig).mode !== "fleet", ...rest };
}

function sshConfig({ ssh }: Sections, { current, previous }: Keys): SshConfig {
  const { user, localPort } = ssh as Pick<SshConfig, "user" | "localPort">;
  return { user, localPort, ...sshKey(current), previous: previous === undefined ? undefined : sshKey(previous) };
}

function sshKey(key: Key): SshKey {
  return { publicKey: key.publicKey, privateKey: pulumi.secret(key.text) };
}

function appConfig(app: Sections): AppConfig {
  const common = { module: app.module as string, interface: app.interface as "asgi" | "wsgi" };
  if (app.git !== undefined) {
    const { clone, ...git } = app.git as { url: string; commit: string; clone?: string };
    return { kind: "git", ...common, ...git, atHand: clone };
  }
  if (app.bundle !== undefined) {
    const { file, ...bundle } = app.bundle as S3Object & { file?: string };
    return { kind: "bundle", ...common, ...bundle, atHand: file };
  }
  return { kind: "path", ...common, path: app.path as string };
}
