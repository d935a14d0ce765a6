/** The applications of test/lab/apps as bundles: with a label, a link to it where they have a package, and one change at a time. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildBundle } from "../../../infra/release/bundle";
import type { Bundle } from "../../../infra/release/types";

const APPS = join(__dirname, "../apps");

export interface Layout {
  readonly app: "src-layout" | "includes" | "wsgi";
  /** Comes back from /about. */
  readonly label: string;
  /** Path, to the text that a file gets. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Path, to where a symbolic link leads. */
  readonly links?: Readonly<Record<string, string>>;
}

export function layoutBundle({ app, label, files = {}, links = {} }: Layout): Bundle {
  const folder = mkdtempSync(join(tmpdir(), "ddos-layout-"));
  try {
    cpSync(join(APPS, app), folder, { recursive: true });
    for (const [path, content] of Object.entries({ "label.txt": label, ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path));
    return buildBundle(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The smallest wheel that an installer takes: a module and its records. Python writes the zip: the lab needs it anyway. */
export function tinyWheel(name: string, version: string): Buffer {
  const info = `${name}-${version}.dist-info`;
  const files = {
    [`${name}/__init__.py`]: `VERSION = "${version}"\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name.replace("_", "-")}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: `${name}/__init__.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  };
  const script =
    "import json, sys, zipfile\nwith zipfile.ZipFile(sys.stdout.buffer, 'w') as file:\n  for path, text in json.load(sys.stdin).items(): file.writestr(path, text)";
  const made = spawnSync("python3", ["-c", script], { input: JSON.stringify(files) });
  if (made.status !== 0) throw new Error(`the wheel ${name} could not be made: ${made.stderr.toString("utf8")}`);
  return made.stdout;
}
