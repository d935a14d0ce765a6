/** What comes from PyPI: the wheels that the machines install from, and the virtual environment of the S3 stand-in. */
import { existsSync, linkSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, digest, repositoryRoot } from "./paths";
import { must } from "./process";

const REQUIREMENTS = join(repositoryRoot, "templates/sample-app/requirements.txt");
/** What the hosts install with, by digest; pip then wants digests of all that is fetched with it, so it is fetched alone. */
const INSTALLER = join(repositoryRoot, "templates/steps/uv.txt");
const MOTO_REQUIREMENTS = join(__dirname, "moto-requirements.txt");
const PLATFORMS = ["manylinux2014", "manylinux_2_17", "manylinux_2_28", "linux"];

/** pip's command line for wheels of the machines' Python, without what is asked for. */
export function download(target: string, python: string): string[] {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  const platforms = PLATFORMS.flatMap((platform) => ["--platform", `${platform}_${machine}`]);
  const where = ["--dest", target, "--python-version", python, "--implementation", "cp", "--abi", `cp${python.replace(".", "")}`];
  return ["python3", "-m", "pip", "download", "--quiet", ...where, ...platforms, "--only-binary=:all:"];
}

/** Every wheel of a directory of the cache, seen in a lab's own as well. */
export function linkInto(directory: string, wheels: string): void {
  for (const name of readdirSync(wheels)) {
    const target = join(directory, name);
    if (!existsSync(target)) linkSync(join(wheels, name), target);
  }
}

/**
 * A directory with every wheel that a requirements file needs, fetched once for the machines' Python.
 * @param python version of the machines' interpreter, e.g. "3.11"
 */
async function ensureWheelhouse(python: string, say: (line: string) => void, requirements: string): Promise<string> {
  const name = `wheels-${digest(python, readFileSync(requirements), readFileSync(INSTALLER))}`;
  return cached(name, async (target) => {
    say(`fetching wheels for Python ${python} (once)`);
    const asked = [...download(target, python), "--requirement"];
    const options = { logFile: join(cacheDir, `${name}.log`) };
    await must([...asked, requirements, "pip", "setuptools", "wheel"], options);
    await must([...asked, INSTALLER, "--no-deps"], options);
  });
}

/**
 * Puts the wheels of a requirements file into a lab's own directory, which its machines see: also later, when an application needs others.
 * @param requirements path. @default the sample application's
 */
export async function addWheels(
  directory: string,
  python: string,
  say: (line: string) => void,
  requirements = REQUIREMENTS,
): Promise<void> {
  const wheels = await ensureWheelhouse(python, say, requirements);
  linkInto(directory, wheels);
}

/** The moto server's program, installed once. A virtual environment cannot be moved: its marker is written last instead. */
export async function ensureMoto(say: (line: string) => void): Promise<string> {
  const directory = join(cacheDir, `moto-${digest(readFileSync(MOTO_REQUIREMENTS))}`);
  const marker = await cached(`moto-${digest(readFileSync(MOTO_REQUIREMENTS))}-ready`, async (target) => {
    say("installing the S3 stand-in (moto, once)");
    const logFile = `${directory}.log`;
    await must(["python3", "-m", "venv", "--clear", directory], { logFile });
    await must([join(directory, "bin/pip"), "install", "--quiet", "--requirement", MOTO_REQUIREMENTS], { logFile });
    await must(["mkdir", target]);
  });
  if (!existsSync(join(directory, "bin/moto_server"))) throw new Error(`${directory} is incomplete: remove ${marker}, then run again.`);
  return join(directory, "bin/moto_server");
}
