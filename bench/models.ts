/** Models into S3 and from there onto a host, beside `aws s3 sync`: the same files and the same server on loopback. */
import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, Problem } from "../policies/cli";
import type { Bench } from "./bench";
import { MeasuredSet, PLAIN } from "./models-set";
import type { Row, Target } from "./result";
import { environment } from "./venv";

const BUCKET = "models";
const SETS = { "1 x 200 MB": [1, 200e6], "200 x 1 MB": [200, 1e6] } as const;
const PACKAGES = ["awscli==1.46.3", "awscrt==0.36.0", "moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"] as const;
const LOGIN = {
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** By cProfile of the step on 200 files, one at a time, at a busy hour: 18 ms of each wait for the first byte; botocore's session and client 320 of 1,010 ms of processor time. */
const WAITS =
  "moto makes one answer after another for both, 18 ms each (cProfile); a third of the step's own processor time is Python's start with botocore";

/** From the rows: 200 files that are there take 0.7 s of processor time more than one, with as many bytes to read. */
const ASKS =
  "each file is asked for and then sent with its SHA-256, which S3 compares: two requests where sync lists once and sends one, 3.6 ms of processor time each in AWS's client for JavaScript, " +
  "and moto makes one answer after another";

const beside = (what: string, part: string): Target => ({
  what: `${what}: beside aws s3 sync${part === "" ? "" : ", by processor time"}`,
  of: `${what}: models ${what.includes("publish") ? "publish" : "step"}${part}`,
  by: `${what}: aws s3 sync${part}`,
  atMost: 0.5,
  because: what.includes("publish") ? ASKS : WAITS,
});

export const modelsBench: Bench = {
  name: "models",
  summary: "models to S3 and to a host, fresh, unchanged, one changed and resumed, beside aws s3 sync and its CRT client",
  targets: Object.keys(SETS).flatMap((set) => [
    ...["publish, fresh", "fresh", "one changed"].flatMap((when) => ["", ": processor"].map((part) => beside(`${set}, ${when}`, part))),
    { what: `${set}, fresh: beside ${PLAIN}`, of: `${set}, fresh: models step`, by: `${set}, ${PLAIN}`, atMost: 1.5, because: WAITS },
  ]),
  measure: async (around) => {
    const made = environment("models", PACKAGES);
    if ("wrong" in made) throw new Problem(`the AWS CLI and moto could not be installed (${made.wrong})`, EXIT.cannotTell);
    const server = await serve(join(made.folder, "bin/moto_server"));
    try {
      const rows: Row[] = [];
      const at = { url: server.url, bucket: BUCKET, venv: made.folder, env: { ...LOGIN, AWS_ENDPOINT_URL: server.url } };
      for (const [name, [count, size]] of Object.entries(SETS)) rows.push(...new MeasuredSet(around, at, { name, count, size }).measure());
      return {
        title: "Models from S3",
        method:
          `The program that the models step runs (templates/steps/s3.py, with every SHA-256 checked) beside \`${PACKAGES[0]}\`'s \`aws s3 sync\`, which ` +
          "compares sizes and times, both with the same server (moto on loopback) and from start to end. `CRT`: the client that version 2 of the AWS CLI takes where it is told to, without a comparison of what is there. " +
          `\`${PLAIN}\`: curl over one connection, then sha256sum. \`models publish\` compares every file with the manifest and asks S3 for each key; S3 checks the SHA-256 of what it gets. ` +
          "Unchanged: the step's program is not started at all, and the time is that of the digests.",
        rows,
      };
    } finally {
      server.process.kill();
    }
  },
};

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
