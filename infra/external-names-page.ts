/** docs/external-names.md, as Markdown. Pure; `npm run docs` writes it. */
import { EXTERNAL_NAMES, type ExternalName } from "./external-names";

const INTRODUCTION = `# External names

Names of the outside world that the program relies on: what AWS, Ubuntu, PyPI and GitHub call things. No compiler knows them, so each has a source
and the day on which it was looked up. A change of one is a change of \`infra/external-names.ts\` (or of the file in the last column) and of this
page's date.

What to look at when a name is out of date: Ubuntu 22.04 has standard support until April 2027.
Memory and processors of the instance types are in \`infra/hosts/instance-types.txt\`, which names its source.

This page is generated from \`infra/external-names.ts\` by \`npm run docs\`.
`;

export function externalNamesPage(): string {
  const parts = Object.entries(EXTERNAL_NAMES).map(([kind, names]) => section(kind, names));
  return [INTRODUCTION, ...parts].join("\n");
}

function section(kind: string, names: readonly ExternalName[]): string {
  const rows = names.map(({ name, usedFor, source, lookedUp, files }) =>
    [`\`${name}\``, usedFor, source, lookedUp, (files ?? ["infra/external-names.ts"]).map((file) => `\`${file}\``).join(", ")]
      .map((text) => text.replaceAll("|", "\\|"))
      .join(" | "),
  );
  const table = [
    "| name | used for | source | looked up | stands in |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
  ];
  return [`## ${kind}`, "", ...table, ""].join("\n");
}
