/** Area F: what the set-up steps leave on a host. Each mutation adds a step at the end, or changes one that is there. */
import type { Handle, Program } from "../core/builder";
import { computed, fileAsset, secret } from "../core/builder";
import type { Mutation } from "./frame";

const REMOTE = "command:remote:Command";
const COPY = "command:remote:CopyToRemote";
const LOCAL = "command:local:Command";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c";
const PRIVATE = secret("not a real key");
const ENV = "/home/ddos/app/.env";
const QUIET = { logging: "none" };

const instance = (p: Program, role: "backend" | "gateway"): Handle => p.find("aws:ec2/instance:Instance", new RegExp(role));

const proxyOf = (p: Program): Record<string, unknown> => ({
  host: instance(p, "gateway").out("publicIp"),
  user: "ubuntu",
  hostKey: KEY,
  privateKey: PRIVATE,
});

const connection = (p: Program, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  host: instance(p, "backend").out("privateIp"),
  user: "ubuntu",
  hostKey: KEY,
  privateKey: PRIVATE,
  proxy: proxyOf(p),
  ...more,
});

/** A further step on the backend, after all that are there. */
function step(p: Program, inputs: Record<string, unknown> | string, name = "extra"): Handle {
  const given = typeof inputs === "string" ? { create: inputs } : inputs;
  return p.add(REMOTE, name, { connection: secret(connection(p)), create: "true", ...QUIET, ...given }, { dependsOn: p.findAll(REMOTE) });
}

/** A mutation that adds one step with this script. */
const script = (id: string, title: string, expect: Mutation["expect"], text: string, verdict?: Mutation["verdict"]): Mutation => ({
  id,
  title,
  expect,
  ...(verdict ? { verdict } : {}),
  apply: (p) => void step(p, text),
});

/** Edits the text of the script of one of the program's own steps: it is the here document of that step in what brings the scripts. */
function edit(p: Program, name: string, from: string, to: string): void {
  const [host = "", step = ""] = name.split("-");
  const found = p.find(REMOTE, `${host}-scripts`);
  const text = p.inputs(found).stdin as string;
  const script = new RegExp(`^script ${step}-[0-9a-f]{12}\\.sh .*<<'DDOS_SCRIPT'\\n[^]*?^DDOS_SCRIPT$`, "mu").exec(text)?.[0] ?? "";
  if (!script.includes(from)) throw new Error(`${name} has no «${from}»`);
  p.set(found, { stdin: text.replace(script, () => script.replaceAll(from, to)) });
}

