/** Rules about the keys of `app`: what can be told before the application's folder is read. Pure, apart from resolving paths. */
import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import { moduleAdvice, parseModule } from "../app/module";
import { SECTIONS } from "./schema";
import type { Context } from "./value-rules";

const KINDS = ["path", "git", "bundle"] as const;

interface Given {
  readonly path?: unknown;
  readonly git?: { readonly url?: unknown; readonly clone?: unknown };
  readonly bundle?: { readonly file?: unknown };
  readonly module?: unknown;
  readonly exclude?: unknown;
  readonly allow?: unknown;
}

export function appRules(context: Context): string[] {
  const { project, sections } = context;
  const app = sections.app as Given | undefined;
  if (app === undefined) return [];
  const given = KINDS.filter((kind) => app[kind] !== undefined);
  const source =
    given.length === 1 || (given.length === 0 && isSourceRefused(context))
      ? []
      : [`${project}:app: found ${given.length === 0 ? "no source" : given.join(" and ")}; give exactly one of path, git and bundle`];
  return [...source, ...gitUrl(project, app), ...moduleForm(project, app), ...onlyWithPath(project, app)];
}

/** Whether what was meant as the source has been reported: a source itself, or a key that nobody knows. */
function isSourceRefused({ refused = [] }: Context): boolean {
  const others = Object.keys(SECTIONS.app?.schema.properties ?? {}).filter((key) => !(KINDS as readonly string[]).includes(key));
  return refused.some((key) => key.startsWith("app.") && !others.includes(key.split(/[.[]/)[1] ?? ""));
}

const PRIVATE =
  "For a private repository, make a bundle of a commit (git archive --format=tar.gz -o app.tar.gz COMMIT), put it into S3 and give app.bundle, or check it out and give app.path";

function gitUrl(project: string, { git }: Given): string[] {
  const url = git?.url;
  if (typeof url !== "string") return [];
  const key = `${project}:app.git.url`;
  if (/^[a-z]+:\/\/[^/@]*:[^/@]*@/.test(url) || /^https:\/\/[^/@]+@/.test(url)) {
    return [`${key}: holds credentials, which would end in the state and in logs; use a public URL. ${PRIVATE}`];
  }
  if (/^(https|file):\/\/\S+$/.test(url)) return [];
  if (/^ssh:\/\//.test(url) || /^[\w.-]+@[\w.-]+:/.test(url)) {
    return [`${key}: found "${url}", which needs an SSH key, and the hosts have none; only https:// and file:// work. ${PRIVATE}`];
  }
  return [
    `${key}: found ${JSON.stringify(url)}; only https:// (or file://, for a repository in the image) work, because nothing else is protected on its way, and without blanks. ${PRIVATE}`,
  ];
}

function moduleForm(project: string, { module }: Given): string[] {
  if (typeof module !== "string" || parseModule(module) !== undefined) return [];
  return [
    `${project}:app.module: found "${module}", which is not MODULE:ATTRIBUTE as Python imports it (or MODULE:FUNCTION() for a function that makes the application); ${moduleAdvice(module)}`,
  ];
}

function onlyWithPath(project: string, app: Given): string[] {
  if (app.path !== undefined) return [];
  const given = (key: "exclude" | "allow"): boolean => Array.isArray(app[key]) && app[key].length > 0;
  const atHand = app.git?.clone !== undefined || app.bundle?.file !== undefined;
  return [
    ...(given("exclude")
      ? [
          `${project}:app.exclude: is read with app.path only, where the files are packed here; remove it, and leave the files out of the repository or bundle`,
        ]
      : []),
    ...(given("allow") && !atHand
      ? [
          `${project}:app.allow: is read only where the code can be read here, by app.path, app.git.clone or app.bundle.file; remove it, or give one of these`,
        ]
      : []),
  ];
}

/** Whether a folder is the project's own, or one above it; undefined when it is neither. */
export function projectInside(folder: string, root: string): string | undefined {
  const [app, own] = [real(resolve(root, folder)), real(root)];
  if (app === own) return "is this project's own folder";
  return own.startsWith(app.endsWith(sep) ? app : app + sep) ? "is a folder above this project" : undefined;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // what is missing is reported where it is read
  }
}
