/** What is deployed: the state's words, each host's verification, and its releases. Pure. */
import { html, type Html } from "./html";
import { badge, note, section, table } from "./parts";
import type { LiveHost, Report } from "./types";

/** Names beyond these are counted. */
const NAMED = 20;

export function liveSection({ live }: Report): Html | undefined {
  if (live === undefined) return undefined;
  const { updated, facts, missing, surplus, hosts } = live;
  return section(
    "live",
    "The live stack",
    updated === undefined ? undefined : html`<p>The state was written at <time datetime="${updated}">${updated}</time>.</p> `,
    facts.length === 0 ? undefined : table("Outputs of the stack", ["Output", "Value"], facts),
    missing.length === 0 ? undefined : html`<p>${badge("warn", "not deployed yet")} ${listed(missing)}</p> `,
    surplus.length === 0 ? undefined : html`<p>${badge("warn", "no longer in the program")} ${listed(surplus)}</p> `,
    ...hosts.map(host),
    hosts.length === 0
      ? note("No verification is known: give what verify prints with --json, or a state whose last update reached the verify step.")
      : undefined,
  );
}

const listed = (names: readonly string[]): string =>
  names.length <= NAMED ? names.join(", ") : `${names.slice(0, NAMED).join(", ")} and ${String(names.length - NAMED)} more`;

const TONE = { "as wanted": "good", differs: "bad", "not verified": "calm", "could not be asked": "warn" } as const;

function host({ role, verdict, facts, failed, error, history }: LiveHost): Html {
  const rows = history.map(({ at, release, result, via, by, reason }) => [at, release, result, via, by, reason]);
  return html`<h3>${role} ${badge(TONE[verdict], verdict)}</h3>
    ${
      error === undefined ? undefined : html`<p>${error}</p> `
    }${facts.length === 0 ? undefined : table(`What the ${role} says of itself`, ["What", "Answer"], facts)}${
      failed.length === 0
        ? undefined
        : table(
            `Differences on the ${role}`,
            ["Check", "Expected", "Found"],
            failed.map((one) => [one.check, one.expected, one.found]),
          )
    }${rows.length === 0 ? undefined : table(`Releases of the ${role}, the newest first`, ["When (UTC)", "Release", "Result", "Came by", "By", "Reason"], rows)}`;
}
