/** The parts of a report that text and Markdown share: each a title with what it counts, and its rows. Pure. */
import type { Change, ResourceChange } from "./change";
import type { InputChange } from "./values";
import type { StepChange } from "./step-changes";
import { HOST_IDS } from "../hosts/ids";

export interface Row {
  /** "+", "-", "~", or "!" for what deserves a look before it is merged. */
  readonly sign: "+" | "-" | "~" | "!";
  readonly text: string;
  /** Names what the text speaks of; in Markdown it is set as code. */
  readonly name?: string;
  /** Lines of a difference. */
  readonly lines?: readonly string[];
}

export interface Part {
  readonly title: string;
  /** For the overview: "2 added, 1 replaced". */
  readonly count: string;
  readonly rows: readonly Row[];
}

export function partsOf(change: Change): Part[] {
  const parts = [
    resources(change),
    hosts(change),
    steps(change),
    files(change),
    reach(change),
    policies(change),
    cost(change),
    secrets(change),
  ];
  return parts.filter(({ rows }) => rows.length > 0);
}

const counted = (pairs: readonly (readonly [count: number, what: string])[]): string =>
  pairs
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(", ");

function resources({ resources: list }: Change): Part {
  const of = (test: (one: ResourceChange) => boolean): number => list.filter(test).length;
  const count = counted([
    [of(({ change }) => change === "added"), "added"],
    [of(({ change }) => change === "removed"), "removed"],
    [of(({ effect }) => effect === "replaces"), "replaced"],
    [of(({ effect }) => effect === "stops and starts"), "stopped and started"],
    [of(({ effect }) => effect === "in place" || effect === "ignored"), "changed in place"],
  ]);
  return { title: "Resources", count, rows: list.flatMap(resourceRows) };
}

const EFFECT_WORDS = {
  replaces: "is replaced",
  "stops and starts": "stops and starts",
  "in place": "changes in place",
  ignored: "stays as it is",
};

function resourceRows({ type, name, change, effect, kept, inputs, because }: ResourceChange): Row[] {
  const kind = type.split(":").at(-1) ?? type;
  if (change === "added") return [{ sign: "+", name, text: `${kind} is created` }];
  if (change === "removed") {
    return [
      { sign: kept === true ? "~" : "-", name, text: kept === true ? `${kind} leaves the state and stays on AWS` : `${kind} is deleted` },
    ];
  }
  const why = because.length > 0 ? `, since ${because.join(", ")} ${because.length === 1 ? "is" : "are"} another one` : "";
  const what = inputs.length > 0 ? ` (${inputs.map(({ input }) => input).join(", ")})` : "";
  const sign = effect === "replaces" || effect === "stops and starts" ? "!" : "~";
  return [{ sign, name, text: `${kind} ${EFFECT_WORDS[effect ?? "in place"]}${what}${why}`, lines: inputs.flatMap(inputDiff) }];
}

function inputDiff({ input, secret, lines }: InputChange): string[] {
  return secret ? [` ${input}: changed (secret)`] : lines.length === 0 ? [] : [` ${input}:`, ...lines];
}

function hosts({ hosts: list }: Change): Part {
  const isDown = (text: string): boolean => /machine|stops and starts|way out/.test(text);
  return {
    title: "Hosts",
    count: list.map(({ host, text }) => `${host}: ${text.split(/[:;,]/)[0] ?? ""}`).join("; "),
    rows: list.map(({ host, text }) => ({ sign: isDown(text) ? "!" : "~", name: host, text })),
  };
}

function steps({ steps: list }: Change): Part {
  const of = (host: StepChange["host"]): string[] =>
    list.filter((step) => step.host === host && step.why !== "removed").map(({ name }) => name);
  const count = HOST_IDS.flatMap((host) => (of(host).length > 0 ? [`${host}: ${of(host).join(", ")}`] : [])).join("; ");
  const words = {
    new: "is new",
    removed: "is removed",
    "changed input": "runs again",
    "another machine": "runs, since the machine or its address is another one",
  };
  const rows = list.map(({ host, name, why, inputs }): Row => {
    const what = inputs.length > 0 ? ` (${inputs.map(({ input, secret }) => (secret ? `${input}, secret` : input)).join("; ")})` : "";
    const sign = why === "new" ? "+" : why === "removed" ? "-" : "~";
    const lines = inputs.flatMap((input) => inputDiff(input));
    return { sign, name: `${host} ${name}`, text: `${words[why]}${what}`, lines };
  });
  return { title: "Set-up steps", count, rows };
}

