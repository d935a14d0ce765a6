/** What doctor says of a certificate of ACM, as `aws acm describe-certificate` shows it. */
import { certificateLines } from "../../../infra/doctor/certificate";
import type { StackConfig } from "../../../infra/config/types";
import type { Ran } from "../../../infra/doctor/surroundings";
import { surroundings, systemError } from "./doubles";

const ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
const DOMAIN = "ml.your-company.com";
const GOOD = {
  ...{ Status: "ISSUED", Type: "AMAZON_ISSUED", DomainName: DOMAIN, SubjectAlternativeNames: [DOMAIN, "api.your-company.com"] },
  NotAfter: "2027-06-30T23:59:59+00:00",
};
const config = (https: object | undefined, profile?: string): StackConfig =>
  ({ https, region: "eu-west-1", profile }) as unknown as StackConfig;

/** It is noon of 2026-11-27. */
async function said(found: object | undefined, named = config({ acm: ARN, domain: DOMAIN })): Promise<readonly [string, string]> {
  const run = (): Promise<Ran> =>
    Promise.resolve(
      found === undefined ? { code: 254, out: "", err: "AccessDenied" } : { code: 0, out: JSON.stringify({ Certificate: found }), err: "" },
    );
  const [line] = await certificateLines(named, surroundings({ run }));
  return [line?.verdict ?? "none", line?.found ?? ""];
}

test.each<[string, object, RegExp]>([
  ["one of ACM's own", GOOD, /is for ml\.your-company\.com, until 2027-06-30; ACM renews it while/],
  ["another of its names", { ...GOOD, DomainName: "other.example.org" }, /is for ml\./],
  ["a star", { ...GOOD, DomainName: "*.your-company.com", SubjectAlternativeNames: ["*.Your-Company.com"] }, /is for ml\./],
  [
    "one that was imported, by version 1 of the CLI",
    { ...GOOD, Type: "IMPORTED", NotAfter: 1830297599.0 },
    /until 2027-12-31; ACM does not renew it$/,
  ],
])("%s is good", async (_, found, expected) => {
  expect(await said(found)).toEqual(["good", expect.stringMatching(expected)]);
});

test.each<[string, object, RegExp]>([
  ["one that was never proven", { ...GOOD, Status: "PENDING_VALIDATION" }, /tls\.acm\) is PENDING_VALIDATION and not ISSUED/],
  ["one of another name", { ...GOOD, DomainName: "x.org", SubjectAlternativeNames: ["x.org"] }, /is for x\.org and not for ml\./],
  [
    "a star of another depth",
    { ...GOOD, DomainName: "*.com", SubjectAlternativeNames: ["*.eu.your-company.com"] },
    /is for \*\.com, \*\.eu\./,
  ],
  ["one that ended", { ...GOOD, NotAfter: "2026-11-26T00:00:00Z" }, /ended on 2026-11-26, so that clients refuse it/],
  [
    "an imported one that ends soon",
    { ...GOOD, Type: "IMPORTED", NotAfter: "2026-12-20T00:00:00Z" },
    /in 22 days, and ACM does not renew it; import/,
  ],
  ["one that ACM could not renew", { ...GOOD, NotAfter: "2026-12-20T00:00:00Z" }, /in 22 days, and ACM has not renewed it/],
])("%s is bad", async (_, found, expected) => {
  const [verdict, text] = await said(found);
  expect([verdict, text]).toEqual(["bad", expect.stringMatching(expected)]);
  expect(text).toMatch(/name another, or write new and give dns\.zone$/);
});

test("what could not be asked is not known, and no pass", async () => {
  expect(await said(undefined)).toEqual([
    "not checked",
    expect.stringMatching(/could not be asked for: it needs the AWS CLI.*not known here$/),
  ]);
  expect(await said({ ...GOOD, NotAfter: "soon" })).toEqual(["not checked", expect.stringMatching(/no end that can be read/)]);
  const run = (): Promise<Ran> => Promise.reject(systemError("ENOENT", "spawn aws"));
  expect((await certificateLines(config({ acm: ARN, domain: DOMAIN }), surroundings({ run })))[0]?.verdict).toBe("not checked");
});

test("it is asked in the stack's region and profile; of a certificate that the program makes, or none, nothing is asked", async () => {
  const run = jest.fn((): Promise<Ran> => Promise.resolve({ code: 0, out: JSON.stringify({ Certificate: GOOD }), err: "" }));
  await certificateLines(config({ acm: ARN, domain: DOMAIN }, "team"), surroundings({ run }));
  const [[, args] = []] = run.mock.calls as unknown as [string, string[]][];
  expect(args?.join(" ")).toBe(`acm describe-certificate --certificate-arn ${ARN} --region eu-west-1 --output json --profile team`);
  for (const https of [undefined, { acm: "new", domain: DOMAIN }, { domain: DOMAIN }])
    expect(await certificateLines(config(https), surroundings({ run }))).toEqual([]);
  expect(await certificateLines(undefined, surroundings({ run }))).toEqual([]);
  expect(run).toHaveBeenCalledTimes(1);
});
