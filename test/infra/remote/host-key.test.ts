/** The script that learns a host key, run as the Command does, with the network's programs replaced. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lacking, onPath, unless, describeUnless } from "../../needs";
import { ROOT } from "../evaluate";

const script = readFileSync(join(ROOT, "templates/steps/host-key.sh"), "utf8");
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c";

/** What the script uses besides those that the tests stand in for. */
const TOOLS = ["cat", "cut", "sed", "head", "tail", "tr", "wc", "date"];
const absent = TOOLS.map(lacking).find((reason) => reason !== undefined);
const withTools = unless(absent);

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "host-key-"));
  for (const name of TOOLS) symlinkSync(onPath(name) ?? name, join(bin, name));
  program("sleep", "exit 0");
});
afterEach(() => rmSync(bin, { recursive: true }));

function program(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** With no time to wait, unless it is given. */
function run(stdin: string, limit = 0): { status: number | null; stdout: string; stderr: string } {
  expect(script).toContain("\nlimit=80\n");
  return spawnSync("/bin/sh", ["-c", script.replace("limit=80", `limit=${limit}`)], {
    input: stdin,
    encoding: "utf8",
    env: { PATH: bin },
  });
}

const silent = (): void => {
  program("ssh-keyscan", "exit 1");
  program("ssh", 'echo "ssh: connect to host 203.0.113.9 port 22: Connection timed out" >&2; exit 255');
};

const sees = (address: string): void => program("curl", `case "$*" in *"-4 "*"--max-time 3 "*) echo "${address}" ;; *) exit 2 ;; esac`);

withTools("a key is printed alone", () => {
  program("ssh-keyscan", `echo "# 203.0.113.9:22 SSH-2.0-OpenSSH"; echo "203.0.113.9 ${KEY}"; echo "203.0.113.9 ssh-rsa AAAA"`);
  expect(run("203.0.113.9\n203.0.113.0/24\n")).toMatchObject({ status: 0, stdout: `${KEY}\n`, stderr: "" });
});

withTools("a server that is not up yet is waited for", () => {
  program("ssh-keyscan", `if [ -e "${bin}/asked" ]; then echo "h ${KEY}"; else : >"${bin}/asked"; fi`);
  expect(run("203.0.113.9\n", 60)).toMatchObject({ status: 0, stdout: `${KEY}\n` });
});

withTools("what is no address is asked of nobody", () => {
  program("ssh-keyscan", `: >"${bin}/asked"`);
  expect(run("-oProxyCommand=x\n").stderr).toMatch(/is not an address/);
  expect(run("-h\n").stderr).toMatch(/is not an address/);
  expect(run("$(reboot)\n").stderr).toMatch(/is not an address/);
});

describeUnless(absent)("nobody answers", () => {
  beforeEach(silent);

  test("the operator learns which address is not allowed, and what to do", () => {
    sees("198.51.100.7");
    const { status, stderr } = run("203.0.113.9\n203.0.113.0/24\n192.0.2.0/25\n");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^host-key: no SSH server answered at 203\.0\.113\.9:22 within \d+ s\. /);
    expect(stderr).toContain(
      "Your address is 198.51.100.7, and ml-gateway:gateway.sshFrom admits 203.0.113.0/24 192.0.2.0/25 only: add it",
    );
    expect(stderr).toContain("(pulumi config set --path 'gateway.sshFrom[2]' 198.51.100.7/32) and run again.\n");
  });

  test.each([
    ["203.0.113.255", "203.0.113.0/24", true],
    ["203.0.114.0", "203.0.113.0/24", false],
    ["198.51.100.7", "198.51.100.7/32", true],
    ["198.51.100.8", "198.51.100.7/32", false],
    ["255.255.255.255", "0.0.0.0/0", true],
    ["10.1.2.3", "10.0.0.0/15", true],
    ["10.2.0.0", "10.0.0.0/15", false],
  ])("%s in %s: %s", (address, block, admitted) => {
    sees(address);
    const { stderr } = run(`203.0.113.9\n${block}\n`);
    expect(stderr).toContain(admitted ? `admits your address, ${address}, so: has the instance booted` : `Your address is ${address}, and`);
  });

  test.each([
    ["an IPv6 answer", () => sees("2001:db8::7")],
    ["something else", () => sees("<html>1.2.3.4</html>")],
    ["five numbers", () => sees("1.2.3.4.5")],
    ["an error", () => program("curl", "exit 6")],
    ["no curl", () => undefined],
  ])("%s: the blocks are named", (_, prepare) => {
    prepare();
    expect(run("203.0.113.9\n203.0.113.0/24\n").stderr).toContain(
      "ml-gateway:gateway.sshFrom admits 203.0.113.0/24 only: is your address among them, and has the instance booted",
    );
  });

  test("on the gateway nobody's address is asked", () => {
    program("curl", `: >"${bin}/asked"`);
    expect(run("10.0.101.10\n").stderr).toContain("Does its security group admit 22 from gateway-sg, and has the instance booted");
    expect(readdirSync(bin)).not.toContain("asked");
  });
});

withTools("a refusal is distinguished from silence: the address is reached", () => {
  silent();
  program("ssh", 'echo "ssh: connect to host 203.0.113.9 port 22: Connection refused" >&2; exit 255');
  sees("198.51.100.7");
  const { status, stderr } = run("203.0.113.9\n203.0.113.0/24\n");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^host-key: 203\.0\.113\.9 refuses connections to port 22, .* has the instance booted/);
  expect(stderr).not.toContain("sshFrom");
});
