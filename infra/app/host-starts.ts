/**
 * What an application asks of the host as soon as it starts, beyond what its list of packages says: system libraries of what it imports, programs, a
 * graphics card, a loop of events. Certain where it surely runs; else a notice. Pure.
 */
import type { HostGifts } from "./host-needs";
import { admits, bringsOf, exactVersion } from "./packages";
import type { Requirement } from "./requirements";
import type { HostNeed, Imported, SyntaxReport } from "./syntax";

interface Library {
  /** What is imported, and the packages that bring it in the form that needs the library. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Of Ubuntu, in both releases. */
  readonly apt: readonly string[];
  /** What needs no library; ends the sentence. */
  readonly instead?: string;
  /** Extras or packages that bring the library themselves. */
  readonly unless?: readonly string[];
}

/** What each asks the loader for (`readelf -d` of the wheels of OpenCV and pyodbc, 2026-11-28; the others say so in their documentation) and no image of Ubuntu Server has. */
const LIBRARIES: readonly Library[] = [
  {
    name: "cv2",
    packages: ["opencv-python", "opencv-contrib-python"],
    apt: ["libgl1"],
    instead: "write opencv-python-headless in its place",
    unless: ["opencv-python-headless", "opencv-contrib-python-headless"],
  },
  { name: "pyodbc", packages: ["pyodbc"], apt: ["unixodbc"] },
  {
    name: "psycopg",
    packages: ["psycopg"],
    apt: ["libpq5"],
    instead: "write psycopg[binary]",
    unless: ["psycopg[binary]", "psycopg[c]", "psycopg-binary", "psycopg-c"],
  },
  { name: "pyzbar", packages: ["pyzbar"], apt: ["libzbar0"] },
  { name: "weasyprint", packages: ["weasyprint"], apt: ["libpango-1.0-0", "libpangoft2-1.0-0"] },
  { name: "sounddevice", packages: ["sounddevice"], apt: ["libportaudio2"] },
];

/** Packages that run a program of another package of Ubuntu, at some time. */
const RUNS: Readonly<Record<string, string>> = {
  "ffmpeg-python": "ffmpeg",
  "openai-whisper": "ffmpeg",
  pdf2image: "poppler-utils",
  pdfkit: "wkhtmltopdf",
  pydub: "ffmpeg",
  pypandoc: "pandoc",
  pyspark: "default-jre-headless",
  pytesseract: "tesseract-ocr",
  "tabula-py": "default-jre-headless",
};

/** Packages that PyPI has no wheel of for Linux, and what does the same without a compiler. */
const SOURCES: Readonly<Record<string, string | undefined>> = {
  dlib: undefined,
  fasttext: "fasttext-wheel",
  "llama-cpp-python": undefined,
  mysqlclient: "pymysql",
  psycopg2: "psycopg2-binary",
  pyaudio: "sounddevice",
  "python-ldap": "ldap3",
  uwsgi: undefined,
};
const COMPILERS = ["build-essential", "gcc", "g++", "clang"];

/** From this version on uvicorn loads an application before its loop runs, where there is one worker (uvicorn/main.py, `config.load_app()`). */
const LOADS_BEFORE_ITS_LOOP = "0.47";

interface Findings {
  readonly problems: string[];
  readonly notices: string[];
}

type Code = Pick<SyntaxReport, "others" | "needs"> & Partial<Pick<SyntaxReport, "uses">>;

/** @param code what is imported, used and called at the start */
export function startNeeds(project: string, requirements: readonly Requirement[], code: Code, given: HostGifts): Findings {
  const all = [
    libraries(project, requirements, code.others, given),
    programs(project, requirements, given),
    compiled(project, [...code.others, ...(code.uses ?? [])], given),
    { problems: sources(requirements, given), notices: [] },
    calls(project, requirements, code.needs, given),
  ];
  return { problems: all.flatMap(({ problems }) => problems), notices: all.flatMap(({ notices }) => notices) };
}

function libraries(project: string, requirements: readonly Requirement[], others: readonly Imported[], given: HostGifts): Findings {
  const names = requirements.flatMap(bringsOf);
  const found = LIBRARIES.flatMap(({ name, packages, apt, instead, unless = [] }) => {
    const asked = packages.find((one) => names.includes(one));
    const lacks = apt.filter((one) => given.packages?.includes(one) === false);
    if (asked === undefined || lacks.length === 0 || unless.some((one) => names.includes(one))) return [];
    const at = others.find((one) => one.name === name || one.name.startsWith(`${name}.`));
    const add = `add ${lacks.join(" and ")} to ${project}:backend.packages${instead === undefined ? "" : `, or ${instead}`}`;
    const why = `needs the system ${apt.length === 1 ? "library of" : "libraries of"} Ubuntu's ${apt.join(" and ")}, which ${apt.length === 1 ? "is" : "are"} not on the images`;
    return at === undefined
      ? [{ certain: false, text: `${asked} ${why}; ${add}, if the application imports it` }]
      : [
          {
            certain: true,
            text: `${at.path}, line ${at.line}: imports ${name} (${asked}), which ${why}, so the service could not start; ${add}`,
          },
        ];
  });
  return {
    problems: found.filter(({ certain }) => certain).map(({ text }) => text),
    notices: found.filter(({ certain }) => !certain).map(({ text }) => text),
  };
}

