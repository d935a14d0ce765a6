/** Runs one step of a host (a Command, a copied file) over its files. */
import { createHash } from "node:crypto";
import { partsOf, textOfAsset } from "../core/assets";
import type { Part } from "../core/assets";
import { isSecretName } from "../core/secret-name";
import { Asset, Secret } from "../core/types";
import type { Resource, Value } from "../core/types";
import { asArray, asProps, asString, containsSecret, exactText, isAbsent, isUnknown, reveal } from "../core/values";
import { runOnHost } from "./analyse";
import { makeFile } from "./effects/create";
import { archiveText } from "./fetched-objects";
import { maySend } from "./sendings";
import type { Stored } from "./stored";
import type { Files } from "./files";
import { exactly } from "./mode";
import { addSource } from "./origin";
import { nameOf, parentOf } from "./paths";
import type { Context, State } from "./state";
import type { Call } from "./call";
import { absolute, makeFolders, unpack } from "./tree";
import { foreign, hole, markSecret, quote, shellString } from "./text";

export type PartName = "create" | "update" | "delete";

/** Properties of a step that decide what it does on its host. */
const DECIDING = [
  "create",
  "update",
  "delete",
  "interpreter",
  "stdin",
  "environment",
  "remotePath",
  "localPath",
  "source",
  "document",
] as const;

/** Everything of a step that its effects depend on, as text; secrets are in it. */
export const inputsOf = (step: Resource): string =>
  JSON.stringify([step.urn, step.type, step.name, loginOf(step), ...DECIDING.map((key) => exactText(step.inputs[key]))]);

/** Whether any of that is marked as secret. */
export const holdsSecrets = (step: Resource): boolean => DECIDING.some((key) => containsSecret(step.inputs[key]));

export function runPart(step: Resource, part: PartName, files: Files, context: Context): void {
  if (step.type.endsWith(":Command")) runCommandResource(step, part, files, context);
  else if (maySend(step)) {
    if (part === "create") runDocument(step, files, context);
  } else if (part === "create") copy(step, files, context);
}

/** The user that logs in; root where that is written, else ubuntu, as the image has it. */
export const loginOf = (step: Resource): string => shellString(asProps(step.inputs.connection)?.user) ?? "ubuntu";

function runCommandResource(step: Resource, part: PartName, files: Files, context: Context): void {
  const given = step.inputs[part];
  if (isAbsent(given)) return;
  const text = shellString(given);
  if (text === undefined) {
    const place = { urn: step.urn, part, line: 1 };
    const what = `the ${part} script of «${step.name}», which is not known before it runs`;
    context.record.unclear.push({ what, place });
    files.fog = { time: (context.time += 1), reason: what, place };
    return;
  }
  // What the run before has written comes back as variables, unless that is switched off.
  const before = reveal(step.inputs.addPreviousOutputInEnv) === false ? [] : ["PULUMI_COMMAND_STDOUT", "PULUMI_COMMAND_STDERR"];
  const environment = new Map([
    ...before.map((name) => [name, hole("value", `$${name}`)] as const),
    ...Object.entries(asProps(step.inputs.environment) ?? {}).map(
      ([name, value]) => [name, textOf(value, `$${name}`, isSecretName(name))] as const,
    ),
  ]);
  const interpreter = interpreterOf(step);
  if (interpreter === undefined) addUnknown(step, part, "its interpreter is not known", files, context);
  else if (interpreter.length > 0) addSource(context, step.urn, part, text);
  runOnHost(
    {
      urn: step.urn,
      part,
      text: interpreter?.length ? [...interpreter, text].map(quote).join(" ") : text,
      stdin: textOf(step.inputs.stdin, "stdin", false),
      user: loginOf(step),
      environment,
    },
    files,
    context,
  );
}

/** The agent of Systems Manager runs what a document says, as root. */
function runDocument({ urn, inputs }: Resource, files: Files, context: Context): void {
  const text = shellString(inputs.document) ?? "";
  runOnHost({ urn, part: "document", text, stdin: "", user: "root", environment: new Map() }, files, context);
}

/** The words before the text where it is not the shell of the login; undefined where they are not known. */
function interpreterOf(step: Resource): readonly string[] | undefined {
  const given = reveal(step.inputs.interpreter);
  if (isAbsent(given)) return [];
  const words = (asArray(given) ?? []).map(shellString);
  return words.every((w) => w !== undefined) && words.length > 0 ? words : undefined;
}

