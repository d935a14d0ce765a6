/** Names that are made of others. */
import { logBucketName, modelBucketName } from "../../infra/naming";

const ACCOUNT = "123456789012";

test("buckets are named by project, stack, account and region, in letters that S3 allows", () => {
  expect(modelBucketName("ML_gateway", "dev", ACCOUNT, "us-east-1")).toBe("ml-gateway-dev-models-123456789012-us-east-1");
  expect(logBucketName("ml-gateway", "dev", ACCOUNT, "us-east-1")).toBe("ml-gateway-dev-logs-123456789012-us-east-1");
  expect(modelBucketName("p", "s".repeat(31), ACCOUNT, "us-east-1")).toHaveLength(63);
});

test.each([
  [
    modelBucketName,
    `p:models.bucket: not set, and the name that is made from project, stack, account and region, "p-${"s".repeat(32)}-models-123456789012-us-east-1", has 64 characters; S3 allows 63. Set the key, or choose a shorter stack name`,
    32,
  ],
  [
    logBucketName,
    `p:gateway.accessLogs: is given, and the name that is made for its bucket from project, stack, account and region, "p-${"s".repeat(34)}-logs-123456789012-us-east-1", has 64 characters; S3 allows 63. Remove the key, or choose a shorter stack name`,
    34,
  ],
])("%p: a longer one is refused", (nameOf, message, length) => {
  expect(() => nameOf("p", "s".repeat(length), ACCOUNT, "us-east-1")).toThrow(new Error(message));
});
