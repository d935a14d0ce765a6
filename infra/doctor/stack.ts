/** The stack's file and what it points at on this machine: secrets, SSH key, application, models. Nothing is decrypted. */
import { environmentRegion } from "../region";
import { statSync } from "fs";
import { homedir } from "os";
import { join, resolve } from "path";
import { ConfigError, loadConfig } from "../config/load";
import { fingerprint } from "../config/ssh-key";
import type { SshKey, StackConfig } from "../config/types";
import { parseJson } from "../config/values";
import type { Seen } from "../deploy-role/statements";
import { runProgram } from "../offline/engine";
import { placeholderKey } from "../offline/placeholder-key";
import { previewProvider } from "../offline/preview-provider";
import { readStackFile, StackFileError, type StackFile } from "../offline/stack-file";
import { named, type Line } from "./line";

type Loaded = ReturnType<typeof loadConfig>;

export interface StackState {
  readonly lines: readonly Line[];
  /** Undefined while the configuration has problems. */
  readonly config?: StackConfig;
  readonly region?: string;
  /** `aws:profile` */
  readonly profile?: string;
  /** What the program registers in an account; rejects where the file cannot be read. */
  readonly seen: (account: string) => Promise<Seen>;
}

/** Lines of the configuration, each with the beginnings of the keys that it is about; what is about none of them is the configuration's. */
const SUBJECTS: readonly (readonly [check: string, keys: readonly string[]])[] = [
  ["application", ["app"]],
  ["models", ["models"]],
  ["SSH key", ["sshPrivateKey", "sshPreviousPrivateKey", "ssh"]],
  ["secrets", ["secretEnv"]],
];
const CONFIGURATION = "configuration";

export async function stackState(root: string, stack: string, env: Readonly<Record<string, string | undefined>>): Promise<StackState> {
  let file: StackFile;
  try {
    file = readStackFile(root, stack, { privateKey: placeholderKey });
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    const rest = SUBJECTS.map(([check]) => named(check).unknown(`needs Pulumi.${stack}.yaml`));
    const seen = (): Promise<Seen> => Promise.reject(error);
    return { seen, lines: [...error.message.split("\n").map((problem) => named(CONFIGURATION).bad(problem)), ...rest] };
  }
  const region = file.config["aws:region"] ?? environmentRegion(env);
  const found = await loadOffline(root, file, region ?? "");
  const config = "problems" in found ? undefined : found.config;
  // Loaded here: it takes the whole program, and only where there is an identity.
  const seen = async (account: string): Promise<Seen> =>
    (await import("../deploy-role/evaluate")).seenBy(root, file, region ?? "", account);
  const lines = "problems" in found ? problemLines(file, found.problems) : goodLines(root, file, found);
  return { lines: [...lines, ...unsetLines(file)], config, region, profile: file.config["aws:profile"], seen };
}

/** As the offline preview loads it, without the rest of the program. */
export async function loadOffline(
  root: string,
  { unreadable, ...file }: StackFile,
  region: string,
): Promise<Loaded | { readonly problems: string[] }> {
  let loaded: Loaded | undefined;
  const program = (): Promise<object> => {
    loaded = loadConfig(root);
    return Promise.resolve({});
  };
  try {
    await runProgram({ ...file, preview: true, provider: previewProvider(region), program });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: [...unreadable, ...error.problems] };
  }
  if (loaded === undefined) throw new Error("the program ended without its configuration");
  return unreadable.length > 0 ? { problems: [...unreadable] } : loaded;
}

function problemLines({ project }: StackFile, problems: readonly string[]): Line[] {
  const subjectOf = (problem: string): string => {
    const key = problem.startsWith(`${project}:`) ? (/^\w+/.exec(problem.slice(project.length + 1))?.[0] ?? "") : "";
    return SUBJECTS.find(([, keys]) => keys.includes(key))?.[0] ?? CONFIGURATION;
  };
  const bad = problems.map((problem) => named(subjectOf(problem)).bad(problem));
  const others = [CONFIGURATION, ...SUBJECTS.map(([check]) => check)].filter((check) => !bad.some((line) => line.check === check));
  return [...bad, ...others.map((check) => named(check).good("nothing wrong was found, beside what the other lines say"))];
}

