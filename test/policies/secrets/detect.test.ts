import { gzipSync } from "node:zlib";
import { findSecrets } from "../../../policies/rules/secrets/decode";
import { isSecretFile } from "../../../policies/rules/secrets/files";
import { isSecretName } from "../../../policies/rules/secrets/names";
import { envText, fakes, harmless } from "./fakes";

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");
const wrapped = (text: string): string => base64(text).replace(/(.{76})/g, "$1\n");

describe("what a secret looks like", () => {
  test.each(Object.entries(fakes).filter(([name]) => !/awsSecret|^password$/.test(name)))("%s is found by itself", (_name, text) => {
    expect(findSecrets(text)).not.toEqual([]);
  });

  test.each([
    ["dotenv", envText],
    ["shell", `export SECRET_KEY=${fakes.password}`],
    ["shell, quoted", `SECRET_KEY='${fakes.password}' uvicorn app:app`],
    ["shell default", `SECRET_KEY="\${SECRET_KEY:-${fakes.password}}"`],
    ["AWS secret key", `aws_secret_access_key = "${fakes.awsSecret}"\nAWS_SECRET_ACCESS_KEY=${fakes.awsSecret}`],
    ["YAML", `db:\n  password: ${fakes.password}\n`],
    ["JSON", `{"db": {"password": "${fakes.password}"}}`],
    ["escaped JSON", `echo "{\\"apiKey\\": \\"${fakes.password}\\"}"`],
    ["systemd", `[Service]\nEnvironment="LOG=1" "SECRET_KEY=${fakes.password}"`],
    ["option", `app --api-key ${fakes.password} --port 1`],
    ["option with =", `app --db-password=${fakes.password}`],
    ["chpasswd", `echo 'ubuntu:${fakes.password}' | sudo chpasswd`],
    [".pgpass", `umask 077; cat > ~/.pgpass <<E\ndb.internal:5432:app:app:${fakes.password}\nE`],
    [".netrc", `machine pypi.internal login ci\n  password ${fakes.password}`],
    ["chpasswd with a document", `sudo chpasswd <<'E'\nubuntu:${fakes.password}\nE`],
    ["a list of cloud-config", `#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    ubuntu:${fakes.password}\n`],
    ["cloud-config", "#cloud-config\npassword: ubuntu\nchpasswd: { expire: false }"],
    ["curl -u", `curl -u admin:${fakes.password} https://example.org`],
    ["bearer", `curl -H "Authorization: Bearer ${fakes.password}${fakes.password}" https://example.org`],
    ["HTTP Basic", `if (headers.authorization.value !== "Basic ${base64(`admin:${fakes.password}`)}") deny();`],
    ["clone URL", `git clone ${fakes.cloneUrl}`],
    ["clone URL with a token as the user", `git clone https://${"x8Jk2mNq4rTv6wYz0aBcQ"}@git.example.org/app.git`],
    ["aws configure", `aws configure set aws_secret_access_key ${fakes.awsSecret}`],
    ["mysql -p", `mysqldump -u root -p${fakes.password} ddos`],
    ["redis-cli -a", `redis-cli -a ${fakes.password} ping`],
    ["docker login", `docker login -u ops -p ${fakes.password} registry.example.org`],
    ["a pair in YAML", `env:\n  - name: DB_PASSWORD\n    value: ${fakes.password}\n`],
    ["a query", `curl https://example.org/?api_key=${fakes.password}&page=1`],
    ["PGPASSWORD", `PGPASSWORD=${fakes.password} psql -h db`],
    ["base64", base64(`#!/bin/bash\n${envText}`)],
    ["base64 in a script", `echo ${base64(envText)} | base64 -d > .env`],
    ["base64 in lines", `base64 -d <<E\n${wrapped(`${fakes.privateKey} and more text so that there are several lines of it`)}\nE`],
    ["gzip in base64", base64(gzipSync(envText))],
    ["base64 in base64", base64(`echo ${base64(envText)} | base64 -d`)],
    [".pgpass", `db.internal:5432:app:app:${fakes.password}\n`],
    [".pgpass for all hosts", `*:*:*:app:${fakes.password}`],
    [".netrc", `machine api.example.org login app password ${fakes.password}`],
    [".netrc with a password of letters", `machine api.example.org login app password ${"swordfishandchips"}`],
    [".netrc in lines", `machine api.example.org\n  login app\n  password ${fakes.password}\n`],
    ["SQL", `psql -c "ALTER USER app WITH ENCRYPTED PASSWORD '${fakes.password}'"`],
    ["SQL of MySQL", `CREATE USER 'app'@'%' IDENTIFIED BY '${fakes.password}';`],
    ["WireGuard", `[Peer]\nPresharedKey = ${"kT9vB2xQ7mN4pL8rS1wZ5cE3gH6jK0dFaYuIoMabcd0"}=\n`],
    ["redis.conf", `bind 127.0.0.1\nrequirepass ${fakes.password}\n`],
    ["a registry's credentials", `{"auths": {"registry.example.org": {"auth": "${base64(`app:${fakes.password}`)}"}}}`],
    ["an INI file with spaces", `[pypi]\n# upload\nusername = __token__\npassword = ${fakes.password}\n`],
    ["a header of nginx", `proxy_set_header X-Api-Key "${fakes.password}";`],
    ["a key store", `keytool -list -storepass ${fakes.password}`],
    [
      "chpasswd of a cloud-config",
      `#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    ubuntu:${fakes.password}\npackages: [nginx]\n`,
    ],
    ["docker login by a pipe", `echo '${fakes.password}' | sudo docker login -u ops --password-stdin registry.example.org`],
    ["docker login by a here-string", `docker login -u ops --password-stdin <<< '${fakes.password}'`],
    ["hex", `echo ${Buffer.from(envText).toString("hex")} | xxd -r -p`],
    ["gzip of a key among bytes", base64(gzipSync(Buffer.concat([Buffer.from([0, 1, 2, 255]), Buffer.from(fakes.privateKey)])))],
  ])("%s", (_form, text) => {
    expect(findSecrets(text)).not.toEqual([]);
  });

  test.each(harmless.map((text) => [text]))("not %s", (text) => {
    expect(findSecrets(text)).toEqual([]);
    expect(findSecrets(base64(text))).toEqual([]);
    expect(findSecrets(base64(gzipSync(text)))).toEqual([]);
  });

  test("what is found never repeats the value", () => {
    for (const text of [...Object.values(fakes), envText]) expect(findSecrets(text).join(" ")).not.toContain(text.slice(0, 8));
  });
});

