/** Whether anything of a lab is left on this machine. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { processesOf } from "../cgroup";
import { ifThere } from "../files";
import { listLabs } from "../lab";
import { diskDir, runDir } from "../paths";
import { must } from "../process";
import { lockFile } from "../state";
import { namespaceOf } from "../topology";

/** Processes whose command line or environment of start names the lab's own directories or namespaces. */
function processes(name: string): string[] {
  const marks = [namespaceOf(name, ""), `${runDir(name)}/`, `${diskDir(name)}/`];
  const ids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return ids.filter((id) => marks.some((mark) => ifThere(() => readFileSync(`/proc/${id}/cmdline`, "utf8"), "").includes(mark)));
}

/** @returns what is left, in words; empty when nothing is */
export async function traces(name: string): Promise<string[]> {
  const left: string[] = [];
  if ((await listLabs()).includes(name)) left.push("state, a namespace or a control group");
  for (const path of [runDir(name), lockFile(name), diskDir(name)]) if (existsSync(path)) left.push(path);
  if ((await must(["losetup", "--all"])).includes(`${diskDir(name)}/`)) left.push("a loop device");
  if (readFileSync("/proc/self/mounts", "utf8").includes(`${diskDir(name)}/`)) left.push("a mount");
  const running = [...new Set([...processes(name), ...processesOf(name).map(String)])];
  if (running.length > 0) left.push(`processes ${running.join(" ")}`);
  return left;
}
