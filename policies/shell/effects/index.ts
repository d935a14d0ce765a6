/** The commands whose effects on files or output are modelled. */
import type { Effect } from "../call";
import { absolute, remove } from "../tree";
import { parseOptions } from "../options";
import { git, tar, unzip } from "./archive";
import { cp, install, ln, mv, rsync } from "./copy";
import { docker } from "./containers";
import { at, crontab, mount, parallel, session, texts } from "./later";
import { carrier, sender } from "./send";
import { dd, mkdir, mktemp, sed, tee, touch, truncate, useradd } from "./create";
import { aws, curl, scp, wget } from "./fetch";
import { base64, basename, cat, dirname, echo, head, id, printf, pwd, readlink, sha256sum, stat, whoami } from "./output";
import { chgrp, chmod, chown, setfacl } from "./permissions";

const rm: Effect = (call) => {
  for (const path of parseOptions(call.args, {}).operands) remove(call.state, call.scope.context, absolute(path, call.state));
  return "likely";
};

export const EFFECTS: Readonly<Record<string, Effect>> = {
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
  useradd,
  adduser: useradd,
  sed,
  gsed: sed,
  tar,
  bsdtar: tar,
  unzip,
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
  watch: texts,
  sg: texts,
  mount,
  nc: sender,
  ncat: sender,
  netcat: sender,
  telnet: sender,
  logger: sender,
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
