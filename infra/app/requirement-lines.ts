/** What of a list of packages can be read and will not install on a host, or not as it was meant. Pure. */
import type { Requirement, RequirementSet } from "./requirements";
import { noWheel } from "./known-wheels";
import { markerProblem } from "./markers";
import { admits, exactVersion } from "./packages";
import { wheelProblem } from "./wheel-name";

/** Of a requirements file, in pip's documentation ("Requirements File Format"). */
const OPTIONS =
  "-i --index-url --extra-index-url --no-index -c --constraint -r --requirement -e --editable -f --find-links --no-binary --only-binary --prefer-binary --require-hashes --pre --trusted-host --use-feature".split(
    " ",
  );
/** Hex digits of each digest that pip takes. */
const DIGESTS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Modules of Python itself. A package of the same name on PyPI, where there is one, is old or somebody else's. */
const OF_PYTHON = new Set(
  "abc argparse asyncio base64 collections concurrent contextlib copy csv ctypes datetime email functools glob hashlib html http io itertools json logging math multiprocessing os pathlib pickle platform queue random re shutil signal socket sqlite3 ssl string subprocess sys tempfile threading time tkinter traceback unittest urllib uuid warnings zipfile".split(
    " ",
  ),
);
/** Packages of other systems: they have no wheel for Linux and cannot be built there. */
const OF_OTHER_SYSTEMS = new Set("pywin32 pypiwin32 pywinpty windows-curses winrt pyobjc pyobjc-core pyobjc-framework-cocoa".split(" "));
/** `--timeout-graceful-shutdown`, which the service is started with. */
const OLDEST_UVICORN = "0.22";

/**
 * @param pythons versions that the hosts are known to have @param elsewhere whether packages may come from another place than PyPI
 * @returns one sentence for each line, with its place in front
 */
export function uninstallable(set: RequirementSet, pythons: readonly string[], elsewhere = false): string[] {
  const others = elsewhere || (set.places ?? 0) > 0;
  const known = (line: Requirement): string[] | undefined => {
    const why = (others ? undefined : localVersion(line)) ?? noWheel(line, pythons, others);
    return why === undefined ? undefined : [why];
  };
  const lines = set.requirements.flatMap((line) =>
    (ofMarker(line) ?? ofUrl(line) ?? ofWheel(line, pythons) ?? ofName(line) ?? ofHashes(line) ?? known(line) ?? []).map(
      (why) => `${line.place}: ${why}`,
    ),
  );
  const options = set.options
    .filter(({ option }) => !OPTIONS.includes(option))
    .map(
      ({ place, text }) => `${place}: found ${JSON.stringify(text)}, which is no option of a requirements file; correct or remove the line`,
    );
  return [...options, ...lines, ...contradictions(set.requirements)];
}

function ofUrl({ url }: Requirement): string[] | undefined {
  const [, tool, scheme = "", rest = ""] = /^(?:(\w+)\+)?(\w+):\/\/(.*)$/.exec(url ?? "") ?? [];
  if (rest === "") return undefined;
  const instead = "build a wheel of it (pip wheel --no-deps), put it into the application's folder and name it";
  if (/\$\{?\w+\}?/.test(rest)) return [`names a variable in its address, which no host has; ${instead}`];
  if (scheme === "ssh") return [`is fetched by ssh, and the hosts have no key for it; ${instead}`];
  if (/^[^/]*@/.test(rest)) return [`holds a user or a password in its address, which would lie in the code; ${instead}`];
  if (scheme === "http" || scheme === "git")
    return [`is fetched by ${scheme}://, so the package would come unprotected; write https://, or ${instead}`];
  return tool !== undefined && tool !== "git" ? [`is fetched by ${tool}, which the hosts do not have; ${instead}`] : undefined;
}

function ofMarker({ when }: Requirement): string[] | undefined {
  const wrong = when === undefined ? undefined : markerProblem(when);
  return wrong === undefined
    ? undefined
    : [
        `has the condition ${JSON.stringify(when)}, of which pip does not read ${JSON.stringify(wrong)}; write one for example as ; python_version < "3.11"`,
      ];
}

