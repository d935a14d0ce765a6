/** Puts a report together: of any graph, and what is known of this project's own program beside it. Pure. */
import type { Config } from "../../policies/core/config";
import type { Result } from "../../policies/core/outcome";
import type { Graph } from "../../policies/core/types";
import { policies } from "../../policies/rules";
import { costLines, growth, usePrices } from "../cli/cost";
import type { Preview } from "../cli/preview-stack";
import { areOld, PRICES_OF } from "../cli/prices";
import { safeLines, safeText } from "../diff/safe";
import { roleOf } from "../hosts/ids";
import { firstBootOf, hostsOf } from "../offline/document";
import type { Properties } from "../offline/engine";
import type { HostFile } from "../release/types";
import { networkView } from "./network";
import { policyView } from "./policies";
import { resourceRows } from "./resources";
import type { CostView, FileRow, HostView, LiveView, Report } from "./types";

export interface Sources {
  readonly origin: string;
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** Without secrets: see maskSecrets. */
  readonly graph: Graph;
  readonly result: Result;
  readonly config: Config;
  readonly today: Date;
  /** Of this project's own program. */
  readonly preview?: Pick<Preview, "document" | "models" | "unset">;
  readonly live?: LiveView;
}

export function gather({ origin, project, stack, region, graph, result, config, today, preview, live }: Sources): Report {
  const files = preview?.document.files ?? [];
  const models = preview?.models;
  return {
    project: safeText(project),
    stack: safeText(stack),
    origin,
    network: networkView(graph, config.settings, files),
    policies: policyView(result, policies, graph, config.settings),
    resources: resourceRows(graph),
    cost: costView(graph, region),
    hosts: preview === undefined ? [] : hostViews(preview),
    ...(models === undefined ? {} : { models }),
    ...(live === undefined ? {} : { live }),
    notices: [
      ...(preview === undefined || preview.unset.length === 0
        ? []
        : [`Not set yet; placeholders stand in: ${preview.unset.map(safeText).join(", ")}.`]),
      ...(areOld(today) ? [`The price table is of ${PRICES_OF}, which is more than a year ago: compare it with AWS's.`] : []),
    ],
  };
}

function costView(graph: Graph, region: string): CostView {
  // As JSON: what is not known yet and what is secret become marks, which no price is found for.
  const resources = JSON.parse(
    JSON.stringify(
      graph.resources.map(({ urn, type, inputs, dependencies, propertyDependencies }) => ({
        ...{ urn, type, inputs, dependencies, propertyDependencies },
      })),
    ),
  ) as {
    urn: string;
    type: string;
    inputs: Properties;
    dependencies: string[];
    propertyDependencies: Record<string, string[]>;
  }[];
  const lines = costLines(resources, region);
  const more = growth(resources);
  return {
    region: safeText(region),
    lines: lines.map(({ what, month }) => ({ what: safeText(what), month })),
    byUse: (usePrices(lines, region) ?? []).map(({ what, price, per }) => `${what}: ${String(price)} USD a ${per}`),
    ...(more === undefined ? {} : { more }),
    of: PRICES_OF,
  };
}

function hostViews({ document }: Pick<Preview, "document">): HostView[] {
  return hostsOf(document.steps).map((id) => ({
    role: id,
    firstBoot: firstBootOf(document, id),
    steps: document.steps.filter(({ host }) => host === id).map(({ order, name, urn }) => ({ order, name, urn })),
    files: document.files.filter(({ host }) => host === roleOf(id)).map(fileRow),
  }));
}

function fileRow({ path, kind, mode, owner, group, sha256, content, target }: HostFile): FileRow {
  const digest = sha256 === null ? "made on the host" : `sha256 ${sha256.slice(0, 12)}`;
  return {
    path: safeText(path),
    kind,
    mode,
    owner: `${owner}:${group}`,
    note: kind === "link" ? `leads to ${target ?? "?"}` : kind === "directory" ? "directory" : digest,
    // The first character of a line is a difference's sign elsewhere.
    ...(content === undefined
      ? {}
      : {
          text: safeLines(content.split("\n").map((line) => ` ${line}`))
            .map((line) => line.slice(1))
            .join("\n"),
        }),
  };
}
