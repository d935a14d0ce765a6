/**
 * Files that run something later: cron, systemd, tmpfiles.d, profiles, git hooks, udev and the like. What they run may happen at any time
 * after the set-up, or never: its effects are joined to what the host has without them.
 */
import { runOnHost } from "./analyse";
import type { Entry, Files } from "./files";
import { cloneFiles, joinFiles, resolveLinks } from "./files";
import { unnamed } from "./builtins";
import { isSecretPath } from "./subjects";
import { dropInOf, UNIT_FOLDERS } from "./paths";
import { commandsOf } from "./followed";
import { lostRules } from "./lost-rules";
import { obeyed } from "./obeyed";
import type { Context, Happenings } from "./state";
import { isBlank, plain, quote } from "./text";

interface Later {
  readonly path: string;
  readonly text: string;
  readonly user: string;
  readonly environmentFiles?: readonly string[];
  readonly place: Entry["place"];
}

/** Joins to the files what scripts do that the set-up leaves behind. @param record what the set-up did */
export function runLater(files: Files, record: Happenings, context: Context): Files {
  const joined = andAwaited(context, () =>
    laterOf(files, record).reduce((before, one) => joinFiles(before, runOne(one, files, context)), files),
  );
  const lost = lostRules(joined, record.executed, context.record.executed);
  for (const one of [...obeyed(joined, record, context.home), ...lost]) context.record.unclear.push(one);
  return joined;
}

/**
 * What `body` does, and behind it the scripts that it looked for before anything had made them: a unit that sets the host up at its first start
 * runs at later ones, too, and finds what it has unpacked then.
 */
export function andAwaited(context: Context, body: () => Files): Files {
  if (context.stored !== undefined) context.awaited = [];
  const first = body();
  const awaited = context.awaited ?? [];
  delete context.awaited;
  return awaited.reduce(
    (files, { argv, ...one }) => joinFiles(files, runOne({ ...one, text: argv.map(quote).join(" ") }, files, context)),
    first,
  );
}

function runOne({ place, text, user, environmentFiles = [] }: Omit<Later, "path">, files: Files, context: Context): Files {
  const own = cloneFiles(files);
  context.place = place;
  const { part } = place;
  const isSecret = environmentFiles.some(
    (file) => files.entries.get(resolveLinks(files, file))?.some((e) => e.secret) ?? isSecretPath(file),
  );
  const environment = isSecret ? unnamed() : new Map<string, string>();
  runOnHost({ urn: place.runBy ?? place.urn, part, text, stdin: "", user, environment, at: place }, own, context);
  return own;
}

function laterOf(files: Files, record: Happenings): Later[] {
  const seen = new Map<string, Later>();
  // A script that the set-up has run has been followed already.
  const ran = new Set(record.ran.map((one) => one.path));
  const texts = (path: string): readonly string[] => [
    ...record.written.flatMap((one) => (one.path === path ? [plain(one.content)] : [])),
    ...(files.entries.get(path) ?? []).flatMap((entry) => (entry.content === undefined ? [] : [plain(entry.content)])),
  ];
  const add = (path: string, content: string | undefined, place: Entry["place"]): void => {
    for (const { text, user, environmentFiles = [] } of commandsOf(path, withUser(path, plain(content ?? ""), texts))) {
      if (text.trim() === "" || !isRelevant(text) || ran.has(text.trim().split(/\s/u)[0] ?? "")) continue;
      seen.set(`${user}\0${text}`, { path, text, user, place, environmentFiles });
    }
  };
  for (const { path, content, place } of record.written) if (content !== "") add(path, content, place);
  for (const [path, entries] of files.entries)
    for (const entry of entries) if (entry.kind !== "absent" && entry.content !== undefined) add(path, entry.content, entry.place);
  return [...seen.values()];
}

const SETS_USER = /^\s*(User|DynamicUser)\s*=/u;

/** A drop-in of a unit, with the user that it has from there. */
function withUser(path: string, text: string, texts: (path: string) => readonly string[]): string {
  const unit = dropInOf(path);
  if (unit?.endsWith(".service") !== true || text.split("\n").some((line) => SETS_USER.test(line))) return text;
  // Of the first folder that has it, as it was left there.
  const [whole = ""] = UNIT_FOLDERS.flatMap((folder) => texts(`${folder}/${unit}`).slice(-1));
  const lines = whole.split("\n").filter((line) => SETS_USER.test(line));
  return [...lines, text].join("\n");
}

/** A text of which nothing is known is looked at by those who judge the file; here there is nothing to follow. */
const isRelevant = (text: string): boolean => !isBlank(text);