function addUnknown(step: Resource, part: PartName, why: string, files: Files, context: Context): void {
  const place = { urn: step.urn, part, line: 1 };
  const what = `the ${part} script of «${step.name}»: ${why}`;
  context.record.unclear.push({ what, place });
  files.fog = { time: (context.time += 1), reason: what, place };
}

/** A value as abstract text: known, known but secret, or a hole. */
function textOf(value: Value | undefined, label: string, secretAnyway: boolean): string {
  if (isAbsent(value)) return "";
  const text = shellString(value) ?? (isUnknown(value) ? undefined : foreign(JSON.stringify(reveal(value))));
  const secret = secretAnyway || value instanceof Secret;
  if (text === undefined) return hole(secret ? "secret" : "value", label);
  return secret ? markSecret(text) : text;
}

/** CopyToRemote and CopyFile: mode 0644 (folders 0755), owner the login user. */
function copy(step: Resource, files: Files, context: Context): void {
  context.place = { urn: step.urn, part: "remotePath", line: 1 };
  context.running = step.urn;
  const to = shellString(step.inputs.remotePath) ?? hole("value", "remotePath");
  const user = loginOf(step);
  const state = { files, user, umask: exactly(0o022), cwd: `/home/${user}` } as State;
  const source = reveal(step.inputs.source);
  const path =
    asString(step.inputs.localPath) ?? (source instanceof Asset ? (source.kind === "text" ? undefined : source.content) : undefined);
  const call = { name: "copy", args: [], state, scope: { context, channels: new Map(), frame: { exits: [] }, depth: 0, ignored: false } };
  if (source instanceof Asset && source.kind === "archive") {
    const folder = folderOf(source, to);
    makeFolders(state, context, folder, exactly(0o755));
    for (const part of asSent(source)) bring(part, folder, step, call, step.inputs.source instanceof Secret);
    return;
  }
  const known = source instanceof Asset ? textOfAsset(source) : undefined;
  const packed = source instanceof Asset && source.members !== undefined ? sentArchive(step, source) : undefined;
  if (packed) context.sent = [...(context.sent ?? []), packed];
  const content = packed ? archiveText(packed) : known === undefined ? hole("value", `content of ${path ?? "the asset"}`) : foreign(known);
  addSource(context, step.urn, "source", content);
  const secret = step.inputs.source instanceof Secret ? markSecret(content) : content;
  const folder = to.endsWith("/") && path !== undefined;
  makeFile(call, folder ? `${to}${nameOf(path)}` : to, secret, exactly(0o644));
}

/** A tar or a zip that is sent as one file. */
const sentArchive = (step: Resource, content: Asset): Stored => ({
  urn: step.urn,
  bucket: undefined,
  key: content.content ?? "",
  digests: [
    createHash("sha256")
      .update(`${step.urn}\0${content.content ?? ""}`)
      .digest("hex"),
  ],
  secret: step.inputs.source instanceof Secret,
  part: "source",
  content,
  isPinned: false,
});

/** The provider copies a folder into the target under the folder's own name, its content alone where the path ends with a slash. */
function folderOf({ content, opened }: Asset, to: string): string {
  const name = content === undefined || content.endsWith("/") ? "." : nameOf(content);
  return opened?.folder === true && name !== "." ? `${to}/${foreign(name)}` : to;
}

/** The provider copies a tar or a zip as the file that it is: what is inside comes to lie where a script unpacks it. */
const asSent = (source: Asset): Part[] =>
  partsOf(source.opened?.folder === false ? new Asset("archive", source.content, undefined, source.opened) : source);

/** A part of an archive; what is not shown (a folder, an address) may bring files of any name. */
function bring({ path, asset, secret }: Part, folder: string, step: Resource, call: Call, allSecret: boolean): void {
  const { state } = call;
  const { context } = call.scope;
  const target = path === "" ? folder : `${folder}/${foreign(path)}`;
  if (asset === undefined || asset.kind === "archive") {
    unpack(state, context, target, { wanted: exactly(0o644), folders: exactly(0o755) });
    return;
  }
  const known = textOfAsset(asset);
  const text = known === undefined ? hole("value", `content of ${asset.content ?? "the asset"}`) : foreign(known);
  addSource(context, step.urn, `source["${path}"]`, text);
  makeFolders(state, context, parentOf(absolute(target, state)), exactly(0o755));
  makeFile(call, target, secret || allSecret ? markSecret(text) : text, exactly(0o644));
}
