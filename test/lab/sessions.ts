/** `access: ssm` and `instance-connect` with hosts of a lab: sessions/aws stands in for the AWS CLI, and leads to the machines themselves. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runDir } from "./paths";
import { hostNamespace } from "./topology";

const DOUBLE = join(__dirname, "sessions");
const folderOf = (lab: string): string => join(runDir(lab), "sessions");

/** What a program needs in its environment to find the double in place of the AWS CLI. */
export function sessionEnvironment(lab: string): NodeJS.ProcessEnv {
  return {
    PATH: `${DOUBLE}${delimiter}${process.env.PATH ?? ""}`,
    LAB_NODE: process.execPath,
    LAB_DIRECTORY: runDir(lab),
    LAB_HOST_NAMESPACE: hostNamespace(lab, ""),
  };
}

/** @param fault "no plugin"; undefined: all is well again */
export function sessionFault(lab: string, fault?: string): void {
  const file = join(folderOf(lab), "fault");
  mkdirSync(folderOf(lab), { recursive: true, mode: 0o700 });
  if (fault === undefined) rmSync(file, { force: true });
  else writeFileSync(file, fault);
}

export interface Session {
  /** Process that leads it. */
  readonly pid: number;
  readonly instanceId: string;
  readonly what: string;
}

/** All that were opened, and how they ended, in order. */
export function sessionLog(lab: string): Session[] {
  const file = join(folderOf(lab), "log");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.flatMap((line) => {
    const [pid = "", instanceId = "", ...what] = line.split(" ");
    return what.length === 0 ? [] : [{ pid: Number(pid), instanceId, what: what.join(" ") }];
  });
}

/** All that went through sessions, as somebody in the middle has it. */
export function sessionBytes(lab: string): Buffer[] {
  const names = existsSync(folderOf(lab)) ? readdirSync(folderOf(lab)).filter((name) => name.endsWith(".bytes")) : [];
  return names.map((name) => readFileSync(join(folderOf(lab), name)));
}
