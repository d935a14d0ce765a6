/**
 * `npm run test:docs`: what README tells a stranger to type, in its order, from `git clone` in an empty home to the preview of a changed application
 * of one's own; then the commands of the other pages that need no AWS. Nothing is copied: the commands are read from the pages.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { command, EXIT, Problem, start, type Io } from "../../policies/cli";
import { registrySettings } from "../nodes/toolchain";
import { commandsOf } from "./commands";
import { fencesOf, pages, ROOT, type Fence } from "./pages";

/** As README names it; git is told to take this checkout in its place. */
export const REPOSITORY = "https://github.com/OWNER/ml-gateway.git";
const BARE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const KEPT = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "LANG", "TMPDIR"];

export const testDocsCommand = command({
  name: "test:docs",
  summary:
    "Runs README's commands in a clean clone with an empty home, from git clone to the preview of a changed application of one's own, then those of the other pages that need no AWS.",
  options: {},
  examples: [""],
  exitCodes: { 1: "a command of a page failed" },
  run: (_, io) => runPages(io),
});

function runPages(io: Io): number {
  const folder = mkdtempSync(join(tmpdir(), "stranger-"));
  try {
    const home = join(folder, "home");
    mkdirSync(home);
    const started = Date.now();
    const env = strangersEnv(home);
    const path = fencesOf("README.md").filter(({ words }) => words.includes("path"));
    const commands = path.flatMap(({ text }) => commandsOf(text));
    let failed = run("README.md", path.map(({ text }) => text).join("\n"), { cwd: folder, env }, io) ? 0 : 1;
    const project = join(folder, "ml-gateway");
    if (failed === 0 && !existsSync(join(project, "Pulumi.shop.yaml")))
      throw new Problem("README's path made no stack of its own", EXIT.wrong);
    io.out(
      `README: ${commands.length} commands from git clone to the preview of a change, ${((Date.now() - started) / 1000).toFixed(0)} s`,
    );
    const others =
      failed > 0
        ? []
        : pages()
            .flatMap(fencesOf)
            .filter(({ words }) => words.includes("run"));
    for (const fence of others) if (!run(place(fence), fence.text, { cwd: project, env }, io)) failed += 1;
    io.out(`${1 + others.length - failed} passed, ${failed} failed`);
    return failed === 0 ? EXIT.ok : EXIT.wrong;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const place = ({ page, line }: Fence): string => `${page}:${line}`;

/** Nothing of this process's surroundings but how the machine reaches the registry; npm's cache spares the download, not the installation. */
function strangersEnv(home: string): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const cache = spawnSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).stdout.trim();
  return {
    ...kept,
    ...registrySettings(),
    npm_config_cache: cache,
    HOME: home,
    PATH: `${dirname(process.execPath)}:${BARE}`,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `url.${ROOT}.insteadOf`,
    GIT_CONFIG_VALUE_0: REPOSITORY,
  };
}

/** What it says is shown when it fails, and how long it took in any case. */
function run(name: string, text: string, options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }, io: Io): boolean {
  const started = Date.now();
  io.progress.say(`the commands of ${name}`);
  // Each command is echoed, so that a failure names the one that failed.
  const { status, stdout, stderr } = spawnSync("bash", ["-veo", "pipefail", "-c", text], { ...options, encoding: "utf8" });
  io.progress.hide();
  if (status === 0) io.out(`ok      ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  else io.out(`FAILED  ${name}: ended with ${status ?? "a signal"}\n${stdout}\n${stderr}`);
  return status === 0;
}

if (require.main === module) start(testDocsCommand);
