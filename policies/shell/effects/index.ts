/** The commands whose effects on files or output are modelled. */
import type { Effect } from "../call";
import { cannotTell } from "../report";
import { plain, show } from "../text";
import { absolute, remove } from "../tree";
import { parseOptions } from "../options";
import { ansible } from "./ansible";
import { extract, git, tar, unzip, zip } from "./archive";
import { cp, install, ln, mv, rsync } from "./copy";
import { docker } from "./containers";
import { at, crontab, mount, parallel, session, sops, texts } from "./later";
import { carrier, sender } from "./send";
import { dd, mkdir, mktemp, sed, tee, touch, truncate } from "./create";
import { aws, curl, scp, wget } from "./fetch";
import { base64, basename, cat, dirname, echo, head, id, printf, pwd, readlink, sha256sum, stat, verify, whoami } from "./output";
import { groupmod, joinGroup, newUser, password, setcap, sysctl, systemctl, tmpfiles, usermod, users } from "./system";
import { packages } from "./packages";
import { node, others } from "./registries";
import { dump, lookUp } from "./reveal";
import { blur } from "../unmodelled";
import { chgrp, chmod, chown, setfacl } from "./permissions";

/** Settings that keep others out, where all that lie in a folder go: a file of one's own may be named. */
const KEEPS_OUT = /^\/etc\/(ssh(\/sshd_config(\.d)?)?|apparmor\.d|audit|pam\.d|sudoers)(\/[^/*]*\*[^/]*)?\/?$/u;

const rm: Effect = (call) => {
  for (const path of parseOptions(call.args, {}).operands.map((one) => absolute(one, call.state))) {
    if (KEEPS_OUT.test(plain(path))) cannotTell(call.scope, `«${call.name} ${show(path)}», which takes away what keeps others out`);
    remove(call.state, call.scope.context, path);
  }
  return "likely";
};

/** They start the editor that EDITOR names: what that changes is not seen. `visudo -c` only looks. */
const editor: Effect = (call) => {
  if (call.name === "visudo" && call.args.some((a) => /^(-[a-bd-zA-UW-Z]*[cV]\w*|--check|--version|-h|--help)$/u.test(a))) return "likely";
  const files = call.args.filter((a) => !a.startsWith("-")).map((one) => absolute(one, call.state));
  for (const path of files) blur(path, call);
  cannotTell(call.scope, `«${call.name} ${show(files.join(" "))}», whose editor may change who may do what`);
  return "likely";
};

/** `ssh-import-id gh:somebody`: keys of somebody's account on the network open the host from then on. */
const importKeys: Effect = (call) => {
  cannotTell(call.scope, `«${call.name} ${show(call.args.join(" "))}», which lets in whoever holds the keys that a site names`);
  return "likely";
};

export const EFFECTS: Readonly<Record<string, Effect>> = {
  ansible,
  dpkg: packages,
  rpm: packages,
  apt: packages,
  "apt-get": packages,
  aptitude: packages,
  dnf: packages,
  yum: packages,
  snap: packages,
  npm: node,
  npx: node,
  pnpm: node,
  pnpx: node,
  yarn: node,
  bunx: node,
  cargo: others,
  go: others,
  gem: others,
  "ssh-import-id": importKeys,
  "ssh-import-id-gh": importKeys,
  "ssh-import-id-lp": importKeys,
  chmod,
  chown,
  chgrp,
  setfacl,
  install,
  cp,
  mv,
  ln,
  rsync,
  mkdir,
  touch,
  mktemp,
  tee,
  dd,
  truncate,
  useradd: newUser,
  adduser: joinGroup,
  gpasswd: joinGroup,
  usermod,
  groupmod,
  newusers: users,
  vipw: users,
  vigr: users,
  passwd: password,
  chpasswd: password,
  setcap,
  sysctl,
  systemctl,
  "systemd-tmpfiles": tmpfiles,
  printenv: dump,
  dig: lookUp,
  host: lookUp,
  nslookup: lookUp,
  drill: lookUp,
  ping: lookUp,
  ping6: lookUp,
  traceroute: lookUp,
  tracepath: lookUp,
  mtr: lookUp,
  whois: lookUp,
  sed,
  gsed: sed,
  tar,
  bsdtar: tar,
  unzip,
  zip,
  cpio: extract,
  pax: extract,
  "7z": extract,
  "7za": extract,
  "7zr": extract,
  "7zz": extract,
  git,
  curl,
  wget,
  aws,
  scp,
  echo,
  printf,
  cat,
  base64,
  dirname,
  basename,
  readlink,
  realpath: readlink,
  pwd,
  whoami,
  sha256sum,
  sha512sum: sha256sum,
  sha1sum: sha256sum,
  sha384sum: sha256sum,
  b2sum: sha256sum,
  shasum: sha256sum,
  gpg: verify,
  gpg2: verify,
  gpgv: verify,
  minisign: verify,
  cosign: verify,
  openssl: verify,
  id,
  stat,
  rm,
  docker,
  podman: docker,
  nerdctl: docker,
  "docker-compose": (call) => docker({ ...call, args: ["compose", ...call.args] }),
  at,
  batch: at,
  crontab,
  tmux: session,
  screen: session,
  script: texts,
  sops,
  watch: texts,
  sg: texts,
  mount,
  nc: sender,
  ncat: sender,
  netcat: sender,
  telnet: sender,
  logger: sender,
  wall: sender,
  write: sender,
  visudo: editor,
  sudoedit: editor,
  chattr: () => "likely",
  mail: sender,
  mailx: sender,
  mutt: sender,
  sendmail: sender,
  msmtp: sender,
  ftp: sender,
  sftp: sender,
  rclone: carrier,
  gsutil: carrier,
  s3cmd: carrier,
  s5cmd: carrier,
  mc: carrier,
  azcopy: carrier,
  parallel,
  unlink: rm,
  rmdir: rm,
  shred: rm,
  head,
  tail: head,
};

/** Commands whose outcome is a question: what follows `&&` may or may not run. */
export const QUESTIONS = new Set([
  "grep",
  "egrep",
  "fgrep",
  "cmp",
  "diff",
  "command",
  "type",
  "which",
  "hash",
  "getent",
  "pgrep",
  "nc",
  "ss",
  "test",
  "[",
  "mountpoint",
  "dpkg-query",
  "ping",
  "read",

  "false",
]);