const modes: Mutation[] = [
  script("F01", "install -m 644 .env", "env-file-mode", `sudo install -m 644 -o ddos -g ddos /tmp/env ${ENV}`),
  script("F01-640", "group may read", "env-file-mode", `sudo install -m 640 -o ddos -g ddos /tmp/env ${ENV}`),
  script("F01-default", "install without -m is 755", "env-file-mode", `sudo install -o ddos -g ddos /tmp/env ${ENV}`),
  {
    id: "F01-own",
    title: "the program's own release step with 644",
    expect: "env-file-mode",
    apply: (p) =>
      edit(
        p,
        "backend-release",
        'install -m 600 -o ddos -g ddos -- "/var/lib/ddos/env/$SETTINGS"',
        'install -m 644 -o ddos -g ddos -- "/var/lib/ddos/env/$SETTINGS"',
      ),
  },
  {
    id: "F01-update",
    title: "the update script differs",
    expect: "env-file-mode",
    apply: (p) => void step(p, { update: `sudo chmod 644 ${ENV}` }),
  },
  script("F02", "cp .env, no chmod", "env-file-mode", `sudo rm -f ${ENV}\nsudo cp /tmp/env ${ENV}\nsudo chown ddos:ddos ${ENV}`),
  script(
    "F02-tee",
    "tee under the usual umask",
    "env-file-mode",
    `set -e; sudo rm -f ${ENV}; curl -s https://vault.example/env | sudo tee ${ENV} >/dev/null; sudo chown ddos:ddos ${ENV}`,
  ),
  {
    id: "F02-copy",
    title: "CopyToRemote onto .env",
    expect: "env-file-mode",
    apply: (p) =>
      void p.add(COPY, "extra", {
        connection: secret(connection(p)),
        source: fileAsset("settings"),
        remotePath: "/home/ddos/app/.env.production",
      }),
  },
  script("F03", "chmod 600 first, g+r,o+r after", "env-file-mode", `sudo chmod 600 ${ENV}\nsudo chmod g+r,o+r ${ENV}`),
  script("F03-recursive", "a recursive chmod last", "env-file-mode", "sudo chmod -R 755 /home/ddos/app/"),
  script("F03-find", "find -type f -exec chmod 644", "env-file-mode", "sudo find /home/ddos/app/ -type f -exec chmod 644 {} +"),
  script("F03-branch", "in one branch only", "env-file-mode", `if [ "$(hostname)" = debug ]; then sudo chmod o+r ${ENV}; fi`),
  script("F03-acl", "an access list", "env-file-mode", `sudo setfacl -m u:www-data:r ${ENV}`),
  {
    id: "F03-loose",
    title: "a second step in no order",
    expect: "env-file-mode",
    apply: (p) => void p.add(REMOTE, "early", { connection: secret(connection(p)), create: `sudo chmod 644 ${ENV}`, ...QUIET }),
  },
  script("F11", "a file without chown", "home-ownership", "sudo install -m 644 /tmp/x.json /home/ddos/data/x.json"),
  script("F11-folder", "a folder that stays root's", "home-ownership", "sudo install -d -m 755 /home/ddos/static"),
  {
    id: "F11-own",
    title: "the program's own chown left out",
    expect: "home-ownership",
    apply: (p) => edit(p, "backend-release", 'chown -R ddos:ddos "$NEW/app"', ":"),
  },
  script("F12", "chown root:root", ["env-file-owner", "home-ownership"], "sudo chown -R root:root /home/ddos/app/"),
  script("F12-user", "only the user is changed", "env-file-owner", `sudo chown www-data ${ENV}`),
  script("F12-group", "chgrp", "env-file-owner", `sudo chgrp adm ${ENV}`),
  script("F13", ".py files 666", "code-file-mode", "sudo find /home/ddos/app/ -name '*.py' -exec chmod 666 {} \\;"),
  script("F13-x", ".py files 755", "code-file-mode", "for f in app.py utils.py; do sudo chmod 755 /home/ddos/app/ml_gateway/$f; done"),
  script("F13-w", "g+w, symbolic", "code-file-mode", "sudo chmod -R g+w /home/ddos/app/ml_gateway"),
  {
    id: "F13-own",
    title: "the program's own chmod of files",
    expect: "code-file-mode",
    apply: (p) =>
      edit(p, "backend-release", 'find "$NEW/app" -type f -exec chmod 644 {} +', 'find "$NEW/app" -type f -exec chmod 666 {} +'),
  },
  script("F14", "directories 777", "directory-mode", "sudo find /home/ddos -type d -exec chmod 777 {} +"),
  script("F14-mkdir", "mkdir -m", "directory-mode", "sudo mkdir -p -m 0777 /home/ddos/upload && sudo chown ddos:ddos /home/ddos/upload"),
  script(
    "F14-umask",
    "made under umask 000",
    "directory-mode",
    "umask 000; mkdir /home/ddos/upload; sudo chown ddos:ddos /home/ddos/upload",
  ),
  { id: "F16", title: "models step left out", expect: "models-read-only", apply: (p) => p.remove(p.find(REMOTE, "backend-models")) },
  script("F16-w", "models writable", "models-read-only", "sudo chmod -R u+w /home/ddos/models/"),
  script("F16-644", "a model with 644", "models-read-only", "sudo install -m 644 -o ddos -g ddos /tmp/m.pkl /home/ddos/models/m.pkl"),
  script(
    "F35",
    "written 644, then chmod 600",
    "secret-file-window",
    `sudo rm -f ${ENV}; aws ssm get-parameter --name env --query Parameter.Value --output text | sudo tee ${ENV} > /dev/null; sudo chmod 600 ${ENV}; sudo chown ddos:ddos ${ENV}`,
  ),
  {
    id: "F35-stage",
    title: "staged in /tmp, readable",
    expect: "secret-file-window",
    apply: (p) =>
      void step(p, { create: `cat > /tmp/env\nsudo install -m 600 -o ddos -g ddos /tmp/env ${ENV}\nrm /tmp/env`, stdin: secret("A=b") }),
  },
];

