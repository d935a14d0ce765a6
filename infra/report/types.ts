/** What a report holds, as plain data. Whatever is in it may be shown: nothing that is marked as secret, and nothing that looks like one. */
import type { PreviewModels } from "../cli/preview-stack";
import type { PreviewDocument } from "../offline/document";
import type { Picture } from "../picture/model";
import type { SourcePosition } from "../../policies/core/types";

export interface Report {
  readonly project: string;
  readonly stack: string;
  /** One sentence: what this was made from. */
  readonly origin: string;
  readonly network: NetworkView;
  readonly policies: PolicyView;
  readonly resources: readonly ResourceRow[];
  readonly cost: CostView;
  /** The rest is known of this project's own program alone. */
  readonly hosts: readonly HostView[];
  readonly models?: PreviewModels;
  readonly live?: LiveView;
  /** What a reader should know of the report itself: secrets that are not set, prices that are old. */
  readonly notices: readonly string[];
}

export interface NetworkView {
  readonly picture: Picture;
  /** The same arrows, with the path behind each. */
  readonly arrows: readonly ReachRow[];
  readonly blocked: readonly ReachRow[];
  /** What answers at each port that is open to anybody, and why it is open; known of this project's own program alone. */
  readonly doors: readonly string[];
  /** What the picture leaves out or draws together. */
  readonly notes: readonly string[];
}

export interface ReachRow {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  /** `rule`: a rule lets it in, and the rest of its way is not evaluated. */
  readonly verdict: "open" | "unknown" | "rule" | "blocked";
  readonly outward: boolean;
  /** One a port or way, without repetition. */
  readonly paths: readonly string[];
  /** Where the program registers the rule that lets it in, or what blocks it. */
  readonly source?: SourcePosition;
}

export interface PolicyRow {
  readonly id: string;
  readonly verdict: "violation" | "unknown" | "pass" | "nothing" | "notEvaluated";
  readonly level: string;
  readonly severity: string;
  readonly description: string;
  readonly why: string;
  readonly fix: string;
  readonly example: string;
  readonly references: readonly string[];
  readonly findings: readonly FindingRow[];
}

export interface FindingRow {
  readonly verdict: "violation" | "unknown" | "notEvaluated";
  readonly urn: string;
  readonly name: string;
  readonly message: string;
  readonly source?: SourcePosition;
}

export interface PolicyView {
  /** Failing first. */
  readonly rows: readonly PolicyRow[];
  readonly exempted: readonly { readonly policy: string; readonly urn: string; readonly reason: string; readonly expires: string }[];
  readonly disabled: readonly string[];
  /** The closing line of `policies:check`. */
  readonly closing: string;
  readonly profile: string;
}

export interface ResourceRow {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  /** Names of the components that it stands in, the outermost first, joined by " / ". */
  readonly component: string;
  readonly isComponent: boolean;
  /** Known and harmless properties: addresses, ports, sizes, zones. */
  readonly facts: readonly string[];
  readonly source?: SourcePosition;
}

export interface HostView {
  readonly role: string;
  /** Steps that a host of a fleet runs by itself; those of one group side by side. In place of `steps`. */
  readonly firstBoot?: PreviewDocument["firstBoot"];
  readonly steps: readonly { readonly order: number; readonly name: string; readonly urn: string }[];
  readonly files: readonly FileRow[];
}

export interface FileRow {
  readonly path: string;
  readonly kind: string;
  readonly mode: string;
  readonly owner: string;
  readonly note: string;
  readonly text?: string;
}

export interface CostView {
  readonly region: string;
  readonly lines: readonly { readonly what: string; readonly month: number | undefined }[];
  readonly byUse: readonly string[];
  /** How far a fleet may grow beyond what is counted. */
  readonly more?: string;
  /** Day of the price table. */
  readonly of: string;
}

export interface LiveView {
  /** When Pulumi wrote the state, as it says. */
  readonly updated?: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
  readonly hosts: readonly LiveHost[];
}

export interface LiveHost {
  readonly role: string;
  readonly verdict: "as wanted" | "differs" | "not verified" | "could not be asked";
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly failed: readonly { readonly check: string; readonly expected: string; readonly found: string }[];
  readonly error?: string;
  /** The newest first. */
  readonly history: readonly {
    readonly at: string;
    readonly release: string;
    readonly result: string;
    readonly via: string;
    readonly by: string;
    readonly reason: string;
  }[];
}
