/** Building blocks of the page: sections, tables that become cards on a phone, badges, positions. Pure. */
import { showPosition } from "../../policies/core/source";
import type { SourcePosition } from "../../policies/core/types";
import { html, type Html } from "./html";

export type Cell = Html | string | number;

export function section(id: string, title: string, ...body: readonly (Html | undefined)[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-h">
    <h2 id="${id}-h">${title}</h2>
    ${body}
  </section> `;
}

/** Roles are said once more: a table that is laid out as cards would lose them. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[], foot?: readonly Cell[]): Html {
  const cell = (value: Cell, index: number): Html =>
    index === 0
      ? html`<th role="rowheader" scope="row" data-label="${head[index] ?? ""}">${value}</th>`
      : html`<td role="cell" data-label="${head[index] ?? ""}">${value}</td>`;
  const line = (cells: readonly Cell[]): Html =>
    html`<tr role="row">
      ${cells.map(cell)}
    </tr> `;
  return html`<table role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${head.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(line)}
    </tbody>
    ${
      foot === undefined
        ? undefined
        : html`<tfoot role="rowgroup">
            ${line(foot)}
          </tfoot>`
    }
  </table> `;
}

export type Tone = "good" | "bad" | "warn" | "calm";

export const badge = (tone: Tone, text: string): Html => html`<span class="badge ${tone}">${text}</span>`;

export const code = (text: string): Html => html`<code>${text}</code>`;

export function position(source: SourcePosition | undefined): Html | undefined {
  return source === undefined ? undefined : html`<span class="place">${showPosition(source)}</span>`;
}

export const note = (text: string): Html => html`<p class="note">${text}</p> `;
