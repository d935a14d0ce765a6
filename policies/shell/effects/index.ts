/** The commands whose effects on files or output are modelled. */
import type { Effect } from "../call";
import { absolute, remove } from "../tree";
import { parseOptions } from "../options";
import { git, tar, unzip } from "./archive";
import { cp, install, ln, mv, rsync } from "./copy";
import { dd, filter, mkdir, mktemp, sed, tee, touch, truncate, useradd } from "./create";
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
  unlink: rm,
  rmdir: rm,
  shred: rm,
  head,
  tail: head,
  cut: filter,
  tr: filter,
  awk: filter,
  gawk: filter,
  sort: filter,
  uniq: filter,
  envsubst: filter,
  gzip: filter,
  gunzip: filter,
  zcat: filter,
  xz: filter,
  openssl: filter,
  jq: filter,
  yq: filter,
  sops: filter,
  gpg: filter,
  age: filter,
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
