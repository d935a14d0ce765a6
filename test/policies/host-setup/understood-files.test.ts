/** Files that programs of the host obey: what is understood is silent, and every other line, key or directive is reported. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { nginxDoubts } from "../../../policies/rules/host-setup/nginx/doubts";
import { strangeSettings } from "../../../policies/shell/cloud-config";
import { editedLines, takenOut } from "../../../policies/shell/obeyed/edits";
import { formatOf, strangeLine } from "../../../policies/shell/obeyed/formats";
import { strangeFile } from "../../../policies/shell/obeyed/others";
import { strangeInUnit } from "../../../policies/shell/obeyed/units";

const HOME = "/home/ddos";
const ENV = `${HOME}/app/.env`;

describe("nginx", () => {
  const said = (text: string): boolean[] => nginxDoubts(text, DEFAULT_SETTINGS).map(({ certain }) => certain);
  const server = (text: string): string => `server { listen 9000; ${text} }`;
  const WRONG = [
    "root /;",
    "root /home;",
    `location /files { alias ${HOME}/app/static/; }`,
    `location /x { alias "${HOME}/app"; }`,
    "location /m { proxy_pass http://169.254.169.254/; }",
    "ssl_protocols TLSv1.1 TLSv1.3;",
  ];
  test.each(WRONG)("is a violation: %s", (text) => {
    expect(said(server(text))).toContain(true);
  });
  const UNKNOWN = [
    "location /x { content_by_lua_block { os.execute('id') } }",
    "location /x { js_content main.run; }",
    "location /x { perl 'sub { }'; }",
    "location /x { dav_methods PUT; }",
    `location /x { proxy_store ${HOME}/app/x; }`,
    "location /x { proxy_pass http://$arg_host; }",
    "location /x { proxy_pass http://10.0.1.9:8500; }",
    "location / { mirror /m; proxy_pass http://127.0.0.1:8000; } location /m { proxy_pass http://203.0.113.9; }",
    "root $documents;",
    "root /etc;",
    `access_log ${ENV};`,
    "ssi on;",
    `ssl_certificate_key ${ENV};`,
    "a_directive_of_tomorrow on;",
  ].map(server);
  test.each([...UNKNOWN, "include /opt/x/*.conf;", "load_module /opt/x.so;", "stream { server { listen 1; proxy_pass 10.0.1.9:22; } }"])(
    "is not understood: %s",
    (text) => {
      expect(said(text)).toContain(false);
    },
  );
  const FINE = [
    "gzip on; gzip_types application/json; server_tokens off;",
    'map $host $to { default "10.0.1.9:9000"; } server { location / { proxy_pass http://$to; } }',
    "upstream app { server 127.0.0.1:8000; keepalive 16; } server { listen 9000; location / { proxy_pass http://app; } }",
    'server { listen 80; root /var/www/site; location ~ "\\.(png|jpg){1,2}$" { expires 1d; } # a comment; with { signs\n }',
    `server { listen 9000; access_log ${HOME}/logs/access.log main; location /static/ { alias ${HOME}/app/static/; } }`,
    "types { text/html html; application/x lua; } include mime.types; user www-data;",
  ];
  test.each(FINE)("is understood: %s", (text) => {
    expect(said(text)).toEqual([]);
  });
});

describe("units of systemd", () => {
  const strange = (text: string, name = "ddos-backend.service.d/x.conf"): string | undefined =>
    strangeInUnit(`/etc/systemd/system/${name}`, text, HOME, (unit) => unit.startsWith("ddos-backend."));
  const BAD = [
    "[Service]\nUser=root",
    "[Service]\nUMask=0000",
    "[Service]\nAmbientCapabilities=CAP_SYS_ADMIN",
    "[Service]\nSupplementaryGroups=docker",
    "[Service]\nNoNewPrivileges=no",
    `[Service]\nReadWritePaths=${HOME}/models`,
    "[Service]\nRootDirectory=/opt/root",
    "[Service]\nEnvironment=LD_PRELOAD=/opt/x.so",
    "[Service]\nStandardOutput=append:/var/www/html/log",
    "[Service]\nExecSearchPath=/opt",
    "[Service]\nAKeyOfTomorrow=yes",
  ];
  test.each(BAD)("is not understood: %j", (text) => {
    expect(strange(text)).toBeDefined();
  });
  test("what is the application's is not handed to other services, and nothing is mounted over it", () => {
    for (const key of ["EnvironmentFile", "LoadCredential=env", "BindPaths"])
      expect(strange(`[Service]\n${key.includes("=") ? `${key}:` : `${key}=`}${ENV}`, "nginx.service.d/x.conf")).toBeDefined();
    expect(strange(`[Mount]\nWhere=${HOME}/models`, "home-ddos-models.mount")).toBeDefined();
    expect(strange(`[Service]\nEnvironmentFile=${ENV}`)).toBeUndefined();
  });
  test("limits, order, restarts and shelters are", () => {
    const text = `[Unit]\nAfter=network-online.target\nConditionPathExists=/x\n[Service]\nRestart=always\nLimitNOFILE=9\nMemoryMax=1G\nEnvironment=LOG_LEVEL=info "A=b c"\nUMask=0077\nProtectSystem=strict\nReadWritePaths=${HOME}/logs \\\n  ${HOME}/data\n[Install]\nWantedBy=multi-user.target`;
    expect(strange(text)).toBeUndefined();
    expect(strange("[Journal]\nSystemMaxUse=1G", "../journald.conf")).toBeUndefined();
  });
});

describe("cloud-config", () => {
  const BAD: Readonly<Record<string, unknown>> = {
    ssh_authorized_keys: ["ssh-ed25519 AAAA x"],
    ssh_import_id: ["gh:someone"],
    disable_root: false,
    apt: { sources: { x: { source: "deb [trusted=yes] http://x/ ./" } } },
    mounts: [["10.0.0.9:/e", `${HOME}/models`, "nfs"]],
    power_state: { mode: "reboot", condition: "chmod 777 /home" },
    users: [{ name: "a", sudo: "ALL=(ALL) NOPASSWD:ALL" }],
    ansible: { pull: {} },
    ca_certs: { trusted: ["$(curl http://x)"], script: "x" },
    a_module_of_tomorrow: true,
  };
  test.each(Object.entries(BAD))("%s is not understood", (key, value) => {
    expect(strangeSettings({ [key]: value }, HOME)).toHaveLength(1);
  });
  test("what an ordinary host gets is", () => {
    const config = {
      packages: ["jq"],
      timezone: "UTC",
      ntp: { enabled: true },
      users: ["default", { name: "a", lock_passwd: true, ssh_authorized_keys: ["ssh-ed25519 AAAA x"] }],
      mounts: [["/dev/sdf", "/data"]],
      disable_root: true,
      ca_certs: { trusted: ["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"] },
      apt: { sources: { x: { source: "deb [signed-by=$KEY_FILE] https://x/ stable main", keyid: "AB" } } },
    };
    expect(strangeSettings(config, HOME)).toEqual([]);
  });
});

describe("other files", () => {
  const strange = (path: string, text: string): boolean =>
    formatOf(path) ? strangeLine(path, text, HOME) !== undefined : strangeFile(path, text, HOME).length > 0;
  const BAD: readonly (readonly [string, string])[] = [
    ["/etc/doas.conf", "permit nopass www-data as root"],
    ["/etc/sysusers.d/x.conf", 'u x 0:0 "x" /root /bin/bash'],
    ["/etc/docker/daemon.json", '{"hosts": ["tcp://0.0.0.0:2375"]}'],
    ["/etc/ssh/sshd_config.d/x.conf", "Port 443"],
    ["/etc/ssh/sshd_config.d/x.conf", "PermitTTY yes"],
    ["/etc/ssh/sshd_config.d/x.conf", "ForceCommand /usr/bin/systemctl restart ddos-backend"],
    ["/etc/ssh/sshd_config.d/x.conf", "Ciphers aes128-cbc"],
    ["/etc/ssh/sshd_config.d/x.conf", "ADirectiveOfTomorrow yes"],
    ["/etc/ssh/ssh_config.d/x.conf", "ProxyCommand /opt/x"],
    ["/root/.ssh/authorized_keys", "ssh-ed25519 AAAA x"],
    ["/etc/rsyslog.d/x.conf", 'action(type="omprog" binary="/opt/x")'],
    ["/etc/fail2ban/action.d/x.conf", "actionban = chmod o+r /x"],
    ["/etc/haproxy/haproxy.cfg", "  server b 10.0.1.9:9000"],
    ["/etc/anything/at-all.conf", `path: ${ENV}`],
  ];
  test.each(BAD)("%s is not understood: %s", (path, text) => {
    expect(strange(path, text)).toBe(true);
  });
  const FINE: readonly (readonly [string, string])[] = [
    ["/etc/redis/redis.conf", "maxmemory 128mb\nbind 127.0.0.1\ndir /var/lib/redis"],
    ["/etc/default/app", `APP_HOME=${HOME}/app\nPORT=8000`],
    ["/etc/rsyslog.d/30-app.conf", "local0.* /var/log/app.log\n& stop"],
    ["/etc/fail2ban/jail.d/sshd.local", "[sshd]\nenabled = true\nmaxretry = 5"],
    ["/etc/sysusers.d/x.conf", 'u app - "App" /var/lib/app\ng app -\nm app adm'],
    ["/etc/docker/daemon.json", '{"log-driver": "json-file", "log-opts": {"max-size": "10m"}}'],
    ["/etc/ssh/sshd_config.d/x.conf", "Ciphers aes256-gcm@openssh.com\nAcceptEnv LANG LC_*\nPort 22"],
    ["/etc/ssh/sshd_config.d/x.conf", "Match User deploy\n  PermitTTY no\n  ForceCommand /usr/bin/systemctl is-active ddos-gateway"],
    ["/home/guest/.ssh/authorized_keys", "ssh-ed25519 AAAA x"],
    ["/etc/sudoers.d/x", "oncall ALL=(root) NOPASSWD: /usr/bin/systemctl restart ddos-backend"],
  ];
  test.each(FINE)("%s is: %s", (path, text) => {
    expect(strange(path, text)).toBe(false);
  });
  test.each<[string, string, readonly string[]]>([
    ["-ri", "s/^(\\s*)ssl_protocols .*/\\1ssl_protocols TLSv1.2;/", ["ssl_protocols TLSv1.2;"]],
    [
      "-ri",
      "s/^#?\\s*(PasswordAuthentication|KbdInteractiveAuthentication)\\s+no/\\1 yes/I",
      ["PasswordAuthentication yes", "KbdInteractiveAuthentication yes"],
    ],
    ["-i", "s/^#*\\(PermitRootLogin\\) .*/\\1 yes/", ["PermitRootLogin yes"]],
    ["-i", "s/policy drop;/policy accept;/; s/ip daddr 10.0.0.0\\/8 drop//;/^#/d", ["policy accept;"]],
    ["-i", "/location \\/ {/i\\    location /files/ {\\n  alias /home/ddos/;\\n}", ["location /files/ {", "alias /home/ddos/;", "}"]],
    ["-i", "1,/^$/ { s|a|b c| ; n }\n$a\\\nlast line\n/x/c other", ["b c", "last line", "other"]],
    ["-i", "/x/{n;d}; 3q; y/a/b/; s/^X/#&/", [""]],
    ["-i", "r /tmp/more", ["r /tmp/more"]],
    ["-i", "s/never ends", ["s/never ends"]],
  ])("what sed puts in: %s %s", (options, script, lines) => {
    expect(editedLines(`${options}\n${script}`)).toEqual(lines);
  });
  test.each([
    ["/etc/x/nat.nft", "s/policy drop;/policy accept;/", "policy drop;"],
    ["/etc/x/nat.nft", "/ct state invalid drop/d", "ct state invalid drop"],
    ["/etc/ufw/before.rules", "s/-j DROP/-j ACCEPT/", "-j DROP"],
    ["/etc/x/nat.nft", "s/drop/reject/; s/9000/9001/", undefined],
    ["/etc/ssh/sshd_config", "/^PasswordAuthentication/d", "^PasswordAuthentication"],
    ["/etc/ssh/sshd_config", "/^PasswordAuthentication/c PasswordAuthentication no", undefined],
    ["/etc/systemd/system/x.service", "s/^User=.*//", "^User=.*"],
    ["/etc/motd", "/drop/d", undefined],
  ])("what sed takes out of %s by %s", (path, script, gone) => {
    expect(takenOut(path, `-i\n${script}`, [])).toBe(gone);
  });
});

test("a line that could be read in many ways takes no longer than its length: methods of authentication, of which the last is no key", () => {
  const sshd = "/etc/ssh/sshd_config.d/10-ours.conf";
  const line = `AuthenticationMethods ${"publickey,".repeat(200)}password x`;
  expect(strangeLine(sshd, line, HOME)).toBe(line);
  expect(strangeLine(sshd, "AuthenticationMethods publickey,publickey publickey", HOME)).toBeUndefined();
  expect(strangeLine(sshd, "AuthenticationMethods publickey password", HOME)).toBeDefined();
});
