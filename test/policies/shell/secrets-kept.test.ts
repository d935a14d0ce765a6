/** A part of a secret text is as secret as the text: how the shell takes it apart makes no difference. */
import { filesAfter } from "../../../policies/shell/analyse";
import { shellParser } from "../../../policies/shell/parser";
import type { Executed } from "../../../policies/shell/state";
import { holdsSecret, isWholeSecret, markSecret, plain, show } from "../../../policies/shell/text";

const ENV = "/home/ddos/app/.env";

async function probes(script: string, stdin = ""): Promise<Executed[]> {
  const { context } = filesAfter(script, await shellParser(), { stdin });
  return context.record.executed.filter(({ program }) => program === "probe");
}
const isSecretIn = (all: readonly Executed[]): boolean[] => all.map(({ argv }) => argv.slice(1).some(holdsSecret));

describe("what is cut out of a known secret", () => {
  test.each([
    ["behind a sign", 'read -r line; probe "${line#*=}"'],
    ["in front of a sign", 'read -r line; probe "${line%%=*}"'],
    ["by place", 'read -r line; probe "${line:4}" "${line:4:2}"'],
    ["with another letter", 'read -r line; probe "${line/=/:}"'],
    ["by words", "read -r line; set -- $line; probe $2"],
    ["by fields", "IFS== read -r key value; probe $value"],
    ["into a list", "IFS== read -r -a list; probe ${list[1]}"],
    ["a line of many", "mapfile -t lines; probe ${lines[1]}"],
    ["by a pattern", 'read -r line; [[ $line =~ =(.*)$ ]]; probe "${BASH_REMATCH[1]}"'],
  ])("%s", async (_, script) => {
    const all = await probes(script, markSecret("KEY=a b c\nOTHER=d\n"));
    expect(all).toHaveLength(1);
    expect(isSecretIn(all)).toEqual([true]);
  });
  test("and is the text that the shell gives", async () => {
    const [one] = await probes('read -r line; set -- $line; probe "${line#*=}" "${line:4:1}" "${line##?}" $2', markSecret("KEY=a b\n"));
    expect(one?.argv.slice(1).map(plain)).toEqual(["a b", "a", "EY=a b", "b"]);
  });
  test("words in front of it are none", async () => {
    const [one] = await probes('read -r key; words="--user x $key"; probe $words', markSecret("k\n"));
    expect(one?.argv.map(holdsSecret)).toEqual([false, false, false, true]);
  });
});

describe("what is cut out of a secret file", () => {
  const loop = (test: string, from: string): string => `while IFS= read -r line; do ${test}; done < ${from}`;
  test.each([
    ["the file itself", loop('probe "${line#*=}"', ENV)],
    ["one key of it", loop('case $line in mode=*) probe "${line#*=}" ;; esac', ENV)],
    ["what a filter left of it", `grep -v '^#' ${ENV} > /root/x; ${loop('probe "${line#*=}"', "/root/x")}`],
    ["by sed", `grep -v '^#' ${ENV} > /root/x; probe "$(sed 's/^[^=]*=//' /root/x)"`],
    [
      "a key with the name of a secret",
      `grep -v '^#' ${ENV} > /root/x; ${loop('case $line in API_KEY=*) probe "${line#*=}" ;; esac', "/root/x")}`,
    ],
    ["such a key by sed", `grep -v '^#' ${ENV} > /root/x; probe "$(sed -n 's/^API_KEY=//p' /root/x)"`],
    ["any key but one", `grep -v '^#' ${ENV} > /root/x; ${loop('[ "${line%%=*}" = mode ] || probe "${line#*=}"', "/root/x")}`],
    [
      "many values of one name",
      `${["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((n) => `if q${n}; then k=$(sed -n ${n}p ${ENV}); fi`).join("; ")}; probe "$k"`,
    ],
  ])("%s", async (_, script) => {
    const all = await probes(script);
    expect(all.length).toBeGreaterThan(0);
    expect(isSecretIn(all)).not.toContain(false);
  });
});