function programs(project: string, requirements: readonly Requirement[], given: HostGifts): Findings {
  const notices = requirements.flatMap(({ name = "", place }) => {
    const apt = RUNS[name];
    return apt === undefined || given.packages?.includes(apt) !== false
      ? []
      : [
          `${place}: ${name} runs programs of Ubuntu's ${apt}, which is not on the images; add ${apt} to ${project}:backend.packages, unless it is not used`,
        ];
  });
  return { problems: [], notices };
}

/** Code that is made in memory and run there. It may work without, so this is no more than a notice. */
function compiled(project: string, names: readonly Imported[], given: HostGifts): Findings {
  const at = given.allow.includes("jit") ? undefined : names.find(({ name }) => /^numba(\.|$)/.test(name) || name === "torch.compile");
  return {
    problems: [],
    notices:
      at === undefined
        ? []
        : [
            `${at.path}, line ${at.line}: ${at.name} makes code in memory and runs it, which the sandbox of the service forbids; add jit to ${project}:sandbox.allow${at.name === "torch.compile" ? `, and g++ to ${project}:backend.packages` : ""}`,
          ],
  };
}

function sources(requirements: readonly Requirement[], given: HostGifts): string[] {
  if (given.elsewhere === true || given.packages === undefined || given.packages.some((one) => COMPILERS.includes(one))) return [];
  const found = requirements.filter(({ name = "", marker, url }) => name in SOURCES && !marker && url === undefined);
  return found.map(({ name = "", place }) => {
    const other = SOURCES[name];
    const wheel = "build a wheel of it (pip wheel --no-deps), put it into the application's folder and name it";
    return `${place}: asks for ${name}, of which PyPI has no wheel for Linux, and the hosts have no compiler to build it; ${other === undefined ? "" : `write ${other}, or `}${wheel}`;
  });
}

function calls(project: string, requirements: readonly Requirement[], needs: readonly HostNeed[], given: HostGifts): Findings {
  const problems: string[] = [];
  const notices: string[] = [];
  for (const need of needs) {
    const found = callOf(project, requirements, need, given);
    if (found !== undefined) (found.certain ? problems : notices).push(`${need.path}, line ${need.line}: ${found.text}`);
  }
  return { problems, notices };
}

function callOf(project: string, requirements: readonly Requirement[], { what, value, at }: HostNeed, given: HostGifts) {
  const when = at === "import" ? "when it is imported" : "when it starts";
  if (what === "loop") return loop(requirements, value, at);
  if (what === "cuda") {
    if (given.allow.includes("devices")) return undefined;
    const instead = `write "cuda" if torch.cuda.is_available() else "cpu" (on instances that have one: devices in ${project}:sandbox.allow)`;
    return {
      certain: true,
      text: `puts a model on a graphics card (cuda) ${when}, and the service reaches none, so it could not start; ${instead}`,
    };
  }
  if (what === "spacy") {
    const known = requirements.some(({ name = "" }) => name === value.replace(/_/g, "-"));
    const wheel = `${value} @ https://github.com/explosion/spacy-models/releases/download/${value}-VERSION/${value}-VERSION-py3-none-any.whl`;
    const text = `loads ${value} ${when}, a package that the requirements do not name, so the service could not start; add its wheel (${wheel})`;
    return known ? undefined : { certain: true, text };
  }
  if (what === "aws") {
    const text = `asks AWS (${value}) ${when}, and the service has no credentials, because its sandbox closes the instance metadata, so it could not start; list the file in the models' manifest, or add metadata to ${project}:sandbox.allow and give the role the right`;
    return given.allow.includes("metadata") ? undefined : { certain: true, text };
  }
  if (given.packages?.includes(value) !== false) return undefined;
  return {
    certain: true,
    text: `runs ${what} ${when}, and the images of Ubuntu have no such program, so the service could not start; add ${value} to ${project}:backend.packages`,
  };
}

function loop(requirements: readonly Requirement[], call: string, at: HostNeed["at"]) {
  const instead = "await it in the application's lifespan, or do it without async";
  if (at === "start")
    return {
      certain: true,
      text: `runs ${call} when it starts, which is within uvicorn's own loop, where no other may run, so the service could not start; ${instead}`,
    };
  const exact = requirements.flatMap(({ name, specifier, marker }) =>
    name === "uvicorn" && !marker ? (exactVersion(specifier) ?? []) : [],
  )[0];
  const old = exact !== undefined && !admits(`>=${LOADS_BEFORE_ITS_LOOP}`, exact);
  return old
    ? {
        certain: true,
        text: `runs ${call} when it is imported, which uvicorn ${exact} does within its own loop, where no other may run, so the service could not start; ${instead}`,
      }
    : {
        certain: false,
        text: `runs ${call} when it is imported, which works with one worker and uvicorn ${LOADS_BEFORE_ITS_LOOP} or later alone (workers are made within a loop, where no other may run); better ${instead}`,
      };
}
