/** Every command as a program of its own: what scripts.test.ts tries in one process, with the real streams and exit codes. */
import { spawn } from "node:child_process";
import { LOADER, ROOT, SCRIPTS } from "./scripts";

jest.setTimeout(300_000);

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function spawned(program: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...LOADER.slice(1), ...program.split(" "), ...args], { cwd: ROOT });
  let [out, err] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (out += part.toString()));
  child.stderr.on("data", (part: Buffer) => (err += part.toString()));
  return new Promise((done) => child.on("close", (code) => done({ code, out, err })));
}

test.each(Object.entries(SCRIPTS))("%s as a program: help on stdout, a mistake on stderr", async (_, { program }) => {
  const [help, mistake] = await Promise.all([spawned(program, "--help"), spawned(program, "--no-such-option")]);
  expect(help).toEqual({ code: 0, out: expect.stringMatching(/^Usage: npm run -s [^]*\n$/) as string, err: "" });
  expect(mistake).toEqual({ code: 2, out: "", err: expect.stringContaining("no-such-option") as string });
});
