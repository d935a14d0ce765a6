/** Programs of ordinary administration that open, leak or lose something, and the same programs where they do not. */
import type { Finding } from "../../../policies/core/types";
import { policyOf } from "../core/policy-of";
import { GATEWAY, verdicts } from "./program";
import type { Step } from "./program";

const ENV = "/home/ddos/app/.env";
const SETUP = `set -eu\nsudo install -d -o ddos -g ddos /home/ddos/app\nsudo install -m 600 -o ddos -g ddos /dev/stdin ${ENV}\n`;
const SECRET = "SECRET_KEY=0f9e8d7c6b5a\n";
const after = (script: string): Step[] => [{ create: SETUP + script, stdin: SECRET, inputs: { logging: "none" } }];
const shown = (script: string): Step[] => [{ create: SETUP, stdin: SECRET, inputs: { logging: "none" } }, { create: script }];
const local = (create: string): Step[] => [{ type: "command:local:Command", create }];
const onGateway = (create: string): Step[] => [{ create, dependsOn: [GATEWAY] }];
const onDelete = (text: string): Step[] => [{ create: "true", delete: text }];

const edited = (...scripts: readonly string[]): string =>
  [
    "printf '[Service]\\nUser=ddos\\nExecStart=/home/ddos/venv/bin/uvicorn app:app --host 127.0.0.1\\n' | sudo tee /etc/systemd/system/api.service >/dev/null",
    ...scripts.map((script) => `sudo sed -i '${script}' /etc/systemd/system/api.service`),
  ].join("\n");

/** Two units of one name, and a drop-in that writes the file as their user. */
const hidden = [
  ["lib/systemd/system/api.service", "User=ddos"],
  ["etc/systemd/system/api.service", "User=root"],
  ["etc/systemd/system/api.service.d/20.conf", `ExecStartPre=/usr/bin/install -m 600 /dev/null ${ENV}`],
]
  .map(([path = "", line = ""]) => `printf '[Service]\\n${line}\\n' | sudo install -D -m 644 /dev/stdin /${path}`)
  .join("\n");

type Case = readonly [policy: string, verdict: Finding["verdict"] | "pass", script: string | Step[]];

