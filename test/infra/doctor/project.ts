/** A project's folder of its own: the sample application and models, and a stack that has all it needs. */
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { sampleFiles } from "../../models-manifest/project";
import { ROOT } from "../evaluate";

const SAMPLE = "models-manifest/sample.json";

export const GOOD_STACK = `config:
  aws:region: us-east-1
  ml-gateway:gateway:
    sshFrom: [203.0.113.9/32, 8.8.8.0/24]
    elasticIp: true
  ml-gateway:ssh:
    privateKeyFile: key
  ml-gateway:app:
    path: app
    requires: [SECRET_KEY]
  ml-gateway:secretEnv:
    SECRET_KEY:
      secure: AAABAJ
  ml-gateway:models:
    manifest: ${SAMPLE}
`;

/** @returns its folder, which the caller removes */
export function makeProject(stack: string = GOOD_STACK): string {
  const root = mkdtempSync(join(tmpdir(), "doctor-"));
  writeFileSync(join(root, "Pulumi.yaml"), "name: ml-gateway\nruntime: nodejs\n");
  writeFileSync(join(root, "Pulumi.dev.yaml"), stack);
  cpSync(join(ROOT, "templates/sample-app"), join(root, "app"), { recursive: true });
  cpSync(join(ROOT, SAMPLE), join(root, SAMPLE));
  cpSync(sampleFiles(), root, { recursive: true });
  writeFileSync(join(root, "key"), placeholderKey());
  chmodSync(join(root, "key"), 0o600);
  // Those that this checkout has are the right ones.
  cpSync(join(ROOT, "package.json"), join(root, "package.json"));
  return root;
}
