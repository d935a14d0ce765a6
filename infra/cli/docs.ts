/**
 * `npm run docs`: writes the pages of docs/ that are made of the program (configuration, outputs, names of the outside world), the picture of the
 * dev stack and the parts of README.md, docs/commands.md and docs/models.md between markers; with `--check` it only says whether all are up to date (exit 1 when not).
 */
import { readFileSync } from "node:fs";
import * as path from "path";
import { pageCommand, start } from "../../policies/cli";
import { configurationPage } from "../config/docs";
import { externalNamesPage } from "../external-names-page";
import { outputsPage } from "../outputs";
import { packLock } from "./pack-lock";
import type { Preview } from "./preview-stack";

const page = (name: string): string => path.resolve(__dirname, "../../docs", name);

const ROOT = path.resolve(__dirname, "../..");

let seen: Promise<Preview> | undefined;
/** The dev stack, evaluated once for all pages. */
const dev = (): Promise<Preview> => (seen ??= import("./readme").then(({ devPreview }) => devPreview(ROOT)));

export const docsCommand = pageCommand("docs", [
  { file: page("configuration.md"), source: "infra/config/schema.ts", text: configurationPage },
  { file: page("external-names.md"), source: "infra/external-names.ts", text: externalNamesPage },
  // What measures runs on machines of test/lab, whose modules --help need not wait for.
  { file: page("benchmarks.md"), source: "bench/results.json", text: async () => (await import("../../bench/page")).benchmarksPage() },
  { file: page("outputs.md"), source: "infra/outputs.ts", text: outputsPage },
  {
    file: path.join(ROOT, "policies/npm-shrinkwrap.json"),
    source: "package-lock.json",
    text: () => packLock(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")),
  },
  {
    file: page("scale.md"),
    source: "bench/results.json and the dev stack",
    text: async () => (await import("../../bench/scale-page")).scalePage(ROOT),
  },
  // They evaluate the stack, which takes seconds that --help need not wait for.
  {
    file: page("images/dev.svg"),
    source: "the dev stack",
    text: async () => (await import("../report/picture-file")).pictureFile(await dev()),
  },
  {
    file: page("commands.md"),
    source: "the commands' own help",
    text: async () => (await import("./commands-page")).commandsPage(ROOT),
  },
  { file: page("models.md"), source: "models-manifest/schema.json", text: async () => (await import("./manifest-page")).modelsPage(ROOT) },
  {
    file: path.join(ROOT, "README.md"),
    source: "the dev stack",
    text: async () => (await import("./readme")).readmePage(ROOT, await dev()),
  },
]);

if (require.main === module) start(docsCommand);
