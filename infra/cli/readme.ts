/** The parts of README.md that are written by `npm run docs`, between their markers: what a command prints, what a configuration makes, costs, inputs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../policies/core/config";
import { firstSentence, table } from "../config/docs-words";
import { SECTIONS } from "../config/schema";
import { placeholderKey } from "../offline/placeholder-key";
import { stackFileFromText } from "../offline/stack-file";
import { outputsTable } from "../outputs";
import { costLines } from "./cost";
import { renderPreview } from "./preview-report";
import { previewFile, previewStack, type Preview } from "./preview-stack";
import { HOSTED_ZONE, HOURS, PRICES, PRICES_OF, PUBLIC_IPV4 } from "./prices";

const QUIET = { say: () => undefined };
const WIDTH = 100;

/** @throws where a marker is missing: a part that nobody writes any more would grow old */
export function withParts(text: string, parts: Readonly<Record<string, readonly string[]>>, file = "README.md"): string {
  return Object.entries(parts).reduce((page, [name, lines]) => {
    const [begin, end] = [`<!-- ${name}: written by npm run docs -->`, `<!-- end of ${name} -->`];
    const [before, rest] = page.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`${file}: the markers of "${name}" are missing: ${begin} and ${end}`);
    return `${before}${begin}\n\n${lines.join("\n")}\n\n${end}${after}`;
  }, text);
}

export const devPreview = (root: string): Promise<Preview> => previewStack(root, { stack: "dev", policies: DEFAULT_CONFIG }, QUIET);

/** @param dev the dev stack, as it is evaluated */
export async function readmePage(root: string, dev: Preview): Promise<string> {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const example = /```yaml stack\n([^]*?)```/.exec(text)?.[1];
  if (example === undefined) throw new Error('README.md: the example configuration ("```yaml stack") is missing');
  const file = stackFileFromText(root, "example", example, { privateKey: placeholderKey });
  const made = await previewFile(root, file, DEFAULT_CONFIG, QUIET);
  return withParts(text, {
    preview: ["```text", ...screenLines(dev), "```"],
    makes: makes(made),
    costs: costTable(dev),
    inputs: inputsTable(),
    outputs: outputsTable(),
  });
}

/** The screen without the rows of the components and of what comes next; what is left out is shown as such. */
function screenLines(preview: Preview): string[] {
  const options = { resources: false, files: undefined, steps: false, policies: false, verbose: false };
  const text = renderPreview(preview, {
    ...options,
    stack: preview.document.stack,
    screen: { width: WIDTH, colours: false },
    today: new Date(PRICES_OF),
  });
  const lines = text.split("\n");
  const next = lines.findIndex((line) => line.startsWith("Next:"));
  const resources = lines.findIndex((line) => line.startsWith("Resources:"));
  const hosts = lines.indexOf("Hosts");
  const shown = [lines[0] ?? "", "...", lines[resources] ?? "", "  ...", ...lines.slice(hosts, next)];
  return shown.filter((line) => line !== "");
}

function makes({ document, region }: Preview): string[] {
  const { resources } = document;
  const count = (kind: string): number => resources.filter(({ type }) => type.endsWith(`:${kind}`)).length;
  const instances = resources.filter(({ type }) => type === "aws:ec2/instance:Instance");
  const types = instances.map(({ name, inputs }) => `${name.replace("-instance", "")} ${String(inputs.instanceType)}`).join(", ");
  const sum = costLines(resources, region).reduce((total, { month }) => total + (month ?? 0), 0);
  return [
    `${resources.filter(({ custom }) => custom).length} resources: a VPC with ${count("Subnet")} subnets, ${instances.length} instances (${types}),`,
    `${count("SecurityGroup")} security groups with ${count("SecurityGroupIngressRule")} rules in and ${count("SecurityGroupEgressRule")} out, a versioned bucket with ${count("BucketObjectv2")} models,`,
    `and ${count("Command")} Commands that set both hosts up over SSH; about ${sum.toFixed(2)} USD a month.`,
  ];
}

function costTable({ document, region }: Preview): string[] {
  const lines = costLines(document.resources, region);
  const sum = lines.reduce((total, { month }) => total + (month ?? 0), 0);
  const { natGateway = 0, natGatewayData = 0, loadBalancer = 0, s3 = 0, dataOut = 0 } = PRICES[region] ?? {};
  const plus = (hour: number): string => `+ ${(hour * HOURS).toFixed(2)}`;
  return [
    `List prices of ${PRICES_OF} in ${region}, on demand, without tax and free tiers (\`infra/cli/prices.ts\`).`,
    "",
    ...table([
      ["what", "USD a month"],
      ...lines.map(({ what, month }) => [what, month === undefined ? "unknown" : month.toFixed(2)]),
      ["**the default stack**", `**${sum.toFixed(2)}**`],
      ["`network.egress: managed`, a NAT gateway", `${plus(natGateway)} and ${natGatewayData} a GB`],
      ["`backend.loadBalancer`, with a hosted zone", `+ ${(loadBalancer * HOURS + HOSTED_ZONE).toFixed(2)} and capacity units`],
      ["`gateway.loadBalancer`, with two addresses", `${plus(loadBalancer + 2 * PUBLIC_IPV4)} and capacity units`],
      ["models and backups in S3", `${s3} a GB`],
      ["answers to the internet", `${dataOut} a GB`],
    ]),
  ];
}

function inputsTable(): string[] {
  const rows = Object.entries(SECTIONS).map(([name, section]) => {
    const notes = [section.required === true ? "required" : "", section.secret === true ? "secret" : ""].filter((note) => note !== "");
    return [`[\`${name}\`](docs/configuration.md#${name.toLowerCase()})`, firstSentence(section.description), notes.join(", ")];
  });
  return table([["section", "what it decides", ""], ...rows]);
}
