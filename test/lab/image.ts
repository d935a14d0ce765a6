/** The root file systems of the test machines: each built once by debootstrap, kept under the hash of its recipe. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_OS, OPERATING_SYSTEMS, type Os, UBUNTU } from "../../infra/external-names";
import { findImage } from "../../infra/offline/images";
import { partitionOf } from "../../infra/partitions";
import { cacheDir, cached, digest } from "./paths";
import { must } from "./process";

/** What a fresh Ubuntu server image on EC2 has, plus what the set-up installs: the machines have no way to a mirror. */
const PACKAGES = (
  "systemd systemd-sysv dbus libpam-systemd openssh-server openssh-client sudo cloud-init nginx python3 python3-venv python3-pip curl " +
  "ca-certificates openssl python3-boto3 git jq iproute2 iputils-ping nftables netbase procps cron logrotate less xz-utils bzip2 unzip rsync lsof " +
  "e2fsprogs psmisc libgomp1 unattended-upgrades certbot"
).split(" ");

/** What is booted for a release of Ubuntu: itself where this machine is an Ubuntu, else the Debian of the same generation. */
const SUITES: Readonly<Record<Os, Readonly<Record<string, string>>>> = {
  "ubuntu-22.04": { debian: "bookworm", ubuntu: "jammy" },
  "ubuntu-24.04": { debian: "trixie", ubuntu: "noble" },
};

const SCRIPT = join(__dirname, "image/build.sh");

export interface Image {
  readonly directory: string;
  /** e.g. "3.11": wheels are fetched for it */
  readonly python: string;
}

interface Mirror {
  readonly suite: string;
  readonly uri: string;
  readonly components: string;
}

/** The archive that this machine's own apt uses for the release it runs has the others as well. @throws when apt knows none */
async function findMirror(os: Os): Promise<Mirror> {
  const release = readFileSync("/etc/os-release", "utf8");
  const about = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(release)?.[1]?.replaceAll('"', "") ?? "";
  const suite = about("VERSION_CODENAME");
  const wanted = SUITES[os][about("ID")];
  if (wanted === undefined)
    throw new Error(`real hosts need Debian or Ubuntu here, whose archive they are built from; this is ${about("ID")}.`);
  const lines = (await must(["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI) $(COMPONENT)", "Created-By: Packages"]))
    .trim()
    .split("\n");
  const rows = lines.map((line) => line.split(" ")).filter(([of]) => of === suite);
  const uri = rows[0]?.[1];
  if (suite === "" || uri === undefined) {
    throw new Error(`apt on this machine has no archive for "${suite}" (apt-get indextargets): add one to /etc/apt, then run again.`);
  }
  const components = [...new Set(rows.filter((row) => row[1] === uri).map((row) => row[2]))].join(",");
  return { suite: wanted, uri, components };
}

function pythonOf(root: string): string {
  for (let minor = 20; minor >= 8; minor -= 1) if (existsSync(join(root, `usr/bin/python3.${minor}`))) return `3.${minor}`;
  throw new Error(`${root} has no /usr/bin/python3.*: remove it, then run again.`);
}

/** The release that an instance's image is of, as the program's own query finds it; the default for any other image. */
export function osOfImage(id: string, region: string): Os {
  const owner = partitionOf(region)?.ubuntuOwner;
  const ids = (os: Os): unknown[] =>
    ["amd64", "arm64"].map((architecture) => {
      const name = UBUNTU[os].imageName.replace("ARCHITECTURE", architecture);
      return findImage(region, { owners: [owner], mostRecent: true, filters: [{ name: "name", values: [name] }] }).id as unknown;
    });
  return (owner === undefined ? undefined : OPERATING_SYSTEMS.find((os) => ids(os).includes(id))) ?? DEFAULT_OS;
}

/** The image, built when the cache has none for this recipe (1-2 minutes, 600 MB). @param say progress in one line */
export async function ensureImage(os: Os, say: (line: string) => void): Promise<Image> {
  const mirror = await findMirror(os);
  const name = `image-${digest(readFileSync(SCRIPT), PACKAGES.join(" "), mirror.suite)}`;
  const directory = await cached(name, async (target) => {
    say(`building the machine image (${mirror.suite}, once, 1-2 minutes)`);
    const logFile = join(cacheDir, `${name}.log`);
    // What it mounts vanishes with it, also when it is killed.
    const build = ["unshare", "--mount", "--propagation", "private", "bash", SCRIPT];
    await must([...build, target, mirror.suite, mirror.uri, mirror.components, ...PACKAGES], { logFile, timeoutMs: 900_000 });
  });
  return { directory, python: pythonOf(directory) };
}