function goodLines(root: string, file: StackFile, { config, sources }: Loaded): Line[] {
  return [
    named(CONFIGURATION).good(`Pulumi.${file.stack}.yaml`),
    applicationLine(config),
    ...sources.notices.map((notice) => named("application").good(`notice: ${notice}`)),
    modelsLine(sources.models),
    ...(isUnset(file, "sshPrivateKey") || config.ssh === undefined ? [] : [keyLine(root, file, config.ssh)]),
    ...(secretsOf(file).length > 0 ? [] : [secretsLine(config)]),
  ];
}

function applicationLine({ app }: StackConfig): Line {
  const line = named("application");
  if (app.kind === "path") return line.good(`${app.path}: ${app.module}`);
  const where = app.kind === "git" ? `${app.url} at ${app.commit}` : app.uri;
  if (app.atHand !== undefined) return line.good(`${where}: ${app.module}, as ${app.atHand} has it`);
  return line.unknown(`it comes from ${where}, which only a host reads`);
}

function modelsLine({ manifest, files }: Loaded["sources"]["models"]): Line {
  const here = files.filter(({ localPath }) => localPath !== undefined);
  const published = files.filter(({ localPath, absent }) => localPath === undefined && absent !== true);
  const text = `release ${manifest.release}: ${here.length} of ${files.length} files are here, with the sizes and sha256 of the manifest`;
  if (published.length === 0) return named("models").good(text);
  return named("models").unknown(`${text}; ${published.map(({ name }) => name).join(", ")} can only be in the bucket (models.published)`);
}

function keyLine(root: string, file: StackFile, ssh: SshKey): Line {
  const line = named("SSH key");
  const { privateKeyFile } = (parseJson(file.config[`${file.project}:ssh`] ?? "") ?? {}) as { privateKeyFile?: string };
  if (privateKeyFile === undefined) return line.good("set as a secret; doctor does not decrypt it");
  const place = privateKeyFile.startsWith("~/") ? join(homedir(), privateKeyFile.slice(2)) : resolve(root, privateKeyFile);
  const others = process.platform === "win32" ? 0 : statSync(place).mode & 0o077;
  if (others !== 0) return line.bad(`${privateKeyFile} can be read by others, and ssh refuses such a key`, `chmod 600 ${privateKeyFile}`);
  return line.good(`${privateKeyFile}, ${fingerprint(ssh.publicKey)}`);
}

function secretsLine(config: StackConfig): Line {
  const names = [...config.secretEnvNames, ...config.gateway.secretEnvNames.map((name) => `${name} (gateway)`)];
  return named("secrets").good(names.length === 0 ? "the application requires none" : `${names.join(", ")} are set`);
}

function isUnset({ project, unset }: StackFile, name: string): boolean {
  return unset.includes(`${project}:${name}`);
}

/** Names of the settings that are not set yet. */
function secretsOf(file: StackFile): string[] {
  return file.unset.filter((key) => key !== `${file.project}:sshPrivateKey`).map((key) => key.slice(file.project.length + 1));
}

function unsetLines(file: StackFile): Line[] {
  const { project, stack } = file;
  const set = `pulumi config set --stack ${stack} --secret`;
  const key = isUnset(file, "sshPrivateKey")
    ? [named("SSH key").bad("not set", `ssh-keygen -t ed25519 -N '' -f ~/.ssh/${project} && ${set} sshPrivateKey < ~/.ssh/${project}`)]
    : [];
  return [
    ...key,
    ...secretsOf(file).map((name) => named("secrets").bad(`${name} is not set, and app.requires names it`, `${set} --path '${name}'`)),
  ];
}
