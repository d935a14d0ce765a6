/** Groups whose members get nothing that is guarded. Any other group may lead to root, to a device or to others' files. */
const HARMLESS: Readonly<Record<string, string>> = {
  "read logs": "adm systemd-journal",
  "a device of a screen, a speaker, a modem or a printer":
    "video render audio plugdev cdrom dip lp lpadmin netdev dialout tty games scanner bluetooth",
  "what services of the host are called by":
    "www-data nginx syslog users nogroup nobody mail news daemon man proxy irc messagebus ssl-cert-users",
};
const NAMES: ReadonlySet<string> = new Set(Object.values(HARMLESS).flatMap((names) => names.split(" ")));

/** @param made groups that the set-up makes itself, and users, who have a group of their own */
export const isOwnGroup = (name: string, made: ReadonlySet<string> = new Set()): boolean => NAMES.has(name) || made.has(name);
