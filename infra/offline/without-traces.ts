import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

/** The SDK's types leave out what is internal to it. */
const sdk = debuggable as unknown as {
  debuggablePromise: (...args: readonly unknown[]) => unknown;
  readonly debugPromiseLeaks: boolean;
};

/**
 * The SDK notes a stack trace for every promise that it makes, in case one is still open at the end and somebody asks which
 * (PULUMI_DEBUG_PROMISE_LEAKS). That is half the time of an evaluation. Without the question no trace is taken.
 */
export function promisesWithoutTraces(): void {
  if (sdk.debugPromiseLeaks || replaced.has(sdk.debuggablePromise)) return;
  const original = sdk.debuggablePromise;
  sdk.debuggablePromise = (...args) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return original(...args);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  replaced.add(sdk.debuggablePromise);
}

const replaced = new WeakSet<object>();
