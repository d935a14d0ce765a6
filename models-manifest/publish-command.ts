/** `npm run models -- publish`. */
import { EXIT } from "../policies/cli";
import type { ExitCode, Given, Io } from "../policies/cli";
import { MANIFEST, manifestPath, PREFIX, telling, type Surroundings } from "./arguments";
import { inLanes } from "./lanes";
import { loadManifest, ManifestError, readManifest, type LoadedFile } from "./manifest";
import type { PublishError } from "./publish";

export const PUBLISH_OPTIONS = {
  bucket: { kind: "text", value: "NAME", required: true, help: 'the model bucket; "pulumi stack output" shows its name' },
  prefix: PREFIX,
  manifest: MANIFEST,
} as const;

/** Most of a small file's time is S3's answer; on a slow line eight large ones still get on. */
const AT_A_TIME = 8;

/** What became of each file, in the order of the manifest; then everything that went wrong. */
export async function publish({ options }: Given<typeof PUBLISH_OPTIONS>, { root }: Surroundings, io: Io): Promise<ExitCode> {
  const { bucket, prefix = "" } = options;
  const path = manifestPath(options.manifest, root, io.from, true);
  readManifest(path, root);
  // The library's version is pinned, so what it plans for a later Node concerns whoever raises the pin.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  // loaded here alone: the AWS library takes longer to load than the other commands take
  const { publishFile, PublishError, standardClient } = await import("./publish");
  const client = standardClient();
  const one = async (file: LoadedFile): Promise<string> => {
    if (file.absent !== undefined) return `${"missing".padEnd(14)} ${file.path} (optional)`;
    io.progress.say(`${file.path} (${file.size} bytes)`);
    const what = await publishFile(client, file, { bucket, root });
    return `${what.padEnd(14)} s3://${bucket}/${file.key}`;
  };
  try {
    const files = loadManifest(path, root, { tell: telling(io) }).files.map((file) => ({ ...file, key: prefix + file.key }));
    const wrong: PublishError[] = [];
    const results = inLanes(files, AT_A_TIME, one);
    const ended = Promise.allSettled(results);
    for (const [index, file] of files.entries()) {
      const done = await results[index]?.catch((error: unknown) => {
        if (!(error instanceof PublishError)) throw error;
        wrong.push(error);
        return undefined;
      });
      if (done !== undefined) io.out(`${done} (${file.size} bytes)`);
    }
    await ended;
    for (const { message } of wrong) io.err(message);
    if (wrong.length === 0) return EXIT.ok;
    return wrong.some(({ mismatch }) => mismatch) ? EXIT.wrong : EXIT.cannotTell;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    io.err(error.message);
    return EXIT.wrong;
  } finally {
    client.destroy();
  }
}
