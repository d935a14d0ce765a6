/** What AWS says of something that is not there, in the words of each service, and what else it may say. */
import { isAbsent } from "../../infra/refusal";

test.each([
  "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/a does not exist or is not attachable",
  "reading KMS Key (alias/a): operation error KMS: DescribeKey, NotFoundException: Alias is not found",
  "reading IAM Policy: couldn't find resource",
  "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
  "no matching EC2 Subnet found",
])("%s: it is not there", (said) => {
  expect(isAbsent(said)).toBe(true);
});

test.each(["AccessDenied: not authorized to perform: kms:DescribeKey", "RequestError: send request failed", "UnrecognizedClientException"])(
  "%s says nothing of that",
  (said) => {
    expect(isAbsent(said)).toBe(false);
  },
);
