/** Keys of cloud-config that are understood. What it does is in the modules of cloud-init: a key that is not listed may do anything as root. */
import { isOwnGroup } from "./obeyed/groups";
import { isGuarded } from "./guarded";
import { strangeLine } from "./obeyed/formats";
import { liesApart } from "./obeyed/mounts";
import { isWithin } from "./paths";
import { show } from "./text";

type Settings = Readonly<Record<string, unknown>>;

/** They change nothing that is guarded, whatever their values are, or are followed by themselves (user-data.ts). */
const HARMLESS = new Set(
  (
    "runcmd bootcmd package_update package_upgrade package_reboot_if_required packages apt_update apt_upgrade apt_reboot_if_required timezone locale " +
    "hostname fqdn prefer_fqdn_over_hostname preserve_hostname create_hostname_file manage_etc_hosts growpart resize_rootfs disk_setup fs_setup device_aliases final_message " +
    "ssh_deletekeys ssh_genkeytypes ssh_quiet_keygen no_ssh_fingerprints ssh_publish_hostkeys ssh_fp_console_blacklist ssh_key_console_blacklist allow_public_ssh_keys byobu_by_default " +
    "keyboard version merge_how merge_type mount_default_fields updates repo_update repo_upgrade keyboard_layout"
  ).split(" "),
);

type Check = (value: unknown, home: string) => boolean;

const is =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const record = (value: unknown): Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Settings) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : [value]);
const only = (value: unknown, checks: Readonly<Record<string, Check>>, home: string): boolean =>
  Object.entries(record(value)).every(([key, one]) => checks[key]?.(one, home) ?? false);
const any: Check = () => true;
const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);

const USER: Readonly<Record<string, Check>> = {
  name: any,
  gecos: any,
  shell: any,
  homedir: (value, home) => typeof value === "string" && !isWithin(value, home),
  system: any,
  no_create_home: any,
  no_user_group: any,
  no_log_init: any,
  create_groups: any,
  primary_group: (value) => typeof value === "string" && value !== "root",
  expiredate: any,
  inactive: any,
  lock_passwd: is(true),
  "lock-passwd": is(true),
  uid: (value) => String(value) !== "0",
  sudo: is(false, null),
  // Whoever has no more rights than a guest may bring a key: the user that the image makes has them all.
  ssh_authorized_keys: any,
  groups: (value) =>
    list(value)
      .flatMap((one) => String(one).split(/[\s,]+/u))
      .every((name) => name === "" || isOwnGroup(name)),
};

const isUser = (value: unknown, home: string): boolean => {
  if (typeof value === "string") return true;
  return (
    only(value, USER, home) &&
    (record(value).ssh_authorized_keys === undefined || !/^(root|default|ubuntu|admin|ec2-user)$/u.test(text(record(value).name, "")))
  );
};

const CHECKS: Readonly<Record<string, Check>> = {
  disable_root: is(true),
  ssh_pwauth: is(false, "no", "false", "unchanged"),
  chpasswd: (value) => only(value, { expire: any }, ""),
  users: (value, home) => list(value).every((one) => isUser(one, home)),
  user: (value, home) => isUser(value, home),
  groups: (value) =>
    list(value).every(
      (one) =>
        typeof one === "string" ||
        Object.keys(record(one)).every(
          (name) => isOwnGroup(name, new Set([name])) && !/^(root|sudo|admin|docker|lxd|shadow|disk|adm)$/u.test(name),
        ),
    ),
  power_state: (value) => only(value, { mode: any, delay: any, message: any, timeout: any, condition: is(true, false) }, ""),
  apt: (value) =>
    only(
      value,
      {
        preserve_sources_list: any,
        conf: (value, home) => typeof value === "string" && !strangeApt(value, home),
        primary: official,
        security: official,
        sources: signed,
        disable_suites: any,
        debconf_selections: any,
        http_proxy: is(null, ""),
        geoip: any,
      },
      "",
    ),
  mounts: (value, home) =>
    list(value).every((one) => liesApart(text(list(one)[0], ""), text(list(one)[1], "none"), text(list(one)[3], ""), home)),
  // Each says which keys it has: a file of another name may be the one that is guarded, and a command is not followed here.
  write_files: (value) =>
    list(value ?? []).every((one) =>
      only(one, { path: any, content: any, encoding: any, permissions: any, owner: any, append: any, defer: any }, ""),
    ),
  ntp: (value, home) =>
    only(value, { enabled: any, ntp_client: any, packages: any, servers: any, pools: any, peers: any, allow: any }, home),
  swap: (value, home) =>
    only(value, { filename: (name) => typeof name === "string" && !isGuarded(name, home), size: any, maxsize: any }, home),
  // A value that begins with | is a command.
  output: (value) => strings(value).every((one) => /^\s*(>>?)\s*\/var\/log\/[\w.-]+(\s+2>&1)?$|^&1$/u.test(one) || isLog(one)),
  random_seed: (value) => only(value, { file: is("/dev/urandom", "/dev/random"), data: any, encoding: any }, ""),
  locale_configfile: is("/etc/default/locale"),
  debug: (value) => only(value, { verbose: any, output: (file) => /^\/var\/log\//u.test(text(file, "")) }, ""),
  // As a file in /usr/local/share/ca-certificates would.
  ca_certs: certificates,
  "ca-certs": certificates,
  snap: (value) => only(value, {}, ""),
  rsyslog: (value) => only(value, { config_dir: any, config_filename: any, service_reload_command: is("auto") }, ""),
};

/** As cloud-init's own default, and the one that every example has: what is written goes to its log. */
const isLog = (one: string): boolean => /^\|\s*tee\s+-a\s+\/var\/log\/[\w.-]+$/u.test(one);
const strings = (value: unknown): string[] =>
  typeof value === "string" ? [value] : Object.values(typeof value === "object" && value !== null ? value : {}).flatMap(strings);

/** A setting of apt that is not understood in a file of its own is not understood here either. */
const strangeApt = (settings: string, home: string): boolean =>
  strangeLine("/etc/apt/apt.conf.d/90-cloud", settings, home) !== undefined || /Invoke|Install-Pkgs/u.test(settings);

function certificates(value: unknown): boolean {
  const pem: Check = (given) => list(given).every((one) => /^\s*-----BEGIN CERTIFICATE-----/u.test(text(one, "")));
  return only(value, { trusted: pem, remove_defaults: any, "remove-defaults": any }, "");
}

function official(value: unknown): boolean {
  return list(value).every((one) =>
    /^https?:\/\/([\w.-]+\.)?(ubuntu|debian|amazonaws)\.(com|org)(\/|$)/u.test(text(record(one).uri, "http://archive.ubuntu.com")),
  );
}

/** Sources over TLS whose packages are signed with a key of their own. */
function signed(value: unknown): boolean {
  return Object.values(record(value)).every((one) => {
    const { source, key, keyid } = record(one);
    const line = text(source, "");
    return (
      /^(ppa:|deb(-src)?\s)/u.test(line) &&
      !/trusted\s*=|allow-\w+\s*=/u.test(line) &&
      !/\bhttp:/u.test(line) &&
      (key !== undefined || keyid !== undefined || line.startsWith("ppa:"))
    );
  });
}

/** The settings that are not understood, as the beginning of a sentence. */
export function strangeSettings(config: Settings, home: string): string[] {
  if (typeof config !== "object" || Array.isArray(config)) return ["the text"];
  return Object.entries(config)
    .filter(([key, value]) => !HARMLESS.has(key) && value !== null && !(CHECKS[key]?.(value, home) ?? false))
    .map(([key]) => `the key ${show(key)}`);
}
