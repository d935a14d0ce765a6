/** One set of models: published, fetched, changed and cut off, beside what people would use. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { EXIT, Problem } from "../policies/cli";
import type { Around } from "./bench";
import { ROOT, run, script, type Used } from "./program";
import type { Row } from "./result";

/** Without it a file of the same size that is newer in S3 is left as it was. */
const EXACT = "--exact-timestamps";

/** The server and who is asking. */
export interface Server {
  readonly url: string;
  readonly bucket: string;
  /** Of the AWS CLI, and of the step's Python. */
  readonly venv: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ModelSet {
  readonly name: string;
  readonly count: number;
  /** Bytes of each. */
  readonly size: number;
}

interface Listed {
  readonly key: string;
  readonly sha: string;
  readonly size: number;
}

export const PLAIN = "one download and one checksum";

export class MeasuredSet {
  readonly #found = new Map<string, Used[]>();
  /** Inside of the project, as the manifest asks of models. */
  readonly #folder = mkdtempSync(join(ROOT, ".cache/bench/models-"));
  readonly #source = join(this.#folder, "source");
  readonly #ours = join(this.#folder, "ours");
  readonly #theirs = join(this.#folder, "theirs");
  readonly #files: Listed[];

  constructor(
    private readonly around: Around,
    private readonly server: Server,
    private readonly set: ModelSet,
  ) {
    mkdirSync(this.#source);
    this.#files = Array.from({ length: set.count }, (_, index) => this.#write(index));
  }

  measure(): Row[] {
    const { runs, say } = this.around;
    try {
      for (let turn = 1; turn <= runs; turn += 1) {
        say(`${this.set.name}, ${String(turn)} of ${String(runs)}`);
        this.#publishing(turn);
        this.#fetching(turn);
      }
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
    return [...this.#found].flatMap(([what, used]): Row[] => [
      { what: `${this.set.name}, ${what}`, unit: "ms", values: used.map(({ wallMs }) => wallMs) },
      { what: `${this.set.name}, ${what}: processor`, unit: "ms", values: used.map(({ cpuMs }) => cpuMs) },
    ]);
  }

  #publishing(turn: number): void {
    const both = (when: string): void => {
      this.#take(`publish, ${when}: models publish`, this.#publish(turn));
      this.#take(`publish, ${when}: aws s3 sync`, this.#upload(turn));
    };
    both("fresh");
    both("unchanged");
    this.#files[0] = this.#write(0);
    both("one changed");
  }

  #fetching(turn: number): void {
    for (const target of [this.#ours, this.#theirs]) {
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target);
    }
    this.#take("fresh: models step", this.#step(turn, this.#files));
    this.#take("fresh: aws s3 sync", this.#sync(turn));
    this.#take("fresh: CRT", this.#crt(turn));
    this.#take(PLAIN, this.#plain(turn));
    const places = this.#files.map(({ key }) => join(this.#ours, key));
    this.#take("unchanged: models step", run(["sha256sum", ...places], this.around));
    this.#take("unchanged: aws s3 sync", this.#sync(turn));
    const first = (this.#files[0] = this.#write(0));
    this.#upload(turn);
    rmSync(join(this.#ours, first.key));
    this.#take("one changed: models step", this.#step(turn, [first]));
    this.#take("one changed: aws s3 sync", this.#sync(turn));
    this.#checkSame();
    // Cut off at 60 %: aws starts a file anew.
    for (const target of [this.#ours, this.#theirs]) truncateSync(join(target, first.key), Math.floor(first.size * 0.6));
    this.#take("resumed after a cut: models step", this.#step(turn, [first]));
    this.#take("resumed after a cut: aws s3 sync", this.#sync(turn));
    this.#checkSame();
  }

  #take(what: string, used: Used): void {
    this.#found.set(what, [...(this.#found.get(what) ?? []), used]);
  }

  #write(index: number): Listed {
    const { count, size } = this.set;
    const key = `${String(count)}-model-${String(index)}.bin`;
    const bytes = randomBytes(size);
    writeFileSync(join(this.#source, key), bytes);
    return { key, sha: createHash("sha256").update(bytes).digest("hex"), size };
  }

  /** Another prefix each turn: what is in the bucket already is not sent again. */
  #prefix(turn: number): string {
    return `${String(this.set.count)}-${String(turn)}`;
  }

  #publish(turn: number): Used {
    const manifest = join(this.#folder, "models.json");
    const files = this.#files.map(({ key, sha, size }) => {
      const path = relative(ROOT, join(this.#source, key));
      return { path, sha256: sha, size, required: true, role: key, format: "other" };
    });
    writeFileSync(manifest, JSON.stringify({ release: "bench", runtime: {}, files }));
    const words = ["publish", "--bucket", this.server.bucket, "--manifest", manifest, "--prefix", `published-${this.#prefix(turn)}/`];
    return this.#run(script("models-manifest/cli.ts", ...words));
  }

  #upload(turn: number): Used {
    return this.#aws(this.#source, this.#address(turn));
  }

  #sync(turn: number): Used {
    return this.#aws(EXACT, this.#address(turn), this.#theirs);
  }

  #address = (turn: number): string => `s3://${this.server.bucket}/${this.#prefix(turn)}`;

  #aws(...words: readonly string[]): Used {
    const { url, venv } = this.server;
    const aws = [join(venv, "bin/python"), join(venv, "bin/aws"), "--endpoint-url", url, "s3", "sync", "--only-show-errors"];
    return this.#run([...aws, ...words]);
  }

