/** Models are content-addressed: what the bucket has once is never uploaded again, whichever way the manifest goes. */
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import type { Lab } from "../lab";
import { cacheDir, repositoryRoot, runDir, typescript } from "../paths";
import { must } from "../process";
import type { Check } from "./harness";
import { expect } from "./harness";
import { upOnce } from "./operator";

const SAMPLE = join(repositoryRoot, "models-manifest/sample-models.ts");

/** Another release of the sample models; one of its four files is the same. */
export async function otherManifest(): Promise<string> {
  const manifest = join(cacheDir, "other-models.json");
  const place = ["--out", join(cacheDir, "other-models"), "--manifest", manifest];
  await must([process.execPath, "-r", typescript, SAMPLE, "--seed", "2", ...place]);
  return manifest;
}

export function goingBackChecks(lab: () => Lab): Check[] {
  /** @returns how many models were sent to S3 */
  const uploads = async (manifest?: string): Promise<number> => {
    const file = join(runDir(lab().name), "models.json");
    writeFileSync(file, JSON.stringify(manifest === undefined ? {} : { "ml-gateway:models": JSON.stringify({ manifest }) }));
    const before = (await lab().s3.records()).length;
    await upOnce(lab().name, "--config", file);
    return (await lab().s3.records()).slice(before).filter(({ method, path }) => method === "PUT" && /\/models\/[0-9a-f]{64}\//.test(path))
      .length;
  };
  return [
    {
      name: "another release of the models uploads what is new, and switching back and forth uploads nothing",
      anyOs: true,
      run: async () => {
        const other = await otherManifest();
        const counts = [await uploads(other), await uploads(), await uploads(other), await uploads()];
        expect(counts.join() === "3,0,0,0", `uploads were ${counts.join(", ")}`);
        return "3, 0, 0, 0 uploads";
      },
    },
  ];
}
