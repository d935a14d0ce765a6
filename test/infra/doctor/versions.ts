import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Of the two providers, as package.json pins them. */
export function packageVersions(root: string): Readonly<Record<"aws" | "command", string>> {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  return { aws: dependencies["@pulumi/aws"] ?? "", command: dependencies["@pulumi/command"] ?? "" };
}