  /** The program of the models step, with its list: digest, size, key and file of each, a line each. */
  #step(turn: number, wanted: readonly Listed[]): Used {
    const list = join(this.#folder, "list");
    const lines = wanted.map(({ key, sha, size }) => `${sha} ${String(size)} ${this.#prefix(turn)}/${key} ${join(this.#ours, key)}\n`);
    writeFileSync(list, lines.join(""));
    const words = ["list", "--region", "us-east-1", "--bucket", this.server.bucket, "--file", list];
    return this.#run([join(this.server.venv, "bin/python"), "-I", join(ROOT, "templates/steps/s3.py"), ...words]);
  }

  #crt(turn: number): Used {
    const list = join(this.#folder, "crt");
    const target = this.#empty();
    writeFileSync(list, this.#files.map(({ key }) => `${this.#prefix(turn)}/${key} ${join(target, key)}\n`).join(""));
    const { venv, url, bucket } = this.server;
    return this.#run([join(venv, "bin/python"), join(__dirname, "crt_download.py"), url, bucket, list]);
  }

  /** A place for what nobody needs afterwards. */
  #empty(): string {
    const target = join(this.#folder, "plain");
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
    return target;
  }

  /** All files by one curl over one connection, and their digests. */
  #plain(turn: number): Used {
    const target = this.#empty();
    const { url, bucket, env } = this.server;
    // Nobody may read the bucket without a signature.
    const login = `user = "${String(env["AWS_ACCESS_KEY_ID"])}:${String(env["AWS_SECRET_ACCESS_KEY"])}"\naws-sigv4 = "aws:amz:us-east-1:s3"\n`;
    const from = (key: string): string => `url = "${url}/${bucket}/${this.#prefix(turn)}/${key}"\noutput = "${join(target, key)}"\n`;
    writeFileSync(join(this.#folder, "curl"), login + this.#files.map(({ key }) => from(key)).join(""), { mode: 0o600 });
    return this.#run(["sh", "-c", 'curl -sfK "$1" && sha256sum "$2"/*', "plain", join(this.#folder, "curl"), target]);
  }

  #run(argv: readonly string[]): Used {
    return run(argv, { folder: this.around.folder, env: this.server.env });
  }

  /** What is quick and wrong is not measured. */
  #checkSame(): void {
    const digest = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
    for (const { key, sha } of this.#files)
      for (const target of [this.#ours, this.#theirs])
        if (digest(join(target, key)) !== sha) throw new Problem(`${join(target, key)} is not what was published`, EXIT.bug);
  }
}
