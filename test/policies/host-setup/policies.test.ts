/** Each policy of the area on other people's scripts: what it has to flag, what it has to leave alone, what nobody can tell. */
import type { Policy } from "../../../policies/core/types";
import { policies } from "../../../policies/rules/host-setup";
import { BACKEND, GATEWAY, verdicts } from "./program";
import type { Step } from "./program";

type Steps = readonly (Step | string)[];
interface Table {
  readonly bad: Readonly<Record<string, Steps>>;
  readonly good: Readonly<Record<string, Steps>>;
  readonly open?: Readonly<Record<string, Steps>>;
}

const ENV = "/home/ddos/app/.env";
const unit = (lines: string): string => `sudo tee /etc/systemd/system/api.service >/dev/null <<'EOF'\n[Service]\n${lines}\nEOF\n`;
const SERVICE = unit("User=ddos\nExecStart=/home/ddos/venv/bin/uvicorn app:app --host 127.0.0.1");
const dropIn = (lines: string): string =>
  `sudo mkdir -p /etc/systemd/system/api.service.d\nsudo tee /etc/systemd/system/api.service.d/20.conf >/dev/null <<'EOF'\n[Service]\n${lines}\nEOF\n`;
const START = "/home/ddos/venv/bin/uvicorn app:app";

const onGateway = (create: string): Step => ({ create, dependsOn: [GATEWAY] });
const local = (create: string): Step => ({ type: "command:local:Command", create });
const FORWARD = `cat > /tmp/r.nft <<'EOF'\ntable ip d {\n chain p {\n  type nat hook prerouting priority -100;\n  tcp dport 8443 dnat to 10.0.101.7:9000\n }\n}\nEOF\n`;

