import { utils } from "ssh2";

/**
 * A private key as it lies in its file. `pulumi config set` reads one line only, so the key may also be given as the base64 of its file
 * (`base64 -w0 < KEYFILE | pulumi config set --secret sshPrivateKey`). Pure.
 */
export function privateKeyText(given: string): string {
  const line = given.trim();
  return /^[A-Za-z0-9+/]+=*$/.test(line) ? Buffer.from(line, "base64").toString("utf8") : given;
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
