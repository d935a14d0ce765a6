/** Plain text that is left of what was kept encrypted: on the machine that runs Pulumi, and on hosts. */
import { policyOf } from "../core/policy-of";
import { verdicts } from "./program";
import type { Step } from "./program";

const window = policyOf("secret-file-window");
const local = (create: string): Step => ({ type: "command:local:Command", create });

test.each([
  "ansible-vault decrypt group_vars/prod/vault.yml",
  "ansible-vault decrypt --vault-password-file ~/.vault vault.yml && ansible-playbook --syntax-check site.yml",
  "umask 077; ansible-vault decrypt vault.yml",
  "sops -d -i secrets.yaml",
  "sops --in-place --decrypt secrets.yaml",
  "umask 077; sops decrypt -i secrets.yaml",
  "sops -d --output plain.yaml secrets.yaml",
  "git-crypt unlock ../key",
  "git crypt unlock",
  "git secret reveal -f",
  "gpg -o prod.env -d prod.env.gpg",
  "gpg --batch -do key.json key.json.gpg",
  "gpg2 --output key.json --decrypt key.json.gpg",
  "age -d -i ~/.age/key -o prod.env prod.env.age",
  "rage -d -i ~/.age/key -o prod.env prod.env.age",
  "openssl enc -d -aes-256-cbc -pbkdf2 -pass file:k -in a.enc -out a.json",
  "openssl aes-256-cbc -d -pass file:k -in a.enc -out a.json",
  "blackbox_postdeploy",
  "blackbox_decrypt_file prod.yml",
  "transcrypt -c aes-256-cbc -y",
  "dotenvx decrypt",
  "sops exec-file secrets.env 'cat {} > prod.env'",
])("is found where Pulumi runs: %s", async (script) => {
  expect(await verdicts(window, [local(script)])).toEqual(["violation"]);
});

test.each([
  "sops -d secrets.env | ssh ubuntu@10.0.1.5 'sudo install -m 600 -o ddos /dev/stdin /home/ddos/app/.env'",
  "sops exec-env secrets.env './deploy'",
  "sops exec-file secrets.env './deploy --env-file {}'",
  'k=$(ansible-vault view vault.yml); printf %s "$k" | ssh ubuntu@10.0.1.5 cat',
  "ansible-vault encrypt vault.yml; ansible-vault decrypt --output - vault.yml | wc -c",
  "ansible-vault decrypt vault.yml; ansible-playbook --syntax-check site.yml; ansible-vault encrypt vault.yml",
  "ansible-vault decrypt vault.yml; rm -f vault.yml",
  "sops -e -i secrets.yaml; sops updatekeys -y secrets.yaml",
  "gpg -e -r ops -o prod.env.gpg prod.env; gpg --verify a.sig a",
  "openssl aes-256-cbc -pbkdf2 -pass file:k -in a.json -out a.enc",
  "age -r age1xyz -o a.age a.json",
  "git-crypt status; git-crypt lock; git secret hide; transcrypt --display; dotenvx encrypt",
  "umask 077; age -d -i ~/.age/key -o ../prod.env prod.env.age",
])("is left alone where Pulumi runs: %s", async (script) => {
  expect(await verdicts(window, [local(script)])).toEqual([]);
});

test.each([
  ["sudo ansible-vault decrypt /home/ddos/app/vault.yml", []],
  ["sudo sops -d -i /srv/secrets.yaml", ["violation"]],
])("on a host its mode decides: %s", async (script, expected) => {
  expect(await verdicts(window, [script])).toEqual(expected);
});
