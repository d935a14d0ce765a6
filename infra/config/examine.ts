/** What is known of an application by its files and by what the configuration gives to its hosts, before anything is created. */
import type { LoadedManifest } from "../../models-manifest/manifest";
import { checkApp, checkImports, checkStart, type AppReport, type AppRequest } from "../app/check";
import { admitFindings } from "../app/admits";
import { fetchNotices } from "../app/fetches";
import { canForward, noForward } from "../app/forwards";
import { healthProblems } from "../app/health-answer";
import type { HostGifts } from "../app/host-needs";
import { parseModule } from "../app/module";
import { ownConnections, ownHostNotices } from "../app/own-host";
import { missingSettings, type HostSettings } from "../app/required-settings";
import { checkSyntax, type SyntaxReport } from "../app/syntax";
import type { AppTree } from "../app/tree";
import { djangoSettings } from "./django-settings";
import { DEFAULT_OS, UBUNTU, type Os } from "../external-names";
import { modelBytes, plannedWorkers } from "../hosts/sizing";
import { healthOf } from "../release/health";
import type { Sections } from "./structure";
import { isGroup } from "./values";

export interface Context {
  readonly project: string;
  readonly root: string;
  readonly sections: Sections;
  readonly models: LoadedManifest | undefined;
  readonly problems: string[];
  readonly notices: string[];
  /** Groups of settings of which not even the names can be seen. */
  readonly closed: readonly string[];
}

export type AppKey = AppRequest["key"];

interface Code {
  readonly tree: AppTree;
  readonly key: AppKey;
  /** As it was written. */
  readonly named: string;
}

/** Says what is wrong with an application. @returns undefined where the module has no form that can be looked for, which the rules report */
export function examine({ tree, key, named }: Code, app: Sections, context: Context): AppReport | undefined {
  const { project, sections, models, problems, notices } = context;
  const module = parseModule(String(app.module), app.interface === "wsgi" ? "wsgi" : "asgi");
  if (module === undefined) return undefined;
  const pythons = knownPythons(sections);
  const allow = texts(app.allow);
  const request = { project, key, module, pythons, allow, runtime: models?.manifest.runtime ?? {}, given: givenToBackend(sections) };
  const report = checkApp(tree, request);
  problems.push(...report.problems);
  if (report.problems.length === 0 && !forwards(tree, sections)) problems.push(noForward(project, named));
  notices.push(...report.notices);
  // A module that is not there has been reported; packages that are wrong say nothing about the code.
  if (!report.problems.some((problem) => problem.startsWith(`${project}:app.module:`))) {
    examineCode({ tree, key, named }, request, report.problems.length === 0, app, context);
  }
  return report;
}

/** What its own code says. @param packages whether the list of packages is in order */
function examineCode(
  { tree, key }: Code,
  { project, module, pythons, given: gifts }: AppRequest,
  packages: boolean,
  app: Sections,
  context: Context,
): void {
  const { sections, problems, notices, closed } = context;
  const health = isGroup(sections.health) ? sections.health : {};
  const expected = healthOf(health);
  const django = djangoSettings(project, tree, sections);
  const given = settingsOfHosts(context);
  const known = given.flatMap(({ names }) => names);
  const ownImage = ["gateway", "backend"].some((role) => isGroup(sections[role]) && (sections[role] as Sections).ami !== undefined);
  const code = checkSyntax(tree, {
    module,
    pythons,
    health: String(expected.path),
    hosts: { ownImage, names: known, closed: closed.length > 0 },
    workers: mostWorkers(context),
    ...(django.module === undefined ? {} : { django: django.module }),
  });
  const imports = checkImports(tree, code, packages);
  const of = (text: string): string => `${project}:${key}: ${text}`;
  problems.push(...[...code.problems, ...imports.problems].map(of));
  notices.push(...[...code.notices, ...imports.notices].map(of));
  const settings = missingSettings(project, code.settings, given, texts(app.requires));
  const written = ownHostNotices(project, tree, known);
  const start = checkStart(tree, project, withCredentials(code, known, closed.length > 0), gifts, packages);
  const own = ownConnections(project, code.connections, known, closed.length > 0, written);
  problems.push(...[...own.problems, ...start.problems].map(of));
  notices.push(...[...written, ...own.notices, ...start.notices].map(of));
  notices.push(...fetchNotices(project, code.fetches, (sections.network as Sections | undefined)?.egress, known).map(of));
  const answers = code.health === undefined ? { problems: [], notices: [] } : healthProblems(project, tree, expected, code.health);
  const admitted = expected.status < 300 ? admitFindings(project, code.admits, expected) : { problems: [], notices: [] };
  problems.push(...django.problems, ...settings.problems, ...answers.problems, ...admitted.problems);
  notices.push(...settings.notices, ...answers.notices, ...admitted.notices);
}

