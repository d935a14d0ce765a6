/** `npm run docs:api`: the API documentation of the importable parts, from their comments; an undocumented name or a broken link is a mistake. */
import { spawnSync } from "node:child_process";
import * as path from "path";
import { command, EXIT, Problem, start, systemSentence, type ExitCode, type Io } from "../../policies/cli";

const ROOT = path.resolve(__dirname, "../..");
const OUT = ".cache/api";
const ENTRIES = ["infra/components.ts", "policies/api.ts"];
/** What has to have a comment. */
const DOCUMENTED = ["Class", "Interface", "TypeAlias", "Function", "Property", "Method", "Accessor", "Variable", "Enum"];

export const docsApiCommand = command({
  name: "docs:api",
  summary: "Writes the API documentation of what other programs import into .cache/api, from the comments.",
  options: { check: { kind: "flag", help: "write nothing; only look for names without a comment and for broken links" } },
  examples: ["", "--check"],
  exitCodes: { 1: "a name has no comment, or a link leads nowhere; each is printed" },
  run: ({ options }, io) => writeApi(options.check, io),
});

function writeApi(check: boolean, io: Io): ExitCode {
  const args = [
    ...ENTRIES.flatMap((file) => ["--entryPoints", file]),
    ...DOCUMENTED.flatMap((kind) => ["--requiredToBeDocumented", kind]),
    ...["--tsconfig", "tsconfig.json", "--readme", "none", "--name", "ml-gateway", "--excludePrivate", "--excludeExternals"],
    // Types are checked by `npm run types`; what is not exported here is documented where it comes from.
    ...["--skipErrorChecking", "--validation.notExported", "false", "--validation.notDocumented", "true"],
    ...["--treatValidationWarningsAsErrors", "--logLevel", "Warn", ...(check ? ["--emit", "none"] : ["--out", OUT])],
  ];
  io.progress.say("reading the types");
  const bin = path.join(ROOT, "node_modules/typedoc/bin/typedoc");
  const { status, error, stderr, stdout } = spawnSync(process.execPath, [bin, ...args], { cwd: ROOT, encoding: "utf8" });
  io.progress.end();
  if (error !== undefined) throw new Problem(systemSentence(error, "typedoc") ?? error.message, EXIT.cannotTell);
  const said = `${stdout}${stderr}`.trim();
  if (status !== 0) {
    io.err(said);
    return EXIT.wrong;
  }
  io.out(
    check
      ? "every name has a comment, and every link leads somewhere"
      : `${path.relative(io.from, path.join(ROOT, OUT))}/index.html written`,
  );
  return EXIT.ok;
}

if (require.main === module) start(docsApiCommand);
