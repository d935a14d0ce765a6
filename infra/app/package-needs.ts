/**
 * What packages that an application asks for need of the host as soon as they are used: system libraries, programs, code made in memory, a compiler. What
 * surely runs at the start is certain. Pure.
 */
import type { Finding } from "./findings";
import type { HostGifts } from "./host-needs";
import { bringsOf } from "./packages";
import type { Requirement } from "./requirements";
import type { Imported, SyntaxReport } from "./syntax";

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
  { name: "cairosvg", packages: ["cairosvg"], apt: ["libcairo2"] },
  { name: "cairocffi", packages: ["cairocffi"], apt: ["libcairo2"] },
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

/** Packages that PyPI has no wheel of for Linux (`pip download --only-binary :all:`, 2026-11-28), and what does the same without a compiler. */
const SOURCES: Readonly<Record<string, string | undefined>> = {
  annoy: "faiss-cpu",
  dlib: undefined,
  fasttext: "fasttext-wheel",
  "flash-attn": undefined,
  gdal: "rasterio",
  hnswlib: "chroma-hnswlib",
  insightface: undefined,
  lightfm: undefined,
  "llama-cpp-python": undefined,
  mysqlclient: "pymysql",
  psycopg2: "psycopg2-binary",
  pyaudio: "sounddevice",
  pycairo: undefined,
  pygraphviz: undefined,
  pyicu: undefined,
  "python-ldap": "ldap3",
  "scikit-surprise": undefined,
  uwsgi: undefined,
  webrtcvad: "webrtcvad-wheels",
};
const COMPILERS = ["build-essential", "gcc", "g++", "clang"];

/** @param code what is imported and used at the start */
export function packageNeeds(
  project: string,
  requirements: readonly Requirement[],
  { others, uses }: Pick<SyntaxReport, "others" | "uses">,
  given: HostGifts,
): Finding[] {
  return [
    ...libraries(project, requirements, others, given),
    ...programs(project, requirements, given),
    ...compiled(project, [...others, ...uses], given),
    ...sources(requirements, given),
  ];
}

function libraries(project: string, requirements: readonly Requirement[], others: readonly Imported[], given: HostGifts): Finding[] {
  const names = requirements.flatMap(bringsOf);
  return LIBRARIES.flatMap(({ name, packages, apt, instead, unless = [] }): Finding[] => {
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
            text: `${at.path}, line ${at.line}: imports ${name}${asked === name ? "" : ` (${asked})`}, which ${why}, so the service could not start; ${add}`,
          },
        ];
  });
}

function programs(project: string, requirements: readonly Requirement[], given: HostGifts): Finding[] {
  return requirements.flatMap(({ name = "", place }) => {
    const apt = RUNS[name];
    return apt === undefined || given.packages?.includes(apt) !== false
      ? []
      : [
          {
            certain: false,
            text: `${place}: ${name} runs programs of Ubuntu's ${apt}, which is not on the images; add ${apt} to ${project}:backend.packages, unless it is not used`,
          },
        ];
  });
}

/** Code that is made in memory and run there. It may work without, so this is no more than a notice. */
function compiled(project: string, names: readonly Imported[], given: HostGifts): Finding[] {
  const at = given.allow.includes("jit") ? undefined : names.find(({ name }) => /^numba(\.|$)/.test(name) || name === "torch.compile");
  return at === undefined
    ? []
    : [
        {
          certain: false,
          text: `${at.path}, line ${at.line}: ${at.name} makes code in memory and runs it, which the sandbox of the service forbids; add jit to ${project}:sandbox.allow${at.name === "torch.compile" ? `, and g++ to ${project}:backend.packages` : ""}`,
        },
      ];
}

function sources(requirements: readonly Requirement[], given: HostGifts): Finding[] {
  if (given.elsewhere === true || given.packages === undefined || given.packages.some((one) => COMPILERS.includes(one))) return [];
  const found = requirements.filter(({ name = "", marker, url }) => name in SOURCES && !marker && url === undefined);
  return found.map(({ name = "", place }) => {
    const other = SOURCES[name];
    const wheel = "build a wheel of it (pip wheel --no-deps), put it into the application's folder and name it";
    const instead = `${other === undefined ? "" : `write ${other}, or `}${wheel}`;
    const text = `${place}: asks for ${name}, of which PyPI has no wheel for Linux, and the hosts have no compiler to build it; ${instead}`;
    return { certain: true, text };
  });
}
