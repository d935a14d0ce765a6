/** The parts of an offline preview that are shown on request. Pure. */
import ignore from "ignore";
import { UsageProblem, wrap, type Palette } from "../../policies/cli";
import type { Result } from "../../policies/core/outcome";
import type { PreviewDocument } from "../offline/document";
import type { GraphResource } from "../offline/engine";
import type { HostFile } from "../release/types";

/** A title, its lines below it, and an empty line. */
export function section(colour: Palette, title: string, lines: readonly string[]): string[] {
  return [colour.bold(title), ...lines.map((line) => (line === "" ? line : `  ${line}`)), ""];
}

export function treeLines(resources: readonly GraphResource[], verbose: boolean): string[] {
  const childrenOf = (urn: string | undefined): GraphResource[] => resources.filter((resource) => resource.parent === urn);
  const lines = (resource: GraphResource, indent: string, own: string): string[] => {
    const children = childrenOf(resource.urn);
    const inputs = verbose
      ? Object.entries(resource.inputs).flatMap(([key, value]) =>
          `${key}: ${oneLine(value)}`.split("\n").map((text) => `${indent}      ${text}`),
        )
      : [];
    const below = children.flatMap((child, index) => {
      const last = index === children.length - 1;
      return lines(child, `${indent}${last ? "   " : "│  "}`, `${indent}${last ? "└─ " : "├─ "}`);
    });
    return [`${own}${resource.type} ${resource.name}`, ...inputs, ...below];
  };
  return childrenOf(undefined).flatMap((root) => lines(root, "", ""));
}

function oneLine(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export interface FileChoice {
  /** True: all. Else a path, a name or a pattern, read as in .gitignore. */
  readonly pattern: string | true;
  readonly texts: boolean;
}

/** @throws UsageProblem when the pattern matches no file. */
export function fileLines({ files }: PreviewDocument, { pattern, texts }: FileChoice, colour: Palette): string[] {
  if (pattern === true) {
    return section(
      colour,
      `Files on the hosts (${files.length})`,
      files.flatMap((row) => [fileLine(row, colour), ...(texts ? quoted(row.content) : [])]),
    );
  }
  const matches = ignore({ ignorecase: false }).add(pattern);
  const chosen = files.filter((row) => matches.ignores(row.path.replace(/^\/+/, "")));
  if (chosen.length === 0) {
    throw new UsageProblem(`--files: no host has "${pattern}"; --files alone lists all of them`);
  }
  return chosen.flatMap((row) => [colour.bold(fileLine(row, colour)), ...(row.content?.trimEnd().split("\n") ?? [whyNoText(row)]), ""]);
}

function quoted(content: string | undefined): string[] {
  return content === undefined
    ? []
    : content
        .trimEnd()
        .split("\n")
        .map((part) => `    | ${part}`);
}

function fileLine(row: HostFile, colour: Palette): string {
  const hash = row.sha256?.slice(0, 12) ?? "made on the host";
  const what = row.kind === "link" ? `-> ${row.target ?? "?"}` : row.kind === "directory" ? "directory" : hash;
  return `${row.host.padEnd(8)} ${row.mode} ${row.owner}:${row.group} ${row.path} ${colour.dim(what)}`;
}

function whyNoText(row: HostFile): string {
  if (row.kind !== "file") {
    return `  (a ${row.kind})`;
  }
  return row.sha256 === null ? "  (its text is made on the host)" : `  (part of the application or a model; sha256 ${row.sha256})`;
}

export function stepLines({
  steps,
  firstBoot = [],
  gatewayFirstBoot = [],
}: Pick<PreviewDocument, "steps" | "firstBoot" | "gatewayFirstBoot">): string[] {
  const ordered = [...steps].sort((a, b) => (a.host === b.host ? a.order - b.order : a.host === "gateway" ? -1 : 1));
  return [
    ...ordered.map((step) => `${step.host.padEnd(8)} ${step.order}. ${step.name}`),
    ...gatewayFirstBoot.map((wave, index) => `gateways ${index + 1}. ${wave.join(", ")}`),
    ...firstBoot.map((wave, index) => `fleet    ${index + 1}. ${wave.join(", ")}`),
  ];
}

/** Every policy that ran or was disabled; what a finding says is shown with the findings. */
export function policyLines(result: Result, width: number, colour: Palette): string[] {
  const words = { pass: colour.green("pass       "), violation: colour.red("VIOLATION  "), unknown: colour.yellow("CANNOT TELL") };
  const lines = result.outcomes.map((row) => `${words[row.verdict]} ${row.policy} (${row.level})`);
  return [...new Set(lines), ...result.disabled.map((id) => `disabled    ${id}`)].flatMap((line) => wrap(line, width - 2, "    "));
}
