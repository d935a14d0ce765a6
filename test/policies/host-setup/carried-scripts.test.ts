/** Scripts that one Command brings and another one runs, in programs that have nothing to do with ours. */
import { policy as envFileMode } from "../../../policies/rules/host-setup/env-file-mode";
import { policy as readable } from "../../../policies/rules/host-setup/host-setup-readable";
import { policy as noRemoteCode } from "../../../policies/rules/host-setup/no-remote-code";
import { policy as strictShell } from "../../../policies/rules/host-setup/strict-shell";
import { policy as output } from "../../../policies/rules/host-setup/script-output-keeps-secrets";
import { policy as echoed } from "../../../policies/rules/secrets/secret-echoed";
import { policy as stdinSecret } from "../../../policies/rules/secrets/command-stdin-secret";
import { UNKNOWN } from "../../../policies/core/types";
import type { Finding, Policy } from "../../../policies/core/types";
import { program, settings, verdicts } from "./program";
import type { Step } from "./program";

const ENV = "/home/ddos/app/.env";
const open = `install -m 644 -o ddos -g ddos /tmp/env ${ENV}`;
const closed = `install -m 600 -o ddos -g ddos /tmp/env ${ENV}`;

/** Plain text on standard input, as a state keeps it. */
const piped = (create: string, stdin: string, more: Partial<Step> = {}): Step => ({ create, inputs: { stdin }, ...more });

const findings = async (policy: Policy, steps: readonly (Step | string)[]): Promise<readonly Finding[]> =>
  policy.evaluate(program(steps), settings);

/** Ways to bring a script to a host and to run it there, with the text left open. */
const ways: readonly [string, (text: string) => readonly (Step | string)[]][] = [
  ["bash -s", (text) => [piped("sudo bash -s", text)]],
  ["sudo bash, its input alone", (text) => [piped("sudo -n /bin/bash", text)]],
  ["exec, timeout and arguments", (text) => [piped("exec sudo -n timeout -k 10 60 /bin/bash -s -- one two", text)]],
  ["su reading its input", (text) => [piped("sudo su - root", text)]],
  ["cat into a shell", (text) => [piped("cat | sudo sh", text)]],
  ["the input as an argument", (text) => [piped('sudo bash -c "$(cat)"', text)]],
  ["sourced from the input", (text) => [piped(". /dev/stdin", `sudo ${text}`)]],
  ["from the input of another shell", (text) => [piped("bash -s", `sudo bash -s <<'INNER'\n${text}\nINNER\n`)]],
  ["tee, then by its path", (text) => [piped("sudo tee /opt/run.sh >/dev/null", text), "sudo bash /opt/run.sh"]],
  ["cat >, then as a program", (text) => [piped("cat >/tmp/run; chmod +x /tmp/run", text), "sudo /tmp/run"]],
  [
    "install /dev/stdin, then as a program",
    (text) => [piped("sudo install -m 755 /dev/stdin /usr/local/bin/set-up", text), "sudo /usr/local/bin/set-up"],
  ],
  [
    "a here document in what bash reads, renamed, run by systemd",
    (text) => [
      piped("sudo bash -s", `set -e\ncat >/srv/.new <<'S'\n${text}\nS\nmv -fT -- /srv/.new /srv/a.sh\nsync /srv\n`),
      'f=/srv/a.sh\nsudo -n timeout 99 systemd-run --quiet --wait --pipe --unit="a-$$" --setenv=HOME=/root /bin/bash "$f"',
    ],
  ],
  [
    "by a function that checks its digest, others removed",
    (text) => [
      piped(
        "sudo bash -s",
        `{\nput() {\n  cat >"/srv/.$1"\n  if [ "$(sha256sum <"/srv/.$1" | cut -c 1-64)" != "$2" ]; then\n    exit 1\n  fi\n  mv "/srv/.$1" "/srv/$1"\n}\nput a.sh abc <<'S'\n${text}\nS\nfind /srv -mindepth 1 -maxdepth 1 ! -name a.sh ! -name b.sh -exec rm -rf -- {} +\nexit 0\n}\n`,
      ),
      'echo "abc  /srv/a.sh" | sudo sha256sum --check --quiet\nsudo bash /srv/a.sh',
    ],
  ],
  ["its output as a script", (text) => [piped("sudo tee /opt/run.sh >/dev/null", text), 'sudo bash -c "$(sudo cat /opt/run.sh)"']],
  ["redirected into a shell", (text) => [piped("sudo tee /opt/run.sh >/dev/null", text), "sudo bash </opt/run.sh"]],
];

describe.each(ways)("%s", (_, steps) => {
  test("a file left open is a violation, a closed one is none, and all of it was read", async () => {
    expect(await verdicts(envFileMode, steps(open))).toEqual(["violation"]);
    expect(await verdicts(envFileMode, steps(closed))).toEqual([]);
    expect(await verdicts(readable, steps(closed))).toEqual([]);
  });

  test("unknown text is never a pass", async () => {
    const unknown = steps("@@").map((step) =>
      typeof step === "object" && step.inputs !== undefined ? { ...step, inputs: { ...step.inputs, stdin: UNKNOWN } } : step,
    );
    expect(await verdicts(readable, unknown)).toEqual(["unknown"]);
  });
});