const tables: Readonly<Record<string, Table>> = {
  "env-file-owner": {
    bad: {
      "written by the login user": [`umask 077; cat > ${ENV}`],
      "written by root": [`sudo install -m 600 x ${ENV}`],
      "chown to root at the end": [`sudo install -m 600 -o ddos -g ddos x ${ENV}`, "sudo chown -R root: /home/ddos"],
      "wrong group": [`sudo install -m 600 -o ddos -g www-data x ${ENV}`],
      "sudo -u somebody": [`sudo -u www-data tee ${ENV}`],
    },
    good: {
      install: [`sudo install -m 600 -o ddos -g ddos x ${ENV}`],
      "chown user:": [`sudo install -m 600 x ${ENV}; sudo chown ddos: ${ENV}`],
      "two commands": [`sudo install -m 600 x ${ENV}; sudo chown ddos ${ENV} && sudo chgrp ddos ${ENV}`],
      "as the user": [`sudo -u ddos bash -c 'umask 077; cat > ${ENV}'`],
      "recursive chown": [`sudo install -m 600 x ${ENV}`, "sudo chown -R ddos:ddos /home/ddos"],
      runuser: [`umask 077; runuser -u ddos -- tee ${ENV} >/dev/null`],
    },
    open: { "owner in a variable": [`sudo install -m 600 -o "$OWNER" -g "$OWNER" x ${ENV}`] },
  },
  "secret-file-window": {
    bad: {
      "chmod after": [{ create: `cat > ${ENV}; chmod 600 ${ENV}`, stdin: "A=b" }],
      "tee then chmod": [`echo "$X" | sudo tee ${ENV} >/dev/null && sudo chmod 600 ${ENV}`],
      "install 644 first": [`sudo install -m 644 x ${ENV}; sudo chmod 600 ${ENV}`],
      "readable copy": [{ create: `cat > /tmp/staged\nsudo install -m 600 /tmp/staged ${ENV}`, stdin: "A=b" }],
      "CopyToRemote, then chmod": [
        { type: "command:remote:CopyToRemote", inputs: { remotePath: ENV, localPath: "x" } },
        `sudo chmod 600 ${ENV}`,
      ],
      "backup copy": [`sudo install -m 600 x ${ENV}; sudo install -m 644 ${ENV} /var/backups/env`],
      "deciphered where Pulumi runs": [local("sops --decrypt secrets/dev.enc.env > ../.env")],
      "out of a store, where Pulumi runs": [local("pulumi config get envFile | tee dev.env >/dev/null")],
      "by a variable, where Pulumi runs": [local('k=$(vault kv get -field=key secret/x); echo "$k" > key.txt')],
    },
    good: {
      "umask first": [{ create: `umask 077; cat > ${ENV}`, stdin: "A=b" }],
      "deciphered under a mask": [local("umask 077; sops -d secrets/dev.enc.env > ../.env")],
      "a file of Pulumi's machine that is not known": [local("cp config/.env.dev .env; cat .env > out.env")],
      "what a store says of others": [local("pulumi stack output url > url.txt; pulumi config get aws:region > region")],
      "made empty first": [{ create: `install -m 600 /dev/null ${ENV}; cat > ${ENV}`, stdin: "A=b" }],
      "touch and chmod first": [{ create: `touch ${ENV}; chmod 600 ${ENV}; cat > ${ENV}`, stdin: "A=b" }],
      "staged by mktemp": [{ create: `t=$(mktemp); cat > "$t"; sudo install -m 600 "$t" ${ENV}; rm -f "$t"`, stdin: "A=b" }],
      "staged in a closed folder": [
        { create: `install -d -m 700 /tmp/s; cat > /tmp/s/env; sudo install -m 600 /tmp/s/env ${ENV}`, stdin: "A=b" },
      ],
      "mv within": [{ create: `umask 077; cat > ${ENV}.new; mv ${ENV}.new ${ENV}`, stdin: "A=b" }],
      "an example file": [`echo "SECRET_KEY=" > ${ENV}.example`],
      "a file with settings": ["echo LOG_LEVEL=info > /etc/default/app.env"],
    },
  },
  "code-file-mode": {
    bad: {
      "chmod 666": ["chmod 666 /home/ddos/app/ml_gateway/*.py"],
      "go+w": ["sudo chmod -R go+w /home/ddos/app"],
      "777 on all": ["sudo chmod -R 777 /home/ddos"],
      "install 755": ["install -m 755 app.py /home/ddos/app/app.py"],
      "umask 000": ["umask 000; cp -r src /home/ddos/app; touch /home/ddos/app/x.py"],
      "later folder": ["find /home/ddos -name '*.py' -exec chmod 644 {} +", "find /home/ddos/app/utils -name '*.py' | xargs chmod 664"],
      "config writable": ["install -m 666 config.json /home/ddos/app/config.json"],
    },
    good: {
      find: ["sudo find /home/ddos/app -name '*.py' -exec chmod 644 {} +"],
      "X for folders": ["sudo chmod -R u=rwX,go=rX /home/ddos/app"],
      stricter: ["sudo chmod 600 /home/ddos/app/app.py"],
      "checkout only": ["git clone https://x.example/y /home/ddos/app"],
      "archive only": ["sudo tar xzf /tmp/a.tgz -C /home/ddos/app"],
      "755 then fixed": ["chmod -R 755 /home/ddos", "find /home/ddos -type f -exec chmod 644 {} +"],
      "the virtual environment": ["chmod 755 /home/ddos/venv/bin/activate_this.py"],
      "a shell script": ["install -m 755 run.sh /home/ddos/app/run.sh"],
      elsewhere: ["chmod 666 /opt/other/x.py"],
    },
    open: { "mode in a variable": ['chmod "$M" /home/ddos/app/app.py'] },
  },
  "directory-mode": {
    bad: {
      "mkdir -m 777": ["mkdir -m 777 /home/ddos/models"],
      "install -d 775": ["sudo install -d -m 775 -o ddos -g ddos /home/ddos/data"],
      "chmod -R": ["chmod -R 777 /home/ddos"],
      "a+w on one": ["mkdir -p /home/ddos/logs; chmod a+w /home/ddos/logs"],
      "find -type d": ["find /home/ddos -type d -exec chmod 0777 {} +"],
      "umask 0": ["umask 0; mkdir -p /home/ddos/app/x"],
    },
    good: {
      "install -d 755": ["sudo install -d -m 755 -o ddos -g ddos /home/ddos/data"],
      mkdir: ["sudo mkdir -p /home/ddos/app/x"],
      private: ["sudo install -d -m 700 /home/ddos/.cache"],
      fixed: ["mkdir -m 777 /home/ddos/models; chmod 755 /home/ddos/models"],
      "a file": ["install -m 644 x /home/ddos/app/x"],
      elsewhere: ["mkdir -m 1777 /srv/scratch"],
    },
  },
  "home-ownership": {
    bad: {
      "no chown": ["sudo cp -r /tmp/app /home/ddos/"],
      "login user": ["mkdir -p /home/ddos/app"],
      "chown of one folder": ["sudo mkdir -p /home/ddos/app /home/ddos/logs; sudo chown ddos:ddos /home/ddos/app"],
      "not recursive": ["sudo git clone https://x.example/y /home/ddos/app; sudo chown ddos:ddos /home/ddos/app"],
      "root:root": ["sudo chown -R root:root /home/ddos"],
    },
    good: {
      "chown -R": ["sudo cp -r /tmp/app /home/ddos/", "sudo chown -R ddos:ddos /home/ddos"],
      "as the user": ["sudo -u ddos mkdir -p /home/ddos/app"],
      "useradd -m": ["sudo useradd -m ddos"],
      install: ["sudo install -d -o ddos -g ddos /home/ddos/app"],
      "find -exec": ["sudo mkdir -p /home/ddos/app; sudo find /home/ddos -exec chown ddos:ddos {} +"],
      "removed again": ["sudo mkdir /home/ddos/tmp; sudo rm -rf /home/ddos/tmp"],
      elsewhere: ["sudo mkdir -p /opt/x"],
      su: ["sudo su - ddos -c 'mkdir -p app && touch app/x'"],
    },
  },
  "models-read-only": {
    bad: {
      "no chmod": ["aws s3 cp s3://m/a.pkl /home/ddos/models/a.pkl"],
      "644": ["aws s3 sync s3://m /home/ddos/models", "chmod 644 /home/ddos/models/*"],
      "u+w last": ["chmod -R 444 /home/ddos/models; chmod u+w /home/ddos/models/a.pkl"],
      "left out": [SERVICE],
      "only one of them": [
        "aws s3 cp s3://m/a.pkl /home/ddos/models/ && aws s3 cp s3://m/b.pkl /home/ddos/models/ && chmod 444 /home/ddos/models/a.pkl",
      ],
    },
    good: {
      "chmod 444": [SERVICE, "aws s3 cp s3://m/a.pkl /home/ddos/models/a.pkl && sudo chmod 444 /home/ddos/models/a.pkl"],
      "a-w": ["aws s3 sync s3://m /home/ddos/models/", "sudo find /home/ddos/models -type f -exec chmod a-w,a+r {} +"],
      install: [SERVICE, "for f in a b; do sudo install -m 0444 /tmp/$f.pkl /home/ddos/models/$f.pkl; done"],
      stricter: ["curl -o /home/ddos/models/a.pkl https://m.example/a.pkl; chmod 400 /home/ddos/models/a.pkl"],
      "no service here": ["sudo apt-get install -y htop"],
      archive: [SERVICE, "sudo tar xzf /tmp/m.tgz -C /home/ddos/models && sudo chmod -R a-w /home/ddos/models"],
    },
    open: { "moved from nowhere": ["sudo mv /tmp/a.pkl /home/ddos/models/a.pkl"] },
  },
  "delete-keeps-models": {
    bad: {
      "rm -rf": [{ create: "true", delete: "sudo rm -rf /home/ddos/models" }],
      "the whole home": [{ create: "true", delete: "rm -rf /home/ddos" }],
      "a glob": [{ create: "true", delete: "rm -f /home/ddos/models/*.pkl" }],
      "find -delete": [{ create: "true", delete: "find /home/ddos/models -type f -delete" }],
      "after cd": [{ create: "true", delete: "cd /home/ddos && sudo rm -rf models" }],
      "s3 rb": [{ create: "true", delete: "aws s3 rb s3://m --force" }],
      "sync --delete": [{ create: "true", delete: "aws s3 sync /empty s3://m --delete" }],
      function: [{ create: "true", delete: 'clean() { rm -rf "$1"; }; clean /home/ddos/models' }],
    },
    good: {
      "stops the service": [{ create: "true", delete: "sudo systemctl disable --now api && sudo rm -f /etc/systemd/system/api.service" }],
      "in create": ["rm -rf /tmp/models"],
      "another folder": [{ create: "true", delete: "rm -rf /home/ddos/tmp" }],
      "a comment": [{ create: "true", delete: "# rm -rf /home/ddos/models\ntrue" }],
    },
  },
  "host-setup-opens-no-tunnel": {
    bad: {
      ngrok: ["nohup ngrok http 9000 >/dev/null 2>&1 &"],
      cloudflared: ["sudo cloudflared service install --token-file /etc/t"],
      "ssh -R": ["ssh -fNR 9000:localhost:9000 ops@relay.example"],
      tailscale: ["sudo tailscale up --auth-key file:/run/key"],
      DNAT: ["sudo iptables -t nat -A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 9000"],
      socat: ["sudo socat TCP-LISTEN:8080,fork TCP:127.0.0.1:9000 &"],
      "rules in a file": [`${FORWARD}sudo nft -f /tmp/r.nft`],
      "in a unit": [
        "sudo tee /etc/systemd/system/t.service >/dev/null <<'EOF'\n[Service]\nExecStart=/usr/local/bin/frpc -c /etc/frpc.toml\nEOF",
      ],
    },
    good: {
      "firewall rule": ["sudo iptables -A INPUT -p tcp --dport 22 -j ACCEPT"],
      version: ["ngrok version; ssh -V"],
      "ssh without a forward": ["ssh ubuntu@10.0.0.9 uptime"],
    },
  },
  "gateway-forwards-only-by-nginx": {
    bad: {
      socat: [onGateway("sudo socat TCP-LISTEN:8443,fork TCP:10.0.101.7:9000 &")],
      DNAT: [onGateway("sudo iptables -t nat -A PREROUTING -p tcp --dport 8443 -j DNAT --to-destination 10.0.101.7:9000")],
      "DNAT by nft": [onGateway("sudo nft add rule ip nat prerouting tcp dport 8443 dnat to 10.0.101.7:9000")],
      "DNAT by nft from a file": [onGateway(`${FORWARD}sudo nft -f /tmp/r.nft`)],
      "DNAT by iptables-restore from a file": [
        onGateway(
          "printf '*nat\\n-A PREROUTING -p tcp --dport 8443 -j DNAT --to-destination 10.0.101.7:9000\\nCOMMIT\\n' > /tmp/r; sudo iptables-restore /tmp/r",
        ),
      ],
      "ssh -g -L": [onGateway("ssh -gfNL 8443:10.0.101.7:9000 ubuntu@10.0.101.7")],
      "in a unit": [
        onGateway(
          "sudo tee /etc/systemd/system/f.service >/dev/null <<'EOF'\n[Service]\nExecStart=/usr/bin/socat TCP-LISTEN:81,fork TCP:10.0.101.7:9000\nEOF",
        ),
      ],
    },
    good: {
      "a site of nginx": [
        onGateway("printf 'location / { proxy_pass http://10.0.101.7:9000; }' | sudo tee /etc/nginx/conf.d/x.conf >/dev/null"),
      ],
      "ssh to the backend": [onGateway("ssh ubuntu@10.0.101.7 uptime")],
      "a rule that takes away": [onGateway("sudo iptables -t nat -D PREROUTING -p tcp --dport 8443 -j REDIRECT --to-ports 80")],
      "another host's tunnel": ["nohup ngrok http 9000 >/dev/null 2>&1 &"].map((create) => ({ create, dependsOn: [BACKEND] })),
    },
  },
  "service-not-root": {
    bad: {
      "no User": [unit(`ExecStart=${START}`)],
      "User=root": [unit(`User=root\nExecStart=${START}`)],
      python: [unit("ExecStart=/usr/bin/python3 /home/ddos/app/app.py")],
      nohup: [`sudo nohup ${START} >/dev/null 2>&1 &`],
      "a drop-in with root": [SERVICE, dropIn("User=root")],
      "a drop-in that takes the user away": [SERVICE, dropIn("User=")],
      "a group that is root": [SERVICE, "sudo usermod -aG docker,audio ddos"],
      "a group that is root, by gpasswd": [SERVICE, "sudo gpasswd -a ddos lxd"],
      "a group that is root, by adduser": [SERVICE, "sudo adduser ddos sudo"],
      "a group that is root, from the beginning": [SERVICE, "sudo useradd -m -G disk ddos"],
      "the number of root": [SERVICE, "sudo usermod -o -u 0 ddos"],
      "all of sudo": [SERVICE, "echo 'ddos ALL=(ALL:ALL) NOPASSWD: ALL' | sudo tee /etc/sudoers.d/d >/dev/null"],
      "all of sudo, with a password": [SERVICE, "echo 'ddos ALL=(root) ALL' | sudo EDITOR=tee tee -a /etc/sudoers >/dev/null"],
      "a program that is root's": [SERVICE, "sudo chown root /home/ddos/venv/bin/python; sudo chmod u+s,a+rx /home/ddos/venv/bin/python"],
      "a drop-in that starts it in a unit of root's": [unit("ExecStart=/usr/sbin/other"), dropIn(`ExecStart=\nExecStart=${START}`)],
    },
    good: {
      "User=ddos": [SERVICE],
      "a group of its own": [SERVICE, "sudo usermod -aG applog,adm ddos; sudo gpasswd -a ubuntu docker"],
      "one command of sudo": [
        SERVICE,
        "echo 'ddos ALL=(root) NOPASSWD: /usr/bin/systemctl restart x' | sudo tee /etc/sudoers.d/d >/dev/null",
      ],
      "a drop-in has the user of its unit": [SERVICE, dropIn(`ExecStart=\nExecStart=${START} --host 127.0.0.1`)],
      DynamicUser: [unit(`DynamicUser=yes\nExecStart=${START}`)],
      "another service": [unit("ExecStart=/usr/sbin/nft -f /etc/nat.nft")],
      "from a folder that the step has just made and put nothing into": [
        "install -d -m 700 /run/own-$$ && sudo cp /run/own-$$/api.service /etc/systemd/system/api.service",
      ],
      version: [`sudo /home/ddos/venv/bin/uvicorn --version`],
    },
    open: {
      "from a file nobody shows": ["sudo cp /tmp/api.service /etc/systemd/system/api.service"],
      "from a file nobody shows, beside a folder of its own": [
        "mkdir -p /tmp/own && sudo cp /tmp/api.service /etc/systemd/system/api.service",
      ],
      "a drop-in whose unit is not seen": [dropIn(`ExecStart=\nExecStart=${START}`)],
    },
  },
  "application-on-loopback": {
    bad: {
      uvicorn: [unit(`User=ddos\nExecStart=${START} --host 0.0.0.0`)],
      "uvicorn ::": [unit(`User=ddos\nExecStart=${START} --host=::`)],
      gunicorn: [unit("User=ddos\nExecStart=/home/ddos/venv/bin/gunicorn -b 0.0.0.0:8000 app:app")],
      "gunicorn :port": [unit("User=ddos\nExecStart=/home/ddos/venv/bin/gunicorn --bind :8000 app:app")],
      "python -m": ["sudo -u ddos /home/ddos/venv/bin/python -m uvicorn app:app --host 10.0.101.5 &"],
      "http.server": ["cd /home/ddos/models && python3 -m http.server 8080 &"],
      environment: [unit(`User=ddos\nEnvironment=UVICORN_HOST=0.0.0.0\nExecStart=${START}`)],
    },
    good: {
      loopback: [SERVICE],
      default: [unit(`User=ddos\nExecStart=${START}`)],
      socket: [unit("User=ddos\nExecStart=/home/ddos/venv/bin/gunicorn -b unix:/run/api.sock app:app")],
      "::1": [unit(`User=ddos\nExecStart=${START} --host ::1`)],
      "pip install": ["/home/ddos/venv/bin/pip install uvicorn"],
      "a comment": [unit(`User=ddos\n# ExecStart=${START} --host 0.0.0.0\nExecStart=${START} --host 127.0.0.1`)],
    },
  },
  "no-imperative-aws": {
    bad: {
      rule: ["aws ec2 authorize-security-group-ingress --group-id sg-1 --port 22 --cidr 0.0.0.0/0"],
      "global options first": ["aws --region us-east-1 ec2 associate-address --instance-id i-1"],
      rm: ["aws s3 rm s3://m/a"],
      policy: ["aws s3api put-bucket-policy --bucket m --policy file://p.json"],
      local: [{ type: "command:local:Command", create: "aws ec2 modify-instance-metadata-options --http-tokens optional" }],
      boto3: [`python3 -c "import boto3; boto3.client('iam').attach_role_policy(RoleName='x')"`],
      "JavaScript's library": [`node -e "new (require('aws-sdk').EC2)().authorizeSecurityGroupIngress({ GroupId: 'sg-1' })"`],
      "JavaScript's library in a file": [
        `cat >/tmp/x.mjs <<'X'\nimport { IAMClient, AttachRolePolicyCommand } from "@aws-sdk/client-iam";\nawait new IAMClient({}).send(new AttachRolePolicyCommand({ RoleName: "x" }));\nX\nnode /tmp/x.mjs`,
      ],
      "Ruby's library": [`ruby -e 'require "aws-sdk-ec2"; Aws::EC2::Client.new.terminate_instances(instance_ids: ["i-1"])'`],
      "PowerShell's cmdlets": ["pwsh -Command 'Revoke-EC2SecurityGroupEgress -GroupId sg-1'"],
      botocore: [`python3 -c "import botocore.session; botocore.session.get_session().create_client('iam').create_role(RoleName='x')"`],
      "boto3 in a file": [
        `cat >/tmp/x.py <<'X'\nimport boto3, sys\nboto3.client("s3").delete_object(Bucket=sys.argv[1], Key="k")\nX\npython3.12 -I /tmp/x.py models`,
      ],
      public: ["aws s3 cp m.pkl s3://m/m.pkl --acl public-read"],
    },
    good: {
      reads: ["aws sts get-caller-identity; aws s3 ls s3://m; aws ec2 describe-instances; aws s3api get-object --bucket b --key k /tmp/x"],
      backup: ["aws s3 sync /home/ddos/logs s3://backup/logs"],
      text: ["echo 'aws ec2 authorize-security-group-ingress'"],
      boto3: [`python3 -c "import boto3; boto3.client('s3').download_file('b','k','/tmp/x')"`],
      "JavaScript's library": [`node -e "const s3 = new (require('aws-sdk').S3)(); s3.listBuckets(); s3.putObject({ Body: '' })"`],
      "PowerShell's cmdlets": ["pwsh -Command 'Get-EC2Instance; Write-S3Object -BucketName b -File x; New-Item y'"],
      botocore: [
        `python3 -c "import botocore.session; botocore.session.get_session().create_client('s3').get_object(Bucket='b', Key='k')"`,
      ],
      "boto3 in a file": [
        `cat >/tmp/x.py <<'X'\nimport argparse, boto3\nargparse.ArgumentParser().add_argument("key")\nboto3.client("s3").put_object(Bucket="b", Key="k", Body=b"")\nX\npython3 -I /tmp/x.py k`,
      ],
    },
  },
  "no-remote-code": {
    bad: {
      pipe: ["curl -sSL https://x.example/i | sh"],
      "sudo -E bash -": ["curl -fsSL https://x.example/i | sudo -E bash -"],
      wget: ["wget -qO- https://x.example/i | bash -s -- --yes"],
      variable: ['s=$(curl -s https://x.example/i)\neval "$s"'],
      source: ["source <(curl -s https://x.example/i)"],
      "through tee": ["curl -s https://x.example/i | tee /tmp/i.sh | bash"],
      file: ["wget -O /tmp/i.sh https://x.example/i && sh /tmp/i.sh"],
      pipx: ["pipx run --spec git+https://git.example/x/t.git t", "uvx --from git+https://git.example/x/t.git@main t"],
      "through gunzip": ["curl -s https://x.example/i.gz | gunzip | sh"],
      perl: ["curl -s https://x.example/i | perl"],
      "eval of what Node fetches": ["node -e 'fetch(\"https://x.example/a.js\").then((r) => r.text()).then(eval)'"],
      "eval of what Perl gets": ["perl -MLWP::Simple -e 'eval get(\"http://x.example/a.pl\")'"],
      "eval of what Ruby opens": ["ruby -ropen-uri -e 'eval URI.open(\"https://x.example/a.rb\").read'"],
      "eval of what PHP reads": ["php -r 'eval(file_get_contents(\"https://x.example/a.txt\"));'"],
      "exec of what is fetched": ["python3 -c 'import urllib.request as u; exec(u.urlopen(\"https://x.example/t.py\").read())'"],
      "eval of what requests fetch": [
        "python3 - <<'P'\nimport requests\nr = requests.get('https://x.example/t.py')\neval(compile(r.text, 't', 'exec'))\nP",
      ],
      dpkg: ["curl -fsSLo /tmp/a.deb https://x.example/latest/a.deb; sudo dpkg -i /tmp/a.deb"],
      "apt of a file": ["cd /tmp; wget -O a.deb https://x.example/a.deb && sudo apt-get install -y ./a.deb"],
      snap: ["curl -so /tmp/a.snap https://x.example/a.snap && sudo snap install --dangerous /tmp/a.snap"],
      rpm: ["curl -so /tmp/a.rpm https://x.example/a.rpm && sudo rpm -Uvh /tmp/a.rpm"],
      local: [{ type: "command:local:Command", create: "curl -s https://x.example/i | sh" }],
    },
    good: {
      "pipx of a commit": [`pipx run --spec git+https://git.example/x/t.git@${"a".repeat(40)} t`],
      archive: ["curl -sSLo /tmp/a.tgz https://x.example/a.tgz && tar xzf /tmp/a.tgz -C /tmp"],
      health: ["curl -s http://127.0.0.1:8000/health | grep -q ok"],
      jq: ["curl -s https://x.example/v.json | jq -r .version"],
      checked: [`set -e\ncurl -so /tmp/i.sh https://x.example/i\necho "${"0".repeat(64)}  /tmp/i.sh" | sha256sum --check\nbash /tmp/i.sh`],
      "a package that is checked": [
        `set -e\ncurl -so /tmp/a.deb https://x.example/a.deb\necho "${"0".repeat(64)}  /tmp/a.deb" | sha256sum -c\nsudo dpkg -i /tmp/a.deb`,
      ],
      "a package that is looked at": ["curl -so /tmp/a.deb https://x.example/a.deb; dpkg --contents /tmp/a.deb; dpkg -I /tmp/a.deb"],
      "packages of the distribution": ["sudo apt-get install -y nginx python3.12-venv; sudo snap install amazon-ssm-agent --classic"],
      "apt key": ["curl -fsSL https://x.example/key | sudo gpg --dearmor -o /etc/apt/keyrings/x.gpg"],
    },
  },
  "tls-verified": {
    bad: {
      "curl -sk": ["curl -sk https://x.example/a -o /tmp/a"],
      wget: ["wget --no-check-certificate https://x.example/a"],
      pip: ["pip install --trusted-host pypi.x.example y"],
      "pip by its variable": ["PIP_TRUSTED_HOST=pypi.x.example pip install y"],
      "uv pip": ["uv pip install --allow-insecure-host pypi.x.example y"],
      "uv tool": ["uv tool install --allow-insecure-host=pypi.x.example y"],
      "uv by pip's name": ["uv pip sync --trusted-host pypi.x.example requirements.txt"],
      uvx: ["uvx --allow-insecure-host pypi.x.example y"],
      "uv by its variable": ["export UV_INSECURE_HOST=pypi.x.example; uv sync"],
      git: ["git -c http.sslVerify=false clone https://x.example/y"],
      aws: ["aws --no-verify-ssl s3 ls"],
    },
    good: {
      "curl -fsS": ["curl -fsSL https://x.example/a -o /tmp/a"],
      local: ["curl -k https://localhost/health"],
      key: ["curl --key k.pem https://x.example"],
      "git config": ["git config --global user.name x"],
      uv: ["uv pip install --native-tls y==1"],
    },
  },
  "host-key-checked": {
    bad: {
      "no hostKey": [{ inputs: { connection: { host: "10.0.0.9", user: "u", privateKey: "k" } } }],
      "proxy without": [{ inputs: { connection: { host: "10.0.0.9", hostKey: "k", proxy: { host: "h" } } } }],
      scp: ["scp -o StrictHostKeyChecking=no a b:c"],
      rsync: ["rsync -e 'ssh -o UserKnownHostsFile=/dev/null' a b:c"],
      config: ["printf 'Host *\\n  StrictHostKeyChecking no\\n' >> /home/ubuntu/.ssh/config"],
      git: ["GIT_SSH_COMMAND='ssh -o StrictHostKeyChecking=no' git clone git@x:y z"],
    },
    good: {
      both: [{ inputs: { connection: { host: "10.0.0.9", hostKey: "k", proxy: { host: "h", hostKey: "k" } } } }],
      yes: [{ create: "ssh -o StrictHostKeyChecking=yes a b", inputs: { connection: { host: "10.0.0.9", hostKey: "k" } } }],
    },
    open: { "unknown connection": ["true"] },
  },
  "no-password-login": {
    bad: {
      sed: ["sudo sed -i 's/^#\\?PasswordAuthentication no/PasswordAuthentication yes/' /etc/ssh/sshd_config"],
      append: ["echo 'PermitRootLogin yes' | sudo tee -a /etc/ssh/sshd_config"],
      sshpass: ["sshpass -p x ssh a b"],
      "root by a key": ["echo 'PermitRootLogin prohibit-password' | sudo tee /etc/ssh/sshd_config.d/10-root.conf"],
      "root by a command": ["echo 'permitrootlogin forced-commands-only' | sudo tee /etc/ssh/sshd_config.d/10-root.conf"],
    },
    good: {
      root: ["echo 'PermitRootLogin no' | sudo tee /etc/ssh/sshd_config.d/10-root.conf"],
      off: ["sudo sed -i 's/PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config"],
      comment: ["echo '#PasswordAuthentication yes' | sudo tee /etc/ssh/sshd_config.d/x.conf"],
    },
  },
  "nginx-safe": {
    bad: {
      "what awk puts in": [
        `sudo awk '{ print } /server_name/ { print "location /f/ { alias /home/ddos/; }" }' /etc/nginx/sites-available/x > /tmp/s; sudo cp /tmp/s /etc/nginx/sites-available/x`,
      ],
      protocols: ["sudo tee /etc/nginx/nginx.conf <<'EOF'\nhttp { ssl_protocols TLSv1.1 TLSv1.2; }\nEOF"],
      root: ["sudo tee /etc/nginx/sites-available/x <<'EOF'\nserver { listen 9000; root /home/ddos/app; }\nEOF"],
      autoindex: ["cat > /etc/nginx/conf.d/x.conf <<'EOF'\nserver { location /m/ { alias /home/ddos/models/; autoindex on; } }\nEOF"],
      ciphers: ["echo 'ssl_ciphers HIGH:RC4;' > /etc/nginx/conf.d/c.conf"],
      "in what is included": [
        "echo 'root /home/ddos/app;' | sudo tee /etc/ddos/more.txt",
        "echo 'server { listen 9000; include /etc/ddos/more.txt; }' | sudo tee /etc/nginx/sites-available/x",
      ],
    },
    good: {
      "what is included": [
        "echo 'ssl_protocols TLSv1.3;' | sudo tee /etc/ddos/more.txt",
        "echo 'server { listen 9000; include /etc/ddos/more.txt; }' | sudo tee /etc/nginx/sites-available/x",
      ],
      modern: ["echo 'ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers HIGH:!aNULL:!MD5;' > /etc/nginx/conf.d/c.conf"],
      proxy: [
        "sudo tee /etc/nginx/sites-available/x <<'EOF'\nserver { listen 9000; location / { proxy_pass http://127.0.0.1:8000; } }\nEOF",
      ],
      "root elsewhere": ["echo 'root /var/www/html;' > /etc/nginx/conf.d/c.conf"],
    },
  },
  "script-output-keeps-secrets": {
    bad: {
      tee: [{ create: `umask 077; tee ${ENV}`, stdin: "A=b" }],
      cat: [`sudo cat ${ENV}`],
      "a value by Python": [`python3 -c 'from dotenv import dotenv_values as d; print(d("${ENV}")["KEY"])'`],
      "a value in a formatted text": [`python3 -c 'k = open("${ENV}").read(); print(f"key {k[:4]}")'`],
      "an error that Python logs": [`python3 -c 'import logging; k = open("${ENV}").read(); logging.error("no %s", k)'`],
      function: [{ create: 'show() { printf "%s" "$1"; }\nread -r k\nshow "$k"', stdin: "A=b\n" }],
      trace: [{ create: 'set -x\nread -r k\ncurl -u "x:$k" https://x.example', stdin: "A=b\n" }],
    },
    good: {
      quiet: [{ create: `umask 077; tee ${ENV} >/dev/null`, stdin: "A=b" }],
      "a text alone": [`python3 -c 'from dotenv import dotenv_values as d; x = d("${ENV}"); print("there", flush=True)'`],
      "whether it is there": [`python3 -c 'import os; print(os.path.exists("${ENV}"), os.stat("${ENV}").st_size)'`],
      "how many": [`python3 -c 'from dotenv import dotenv_values as d; x = d("${ENV}"); print("keys:", len(x)); print(f"{len(x)} keys")'`],
      counted: [{ create: "wc -l", stdin: "A=b" }],
      logged: [{ create: "exec >/dev/null 2>&1; cat", stdin: "A=b" }],
    },
  },
  "no-hidden-errors": {
    bad: { chmod: [`chmod 600 ${ENV} || true`], "in a function": ["f() { chown ddos:ddos /home/ddos || :; }; f"] },
    good: { mkdir: ["systemctl stop x || true"], handled: [`chmod 600 ${ENV} || exit 1`] },
  },
  "strict-shell": {
    bad: { lines: [`chmod 600 ${ENV}\nsystemctl restart x`] },
    good: { set: [`set -eu\nchmod 600 ${ENV}\nsystemctl restart x`], last: [`true\nchmod 600 ${ENV}`], "one line": [`chmod 600 ${ENV}`] },
  },
  "pinned-python-packages": {
    bad: {
      git: ["pip install git+https://x.example/y.git"],
      main: ["/home/ddos/venv/bin/python -m pip install https://x.example/y.zip"],
      "a name at an address": ["pip install 'y @ git+https://x.example/y.git@main'"],
      "uv pip": ["uv pip install git+https://x.example/y.git"],
      "uv pip --system": ["uv pip install --system https://x.example/y.zip"],
      "python -m uv": ["python3 -m uv pip install git+https://x.example/y.git"],
      "uv tool": ["uv tool install git+https://x.example/y.git@v1"],
      "uv add": ["uv add git+https://x.example/y.git"],
      "uv run --with": ["uv run --with git+https://x.example/y.git main.py"],
      uvx: ["uvx git+https://x.example/y.git"],
      "uvx --from": ["uvx --from git+https://x.example/y.git y"],
      "uvx --from=": ["uvx --from=https://x.example/y.zip y"],
    },
    good: {
      "uv pip": [`uv pip install y==1 'z @ git+https://x.example/z@${"a".repeat(40)}'`],
      "uv pip with hashes": ["uv pip install --require-hashes -r requirements.txt"],
      "uv pip from an index": ["uv pip install --index-url https://pypi.x.example/simple y==1"],
      "uv venv": ["uv venv /opt/venv"],
      "uv python": ["uv python list --python-downloads-json-url https://x.example/list.json"],
      uvx: ["uvx ruff@0.6.0 check https://x.example"],
      "uv run with an address for the program": ["uv run main.py --from https://x.example/a https://x.example/b"],
      version: ["pip install fastapi==0.1"],
      commit: [`pip install git+https://x.example/y@${"a".repeat(40)}`],
      index: ["pip install --index-url https://pypi.x.example/simple y"],
    },
  },
  "host-setup-readable": {
    bad: {},
    good: { plain: ["set -e; sudo apt-get update"], sourced: [". /etc/os-release; . /home/ddos/venv/bin/activate"] },
    open: {
      variable: ['sudo sh -c "$X"'],
      "base64 of a variable": ['echo "$B" | base64 -d | bash'],
      "a program in a variable": ['"$TOOL" --now'],
      "broken text": ["if then fi (("],
      script: ["sudo /tmp/install"],
    },
  },
  "no-run-at-preview": {
    bad: { option: [{ create: "true", inputs: { addPreviewOutput: true } }] },
    good: { none: ["true"], off: [{ create: "true", inputs: { addPreviewOutput: false } }] },
  },
};

const find = (id: string): Policy => policies.find((p) => p.id === id) ?? fail(id);
const fail = (id: string): never => {
  throw new Error(`no policy ${id}`);
};
const rows = (kind: "bad" | "good" | "open"): [string, string, Steps][] =>
  Object.entries(tables).flatMap(([id, table]) =>
    Object.entries(table[kind] ?? {}).map(([title, steps]): [string, string, Steps] => [id, title, steps]),
  );

test.each(rows("bad"))("%s flags: %s", async (id, _, steps) => {
  expect(await verdicts(find(id), steps)).toContain("violation");
});
test.each(rows("good"))("%s leaves alone: %s", async (id, _, steps) => {
  expect(await verdicts(find(id), steps)).toEqual([]);
});
test.each(rows("open"))("%s cannot tell: %s", async (id, _, steps) => {
  expect(await verdicts(find(id), steps)).toEqual(["unknown"]);
});
test("every policy but those about connections and whole hosts has a table", () => {
  const others = ["env-file-mode", "backend-through-bastion", "host-setup-present"];
  expect(policies.map((p) => p.id).filter((id) => !others.includes(id) && !(id in tables))).toEqual([]);
});
