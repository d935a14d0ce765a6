import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { carrier, type CarrierOptions } from "../../../infra/release/carrier";
import { hostScripts, hostSteps } from "../../../infra/release/steps";
import type { HostSpec, StepFile } from "../../../infra/release/types";
import { lacking, unless } from "../../needs";
import { exampleSpec } from "./example";

const file = (step: string, text: string): StepFile => {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { name: `${step}-${sha256.slice(0, 12)}.sh`, sha256, text };
};

const first = file("code", "#!/bin/bash\necho one\n");
const second = file("env", "#!/bin/bash\ncat <<'X'\n$(hostname) `id` \\\nX\n");

let root: string;
let store: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "carrier-"));
  store = join(root, "steps");
});
afterEach(() => rmSync(root, { recursive: true }));

const onHost = unless(lacking("bash") ?? lacking("sha256sum"));

/** What arrives on a host, for a folder of our own. The owner is whoever runs the tests. */
function textFor(scripts: readonly StepFile[], options?: CarrierOptions): string {
  const me = spawnSync("id", ["-gn"], { encoding: "utf8" }).stdout.trim();
  return carrier(scripts, options)
    .stdin.replaceAll("/var/lib/ddos", root)
    .replaceAll("-o root -g root", "")
    .replaceAll("600 root root", `600 ${userInfo().username} ${me}`);
}

function send(text: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("/bin/bash", ["-s"], { input: text, encoding: "utf8" });
}

const names = (): string[] => readdirSync(store).sort();

onHost("the scripts lie under their digests, byte for byte, for root alone", () => {
  expect(send(textFor([first, second]))).toMatchObject({ status: 0, stdout: "scripts: 2 changed\n", stderr: "" });
  expect(names()).toEqual([first.name, second.name].sort());
  for (const { name, text } of [first, second]) expect(readFileSync(join(store, name), "utf8")).toBe(text);
  expect(statSync(join(store, first.name)).mode & 0o777).toBe(0o600);
  expect(statSync(store).mode & 0o777).toBe(0o700);
});

onHost("what is there is not written again; what is damaged is", () => {
  send(textFor([first, second]));
  const before = statSync(join(store, first.name));
  writeFileSync(join(store, second.name), "half of");
  expect(send(textFor([first, second])).stdout).toBe("scripts: 1 changed\n");
  expect(statSync(join(store, first.name))).toMatchObject({ ino: before.ino, ctimeMs: before.ctimeMs });
  expect(readFileSync(join(store, second.name), "utf8")).toBe(second.text);
});

onHost("nothing else stays, unless the others are to stay", () => {
  send(textFor([first]));
  mkdirSync(join(store, ".new-x"));
  writeFileSync(join(store, ".new-code-0"), "of a run that was killed");
  send(textFor([second], { only: false }));
  expect(names()).toHaveLength(4);
  expect(send(textFor([second])).status).toBe(0);
  expect(names()).toEqual([second.name]);
});

onHost(
  "a text that was cut off runs nothing at all",
  () => {
    send(textFor([first]));
    const whole = textFor([second]);
    const end = whole.length - 3;
    for (let length = 0; length < end; length += 97) {
      const { status } = send(whole.slice(0, length));
      // Cut within its first comment there is nothing to run; the Command's own link is gone then.
      if (length > 100) expect(status).not.toBe(0);
      expect(names()).toEqual([first.name]);
    }
  },
  60_000,
);

onHost("a script that is altered on the way is not put in place, and the reason is said", () => {
  const { status, stderr } = send(textFor([first]).replace("echo one", "echo two"));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^ddos scripts failed on \S+: code-[0-9a-f]{12}\.sh did not arrive as it was sent/);
  expect(names().filter((name) => !name.startsWith("."))).toEqual([]);
});

onHost("two at once leave the scripts of one of them, whole", async () => {
  const { spawn } = await import("node:child_process");
  const run = (text: string): Promise<number | null> =>
    new Promise((resolve) => {
      const child = spawn("/bin/bash", ["-s"], { stdio: ["pipe", "ignore", "ignore"] });
      child.on("close", resolve);
      child.stdin.on("error", () => undefined); // evaluated by its exit status
      child.stdin.end(text);
    });
  const long = file("release", `#!/bin/bash\n${"# a line\n".repeat(5000)}`);
  expect(await Promise.all([run(textFor([first, long])), run(textFor([second, long]))])).toEqual([0, 0]);
  expect([[first.name, long.name].sort(), [long.name, second.name].sort()]).toContainEqual(names());
  expect(readFileSync(join(store, long.name), "utf8")).toBe(long.text);
});

test("unfit names, line breaks in repair, and texts that end the here-document early are refused", () => {
  expect(() => carrier([{ ...first, name: "../x.sh" }])).toThrow("is no name of a script");
  expect(() => carrier([first], { repair: "x\nrm -rf /" })).toThrow("line breaks are not possible in repair");
  expect(() => carrier([file("code", "a\nDDOS_SCRIPT\nb\n")])).toThrow("ends the text early");
  expect(() => carrier([file("code", "#".repeat(1_100_000))])).toThrow("the limit is 1000000");
});

describe("a change of a script", () => {
  const before = exampleSpec("backend");
  const changed = (after: HostSpec): string[] => {
    const old = new Map(hostSteps(before).map((step) => [step.name, step.create]));
    return hostSteps(after)
      .filter((step) => old.get(step.name) !== step.create)
      .map((step) => step.name);
  };

  test("reaches the Command of its step alone, and what brings the scripts", () => {
    const after = exampleSpec("backend", { workers: 3 });
    expect(changed(after)).toEqual(["release"]);
    expect(hostScripts(after).stdin).not.toBe(hostScripts(before).stdin);
    expect(hostScripts(after).create).toBe(hostScripts(before).create);
  });

  test("repair brings the scripts again though they are the same", () => {
    expect(hostScripts(exampleSpec("backend", { repair: "1" })).stdin).not.toBe(hostScripts(before).stdin);
    expect(changed(exampleSpec("backend", { repair: "1" }))).toEqual([]);
  });
});