const runs: Mutation[] = [
  {
    id: "F08",
    title: "connection.hostKey missing",
    expect: "host-key-checked",
    apply: (p) => void step(p, { connection: secret(connection(p, { hostKey: undefined })) }),
  },
  {
    id: "F08-proxy",
    title: "the proxy's hostKey missing",
    expect: "host-key-checked",
    apply: (p) => void step(p, { connection: secret(connection(p, { proxy: { ...proxyOf(p), hostKey: undefined } })) }),
  },
  script("F08-ssh", "StrictHostKeyChecking=no", "host-key-checked", "ssh -o StrictHostKeyChecking=no ubuntu@10.0.1.4 true"),
  script(
    "F17-root",
    "unit without User=",
    "service-not-root",
    "sudo tee /etc/systemd/system/x.service >/dev/null <<'EOF'\n[Service]\nExecStart=/home/ddos/venv/bin/uvicorn app:app\nEOF",
  ),
  script(
    "F17-open",
    "uvicorn on all addresses",
    "application-on-loopback",
    "sudo tee /etc/systemd/system/x.service >/dev/null <<'EOF'\n[Service]\nUser=ddos\nExecStart=/home/ddos/venv/bin/uvicorn app:app --host 0.0.0.0 --port 8000\nEOF",
  ),
  {
    id: "F20",
    title: "connected by an address of the backend, no proxy",
    expect: "backend-through-bastion",
    apply: (p) =>
      void step(p, { connection: { host: instance(p, "backend").out("publicIp"), user: "ubuntu", privateKey: PRIVATE, hostKey: KEY } }),
  },
  {
    id: "F20-step",
    title: "one of the program's own steps",
    expect: "backend-through-bastion",
    apply: (p) => p.set(p.find(REMOTE, "backend-env"), { connection: secret(connection(p, { proxy: undefined })) }),
  },
  script("F23", "curl | sudo bash", "no-remote-code", "curl -fsSL https://get.example.com | sudo bash"),
  script("F23-proc", "bash <(curl)", "no-remote-code", "bash <(curl -fsSL https://get.example.com)"),
  script("F23-subst", 'sh -c "$(curl)"', "no-remote-code", 'sudo sh -c "$(wget -qO- https://get.example.com)"'),
  script(
    "F23-file",
    "fetched, then run",
    "no-remote-code",
    "curl -fsSLo /tmp/i.sh https://get.example.com && chmod +x /tmp/i.sh && sudo /tmp/i.sh",
  ),
  script("F23-python", "curl | python3", "no-remote-code", "curl -sSL https://install.example.org | python3 -"),
  script("F31-pipe", "the secret goes through a function to stdout", [], "true"),
  {
    id: "F33",
    title: "delete removes the models",
    expect: "delete-keeps-models",
    apply: (p) => void step(p, { delete: "sudo rm -rf /home/ddos/models" }),
  },
  {
    id: "F33-bucket",
    title: "delete empties the bucket",
    expect: "delete-keeps-models",
    apply: (p) => void step(p, { delete: "aws s3 rm --recursive s3://models/" }),
  },
  {
    id: "F33-home",
    title: "delete removes the user with the home",
    expect: "delete-keeps-models",
    apply: (p) => void step(p, { delete: "sudo userdel -r ddos" }),
  },
  {
    id: "F33-local",
    title: "a local Command does it",
    expect: "delete-keeps-models",
    apply: (p) => void p.add(LOCAL, "extra", { create: "true", delete: "aws s3 rb --force s3://models" }),
  },
  { id: "F36", title: "runs at preview", expect: "no-run-at-preview", apply: (p) => void step(p, { addPreviewOutput: true }) },
  script("F37", "the script in a variable", "host-setup-readable", 'sudo sh -c "$SETUP"', "unknown"),
  {
    id: "F37-unknown",
    title: "the whole script unknown",
    expect: "host-setup-readable",
    verdict: "unknown",
    apply: (p) => void step(p, { create: computed(instance(p, "backend")) }),
  },
  script("F37-eval", "eval of a file", "host-setup-readable", 'eval "$(sudo cat /opt/setup)"', "unknown"),
  script("F37-file", "a script nobody has shown", "host-setup-readable", "sudo bash /opt/setup.sh", "unknown"),
  {
    id: "F37-carrier",
    title: "what brings the scripts left out",
    expect: "host-setup-readable",
    verdict: "unknown",
    apply: (p) => p.remove(p.find(REMOTE, "backend-scripts")),
  },
  {
    id: "F37-stdin",
    title: "what brings the scripts not known",
    expect: "host-setup-readable",
    verdict: "unknown",
    apply: (p) => p.set(p.find(REMOTE, "backend-scripts"), { stdin: computed(instance(p, "backend")) }),
  },
  {
    id: "F37-other",
    title: "a step runs a script of another digest than the one that is brought",
    expect: "host-setup-readable",
    verdict: "unknown",
    apply: (p) => {
      const found = p.find(REMOTE, "backend-release");
      const text = p.inputs(found).create as string;
      p.set(found, { create: text.replace(/release-[0-9a-f]{12}\.sh/u, "release-0123456789ab.sh") });
    },
  },
  script(
    "F38-aws",
    "a rule by the CLI",
    "no-imperative-aws",
    "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 9000 --cidr 0.0.0.0/0",
  ),
  script(
    "F38-imds",
    "IMDSv1 by the CLI",
    "no-imperative-aws",
    "aws ec2 modify-instance-metadata-options --instance-id i-1 --http-tokens optional",
  ),
  script(
    "F38-boto",
    "boto3",
    "no-imperative-aws",
    "python3 - <<'EOF'\nimport boto3\nboto3.client('ec2').authorize_security_group_ingress(GroupId='sg-1')\nEOF",
  ),
  script(
    "F38-botocore",
    "botocore",
    "no-imperative-aws",
    "python3 - <<'EOF'\nimport botocore.session\nbotocore.session.get_session().create_client('ec2').authorize_security_group_ingress(GroupId='sg-1')\nEOF",
  ),
  script("F39", "curl -k", "tls-verified", "curl -k -o /tmp/x https://example.com/x"),
  script(
    "F40",
    "password login by sshd",
    "no-password-login",
    "echo 'PasswordAuthentication yes' | sudo tee /etc/ssh/sshd_config.d/90.conf >/dev/null",
  ),
  script("F41", "|| true behind chmod", "no-hidden-errors", `sudo chmod 600 ${ENV} || true`),
  script(
    "F42",
    "old TLS",
    "nginx-safe",
    "sudo tee /etc/nginx/conf.d/tls.conf >/dev/null <<'EOF'\nssl_protocols TLSv1 TLSv1.1 TLSv1.2;\nEOF",
  ),
];

