/**
 * Ed25519 keys in OpenSSH form: a throwaway one for a stack that has none yet, and the one that init makes. Written here from Node's own key: ssh2's generator drops leading zero
 * bytes of the public key, so that one of its keys in 256 cannot be read.
 */
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from "crypto";

const MAGIC = Buffer.from("openssh-key-v1\0");
const KIND = Buffer.from("ssh-ed25519");
/** Block size of the cipher "none". */
const BLOCK = 8;

/** For a stack that has no key yet. */
export function placeholderKey(): string {
  return opensshKey("placeholder");
}

/** The same throwaway key for the same text, where two evaluations have to agree. No secret comes of it: whoever knows the text has the key. */
export function placeholderKeyOf(text: string): string {
  return opensshKey("placeholder", createHash("sha256").update(text).digest());
}

/** What PKCS#8 has before the 32 bytes of an Ed25519 key (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function keyFrom(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
}

/**
 * Private key as `ssh-keygen -t ed25519 -N ''` writes it (OpenSSH's PROTOCOL.key).
 *
 * @param fixed the 32 bytes of the key. @default random ones
 */
export function opensshKey(comment: string, fixed?: Buffer): string {
  const privateKey = fixed === undefined ? generateKeyPairSync("ed25519").privateKey : keyFrom(fixed);
  const { d = "", x = "" } = privateKey.export({ format: "jwk" });
  const seed = Buffer.from(d, "base64url");
  const point = Buffer.from(x, "base64url");
  const publicKey = Buffer.concat([text(KIND), text(point)]);
  const none = text(Buffer.from("none"));
  const body = Buffer.concat([
    MAGIC,
    none,
    none,
    text(Buffer.alloc(0)),
    number(1),
    text(publicKey),
    text(privatePart(publicKey, { seed, point, comment }, fixed === undefined ? randomBytes(4) : fixed.subarray(0, 4))),
  ]);
  const lines = body.toString("base64").replace(/(.{70})(?=.)/g, "$1\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** Twice the same random number (it shows whether decryption worked), the key, a comment, and 1, 2, 3... up to a whole block. */
function privatePart(
  publicKey: Buffer,
  key: { readonly seed: Buffer; readonly point: Buffer; readonly comment: string },
  check: Buffer,
): Buffer {
  const comment = text(Buffer.from(key.comment));
  const part = Buffer.concat([check, check, publicKey, text(Buffer.concat([key.seed, key.point])), comment]);
  const padding = Buffer.from(Array.from({ length: (BLOCK - (part.length % BLOCK)) % BLOCK }, (_, index) => index + 1));
  return Buffer.concat([part, padding]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(bytes: Buffer): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
}
