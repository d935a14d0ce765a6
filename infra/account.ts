/** The AWS account that the program works in: the first thing that is asked of AWS, so the place where missing access shows. */
import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";

/** @throws RunError in one sentence when AWS cannot be reached with the credentials, or without any. */
export async function accountId(region: string): Promise<string> {
  try {
    return (await aws.getCallerIdentity()).accountId;
  } catch (error) {
    throw new pulumi.RunError(accessProblem(String(error instanceof Error ? error.message : error), region));
  }
}

interface Kind {
  readonly pattern: RegExp;
  readonly problem: string;
}

/** What the provider, the AWS SDK for Go and STS say, in the order in which they count: "no valid sources" also introduces the others. */
const KINDS: readonly Kind[] = [
  {
    pattern: /expired|InvalidGrantException|refresh (cached )?SSO token|session .* was not found/i,
    problem: "the credentials, or the session that they come from, have expired",
  },
  {
    pattern:
      /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|AuthFailure|IncompleteSignature|credentials are invalid|invalid credentials/i,
    problem: "AWS does not accept the credentials",
  },
  {
    pattern: /account ID not allowed/i,
    problem:
      "the credentials are of an account that aws:allowedAccountIds does not list; name your account there, or use credentials of one that it lists",
  },
  {
    pattern: /profile .*(was not found|could not be found)|failed to get shared config profile/i,
    problem: "the profile that is named does not exist",
  },
  {
    pattern:
      /no valid credential sources?|no EC2 IMDS role found|failed to refresh cached credentials|credential_process|cannot assume IAM role/i,
    problem: "no credentials were found",
  },
];
const REGION = /missing region information|could not resolve region|invalid (AWS )?region|no such region/i;

const FIX = "`aws sts get-caller-identity` must work; set AWS_PROFILE, or run `aws configure` or `aws sso login`";

/** One sentence: what is wrong, the line of the original that says so, what to do. Pure. */
export function accessProblem(original: string, region: string): string {
  const lines = original
    .replace(/^invocation of \S+ returned an error: /, "")
    .split("\n")
    .map((line) => line.trim().replace(/^\* /, ""))
    .filter((line) => line !== "");
  const matching = (pattern: RegExp): string | undefined => lines.find((line) => pattern.test(line));
  const regional = matching(REGION);
  if (regional !== undefined) {
    return `aws:region: found "${region}", which AWS does not know or which was not set (${regional}); set it: pulumi config set aws:region us-east-1`;
  }
  const kind = KINDS.find(({ pattern }) => matching(pattern) !== undefined);
  const said = (kind === undefined ? undefined : matching(kind.pattern)) ?? lines[0] ?? "no reason was given";
  return `aws: ${kind?.problem ?? "the account could not be read"} (${said.replace(/[.:]$/, "")}), so nothing can be read or created; ${FIX}`;
}