function files({ files: list }: Change): Part {
  const of = (wanted: string): number => list.filter(({ change }) => change === wanted).length;
  const signs = { added: "+", removed: "-", changed: "~" } as const;
  return {
    title: "Files on the hosts",
    count: counted([
      [of("added"), "added"],
      [of("removed"), "removed"],
      [of("changed"), "changed"],
    ]),
    rows: list.map(({ host, path, change, about, lines }) => ({
      sign: signs[change],
      name: `${host} ${path}`,
      text: `is ${change}${about.length > 0 ? ` (${about.join(", ")})` : ""}`,
      lines,
    })),
  };
}

function reach({ reach: { opened, closed } }: Change): Part {
  return {
    title: "Reachability",
    count: counted([
      [opened.length, "opened"],
      [closed.length, "closed"],
    ]),
    rows: [
      ...opened.map((text): Row => ({ sign: "!", text: `opened: ${text}` })),
      ...closed.map((text): Row => ({ sign: "-", text: `closed: ${text}` })),
    ],
  };
}

function policies({ policies: { found, gone } }: Change): Part {
  const words = { pass: "passes", violation: "is violated", unknown: "cannot tell" };
  const row =
    (sign: Row["sign"], then: string) =>
    ({ policy, level, verdict, urn, message }: Change["policies"]["found"][number]): Row => ({
      sign,
      name: policy,
      text: `${then}${words[verdict]} (${level})${urn === "" ? "" : `, ${urn.split("::").at(-1) ?? urn}`}: ${message}`,
    });
  return {
    title: "Policies",
    count: counted([
      [found.length, found.length === 1 ? "new finding" : "new findings"],
      [gone.length, gone.length === 1 ? "finding gone" : "findings gone"],
    ]),
    rows: [...found.map(row("!", "")), ...gone.map(row("-", "no longer "))],
  };
}

function cost({ cost: { before, after, lines } }: Change): Part {
  const usd = (month: number): string => month.toFixed(2);
  const known = before !== undefined && after !== undefined;
  const difference = known ? after - before : undefined;
  const count =
    difference === undefined ? "not known: a price is missing" : `${difference < 0 ? "-" : "+"}${usd(Math.abs(difference))} USD a month`;
  const total = known ? [{ sign: "~", text: `${usd(before)} USD becomes ${usd(after)} USD a month, at list prices` } as const] : [];
  const rows = lines.map(({ what, change, month }): Row => ({
    sign: change === "added" ? "+" : "-",
    text: `${what}: ${month === undefined ? "price not known" : `${usd(month)} USD a month`}`,
  }));
  return { title: "Cost", count, rows: lines.length === 0 ? [] : [...total, ...rows] };
}

function secrets({ secrets: keys }: Change): Part {
  return {
    title: "Secrets",
    count: `${keys.length} changed`,
    rows: keys.map((name) => ({ sign: "~", name, text: "changed, or encrypted anew: its value is not read" })),
  };
}

/** The one line where nothing differs, else the first line. */
export function headline({ stack, sides, same, against: { ref, commit } }: Change): string {
  const where = ref === commit ? commit.slice(0, 12) : `${ref} (${commit.slice(0, 12)})`;
  if (sides === "only now") return `Stack ${stack} is new: ${where} has no Pulumi.${stack}.yaml`;
  if (sides === "only then") return `Stack ${stack} is gone: only ${where} has a Pulumi.${stack}.yaml`;
  return same ? `Stack ${stack}: no difference to ${where}` : `Stack ${stack}, compared with ${where}`;
}
