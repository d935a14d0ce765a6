/** The offline preview as text for a reader. Pure. */
import type { HostFile } from "../release/types";
import type { PolicyRow, PreviewDocument } from "../offline/document";
import type { GraphResource } from "../offline/engine";

export interface ReportOptions {
  /** Secrets of the stack that are not set yet. */
  readonly unset: readonly string[];
  readonly verbose: boolean;
  readonly colours: boolean;
}

type Paint = (text: string) => string;
interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
}

function palette(colours: boolean): Palette {
  const paint = (code: number): Paint => (colours ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text);
  return { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32), yellow: paint(33) };
}

export function renderReport(document: PreviewDocument, options: ReportOptions): string {
  const colour = palette(options.colours);
  const sections = [
    colour.bold(`Stack ${document.stack} of ${document.project}, offline: nothing is contacted, ids are not known yet`),
    ...(options.unset.length > 0 ? [colour.yellow(`Not set yet, placeholders stand in: ${options.unset.join(", ")}`)] : []),
    section(colour, `Resources (${document.resources.length})`, tree(document.resources, options.verbose)),
    section(colour, `Files on the hosts (${document.files.length})`, files(document.files, options.verbose, colour)),
    section(
      colour,
      `Set-up steps (${document.steps.length})`,
      document.steps.map((step) => `${step.host} ${step.order}. ${step.name}`),
    ),
    section(
      colour,
      `Policies (${document.summary.ran})`,
      document.policies.flatMap((row) => verdict(row, colour)),
    ),
    closing(document, colour),
  ];
  return sections.join("\n\n");
}

function section(colour: Palette, title: string, lines: readonly string[]): string {
  return [colour.bold(title), ...lines.map((line) => `  ${line}`)].join("\n");
}

function tree(resources: readonly GraphResource[], verbose: boolean): string[] {
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

function files(rows: readonly HostFile[], verbose: boolean, colour: Palette): string[] {
  return rows.flatMap((row) => {
    const what =
      row.kind === "link"
        ? `-> ${row.target ?? "?"}`
        : row.kind === "directory"
          ? "directory"
          : (row.sha256?.slice(0, 12) ?? "made on the host");
    const line = `${row.host.padEnd(8)} ${row.mode} ${row.owner}:${row.group} ${row.path} ${colour.dim(what)}`;
    const text =
      row.content !== undefined && (verbose || row.content.length > 0)
        ? row.content
            .trimEnd()
            .split("\n")
            .map((part) => colour.dim(`    | ${part}`))
        : [];
    return [line, ...text];
  });
}

function verdict(row: PolicyRow, colour: Palette): string[] {
  if (row.verdict === "pass") {
    return [`${colour.green("pass")}      ${row.policy}`];
  }
  const word = row.verdict === "violation" ? colour.red("violation") : colour.yellow("unknown  ");
  return [`${word} ${row.policy} (${row.level}) ${row.urn.split("::").slice(2).join(" ")}`, `          ${row.message}`];
}

function closing(document: PreviewDocument, colour: Palette): string {
  const { ran, passed, violations, unknown } = document.summary;
  const text = `${ran} policies ran: ${passed} passed, ${violations} violations, ${unknown} could not tell`;
  return violations > 0 ? colour.red(text) : unknown > 0 ? colour.yellow(text) : colour.green(text);
}