test("names that promise a secret", () => {
  const yes = [
    "SECRET_KEY",
    "secretKey",
    "dbPassword",
    "DB_PASS",
    "OPENAI_API_KEY",
    "apiToken",
    "awsSecretAccessKey",
    "passphrase",
    "clientSecret",
    "SECRET_KEY_BASE",
    "secretString",
  ];
  const no = [
    "KEY_NAME",
    "keyName",
    "publicKey",
    "PUBLIC_KEY",
    "kmsKeyId",
    "secretArn",
    "TOKEN_TTL",
    "httpTokens",
    "nextToken",
    "PWD",
    "bucketKey",
    "hostKey",
    "key",
    "cacheKey",
    "passwordLength",
  ];
  expect(yes.filter((name) => !isSecretName(name))).toEqual([]);
  expect(no.filter(isSecretName)).toEqual([]);
});

test("secret files by name", () => {
  const yes = [
    ".env",
    "./.env",
    "app/.env.production",
    "/home/me/.ssh/id_ed25519",
    "keys/deploy.pem",
    "gateway.key",
    "prod.tfvars",
    ".aws/credentials",
    "secrets.yaml",
  ];
  const no = [
    ".env.example",
    ".env.sample",
    "env.mustache",
    "id_ed25519.pub",
    "ca.pem",
    "certs/fullchain.pem",
    "rds-ca-2019-root.pem",
    "app.py",
    "templates/env.sh",
    "docs/secrets.md",
    "nodesource.gpg",
    "public.key",
  ];
  expect(yes.filter((file) => !isSecretFile(file))).toEqual([]);
  expect(no.filter(isSecretFile)).toEqual([]);
});
