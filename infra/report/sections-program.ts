/** Resources, hosts with steps and files, models and costs. Pure. */
import { count } from "../../policies/cli/words";
import { html, type Html } from "./html";
import { badge, code, note, position, section, table, type Cell } from "./parts";
import type { FileRow, HostView, Report, ResourceRow } from "./types";

/** Ids of the rows of resources, by URN. */
export function anchorsOf(resources: readonly ResourceRow[]): Map<string, string> {
  return new Map(resources.map(({ urn }, index) => [urn, `resource-${String(index + 1)}`]));
}

/** `aws:ec2/routeTable:RouteTable` is RouteTable of aws:ec2; a long name may break where a word of it begins. */
function typeCell(type: string): Html {
  const parts = type.split(":");
  const words = (parts.at(-1) ?? type).split(/(?<=[a-z0-9])(?=[A-Z])/);
  const module = parts.length < 3 ? "" : `${parts[0] ?? ""}:${parts[1]?.split("/")[0] ?? ""}`;
  return html`${words.map((word, index) => (index === 0 ? html`${word}` : html`<wbr />${word}`))} <span class="module">${module}</span>`;
}

export function resourcesSection({ resources }: Report, anchors: ReadonlyMap<string, string>): Html {
  const groups = new Map<string, ResourceRow[]>();
  for (const row of resources) groups.set(row.component, [...(groups.get(row.component) ?? []), row]);
  const components = resources.filter(({ isComponent }) => isComponent).length;
  const row = ({ urn, name, type, isComponent, facts, source }: ResourceRow): Cell[] => [
    html`<span id="${anchors.get(urn) ?? ""}" class="anchor">${name}</span>`,
    typeCell(type),
    isComponent ? "component" : facts.join(", "),
    position(source) ?? "",
  ];
  return section(
    "resources",
    "Resources",
    html`<p>
        ${count(resources.length - components, "resource")} in ${count(components, "component")}. Of their properties only those are shown
        that say what a thing is: addresses, ports, sizes, zones.
      </p>
      <form class="filter" role="search" aria-label="Resources" hidden>
        <label for="find-resource">Find a resource</label>
        <input id="find-resource" type="search" data-filter="resources" autocomplete="off" />
        <p class="count" role="status"></p>
      </form> `,
    ...[...groups].map(([component, rows]) => {
      const title = component === "" ? "The stack itself" : component;
      return html`<details class="group" data-print>
        <summary><span class="id">${title}</span> <span class="about">${kinds(rows)}</span></summary>
        <div class="inside">${table(`Resources of ${title}`, ["Name", "Type", "What it is", "Registered at"], rows.map(row))}</div>
      </details> `;
    }),
    resources.length === 0 ? note("The program registers nothing.") : undefined,
  );
}

function kinds(rows: readonly ResourceRow[]): string {
  const counts = new Map<string, number>();
  for (const { type } of rows) {
    const name = type.split(":").at(-1) ?? type;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const all = [...counts].map(([name, number]) => (number === 1 ? name : `${String(number)} ${name}`));
  return all.length > 8 ? `${all.slice(0, 7).join(", ")} and ${String(all.length - 7)} other types` : all.join(", ");
}

export function hostsSection({ hosts }: Report): Html | undefined {
  if (hosts.length === 0) return undefined;
  return section(
    "hosts",
    "Hosts",
    html`<p>
      The steps that set each host up${hosts.some(({ firstBoot }) => firstBoot !== undefined) ? "" : " over SSH"}, in their order, and the
      files that it ends up with. Secrets are masked; what the host makes itself has no text here.
    </p> `,
    ...hosts.map(host),
  );
}

function host({ role, steps, firstBoot, files }: HostView): Html {
  const rows = firstBoot === undefined ? steps.map(({ name }) => name) : firstBoot.map((wave) => wave.join(", "));
  return html`<h3>${role}</h3>
    ${firstBoot === undefined ? undefined : note("Each host of the fleet runs these by itself when it starts; those of one row side by side.")}
    <ol class="steps">
      ${rows.map((name) => html`<li>${name}</li> `)}
    </ol>
    <details class="group">
      <summary><span class="id">Files</span> <span class="about">${fileCounts(files)}</span></summary>
      <div class="inside">
        <ul class="files">
          ${files.map(file)}
        </ul>
      </div>
    </details> `;
}

const fileCounts = (files: readonly FileRow[]): string =>
  (["file", "directory", "link"] as const)
    .map((kind) => [kind, files.filter((file) => file.kind === kind).length] as const)
    .map(([kind, number]) => count(number, kind, kind === "directory" ? "directories" : `${kind}s`))
    .join(", ");

function file({ path, mode, owner, note: about, text }: FileRow): Html {
  const head = html`<span class="id">${path}</span> <span class="about">${mode} ${owner}, ${about}</span>`;
  if (text === undefined) return html`<li>${head}</li> `;
  return html`<li>
    <details>
      <summary>${head}</summary>
      <pre><code>${text.trimEnd()}</code></pre>
    </details>
  </li> `;
}

export function modelsSection({ models }: Report): Html | undefined {
  if (models === undefined) return undefined;
  const rows = models.rows.map(({ name, bytes, format, sha256, required, published }): Cell[] => [
    name,
    size(bytes),
    format,
    html`${required ? "required" : "optional"}${published ? undefined : html` ${badge("warn", "not there")}`}`,
    code(sha256.slice(0, 12)),
  ]);
  const total = models.rows.filter(({ published }) => published).reduce((sum, { bytes }) => sum + bytes, 0);
  return section(
    "models",
    "Models",
    html`<p>Release <strong>${models.release}</strong>: ${count(rows.length, "file")}, ${size(total)}.</p> `,
    rows.length === 0
      ? undefined
      : table("Files of the release that the manifest names", ["File", "Size", "Format", "Needed", "SHA-256"], rows),
  );
}

/** In the units of the manifest's readers: 1 MB is a million bytes. */
export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, "byte");
  const [unit, divisor] = bytes < 1e6 ? ["kB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  return `${(bytes / Number(divisor)).toFixed(1)} ${String(unit)}`;
}

export function costSection({ cost }: Report): Html {
  const { region, lines, byUse, more, of } = cost;
  const known = lines.flatMap(({ month }) => month ?? []).reduce((sum, month) => sum + month, 0);
  const complete = lines.every(({ month }) => month !== undefined);
  const rows = lines.map(({ what, month }): Cell[] => [what, month === undefined ? "unknown" : month.toFixed(2)]);
  return section(
    "cost",
    "Cost a month",
    html`<p>
      List prices of <time datetime="${of}">${of}</time>${region === "" ? "" : ` in ${region}`}: on demand, without tax, discounts and free
      tiers. Instances, their root volumes, public IPv4 addresses, NAT gateways, load balancers, interface endpoints, hosted zones, alarms,
      metrics and logs are counted; whatever else a program registers is not.
    </p> `,
    lines.length === 0
      ? note("Nothing in it is in the price table.")
      : table("USD a month", ["What", "USD a month"], rows, [complete ? "Sum" : "Sum of what is known", known.toFixed(2)]),
    byUse.length === 0 ? undefined : html`<p>By use: ${byUse.join("; ")}.</p> `,
    more === undefined ? undefined : html`<p>The sum is ${more}.</p> `,
  );
}
