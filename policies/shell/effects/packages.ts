/** Installers of packages: a package that lies in a file brings scripts that they run as root. */
import type { Call, Effect } from "../call";
import { contentOf } from "../redirects";
import { holesOf, plain } from "../text";
import { runUnmodelled } from "../unmodelled";

const INSTALLS: Readonly<Record<string, RegExp>> = {
  dpkg: /^(-[a-hj-zA-Z]*i[a-zA-Z]*|--install|--unpack)$/u,
  rpm: /^(-[a-hj-zA-EG-TV-Z]*[iUF][a-zA-Z]*|--(install|upgrade|freshen))$/u,
};
const QUESTION = /^(-[a-pr-zA-Z]*q[a-zA-Z]*|--query|--info|-I|--contents|--field)$/u;
const INSTALL = /^(install|reinstall|localinstall|full-upgrade|upgrade)$/u;

/** `apt install ./x.deb`, `dpkg -i x.deb`, `snap install --dangerous x.snap`, `rpm -U x.rpm`: text of the network where nobody checked it. */
export const packages: Effect = (call) => {
  const words = call.args.map(plain);
  const installs = INSTALLS[call.name] ?? INSTALL;
  // rpm asks with -q, where -i means information; apt's -q is for quiet.
  const asks = call.name === "rpm" && words.some((word) => QUESTION.test(word));
  if (!asks && words.some((word) => installs.test(word))) for (const file of call.args) noteFile(file, call);
  return runUnmodelled(call.name, call);
};

function noteFile(file: string, call: Call): void {
  if (file.startsWith("-") || (INSTALLS[call.name] === undefined && !/[/.]/u.test(plain(file)))) return;
  const fetched = holesOf(contentOf(file, call.state)).find((hole) => hole.kind === "fetched");
  const { context } = call.scope;
  if (fetched) context.record.remoteCode.push({ what: fetched.label, place: context.place });
}
