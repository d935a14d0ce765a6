/** What the benches deploy: the sample application and models in folders of their own, each of which can become another one. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { sha256 } from "../infra/sha256";
import { EXIT, Problem } from "../policies/cli";
import { ROOT, run, script } from "./program";
import { environment } from "./venv";

export const CHANGES = ["one .py", "one .env value", "one model of 200 MB"] as const;
export type Change = (typeof CHANGES)[number];

/** As in the sample application's requirements: another version could not load what these have written. */
const PACKAGES = ["scikit-learn==1.7.2", "numpy==2.2.6"] as const;
const SAMPLE = "models-manifest/sample.json";

export interface Model {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
}

export class Source {
  /** Inside of the project, as the manifest asks of models. */
  readonly folder: string;
  readonly app: string;
  readonly #models: string;
  readonly #python: string;
  #turn = 0;
  #ttl = 300;

  constructor() {
    const made = environment("forest", PACKAGES);
    if ("wrong" in made) throw new Problem(`scikit-learn could not be installed (${made.wrong})`, EXIT.cannotTell);
    this.#python = join(made.folder, "bin/python");
    this.folder = mkdtempSync(join(ROOT, ".cache/bench/source-"));
    this.app = join(this.folder, "app");
    this.#models = join(this.folder, "models");
    cpSync(join(ROOT, "templates/sample-app"), this.app, { recursive: true });
    mkdirSync(this.#models);
    run(script("models-manifest/sample-models.ts"), this);
    this.#grow();
  }

  change(what: Change): void {
    if (what === "one .env value") this.#ttl += 1;
    else if (what === "one .py") appendFileSync(join(this.app, "ml_gateway/__init__.py"), `# ${String((this.#turn += 1))}\n`);
    else this.#grow();
  }

  /** Makes a model that was not there before, and its manifest. */
  #grow(): void {
    this.#turn += 1;
    run([this.#python, join(__dirname, "forest.py"), this.#models, String(this.#turn)], this);
    const sample = JSON.parse(readFileSync(join(ROOT, SAMPLE), "utf8")) as { readonly files: readonly Listed[] };
    const files = sample.files.map((file) => {
      if (file.role !== "model") return file;
      const path = join(this.#models, basename(file.path));
      const bytes = readFileSync(path);
      return { ...file, path: relative(ROOT, path), size: bytes.length, sha256: sha256(bytes) };
    });
    writeFileSync(this.#manifest, JSON.stringify({ ...sample, release: `bench-${String(this.#turn)}`, files }));
  }

  get #manifest(): string {
    return join(this.#models, "manifest.json");
  }

  models(): Model[] {
    const { files } = JSON.parse(readFileSync(this.#manifest, "utf8")) as { readonly files: readonly Listed[] };
    return files.map(({ path, sha256: sum }) => ({ name: basename(path), path: join(ROOT, path), sha256: sum }));
  }

  get ttl(): string {
    return String(this.#ttl);
  }

  /** Over the dev stack's own. */
  configuration(): Record<string, string> {
    return {
      "ml-gateway:app": JSON.stringify({ path: this.app, requires: ["DATABASE_URL", "SECRET_KEY"] }),
      "ml-gateway:models": JSON.stringify({ manifest: relative(ROOT, this.#manifest) }),
      "ml-gateway:env": JSON.stringify({ CACHE_TTL: this.ttl }),
      "ml-gateway:release": JSON.stringify({ bakeSeconds: 0 }),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Listed {
  readonly path: string;
  readonly role: string;
  readonly sha256: string;
}
