/** The user data of a host that starts by itself. It holds no secret: whatever runs on the host can read it. Pure. */
import { userData } from "../hosts/user-data";
import { partitionOf } from "../partitions";
import { hereDocument, readTemplate } from "../release/templates";
import type { HostRole } from "../release/types";

/** EC2's, of the text before base64. */
export const USER_DATA_LIMIT = 16384;

/** Tag of an instance with the version of the parameter; templates/fleet/aws.py knows it. The metadata have to show tags. */
export const VERSION_TAG = "SecretsVersion";

export interface FirstBoot {
  readonly role: HostRole;
  readonly region: string;
  /** Name of the bucket with the bundle. */
  readonly bucket: string;
  readonly bundleKey: string;
  /** Of the archive in the object, in hex. */
  readonly bundleSha256: string;
  /**
   * The SecureString with the text of fleetSecrets(), in the version that belongs to this release.
   * @default version the one that the instance's tag VERSION_TAG names, which a preview does not know: this text it does
   */
  readonly secrets: { readonly parameter: string; readonly version?: number };
  /** The group waits for this host until the hook is completed. @default nobody is told */
  readonly hook?: { readonly group: string; readonly name: string };
}

/**
 * The same values give the same text.
 * @throws Error naming a value that is not of its form, or where the text is larger than EC2 takes
 */
export function firstBoot(values: FirstBoot): string {
  const files = [
    ["/etc/ddos/fleet.conf", "644", settings(values)],
    ["/usr/local/lib/ddos/fleet-aws.py", "755", readTemplate("fleet/aws.py")],
    ["/usr/local/lib/ddos/first-boot.sh", "755", readTemplate("fleet/first-boot.sh")],
    ["/etc/systemd/system/ddos-first-boot.service", "644", readTemplate("fleet/ddos-first-boot.service")],
  ] as const;
  const text = [
    userData(values.role),
    "# Nobody sets a host of a fleet up over SSH: this unit does. It goes on after a restart, at which user data does not run again.",
    "install -d -m 755 -o root -g root /etc/ddos /usr/local/lib/ddos",
    ...files.map(([path, mode, content]) => `${hereDocument(`cat >${path}`, "DDOS_FILE", content)}chmod ${mode} ${path}`),
    "systemctl daemon-reload",
    "systemctl enable --quiet ddos-first-boot.service",
    "systemctl start --no-block ddos-first-boot.service",
    "",
  ].join("\n");
  const size = Buffer.byteLength(text);
  if (size > USER_DATA_LIMIT) throw new Error(`User data of the fleet: ${size} bytes, EC2 takes ${USER_DATA_LIMIT}.`);
  return text;
}

const FORMS: Readonly<Record<string, RegExp>> = {
  region: /^[a-z0-9-]+$/,
  bucket: /^[a-z0-9.-]+$/,
  key: /^[\w./-]+$/,
  sha256: /^[0-9a-f]{64}$/,
  parameter: /^\/?[\w./-]+$/,
  version: /^[1-9]\d*$/,
  group: /^[^\s'"\\$`]+$/,
  hook: /^[^\s'"\\$`]+$/,
};

/** Lines of `key=value`, which templates/fleet reads. */
function settings({ region, bucket, bundleKey, bundleSha256, secrets, hook }: FirstBoot): string {
  const lines: Record<string, string> = {
    region,
    suffix: partitionOf(region)?.dnsSuffix ?? "amazonaws.com",
    bucket,
    key: bundleKey,
    sha256: bundleSha256,
    parameter: secrets.parameter,
    ...(secrets.version === undefined ? {} : { version: String(secrets.version) }),
    ...(hook === undefined ? {} : { group: hook.group, hook: hook.name }),
  };
  const wrong = Object.entries(lines).filter(([name, value]) => FORMS[name]?.test(value) === false);
  if (wrong.length > 0) {
    throw new Error(
      `User data of the fleet: ${wrong.map(([name, value]) => `${name} is ${JSON.stringify(value)}`).join("; ")}, which is not of its form.`,
    );
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
