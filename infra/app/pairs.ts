/** Two packages that are installed together and do not work together: the first ends where it is imported or made. Pure. */
import type { Finding } from "./findings";
import { admits, exactVersion } from "./packages";
import type { Requirement, RequirementSet } from "./requirements";
import type { Imported } from "./syntax";

interface Pair {
  readonly package: string;
  /** Versions before this one do not work with the other, */
  readonly before: string;
  readonly other: string;
  /** from this one on. */
  readonly from: string;
  /** What is imported, as far as it differs from the package's name. */
  readonly imports?: string;
  /** What happens then. */
  readonly ends: string;
}

const COMPILED = "was built for NumPy 1 and ends at its import";

/** Each was installed and imported, with the last version before the first one that works and with that (PyPI, 2026-11-28). */
const PAIRS: readonly Pair[] = [
  { package: "flask", before: "2.2.4", other: "werkzeug", from: "3.0", ends: "imports a name that Werkzeug 3 no longer has" },
  {
    package: "openai",
    before: "1.55.3",
    other: "httpx",
    from: "0.28",
    ends: "gives its client an argument that httpx 0.28 no longer takes",
  },
  { package: "pandas", before: "2.1", other: "numpy", from: "2.0", ends: COMPILED },
  { package: "scikit-learn", before: "1.3", other: "numpy", from: "2.0", imports: "sklearn", ends: COMPILED },
  ...["opencv-python", "opencv-python-headless"].map((name) => ({
    ...{ package: name, before: "4.10", other: "numpy", from: "2.0", imports: "cv2", ends: COMPILED },
  })),
  { package: "onnxruntime", before: "1.19", other: "numpy", from: "2.0", ends: COMPILED },
];
/** Packages that ask for an earlier NumPy themselves may keep it back. */
const KEEPS_BACK =
  /^(tensorflow|tensorflow-cpu|scipy|numba|scikit-learn|langchain.*|spacy|thinc|gensim|mlflow.*|torch|transformers|ray|pyarrow|streamlit|contourpy|matplotlib)$/;

/** Certain where both versions are written down, else a notice. @param imported what the service imports at its start */
export function pairFindings({ requirements, constraints }: RequirementSet, imported: readonly Imported[]): Finding[] {
  const all = [...requirements, ...constraints];
  return PAIRS.flatMap((pair): Finding[] => {
    const asked = requirements.find(({ name }) => name === pair.package);
    const version = asked === undefined ? undefined : written(all, pair.package);
    const used = imported.find(({ name }) => [name, name.split(".")[0]].includes(pair.imports ?? pair.package));
    if (asked === undefined || version === undefined || used === undefined || admits(`>=${pair.before}`, version)) return [];
    const lines = all.filter(({ name, specifier }) => name === pair.other && specifier !== "");
    const other = written(all, pair.other);
    const lets = other === undefined ? lines.every(({ specifier }) => admits(specifier, newest(pair))) : admits(`>=${pair.from}`, other);
    if (!lets || (other === undefined && requirements.some(({ name = "" }) => name !== pair.package && KEEPS_BACK.test(name)))) return [];
    return [{ certain: other !== undefined, text: sentence(pair, asked, version, other, used) }];
  });
}

function sentence(
  { package: name, before, other, from, ends }: Pair,
  { place }: Requirement,
  version: string,
  exact: string | undefined,
  used: Imported,
) {
  const found = exact === undefined ? `and any ${other} may be installed, such as ${from}` : `and for ${other} ${exact}`;
  const end = exact === undefined ? "" : ", so the service could not start";
  return `${place}: asks for ${name} ${version} ${found}, with which it does not work: ${name} before ${before} ${ends} (${used.path}, line ${used.line})${end}; write ${other}<${from}, or ${name}>=${before}`;
}

/** The one version that is written down. */
function written(all: readonly Requirement[], package_: string): string | undefined {
  return all.filter(({ name, marker }) => name === package_ && !marker).flatMap(({ specifier }) => exactVersion(specifier) ?? [])[0];
}

const newest = ({ from }: Pair): string => `${from}.99`;
