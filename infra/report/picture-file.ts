/** The picture of the report as an SVG file, as it stands in README.md: the same boxes, arrows and places. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Settings } from "../../policies/core/types";
import { loadGraph } from "../../policies/graph/load";
import { policyConfigOf } from "../cli/policy-config";
import type { Preview } from "../cli/preview-stack";
import { drawing } from "./drawing";
import { Html, html } from "./html";
import { wideLayout } from "./layouts";
import { networkView } from "./network";

/** Such a file follows the reader's colour scheme, and a page around it may not: it has paper of its own. */
export async function pictureFile(
  { document }: Pick<Preview, "document">,
  settings: Settings = policyConfigOf(undefined, "").settings,
): Promise<string> {
  const { graph } = loadGraph(JSON.stringify({ resources: document.resources }), `stack ${document.stack}`);
  const { picture } = networkView(graph, settings, document.files);
  const style = readFileSync(path.join(__dirname, "assets/drawing.css"), "utf8");
  const own = html`<style>
      ${new Html(style)} .paper {
        fill: var(--surface);
      }
    </style>
    <rect class="paper" width="100%" height="100%" />`;
  const title = `What the stack ${document.stack} of ${document.project} registers, and who may reach whom`;
  const { text } = drawing({ id: "picture", title, picture, layout: await wideLayout(picture), widest: Infinity, own });
  return `${text.trim()}\n`;
}
