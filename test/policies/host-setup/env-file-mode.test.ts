import { UNKNOWN } from "../../../policies/core/types";
import { policy } from "../../../policies/rules/host-setup/env-file-mode";
import { program, settings, verdicts } from "./program";
import type { Step } from "./program";

const ENV = "/home/ddos/app/.env";
type Case = readonly [string, readonly (Step | string)[]];

const clean: readonly Case[] = [
  ["install -m 600", [`sudo install -m 600 -o ddos -g ddos /dev/stdin ${ENV}`]],
  ["long options", [`sudo -n install --mode=0600 --owner=ddos --group=ddos /tmp/x ${ENV}`]],
  ["symbolic with =", [`sudo install -m u=rw,go= /tmp/x ${ENV}`]],
  ["stricter", [`sudo install -m 400 /tmp/x ${ENV}`]],
  ["umask 077 and cat", [`umask 077\ncat > ${ENV}`]],
  ["umask in a subshell", [`(umask 077; cat > ${ENV})`]],
  ["symbolic umask", [`umask u=rwx,go=\ncat > ${ENV}`]],
  ["chmod last", [`sudo tee ${ENV} >/dev/null\nsudo chmod 644 ${ENV}\nsudo chmod 0600 ${ENV}`]],
  ["go-rwx after 644", [`install -m 644 /dev/stdin ${ENV}; chmod go-rwx ${ENV}`]],
  ["mktemp and mv", [`tmp=$(mktemp /home/ddos/app/.env.XXXXXX)\ncat > "$tmp"\nchown ddos:ddos "$tmp"\nmv -f "$tmp" ${ENV}`]],
  ["variables", [`DIR=/home/ddos/app\nF="$DIR/.env"\nM=\${MODE:-600}\nsudo install -m "$M" /dev/stdin "$F"`]],
  ["cd first", ["cd /home/ddos/app && umask 077 && cat > .env"]],
  ["function", [`put() { local mode=$1 target=$2; install -m "$mode" /dev/stdin "$target"; }\nput 600 ${ENV}`]],
  ["bash -c", [`sudo bash -c 'umask 077; cat > ${ENV}'`]],
  ["script by here document", [`sudo bash -s <<'EOF'\nset -e\ninstall -m 600 /tmp/x ${ENV}\nEOF`]],
  ["script file written before", [`cat > /tmp/s.sh <<'EOF'\nchmod 600 ${ENV}\nEOF\nsudo cp /tmp/e ${ENV}\nsudo bash /tmp/s.sh`]],
  ["comment does not count", [`sudo install -m 600 /tmp/x ${ENV} # chmod 644 ${ENV}`]],
  ["string does not count", [`sudo install -m 600 /tmp/x ${ENV}\necho "now chmod 644 ${ENV}"`]],
  ["function that is not called", [`loosen() { chmod 644 ${ENV}; }\nsudo install -m 600 /tmp/x ${ENV}`]],
  ["the next Command fixes it", [`sudo cp /tmp/x ${ENV}`, `sudo chmod 600 ${ENV}`]],
  ["recursive chmod before", ["sudo chmod -R 755 /home/ddos", `sudo install -m 600 /tmp/x ${ENV}`]],
  ["a+rX on another folder", [`sudo install -m 600 /tmp/x ${ENV}`, "sudo chmod -R a+rX /home/ddos/static"]],
  ["find without the file", [`sudo install -m 600 /tmp/x ${ENV}`, "find /home/ddos -name '*.py' -exec chmod 644 {} +"]],
  ["an example file", [`sudo install -m 600 /tmp/x ${ENV}`, "install -m 644 x /home/ddos/app/.env.example"]],
  ["if both ways are right", [`if [ -f ${ENV} ]; then chmod 600 ${ENV}; else install -m 600 /dev/null ${ENV}; fi`]],
  ["dead branch", [`install -m 600 x ${ENV}; if false; then chmod 644 ${ENV}; fi`]],
  ["failure leaves", [`install -m 600 x ${ENV} || { chmod 644 ${ENV}; exit 1; }`]],
  ["link to a release", [`ln -sfn /home/ddos/releases/7 /home/ddos/app\ninstall -m 600 x ${ENV}`]],
  [
    "unknown release id",
    ['id=$(cat /tmp/id)\numask 077\ncat > "/home/ddos/releases/$id/.env"\nln -sfn "/home/ddos/releases/$id" /home/ddos/app'],
  ],
  ["wrappers", [`sudo -n timeout -k 5 60 env LANG=C nice -n 5 nohup setsid install -m 600 x ${ENV}`]],
  ["flock", [`flock /run/l -c 'install -m 600 x ${ENV}'`]],
  ["runuser", [`umask 077; runuser -u ddos -- tee ${ENV} >/dev/null`]],
  [
    "ordinary programs are not suspicious",
    [`install -m 600 x ${ENV}`, "sudo apt-get install -y nginx && /home/ddos/venv/bin/pip install -r r.txt && sudo systemctl restart x"],
  ],
  ["python", [`cat > ${ENV}; python3 -c 'import os; os.chmod("${ENV}", 0o600)'`]],
  ["decoded script", [`echo ${Buffer.from(`install -m 600 x ${ENV}`).toString("base64")} | base64 -d | sudo bash`]],
  ["sed -i keeps the mode", [`install -m 600 x ${ENV}; sed -i s/a/b/ ${ENV}`]],
  ["no file at all", ["sudo apt-get update"]],
];

