/** Every policy with its verdict, its reason and its fix; what failed first. Pure. */
import { html, type Html } from "./html";
import { badge, code, note, position, section, table, type Tone } from "./parts";
import type { FindingRow, PolicyRow, Report } from "./types";

const TITLES: readonly (readonly [PolicyRow["verdict"], string, Tone, string])[] = [
  ["violation", "Violations", "bad", "violation"],
  ["unknown", "Cannot tell", "warn", "cannot tell"],
  ["notEvaluated", "Not evaluated here", "calm", "not evaluated here"],
  ["pass", "Passed", "good", "pass"],
  ["nothing", "Nothing to evaluate", "calm", "nothing to evaluate"],
];

/** @param anchors of the resources, by URN */
export function policiesSection({ policies }: Report, anchors: ReadonlyMap<string, string>): Html {
  const { rows, exempted, disabled, closing, profile } = policies;
  const groups = TITLES.flatMap(([verdict, title, tone, word]) => {
    const own = rows.filter((row) => row.verdict === verdict);
    if (own.length === 0) return [];
    const list = html`<ul class="policies">
      ${own.map((row) => item(row, tone, word, anchors))}
    </ul> `;
    return [
      html`<h3>${title} (${own.length})</h3>
        ${list}`,
    ];
  });
  return section(
    "policies",
    "Policies",
    html`<p>${closing}</p>
      ${profile === "general" ? note("The program plays none of the pack's roles, so it was evaluated by the general profile: only what makes sense for any program.") : undefined}
      <form class="filter" role="search" aria-label="Policies" hidden>
        <label for="find-policy">Find a policy</label> <input id="find-policy" type="search" data-filter="policies" autocomplete="off" />
        <p class="count" role="status"></p>
      </form> `,
    ...groups,
    exempted.length === 0
      ? undefined
      : html`<h3>Exempted (${exempted.length})</h3>
          ${table(
            "Findings that are left out, for a reason and until a day",
            ["Policy", "Resource", "Reason", "Until"],
            exempted.map((one) => [code(one.policy), one.urn, one.reason, one.expires]),
          )}`,
    disabled.length === 0
      ? undefined
      : html`<h3>Disabled (${disabled.length})</h3>
          <p>${disabled.join(", ")}</p> `,
  );
}

function item(policy: PolicyRow, tone: Tone, word: string, anchors: ReadonlyMap<string, string>): Html {
  const { id, level, severity, description, findings } = policy;
  const open = findings.length > 0 && policy.verdict !== "notEvaluated";
  return html`<li data-find="${id} ${description}"><details${open ? html` open` : undefined}>
<summary>${badge(tone, word)} <span class="id">${id}</span> <span class="about">${description}</span></summary>
<div class="inside">
<p class="meta">${level}, severity ${severity}</p>
${findingList(findings, anchors)}${lesson(policy)}</div>
</details></li>
`;
}

/** Findings of one policy beyond these open on demand: they say the same of other resources. */
const SHOWN = 10;

function findingList(findings: readonly FindingRow[], anchors: ReadonlyMap<string, string>): Html | undefined {
  if (findings.length === 0) return undefined;
  const list = (some: readonly FindingRow[]): Html =>
    html`<ul class="findings">
      ${some.map((finding) => findingItem(finding, anchors))}
    </ul> `;
  const rest = findings.slice(SHOWN);
  const more = html`<details class="more">
    <summary>${rest.length} more of the same policy</summary>
    ${list(rest)}
  </details> `;
  return html`${list(findings.slice(0, SHOWN))}${rest.length === 0 ? undefined : more}`;
}

function findingItem({ urn, name, message, source }: FindingRow, anchors: ReadonlyMap<string, string>): Html {
  const anchor = anchors.get(urn);
  const what = anchor === undefined ? html`<strong>${name}</strong>` : html`<a href="#${anchor}">${name}</a>`;
  return html`<li>
    ${what} ${position(source)}
    <p>${message}</p>
  </li> `;
}

function lesson({ why, fix, example, references }: PolicyRow): Html {
  return html`<dl>
    <dt>Why</dt>
    <dd>${why}</dd>
    <dt>Fix</dt>
    <dd>${fix}</dd>
    <dt>For example</dt>
    <dd>
      <pre><code>${example}</code></pre>
    </dd>
    ${
      references.length === 0
        ? undefined
        : html`<dt>Published controls</dt>
            <dd>${references.join("; ")}</dd> `
    }
  </dl> `;
}
