import { answerHook } from "../services/hooks";

const body = (changes: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({
    ...{ Action: "CompleteLifecycleAction", Version: "2011-01-01", AutoScalingGroupName: "g", LifecycleHookName: "h" },
    ...{ LifecycleActionResult: "CONTINUE", InstanceId: "i-1", ...changes },
  }).toString();

test("an instance that is waited for ends the wait; what it said is kept", () => {
  const waiting = new Set(["i-1"]);
  const first = answerHook(body(), waiting);
  expect([first.status, first.said]).toEqual([200, { instance: "i-1", group: "g", hook: "h", result: "CONTINUE", waited: true }]);
  const second = answerHook(body({ LifecycleActionResult: "ABANDON" }), waiting);
  expect(second.status).toBe(400);
  expect(second.text).toContain("<Message>No active Lifecycle Action found with instance ID i-1</Message>");
  expect(second.said?.waited).toBe(false);
});

test.each([
  [{ Action: "TerminateInstanceInAutoScalingGroup" }, "is not imitated here"],
  [{ LifecycleActionResult: "MAYBE" }, "LifecycleActionResult MAYBE"],
])("%j is refused, and nobody is waited for any less", (changes, message) => {
  const waiting = new Set(["i-1"]);
  const { status, text, said } = answerHook(body(changes), waiting);
  expect([status, said]).toEqual([400, undefined]);
  expect(text).toContain(message);
  expect(waiting.has("i-1")).toBe(true);
});