describe("a record that stands in a larger secret", () => {
  const ENTRY = `entry() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    if [ "\${line%%=*}" = "$2" ] && [ "$line" != "$2" ]; then
      printf '%s\\n' "\${line#*=}"
      return 0
    fi
  done <"$1"
}`;
  const HEADER = "cat > /run/input; sed -n '/^---$/q;p' /run/input > /run/header\n";
  const INPUT = markSecret("name=ml.example.org\nhmacToken=x\n---\nabc\n");
  test.each([
    ["by a loop of tests", `${ENTRY}\nprobe "$(entry /run/header KEY)"`],
    ["by case", 'while read -r line; do case $line in KEY=*) probe "${line#*=}" ;; esac; done < /run/header'],
    ["by fields", 'while IFS== read -r key value; do if [ "$key" = KEY ]; then probe "$value"; fi; done < /run/header'],
    ["by a pattern of a test", 'while read -r line; do [[ $line == KEY=* ]] && probe "${line#*=}"; done < /run/header'],
    ["but for others", 'while IFS== read -r key value; do [ "$key" != KEY ] || probe "$value"; done < /run/header'],
    [
      "by a test that leaves",
      'while IFS== read -r key value; do if ! [ "$key" = KEY ]; then continue; fi; probe "$value"; done < /run/header',
    ],
    ["by sed", "probe \"$(sed -n '/^KEY=/{s/^[^=]*=//p;q}' /run/header)\""],
  ])("%s: the value of a harmless key is none, that of a secret's is one", async (_, script) => {
    const [one, other] = await Promise.all(["name", "hmacToken"].map((key) => probes(HEADER + script.replaceAll("KEY", key), INPUT)));
    expect([isSecretIn(one ?? []), isSecretIn(other ?? [])]).toEqual([[false], [true]]);
  });
  test("one key and another are not taken for the same", async () => {
    const script = `${HEADER}${ENTRY}\na=$(entry /run/header name); b=$(entry /run/header mail); [ "$a" = "$b" ] || probe differs`;
    expect(await probes(script, INPUT)).toHaveLength(1);
  });
  test("the whole of the input stays a secret", async () => {
    const [one] = await probes('cat > /run/input; probe "$(cat /run/input)"', INPUT);
    expect(one?.argv.map(isWholeSecret)).toEqual([false, true]);
    expect(show(one?.argv[1] ?? "")).toBe("[secret]");
  });
});

describe("what a store for secrets gives out", () => {
  const shown = async (script: string): Promise<number> =>
    filesAfter(script, await shellParser(), { user: "ubuntu" }).context.record.shown.length;
  test.each([
    "pulumi config get dbPassword",
    "pulumi config get envFile --stack dev",
    "pulumi config get app:dotenv",
    "pulumi -s prod config get --path 'api.token'",
    'PW=$(pulumi config get shop:dbPassword); echo "$PW"',
    "pulumi stack output kubeconfig --show-secrets",
    "pulumi config --show-secrets --json | jq .",
    "pulumi env open org/prod",
    "esc open org/prod",
    "vault kv get -field=password secret/db",
    "VAULT_ADDR=https://v vault read -format=json database/creds/app",
    "op read op://prod/db/password",
    "op item get db --fields password --reveal",
    "gcloud secrets versions access latest --secret=db",
    "gcloud --project shop auth print-access-token",
    "az keyvault secret show --vault-name v --name db --query value -o tsv",
    "doppler secrets download --no-file --format env",
    "infisical export --format=dotenv",
    "bw get password db",
    "pass show shop/db",
    "pass shop/db",
    "secret-tool lookup service db",
    "kubectl get secret db -o jsonpath='{.data.password}' | base64 -d",
    "kubectl -n shop create token deployer",
    "gh auth token",
    "terraform output -raw db_password",
    "heroku config:get DATABASE_URL -a shop",
    "sops -d secrets.enc.yaml",
    "ansible-vault view group_vars/all/vault.yml",
    "gpg --decrypt secrets.txt.gpg",
    "openssl enc -d -aes-256-cbc -pbkdf2 -in secrets.enc -pass file:/root/k",
    "aws kms decrypt --ciphertext-blob fileb://x --query Plaintext --output text | base64 -d",
    "aws --profile shop sts assume-role --role-arn r --role-session-name s",
    "aws configure get aws_secret_access_key",
    "aws rds generate-db-auth-token --hostname h --port 5432 --username app",
    "aws ecr get-login-password",
  ])("%s", async (script) => {
    expect(await shown(script)).toBeGreaterThan(0);
  });
  test.each([
    "pulumi config get aws:region",
    "pulumi config get env; pulumi config get environment; pulumi config get profile",
    "pulumi config get dbPasswordSecretName",
    "pulumi stack output url",
    "pulumi config",
    "PW=$(pulumi config get dbPassword); export PW",
    "pulumi config get dbPassword >/dev/null",
    "vault status; vault kv list secret/; vault kv put secret/x a=b",
    "op item list; op vault list",
    "gcloud secrets list; gcloud auth list",
    "az keyvault secret list --vault-name v; az account show",
    "doppler secrets --only-names; doppler run -- true",
    "pass ls; pass git pull; pass generate shop/x",
    "kubectl get pods -o json; kubectl get secrets; kubectl describe secret db",
    "gh auth status; gh pr list",
    "terraform output -raw bucket_name",
    "aws kms describe-key --key-id k; aws sts get-caller-identity; aws configure get region",
    "gpg --decrypt backup.tar.gz.gpg | wc -c",
    "sops -e plain.yaml; sops --version",
    "aws ecr get-login-password | docker login --username AWS --password-stdin r.example.org",
  ])("not %s", async (script) => {
    expect(await shown(script)).toBe(0);
  });
});
