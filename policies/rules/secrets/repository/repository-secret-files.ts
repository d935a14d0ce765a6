import type { Policy, Resource } from "../../../core/types";
import { findSecrets } from "../decode";
import { isSecretFile } from "../files";
import { filesOf, found, textOf } from "./graph";

const FIX = "take it out (`git rm --cached`), name it in .gitignore, and change every secret that it held: git keeps the old text";

export const policy: Policy = {
  id: "repository-secret-files",
  severity: "critical",
  control: "SECRET-1",
  tags: ["repository", "secrets"],
  description: "No .env, private key, credential or state file is in the repository.",
  why: "Whoever can read the repository, now or later, has what is in it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "git add .env",
  good: "git add .env.example",
  evaluate: (graph) =>
    filesOf(graph)
      .filter(isSecret)
      .map(({ urn }) => found(urn, `${urn} is in the repository: ${FIX}`)),
};

function isSecret(file: Resource): boolean {
  if (/(^|\/)\.pulumi\/(stacks|credentials)|stack-export\.json$/.test(file.urn)) return true;
  if (!isSecretFile(file.urn)) return false;
  const text = textOf(file);
  if (text === undefined) return true;
  if (/[^/]\.env$/.test(file.urn)) return findSecrets(text).length > 0; // settings under a name of their own
  // Key files by their ending alone may be public halves; encrypted files are meant to be committed.
  if (/\.(pem|key)$/i.test(file.urn)) return /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text);
  return !/^[ \t]*sops:|ENC\[AES256_GCM|^\$ANSIBLE_VAULT;|^age-encryption\.org|"sops":/m.test(text);
}
