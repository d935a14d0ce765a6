/** The remote steps of a host, in order, as data: literal scripts, and the text each of them reads from stdin. */
import { basename } from "node:path";
import { checksText } from "../../models-manifest/checks";
import { keysText } from "./access";
import { carrier } from "./carrier";
import { composeCreate, composeScript, type StepScript } from "./compose";
import { envDigest, renderEnvFile } from "./env-file";
import { healthLines, healthOf, releaseSeconds } from "./health";
import { hostFiles } from "./host-files";
import { limitsOf } from "./limits";
import { hasApplication, isNat, renderSite, renderUnit, systemFiles } from "./render";
import { shadowFiles, shadowLines, shadowSeconds } from "./shadow";
import { sha256 } from "../sha256";
import { readScript, readTemplate } from "./templates";
import { given, type Input, type Line, type Plan } from "./plan";
import { acme, tls, tlsPackages, tlsPrepared } from "./tls-steps";
import { watchLines, watchUnit } from "./watch";
import type { Access, Carrier, HostSpec, Step, StepValues } from "./types";

export type { HostRole, HostSpec, Step, StepName, StepValues } from "./types";

export type { Input, Line } from "./plan";

/** The modules of the gate for models, the one that is run first. */
const GATE = ["gate", "gate_content", "gate_load", "gate_names", "gate_scan", "gate_watch"];

/** What records releases, and which there are. */
const HISTORY_PARTS = ["history", "release-names"];

/** Steps of one host. What each of them has to wait for is in order.ts. */
export function hostSteps(spec: HostSpec): Step[] {
  const application = hasApplication(spec) ? [code(spec), env(), ...(spec.models === undefined ? [] : [models(spec)])] : [];
  const released = hasApplication(spec) ? release(spec) : siteRelease(spec);
  const plans = [prepare(spec), ...front(spec), ...application, released, ...renewed(spec), verify(spec)];
  return plans.map((plan) => {
    const script = composeScript(plan);
    return {
      name: plan.name,
      create: composeCreate(plan, script),
      script,
      secret: plan.secret ?? false,
      limitSeconds: plan.limitSeconds,
      uses: plan.uses,
      stdin: (values) => inputText(plan.name, plan.input(values), ofEveryStep(spec)),
    };
  });
}

/** What each step is told, whatever it does. */
const ofEveryStep = ({ repair, readAll }: HostSpec): Line[] => [
  ...(repair === undefined ? [] : [["repair", repair] as const]),
  ...(readAll === true ? [["read", "all"] as const] : []),
];

/** What the gateway's site reads beside itself. */
function front({ tls: certificate, access: keys }: HostSpec): Plan[] {
  return [...(certificate === undefined ? [] : [tls(certificate)]), ...(keys === undefined ? [] : [access(keys)])];
}

/** Behind the release, whose site the authority asks. */
const renewed = ({ tls: served }: HostSpec): Plan[] => (served?.acme === undefined ? [] : [acme(served.serverName, served.acme)]);

/** What brings the scripts of all these steps to the host; it comes before each of them. */
export function hostScripts(spec: HostSpec): Carrier {
  const scripts = hostSteps(spec).map((step) => step.script);
  return carrier(scripts, { repair: spec.repair });
}

/**
 * What a step reads from stdin. This is the one description of the format; `read_input`, `value`, `values` and `need` in
 * templates/steps/lib.sh read it.
 *
 * ```text
 * key=value      any number of lines, possibly none. A key may occur several times: a list. A value is one line, and all behind the first
 *                "=" belongs to it.
 * ---            ends the values
 * base64         the payload in lines of 76 characters; no line where a step has none
 * ===            the last line: without it the connection was cut, and the step does nothing
 * ```
 *
 * The values may be secret: they are in no script, no argument and no environment, and on the host in memory only (/run).
 */
export function inputText(step: string, input: Input, more: readonly Line[] = []): string {
  const { lines: own, payload } = "payload" in input ? input : { lines: input, payload: "" };
  const lines: Line[] = [...own, ...more];
  const broken = lines.filter(([, value]) => /[\r\n]/.test(String(value))).map(([key]) => key);
  if (broken.length > 0) throw new Error(`Step ${step}: line breaks are not possible in ${[...new Set(broken)].join(", ")}.`);
  const base64 = payload.replace(/(.{76})(?=.)/g, "$1\n");
  return [...lines.map(([key, value]) => `${key}=${value}`), "---", ...(base64 === "" ? [] : [base64]), "===", ""].join("\n");
}

