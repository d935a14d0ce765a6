import { firstBoot, USER_DATA_LIMIT, type FirstBoot } from "../../../infra/fleet/first-boot";
import { userData } from "../../../infra/hosts/user-data";

const VALUES: FirstBoot = {
  role: "backend",
  region: "us-east-1",
  bucket: "models-bucket",
  bundleKey: `releases/${"ab".repeat(32)}.tar.gz`,
  bundleSha256: "ab".repeat(32),
  secrets: { parameter: "/ml-gateway/dev/backend", version: 3 },
  hook: { group: "backend-fleet-1a2b", name: "healthy" },
};

test("does what the user data of a single host does, then starts the unit; the same values give the same text", () => {
  const text = firstBoot(VALUES);
  expect(text.startsWith(userData("backend"))).toBe(true);
  expect(text.endsWith("systemctl start --no-block ddos-first-boot.service\n")).toBe(true);
  expect(firstBoot({ ...VALUES })).toBe(text);
  expect(Buffer.byteLength(text)).toBeLessThan(USER_DATA_LIMIT);
});

test("names bundle, parameter and hook by what identifies them", () => {
  const conf = /cat >\/etc\/ddos\/fleet\.conf <<'DDOS_FILE'\n([^]*?)DDOS_FILE/.exec(firstBoot(VALUES))?.[1];
  expect(conf).toBe(
    `region=us-east-1
suffix=amazonaws.com
bucket=models-bucket
key=releases/${"ab".repeat(32)}.tar.gz
sha256=${"ab".repeat(32)}
parameter=/ml-gateway/dev/backend
version=3
group=backend-fleet-1a2b
hook=healthy
`,
  );
  expect(firstBoot({ ...VALUES, region: "cn-north-1" })).toContain("suffix=amazonaws.com.cn\n");
  expect(firstBoot({ ...VALUES, hook: undefined })).not.toContain("\nhook=");
});

test("a value that is not of its form is named", () => {
  const wrong = { ...VALUES, bundleSha256: "abc", secrets: { parameter: "a\nb", version: 0 } };
  expect(() => firstBoot(wrong)).toThrow('sha256 is "abc"; parameter is "a\\nb"; version is "0", which is not of its form');
});

test("a text that EC2 does not take is refused", () => {
  const long = { ...VALUES, bundleKey: `releases/${"a".repeat(USER_DATA_LIMIT)}` };
  expect(() => firstBoot(long)).toThrow(/User data of the fleet: \d+ bytes, EC2 takes 16384\./);
});
