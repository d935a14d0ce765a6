/** The formats that a manifest may say, with what each of them is and what is checked. */

export interface FormatFacts {
  /** In a sentence: "its content is ...". */
  readonly what: string;
  /** Endings that say it, in lower case. */
  readonly endings: readonly string[];
  /** What loads it can run code: the gate follows it on every host, and its packages must be pinned. */
  readonly pickled: boolean;
}

export const FORMATS = {
  pickle: { what: "a pickle", endings: [".pkl", ".pickle", ".sav", ".p", ".pk"], pickled: true },
  joblib: { what: "a compressed stream, such as joblib's pickles", endings: [".joblib", ".jbl"], pickled: true },
  json: { what: "JSON", endings: [".json"], pickled: false },
  onnx: { what: "an ONNX model", endings: [".onnx"], pickled: false },
  xgboost: { what: "a model of XGBoost (JSON or UBJSON)", endings: [".ubj"], pickled: false },
  lightgbm: { what: "a model of LightGBM (text)", endings: [".lgb"], pickled: false },
  skops: { what: "a skops file", endings: [".skops"], pickled: false },
  safetensors: { what: "a safetensors file", endings: [".safetensors"], pickled: false },
  keras: { what: "a Keras model (zip or HDF5)", endings: [".keras", ".h5", ".hdf5"], pickled: false },
  numpy: { what: "an array of NumPy (.npy or .npz)", endings: [".npy", ".npz"], pickled: false },
  torch: { what: "an archive of PyTorch, which holds a pickle", endings: [".pt", ".pth"], pickled: true },
  other: { what: "something else", endings: [], pickled: false },
} as const satisfies Readonly<Record<string, FormatFacts>>;

export type ModelFormat = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly ModelFormat[];

export const isPickled = (format: ModelFormat): boolean => FORMATS[format].pickled;

/** The format that a file's name says. Of two endings, as in model.pkl.gz, the one before a compression counts too. */
export function formatOfName(name: string): ModelFormat | undefined {
  const plain = name.toLowerCase().replace(/\.(gz|bz2|xz|lzma|z|zlib|lz4)$/, "");
  const compressed = plain !== name.toLowerCase();
  const found = FORMAT_NAMES.find((format) => FORMATS[format].endings.some((ending) => plain.endsWith(ending)));
  return compressed && found === "pickle" ? "joblib" : found;
}

/** What is read of a file to tell its format. */
export interface Content {
  readonly size: number;
  /** The first bytes. */
  readonly head: Buffer;
  /** The last bytes; overlaps the head of a small file. */
  readonly tail: Buffer;
}