/** What every host needs; the gateway forwards packets where it is the backend's egress. S3 is reached with boto3: Ubuntu 24.04 has no awscli. */
function packages(spec: HostSpec): string[] {
  const common = ["ca-certificates", "curl", "jq", "logrotate", "nginx", "python3", "unattended-upgrades"];
  const names = hasApplication(spec) ? [...common, "git", "python3-venv"].sort() : common;
  const application = hasApplication(spec) && (spec.code.kind === "s3" || spec.wheelhouse !== undefined);
  const s3 = spec.models !== undefined || application || spec.backup !== undefined || spec.watch !== undefined;
  const all = [
    ...names,
    ...(s3 ? ["python3-boto3"] : []),
    ...(spec.role === "gateway" && spec.egress === "gateway" ? ["nftables"] : []),
    ...tlsPackages(spec),
    ...(spec.packages ?? []),
  ];
  return [...new Set(all)];
}

/**
 * Units that prepare.sh names though this host never gets them, and what they run. Policies read the script: where no unit of an application
 * tells them which user it runs as, they have to know the text of every unit, and of every program that root is said to run later.
 */
function namedUnits(spec: HostSpec): StepScript["files"] {
  const unit = "ddos-backup.service";
  return hasApplication(spec)
    ? []
    : [
        { name: unit, content: readTemplate(unit) },
        { name: "backup.sh", content: readScript("backup") },
        ...(spec.watch === undefined ? [{ name: "ddos-watch.service", content: watchUnit(false) }] : []),
      ];
}

/** What the script is put together of, where it is not alone. */
function preparedBy(spec: HostSpec): Pick<Plan, "parts"> {
  const parts = [...(isBalanced(spec) ? ["health"] : []), ...(isNat(spec) ? ["nat"] : [])];
  return parts.length === 0 ? {} : { parts: [...parts, "prepare"] };
}

function prepare(spec: HostSpec): Plan {
  const gateway = spec.role === "gateway";
  return {
    name: "prepare",
    ...preparedBy(spec),
    lock: "exclusive",
    limitSeconds: 1200,
    files: [...systemFiles(spec).map((file) => ({ name: file.stage, content: file.content })), ...namedUnits(spec)],
    uses: [
      ...(gateway ? (["backendAddress"] as const) : []),
      ...(passesSeveral(spec) ? (["otherBackends"] as const) : []),
      ...(isBalanced(spec) ? (["balancerName"] as const) : []),
      ...(spec.backup === undefined ? [] : (["bucket"] as const)),
    ],
    input: (values) => [
      ["role", spec.role],
      ["service", spec.service],
      ["egress", spec.egress],
      ...(gateway ? [["backendAddress", given("prepare", "backendAddress", values.backendAddress)] as const] : []),
      ...(passesSeveral(spec) ? given("prepare", "otherBackends", values.otherBackends) : []).map((one) => ["otherBackends", one] as const),
      ...(spec.host === undefined ? [] : [["host", spec.host] as const]),
      ...modeLines(spec),
      ...balancerLines(spec, values),
      ...tlsPrepared(spec),
      ...(spec.access === undefined ? [] : [["access", "yes"] as const]),
      ["backupBucket", spec.backup === undefined ? "none" : given("prepare", "bucket", values.bucket)],
      ...(spec.backup?.prefix === undefined ? [] : [["backupPrefix", spec.backup.prefix] as const]),
      ...watchLines(spec, values),
      ["region", spec.region],
      ...packages(spec).map((name) => ["package", name] as const),
    ],
  };
}

/** NAT lets packets of the backends through by their addresses. */
const passesSeveral = (spec: HostSpec): boolean => isNat(spec) && (spec.backends ?? 1) > 1;

const isBalanced = ({ role, balanced }: HostSpec): boolean => role === "gateway" && balanced === true;

/** The name by which the load balancer itself is reached: the step waits until it answers there before the backend's name leads to it. */
function balancerLines(spec: HostSpec, values: StepValues): Line[] {
  return isBalanced(spec)
    ? [
        ["balancer", `${given("prepare", "balancerName", values.balancerName)}:${(spec.upstream ?? "").split(":")[1] ?? ""}`],
        ...healthLines(spec.health),
      ]
    : [];
}

