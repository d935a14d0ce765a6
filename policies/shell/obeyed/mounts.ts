/** Which file systems lie where: /etc/fstab, and the mounts of cloud-config. */
import { isGuarded } from "../guarded";
import { isWithin } from "../paths";
import { isKnown } from "../text";
import type { Format } from "./format";

/** Nothing that is guarded is hidden by another file system, and none of it gets another name. */
export function liesApart(from: string, to: string, options: string, home: string): boolean {
  if (!to.startsWith("/")) return isKnown(to);
  const covers =
    isGuarded(to, home) ||
    isWithin(home, to) ||
    /^\/(etc|usr|root|proc|sys|boot|lib)(\/|$)/u.test(to.replace(/^\/boot\/efi$|^\/proc$/u, ""));
  const binds = /(^|,)r?bind(,|$)/u.test(options);
  const names = binds && (isGuarded(from, home) || isWithin(home, from));
  const isRoot = to === "/" && !binds && !from.includes(":");
  return isRoot || (!covers && !names);
}

export const MOUNTS: readonly Format[] = [
  {
    path: /^\/etc\/fstab$/u,
    decides: "which file systems lie where",
    harmless: (line, home) => {
      const [from = "", to = "", , options = ""] = line.split(/\s+/u);
      return liesApart(from, to, options, home);
    },
  },
];
