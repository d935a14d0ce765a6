import { accessProblem } from "../../infra/account";

/** What the provider says, as its own sources and issues have it (pulumi-aws provider/errors_test.go; pulumi-aws#2188, #2285, #3310). */
const REAL: [title: string, original: string, expected: string][] = [
  [
    "nothing configured",
    "invocation of aws:index/getCallerIdentity:getCallerIdentity returned an error: No valid credential sources found.\nPlease see https://www.pulumi.com/registry/packages/aws/installation-configuration/ for more information about providing credentials.\nNEW: You can use Pulumi ESC to set up dynamic credentials with AWS OIDC to ensure the correct and valid credentials are used.",
    "aws: no credentials were found (No valid credential sources found),",
  ],
  [
    "nothing configured, the upstream provider",
    'invocation of aws:index/getCallerIdentity:getCallerIdentity returned an error: 1 error occurred:\n\t* error configuring Terraform AWS Provider: no valid credential sources for Terraform AWS Provider found.\n\nError: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable',
    "aws: no credentials were found (error configuring Terraform AWS Provider: no valid credential sources for Terraform AWS Provider found),",
  ],
  [
    "expired",
    "unable to validate AWS credentials.\nDetails: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, api error ExpiredToken: The security token included in the request is expired",
    "aws: the credentials, or the session that they come from, have expired (Details: validating provider credentials:",
  ],
  [
    "SSO session",
    'The AWS SSO session for profile "corp" has expired or was not found.\nRun `aws sso login --profile corp` to sign in again, then retry.',
    'aws: the credentials, or the session that they come from, have expired (The AWS SSO session for profile "corp" has expired or was not found),',
  ],
  [
    "SSO token that cannot be refreshed",
    "No valid credential sources found. Error: failed to refresh cached credentials, refresh cached SSO token failed, unable to refresh SSO token, operation error SSO OIDC: CreateToken, https response error StatusCode: 400, InvalidGrantException: ",
    "aws: the credentials, or the session that they come from, have expired (No valid credential sources found. Error: failed to refresh",
  ],
  [
    "wrong key",
    "operation error STS: GetCallerIdentity, https response error StatusCode: 403, api error InvalidClientTokenId: The security token included in the request is invalid.",
    "aws: AWS does not accept the credentials (operation error STS:",
  ],
  [
    "wrong profile",
    "unable to validate AWS credentials.\nDetails: loading configuration: failed to get shared config profile, non-existent-profile\n",
    "aws: the profile that is named does not exist (Details: loading configuration: failed to get shared config profile, non-existent-profile),",
  ],
  [
    "something else",
    "operation error STS: GetCallerIdentity, dial tcp: lookup sts.us-east-1.amazonaws.com: no such host",
    "aws: the account could not be read (operation error STS: GetCallerIdentity, dial tcp: lookup sts.us-east-1.amazonaws.com: no such host),",
  ],
];

test.each(REAL)("%s", (_title, original, expected) => {
  const text = accessProblem(original, "us-east-1");
  expect(text.startsWith(expected)).toBe(true);
  expect(text).toMatch(/; `aws sts get-caller-identity` must work; set AWS_PROFILE, or run `aws configure` or `aws sso login`$/);
  expect(text).not.toContain("\n");
});

test("a region that is missing is another matter", () => {
  const original = "Missing region information\nMake sure you have set your AWS region, e.g. `pulumi config set aws:region us-west-2`.";
  expect(accessProblem(original, "")).toBe(
    'aws:region: found "", which AWS does not know or which was not set (Missing region information); set it: pulumi config set aws:region us-east-1',
  );
});