/** Names one content of the application: the commit, or the digest of the bundle. */
export function codeId(spec: HostSpec): string {
  if (spec.code.kind === "git") return spec.code.commit;
  return (spec.code.kind === "bundle" ? spec.code.bundle.sha256 : spec.code.sha256).slice(0, 40);
}

function code(spec: HostSpec): Plan {
  const { code: source, wheelhouse } = spec;
  const lines: Line[] = [
    ["source", source.kind],
    ["id", codeId(spec)],
    ["module", spec.module],
    ["region", spec.region],
    ["egress", spec.egress],
    ["wheelhouseUri", wheelhouse?.uri ?? "none"],
    ["wheelhouse", wheelhouse?.sha256 ?? "none"],
  ];
  if (source.kind === "git") lines.push(["url", source.url], ["commit", source.commit]);
  else if (source.kind === "s3") lines.push(["uri", source.uri], ["sha256", source.sha256]);
  else lines.push(["sha256", source.bundle.sha256]);
  const payload = source.kind === "bundle" ? source.bundle.gzipBase64 : "";
  const { index } = spec;
  const indexLine = (values: StepValues): Line[] =>
    index === undefined ? [] : [["index", index.secret ? given("code", "index", values.index) : index.url]];
  return {
    name: "code",
    parts: ["s3", "build-sandbox", "installer", "venv", "code"],
    lock: "shared",
    limitSeconds: 1500,
    files: ["layout.py", "requirement_lines.py", "pyproject.py", "pip-settings.py", "redact.py", "uv.txt"].map((name) => ({
      name,
      content: readTemplate(`steps/${name}`),
    })),
    secret: (source.kind === "bundle" && source.secret === true) || index?.secret === true,
    uses: index?.secret === true ? ["index"] : [],
    input: (values) => ({ lines: [...lines, ...indexLine(values)], payload }),
  };
}

/** Keys of the API; the site includes the file that they are written to. */
function access({ userNames }: Access): Plan {
  return {
    name: "access",
    lock: "exclusive",
    limitSeconds: 240,
    files: [],
    secret: true,
    uses: userNames === undefined ? ["apiKeys"] : ["apiKeys", "basicAuth"],
    input: (values) => {
      const keys = given("access", "apiKeys", values.apiKeys);
      const users = userNames === undefined ? {} : given("access", "basicAuth", values.basicAuth);
      const lines = Object.keys(users)
        .sort()
        .map((name): Line => ["user", `${name}:${users[name] ?? ""}`]);
      return { lines: [["keys", Object.keys(keys).length], ...lines], payload: Buffer.from(keysText(keys)).toString("base64") };
    },
  };
}

function env(): Plan {
  return {
    name: "env",
    lock: "shared",
    limitSeconds: 240,
    files: [],
    secret: true,
    uses: ["env"],
    input: (values) => {
      const variables = given("env", "env", values.env);
      return { lines: [["digest", envDigest(variables)]], payload: Buffer.from(renderEnvFile(variables)).toString("base64") };
    },
  };
}

function models(spec: HostSpec): Plan {
  const set = spec.models ?? { digest: "none", pins: [], files: [] };
  return {
    name: "models",
    parts: ["s3", "model-store", "models"],
    lock: "shared",
    limitSeconds: 2400,
    files: [],
    uses: ["bucket"],
    input: (values) => [
      ["bucket", given("models", "bucket", values.bucket)],
      ["region", spec.region],
      ["set", set.digest],
      ...set.pins.map((pin) => ["pin", pin] as const),
      ...(set.imports ?? []).map((module) => ["import", module] as const),
      ...set.files.flatMap((file) => (file.format === undefined ? [] : [["format", `${file.format} ${basename(file.path)}`] as const])),
      ...set.files.map((file) => ["model", modelLine(file)] as const),
    ],
  };
}

function modelLine(file: { sha256: string; size: number; required: boolean; absent?: boolean; key: string; path: string }): string {
  const need = file.absent === true ? "absent" : file.required ? "required" : "optional";
  return [file.sha256, file.size, need, file.key, basename(file.path)].join(" ");
}

/** Only where it is not the usual one: a stack of an earlier version keeps its inputs, and its releases their digests. */
function modeLines(spec: HostSpec): Line[] {
  return hasApplication(spec) ? [] : [["mode", "proxy"]];
}

