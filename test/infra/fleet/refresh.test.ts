/** templates/fleet/refresh.sh against a double of the AWS CLI. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../evaluate";

const folder = mkdtempSync(join(tmpdir(), "refresh-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the group has, the refresh that is under way ("ID VERSION"), and what the refresh is at, one line each time that it is asked. */
interface World {
  readonly version: string;
  readonly active?: string;
  readonly states?: readonly string[];
}

const DOUBLE = `#!/bin/sh
printf '%s\\n' "$*" >>"$WORLD/calls"
case "$*" in
  *start-instance-refresh*) echo refresh-1 ;;
  *describe-instance-refreshes*--instance-refresh-ids*)
    head -n 1 "$WORLD/states"
    sed -i 1d "$WORLD/states" ;;
  *describe-instance-refreshes*) cat "$WORLD/active" ;;
  *describe-auto-scaling-groups*) cat "$WORLD/version" ;;
  *) exit 9 ;;
esac
`;

function run({ version, active = "None", states = [] }: World): { status: number | null; said: string; calls: string } {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("aws", DOUBLE);
  chmodSync(join(folder, "aws"), 0o755);
  write("calls", "");
  write("version", `${version}\n`);
  write("active", `${active}\n`);
  write("states", states.map((line) => `${line}\n`).join(""));
  const { status, stdout, stderr } = spawnSync("sh", [join(ROOT, "templates/fleet/refresh.sh")], {
    encoding: "utf8",
    timeout: 20_000,
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      WORLD: folder,
      ...{ FLEET_REGION: "us-east-1", FLEET_GROUP: "p-dev-backend", FLEET_TEMPLATE: "lt-1", FLEET_VERSION: "7", FLEET_PAUSE: "0" },
      FLEET_PREFERENCES: '{"AutoRollback":true}',
    },
  });
  return { status, said: stdout + stderr, calls: readFileSync(join(folder, "calls"), "utf8") };
}

test("a group that has the version, as one that was just made, is left alone", () => {
  const { status, calls } = run({ version: "7" });
  expect(status).toBe(0);
  expect(calls).not.toContain("start-instance-refresh");
});

test("a new version is asked for as the desired configuration, and waited for", () => {
  const { status, said, calls } = run({ version: "6", states: ["Pending\t0\tNone", "InProgress\t50\tNone", "Successful\t100\tNone"] });
  expect(status).toBe(0);
  expect(said).toContain("all hosts of p-dev-backend have version 7");
  expect(calls).toContain(
    '--desired-configuration {"LaunchTemplate":{"LaunchTemplateId":"lt-1","Version":"7"}} --preferences {"AutoRollback":true}',
  );
});

test.each(["Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"])("%s fails the update, with AWS's reason", (state) => {
  const { status, said } = run({ version: "6", states: ["InProgress\t50\tNone", `${state}\t50\tan alarm went off`] });
  expect(status).toBe(1);
  expect(said).toContain("version 7 of p-dev-backend does not serve");
  expect(said).toContain("an alarm went off");
});

test("a refresh to this version that a cut update has begun is followed", () => {
  const { status, calls } = run({ version: "6", active: "refresh-0\t7", states: ["Successful\t100\tNone"] });
  expect(status).toBe(0);
  expect(calls).not.toContain("start-instance-refresh");
  expect(calls).toContain("--instance-refresh-ids refresh-0");
});

test("one to another version is not cut off", () => {
  const { status, said, calls } = run({ version: "6", active: "refresh-0\t5" });
  expect(status).toBe(1);
  expect(said).toContain("to version 5 is under way (refresh-0)");
  expect(calls).not.toContain("start-instance-refresh");
});
