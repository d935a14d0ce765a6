/**
 * What a person asks of a host beside the set-up (`npm run releases`): which releases there are, and that an earlier one serves. Sent as the
 * steps are, by a carrier and a create, but no Command of the program runs it.
 */
import { composeCreate, composeScript, type StepScript } from "./compose";
import { healthOf, releaseSeconds } from "./health";
import { limitsOf } from "./limits";
import { hasApplication } from "./render";
import { inputText, type Line } from "./steps";
import { readTemplate } from "./templates";
import type { AskedName, HostSpec, Sent } from "./types";

export interface Asked extends Sent {
  readonly name: AskedName;
  readonly stdin: string;
}

export interface RollbackRequest {
  /** The release that is to serve. */
  readonly target: string;
  /** The one that serves, as the operator saw it: another one on the host means that somebody else came first. */
  readonly expected: string;
  /** Who asks, such as `anna@laptop`. */
  readonly by: string;
}

/** @param count lines of history, the newest */
export function askReleases(spec: HostSpec, count: number): Asked {
  const plan: StepScript = {
    name: "releases",
    parts: ["history", "release-names", "releases"],
    lock: "none",
    limitSeconds: 60,
    files: [],
  };
  return asked("releases", plan, [
    ["role", spec.role],
    ["count", count],
  ]);
}

export function askRollback(spec: HostSpec, { target, expected, by }: RollbackRequest): Asked {
  const own = hasApplication(spec) ? ["sandbox", "release-gates", "release-checks", "release-candidate"] : ["release-gates"];
  const plan: StepScript = {
    name: "rollback",
    parts: [
      "health",
      "history",
      "release-names",
      "release-stage",
      ...own,
      "release-repair",
      // Its functions alone: without limits in the input, an earlier release is not compared with the one that it is to replace.
      "release-bake",
      ...(hasApplication(spec) ? [] : ["release-site"]),
      "release-switch",
      "rollback",
    ],
    lock: "exclusive",
    limitSeconds: releaseSeconds(healthOf(spec.health), limitsOf(spec)),
    onFailure: "ddos-undo.service",
    files: hasApplication(spec) ? ["redact.py", "checks.py"].map((name) => ({ name, content: readTemplate(`steps/${name}`) })) : [],
  };
  return asked("rollback", plan, [
    ["role", spec.role],
    ["target", target],
    ["expected", expected],
    ["by", by],
    // A release that served some time ago: byte for byte, whatever was read since.
    ["read", "all"],
  ]);
}

function asked(name: AskedName, plan: StepScript, lines: readonly Line[]): Asked {
  const script = composeScript(plan);
  return { name, script, create: composeCreate(plan, script), stdin: inputText(name, lines) };
}
