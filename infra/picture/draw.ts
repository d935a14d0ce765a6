/** The picture of an evaluated stack, as it stands in README.md. */
import type { Preview } from "../cli/preview-stack";
import { layOut } from "./layout";
import { pictureOf } from "./model";
import { svg } from "./svg";

export async function drawStack({ document }: Preview): Promise<string> {
  const picture = pictureOf(document.resources, document.files);
  return svg(`${document.project}: what the stack ${document.stack} registers, and who may reach whom`, picture, await layOut(picture));
}
