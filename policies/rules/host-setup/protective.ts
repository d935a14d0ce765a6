/** Commands whose failure leaves something open. */
import type { Executed } from "../../shell/state";
import { programOf, wordsOf } from "./runs";

export function isProtective(run: Executed): boolean {
  const program = programOf(run);
  if (/^(chmod|chown|chgrp|setfacl|umask|ufw|iptables|ip6tables|nft|visudo)$/u.test(program)) return true;
  if (program === "install") return wordsOf(run).some((w) => /^-\w*[mo]|^--(mode|owner)/u.test(w));
  return (
    /^(sha256sum|sha512sum|gpg|cosign|minisign)$/u.test(program) && wordsOf(run).some((w) => /^(-c|--check|--verify|verify|-V)$/u.test(w))
  );
}
