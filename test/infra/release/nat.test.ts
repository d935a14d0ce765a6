/** What NAT on the gateway lets through while backends come and go, run by bash and the kernel's own packet filter in a network of its own. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPart, readTemplate } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const root = process.getuid?.() === 0 ? undefined : "only root makes a network of its own";
const asRoot = unless(root ?? lacking("nft") ?? lacking("unshare") ?? lacking("bash"));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nat-test-"));
  for (const name of ["etc", "stage"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What systemd does is done by hand: a start loads the file. */
const HELPERS = (at: string): string => `set -Eeuo pipefail
STAGE=${at}/stage CHANGES=0
log() { :; }
summary() { printf '%s\\n' "$*"; }
fail() { printf '%s\\n' "$*" >&2; exit 1; }
ensure_enabled() { :; }
put_for() { local before=same; shift; [ ! -e ${at}/unread ] || before=changed; : >${at}/unread; put "$@"; [ "$before" = same ] || PUT=changed; [ "$PUT" = changed ] || rm ${at}/unread; }
has_read() { rm -f ${at}/unread; }
put() { PUT=same; cmp -s -- "$1" "$2" || { cp -- "$1" "$2"; PUT=changed; }; }
systemctl() { case "$1" in restart) nft -f ${at}/etc/nat.nft; loads=$((loads + 1)) ;; is-active) nft list table ip ddos_nat >/dev/null 2>&1 ;; esac; }
loads=0
printf 1 >${at}/forward
prepare() { BACKENDS=$1; BACKEND=\${1%%,*}; set_up_nat >/dev/null; }
passing() { nft -j list table ip ddos_nat; }
`;

const here = (text: string): string =>
  text
    .replaceAll("/etc/systemd/system/", `${folder}/etc/`)
    .replaceAll("/etc/sysctl.d/", `${folder}/etc/`)
    .replaceAll("/etc/ddos/", `${folder}/etc/`)
    .replaceAll("/run/ddos-nat", `${folder}/run`)
    .replaceAll("/proc/sys/net/ipv4/ip_forward", `${folder}/forward`);

interface Rules {
  /** By the rules, and by the list of those that leave, with the seconds that are left. */
  readonly named: readonly string[];
  readonly leaving: Readonly<Record<string, number>>;
}

/** @param script ends with `passing`; @returns what it printed of each call */
function after(script: string): Rules {
  const files = ["nat.nft", "nat.sysctl.conf", "ddos-nat.service"].map(
    (name) => `cat >"$STAGE/${name}" <<'END'\n${here(readTemplate(name))}END\n`,
  );
  const part = here(readPart("nat")).replace(/^\. "\$\{0.*$/m, "");
  const text = `${HELPERS(folder)}${files.join("")}${part}\n${script}\npassing\n`;
  const said = execFileSync("unshare", ["-n", "bash", "-c", text], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const { nftables } = JSON.parse(said.slice(said.indexOf("{"))) as { nftables: readonly Readonly<Record<string, unknown>>[] };
  const set = nftables
    .map((one) => one.set as { elem?: { elem: { val: string; expires: number } }[] } | undefined)
    .find((one) => one !== undefined);
  const chain = JSON.stringify(nftables.filter((one) => (one.rule as { chain?: string } | undefined)?.chain === "forward"));
  const named = [...new Set(chain.match(/10\.0\.\d+\.\d+/g) ?? [])].sort();
  return { named, leaving: Object.fromEntries((set?.elem ?? []).map(({ elem }) => [elem.val, elem.expires])) };
}

const [A, B, C] = ["10.0.101.10", "10.0.102.11", "10.0.101.12"];
const HOUR = 3600;

asRoot("hosts that come pass at once, and nobody is leaving", () => {
  expect(after(`prepare "${A}"`)).toEqual({ named: [A], leaving: {} });
  expect(after(`prepare "${A}"; prepare "${A}, ${B}, ${C}"`)).toEqual({ named: [A, C, B].sort(), leaving: {} });
});

asRoot("one that leaves, or is replaced by another, passes for an hour more; what others have left goes on", () => {
  const { named, leaving } = after(`prepare "${A}, ${B}"; prepare "${A}"`);
  expect([named, Object.keys(leaving)]).toEqual([[A], [B]]);
  expect(leaving[B]).toBeGreaterThan(HOUR - 60);
  const next = after(`prepare "${A}, ${B}"; prepare "${A}"; nft delete element ip ddos_nat leaving "{ ${B} }"
    nft add element ip ddos_nat leaving "{ ${B} timeout 100s }"; prepare "${C}"`);
  expect(next.named).toEqual([C]);
  expect(next.leaving[A]).toBeGreaterThan(HOUR - 60);
  expect(next.leaving[B]).toBeLessThanOrEqual(100);
});

asRoot("one that comes back is leaving no more, and without a change nothing is loaded again", () => {
  expect(after(`prepare "${A}, ${B}"; prepare "${A}"; prepare "${A}, ${B}"`)).toEqual({ named: [A, B], leaving: {} });
  expect(after(`prepare "${B}, ${A}"; loads=0; prepare "${B}, ${A}"; [ "$loads" = 0 ]`).named).toEqual([A, B]);
});

asRoot("a run that was killed before the rules were loaded: the next one loads them, and keeps who was leaving", () => {
  const { named, leaving } = after(
    `prepare "${A}"; printf 'define backend = ${B}\\n' >${folder}/etc/backend.nft; : >${folder}/unread; prepare "${B}"`,
  );
  expect([named, Object.keys(leaving)]).toEqual([[B], [A]]);
});

asRoot("rules of before, which had no list of those that leave, are exchanged in one go", () => {
  const old = `nft -f - <<'END'
table ip ddos_nat {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ip saddr { ${A}, ${B} } tcp dport { 80, 443 } ct state new accept
  }
}
END
prepare "${A}"`;
  expect(Object.keys(after(old).leaving)).toEqual([B]);
  expect(existsSync(join(folder, "run/leaving.nft"))).toBe(true);
});
