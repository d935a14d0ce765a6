/** Models from S3 onto a host, beside `aws s3 sync`: the same files from the same server on loopback. */
import { createHash, randomBytes } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, Problem } from "../policies/cli";
import type { Around, Bench } from "./bench";
import { ROOT, run, type Used } from "./program";
import type { Row, Target } from "./result";
import { environment } from "./venv";

const BUCKET = "models";
/** Without it a file of the same size that is newer in S3 is left as it was. */
const EXACT = "--exact-timestamps";
const SETS = { "1 x 200 MB": [1, 200e6], "200 x 1 MB": [200, 1e6] } as const;
const PACKAGES = ["awscli==1.46.3", "moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"] as const;
const LOGIN = {
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
};

interface Object {
  readonly key: string;
  readonly sha: string;
  readonly size: number;
}

/** What the models step hands to its program for S3: digest, size, key and file of each, a line each. */
const listOf = (objects: readonly Object[], prefix: string, target: string): string =>
  objects.map(({ key, sha, size }) => `${sha} ${String(size)} ${prefix}/${key} ${join(target, key)}\n`).join("");

export const modelsBench: Bench = {
  name: "models",
  summary: "models from S3 to a host, fresh, unchanged, one changed and resumed, beside aws s3 sync",
  measure: async (around) => {
    const made = environment("models", PACKAGES);
    if ("wrong" in made) throw new Problem(`the AWS CLI and moto could not be installed (${made.wrong})`, EXIT.cannotTell);
    const server = await serve(join(made.folder, "bin/moto_server"));
    try {
      const rows: Row[] = [];
      for (const [name, [count, size]] of Object.entries(SETS))
        rows.push(...measureSet(around, made.folder, server.url, name, count, size));
      return {
        title: "Models from S3",
        method:
          `The program that the models step runs (templates/steps/s3.py, with every SHA-256 checked) beside \`${PACKAGES[0]}\`'s \`aws s3 sync\`, which ` +
          "compares sizes and times, both with the same server (moto on loopback) and from start to end. Unchanged: the step's program is not started at all, and the time is that of the digests.",
        rows,
        targets: Object.keys(SETS).flatMap((set) =>
          ["fresh", "one changed"].flatMap((when) => ["", ": processor"].map((part) => beside(`${set}, ${when}`, part))),
        ),
      };
    } finally {
      server.process.kill();
    }
  },
};

/** By cProfile of the step on 200 files, one at a time, at a busy hour: 18 ms of each wait for the first byte; botocore's session and client 320 of 1,010 ms of processor time. */
const WAITS =
  "moto makes one answer after another for both, 18 ms each (cProfile); a third of the step's own processor time is Python's start with botocore";

const beside = (what: string, part: string): Target => ({
  what: `${what}: beside aws s3 sync${part === "" ? "" : ", by processor time"}`,
  of: `${what}: models step${part}`,
  by: `${what}: aws s3 sync${part}`,
  atMost: 0.5,
  because: WAITS,
});

async function serve(program: string): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const port = await freePort();
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore", env: { ...process.env, ...LOGIN } });
  const url = `http://127.0.0.1:${String(port)}`;
  for (let turn = 0; turn < 300; turn += 1) {
    const answer = await fetch(`${url}/${BUCKET}`, { method: "PUT" }).catch(() => undefined);
    if (answer?.ok === true) return { url, process: server };
    await sleep(100);
  }
  server.kill();
  throw new Problem("moto's S3 server did not answer within 30 s", EXIT.cannotTell);
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer().on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

function measureSet(around: Around, venv: string, url: string, name: string, count: number, size: number): Row[] {
  const { folder, runs, say } = around;
  const [source, ours, theirs] = ["source", "ours", "theirs"].map((part) => join(folder, `${String(count)}-${part}`)) as [
    string,
    string,
    string,
  ];
  mkdirSync(source);
  const put = (index: number): Object => {
    const key = `${String(count)}-model-${String(index)}.bin`;
    const bytes = randomBytes(size);
    writeFileSync(join(source, key), bytes);
    return { key, sha: createHash("sha256").update(bytes).digest("hex"), size };
  };
  const objects = Array.from({ length: count }, (_, index) => put(index));
  const aws = [join(venv, "bin/python"), join(venv, "bin/aws"), "--endpoint-url", url, "s3", "sync", "--only-show-errors"];
  const env = { ...LOGIN, AWS_ENDPOINT_URL: url };
  const upload = (): Used => run([...aws, source, `s3://${BUCKET}/${String(count)}`], { folder, env });
  const program = (wanted: readonly Object[]): Used => {
    writeFileSync(join(folder, "list"), listOf(wanted, String(count), ours));
    const words = [
      join(ROOT, "templates/steps/s3.py"),
      "list",
      "--region",
      "us-east-1",
      "--bucket",
      BUCKET,
      "--file",
      join(folder, "list"),
    ];
    return run([join(venv, "bin/python"), "-I", ...words], { folder, env });
  };
  const sync = (): Used => run([...aws, EXACT, `s3://${BUCKET}/${String(count)}`, theirs], { folder, env });
  const found = new Map<string, Used[]>();
  const take = (what: string, used: Used): void => void found.set(what, [...(found.get(what) ?? []), used]);
  upload();
  for (let turn = 1; turn <= runs; turn += 1) {
    say(`${name}, ${String(turn)} of ${String(runs)}`);
    for (const target of [ours, theirs]) {
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target);
    }
    take("fresh: models step", program(objects));
    take("fresh: aws s3 sync", sync());
    take("unchanged: models step", run(["sha256sum", ...objects.map(({ key }) => join(ours, key))], { folder }));
    take("unchanged: aws s3 sync", sync());
    objects[0] = put(0);
    upload();
    rmSync(join(ours, objects[0].key));
    take("one changed: models step", program(objects.slice(0, 1)));
    take("one changed: aws s3 sync", sync());
    checkSame(objects, [ours, theirs]);
    // Cut off at 60 %: aws starts a file anew.
    for (const target of [ours, theirs]) truncateSync(join(target, objects[0].key), Math.floor(size * 0.6));
    take("resumed after a cut: models step", program(objects.slice(0, 1)));
    take("resumed after a cut: aws s3 sync", sync());
    checkSame(objects, [ours, theirs]);
  }
  return [...found].flatMap(([what, used]): Row[] => [
    { what: `${name}, ${what}`, unit: "ms", values: used.map(({ wallMs }) => wallMs) },
    { what: `${name}, ${what}: processor`, unit: "ms", values: used.map(({ cpuMs }) => cpuMs) },
  ]);
}

/** What is quick and wrong is not measured. */
function checkSame(objects: readonly Object[], targets: readonly string[]): void {
  for (const { key, sha } of objects)
    for (const target of targets)
      if (
        createHash("sha256")
          .update(readFileSync(join(target, key)))
          .digest("hex") !== sha
      )
        throw new Problem(`${join(target, key)} is not what was published`, EXIT.bug);
}
