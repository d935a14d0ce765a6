/** Wheels for an application of any layout: what the code step would install, fetched for the machines' Python before they ask. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDir, cached, digest, repositoryRoot } from "./paths";
import { must, run } from "./process";
import { download, linkInto } from "./python-env";

const LAYOUT = join(repositoryRoot, "templates/steps/layout.py");

export interface Application {
  /** Its folder, absolute. */
  readonly path: string;
  /** `app.module`. */
  readonly module: string;
}

/**
 * Puts them into a lab's own directory. What cannot be had as a wheel, such as a source that the machines build themselves, is said and left out: the
 * machines' own message says what they lack.
 */
export async function addApplicationWheels(
  directory: string,
  python: string,
  say: (line: string) => void,
  app: Application,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "app-layout-"));
  try {
    const said = await run(["python3", "-I", "-S", "-B", LAYOUT, app.path, app.module, folder]);
    if (said.code !== 0) return say(`no wheels fetched for ${app.path}: ${said.stdout.trim()}`);
    const wanted = readFileSync(join(folder, "install"), "utf8").split("\n");
    const options = wanted.map((one) => one.replace("../layout/", `${folder}/`));
    const name = `wheels-${digest(python, "application", readFileSync(join(folder, "decides")))}`;
    const logFile = join(cacheDir, `${name}.log`);
    const wheels = await cached(name, async (target) => {
      say(`fetching the application's wheels for Python ${python} (once)`);
      await must([...download(target, python), ...options], { logFile, cwd: app.path, timeoutMs: 600_000 });
    });
    linkInto(directory, wheels);
  } catch (error) {
    say(`not every package of ${app.path} is to be had as a wheel for Python ${python}: ${lastLine((error as Error).message)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
