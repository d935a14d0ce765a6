/** Who may take the role: the trust policy for GitHub's OIDC tokens. Pure. */
import { Problem } from "../../policies/cli";
import { GITHUB_OIDC } from "../external-names";
import type { Scope } from "./names";
import type { Purpose } from "./statements";

export interface Trust {
  readonly subject: string;
  readonly document: object;
}

const FORM = "github:OWNER/REPO, github:OWNER/REPO:environment:NAME or github:OWNER/REPO:branch:NAME";
/** Names, each perhaps with the id that GitHub puts behind it in immutable subject claims: `octocat@123456`. */
const REPOSITORY = /^github:([A-Za-z0-9-]+(?:@\d+)?\/[A-Za-z0-9._-]+(?:@\d+)?)(?::(environment|branch):(.+))?$/;

/**
 * @param stack whose environment counts where none is named, as in .github/workflows: `preview` for a preview, else the stack's name
 * @throws Problem
 */
export function trust(given: string, purposes: readonly Purpose[], { partition, account, stack }: Scope): Trust {
  const [, repository, kind, name] = REPOSITORY.exec(given) ?? [];
  if (repository === undefined) throw new Problem(`--oidc: found "${given}"; expected ${FORM}`);
  if (name !== undefined && /[*?\s]/.test(name)) {
    throw new Problem(
      `--oidc: found "${name}": a pattern would let in more than one ${kind ?? ""}; write its name, or run the command once for each`,
    );
  }
  const environment = name ?? (purposes.join() === "preview" ? "preview" : stack);
  // What GitHub puts into the subject is percent-encoded where it holds a colon.
  const subject = `repo:${repository}:${kind === "branch" ? `ref:refs/heads/${name ?? ""}` : `environment:${environment.replaceAll(":", "%3A")}`}`;
  return {
    subject,
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "GitHubActions",
          Effect: "Allow",
          Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${GITHUB_OIDC.provider}` },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: { [`${GITHUB_OIDC.provider}:aud`]: GITHUB_OIDC.audience, [`${GITHUB_OIDC.provider}:sub`]: subject },
          },
        },
      ],
    },
  };
}
