/** JUnit XML: one test case a policy. A mandatory violation fails it, a mandatory "cannot tell" is an error of it. */
import type { Outcome, Result } from "../core/outcome";
import { lessonOf, lessonText } from "../core/lesson";
import { showPosition } from "../core/source";
import type { Policy } from "../core/types";

export function junitReport(result: Result, policies: readonly Policy[]): string {
  const ids = [...policies.map((policy) => policy.id), "exemptions"];
  const taught = new Map(policies.map((policy) => [policy.id, policy]));
  const cases = ids.map((id) => testCase(id, result, taught.get(id)));
  const count = (kind: Kind): number => cases.filter((entry) => entry.kind === kind).length;
  const totals = `tests="${String(cases.length)}" failures="${String(count("failure"))}" errors="${String(count("error"))}"`;
  const body = cases.map((entry) => entry.xml).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${totals}>\n<testsuite name="policies" ${totals} skipped="${String(count("skipped"))}">\n${body}\n</testsuite>\n</testsuites>\n`;
}

type Kind = "failure" | "error" | "skipped" | "passed";

function testCase(id: string, result: Result, policy: Policy | undefined): { readonly kind: Kind; readonly xml: string } {
  const open = `<testcase classname="policies" name="${escape(id)}">`;
  if (result.disabled.includes(id)) return { kind: "skipped", xml: `${open}<skipped message="disabled by configuration"/></testcase>` };
  const reason = result.summary.reasons[id];
  if (reason !== undefined)
    return { kind: "skipped", xml: `${open}<skipped message="${escape(`not evaluated here: ${reason}`)}"/></testcase>` };
  if (result.outcomes.some((outcome) => outcome.policy === id && outcome.nothing === true))
    return {
      kind: "skipped",
      xml: `${open}<skipped message="nothing to evaluate: the program has nothing that this policy is about"/></testcase>`,
    };
  const own = result.outcomes.filter((outcome) => outcome.policy === id && outcome.verdict !== "pass");
  const failing = own.filter((outcome) => outcome.level === "mandatory" && outcome.notShown === undefined);
  const violations = failing.filter((outcome) => outcome.verdict === "violation");
  const unknown = failing.filter((outcome) => outcome.verdict === "unknown");
  const rest = own.filter((outcome) => !failing.includes(outcome));
  const output = rest.length > 0 ? `<system-out>${escape(lines(rest))}</system-out>` : "";
  // A test case has one outcome: a violation says more than what is unknown beside it.
  const [kind, shown] =
    violations.length > 0
      ? (["failure", failing] as const)
      : unknown.length > 0
        ? (["error", unknown] as const)
        : (["passed", []] as const);
  const element =
    kind === "passed"
      ? ""
      : `<${kind} message="${escape(shown[0]?.message ?? "")}">${escape(lines(shown) + (policy === undefined ? "" : `\n${lessonText(lessonOf(policy), lines(shown))}`))}</${kind}>`;
  return { kind, xml: `${open}${element}${output}</testcase>` };
}

function lines(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(
      (outcome) =>
        `${outcome.source === undefined ? "" : `${showPosition(outcome.source)}: `}${outcome.verdict} (${outcome.level}) ${outcome.urn}: ${outcome.message}`,
    )
    .join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character).replace(/\p{Cc}|\ufffe|\uffff/gu, allowed);
}

/** XML 1.0 knows no control characters but tab and line ends. */
function allowed(control: string): string {
  return "\t\n\r".includes(control) ? control : "?";
}
