import { createHash } from "crypto";
import { utils } from "ssh2";
import type { SshConfig, StackConfig } from "./types";

/**
 * A private key as it lies in its file. It may be given as it is (`pulumi config set --secret sshPrivateKey < KEYFILE`, which takes the last line
 * end off), or as the base64 of its file, on one line or more; the text is the same either way, because another one makes every step connect again. Pure.
 */
export function privateKeyText(given: string): string {
  const line = given.trim();
  const decoded = /^[A-Za-z0-9+/\s]+=*$/.test(line) ? Buffer.from(line, "base64").toString("utf8") : "";
  // A word is base64 of something, too.
  const text = decoded.includes("-----BEGIN") ? decoded : line;
  return `${text.trim()}\n`;
}

const PUBLIC = "found a public key; name the private one (the file without .pub)";
const NEW = "make one: ssh-keygen -t ed25519 -N '' -f KEYFILE";

/** Forms of keys that are not taken, and how to get one that is. */
const OTHER_FORMS: readonly [form: RegExp, problem: string][] = [
  [/^$/, `found nothing: it is empty; ${NEW}`],
  [/[\0\uFFFD]/, "found no text in UTF-8 (UTF-16, as some editors of Windows write it, or binary data); save the key as plain UTF-8"],
  [
    /-----BEGIN (ENCRYPTED PRIVATE KEY|[A-Z ]*PRIVATE KEY-----\s+Proc-Type: 4,ENCRYPTED)/,
    `the private key has a passphrase, which nobody can type during a deployment; ${NEW}`,
  ],
  [
    /^-----BEGIN PRIVATE KEY/,
    "found a private key in PKCS#8 form, which the set-up cannot read; convert it in place: ssh-keygen -p -N '' -f KEYFILE (RSA), or " +
      NEW,
  ],
  [/^PuTTY-User-Key-File/, "found a key of PuTTY; export it in OpenSSH form (puttygen KEY -O private-openssh -o KEYFILE)"],
  [/^(-----BEGIN (PUBLIC KEY|SSH2? PUBLIC|RSA PUBLIC)|---- BEGIN SSH2 PUBLIC)/, PUBLIC],
  [/^-----BEGIN CERTIFICATE/, `found a certificate; a private key is needed; ${NEW}`],
  [
    /^-----BEGIN [A-Z ]*PRIVATE KEY-----(?=[^\r\n])/,
    "the line breaks of the key are lost; set it from its file: pulumi config set --secret sshPrivateKey < KEYFILE",
  ],
  [
    /^-----BEGIN [A-Z ]*PRIVATE KEY-----(?![\s\S]*-----END)/,
    "the key is cut off: its last line (-----END …) is missing; set it from its file: pulumi config set --secret sshPrivateKey < KEYFILE",
  ],
];

/**
 * Public key (`ssh-ed25519 AAAA…`) of a private key in OpenSSH or PEM form. Pure.
 *
 * @throws Error saying why the key cannot be used; never with a part of the key.
 */
export function publicKeyOf(privateKey: string): string {
  const other = OTHER_FORMS.find(([form]) => form.test(privateKey.trim()));
  if (other !== undefined) {
    throw new Error(other[1]);
  }
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) {
    const encrypted = /encrypted|passphrase/i.test(parsed.message);
    throw new Error(
      encrypted
        ? `the private key has a passphrase, which nobody can type during a deployment; ${NEW}`
        : /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(privateKey.trim())
          ? "the key is damaged: what is between its first and its last line cannot be read; set it from its file: pulumi config set --secret sshPrivateKey < KEYFILE"
          : `found no private key in OpenSSH or PEM form, nor the base64 of one; ${NEW}`,
    );
  }
  if (!parsed.isPrivateKey()) {
    throw new Error(PUBLIC);
  }
  if (parsed.type !== "ssh-ed25519" && parsed.type !== "ssh-rsa") {
    const kind = parsed.type.startsWith("ecdsa") ? "an ECDSA" : parsed.type === "ssh-dss" ? "a DSA" : "another";
    throw new Error(`found ${kind} key (${parsed.type}); EC2 takes only ED25519 and RSA keys; ${NEW}`);
  }
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

/** As `ssh-keygen -l` shows it: `SHA256:…`. Pure. */
export function fingerprint(publicKey: string): string {
  const body = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(body).digest("base64").replace(/=+$/, "")}`;
}

/** @throws Error where nobody logs in (`access` none), and so nobody may ask */
export function sshOf({ ssh }: Pick<StackConfig, "ssh">): SshConfig {
  if (ssh === undefined) throw new Error("access is none, and there is no SSH key");
  return ssh;
}
