/** Log files that a file of logging's configuration (INI, JSON or YAML) opens when the application starts. Pure. */
import { parse } from "yaml";

const KIND = /^(logging\.)?(handlers\.)?(File|RotatingFile|TimedRotatingFile|WatchedFile)Handler$/;
/** What the service may write to, as in syntax_files.py. */
const WRITABLE = /^\/(tmp|var\/tmp|dev|proc|home\/ddos\/(data|logs))\//;

/** @returns paths that the service may not write to; empty where the text is no such configuration */
export function logFiles(name: string, text: string): string[] {
  const files = /\.(ya?ml|json)$/.test(name) ? ofDocument(text) : ofIni(text);
  return files.filter((file) => !WRITABLE.test(file));
}

function ofDocument(text: string): string[] {
  let found: unknown;
  try {
    found = parse(text);
  } catch {
    return []; // not a configuration that can be read here
  }
  const { version, handlers } = (found ?? {}) as { version?: unknown; handlers?: unknown };
  if (version !== 1 || handlers === null || typeof handlers !== "object") return [];
  return Object.values(handlers as Record<string, Record<string, unknown> | null>).flatMap((handler) =>
    handler !== null && KIND.test(String(handler.class)) && typeof handler.filename === "string" && handler.delay !== true
      ? [handler.filename]
      : [],
  );
}

/** `args` are Python; only a plain text in front is taken. */
function ofIni(text: string): string[] {
  const sections = text.split(/^(?=\[)/m).filter((section) => /^\[handler_/.test(section));
  return sections.flatMap((section) => {
    const kind = /^class\s*[=:]\s*(\S+)\s*$/m.exec(section)?.[1] ?? "";
    const file = /^args\s*[=:]\s*\(\s*(["'])([^"'%]+)\1\s*[,)]/m.exec(section)?.[2];
    return KIND.test(kind) && file !== undefined ? [file] : [];
  });
}