const violating: readonly Case[] = [
  ["install -m 644", [`sudo install -m 644 -o ddos -g ddos /dev/stdin ${ENV}`]],
  ["install without a mode", [`sudo install /dev/stdin ${ENV}`]],
  ["cp without chmod", [`sudo cp /tmp/.env ${ENV}`]],
  ["cp into the folder", ["sudo cp /tmp/.env /home/ddos/app/"]],
  ["tee", [`sudo tee ${ENV} >/dev/null`]],
  ["here document", [`cat > ${ENV} <<EOF\nA=1\nEOF`]],
  ["loosened after", [`chmod 600 ${ENV}`, `chmod g+r,o+r ${ENV}`]],
  ["640", [`install -m 640 x ${ENV}`]],
  ["u=rw,g=r,o=", [`install -m u=rw,g=r,o= x ${ENV}`]],
  ["+r with the usual umask", [`install -m 600 x ${ENV}; chmod +r ${ENV}`]],
  ["recursive chmod after", [`install -m 600 x ${ENV}`, "sudo chmod -R 755 /home/ddos"]],
  ["recursive a+rX after", [`install -m 600 x ${ENV}`, "sudo chmod -R a+rX /home/ddos/app"]],
  ["find -type f after", [`install -m 600 x ${ENV}`, "sudo find /home/ddos/app -type f -exec chmod 644 {} \\;"]],
  ["find | xargs", [`install -m 600 x ${ENV}`, "find /home/ddos -type f -print0 | xargs -0 sudo chmod 644"]],
  ["glob with dotfiles", [`install -m 600 x ${ENV}`, "chmod 644 /home/ddos/app/.*"]],
  ["loop", [`install -m 600 x ${ENV}`, `for f in .env app.py; do chmod 644 "/home/ddos/app/$f"; done`]],
  ["brace", [`install -m 600 x ${ENV}`, "chmod 644 /home/ddos/app/{.env,app.py}"]],
  ["one branch", [`install -m 600 x ${ENV}; if [ "$DEBUG" = 1 ]; then chmod 644 ${ENV}; fi`]],
  ["case", [`install -m 600 x ${ENV}; case "$(hostname)" in dev*) chmod 666 ${ENV};; esac`]],
  ["mode in a variable", [`M=644; install -m $M x ${ENV}`]],
  ["mode from an array", [`modes=(600 644)\ninstall -m "\${modes[1]}" x ${ENV}`]],
  ["eval", [`eval "install -m 644 x ${ENV}"`]],
  ["umask set too late", [`cat > ${ENV}; umask 077`]],
  ["umask in another subshell", [`(umask 077); cat > ${ENV}`]],
  ["update differs", [{ create: `install -m 600 x ${ENV}`, update: `install -m 644 x ${ENV}` }]],
  ["through a link", [`install -m 600 x ${ENV}; ln -s ${ENV} /tmp/e; chmod 644 /tmp/e`]],
  ["cp -p of a readable file", [`install -m 644 x /tmp/e; cp -p /tmp/e ${ENV}`]],
  ["mv of a readable file", [`cat > /tmp/e; mv /tmp/e ${ENV}`]],
  ["--reference", [`install -m 644 x /tmp/e; install -m 600 x ${ENV}; chmod --reference=/tmp/e ${ENV}`]],
  ["setfacl", [`install -m 600 x ${ENV}; setfacl -m o::r ${ENV}`]],
  ["decoded script", [`echo ${Buffer.from(`install -m 644 x ${ENV}`).toString("base64")} | base64 --decode | sudo bash`]],
  ["dd", [`dd of=${ENV}`]],
  ["python", [`install -m 600 x ${ENV}; python3 - <<'EOF'\nimport os\nos.chmod("${ENV}", 0o644)\nEOF`]],
  ["CopyToRemote", [{ type: "command:remote:CopyToRemote", inputs: { remotePath: ENV, localPath: ".env" } }]],
  [
    "two steps in no order",
    [
      { name: "a", create: `sudo install -m 600 x ${ENV}` },
      { name: "b", create: `sudo chmod 644 ${ENV}`, after: [] },
    ],
  ],
  [
    "two steps in no order, the other way round",
    [
      { name: "a", create: `sudo chmod 644 ${ENV}` },
      { name: "b", create: `sudo chmod 600 ${ENV}`, after: [] },
    ],
  ],
  ["curl", [`curl -o ${ENV} https://vault.example/env`]],
  ["tmp file kept", ["cat > /home/ddos/app/.env.new", `install -m 600 /home/ddos/app/.env.new ${ENV}`]],
];

