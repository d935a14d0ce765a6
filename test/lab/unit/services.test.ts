import { metadata } from "../services/metadata";
import { answer, resolve } from "../services/resolver";
import { isSkewed } from "../services/s3-relay";
import { change } from "../services/zone";
import type { Host } from "../topology";

const S3 = "198.18.0.2";

describe("names", () => {
  test.each([
    ["s3.us-east-1.amazonaws.com", S3],
    ["a-bucket.s3.us-east-1.amazonaws.com", S3],
    ["S3.amazonaws.com", S3],
    ["a-bucket.s3.cn-north-1.amazonaws.com.cn", S3],
    ["s3.eusc-de-east-1.amazonaws.eu", S3],
    ["s3.cn-north-1.amazonaws.org", undefined],
    ["ssm.us-east-1.amazonaws.com", S3],
    ["autoscaling.cn-north-1.amazonaws.com.cn", S3],
    ["a.ssm.us-east-1.amazonaws.com", undefined],
    ["ssm.amazonaws.com", undefined],
    ["monitoring.us-east-1.amazonaws.com", S3],
    ["logs.us-east-1.amazonaws.com", S3],
    ["route53.amazonaws.com", S3],
    ["route53.us-east-1.amazonaws.com", undefined],
    ["ip-10-0-1-10", "10.0.1.10"],
    ["ip-10-0-1-10.ec2.internal", "10.0.1.10"],
    ["evil-s3.us-east-1.amazonaws.com", undefined],
    ["example.org", undefined],
  ])("%s", (name, address) => {
    expect(resolve(name, S3)).toBe(address);
  });

  test("of a private zone, while there is one", () => {
    expect(resolve("Backend.internal", S3, ["backend.internal"])).toBe(S3);
    expect(resolve("backend.internal", S3)).toBeUndefined();
    expect(resolve("other.internal", S3, ["backend.internal"])).toBeUndefined();
  });

  const query = (name: string, type: number): Buffer => {
    const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
    return Buffer.concat([Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, type, 0, 1])]);
  };

  test("an answer repeats id and question and ends with the address", () => {
    const reply = answer(query("s3.amazonaws.com", 1), S3);
    expect(reply?.subarray(0, 8).toString("hex")).toBe("1234818000010001");
    expect([...(reply?.subarray(-4) ?? [])]).toEqual([198, 18, 0, 2]);
  });

  test("a name without such an address is empty, an unknown one does not exist, noise is not answered", () => {
    expect(answer(query("s3.amazonaws.com", 28), S3)?.subarray(2, 8).toString("hex")).toBe("818000010000");
    expect(answer(query("example.org", 1), S3)?.subarray(2, 8).toString("hex")).toBe("818300010000");
    expect(answer(Buffer.alloc(5), S3)).toBeUndefined();
  });
});

describe("Route 53", () => {
  const body = (name: string, type = "TXT", action = "UPSERT"): string =>
    `<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>${action}</Action><ResourceRecordSet><Name>${name}</Name><Type>${type}</Type><TTL>10</TTL><ResourceRecords><ResourceRecord><Value>"x"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;
  const [PATH, ALLOWED] = ["/2013-04-01/hostedzone/Z1/rrset/", "Z1 _acme-challenge.ml.example.org"];
  const NAME = "_acme-challenge.ML.example.org.";

  test("takes the one record that the role may change", () => {
    const reply = change(PATH, body(NAME), ALLOWED, 4);
    expect(reply).toMatchObject({ status: 200, changed: { zone: "Z1", action: "UPSERT", name: NAME, value: "x" } });
    expect(reply.text).toContain("<Id>/change/C5</Id><Status>PENDING</Status>");
  });

  test.each([
    ["another zone", PATH.replace("Z1", "Z2"), body(NAME)],
    ["another name", PATH, body("ml.example.org.")],
    ["another type", PATH, body(NAME, "A")],
    ["two names", PATH, body(NAME) + body("www.example.org")],
    ["a list of zones", "/2013-04-01/hostedzone", ""],
  ])("refuses %s", (_, path, text) => {
    expect(change(path, text, ALLOWED, 0)).toMatchObject({
      status: 403,
      text: expect.stringContaining("<Code>AccessDenied</Code>") as string,
    });
  });
});

test("S3 refuses what was signed more than 15 minutes before or after its own time, and asks nothing of what bears no time", () => {
  const now = Date.UTC(2026, 10, 28, 18, 0, 0);
  expect(["20261128T174501Z", "20261128T181459Z", undefined, "yesterday"].map((signed) => isSkewed(signed, now))).toEqual([
    ...[false, false, false, false],
  ]);
  expect(["20261128T174459Z", "20261128T181501Z", "20251128T180000Z"].map((signed) => isSkewed(signed, now))).toEqual([true, true, true]);
});

describe("instance metadata", () => {
  const host = { instanceId: "i-1", address: "10.0.1.10", availabilityZone: "us-east-1a", instanceProfile: "role" } as Host;
  const token = metadata("PUT", "/latest/api/token", undefined, host, "us-east-1").body;
  const get = (path: string, from: Host | undefined = host): { status: number; body: string } =>
    metadata("GET", path, token, from, "us-east-1");

  test("nothing without a token, nothing for strangers", () => {
    expect(metadata("GET", "/latest/meta-data/instance-id", undefined, host, "us-east-1").status).toBe(401);
    expect(metadata("PUT", "/latest/api/token", undefined, undefined, "us-east-1").status).toBe(404);
  });

  test("credentials only with an instance profile", () => {
    expect(get("/latest/meta-data/iam/security-credentials/").body).toBe("role");
    expect(JSON.parse(get("/latest/meta-data/iam/security-credentials/role").body)).toMatchObject({
      Code: "Success",
      AccessKeyId: "test-i-1",
    });
    expect(get("/latest/meta-data/iam/security-credentials/", { ...host, instanceProfile: undefined }).status).toBe(404);
  });

  test("who and where", () => {
    expect(get("/latest/meta-data/instance-id").body).toBe("i-1");
    expect(JSON.parse(get("/latest/dynamic/instance-identity/document").body)).toMatchObject({
      region: "us-east-1",
      privateIp: "10.0.1.10",
    });
    expect(get("/latest/user-data").status).toBe(404);
    expect(get("/latest/meta-data/tags/instance/Version").status).toBe(404);
    expect(get("/latest/meta-data/tags/instance/Version", { ...host, tags: { Version: "3" } }).body).toBe("3");
  });
});
