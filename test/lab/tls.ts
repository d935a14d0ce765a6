/** A certification authority of our own, so that the stand-ins are reached by AWS's real names over TLS that clients verify. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { partitionOf } from "../../infra/partitions";
import { cached, digest } from "./paths";
import { must } from "./process";

/** Valid long before and after today: a machine whose clock is wrong must fail for its own reasons. */
const VALID = ["-startdate", "20200101000000Z", "-enddate", "20491231235959Z"];

const config = (names: readonly string[]): string => `[ca]
default_ca = own
[own]
dir = .
database = index.txt
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = ${names.map((name) => `DNS:${name}`).join(",")}
`;

export interface Tls {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  /** Name under which OpenSSL looks the authority up in a directory, e.g. "1a2b3c4d.0". */
  readonly authorityLink: string;
}

/** @param region whose names of S3, SSM, Auto Scaling, CloudWatch and Route 53 the certificate bears */
export async function ensureTls(region: string): Promise<Tls> {
  const suffix = partitionOf(region)?.dnsSuffix ?? "amazonaws.com";
  const s3 = [`s3.${region}.${suffix}`, `*.s3.${region}.${suffix}`, `s3.${suffix}`, `*.s3.${suffix}`];
  const names = [
    ...s3,
    `ssm.${region}.${suffix}`,
    `autoscaling.${region}.${suffix}`,
    `monitoring.${region}.${suffix}`,
    `logs.${region}.${suffix}`,
    `route53.${suffix}`,
  ];
  const directory = await cached(`tls-${region}-${digest(...names)}`, async (target) => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true, mode: 0o700 });
    writeFileSync(join(target, "openssl.cnf"), config(names));
    writeFileSync(join(target, "index.txt"), "");
    const openssl = (...args: string[]): Promise<string> => must(["openssl", ...args], { cwd: target });
    for (const [name, subject] of [
      ["ca", "/CN=test hosts authority"],
      ["server", `/CN=s3.${region}.${suffix}`],
    ] as const) {
      const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
      await openssl("req", "-new", ...key, "-subj", subject, "-out", `${name}.csr`);
    }
    const ca = ["ca", "-batch", "-notext", "-config", "openssl.cnf", ...VALID];
    await openssl(...ca, "-selfsign", "-keyfile", "ca.key", "-extensions", "authority", "-in", "ca.csr", "-out", "ca.crt");
    await openssl(...ca, "-cert", "ca.crt", "-keyfile", "ca.key", "-extensions", "server", "-in", "server.csr", "-out", "server.crt");
  });
  const authority = join(directory, "ca.crt");
  if (!existsSync(authority)) throw new Error(`${directory} is incomplete: remove it, then run again.`);
  const hash = (await must(["openssl", "x509", "-noout", "-hash", "-in", authority])).trim();
  return { authority, certificate: join(directory, "server.crt"), key: join(directory, "server.key"), authorityLink: `${hash}.0` };
}
