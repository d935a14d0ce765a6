/** An explanation for people. */
import { lessonText } from "../core/lesson";
import { showPosition } from "../core/source";
import type { ExplainedPolicy, Explanation, Path } from "./types";

const WORD = { pass: "pass", violation: "VIOLATION", unknown: "CANNOT TELL", nothing: "nothing to evaluate in this program" } as const;

export function explanationText({ asked, policies, paths }: Explanation): string {
  const parts = [
    ...policies.map(policyText),
    ...(policies.length === 0 ? [`No policy found anything about ${asked}.\n`] : []),
    ...(paths.length === 0 ? [] : [`Packets to the hosts concerned:\n\n${paths.map(pathText).join("\n")}`]),
  ];
  return `${parts.join("\n").trimEnd()}\n`;
}

function policyText(policy: ExplainedPolicy): string {
  const findings = policy.findings.flatMap(({ verdict, urn, source, message }) => [
    "",
    `${WORD[verdict]} ${urn === "" ? "(the graph as a whole)" : urn}`,
    ...(source === undefined ? [] : [`  at ${showPosition(source)}`]),
    `  ${message}`,
  ]);
  return [`${policy.policy}: ${WORD[policy.verdict]}`, policy.description, ...findings, "", lessonText(policy, ""), ""].join("\n");
}

function pathText({ from, to, packet, verdict, hops, text }: Path): string {
  const head = `${verdict.toUpperCase()}: tcp ${String(packet.port)} of ${to.name}, from ${from === "gateway" ? "the gateway" : "the internet"} (${packet.source} -> ${packet.destination}:${String(packet.port)})`;
  // Behind the first layer that blocks: would the next ones hold if it fell?
  const behind = hops.slice(hops.findIndex((one) => one.verdict === "blocks") + 1).filter(({ kind }) => kind !== "host");
  const layers = behind.map(({ label, verdict: answer, reason }) => `${label} ${answer}${reason === "" ? "" : ` (${reason})`}`);
  const more = verdict === "blocked" && layers.length > 0 ? [`    behind it: ${layers.join("; ")}`] : [];
  return [head, `    ${text}`, ...more, ""].join("\n");
}
