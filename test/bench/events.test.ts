/** Where the time of a deployment went. */
import { changedOf } from "../../bench/ansible";
import { hostsPart } from "../../bench/events";
import type { Event } from "../lab/provider";

const command = (name: string, from: number, to: number, what = "stdin"): Event => ({
  ...{ name, kind: "command", what, seconds: (to - from) / 1000, ended: to },
});

test("from the start of the first Command to the end of the last; what had nothing to do does not count", () => {
  const events = [command("gateway-code", 0, 10, "unchanged"), command("backend-env", 2000, 3000), command("backend-release", 3000, 9500)];
  const found = hostsPart(events);
  expect({ ms: found.ms, commands: found.commands }).toEqual({ ms: 7500, commands: 2 });
  expect([...found.steps]).toEqual([
    ["backend-env", 1000],
    ["backend-release", 6500],
  ]);
});

test("at a first set-up the wait for the first host is left out", () => {
  const events = [
    { ...command("gateway-instance", 0, 3000), kind: "machine" as const },
    command("gateway-host-key", 3000, 7000, "new"),
    command("backend-host-key", 3000, 8000, "new"),
    command("gateway-scripts", 7000, 8500, "new"),
    command("backend-scripts", 8000, 9000, "new"),
  ];
  expect(hostsPart(events)).toMatchObject({ ms: 2000, commands: 2 });
});

test("nothing that ran is no time", () => expect(hostsPart([command("a", 0, 1, "unchanged")])).toMatchObject({ ms: 0, commands: 0 }));

const recap = (backend: string): string =>
  `PLAY RECAP ****\nbackend   : ok=17   ${backend}    skipped=1\ngateway   : ok=16   changed=2    unreachable=0    failed=0    skipped=3\n`;

test("Ansible's recap: what changed on both hosts", () => expect(changedOf(recap("changed=3    unreachable=0    failed=0"))).toBe(5));

test.each(["changed=3    unreachable=0    failed=1", "changed=0    unreachable=1    failed=0", ""])("%j is no result", (backend) =>
  expect(() => changedOf(recap(backend))).toThrow("Ansible did not set up both hosts"),
);
