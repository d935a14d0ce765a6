/** `npm run init` in a folder of its own, with the reader, the network and the Pulumi CLI played. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { command } from "../../../policies/cli";
import { makeStack, type Outside } from "../../../infra/init/make";
import type { Given } from "../../../infra/init/gather";
import { silent } from "../../../infra/init/ask";
import type { Feed } from "../../../infra/init/secrets";
import { run, type Ran } from "../../cli/run";
import { makeProject } from "../doctor/project";

/** A project without a key. The caller removes the folder. */
export function folderOfOwn(): string {
  const root = makeProject();
  rmSync(join(root, "key"));
  return root;
}

export const given = (more: Partial<Given> = {}): Given => ({
  ...{ stack: "live", app: "app", module: "ml_gateway.app:app", key: "key", manifest: "models-manifest/sample.json", region: "us-east-1" },
  ...{ model: [], release: "r1", pin: [], "ssh-from": ["8.8.8.8/32"], require: ["SECRET_KEY"] },
  ...more,
});

export const noCli: Feed = () => Promise.resolve({ code: -1, err: "the Pulumi CLI is not installed, or not on PATH" });

export function init(root: string, options: Given, more: Partial<Outside> = {}): Promise<Ran> {
  const outside: Outside = {
    ...{ root, env: {}, asker: silent, feed: noCli, ownAddress: () => Promise.reject(new Error("no network")) },
    ...more,
  };
  const of = command({
    name: "init",
    summary: "init",
    options: {},
    examples: [""],
    run: (_, io) => makeStack(options, { ...io, from: root }, outside),
  });
  return run(of, []);
}
