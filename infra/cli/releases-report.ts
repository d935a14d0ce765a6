/** What a host says of its releases, and the list made of it. Pure. */
import { EXIT, fitted, type ExitCode, type Screen } from "../../policies/cli";
import { count, rowsFor } from "../../policies/cli/words";
import type { HostId } from "../release/types";
import { documentIn } from "../remote/printed";
import type { CommandResult } from "../remote/ssh";

/** What a release is made of: digests (`code` of a git source is the commit). `mode` is "proxy" for a gateway without an application. */
interface Made {
  readonly code?: string;
  readonly models?: string;
  readonly env?: string;
  readonly venv?: string;
  readonly mode?: string;
}

/**
 * One line of a host's history. `serves`: from then on. `refused`: it failed before the switch. `undone`: it failed behind it, and what served
 * before was brought back. `stuck`: that failed as well. `known`: it served already when the history began.
 */
export interface Entry extends Made {
  /** UTC, ISO 8601, by the host's clock; the order of the lines does not depend on it. */
  readonly at: string;
  readonly result: "serves" | "refused" | "undone" | "stuck" | "known";
  readonly release: string;
  readonly before?: string;
  readonly via?: "update" | "repair" | "rollback";
  readonly by?: string;
  /** The deployed release that had been rolled back from. */
  readonly replaces?: string;
  readonly reason?: string;
}

export interface ReleaseList {
  readonly host: string;
  /** Empty where nothing was deployed yet. */
  readonly serving: string;
  readonly previous: string;
  readonly rolledBack: { readonly deployed: string; readonly to: string; readonly at: string; readonly by: string } | null;
  /** Releases that are on the host, the newest first. */
  readonly here: readonly (Made & { readonly release: string })[];
  /** Lines of the history that are none, as after a power cut. */
  readonly unreadable: number;
  /** The oldest first. */
  readonly entries: readonly Entry[];
}

export type HostReleases = ({ readonly role: HostId } & ReleaseList) | { readonly role: HostId; readonly error: string };

export function readReleases(role: HostId, { code, stdout, stderr }: CommandResult): HostReleases {
  try {
    const found = JSON.parse(documentIn(stdout)) as ReleaseList;
    if (code === 0 && Array.isArray(found.entries) && Array.isArray(found.here)) return { ...found, role };
  } catch {
    // No document: the host's own words below say why.
  }
  return { role, error: stderr.trim() === "" ? `it ended with ${code} and said nothing` : stderr.trim() };
}

export function exitCode(hosts: readonly HostReleases[]): ExitCode {
  return hosts.some((host) => "error" in host) ? EXIT.cannotTell : EXIT.ok;
}

const short = (digest: string | undefined): string => (digest === undefined ? "-" : digest.slice(0, 12));

const WORDS: Readonly<Record<Entry["result"], string>> = {
  serves: "serves",
  refused: "REFUSED",
  undone: "UNDONE",
  stuck: "STUCK",
  known: "served",
};

/** The newest first, as one reads it; a reason stands in a line of its own. */
function history(entries: readonly Entry[], screen: Screen): string[] {
  const newest = [...entries].reverse();
  const head = ["WHEN (UTC)", "RELEASE", "RESULT", "VIA", "CODE", "MODELS", "SETTINGS", "PACKAGES", "BY"];
  const rows = newest.map((one) => [
    one.at.replace("T", " ").replace("Z", ""),
    one.release,
    WORDS[one.result] ?? one.result,
    one.via ?? "-",
    one.mode === "proxy" ? "(site)" : short(one.code),
    short(one.models),
    short(one.env),
    short(one.venv),
    one.by ?? "unknown",
  ]);
  const [title = [], ...lines] = rowsFor([head, ...rows], { ...screen, width: screen.width - 2 }).map((row) =>
    row.map((line) => `  ${line}`),
  );
  return [
    ...title,
    ...lines.flatMap((row, index) => {
      const { reason, replaces } = newest[index] ?? {};
      const more = [
        ...(reason === undefined ? [] : [reason]),
        ...(replaces === undefined ? [] : [`replaces the rolled-back release ${replaces}`]),
      ];
      return [...row, ...more.flatMap((text) => `      ${text}`.split("\n"))];
    }),
  ];
}

export function rolledBackLine({ deployed, to, at, by }: NonNullable<ReleaseList["rolledBack"]>): string {
  return `rolled back to ${to} at ${at} by ${by}; deployed is ${deployed}`;
}

function oneHost(host: HostReleases, screen: Screen): string[] {
  if ("error" in host) return [`${host.role}: could not be asked`, ...host.error.split("\n").map((line) => `  ${line}`)];
  const { role, serving, here, rolledBack, entries, unreadable } = host;
  const spare = here.map(({ release }) => release).filter((id) => id !== serving);
  return [
    `${role}: ${serving === "" ? "no release" : `${serving} serves`}; beside it ${spare.length === 0 ? "no other is there" : `${spare.join(", ")} can be rolled back to`}`,
    ...(rolledBack === null ? [] : [`  ${rolledBackLine(rolledBack)}`]),
    ...(entries.length === 0 ? ["  no history yet: it begins with the next release"] : history(entries, screen)),
    ...(unreadable === 0 ? [] : [`  ${count(unreadable, "line")} of the history could not be read (/var/lib/ddos/history)`]),
  ];
}

export function renderReleases(stack: string, hosts: readonly HostReleases[], screen: Screen): string {
  const rolled = hosts.some((host) => !("error" in host) && host.rolledBack !== null);
  const hint = rolled
    ? ["", `Next: deploy something else (pulumi up), or put back what was deployed: npm run releases -- resume --stack ${stack}`]
    : [];
  return fitted([...hosts.flatMap((host, index) => [...(index === 0 ? [] : [""]), ...oneHost(host, screen)]), ...hint].join("\n"), screen);
}
