/** The line of the program that registers a resource, from the frames that the SDK sends with the registration. */
import * as path from "path";
import { fileURLToPath } from "url";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/**
 * As the engine writes it into a state: `project:///infra/stack.ts#36,18`. The engine takes the first frame behind the SDK's; here the first one
 * of the program counts, so that what a package registers inside itself leads to the line that uses it.
 */
export function programPosition(req: RegisterResourceRequest, root: string): string | undefined {
  const frames = [req.getSourceposition(), ...(req.getStacktrace()?.getFramesList() ?? []).map((frame) => frame.getPc())];
  for (const frame of frames) {
    const uri = frame?.getUri() ?? "";
    const file = uri.startsWith("file:") ? path.relative(root, fileURLToPath(uri)) : "";
    const names = file.split(path.sep);
    if (frame === undefined || file === "" || names[0] === ".." || names.includes("node_modules") || path.isAbsolute(file)) continue;
    return `project:///${names.map(encodeURIComponent).join("/")}#${frame.getLine()},${frame.getColumn()}`;
  }
  return undefined;
}
