/** The text that --help shows. Pure. */
import type { OptionSpec } from "./arguments";
import type { AnyCommand, Command, Group } from "./description";
import { EXIT_MEANING } from "./exit";
import type { ExitCode } from "./exit";
import { wrap } from "./terminal";

const HELP = "show this and do nothing";
const MANNER = 'Behind "npm run NAME" comes " -- " before the first option; -s keeps npm\'s own lines out of the output.';

export function usageLine(of: AnyCommand): string {
  if ("commands" in of) return `Usage: npm run -s ${of.name} -- COMMAND [OPTIONS]`;
  return ["Usage:", ...invocation(of), ...synopsis(of)].join(" ").replace(/ --$/, "");
}

export function helpLine(of: AnyCommand): string {
  return [...invocation(of), "--help"].join(" ");
}

/** A command of a group is named "group command". */
function invocation({ name, program }: Pick<Command, "name" | "program">): string[] {
  if (program !== undefined) return [program];
  const [script = "", ...words] = name.split(" ");
  return ["npm run -s", script, "--", ...words];
}

function synopsis({ options, words, rest, verbatim = false }: Command): string[] {
  const parts = Object.entries(options).map(([name, spec]) => {
    const text = `--${name}${valueOf(spec)}`.replaceAll(" ", "\u00a0");
    return spec.kind === "text" && spec.required === true ? text : `[${text}]${spec.kind === "texts" ? "..." : ""}`;
  });
  const word =
    words === undefined ? [] : [`${words.min === 0 ? `[${words.value}]` : words.value}${words.max > Math.max(1, words.min) ? "..." : ""}`];
  const behind =
    rest === undefined ? [] : [verbatim || rest.required === true ? restOf({ verbatim, rest }) : `[${restOf({ verbatim, rest })}]`];
  return [...word, ...parts, ...behind];
}

const restOf = ({ verbatim, rest }: Pick<Command, "verbatim" | "rest">): string =>
  `${verbatim === true ? "" : "-- "}${rest?.value ?? ""}...`;

function valueOf(spec: OptionSpec): string {
  return spec.kind === "flag" ? "" : spec.kind === "maybe" ? ` [${spec.value}]` : ` ${spec.value}`;
}

export function usage(of: Command, width: number): string {
  return [
    ...described(of, width),
    "",
    "Examples:",
    ...examplesOf(of),
    "",
    "Exit codes:",
    ...table(codesOf(of), width),
    ...(of.program === undefined ? ["", ...wrap(MANNER, width)] : []),
  ].join("\n");
}

/** For a page of many commands: without what all have in common, and without what the exit codes mean everywhere. */
export function reference(of: Command, width: number): string {
  const codes = codesOf(of).filter(([code]) => of.exitCodes?.[Number(code) as ExitCode] !== undefined);
  const special = codes.length === 0 ? [] : ["", "Exit codes:", ...table(codes, width)];
  return [...described(of, width), "", "Examples:", ...examplesOf(of), ...special].join("\n");
}

function described(of: Command, width: number): string[] {
  const options = Object.entries(of.options).map(([name, spec]): Row => [`${shortOf(spec)}--${name}${valueOf(spec)}`, helpOf(spec)]);
  const words: Row[] = of.words === undefined ? [] : [[of.words.value, of.words.help]];
  const behind: Row[] = of.rest === undefined ? [] : [[restOf(of), of.rest.help]];
  return [
    ...wrap(usageLine(of), width, "  "),
    "",
    ...wrap(of.summary, width),
    "",
    ...table([...words, ...options, ...behind, ["-h, --help", HELP]], width),
    ...(of.notes ?? []).flatMap((note) => ["", ...wrap(note, width)]),
  ];
}

function examplesOf(of: Command): string[] {
  return of.examples.map((example) => `  ${[...invocation(of), example].join(" ").trimEnd().replace(/ --$/, "")}`);
}

export function groupUsage(group: Group, width: number): string {
  const rows = Object.entries(group.commands).map(([name, of]): Row => [[name, ...synopsis(of)].join(" "), of.summary]);
  return [
    usageLine(group),
    "",
    ...wrap(group.summary, width),
    "",
    ...rows.flatMap(([what, summary]) => [...wrap(`  ${what}`, width, "      "), ...wrap(`      ${summary}`, width, "      ")]),
    "",
    "Examples:",
    ...Object.values(group.commands).flatMap((of) =>
      of.examples.slice(0, 1).map((example) => `  ${[...invocation(of), example].join(" ")}`),
    ),
    "",
    ...wrap(`"npm run -s ${group.name} -- COMMAND --help" says more of each.`, width),
  ].join("\n");
}

type Row = readonly [what: string, help: string];

const shortOf = (spec: OptionSpec): string => (spec.short === undefined ? "" : `-${spec.short}, `);

function helpOf(spec: OptionSpec): string {
  return spec.kind === "text" && spec.default !== undefined ? `${spec.help} (default: ${spec.default})` : spec.help;
}

function codesOf({ exitCodes }: Command): Row[] {
  return Object.entries(EXIT_MEANING).map(([code, meaning]) => [code, exitCodes?.[Number(code) as ExitCode] ?? meaning]);
}

function table(rows: readonly Row[], width: number): string[] {
  const column = Math.min(28, Math.max(...rows.map(([what]) => what.length))) + 4;
  return rows.flatMap(([what, help]) => {
    const head = `  ${what}`.padEnd(column);
    return wrap(head.length > column ? `${head}  ${help}` : `${head}${help}`, width, " ".repeat(column));
  });
}
