/** What an instance's user data does at the first boot: a script, or cloud-config with files and commands. */
import type { Resource } from "../core/types";
import { asString } from "../core/values";
import { yamlValue } from "../core/yaml";
import { foreign, quote, shellString, show } from "./text";
import { strangeSettings } from "./cloud-config";
import { gunzipSync } from "node:zlib";
import { runOnHost } from "./analyse";
import { newFile, tick } from "./channels";
import type { Files } from "./files";
import { andAwaited } from "./later";
import type { Boot } from "./launches";
import { exactly } from "./mode";
import { numericMode } from "./mode";
import type { Context, State } from "./state";
import { place } from "./tree";

/** Runs the user data as root over `files`. Unknown or unreadable user data is noted, as it may have done anything. */
function userDataOf(boot: Boot, files: Files, context: Context): void {
  const text = textOfBoot(boot);
  if (text === undefined) return unreadable(boot.resource, boot.part, reasonOf(boot), files, context);
  run(text, boot.resource, boot.part, files, context);
}

const reasonOf = ({ elsewhere }: Boot): string =>
  elsewhere ? "which a launch template may hold that is not part of this program" : "which is not known before it runs";

/** The user data, and behind it what a later start runs of the archives that it has unpacked. */
export function firstBoot(boot: Boot, files: Files, context: Context): Files {
  return andAwaited(context, () => {
    userDataOf(boot, files, context);
    return files;
  });
}

/** The user data as cloud-init gets it; undefined where it is not known. */
export function textOfBoot({ value, encoded }: Boot): string | undefined {
  const given = asString(value);
  const text = (given !== undefined && encoded && BASE64.test(given.trimEnd()) ? decoded(given) : undefined) ?? shellString(value);
  return text !== undefined && looksEncoded(text) ? (decoded(text) ?? text) : text;
}

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}$/u;
const looksEncoded = (text: string): boolean =>
  /^[A-Za-z0-9+/\s]{40,}={0,2}$/u.test(text.trimEnd()) &&
  /^(#!|#cloud|Content-Type|MIME)/u.test(Buffer.from(text, "base64").toString("utf8"));

function decoded(text: string): string | undefined {
  const bytes = Buffer.from(text, "base64");
  const result = (isPacked(bytes) ? unpacked(bytes) : bytes)?.toString("utf8");
  if (result === undefined) return undefined;
  return result.includes("\uFFFD") ? undefined : foreign(result);
}

/** AWS takes 16 KB; what is packed may be longer. */
const LONGEST = 500_000;
/** Formats within formats. */
const MOST_NESTED = 20;

const isPacked = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** cloud-init takes what gzip has packed. Undefined where it is no such archive, or holds more than anybody hands over. */
function unpacked(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST });
  } catch {
    return undefined;
  }
}

function unreadable(instance: Resource, part: string, why: string, files: Files, context: Context): void {
  const what = `the user data of «${instance.name}», ${why}`;
  const at = { urn: instance.urn, part, line: 1 };
  context.record.unclear.push({ what, place: at });
  files.fog = { time: tick(context), reason: what, place: at };
}