const MODES: readonly Case[] = [
  [
    "env-file-mode",
    "violation",
    `f() { local OPTIND o mode=600; while getopts m:q o; do case $o in m) mode=$OPTARG ;; *) ;; esac; done; shift $((OPTIND - 1)); sudo chmod "$mode" "$1"; }; f -qm 644 ${ENV}`,
  ],
  [
    "env-file-mode",
    "pass",
    `f() { local OPTIND o mode=644; while getopts m:q o; do case $o in m) mode=$OPTARG ;; *) ;; esac; done; shift $((OPTIND - 1)); sudo chmod "$mode" "$1"; }; f -qm 600 ${ENV}`,
  ],
  ["env-file-mode", "violation", `echo "644 ${ENV}" | while read -r -a words; do sudo chmod "\${words[@]}"; done`],
  ["env-file-mode", "violation", `IFS=: read -ra words <<< "644:${ENV}"; sudo chmod "\${words[0]}" "\${words[1]}"`],
  ["env-file-mode", "pass", `echo "600 ${ENV}" | while read -r -a words; do sudo chmod "\${words[@]}"; done`],
  // Edits of a unit: the last one counts.
  ["service-not-root", "violation", edited("s/^User=.*/User=root/")],
  ["service-not-root", "violation", edited("s/^User=ddos$/User=0/")],
  ["service-not-root", "pass", edited("s/^User=.*/User=root/", "s/^User=.*/User=ddos/")],
  ["service-not-root", "pass", "sudo sed -i 's/^User=.*/User=root/' /etc/systemd/system/other.service"],
  ["service-not-root", "violation", edited("s/^User=.*/User=root/").replace("api.service >", '"$(cat /etc/role).service" >')],
  ["application-on-loopback", "violation", edited("s/--host 127\\.0\\.0\\.1/--host 0.0.0.0/")],
  ["application-on-loopback", "pass", edited("s/--host 127\\.0\\.0\\.1/--host ::1/; s/^User=.*/User=api/")],
  // A unit of /etc hides that of /lib.
  ["env-file-owner", "violation", hidden],
  // Arrays by key.
  [
    "env-file-mode",
    "violation",
    `declare -A m=([config.json]=644 [.env]=640); for k in "\${!m[@]}"; do sudo chmod "\${m[$k]}" "/home/ddos/app/$k"; done`,
  ],
  [
    "env-file-mode",
    "pass",
    `declare -A m=([config.json]=644 [.env]=600); for k in "\${!m[@]}"; do sudo chmod "\${m[$k]}" "/home/ddos/app/$k"; done`,
  ],
  [
    "host-setup-readable",
    "pass",
    `declare -A m=([config.json]=644 [.env]=600); for k in "\${!m[@]}"; do sudo chmod "\${m[$k]}" "/home/ddos/app/$k"; done`,
  ],
  ["env-file-mode", "violation", `declare -A m; m[env]=600; m["env"]=644; sudo chmod "\${m[env]}" ${ENV}`],
  ["env-file-mode", "violation", `f() { local -A m=([mode]=644); sudo chmod "\${m[mode]}" ${ENV}; }; f`],
  ["env-file-mode", "violation", `m=([2]=644 [0]=600); sudo chmod "\${m[2]}" ${ENV}`],
  ["env-file-mode", "violation", `m=(600 644); for i in "\${!m[@]}"; do sudo chmod "\${m[$i]}" ${ENV}; done`],
  ["env-file-mode", "unknown", `declare -A m=([a]=600 [b]=644); unset 'm[b]'; sudo chmod "\${m[b]:-600}" ${ENV}`],
  ["env-file-mode", "unknown", `declare -A m=([a]=600); m[$(hostname)]=644; sudo chmod "\${m[a]}" ${ENV}`],
  // Other languages.
  ["env-file-mode", "violation", `sudo python3 -c 'import os; p = "${ENV}"; os.chmod(p, 0o640)'`],
  ["env-file-mode", "violation", `sudo python3 -c 'import os, stat; os.chmod("${ENV}", stat.S_IRUSR | stat.S_IRGRP)'`],
  ["env-file-mode", "pass", `sudo python3 -c 'import os, stat; os.chmod("${ENV}", stat.S_IRUSR | stat.S_IWUSR)'`],
  ["env-file-mode", "unknown", `sudo python3 -c 'import os; p = "/tmp/x"; f = lambda p: os.chmod(p, 0o644); f("${ENV}")'`],
  [
    "env-file-mode",
    "violation",
    `sudo python3 - <<'P'\nimport os\nfor top, dirs, names in os.walk("/home/ddos"):\n    for d in dirs:\n        os.chmod(os.path.join(top, d), 0o755)\n    for n in names:\n        os.chmod(os.path.join(top, n), 0o644)\nP`,
  ],
  [
    "env-file-mode",
    "pass",
    `sudo python3 - <<'P'\nfrom pathlib import Path\nfor one in Path("/home/ddos/app").rglob("*.py"):\n    one.chmod(0o644)\nP`,
  ],
  [
    "env-file-mode",
    "unknown",
    `sudo python3 - <<'P'\nfrom pathlib import Path\nfor one in Path("/home/ddos/app").rglob("*.py"):\n    one.chmod(0o644)\n    one.parent.chmod(0o755)\nP`,
  ],
  [
    "env-file-mode",
    "violation",
    `sudo python3 -c 'import os, shutil; os.chmod("${ENV}", 0o600); shutil.copy("/etc/hosts", "${ENV}"); os.chmod("${ENV}", 0o644)'`,
  ],
  ["env-file-mode", "violation", `sudo ruby -e 'File.chmod(0644, "/etc/motd", "${ENV}")'`],
  ["env-file-mode", "pass", `sudo ruby -e 'require "fileutils"; FileUtils.chmod 0600, "${ENV}"'`],
  ["env-file-mode", "violation", `sudo php -r 'chmod("${ENV}", 0664);'`],
  ["env-file-mode", "violation", `sudo node -e 'require("fs").chmodSync("${ENV}", 0o644)'`],
  ["env-file-mode", "pass", `sudo perl -pi -e 's/^LOG_LEVEL=.*/LOG_LEVEL=info/' ${ENV}`],
  ["host-setup-readable", "pass", "sudo perl -i.bak -pe 's/^#?(SystemMaxUse)=.*/$1=200M/' /etc/systemd/journald.conf"],
  ["host-setup-readable", "unknown", "sudo perl -pi -e 's/(.*)/`$1`/e' /etc/systemd/journald.conf"],
  ["no-password-login", "violation", "sudo perl -pi -e 's/^PermitRootLogin .*/PermitRootLogin yes/' /etc/ssh/sshd_config"],
  ["env-file-mode", "violation", `touch /tmp/o; chmod 644 /tmp/o; sudo chmod --reference=/tmp/o ${ENV}`],
  ["env-file-mode", "pass", `touch /tmp/o; chmod 600 /tmp/o; sudo chmod --reference=/tmp/o ${ENV}`],
  ["env-file-mode", "unknown", `sudo chmod --reference=/opt/other ${ENV}`],
  ["env-file-mode", "violation", `touch /tmp/o; chmod 644 /tmp/o; sudo cp --attributes-only --preserve=mode /tmp/o ${ENV}`],
  ["env-file-mode", "pass", `touch /tmp/o; chmod 644 /tmp/o; sudo cp --attributes-only --preserve=timestamps /tmp/o ${ENV}`],
  ["env-file-owner", "pass", `touch /tmp/o; chmod 600 /tmp/o; sudo cp --attributes-only --preserve=mode /tmp/o ${ENV}`],
  ["env-file-owner", "violation", `touch /tmp/o; sudo cp --attributes-only --preserve=ownership /tmp/o ${ENV}`],
  ["env-file-owner", "violation", `touch /tmp/o; sudo cp --preserve=ownership /tmp/o ${ENV}`],
  ["env-file-owner", "violation", `sudo touch /root/o; sudo chown --reference=/root/o ${ENV}`],
  ["env-file-owner", "violation", `sudo touch /root/o; sudo chgrp --reference=/root/o ${ENV}; sudo chown root ${ENV}`],
  ["env-file-owner", "unknown", `sudo chown --reference=/opt/other ${ENV}`],
  ["env-file-owner", "pass", `sudo chown --reference=/home/ddos/app ${ENV}`],
  ["env-file-mode", "violation", `echo ${ENV} > >(xargs sudo chmod 644)`],
  ["env-file-mode", "violation", `printf '%s\n' ${ENV} | tee >(xargs sudo chmod 644) >/dev/null`],
  ["env-file-mode", "violation", `exec > >(xargs sudo chmod 644); echo ${ENV}`],
  ["env-file-mode", "pass", `exec > >(xargs sudo chmod 600); echo ${ENV}`],
  ["env-file-mode", "violation", `echo ${ENV} > /tmp/list; sudo xargs -a /tmp/list chmod 644`],
  ["env-file-mode", "violation", `sudo tar cf /dev/null --checkpoint=1 --checkpoint-action='exec=chmod 644 ${ENV}' /etc/hostname`],
  ["env-file-mode", "violation", `sudo ip netns exec blue chmod 644 ${ENV}`],
  ["env-file-mode", "violation", `sudo certbot renew --deploy-hook 'chmod 644 ${ENV}'`],
  ["env-file-mode", "violation", `sudo apt-get -o DPkg::Post-Invoke::='chmod 644 ${ENV}' install -y jq`],
  ["env-file-mode", "violation", `sudo psql -c '\\! chmod 644 ${ENV}'`],
  [
    "env-file-mode",
    "pass",
    "sudo certbot renew --deploy-hook 'systemctl reload nginx'; sudo tar -I zstd -cf /tmp/l.tzst /var/log/nginx; ip -br addr",
  ],
  [
    "env-file-mode",
    "unknown",
    `printf '[Service]\\nExecStart=/bin/chmod 644 %%f\\n' | sudo tee /etc/systemd/system/open@.service >/dev/null`,
  ],
  [
    "env-file-mode",
    "violation",
    `printf '[Service]\\nExecStart=/bin/chmod 644 %%f\\n' | sudo tee /etc/systemd/system/open@home-ddos-app-.env.service >/dev/null`,
  ],
  [
    "env-file-mode",
    "pass",
    `printf '[Service]\\nExecStart=/usr/bin/rsync -a %%h/x %%S/y\\n' | sudo tee /etc/systemd/system/copy.service >/dev/null`,
  ],
  ["host-setup-readable", "unknown", "sudo augtool -s set /files/etc/ssh/sshd_config/PasswordAuthentication yes"],
  ["host-setup-readable", "unknown", `sudo python3 -c 'import tarfile; tarfile.open("/tmp/x.tar").extract("f", "/home/ddos/models")'`],
  [
    "host-setup-readable",
    "pass",
    `python3 -c 'import joblib; joblib.load("/home/ddos/models/m.pkl"); print(open("/home/ddos/app/config.json").read())'`,
  ],
  ["models-read-only", "pass", "cd /home/ddos/models; sudo install -m 444 /tmp/m.pkl m.pkl; sudo chmod a-w ./*.pkl"],
];
const SECRETS: readonly Case[] = [
  [
    "script-output-keeps-secrets",
    "violation",
    shown(`p=$(systemctl show -p MainPID --value app); sudo cat "/proc/$p/environ" | tr '\\0' '\\n' | sort`),
  ],
  ["secret-in-arguments", "violation", `. ${ENV}; docker run -d -e "SECRET_KEY=$SECRET_KEY" worker`],
  [
    "secret-in-arguments",
    "pass",
    `. ${ENV}; [ -n "$SECRET_KEY" ]; say() { :; }; say "$SECRET_KEY"; docker run -d --env-file ${ENV} worker`,
  ],
  // One and the same line runs a function first, and the program of its name then.
  ["secret-in-arguments", "violation", `. ${ENV}; psql() { :; }; for i in 1 2; do psql "$SECRET_KEY"; unset -f psql; done`],
  ["secret-file-window", "violation", `sudo awk -F= '{print $1 > "/var/www/html/c.txt"}' ${ENV}`],
  [
    "secret-file-window",
    "pass",
    `key=$(sudo cat ${ENV}); printf 'k: %s' "$key" | sudo install -m 640 -o root -g dd-agent /dev/stdin /etc/datadog-agent/datadog.yaml`,
  ],
  [
    "secret-file-window",
    "violation",
    `key=$(sudo cat ${ENV}); printf 'k: %s' "$key" | sudo install -m 640 -o root -g www-data /dev/stdin /etc/app.yaml`,
  ],
  ["host-setup-readable", "unknown", "cd /home/ddos/app; git init -q; git add -A"],
  ["host-setup-readable", "pass", "cd /home/ddos/app; echo .env >.gitignore; git init -q; git add -A"],
  ["host-setup-readable", "unknown", "cd /home/ddos/app; sudo docker build -t app:1 ."],
  ["host-setup-readable", "pass", "cd /home/ddos/app; echo .env >.dockerignore; sudo docker build -t app:1 ."],
  ["secret-leaves-host", "violation", local(`scp -J ubuntu@198.51.100.7 ubuntu@10.0.1.5:${ENV} ./backend.env`)],
];
const CODE: readonly Case[] = [
  ["no-remote-code", "violation", "sudo npm install -g git+https://github.com/example/cli.git"],
  ["no-remote-code", "violation", "go install example.org/tool@latest"],
  [
    "no-remote-code",
    "pass",
    `npm ci --ignore-scripts; npm install -g pm2@5.4.2; npm i github:example/cli#${"a".repeat(40)}; cargo install ripgrep@14.1.0`,
  ],
  ["host-setup-readable", "unknown", "npx --yes some-tool"],
  ["host-setup-readable", "pass", "npx --yes some-tool@1.2.3; npx --no-install prisma migrate deploy"],
  [
    "host-setup-readable",
    "unknown",
    `/opt/v/bin/python -c 'import pickle, urllib.request as u; pickle.loads(u.urlopen("https://m.example.org/m").read())'`,
  ],
  ["host-setup-readable", "unknown", "cd /home/ddos/app && git fetch -q origin && git reset -q --hard origin/main"],
  ["host-setup-readable", "pass", `git -C /home/ddos/data/app fetch -q; cd /home/ddos/app && git checkout -q ${"a".repeat(40)}`],
];
const python = (code: string): string => `sudo python3 -c "import os, shutil; ${code}"`;
const written = (path: string, text: string): string => `printf '%s\\n' '${text}' | sudo tee ${path} >/dev/null`;
const UNCHECKED: readonly Case[] = [
  [
    "tls-verified",
    "violation",
    written("/etc/apt/sources.list.d/x.list", "deb [arch=amd64 trusted=yes] https://apt.example.org/u jammy main"),
  ],
  [
    "tls-verified",
    "violation",
    "sudo tee /etc/apt/sources.list.d/x.sources <<'E'\nTypes: deb\nURIs: https://apt.example.org/u\nTrusted: yes\nE",
  ],
  ["tls-verified", "violation", written("/etc/apt/apt.conf.d/99x", 'APT::Get::AllowUnauthenticated "true";')],
  ["tls-verified", "violation", written("/etc/apt/apt.conf.d/99x", 'Acquire::https::Verify-Peer "false";')],
  ["tls-verified", "violation", "sudo tee /etc/pip.conf >/dev/null <<'E'\n[global]\ntrusted-host = pypi.internal\nE"],
  ["tls-verified", "violation", written("~/.npmrc", "strict-ssl=false")],
  ["tls-verified", "violation", written("~/.curlrc", "insecure")],
  ["tls-verified", "violation", written("/etc/wgetrc", "check_certificate = off")],
  [
    "tls-verified",
    "pass",
    [
      written("/etc/apt/sources.list.d/x.list", "deb [signed-by=/etc/apt/keyrings/x.gpg] https://apt.example.org/u jammy main"),
      written("/etc/apt/apt.conf.d/99x", 'Acquire::https::Verify-Peer "true";'),
      written("/etc/pip.conf", "trusted-host = localhost"),
      written("~/.npmrc", "#strict-ssl=false"),
      written("~/.curlrc", "user-agent = x"),
    ].join("; "),
  ],
  ["env-file-mode", "violation", `touch /tmp/o; chmod 644 /tmp/o; ${python(`shutil.copy('/tmp/o', '${ENV}')`)}`],
  ["env-file-mode", "pass", `touch /tmp/o; chmod 600 /tmp/o; ${python(`shutil.copy2('/tmp/o', '${ENV}')`)}`],
  ["env-file-mode", "violation", `touch /tmp/o; chmod 644 /tmp/o; ${python(`os.replace('/tmp/o', '${ENV}')`)}`],
  ["env-file-owner", "violation", python(`shutil.chown('${ENV}', 'root')`)],
  ["env-file-owner", "pass", python(`shutil.chown('${ENV}', 'ddos', 'ddos')`)],
  ["env-file-owner", "violation", python(`shutil.chown('${ENV}', 'root'); shutil.chown('${ENV}', 'ddos'); shutil.chown('${ENV}', 'root')`)],
  ["home-ownership", "violation", python("shutil.copytree('/opt/release', '/home/ddos/app/more')")],
  ["host-setup-readable", "unknown", python("shutil.copytree('/opt/release', os.environ['TO'])")],
  ["secret-leaves-host", "violation", "cd /home/ddos && sudo zip -qr /tmp/s.zip app && scp -q /tmp/s.zip ops@10.0.1.12:/srv/"],
  ["secret-leaves-host", "violation", "sudo 7z a /tmp/s.7z /home/ddos/app; scp -q /tmp/s.7z ops@10.0.1.12:/srv/"],
  ["secret-leaves-host", "pass", "cd /home/ddos && sudo zip -qr /tmp/s.zip app -x 'app/.env*' && scp -q /tmp/s.zip ops@10.0.1.12:/srv/"],
  ["env-file-mode", "pass", "cd /home/ddos && sudo zip -qr /root/s.zip app"],
  [
    "service-not-root",
    "violation",
    `sudo mkdir -p /etc/systemd/system/api.service.d; ${written("/etc/systemd/system/api.service.d/o.conf", "User=root")}`,
  ],
  [
    "service-not-root",
    "pass",
    `sudo mkdir -p /etc/systemd/system/api.service.d; ${written("/etc/systemd/system/api.service.d/o.conf", "User=ddos")}`,
  ],
  [
    "service-not-root",
    "pass",
    `sudo mkdir -p /etc/systemd/system/nginx.service.d; ${written("/etc/systemd/system/nginx.service.d/o.conf", "User=root")}`,
  ],
  ["gateway-forwards-only-by-nginx", "violation", onGateway(written("/etc/rinetd.conf", "0.0.0.0 8443 10.0.101.10 9000"))],
  [
    "gateway-forwards-only-by-nginx",
    "violation",
    onGateway("sudo tee -a /etc/haproxy/haproxy.cfg <<'E'\nfrontend raw\n bind *:8443\nbackend ml\n server b1 10.0.101.10:9000\nE"),
  ],
  [
    "gateway-forwards-only-by-nginx",
    "pass",
    onGateway("sudo tee -a /etc/haproxy/haproxy.cfg <<'E'\nglobal\n stats socket unix:/run/h.sock\n# server b1 10.0.101.10:9000\nE"),
  ],
];
const GUARDS: readonly Case[] = [
  ["host-setup-readable", "unknown", "sudo ufw disable"],
  ["host-setup-readable", "unknown", "if ufw status; then sudo ufw --force reset; else sudo ufw --force enable; fi"],
  ["host-setup-readable", "unknown", "sudo ufw --force enable; sudo ufw --force reset"],
  ["host-setup-readable", "unknown", "sudo sed -i s/ENABLED=yes/ENABLED=no/ /etc/ufw/ufw.conf"],
  ["host-setup-readable", "pass", "sudo ufw disable; sudo ufw allow from 10.0.1.0/24 to any port 22 proto tcp; sudo ufw --force enable"],
  ["host-setup-readable", "unknown", "sudo systemctl mask --now unattended-upgrades.service"],
  ["host-setup-readable", "unknown", "sudo apt-get purge -y auditd"],
  [
    "host-setup-readable",
    "unknown",
    "sudo mkdir -p /etc/systemd/journald.conf.d; printf '[Journal]\\nStorage=none\\n' | sudo tee /etc/systemd/journald.conf.d/n.conf >/dev/null",
  ],
  [
    "host-setup-readable",
    "pass",
    "sudo systemctl stop unattended-upgrades; sudo ufw default deny incoming; sudo systemctl disable --now snapd; printf '[Journal]\\nStorage=persistent\\n' | sudo tee /etc/systemd/journald.conf.d/n.conf >/dev/null",
  ],
  ["host-setup-readable", "pass", `echo '-w ${ENV} -p wa -k env' | sudo tee /etc/audit/rules.d/env.rules >/dev/null`],
  ["service-not-root", "violation", "sudo systemd-run --unit=api2 /opt/v/bin/python -m uvicorn app:app"],
  ["service-not-root", "pass", "sudo systemd-run --uid=ddos --unit=api2 /opt/v/bin/python -m uvicorn app:app"],
  ["service-not-root", "violation", "sudo systemd-run -p User=ddos -p User=root --unit=api2 /opt/v/bin/python -m uvicorn app:app"],
  ["service-not-root", "pass", "sudo systemd-run --property=User=root -p User=ddos --unit=api2 /opt/v/bin/python -m uvicorn app:app"],
  ["service-not-root", "pass", "sudo systemd-run -p User=ddos --unit=api2 /opt/v/bin/python -m uvicorn app:app"],
];
const DOORS: readonly Case[] = [
  ["host-setup-opens-no-tunnel", "violation", "sudo ip link add wg0 type wireguard"],
  ["host-setup-opens-no-tunnel", "violation", "sudo wg set wg0 peer x endpoint vpn.example.org:51820"],
  ["host-setup-opens-no-tunnel", "violation", "sudo systemctl enable --now wg-quick@wg0"],
  ["host-setup-opens-no-tunnel", "violation", "docker run -d cloudflare/cloudflared:2025.1.0 tunnel run"],
  ["host-setup-opens-no-tunnel", "violation", "npx --yes localtunnel --port 9000"],
  [
    "host-setup-opens-no-tunnel",
    "pass",
    "sudo ip link set eth0 mtu 9001; sudo wg show; sudo systemctl enable --now nginx; docker run -d library/redis; npx --yes localize@1.0.0",
  ],
  [
    "application-on-loopback",
    "violation",
    `sudo mkdir -p /opt/api; printf 'services:\\n  a:\\n    ports: ["8000:8000"]\\n' | sudo tee /opt/api/compose.yaml >/dev/null`,
  ],
  [
    "application-on-loopback",
    "violation",
    `sudo mkdir -p /opt/api; printf 'services:\\n  a:\\n    ports:\\n      - target: 8000\\n        published: 80\\n' | sudo tee /opt/api/compose.yaml >/dev/null`,
  ],
  [
    "application-on-loopback",
    "pass",
    `sudo mkdir -p /opt/api; printf 'services:\\n  a:\\n    ports: ["127.0.0.1:8000:8000", {target: 8000, published: 8000, host_ip: 127.0.0.1}]\\n' | sudo tee /opt/api/compose.yaml >/dev/null`,
  ],
  ["application-on-loopback", "violation", `echo 'bind = "0.0.0.0:8000"' | sudo tee /home/ddos/app/gunicorn.conf.py >/dev/null`],
  ["application-on-loopback", "unknown", `echo 'bind = f"{HOST}:8000"' | sudo tee /home/ddos/app/gunicorn.conf.py >/dev/null`],
  [
    "application-on-loopback",
    "pass",
    `echo 'bind = ["127.0.0.1:8000", "unix:/run/a.sock"]' | sudo tee /home/ddos/app/gunicorn.conf.py >/dev/null`,
  ],
  [
    "nginx-safe",
    "violation",
    "echo 'stream { server { listen 9000; proxy_pass 10.0.1.5:9000; } }' | sudo tee /etc/nginx/modules-enabled/9.conf >/dev/null",
  ],
];
const LOSSES: readonly Case[] = [
  ["delete-keeps-models", "violation", onDelete("mkdir -p /tmp/e; sudo rsync -a --delete /tmp/e/ /home/ddos/models/")],
  ["delete-keeps-models", "violation", onDelete("sudo cp /dev/null /home/ddos/models/m.pkl")],
  ["delete-keeps-models", "violation", onDelete(`sudo python3 -c 'import shutil; shutil.rmtree("/home/ddos/models")'`)],
  ["delete-keeps-models", "pass", onDelete("sudo systemctl disable --now app; sudo rm -f /etc/systemd/system/app.service")],
];
/** What a local Command does to hosts from where it runs. */
const FROM_HERE: readonly Case[] = [
  ["host-setup-readable", "unknown", local("ansible-playbook -i '10.0.1.5,' site.yml")],
  ["host-setup-readable", "unknown", local(`python3 -c "import subprocess; subprocess.run(['ssh', 'h', 'sudo chmod 644 ${ENV}'])"`)],
  ["host-setup-readable", "unknown", local(`ssh ubuntu@10.0.1.5 sudo chmod 644 ${ENV}`)],
  ["host-setup-readable", "pass", local("ansible-playbook --syntax-check site.yml; npm ci; npx tsc; ssh ubuntu@10.0.1.5 uptime")],
];

test.each([...MODES, ...UNCHECKED, ...SECRETS, ...CODE, ...GUARDS, ...DOORS, ...LOSSES, ...FROM_HERE])(
  "%s: %s: %j",
  async (id, verdict, script) => {
    const found = await verdicts(policyOf(id), typeof script === "string" ? after(script) : script);
    expect(found).toEqual(verdict === "pass" ? [] : expect.arrayContaining([verdict]));
  },
);