/** Without what asks AWS, where the settings bring credentials, or may do so. */
function withCredentials(code: SyntaxReport, names: readonly string[], closed: boolean): SyntaxReport {
  const own = closed || names.some((name) => name.startsWith("AWS_"));
  return own ? { ...code, needs: code.needs.filter(({ what }) => what !== "aws") } : code;
}

/** As infra/release/inputs.ts gives them. */
function settingsOfHosts({ sections, models, closed }: Context): HostSettings[] {
  const names = (group: unknown): string[] => (isGroup(group) ? Object.keys(group) : []);
  const { env, secretEnv } = (sections.gateway ?? {}) as Sections;
  const shared = names(sections.env).filter((name) => ["LOG_LEVEL", "CACHE_TTL"].includes(name));
  const limits = ["MAX_BODY_MIB", "REQUEST_TIMEOUT_SECONDS", "RATE_LIMIT_PER_SECOND", "RATE_LIMIT_BURST"];
  const model = models === undefined || models.files.length > 0 ? ["MODEL_PATH"] : [];
  const backend = {
    host: "backend",
    names: [...names(sections.env), ...names(sections.secretEnv), ...model],
    more: closed.length > 0,
  } as const;
  const gateway = {
    host: "gateway",
    names: [...shared, ...limits, ...names(env), ...names(secretEnv), "UPSTREAM_URL"],
    more: false,
  } as const;
  return isProxy(sections) ? [backend] : [backend, gateway];
}

/** What the images of Ubuntu have. An image of the reader's own may have any. */
export function knownPythons(sections: Sections): string[] {
  return (isProxy(sections) ? ["backend"] : ["gateway", "backend"]).flatMap((role) => {
    const { os = DEFAULT_OS, ami } = (sections[role] ?? {}) as { os?: string; ami?: string };
    return ami === undefined && os in UBUNTU ? [UBUNTU[os as Os].python] : [];
  });
}

/** What known packages may need of the host that the models are on. */
function givenToBackend(sections: Sections): HostGifts {
  const { packages = [], ami } = (sections.backend ?? {}) as { packages?: string[]; ami?: string };
  const { allow = [] } = (sections.sandbox ?? {}) as { allow?: string[] };
  const { index, wheelhouse } = (sections.python ?? {}) as { index?: unknown; wheelhouse?: unknown };
  const elsewhere = index !== undefined || wheelhouse !== undefined;
  return { packages: ami === undefined ? packages : undefined, allow, pythons: knownPythons(sections), elsewhere };
}

/** Of the hosts that run the application; 1 where it is not known. */
function mostWorkers({ sections, models }: Context): number {
  const backend = models === undefined ? 1 : workersOf(sections.backend, modelBytes(models));
  return isProxy(sections) ? backend : Math.max(backend, workersOf(sections.gateway, 0));
}

function workersOf(section: unknown, bytes: number): number {
  const { workers, instanceType, memoryMiB } = (isGroup(section) ? section : {}) as Sections;
  const type = typeof instanceType === "string" ? instanceType : "";
  const memory = typeof memoryMiB === "number" ? memoryMiB : undefined;
  return plannedWorkers({ workers: typeof workers === "number" ? workers : "auto", instanceType: type, memoryMiB: memory }, bytes);
}

/** A gateway that has no application, and forwards by itself. */
const isProxy = ({ gateway }: Sections): boolean => ((gateway ?? {}) as { mode?: unknown }).mode === "proxy";

function forwards(tree: AppTree, sections: Sections): boolean {
  const { env = {} } = (sections.gateway ?? {}) as { env?: Record<string, unknown> };
  return isProxy(sections) || canForward(tree, Object.values(env).map(String));
}

/** Entries that are no texts have been reported. */
export function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((entry): entry is string => typeof entry === "string") : [];
}