function run(text: string, instance: Resource, part: string, files: Files, context: Context, depth = 0): void {
  if (text.length > LONGEST) return unreadable(instance, part, "which is longer than AWS takes", files, context);
  if (depth > MOST_NESTED) return unreadable(instance, part, "whose formats nest too deeply to be followed", files, context);
  const first = firstLine(text);
  const inner = (body: string): void => {
    run(body, instance, part, files, context, depth + 1);
  };
  if (/^(Content-Type|MIME-Version|From |Number-Attachments)/iu.test(first)) {
    for (const body of mimeParts(text)) inner(body);
  } else if (first.startsWith("#cloud-config-archive")) archive(text, instance, part, files, context);
  else if (/^##\s*template:\s*jinja/iu.test(first)) inner(filledIn(text));
  else if (first.startsWith("#cloud-config")) cloudConfig(text, instance, part, files, context);
  else if (/^#!.*\b(ba|da)?sh\b/u.test(first)) script(text, instance, part, files, context);
  // Run at every boot, and before anything else.
  else if (first.startsWith("#cloud-boothook")) inner(text.trimStart().replace(/^#cloud-boothook[^\n]*\n/u, ""));
  else if (/^#include(-once)?\b/u.test(first)) included(text, instance, part, files, context);
  else if (text.trim() !== "" && !isNote(text))
    unreadable(instance, part, `a format that is not followed (${first.slice(0, 30)})`, files, context);
}

function firstLine(text: string): string {
  const start = text.trimStart();
  const end = start.indexOf("\n");
  return end < 0 ? start : start.slice(0, end);
}

/** Addresses, a line each, whose text cloud-init fetches and runs as user data. */
function included(text: string, instance: Resource, part: string, files: Files, context: Context): void {
  for (const [at, line] of text.split("\n").entries()) {
    const address = line.replace(/^#include(-once)?/u, "").trim();
    if (address !== "" && !address.startsWith("#"))
      context.record.remoteCode.push({ what: show(address), place: { urn: instance.urn, part, line: at + 1 } });
  }
  unreadable(instance, part, "which includes text from elsewhere", files, context);
}

/** cloud-init takes no notice of a text whose beginning it does not know; a comment begins none. */
const isNote = (text: string): boolean => !/^[#<\w]/u.test(text.trimStart());

function script(text: string, instance: Resource, part: string, files: Files, context: Context): void {
  runOnHost({ urn: instance.urn, part, text: foreign(text), stdin: "", user: "root", environment: new Map() }, files, context);
}

/** What cloud-init knows of an instance, put into a template: words without a meaning of their own. All else stays, and is not valid or not known. */
function filledIn(text: string): string {
  const filled = text
    .trimStart()
    .replace(/^[^\n]*\n/u, "")
    .replace(
      /\{\{-?\s*(?:v1\.|ds\.meta_data\.)?(local_hostname|region|availability_zone|instance_id|cloud_name|platform|distro(?:_\w+)?)\s*-?\}\}/gu,
      (_, name: string) => `instance-${name}`,
    );
  return /^##\s*template:|\{[{%#]/iu.test(filled) ? "#template" : filled;
}

const TYPES: Readonly<Record<string, string>> = {
  "text/cloud-config": "#cloud-config",
  "text/x-shellscript": "#!/bin/sh",
  "text/cloud-boothook": "#cloud-boothook",
  "text/jinja2": "## template: jinja",
  "text/x-include-url": "#include",
  "text/x-include-once-url": "#include-once",
};

/** A list of texts, each of a format of its own. */
function archive(text: string, instance: Resource, part: string, files: Files, context: Context): void {
  const parts = yamlValue(text);
  if (!Array.isArray(parts)) return unreadable(instance, part, "which is not a valid archive of cloud-config", files, context);
  for (const one of parts as readonly unknown[]) {
    const { content, type } = (typeof one === "object" && one !== null ? one : { content: one }) as { content?: unknown; type?: unknown };
    if (typeof content !== "string" || content.startsWith("#cloud-config-archive"))
      return unreadable(instance, part, "a part of which has no text", files, context);
    const head = typeof type === "string" ? TYPES[type] : undefined;
    if (/^#/u.test(content.trimStart())) run(content, instance, part, files, context);
    else if (head !== undefined) run(`${head}\n${content}`, instance, part, files, context);
    else unreadable(instance, part, "a part of which has a format that is not followed", files, context);
  }
}

function mimeParts(text: string): string[] {
  const boundary = /boundary="?([^"\s;]+)"?/iu.exec(text)?.[1];
  if (boundary === undefined) return [];
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((one) => {
      const [head = "", ...body] = one.replace(/^\r?\n/u, "").split(/\r?\n\r?\n/u);
      const content = /base64/iu.test(head) ? (decoded(body.join("\n\n")) ?? "") : body.join("\n\n");
      const given = /^content-type:\s*([\w/.-]+)/imu.exec(head)?.[1] ?? "";
      return given.startsWith("text/x-include") && !content.trimStart().startsWith("#include")
        ? `${TYPES[given] ?? ""}\n${content}`
        : content;
    });
}

interface CloudConfig {
  readonly write_files?: readonly {
    path?: string;
    content?: string;
    encoding?: string;
    permissions?: string | number;
    owner?: string;
    append?: boolean;
  }[];
  readonly bootcmd?: readonly (string | readonly string[])[];
  readonly runcmd?: readonly (string | readonly string[])[];
}

function cloudConfig(text: string, instance: Resource, part: string, files: Files, context: Context): void {
  const read = yamlValue(text);
  if (read === undefined)
    return unreadable(instance, part, "which is not valid cloud-config, or too deeply nested to be read", files, context);
  const config = (read ?? {}) as CloudConfig;
  const commands = (key: "bootcmd" | "runcmd"): void => {
    const list = config[key];
    const lines = (list ?? []).map((one) => (typeof one === "string" ? one : one.map((word) => quote(String(word))).join(" ")));
    if (lines.length > 0) script(lines.join("\n"), instance, `${part} ${key}`, files, context);
  };
  const strange = strangeSettings(config as Readonly<Record<string, unknown>>, context.home);
  const at = { urn: instance.urn, part, line: 1 };
  for (const what of strange)
    context.record.unclear.push({ what: `${what} of the cloud-config of «${instance.name}», which is not understood`, place: at });
  const sshd = logins(config as Readonly<Record<string, unknown>>);
  if (sshd !== "") writeFile({ path: "/etc/ssh/sshd_config.d/50-cloud-init.conf", content: sshd }, instance, part, files, context);
  commands("bootcmd");
  for (const file of config.write_files ?? []) writeFile(file, instance, part, files, context);
  commands("runcmd");
}

/** What cloud-init's module set_passwords writes into sshd's settings. */
const logins = ({ ssh_pwauth: passwords }: Readonly<Record<string, unknown>>): string =>
  passwords === true || /^(true|yes|on|1)$/iu.test(String(passwords)) ? "PasswordAuthentication yes\n" : "";

function writeFile(
  file: NonNullable<CloudConfig["write_files"]>[number],
  instance: Resource,
  part: string,
  files: Files,
  context: Context,
): void {
  if (typeof file.path !== "string") return;
  context.place = { urn: instance.urn, part, line: 1 };
  const state = { files, user: "root", umask: exactly(0o022), cwd: "/" } as State;
  const content = /b(ase)?64/u.test(file.encoding ?? "") ? (decoded(file.content ?? "") ?? "") : foreign(String(file.content ?? ""));
  const mode = file.permissions === undefined ? exactly(0o644) : (numericMode(String(file.permissions)) ?? exactly(0o644));
  const [owner = "root", group = owner] = (file.owner ?? "root:root").split(":");
  place(state, context, foreign(file.path), { ...newFile(state, context), mode, owner, group, content });
}
