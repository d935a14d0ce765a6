/** Every script of package.json with the command that it runs. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { benchCommand } from "../../bench/main";
import { deployRoleCommand } from "../../infra/cli/deploy-role";
import { doctorCommand } from "../../infra/cli/doctor";
import { initCommand } from "../../infra/cli/init";
import { previewCommand } from "../../infra/cli/preview";
import { releasesCommand } from "../../infra/cli/releases";
import { reportCommand } from "../../infra/cli/report";
import { repairCommand } from "../../infra/cli/repair";
import { verifyCommand } from "../../infra/cli/verify";
import { docsCommand } from "../../infra/cli/docs";
import { docsApiCommand } from "../../infra/cli/docs-api";
import { modelsCommand } from "../../models-manifest/cli";
import { sampleCommand } from "../../models-manifest/sample-models";
import { checkCommand } from "../../policies/check";
import type { AnyCommand } from "../../policies/cli";
import { policiesDocsCommand } from "../../policies/docs";
import { testLongCommand } from "../check/long";
import { testCommand } from "../check/jest";
import { lintCommand } from "../check/lint";
import { checkAllCommand } from "../check/main";
import { typesCommand } from "../check/types";
import { testBrowserCommand } from "../browser/main";
import { testDocsCommand } from "../docs/main";
import { LAB_COMMANDS } from "../lab/commands";
import { testNodeCommand } from "../nodes/main";
import { nextSdkCommand } from "../nodes/next-sdk";

export const ROOT = resolve(__dirname, "../..");
export const OF_PACKAGE = (JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { scripts: Record<string, string> }).scripts;

export interface Script {
  /** What package.json has behind the loader. */
  readonly program: string;
  readonly of: AnyCommand;
}

const lab = (word: string): Script => ({ program: `test/lab/cli.ts ${word}`, of: LAB_COMMANDS[word] as AnyCommand });

export const SCRIPTS: Readonly<Record<string, Script>> = {
  doctor: { program: "infra/cli/doctor.ts", of: doctorCommand },
  init: { program: "infra/cli/init.ts", of: initCommand },
  report: { program: "infra/cli/report.ts", of: reportCommand },
  "preview:offline": { program: "infra/cli/preview.ts", of: previewCommand },
  "deploy-role": { program: "infra/cli/deploy-role.ts", of: deployRoleCommand },
  test: { program: "test/check/jest.ts", of: testCommand },
  "test:long": { program: "test/check/long.ts", of: testLongCommand },
  check: { program: "test/check/main.ts", of: checkAllCommand },
  lint: { program: "test/check/lint.ts", of: lintCommand },
  types: { program: "test/check/types.ts", of: typesCommand },
  "policies:check": { program: "policies/check.ts", of: checkCommand },
  "policies:docs": { program: "policies/docs.ts", of: policiesDocsCommand },
  "docs:api": { program: "infra/cli/docs-api.ts", of: docsApiCommand },
  docs: { program: "infra/cli/docs.ts", of: docsCommand },
  models: { program: "models-manifest/cli.ts", of: modelsCommand({ root: "." }) },
  "models:sample": { program: "models-manifest/sample-models.ts", of: sampleCommand },
  verify: { program: "infra/cli/verify.ts", of: verifyCommand },
  releases: { program: "infra/cli/releases.ts", of: releasesCommand },
  repair: { program: "infra/cli/repair.ts", of: repairCommand },
  "up:local": lab("up"),
  "down:local": lab("down"),
  drill: lab("drill"),
  lab: lab("lab"),
  "test:hosts": lab("test"),
  "test:faults": lab("faults"),
  "test:soak": lab("soak"),
  "test:node": { program: "test/nodes/main.ts", of: testNodeCommand },
  "test:browser": { program: "test/browser/main.ts", of: testBrowserCommand },
  "test:docs": { program: "test/docs/main.ts", of: testDocsCommand },
  "test:next-sdk": { program: "test/nodes/next-sdk.ts", of: nextSdkCommand },
  bench: { program: "bench/main.ts", of: benchCommand },
};

/** What stands before each program: Node and the loader of TypeScript. */
export const LOADER = (OF_PACKAGE["bench"] ?? "").replace(/ bench\/main\.ts$/, "").split(" ");