/** Only where there are any. They are a part of the release: other checks mean another trial. */
function checksLines(spec: HostSpec): Line[] {
  const { checks } = spec.models ?? {};
  return checks === undefined ? [] : [["checks", sha256(checksText(checks))]];
}

/** The limit for all rows together; checks_seconds in templates/steps/release-checks.sh and verify.sh is the same. */
const CHECKS_SECONDS = 120;

const checksSeconds = (spec: HostSpec): number => (spec.models?.checks === undefined ? 0 : CHECKS_SECONDS);

/** The program that asks them. A comparison of two releases compares answers as it does. */
const checksProgram = (wanted: boolean): { name: string; content: string }[] =>
  wanted ? [{ name: "checks.py", content: readTemplate("steps/checks.py") }] : [];

/** They come with the release step, whose host keeps them with the release. */
const checksPayload = ({ models }: HostSpec): string =>
  models?.checks === undefined ? "" : Buffer.from(checksText(models.checks)).toString("base64");

/** Only where a release is watched after the switch. No part of the release: another limit is no other release. */
function bakeLines({ release }: HostSpec): Line[] {
  if (release === undefined || release.bakeSeconds === 0) return [];
  const { bakeSeconds, bakeErrorShare, bakeLatency } = release;
  return [
    ["bakeSeconds", bakeSeconds],
    ["bakeErrorShare", bakeErrorShare],
    ["bakeLatency", bakeLatency],
  ];
}

const bakeProgram = (spec: HostSpec): { name: string; content: string }[] =>
  bakeLines(spec).length === 0 ? [] : [{ name: "bake.py", content: readTemplate("steps/bake.py") }];

const bakeSeconds = ({ release }: HostSpec): number => release?.bakeSeconds ?? 0;

const repairOnly = (spec: HostSpec): Line[] => (spec.repairOnly === true ? [["repairOnly", "yes"]] : []);

/** What a release without an application is made of. */
function siteLines(step: string, spec: HostSpec): Line[] {
  return [
    ["role", spec.role],
    ["service", spec.service],
    ...modeLines(spec),
    ["upstream", given(step, "upstream", spec.upstream)],
    ["models", "none"],
    ["nginx", sha256(renderSite(spec))],
    ...healthLines(spec.health),
    ["port", spec.servicePort],
  ];
}

/** The nginx site alone, by the same path as any other release. */
function siteRelease(spec: HostSpec): Plan {
  return {
    name: "release",
    parts: [
      "health",
      ...HISTORY_PARTS,
      "release-stage",
      "release-gates",
      "release-earlier",
      "release-records",
      "release-repair",
      "release-bake",
      "release-site",
      "release-switch",
      "release",
    ],
    lock: "exclusive",
    limitSeconds: releaseSeconds(healthOf(spec.health), limitsOf(spec)) + bakeSeconds(spec),
    onFailure: "ddos-undo.service",
    files: [{ name: "site.conf", content: renderSite(spec) }, ...bakeProgram(spec)],
    uses: [],
    input: () => [...siteLines("release", spec), ...bakeLines(spec), ...repairOnly(spec)],
  };
}

/** What a release is made of. release and verify get the same lines, so that verify can say which part of it is not served. */
function releaseLines(step: string, spec: HostSpec, values: StepValues): Line[] {
  return [
    ["role", spec.role],
    ["service", spec.service],
    ["module", spec.module],
    ["code", codeId(spec)],
    ["env", envDigest(given(step, "env", values.env))],
    ["models", spec.models?.digest ?? "none"],
    ["wheelhouse", spec.wheelhouse?.sha256 ?? "none"],
    ["unit", sha256(renderUnit(spec, "current"))],
    ["nextUnit", sha256(renderUnit(spec, "next"))],
    ["nginx", sha256(renderSite(spec))],
    ...healthLines(spec.health),
    ["port", spec.servicePort],
    ...checksLines(spec),
    ["workers", spec.workers],
    ["nextWorkers", spec.nextWorkers ?? 1],
  ];
}

