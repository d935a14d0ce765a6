/** The report as one HTML file that loads nothing: styles and script are in it, and its own policy forbids everything else. Pure but for these two files. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { layOuts } from "./layouts";
import { html, Html, type Html as Markup } from "./html";
import { note } from "./parts";
import { liveSection } from "./sections-live";
import { architectureSection, reachSection } from "./sections-network";
import { policiesSection } from "./sections-policies";
import { anchorsOf, costSection, hostsSection, modelsSection, resourcesSection } from "./sections-program";
import type { Report } from "./types";

const file = (name: string): string => readFileSync(path.join(__dirname, "assets", name), "utf8");
const digest = (text: string): string => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;

/** Not a character more than was digested for the policy of the page. */
const element = (name: "style" | "script", text: string): Markup => new Html(`<${name}>${text}</${name}>`);

/** The same report always gives the same bytes. */
export async function reportPage(report: Report): Promise<string> {
  const [style, script] = [file("drawing.css") + file("report.css"), file("filter.js")];
  const layouts = await layOuts(report.network.picture);
  const anchors = anchorsOf(report.resources);
  const sections: readonly (readonly [id: string, title: string, body: Markup | undefined])[] = [
    ["architecture", "Architecture", architectureSection(report, layouts)],
    ["reach", "Who may reach whom", reachSection(report)],
    ["policies", "Policies", policiesSection(report, anchors)],
    ["live", "The live stack", liveSection(report)],
    ["hosts", "Hosts", hostsSection(report)],
    ["models", "Models", modelsSection(report)],
    ["cost", "Cost a month", costSection(report)],
    ["resources", "Resources", resourcesSection(report, anchors)],
  ];
  const there = sections.filter(([, , body]) => body !== undefined);
  const csp = `default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; base-uri 'none'; form-action 'none'`;
  const title = `${report.project} / ${report.stack}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(csp)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}: report</title>
        ${element("style", style)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <header>
          <p class="project">${report.project}</p>
          <h1>${report.stack}</h1>
          <p class="origin">${report.origin}</p>
          ${tiles(report)}
        </header>
        <nav aria-label="Sections">
          <ul>
            ${there.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li> `)}
          </ul>
        </nav>
        <main id="main" tabindex="-1">${report.notices.map(note)}${there.map(([, , body]) => body)}</main>
        <footer><p>This file loads nothing and sends nothing. What is marked as secret is not in it.</p></footer>
        ${element("script", script)}
      </body>
    </html> `;
  return page.text;
}

/** What one wants to know first. */
function tiles({ policies, resources, cost, network, live }: Report): Markup {
  const known = cost.lines.flatMap(({ month }) => month ?? []).reduce((sum, month) => sum + month, 0);
  const partly = cost.lines.some(({ month }) => month === undefined);
  const doors = network.arrows.filter(({ from, verdict }) => from === "Internet" && verdict === "open");
  const verified = live?.hosts.filter(({ verdict }) => verdict !== "not verified") ?? [];
  const wanted = verified.filter(({ verdict }) => verdict === "as wanted").length;
  return html`<ul class="tiles">
    ${policiesTile(policies.rows)}
    ${tile("reach", "calm", doors.length === 0 ? "none" : doors.map(({ ports }) => ports.replace(/^tcp /, "")).join("; "), "ports open to anybody")}
    ${tile("resources", "calm", String(resources.filter(({ isComponent }) => !isComponent).length), "resources")}
    ${tile("cost", "calm", cost.lines.length === 0 || (partly && known === 0) ? "unknown" : `${partly ? "> " : ""}${known.toFixed(2)}`, "USD a month at list prices")}
    ${verified.length === 0 ? undefined : tile("live", wanted === verified.length ? "good" : "bad", `${String(wanted)} of ${String(verified.length)}`, "hosts as wanted")}
  </ul>`;
}

function policiesTile(rows: Report["policies"]["rows"]): Markup {
  const of = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
  const [violations, unknown] = [of("violation"), of("unknown")];
  if (violations > 0) return tile("policies", "bad", String(violations), `${policiesWord(violations)} violated`);
  if (unknown > 0) return tile("policies", "warn", String(unknown), `${policiesWord(unknown)} cannot tell`);
  return tile("policies", "good", String(of("pass")), "policies passed, none violated");
}

const policiesWord = (number: number): string => (number === 1 ? "policy" : "policies");

const tile = (to: string, tone: string, value: string, what: string): Markup =>
  html`<li class="tile ${tone}">
    <a href="#${to}"><strong>${value}</strong> <span>${what}</span></a>
  </li>`;
