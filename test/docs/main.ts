/**
 * `npm run test:docs`: what README tells a stranger to type, in its order, from `git clone` in an empty home to the preview of a changed application
 * of one's own; then the commands of the other pages that need no AWS. Nothing is copied: the commands are read from the pages.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { command, EXIT, Problem, start, type Io } from "../../policies/cli";
import { emptyHome } from "../nodes/toolchain";
import { commandsOf } from "./commands";
import { fencesOf, pages, ROOT, type Fence } from "./pages";

/** As README names it; git is told to take this checkout in its place. */
export const REPOSITORY = "https://github.com/OWNER/ml-gateway.git";
const BARE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What README's last command has to say of the change: of the reader's own file, and of the release that it makes. */
const CHANGE = /compared with HEAD[^]*backend: a release[^]*backend code runs again[^]*\/home\/ddos\/app\/main\.py is changed/;

export const testDocsCommand = command({
  name: "test:docs",
  summary:
    "Runs README's commands in a clean clone with an empty home, from git clone to the preview of a changed application of one's own, then those of the other pages that need no AWS.",
  options: {},
  examples: [""],
  exitCodes: { 1: "a command of a page failed" },
  run: (_, io) => runPages(io),
});

async function runPages(io: Io): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "stranger-"));
  try {
    const home = join(folder, "home");
    mkdirSync(home);
    const started = Date.now();
    const env = strangersEnv(home);
    const path = fencesOf("README.md").filter(({ words }) => words.includes("path"));
    const commands = path.flatMap(({ text }) => commandsOf(text));
    let failed = (await run("README.md", path.map(({ text }) => text).join("\n"), { cwd: folder, env }, io, CHANGE)) ? 0 : 1;
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
    for (const fence of others) if (!(await run(place(fence), fence.text, { cwd: project, env }, io))) failed += 1;
    io.out(`${1 + others.length - failed} passed, ${failed} failed`);
    return failed === 0 ? EXIT.ok : EXIT.wrong;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const place = ({ page, line }: Fence): string => `${page}:${line}`;

/** Nothing of this process's surroundings but how the machine reaches the registry; npm's cache spares the download, not the installation. */
function strangersEnv(home: string): NodeJS.ProcessEnv {
  const cache = spawnSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).stdout.trim();
  return {
    ...emptyHome(home, `${dirname(process.execPath)}:${BARE}`),
    npm_config_cache: cache,
    ...gitSettings({ [`url.${ROOT}.insteadOf`]: REPOSITORY, "user.name": "A Stranger", "user.email": "stranger@example.org" }),
  };
}

/** What git is told besides its files: where the repository is, and who commits, which it demands of everybody. */
function gitSettings(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const pairs = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: `${Object.keys(settings).length}`, ...(Object.fromEntries(pairs) as Record<string, string>) };
}

interface Ended {
  readonly status: number | null;
  readonly said: string;
  /** Lines of the text in the order in which they began, each with the seconds until the next one began. */
  readonly took: readonly (readonly [line: string, seconds: number])[];
}

/** Each command is echoed, so that a failure names the one that failed, and when it is read: the one before it has ended then. */
function bash(text: string, options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn("bash", ["-veo", "pipefail", "-c", text], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const began: (readonly [line: string, at: number])[] = [];
    const waiting = text.split("\n");
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part: Buffer) => {
        said += part.toString();
        for (const line of part.toString().split("\n")) {
          const index = line === "" ? -1 : waiting.indexOf(line);
          if (index === -1) continue;
          began.push([line, Date.now()]);
          waiting.splice(0, index + 1);
        }
      });
    child.on("error", fail);
    child.on("close", (status) => {
      const ends = [...began.slice(1).map(([, at]) => at), Date.now()];
      done({ status, said, took: began.map(([line, at], index) => [line, ((ends[index] ?? at) - at) / 1000]) });
    });
  });
}

/** How long the project's own commands took that a newcomer waits for. */
function waits(took: Ended["took"]): string[] {
  return took.filter(([line]) => /\bnpm run\b/.test(line)).map(([line, seconds]) => `        ${seconds.toFixed(1).padStart(5)} s  ${line}`);
}

/** What it says is shown when it fails, and how long it took in any case. */
async function run(name: string, text: string, options: Parameters<typeof bash>[1], io: Io, wanted = /(?:)/): Promise<boolean> {
  const started = Date.now();
  io.progress.say(`the commands of ${name}`);
  const { status, said, took } = await bash(text, options);
  io.progress.hide();
  if (status === 0 && !wanted.test(said)) {
    io.out(`FAILED  ${name}: it did not say ${wanted.source}\n${said}`);
    return false;
  }
  if (status === 0) io.out([`ok      ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`, ...waits(took)].join("\n"));
  else io.out(`FAILED  ${name}: ended with ${status ?? "a signal"}\n${said}`);
  return status === 0;
}

if (require.main === module) start(testDocsCommand);
