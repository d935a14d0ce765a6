import { createHash } from "crypto";
import { utils } from "ssh2";

/**
 * A private key as it lies in its file. It may be given as it is (`pulumi config set --secret sshPrivateKey < KEYFILE`, which takes the last line
 * end off), or as the base64 of its file; the text is the same either way, because another one makes every step connect again. Pure.
 */
export function privateKeyText(given: string): string {
  const line = given.trim();
  const text = /^[A-Za-z0-9+/]+=*$/.test(line) ? Buffer.from(line, "base64").toString("utf8") : line;
  return `${text.trim()}\n`;
}

/**
 * Public key (`ssh-ed25519 AAAA…`) of a private key in OpenSSH or PEM form. Pure.
 *
 * @throws Error saying why the key cannot be used; never with a part of the key.
 */
export function publicKeyOf(privateKey: string): string {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) {
    const encrypted = /encrypted|passphrase/i.test(parsed.message);
    throw new Error(
      encrypted
        ? "the private key has a passphrase, which nobody can type during a deployment; make one without: ssh-keygen -t ed25519 -N '' -f KEYFILE"
        : "found no private key in OpenSSH or PEM form, nor the base64 of one; make one: ssh-keygen -t ed25519 -N '' -f KEYFILE",
    );
  }
  if (!parsed.isPrivateKey()) {
    throw new Error("found a public key; the private one is needed (the file without .pub)");
  }
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

/** As `ssh-keygen -l` shows it: `SHA256:…`. Pure. */
export function fingerprint(publicKey: string): string {
  const body = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(body).digest("base64").replace(/=+$/, "")}`;
}
