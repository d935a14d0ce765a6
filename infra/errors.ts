/**
 * How a failure of the program reaches its reader: as text. Pulumi inspects every error with colours before it prints it, RunError included,
 * and Node 20.19.6 to 20.20 needs gigabytes and minutes for a stack that names a scoped package (nodejs/node#64011). An error without a stack
 * is printed by its message, in every version.
 */
import type { EventEmitter } from "events";
import * as pulumi from "@pulumi/pulumi";

/** Every way in which an error leaves a Node program: thrown, or a rejection that nobody handled (the program's own, or an apply's). */
const WAYS_OUT = ["uncaughtException", "unhandledRejection"];

const UNEXPECTED = "this is not about the configuration but a fault of the program or of what it uses; please report it with these lines:";
const MISSING_MODULE = "A module is missing: the dependencies are not those of package-lock.json; run npm ci. If that does not help,";

/** Removes the stack of whatever leaves the process as an error, before Pulumi's own listeners see it. */
export function printWithoutStacks(events: EventEmitter): void {
  for (const way of WAYS_OUT) {
    events.prependListener(way, withoutStack);
  }
}

/** Changes the error itself, because others hold it already. */
export function withoutStack(error: unknown): void {
  if (error === null || typeof error !== "object" || !("stack" in error) || typeof error.stack !== "string") {
    return;
  }
  for (const [key, value] of Object.entries({ message: failureText(error), stack: undefined, cause: undefined })) {
    Reflect.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
  }
}

/**
 * What a person reads. A RunError (Pulumi's word for "the message says it all") is its message; of any other error, stack and causes are a part
 * of the text, so that it can be reported.
 */
export function failureText(error: unknown): string {
  if (error === null || typeof error !== "object") {
    return String(error);
  }
  if (pulumi.RunError.isInstance(error)) {
    return error.message;
  }
  const introduction = isMissingModule(error) ? `${MISSING_MODULE} ${UNEXPECTED}` : UNEXPECTED;
  return `${introduction}\n${description(error)}`;
}

/** Itself, or what caused it: packages are loaded when they are first used, which may be anywhere. */
function isMissingModule(error: unknown, seen: ReadonlySet<unknown> = new Set()): boolean {
  if (error === null || typeof error !== "object" || seen.has(error)) return false;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return code === "MODULE_NOT_FOUND" || isMissingModule(cause, new Set([...seen, error]));
}

/** Message, stack and causes as plain text; each error once, as causes may lead back. */
function description(error: object, seen: ReadonlySet<unknown> = new Set()): string {
  const { message, stack, cause, errors } = error as { message?: unknown; stack?: unknown; cause?: unknown; errors?: unknown };
  const frames = typeof stack === "string" ? stack : "";
  // A message that was changed after the error was made is not in its stack.
  const own = typeof message === "string" && !frames.includes(message) ? `${message}\n${frames}` : frames;
  const known = new Set([...seen, error]);
  const inner = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter((one) => one !== undefined && !known.has(one));
  const texts = inner.map((one) => (one !== null && typeof one === "object" ? description(one, known) : String(one)));
  return [own, ...texts.map((text) => `caused by: ${text}`)].join("\n");
}
