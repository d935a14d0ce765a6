/** What becomes of an object of the program (`stored.ts`) on the host that fetches it: a text, or an archive whose files lie where it is unpacked. */
import { partsOf, textOfAsset } from "../core/assets";
import { newFile } from "./channels";
import type { Mode } from "./mode";
import { addSource } from "./origin";
import { isWithin, normalise, parentOf } from "./paths";
import type { Context, State } from "./state";
import type { Stored } from "./stored";
import { foreign, hole, holesOf, markSecret, plain } from "./text";
import { makeFolders, place } from "./tree";

/** As a label: those hold no blanks. */
const labelOf = ({ digests: [digest] }: Stored): string => `object_${digest.slice(0, 32)}`;

/** The text of `s3://bucket/key`: an archive is one hole, by which `unpackStored` knows it. Undefined where the program does not put it there. */
export function textOfStored(uri: string, context: Context): string | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/u.exec(plain(uri)) ?? [];
  const found = context.stored?.find((one) => one.key === key && (one.bucket === undefined || one.bucket === bucket));
  if (found === undefined) return undefined;
  const text = textOfAsset(found.content);
  if (text === undefined) return hole(found.secret ? "secret" : "value", labelOf(found));
  addSource(context, found.urn, found.part, foreign(text));
  return found.secret ? markSecret(foreign(text)) : foreign(text);
}

/** The content of a file that is one of the program's archives. */
export const archiveText = (one: Stored): string => hole(one.secret ? "secret" : "value", labelOf(one));

/**
 * Puts the files of an archive below the folder that it is unpacked in, on top of what stands for files of any name.
 * @param content of the archive's file
 */
export function unpackStored(content: string, folder: string, mode: Mode, state: State, context: Context): void {
  const found = storedArchive(content, context);
  if (found === undefined) return;
  for (const part of partsOf(found.content)) {
    const path = normalise(foreign(part.path.replace(/^\/+/u, "")), folder);
    const text = textOfAsset(part.asset);
    // What is no text is no script either; a link may lead anywhere.
    if (part.path === "" || part.asset === undefined || text === undefined || !isWithin(path, folder)) continue;
    const abstract = foreign(text);
    addSource(context, found.urn, `${found.part}["${part.path}"]`, abstract);
    makeFolders(state, context, parentOf(path), { set: 0o700, may: 0o755 });
    place(state, context, path, {
      ...newFile(state, context),
      mode,
      content: part.secret || found.secret ? markSecret(abstract) : abstract,
    });
  }
}

/** By what was fetched; else, where a program fetched it that is not followed, the one archive whose SHA-256 the host's own text has. */
function storedArchive(content: string, context: Context): Stored | undefined {
  const archives = [...(context.stored ?? []), ...(context.sent ?? [])].filter((one) => one.content.members !== undefined);
  const [only, ...more] = holesOf(content);
  if (only === undefined || more.length > 0) return undefined;
  const named = archives.find((one) => labelOf(one) === only.label);
  if (named !== undefined || !only.label.startsWith("content_of")) return named;
  const pinned = archives.filter(({ isPinned }) => isPinned);
  return pinned.length === 1 ? pinned[0] : undefined;
}
