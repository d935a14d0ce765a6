/** Commands that known programs run because an option says so: `tar --to-command`, `rsync -e`, `certbot --deploy-hook`, `psql -c '\! …'`. */
import type { Call } from "../call";
import { parseOptions } from "../options";

/** Options of a program whose value is a command for a shell. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  tar: /^--(to-command|info-script|new-volume-script|rmt-command|rsh-command|use-compress-program)$|^-[IF]$/u,
  bsdtar: /^--use-compress-program$/u,
  rsync: /^--(rsh|rsync-path)$|^-e$/u,
  certbot: /^--(pre|post|deploy|renew|manual-auth|manual-cleanup)-hook$/u,
  zip: /^(-TT|--unzip-command)$/u,
  split: /^--filter$/u,
  sort: /^--compress-program$/u,
  man: /^(-P|--pager)$/u,
  dpkg: /^--(pre|post)-invoke$/u,
  git: /^(--upload-pack|--receive-pack|--exec)$/u,
  wget: /^--use-askpass$/u,
};
const OF_SSH = /^(?:-o)?\s*(?:ProxyCommand|LocalCommand|KnownHostsCommand)[=\s]\s*(\S.*)$/isu;
const OF_APT = /^(?:-o)?\s*(?:APT|DPkg)::[\w:-]*(?:Invoke|Install-Pkgs)[\w:-]*=(.+)$/isu;
const OF_MYSQL = /^\s*(?:\\!|system)\s+(\S.*)$/su;
/** Settings in the words of an option: `-o ProxyCommand=…`, `-o DPkg::Pre-Invoke::=…`, `--checkpoint-action=exec=…`. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  ssh: OF_SSH,
  scp: OF_SSH,
  sftp: OF_SSH,
  apt: OF_APT,
  "apt-get": OF_APT,
  tar: /^(?:--checkpoint-action=)?exec=(.+)$/su,
  psql: /^\s*\\!\s*(\S.*)$/su,
  mysql: OF_MYSQL,
  mariadb: OF_MYSQL,
  "systemd-run": /^(?:--property=|-p)?Exec(?:StartPre|StartPost|Stop|StopPost|Reload|Condition|Start)=[-@:+!|]*([^-@:+!|].*)$/su,
  sqlite3: /^\s*\.(?:shell|system)\s+(\S.*)$/su,
};

/** Texts that the program hands to a shell. */
export function hooksOf({ name, args }: Call): string[] {
  const option = OPTIONS[name];
  const setting = SETTINGS[name];
  if (!option && !setting) return [];
  return args.flatMap((word, at) => {
    const [, long = "", value] = /^(--[\w-]+)=([\s\S]*)$/u.exec(word) ?? [];
    if (option?.test(long) === true) return [value ?? ""];
    if (option?.test(word) === true) return [args[at + 1] ?? ""];
    const command = setting?.exec(word)?.[1];
    return command === undefined ? [] : [command];
  });
}

/** `ip netns exec NAME COMMAND`, `ip vrf exec NAME COMMAND`: another view of the network, and the same files. */
export function behindIp({ name, args }: Call): readonly string[] | undefined {
  if (name !== "ip") return undefined;
  const { operands } = parseOptions(args, { values: "n", stops: true });
  return /^(netns|vrf)$/u.test(operands[0] ?? "") && operands[1] === "exec" ? operands.slice(3) : undefined;
}
