import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout, checkoutKey, repositoryRoot, runDir } from "../paths";
import { checkName, hostNamespace, labOfNamespace, namespaceOf } from "../topology";

describe("what belongs to a checkout", () => {
  const directory = mkdtempSync(join(tmpdir(), "checkout-"));
  const [one, other, link] = ["one", "other", "link"].map((name) => join(directory, name)) as [string, string, string];
  mkdirSync(one);
  mkdirSync(other);
  symlinkSync(one, link);
  afterAll(() => rmSync(directory, { recursive: true }));

  test("two directories have two keys, one directory has one by every path", () => {
    expect(checkoutKey(one)).toMatch(/^[0-9a-f]{8}$/);
    expect(checkoutKey(other)).not.toBe(checkoutKey(one));
    expect(checkoutKey(link)).toBe(checkoutKey(one));
    expect(checkoutKey(repositoryRoot)).toBe(checkout);
  });

  test("the key is in the name of everything outside of the checkout", () => {
    expect(runDir("local").split("/")).toContain(checkout);
    expect(namespaceOf("local", "router").split(".")).toContain(checkout);
  });

  test.each([
    ["of this checkout", namespaceOf("local", "router"), "local"],
    ["a host's", hostNamespace("a", "b-router"), "a"],
    ["of a lab with a similar name", namespaceOf("a-h-b", "router"), "a-h-b"],
    ["of another checkout", namespaceOf("local", "router").replace(checkout, "00000000"), undefined],
    ["of an older version", "mlgw-local-router", undefined],
    ["of something else", "cni-1234.local.router", undefined],
    ["deeper", `${namespaceOf("local", "router")}.x`, undefined],
  ])("namespace %s", (_what, namespace, lab) => {
    expect(labOfNamespace(namespace)).toBe(lab);
  });

  test("no name can hold the separator", () => {
    expect(() => checkName("lab", "a.b")).toThrow('lab "a.b"');
  });
});