const open: readonly Case[] = [
  ["script in a variable", ['sudo sh -c "$SCRIPT"']],
  ["script in a variable after", [`install -m 600 x ${ENV}`, 'sudo bash -c "$EXTRA"']],
  ["eval of an unknown text", [`install -m 600 x ${ENV}; eval "$(cat /opt/x)"`]],
  ["unknown mode", [`install -m "$MODE" x ${ENV}`]],
  ["unknown path", [`install -m 600 x ${ENV}`, 'chmod 644 "$TARGET"']],
  ["unknown script", [`install -m 600 x ${ENV}`, "bash /opt/setup.sh"]],
  ["unknown command", [`install -m 600 x ${ENV}`, "$RUN_ME now"]],
  ["remote script", [`install -m 600 x ${ENV}`, "curl -s https://x.example/i | sh"]],
  ["unknown create", [{ inputs: { create: UNKNOWN } }]],
  ["moved from nowhere", [`mv /tmp/mystery.env ${ENV}`]],
];

test.each(clean)("passes: %s", async (_, steps) => {
  expect(await verdicts(policy, steps)).toEqual([]);
});

test.each(violating)("violates: %s", async (_, steps) => {
  expect(await verdicts(policy, steps)).toEqual(["violation"]);
});

test.each(open)("cannot tell: %s", async (_, steps) => {
  expect(await verdicts(policy, steps)).toEqual(["unknown"]);
});

test("user data counts, plain and encoded, script and cloud-config", async () => {
  const script = `#!/bin/bash\ninstall -m 644 x ${ENV}\n`;
  const config = `#cloud-config\nwrite_files:\n  - path: ${ENV}\n    permissions: "0640"\n    content: A=1\n`;
  expect(await verdicts(policy, [], { userData: script })).toEqual(["violation"]);
  expect(await verdicts(policy, [], { userDataBase64: Buffer.from(script).toString("base64") })).toEqual(["violation"]);
  expect(await verdicts(policy, [], { userData: config })).toEqual(["violation"]);
  expect(await verdicts(policy, [`sudo chmod 600 ${ENV}`], { userData: config })).toEqual([]);
  expect(await verdicts(policy, [], { userData: UNKNOWN })).toEqual(["unknown"]);
});

describe("other forms of user data", () => {
  const config = (mode: string): string =>
    `#cloud-config\nwrite_files:\n  - path: ${ENV}\n    permissions: "${mode}"\n    owner: ddos:ddos\n    content: "{{ v1.instance_id }}"\n`;
  const archive = (...parts: readonly object[]): string => `#cloud-config-archive\n${JSON.stringify(parts)}\n`;
  test.each([
    ["a template", `## template: jinja\n${config("0644")}`, ["violation"]],
    ["a template that keeps to itself", `## template: jinja\n${config("0600")}`, []],
    ["a template with a condition", `## template: jinja\n${config("0600")}{% if x %}runcmd: [true]{% endif %}\n`, ["unknown"]],
    ["a template of a template", `## template: jinja\n## template: jinja\n${config("0600")}`, ["unknown"]],
    [
      "an archive",
      archive({ type: "text/cloud-config", content: config("0600") }, { type: "text/x-shellscript", content: `chmod 644 ${ENV}` }),
      ["violation"],
    ],
    [
      "an archive that keeps to itself",
      archive({ content: config("0600") }, { content: "#!/bin/bash\ntimedatectl set-timezone UTC\n" }),
      [],
    ],
    ["a part of another format", archive({ content: config("0600") }, { type: "text/x-include-url", content: "http://x" }), ["unknown"]],
    ["an archive of none", "#cloud-config-archive\npackages: [jq]\n", ["unknown"]],
  ])("%s", async (_, userData, expected) => {
    expect(await verdicts(policy, [], { userData })).toEqual(expected);
  });
});

test("a file behind a link is named by both paths: the one on the disk, and the one that the script writes", async () => {
  const steps = [`sudo ln -sfn /home/ddos/releases/7 /home/ddos/app\nsudo install -m 644 x ${ENV}`];
  const [finding, ...rest] = await policy.evaluate(program(steps), settings);
  expect(rest).toEqual([]);
  expect(finding?.message).toContain(`/home/ddos/releases/7/.env (also ${ENV}) ends with mode 0644`);
  const [plain] = await policy.evaluate(program([`sudo install -m 644 x ${ENV}`]), settings);
  expect(plain?.message).toContain(`${ENV} ends with mode 0644`);
});
