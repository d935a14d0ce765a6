/** The machine that doctor runs on, its network and AWS itself. */
import { execFile } from "child_process";
import { get } from "https";
import type { Answer, Ran, Surroundings } from "./surroundings";

const PROGRAM_MS = 20_000;
const ANSWER_MS = 5_000;

export function realSurroundings(root: string): Surroundings {
  return {
    env: process.env,
    node: process.versions.node,
    now: () => new Date(),
    run: (program, args) => runProgram(program, args, root),
    get: answerOf,
    // Loaded here: the client of EC2 alone takes half a second.
    aws: async (region, profile) => (await import("./aws-client")).awsClient(region, profile),
  };
}

/** Whatever asks a question on a terminal would wait for ever: standard input is closed. */
function runProgram(program: string, args: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const child = execFile(program, args, { cwd, env, timeout: PROGRAM_MS, maxBuffer: 2 ** 26 }, (error, out, err) => {
      if (error === null) resolve({ code: 0, out, err });
      else if (typeof error.code === "number") resolve({ code: error.code, out, err });
      else reject(error.killed ? new Error(`it did not end within ${PROGRAM_MS / 1000} s`) : error);
    });
    child.stdin?.end();
  });
}

function answerOf(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // IPv4, as the blocks of gateway.sshFrom are.
    const request = get(url, { family: 4, signal: AbortSignal.timeout(ANSWER_MS) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part.slice(0, 1000)));
      response.on("error", reject);
      response.on("end", () => {
        const { date } = response.headers;
        if (response.statusCode === 200) resolve({ text: text.trim(), ...(date === undefined ? {} : { sent: new Date(date) }) });
        else reject(new Error(`${url} answered ${response.statusCode ?? "nothing"}`));
      });
    });
    request.on("error", reject);
  });
}
