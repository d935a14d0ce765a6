/** Real models: the answers of those that serve are recorded over SSH, and others of the same shape, which load just as well, never serve. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Properties } from "../../../infra/offline/engine";
import type { Lab } from "../lab";
import { cacheDir, repositoryRoot, typescript } from "../paths";
import { run } from "../process";
import { failure } from "./failures";
import { otherManifest } from "./going-back";
import type { Check } from "./harness";
import { expect } from "./harness";
import { deployedFiles } from "./verify";

const CHECKS = join(cacheDir, "checks.json");
const MANIFEST = join(cacheDir, "checked-models.json");

/** Names and values of the sample's features: a client that browses, and one that floods. */
const NAMES = [
  ...["requests_per_second", "unique_path_ratio", "error_ratio", "mean_body_bytes", "mean_path_length", "mean_query_parameters"],
  ...["special_character_ratio", "path_entropy_bits", "post_ratio", "user_agent_length", "header_count", "interarrival_variation"],
];
const CLIENTS = [
  [1, 0.2, 0.01, 100, 12, 1, 0.01, 3.5, 0.1, 80, 10, 1],
  [900, 0.01, 0.6, 0, 2, 0, 0, 1, 0, 5, 2, 0.1],
];

const requests = CLIENTS.map((values) => ({
  request: { method: "POST", path: "/predict", json: { features: Object.fromEntries(NAMES.map((name, at) => [name, values[at]])) } },
}));

/** Records what the models that serve now answer. @returns a manifest with these rows, and how many they are */
export async function recorded(lab: Lab, outputs: Properties): Promise<{ readonly manifest: string; readonly rows: number }> {
  writeFileSync(CHECKS, JSON.stringify({ rows: requests }));
  copyFileSync(join(repositoryRoot, "models-manifest/sample.json"), MANIFEST);
  const program = [process.execPath, "-r", typescript, join(repositoryRoot, "models-manifest/cli.ts"), "record-checks", CHECKS];
  const options = ["--manifest", MANIFEST, "--stack", "dev", ...deployedFiles(lab, outputs)];
  const { code, stdout, stderr } = await run(lab.outside([...program, ...options]), { timeoutMs: 120_000 });
  expect(code === 0 && stdout.includes("2 of 2 rows recorded"), `record-checks ended with ${code}: ${stdout}${stderr}`);
  const { rows } = JSON.parse(readFileSync(CHECKS, "utf8")) as { rows: { expect: { json: { label: string; probabilities: object } } }[] };
  expect(
    rows.every(({ expect: { json } }) => json.label in json.probabilities),
    `recorded: ${JSON.stringify(rows)}`,
  );
  return { manifest: MANIFEST, rows: rows.length };
}

async function refused(lab: Lab, outputs: Properties): Promise<string> {
  await recorded(lab, outputs);
  const other = await otherManifest();
  const manifest = { ...(JSON.parse(readFileSync(other, "utf8")) as object), checks: relative(repositoryRoot, CHECKS) };
  writeFileSync(MANIFEST, JSON.stringify(manifest));
  const before = await lab.must("backend", "readlink /home/ddos/current; systemctl show -p InvocationID ddos-backend");
  const last = (await failure(lab, { models: { manifest: MANIFEST } }, "backend-release")).at(-1) ?? "";
  expect(
    /do not answer as they have to: [12] of 2 rows of \S+checks\.json .*row [12], POST \/predict: (label|probabilities\.\w+): expected .*, got /.test(
      last,
    ),
    last,
  );
  const after = await lab.must("backend", "readlink /home/ddos/current; systemctl show -p InvocationID ddos-backend");
  expect(after === before, `another release serves, or the service was restarted: ${after}`);
  return last.replace(/^.*?rows of/, "").slice(0, 120);
}

export function answerChecks(lab: () => Lab, outputs: () => Properties): Check[] {
  return [{ name: "models that load and predict otherwise than the recorded ones never serve", run: () => refused(lab(), outputs()) }];
}
