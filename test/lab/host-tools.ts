/** What this machine itself must have: Linux, root, and a few Debian packages that are installed when missing. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { must, run } from "./process";

/** program -> the Debian package that brings it */
const TOOLS: Readonly<Record<string, string>> = {
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  nft: "nftables",
  ip: "iproute2",
  openssl: "openssl",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  "ssh-keyscan": "openssh-client",
  unshare: "util-linux",
  nsenter: "util-linux",
  "mkfs.ext4": "e2fsprogs",
  sysctl: "procps",
  losetup: "mount",
  python3: "python3",
};

const onPath = (program: string): boolean =>
  [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"].some((directory) => existsSync(join(directory, program)));

/** Why real hosts cannot run here, one reason a line; empty when they can. */
export function unsupported(): string[] {
  if (process.platform !== "linux")
    return [`real hosts need Linux; this is ${process.platform}. Use \`npm run preview:offline\`, which needs Node alone.`];
  if (process.getuid?.() !== 0)
    return ["real hosts need root (namespaces, systemd-nspawn): run the same command with sudo, or use `npm run preview:offline`."];
  return [];
}

/**
 * Makes sure that the programs and Python's venv and pip are there.
 * @param more programs that the caller needs besides, each with its Debian package
 * @throws one error naming everything that is missing
 */
export async function ensureHostTools(more: Readonly<Record<string, string>> = {}): Promise<void> {
  const reasons = unsupported();
  if (reasons.length > 0) throw new Error(reasons.join("\n"));
  const packages = new Set(
    Object.entries({ ...TOOLS, ...more })
      .filter(([program]) => !onPath(program))
      .map(([, name]) => name),
  );
  if (packages.has("python3") || (await run(["python3", "-c", "import venv, ensurepip, pip"])).code !== 0) {
    for (const name of ["python3", "python3-venv", "python3-pip"]) packages.add(name);
  }
  if (packages.size === 0) return;
  if (!onPath("apt-get")) throw new Error(`missing here and no apt-get to install them: ${[...packages].join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"];
  await must([...apt, "update"], { env });
  await must([...apt, "install", "--no-install-recommends", ...packages], { env });
}
