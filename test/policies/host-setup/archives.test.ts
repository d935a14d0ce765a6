/** What CopyToRemote brings in an archive that the program puts together lies on the host under its own names, and is followed when it is run. */
import { Asset, Secret } from "../../../policies/core/types";
import type { Finding, Policy, Value } from "../../../policies/core/types";
import { containsSecret } from "../../../policies/core/values";
import { partsOf } from "../../../policies/core/assets";
import { policy as envFileMode } from "../../../policies/rules/host-setup/env-file-mode";
import { policy as readable } from "../../../policies/rules/host-setup/host-setup-readable";
import { policy as windows } from "../../../policies/rules/host-setup/secret-file-window";
import { program, settings } from "./program";
import type { Step } from "./program";

const archive = (members: Record<string, Value>): Asset => new Asset("archive", undefined, members);
const brought = (source: Value, remotePath = "/home/ubuntu/kit"): Step => ({
  type: "command:remote:CopyToRemote",
  inputs: { source, remotePath },
});
const evaluate = async (policy: Policy, steps: readonly (Step | string)[]): Promise<Finding[]> => policy.evaluate(program(steps), settings);
const SETUP = "set -eu\numask 077\nsudo install -m 600 -o ddos -g ddos /dev/stdin /home/ddos/app/.env";

test("a script inside is followed when it is run, at its place", async () => {
  const kit = archive({ bin: archive({ "late.sh": new Asset("text", "#!/bin/sh\nsudo chmod 644 /home/ddos/app/.env\n") }) });
  const steps = [{ create: SETUP, stdin: "A=1\n" }, brought(kit), "sudo sh /home/ubuntu/kit/bin/late.sh"];
  const [finding, ...rest] = await evaluate(envFileMode, steps);
  expect(rest).toEqual([]);
  expect(finding?.verdict).toBe("violation");
  expect(finding?.message).toContain('source["bin/late.sh"]');
  expect(await evaluate(readable, steps)).toEqual([]);
});

test.each<[string, Value]>([
  ["a file of this machine", archive({ "late.sh": new Asset("file", "./late.sh") })],
  ["a folder of this machine", archive({ bin: new Asset("archive", "./bin") })],
  ["an address", new Asset("archive", "https://example.com/kit.zip")],
])("%s is not shown, and running it is «cannot tell»", async (_, source) => {
  const steps = [{ create: SETUP, stdin: "A=1\n" }, brought(source), "sudo sh /home/ubuntu/kit/late.sh; sudo /home/ubuntu/kit/bin/late.sh"];
  expect((await evaluate(readable, steps)).map((f) => f.verdict)).toContain("unknown");
});

test("a tar that is sent as one file is followed where it is unpacked", async () => {
  const kit = new Asset("file", "kit.tgz", { "late.sh": new Asset("text", "chmod 644 /home/ddos/app/.env\n") });
  const unpacked = "set -eu\nsudo mkdir -p /opt/kit\nsudo tar -C /opt/kit -xzf /tmp/kit.tgz\nsudo sh /opt/kit/late.sh";
  const steps = [{ create: SETUP, stdin: "A=1\n" }, brought(kit, "/tmp/kit.tgz"), unpacked];
  expect((await evaluate(envFileMode, steps)).map((f) => f.verdict)).toEqual(["violation"]);
  expect(await evaluate(readable, steps)).toEqual([]);
});

test("a part that leads out of the folder lies where it leads", async () => {
  const steps = [brought(archive({ "../../ddos/app/.env": new Secret(new Asset("text", "A=1\n")) }))];
  const found = [...(await evaluate(envFileMode, steps)), ...(await evaluate(windows, steps))];
  expect(found.some((f) => f.verdict === "violation")).toBe(true);
});

test("a secret inside makes the step one that holds secrets", () => {
  expect(containsSecret(archive({ x: archive({ y: new Secret(new Asset("text", "A=1")) }) }))).toBe(true);
  expect(containsSecret(archive({ x: new Asset("text", "A=1") }))).toBe(false);
});

test("archives in archives without end, and of very many files, are bounded, and the rest is not known", () => {
  let deep: Asset = archive({ x: new Asset("text", "x") });
  for (let i = 0; i < 5000; i += 1) deep = archive({ x: deep });
  expect(partsOf(deep).map((part) => part.asset)).toEqual([undefined]);
  const wide = archive(Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`f${String(i)}`, new Asset("text", "")])));
  const parts = partsOf(wide);
  expect(parts).toHaveLength(10_001);
  expect(parts.at(-1)?.asset).toBeUndefined();
});