const benign: Mutation[] = [
  {
    id: "Z04",
    title: "the .env steps with u=rw,go=",
    expect: [],
    apply: (p) => edit(p, "backend-release", "install -m 600 -o ddos", "install -m u=rw,go= -o ddos"),
  },
  script("Z04-chmod", "chmod u=rw,go=", [], `set -e\nsudo chmod u=rw,go= ${ENV}`),
  {
    id: "Z19",
    title: "the bastion by an Elastic IP that is associated with it",
    expect: [],
    apply: (p) => {
      const address = p.add("aws:ec2/eipAssociation:EipAssociation", "bastion", {
        allocationId: "eipalloc-1",
        instanceId: instance(p, "gateway").id,
      });
      const key = p.find(REMOTE, "backend-host-key");
      void step(p, { connection: secret(computed(instance(p, "backend"), address, key)) });
    },
  },
  script("Z20", "a comment names 644", [], `# sudo chmod 644 ${ENV}\necho "never chmod 644 ${ENV}"`),
  script("Z21", "an ordinary restart", [], "set -e; sudo systemctl restart ddos-backend && systemctl is-active ddos-backend"),
  script("Z22", "a backup to S3", [], "set -e; aws s3 cp /home/ddos/models/m.json s3://backup/m.json"),
  script(
    "Z23",
    "a checked download",
    [],
    `set -e; curl -fsSLo /tmp/i.sh https://get.example.com; echo "${"a".repeat(64)}  /tmp/i.sh" | sha256sum -c -; sudo bash /tmp/i.sh >/dev/null </dev/null`,
  ),
  script("Z24", "a health probe", [], "curl -fsS --retry 5 http://127.0.0.1:8000/health >/dev/null"),
  script(
    "Z25",
    "stricter modes",
    [],
    `set -e; sudo chmod 400 ${ENV}; sudo chmod 500 /home/ddos/data; sudo chmod 440 /home/ddos/app/ml_gateway/app.py`,
  ),
  script("Z26", "a folder of somebody else", [], "sudo install -d -m 1777 /var/tmp/scratch"),
];

export const mutations: Mutation[] = [...modes, ...runs.filter((m) => m.id !== "F31-pipe"), ...benign];
