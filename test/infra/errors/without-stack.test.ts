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

  test.each([[undefined], [null], ["text"], [{}], [{ stack: 1 }]])("what is no error is left alone: %j", (value) => {
    expect(() => withoutStack(value)).not.toThrow();
  });

  test("an error that cannot be changed does not become another one", () => {
    expect(() => withoutStack(Object.freeze(new Error("frozen")))).not.toThrow();
  });
});