function release(spec: HostSpec): Plan {
  return {
    name: "release",
    parts: [
      "health",
      ...HISTORY_PARTS,
      "release-stage",
      "sandbox",
      "release-gates",
      "release-checks",
      "release-candidate",
      "release-earlier",
      "release-records",
      "release-repair",
      "release-bake",
      "release-shadow",
      "release-switch",
      "release",
    ],
    lock: "exclusive",
    limitSeconds:
      releaseSeconds(healthOf(spec.health), limitsOf(spec)) + checksSeconds(spec) + bakeSeconds(spec) + shadowSeconds(spec.shadow),
    // A step that is killed in the middle of a switch cannot undo it itself.
    onFailure: "ddos-undo.service",
    files: [
      { name: "main.service", content: renderUnit(spec, "current") },
      { name: "next.service", content: renderUnit(spec, "next") },
      { name: "site.conf", content: renderSite(spec) },
      ...["redact", ...GATE].map((name) => ({ name: `${name}.py`, content: readTemplate(`steps/${name}.py`) })),
      ...checksProgram(spec.models?.checks !== undefined || spec.shadow !== undefined),
      ...bakeProgram(spec),
      ...shadowFiles(spec.shadow),
    ],
    uses: ["env"],
    input: (values) => ({
      lines: [
        ...releaseLines("release", spec, values),
        ...bakeLines(spec),
        ...shadowLines(spec.shadow, limitsOf(spec)),
        ...repairOnly(spec),
      ],
      payload: checksPayload(spec),
    }),
  };
}

/** Of the proof through the public load balancer: ten tries in two minutes, and the last one may take as long as a request. */
const publicSeconds = (spec: HostSpec): number => (spec.front?.domain === undefined ? 0 : 150 + limitsOf(spec).timeoutSeconds);

function proofLines(spec: HostSpec, values: StepValues): Line[] {
  const { domain } = spec.front ?? {};
  const { method, path, body } = given("verify", "proof", spec.proof);
  return [
    ["backendUrl", `http://${given("verify", "upstream", spec.upstream)}`],
    ["proofMethod", method],
    ["proofPath", path],
    ["proofBody", body],
    ...(domain === undefined
      ? []
      : ([
          ["publicDomain", domain],
          ["publicName", given("verify", "publicName", values.publicName)],
        ] as const)),
    ...(spec.backends === undefined ? [] : [["backends", spec.backends] as const]),
    ["tlsName", spec.tls?.serverName ?? "none"],
    ...(spec.tls?.acme === undefined ? [] : [["acme", "yes"] as const]),
    ...(spec.tls?.acme?.zone === undefined ? [] : [["challenge", "dns"] as const]),
  ];
}

function verify(spec: HostSpec): Plan {
  const rows = hostFiles(spec).map((file) => {
    const need = file.required === false ? "optional" : "required";
    const fields = [file.kind, file.owner, file.group, file.mode, file.sha256 ?? "-", need, file.target ?? "-", file.path];
    return ["file", fields.join(" ")] as const;
  });
  return {
    name: "verify",
    parts: [
      "health",
      "history",
      ...(spec.role === "gateway" ? ["verify-proof"] : []),
      ...(spec.tls === undefined ? [] : ["verify-tls"]),
      ...(spec.tls?.acme === undefined ? [] : ["verify-acme"]),
      "verify",
    ],
    lock: "shared",
    // Three tries of the proof are in it, each of which may take as long as a request.
    limitSeconds: 210 + 3 * limitsOf(spec).timeoutSeconds + checksSeconds(spec) + publicSeconds(spec),
    files:
      spec.models?.checks === undefined ? [] : [...checksProgram(true), { name: "redact.py", content: readTemplate("steps/redact.py") }],
    uses: [...(hasApplication(spec) ? (["env"] as const) : []), ...(spec.front?.domain === undefined ? [] : (["publicName"] as const))],
    input: (values) => [
      ...(hasApplication(spec) ? releaseLines("verify", spec, values) : siteLines("verify", spec)),
      ["timeoutSeconds", limitsOf(spec).timeoutSeconds],
      ["egress", spec.egress],
      ...(spec.role === "gateway" ? proofLines(spec, values) : []),
      ...(spec.access === undefined ? [] : [["clients", spec.access.keyNames.join(" ")] as const]),
      ...(spec.access?.userNames === undefined ? [] : [["users", spec.access.userNames.join(" ")] as const]),
      ...(spec.watch === undefined ? [] : [["watch", "yes"] as const]),
      ["metadata", spec.sandbox?.includes("metadata") === true ? "not by the unit, by no rule" : "by the unit, by a rule"],
      ["peer", spec.peer ?? "none"],
      ...rows,
    ],
  };
}