describe("what is not there, or may not be", () => {
  test.each<[string, readonly (Step | string)[]]>([
    ["nobody brought it", ["sudo bash /opt/run.sh"]],
    ["nobody brought it, its digest is checked", ['echo "abc  /opt/run.sh" | sudo sha256sum -c --quiet; sudo bash /opt/run.sh']],
    ["it was removed again", [piped("sudo tee /opt/run.sh", closed), "sudo rm -rf /opt/run.sh", "sudo bash /opt/run.sh"]],
    [
      "others are spared, not this one",
      [
        piped("sudo tee /opt/run.sh", closed),
        "sudo find /opt -mindepth 1 ! -name keep.sh ! -name other.sh -delete",
        "sudo bash /opt/run.sh",
      ],
    ],
    ["a file of the operator's machine", [{ type: "command:remote:CopyToRemote", inputs: { remotePath: "/opt/run" } }, "sudo /opt/run"]],
    [
      "the one that runs it does not wait for the one that brings it",
      [piped("sudo tee /opt/run.sh >/dev/null", closed, { name: "bring" }), { name: "run", create: "sudo bash /opt/run.sh", after: [] }],
    ],
    ["its text depends on the host", ['echo "$(hostname) run" | sudo tee /opt/run.sh', "sudo bash /opt/run.sh"]],
  ])("%s: cannot tell", async (_, steps) => {
    expect(await verdicts(readable, steps)).toEqual(["unknown"]);
  });

  test("with the order given it is read", async () => {
    const bring = piped("sudo tee /opt/run.sh >/dev/null", open, { name: "bring" });
    expect(await verdicts(readable, [bring, { name: "run", create: "sudo bash /opt/run.sh", after: ["bring"] }])).toEqual([]);
  });

  test("a digest does not turn a text that is at hand into one that is not read", async () => {
    const steps = [piped("sudo tee /opt/run.sh >/dev/null", open), 'echo "abc  /opt/run.sh" | sudo sha256sum -c\nsudo bash /opt/run.sh'];
    expect(await verdicts(envFileMode, steps)).toEqual(["violation"]);
  });

  test("a script fetched by the one that brings it is remote code", async () => {
    const steps = [piped("sudo bash -s", "curl -fsSLo /opt/i.sh https://get.example.com\n"), "sudo bash /opt/i.sh"];
    expect(await verdicts(noRemoteCode, steps)).toEqual(["violation"]);
  });
});

describe("findings name what was written", () => {
  const carrier = `set -e\ncat >/srv/a.sh <<'S'\n#!/bin/bash\nset -e\n# a comment\n${open}\nS\n`;

  test("the line in the Command that brings the script, and the Command that runs it", async () => {
    const [finding] = await findings(envFileMode, [
      piped("sudo bash -s", carrier, { name: "bring" }),
      { name: "first-boot", create: "true\nsudo bash /srv/a.sh" },
    ]);
    expect(finding?.urn).toMatch(/::bring$/);
    expect(finding?.message).toContain("(stdin, line 6, run by «first-boot»)");
  });

  test("within one Command, its own line", async () => {
    const [finding] = await findings(envFileMode, [{ name: "one", create: `set -e\nsudo bash <<'S'\n:\n${open}\nS\n` }]);
    expect(finding).toMatchObject({ urn: expect.stringMatching(/::one$/) as string });
    expect(finding?.message).toContain("(create, line 4)");
  });

  test("a function of a sourced file, the file's line", async () => {
    const library = "# library\nsecure() {\n  chmod 644 /home/ddos/app/.env\n}\n";
    const [finding] = await findings(envFileMode, [
      piped("sudo tee /opt/lib.sh >/dev/null", library, { name: "library" }),
      { name: "use", create: "sudo bash -c '. /opt/lib.sh; secure'" },
    ]);
    expect(finding?.urn).toMatch(/::library$/);
    expect(finding?.message).toContain("(stdin, line 3, run by «use»)");
  });

  test("text put together on the host counts for the line that made it", async () => {
    const [finding] = await findings(envFileMode, [{ name: "one", create: `m=644\n:\nsudo bash <<S\n\nchmod $m ${ENV}\nS\n` }]);
    expect(finding?.message).toContain("(create, line 3)");
  });
});

describe("rules that look at a Command look at the scripts that it runs", () => {
  const bring = (text: string): Step => piped("sudo tee /opt/run.sh >/dev/null", text);

  test("each script has to be strict by itself", async () => {
    const two = piped(
      "sudo bash -s",
      `set -e\ncat >/opt/a.sh <<'S'\nset -e\n${closed}\nS\ncat >/opt/b.sh <<'S'\n${closed}\nsystemctl restart x\nS\n`,
    );
    expect(await verdicts(strictShell, [two, "set -e\nsudo bash /opt/a.sh"])).toEqual([]);
    expect(await verdicts(strictShell, [two, "set -e\nsudo bash /opt/a.sh\nsudo bash /opt/b.sh"])).toEqual(["violation"]);
  });

  test("a secret input that the script prints", async () => {
    const run = { create: "sudo bash /opt/run.sh", stdin: "SECRET_KEY=4f9a8b7c6d5e4f3a2b1c" };
    expect(await verdicts(output, [bring("cat\n"), run])).toEqual(["violation"]);
    expect(await verdicts(echoed, [bring("set -e\ncat\n"), run])).toEqual(["violation"]);
    expect(await verdicts(output, [bring("umask 077\ncat >/run/x\n"), run])).toEqual([]);
    expect(await verdicts(echoed, [bring("umask 077\ncat >/run/x\n"), run])).toEqual([]);
  });

  test("an unknown, unmarked input of a script that writes .env", async () => {
    const run = { name: "go", create: "sudo bash /opt/run.sh", inputs: { stdin: UNKNOWN } };
    expect(await verdicts(stdinSecret, [bring(`umask 077\ncat >${ENV}\n`), run])).toEqual(["unknown"]);
    expect(await verdicts(stdinSecret, [bring("cat >/run/x\n"), run])).toEqual([]);
  });
});
