import { utils } from "ssh2";

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
        : "found no private key in OpenSSH or PEM form; make one: ssh-keygen -t ed25519 -N '' -f KEYFILE",
    );
  }
  if (!parsed.isPrivateKey()) {
    throw new Error("found a public key; the private one is needed (the file without .pub)");
  }
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}
