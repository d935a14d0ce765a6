/** `npm run preview:offline -- --against REF`: what the working copy makes of a stack, compared with what a commit makes of it. */
import { spawn } from "child_process";
import { randomBytes } from "crypto";
import { existsSync, readFileSync } from "fs";
import * as path from "path";
import { EXIT, Problem, writeNamed, type ExitCode, type Io } from "../../policies/cli";
import { changeOf } from "../diff/change";
import { renderMarkdown } from "../diff/markdown";
import type { Evaluated, Side, SideRequest } from "../diff/side";
import { renderText } from "../diff/text";
import { treeOf } from "../diff/tree";

export interface AgainstOptions {
  readonly stack: string;
  readonly against: string;
  readonly markdown: string | undefined;
  readonly limit: string | undefined;
  readonly json: boolean;
  readonly policyConfig: SideRequest["policyConfig"];
}

export async function previewAgainst(working: string, options: AgainstOptions, io: Io): Promise<ExitCode> {
  const { stack, against: ref, markdown, policyConfig } = options;
  if (options.json && markdown === "-") throw new Problem("--json and --markdown - both write to standard output; give --markdown a file");
  io.progress.say(`unpacking ${ref}`);
  const tree = await treeOf(working, ref);
  try {
    io.progress.say("evaluating both sides");
    const shared = { working, stack, policyConfig, key: randomBytes(32).toString("hex") };
    const folder = path.dirname(tree.root);
    const [then, now] = await Promise.all([
      evaluated({ ...shared, root: tree.root }, path.join(folder, "then.json")),
      evaluated({ ...shared, root: working }, path.join(folder, "now.json")),
    ]);
    const before = sideOf(then, `${ref} (${tree.commit.slice(0, 12)})`);
    const after = sideOf(now, "the working copy");
    if (before === undefined && after === undefined) {
      throw new Problem(
        `Pulumi.${stack}.yaml: neither the working copy nor ${ref} has it, so there is no stack "${stack}" to compare; check --stack`,
      );
    }
    const change = changeOf(stack, { ref, commit: tree.commit, before, after });
    io.progress.end();
    if (markdown !== undefined) {
      const limit = options.limit === undefined ? undefined : Number(options.limit);
      const text = renderMarkdown(change, limit);
      if (markdown === "-") io.out(text.trimEnd());
      else writeNamed(markdown, "--markdown", io.from, text);
    }
    if (options.json) io.out(JSON.stringify(change, null, 2));
    else if (markdown !== "-") io.out(renderText(change, io.screen));
    return after?.exitCode ?? EXIT.ok;
  } finally {
    tree.remove();
  }
}

/** @throws Problem that names the side */
function sideOf(found: Evaluated, where: string): Side | undefined {
  if ("problem" in found) throw new Problem(`${where} cannot be evaluated: ${found.problem}`);
  return "side" in found ? found.side : undefined;
}

/** Both sides in processes of their own, so that they are evaluated at the same time and neither sees what the other left behind. */
function evaluated(request: SideRequest, file: string): Promise<Evaluated> {
  const loader = path.join(request.working, "tools/register.js");
  const program = path.join(request.working, "infra/diff/child.ts");
  const child = spawn(process.execPath, ["-r", loader, program, file], { cwd: request.root, stdio: ["pipe", "ignore", "pipe"] });
  child.stdin.on("error", () => undefined); // it has ended, and its exit code says so
  child.stdin.end(JSON.stringify(request));
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (text: Buffer) => (said += String(text)));
    child.on("error", reject);
    child.on("close", (code) => {
      // Where a program failed, the SDK ends the process with 1 for the promises that it left.
      if (existsSync(file)) resolve(JSON.parse(readFileSync(file, "utf8")) as Evaluated);
      else resolve({ problem: `its program ended with ${String(code)}: ${lastLines(said)}` });
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join(" ").slice(0, 600);
}
