/** Files that a machine has before its first boot: what EC2 would give it (metadata, user data, key) and how it finds this lab's services. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Tls } from "./tls";
import type { Host } from "./topology";
import { SERVICES } from "./topology";

export interface FirstBoot {
  /** As an instance's user data; empty for none. */
  readonly userData: string;
  /** OpenSSH form, for the default user. */
  readonly publicKey: string;
}

/** EC2's name for a private address. */
export const hostnameOf = (address: string): string => `ip-${address.replaceAll(".", "-")}`;

/** Writes the seed below `directory`; everything is root's, as it is copied into the machine as it is. */
export function writeSeed(directory: string, host: Host, boot: FirstBoot, image: string, tls: Tls): void {
  const file = (path: string, content: string, mode = 0o644): void => {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true, mode: 0o755 });
    writeFileSync(full, content);
    chmodSync(full, mode);
  };
  const metadata = { "instance-id": host.instanceId, "local-hostname": hostnameOf(host.address), "public-keys": [boot.publicKey.trim()] };
  // JSON is YAML; quoting is then nobody's problem.
  file("var/lib/cloud/seed/nocloud/meta-data", JSON.stringify(metadata), 0o600);
  file("var/lib/cloud/seed/nocloud/user-data", boot.userData === "" ? "#cloud-config\n{}\n" : boot.userData, 0o600);
  file("etc/resolv.conf", `nameserver ${SERVICES.resolver}\nsearch ec2.internal\noptions timeout:2 attempts:2\n`);
  file("etc/pip.conf", "[global]\nno-index = true\nfind-links = /opt/wheelhouse\ndisable-pip-version-check = true\n");
  const authority = readFileSync(tls.authority, "utf8");
  file("usr/local/share/ca-certificates/test-hosts.crt", authority);
  file(`etc/ssl/certs/${tls.authorityLink}`, authority);
  file("etc/ssl/certs/ca-certificates.crt", readFileSync(join(image, "etc/ssl/certs/ca-certificates.crt"), "utf8") + authority);
}