/** One with a condition may be for another machine. */
function ofWheel({ url, marker }: Requirement, pythons: readonly string[]): string[] | undefined {
  if (url === undefined || marker || !/\.whl([?#]|$)/.test(url)) return undefined;
  const why = wheelProblem(url, pythons);
  return why === undefined ? undefined : [`names a wheel that no host can install: ${why}`];
}

function ofName({ name, specifier, marker, url }: Requirement): string[] | undefined {
  if (name === undefined || url !== undefined) return undefined;
  if (name === "sklearn") return ["names sklearn, which installs nothing; write scikit-learn"];
  if (name === "python")
    return ["names python, which no package is; the hosts' Python follows from gateway.os and backend.os. Remove the line"];
  if (OF_PYTHON.has(name) && !marker) return [`names ${name}, which is a part of Python and no package to install; remove the line`];
  if (OF_OTHER_SYSTEMS.has(name) && !marker) {
    return [
      `names ${name}, which is for another system and cannot be installed on Linux; remove the line, or write ${name}; sys_platform != "linux"`,
    ];
  }
  if (name === "tensorflow-gpu" && !marker) return ["names tensorflow-gpu, which ends its own installation; write tensorflow"];
  const exact = exactVersion(specifier);
  return name === "uvicorn" && exact !== undefined && !admits(`>=${OLDEST_UVICORN}`, exact)
    ? [
        `asks for uvicorn ${exact}, which does not know --timeout-graceful-shutdown, and the service is started with it; write ${OLDEST_UVICORN} or a later version`,
      ]
    : undefined;
}

/** PyPI takes no version with a part behind a plus sign: builds for graphics cards lie on an index of their own. */
function localVersion({ name, specifier, marker, url }: Requirement): string | undefined {
  const [, version, local = ""] = /^={2,3}([^+,]+)\+(\w[\w.]*)$/.exec(specifier) ?? [];
  if (name === undefined || !/^(torch|jax)/.test(name) || version === undefined || marker || url !== undefined) return undefined;
  const index = /^(cpu|cu\d+|rocm[\d.]+)$/.test(local)
    ? `, or name the index that has it: --extra-index-url https://download.pytorch.org/whl/${local}`
    : "";
  return `asks for ${name} ${version}+${local}, and PyPI has no versions with +${local}; write ${name}==${version}${index}`;
}

function ofHashes({ hashes }: Requirement): string[] | undefined {
  const wrong = hashes.find((one) => {
    const [kind = "", digits = ""] = one.split(":");
    return digits.length !== DIGESTS[kind] || !/^[0-9a-fA-F]+$/.test(digits);
  });
  return wrong === undefined
    ? undefined
    : [
        `has the hash ${JSON.stringify(wrong.slice(0, 80))}, which is none that pip takes; write --hash=sha256: and its 64 hex digits (pip hash FILE prints it)`,
      ];
}

/** The same package twice with versions of which no one is both. */
function contradictions(requirements: readonly Requirement[]): string[] {
  const exact = requirements.filter(({ name, specifier, marker }) => name !== undefined && !marker && /^={2,3}[^*,]+$/.test(specifier));
  return exact.flatMap((line, index) => {
    const first = exact.slice(0, index).find((one) => one.name === line.name && !same(one.specifier, line.specifier));
    return first === undefined
      ? []
      : [`${line.place}: asks for ${line.name ?? ""}${line.specifier}, and ${first.place} for ${first.specifier}; keep one of the two`];
  });
}

/** 1.0 and 1.0.0 are one version, and 1.0 admits 1.0+cpu. */
function same(one: string, other: string): boolean {
  const [[version = "", local], [otherVersion = "", otherLocal]] = [one, other].map((text) => text.replace(/^=+/, "").split("+", 2)) as [
    string[],
    string[],
  ];
  if (local !== undefined && otherLocal !== undefined && local !== otherLocal) return false;
  const plain = [version, otherVersion].every((text) => /^\d+(\.\d+)*$/.test(text));
  return plain ? admits(`==${version}`, otherVersion) : version === otherVersion;
}
