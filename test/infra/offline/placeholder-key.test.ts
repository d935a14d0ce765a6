import { createPublicKey, verify } from "crypto";
import { utils } from "ssh2";
import { publicKeyOf } from "../../../infra/config/ssh-key";
import { placeholderKey } from "../../../infra/offline/placeholder-key";

/** ssh2's own generator drops leading zero bytes: of 2,000 of its keys about eight cannot be read. */
test("2,000 keys can be read, and sign what their public half verifies", () => {
  const seen = new Set<string>();
  let [tried, withZero] = [0, 0];
  for (let count = 0; count < 2000; count += 1) {
    const key = placeholderKey();
    const parsed = utils.parseKey(key);
    if (parsed instanceof Error) {
      throw new Error(`key ${count} cannot be read: ${parsed.message}`);
    }
    const publicKey = publicKeyOf(key);
    expect(publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/);
    seen.add(publicKey);
    const point = parsed.getPublicSSH().subarray(-32);
    const zero = [point, seedOf(key)].some(([first]) => first === 0);
    // A signature is most of the cost, and the bytes are the same for all: each key in which one may be lost, and of the others one in twenty.
    if (!zero && count % 20 > 0) continue;
    tried += 1;
    withZero += Number(zero);
    const signed = parsed.sign("text");
    if (signed instanceof Error) {
      throw signed;
    }
    const half = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: point.toString("base64url") }, format: "jwk" });
    expect(verify(null, Buffer.from("text"), half, signed)).toBe(true);
  }
  expect(seen.size).toBe(2000);
  expect(tried).toBeGreaterThan(100);
  // By chance sixteen: that there is none happens once in seven million runs.
  expect(withZero).toBeGreaterThan(0);
});

/** The 32 bytes that a key is made of: behind the second copy of its public half's length, type and point (OpenSSH's PROTOCOL.key). */
function seedOf(key: string): Buffer {
  const bytes = Buffer.from(key.replace(/-----[^-]+-----|\n/g, ""), "base64");
  const point = bytes.lastIndexOf("ssh-ed25519") + "ssh-ed25519".length + 4;
  return bytes.subarray(point + 32 + 4, point + 64 + 4);
}
