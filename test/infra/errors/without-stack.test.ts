/** What an error becomes before Pulumi prints it. */
import { withoutStack } from "../../../infra/errors";

describe("the error itself", () => {
  test("causes stay readable, each once, and the error can still be marked by the SDK", () => {
    const inner = new TypeError("inner");
    const outer: Error & { promise?: unknown } = new Error("outer", { cause: inner });
    Object.assign(inner, { cause: outer });
    withoutStack(outer);
    outer.promise = 1;
    expect(outer.stack).toBeUndefined();
    expect(outer.cause).toBeUndefined();
    expect(outer.message).toMatch(/please report it with these lines:\nError: outer\n {4}at [^]*\ncaused by: TypeError: inner\n {4}at /);
    const once = outer.message;
    withoutStack(outer);
    expect(outer.message).toBe(once);
  });

  test("a package that is missing is named as that, wherever it was needed", () => {
    const missing = Object.assign(new Error("Cannot find module 'x'"), { code: "MODULE_NOT_FOUND" });
    const outer = new Error("Template a: it failed", { cause: new Error("inner", { cause: missing }) });
    withoutStack(outer);
    expect(outer.message).toMatch(/^A module is missing: .*run npm ci/);
    const other = new Error("outer", { cause: new Error("inner") });
    withoutStack(other);
    expect(other.message).not.toContain("npm ci");
  });

  test.each([[undefined], [null], ["text"], [{}], [{ stack: 1 }]])("what is no error is left alone: %j", (value) => {
    expect(() => withoutStack(value)).not.toThrow();
  });

  test("an error that cannot be changed does not become another one", () => {
    expect(() => withoutStack(Object.freeze(new Error("frozen")))).not.toThrow();
  });
});
