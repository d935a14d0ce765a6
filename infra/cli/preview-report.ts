/** The offline preview as text for a reader: one screen, or the parts that were asked for. Pure. */
import { palette, wrap, type Palette, type Screen } from "../../policies/cli";
import { exitCode } from "../../policies/core/evaluate";
import { paintFinding, textReport } from "../../policies/report/text";
import { policies } from "../../policies/rules";
import { roleOf } from "../hosts/ids";
import { firstBootOf, hostsOf } from "../offline/document";
import type { GraphResource } from "../offline/engine";
import type { HostId } from "../release/types";
import { shadowSentence } from "../release/shadow";
import type { Preview } from "./preview-stack";
import { costText } from "./cost";
import { fileLines, policyLines, section, stepLines, treeLines } from "./preview-sections";

export interface ReportOptions {
  readonly stack: string;
  readonly resources: boolean;
  /** True: list them; a pattern: those with their text. */
  readonly files: string | true | undefined;
  readonly steps: boolean;
  readonly policies: boolean;
  readonly verbose: boolean;
  readonly screen: Screen;
  /** The pack's configuration, as the user named it. @default the one of this project */
  readonly "policy-config"?: string | undefined;
  /** Prices older than a year are said to be so. @default now */
  readonly today?: Date;
}

export function renderPreview(preview: Preview, options: ReportOptions): string {
  const colour = palette(options.screen.colours);
  const parts = sections(preview, options, colour);
  const { document } = preview;
  const title = `Stack ${document.stack} of ${document.project}, evaluated offline: nothing was contacted, ids are not known yet`;
  const head = wrap(title, options.screen.width, "  ").map(colour.bold);
  const verdict = verdictLines(preview, options.screen.width, colour);
  const lines =
    parts.length > 0
      ? [...head, "", ...parts, ...verdict]
      : [
          ...head,
          ...unset(preview.unset, options.screen.width, colour),
          "",
          ...summary(preview, options.screen.width, colour),
          ...wrap(costText(preview.document.resources, preview.region, options.today ?? new Date()), options.screen.width, "  "),
          "",
          ...verdict,
          ...next(preview, options, colour),
        ];
  return lines.join("\n");
}

function unset(keys: readonly string[], width: number, colour: Palette): string[] {
  return keys.length === 0 ? [] : wrap(`Not set yet, placeholders stand in: ${keys.join(", ")}`, width, "  ").map(colour.yellow);
}

function sections({ document, result }: Preview, options: ReportOptions, colour: Palette): string[] {
  const { verbose } = options;
  const files = options.files ?? (verbose || undefined);
  return [
    ...(options.resources || verbose
      ? section(colour, `Resources (${document.resources.length})`, treeLines(document.resources, verbose))
      : []),
    ...(files === undefined ? [] : fileLines(document, { pattern: files, texts: verbose }, colour)),
    ...(options.steps || verbose ? section(colour, `Set-up steps (${document.steps.length})`, stepLines(document)) : []),
    ...(options.policies || verbose
      ? section(colour, `Policies (${result.summary.ran} ran)`, policyLines(result, options.screen.width, colour))
      : []),
  ];
}

function summary({ document, shadow }: Preview, width: number, colour: Palette): string[] {
  const { resources } = document;
  const components = resources.filter((resource) => !resource.custom);
  const rows = components.flatMap((component) => {
    const children = resources.filter((resource) => resource.custom && resource.parent === component.urn);
    const name = component.parent === undefined ? "the stack itself" : `${component.name} (${typeName(component)})`;
    return children.length === 0 ? [] : [[name, `${String(children.length).padStart(3)}: ${kinds(children)}`] as const];
  });
  const column = Math.max(...rows.map(([name]) => name.length)) + 2;
  const indent = " ".repeat(column + 7);
  return [
    ...section(
      colour,
      `Resources: ${resources.length} (${components.length} components)`,
      rows.flatMap(([name, kind]) => wrap(`${name.padEnd(column)}${kind}`, width - 2, indent)),
    ),
    ...section(colour, "Hosts", [
      ...hostsOf(document.steps).flatMap((id) => hostLines(document, id, width)),
      ...(shadow === undefined ? [] : wrap(`${" ".repeat(9)}${shadowSentence(shadow)}`, width - 2, " ".repeat(9))),
    ]),
  ];
}

function hostLines(document: Preview["document"], id: HostId, width: number): string[] {
  const { files, steps } = document;
  const own = files.filter((file) => file.host === roleOf(id));
  const count = (kind: string): number => own.filter((file) => file.kind === kind).length;
  const links = count("link");
  const paths = `${count("file")} files, ${count("directory")} directories, ${links} link${links === 1 ? "" : "s"}`;
  const names = steps.filter((step) => step.host === id).map((step) => step.name);
  const fleet = firstBootOf(document, id)
    ?.map((wave) => wave.join(", "))
    .join("; ");
  const how = fleet === undefined ? `steps: ${names.join(", ")}` : `each host of the fleet sets itself up: ${fleet}`;
  return wrap(`${`${id} `.padEnd(9)}${paths}; ${how}`, width - 2, " ".repeat(9));
}

/** `aws:ec2/routeTable:RouteTable` is RouteTable. */
function typeName({ type }: GraphResource): string {
  return type.split(":").at(-1) ?? type;
}

function kinds(resources: readonly GraphResource[]): string {
  const counts = new Map<string, number>();
  for (const resource of resources) {
    counts.set(typeName(resource), (counts.get(typeName(resource)) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count}\u00a0${name}`)).join(", ");
}

/** What is no pass, and the closing line, in the words of policies:check. */
function verdictLines({ result }: Preview, width: number, colour: Palette): string[] {
  const lines = textReport(result, policies).trimEnd().split("\n");
  const closing = lines.pop() ?? "";
  const paint = paintFinding(colour);
  const found = lines.join("\n").trimEnd();
  const findings =
    found === ""
      ? []
      : section(
          colour,
          "Findings",
          found.split("\n").flatMap((line) => wrap(line, width - 2, "    ").map(paint)),
        );
  const is = (verdict: string): boolean => result.outcomes.some((outcome) => outcome.verdict === verdict);
  const tone = is("violation") ? colour.red : is("unknown") ? colour.yellow : colour.green;
  return [...findings, ...wrap(closing, width, "  ").map(tone)];
}

/** The exact commands that come next. */
function next({ unset: keys, document, result }: Preview, options: ReportOptions, colour: Palette): string[] {
  const { stack, "policy-config": config = "policies/gateway-backend.json" } = options;
  const again = `npm run preview:offline -- --stack ${stack}`;
  if (exitCode(result) !== 0) {
    return ["", colour.bold("Next: settle the mandatory findings above, then look again"), `  ${again}`];
  }
  const set = keys.map((key) => {
    const name = key.replace(`${document.project}:`, "");
    return name === "sshPrivateKey"
      ? `pulumi config set --stack ${stack} --secret sshPrivateKey < KEYFILE`
      : `pulumi config set --stack ${stack} --secret --path '${name}'`;
  });
  const title = set.length > 0 ? "Next: set what is not set yet, then preview on AWS" : "Next: preview on AWS";
  // Without it the pack would take a stack that lost the tags of its roles for a program of another kind.
  const file = /^[\w./~+-]+$/.test(config) ? config : `'${config.replaceAll("'", "'\\''")}'`;
  const preview = `pulumi preview --stack ${stack} --policy-pack policies --policy-pack-config ${file}`;
  return ["", colour.bold(title), ...[...set, preview].map((line) => `  ${line}`)];
}
