/** Certificates for tests: an authority, one below it, and servers' certificates. Made when they are needed, never kept. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Made {
  readonly certificate: string;
  readonly key: string;
}

interface Options {
  readonly issuer?: Made;
  readonly names?: readonly string[];
  readonly authority?: boolean;
  /** For openssl genpkey. */
  readonly kind?: readonly string[];
  readonly days?: number;
  /** Further lines of the extensions. */
  readonly more?: readonly string[];
}

export const EC = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** @param name the common name; `names` are the other names */
export function certificate(name: string, { issuer, names = [], authority = false, kind = EC, days = 365, more = [] }: Options = {}): Made {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const at = (file: string): string => join(folder, file);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { stdio: "pipe", cwd: folder });
  try {
    openssl("genpkey", ...kind, "-out", at("key"));
    openssl("req", "-new", "-key", at("key"), "-subj", `/CN=${name}`, "-out", at("csr"));
    const lines = [
      `basicConstraints=${authority ? "critical,CA:TRUE" : "CA:FALSE"}`,
      ...(names.length === 0 ? [] : [`subjectAltName=${names.map((one) => `DNS:${one}`).join(",")}`]),
      ...more,
    ];
    writeFileSync(at("extensions"), `${lines.join("\n")}\n`);
    const signer = issuer === undefined ? ["-signkey", at("key")] : ["-CA", at("ca"), "-CAkey", at("ca-key"), "-CAcreateserial"];
    if (issuer !== undefined) {
      writeFileSync(at("ca"), issuer.certificate);
      writeFileSync(at("ca-key"), issuer.key, { mode: 0o600 });
    }
    openssl("x509", "-req", "-in", at("csr"), ...signer, "-days", String(days), "-extfile", at("extensions"), "-out", at("crt"));
    return { certificate: readFileSync(at("crt"), "utf8"), key: readFileSync(at("key"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
