/** Which code programs load or run on their own: the loader, environments, Python, git, the kernel, apt and dpkg. */
import type { Format } from "./format";
import { linesOf, never, only } from "./format";

/** Variables that no program loads code by, finds its programs by or sends anything by, with the reason. Any other one may do so. */
const HARMLESS_VARIABLES: readonly RegExp[] = [
  // How text, times and colours look.
  /^(LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLORTERM|NO_COLOR|CLICOLOR(_FORCE)?|COLUMNS|LINES)$/u,
  // How much a shell remembers, and when it ends.
  /^(HIST(SIZE|FILESIZE|CONTROL|IGNORE|TIMEFORMAT)|TMOUT)$/u,
  // Whether packages ask questions.
  /^(DEBIAN_(FRONTEND|PRIORITY)|NEEDRESTART_(MODE|SUSPEND)|UCF_FORCE_CONFF(OLD|NEW))$/u,
  // Which region is asked, and how often: an endpoint of AWS either way.
  /^AWS_(REGION|DEFAULT_REGION|DEFAULT_OUTPUT|MAX_ATTEMPTS|RETRY_MODE|EC2_METADATA_DISABLED)$/u,
  // How many threads compute.
  /^((OMP|OPENBLAS|MKL|NUMEXPR)_(NUM_)?THREADS|GOMAXPROCS|WEB_CONCURRENCY|TOKENIZERS_PARALLELISM)$/u,
  // How Python writes, not what it loads.
  /^PYTHON(UNBUFFERED|DONTWRITEBYTECODE|HASHSEED|IOENCODING|UTF8|FAULTHANDLER)$/u,
  // Names that applications give to their own settings.
  /^(APP_[A-Z0-9_]+|ENVIRONMENT|STAGE|DEPLOY_ENV|NODE_ENV|LOG_LEVEL|PORT)$/u,
];
const SYSTEM_PATH = /^PATH="?(:?(\$PATH|\/(usr\/(local\/)?)?(s?bin|games)|\/snap\/bin))+"?$/u;

const setsHarmless = (line: string): boolean => {
  const [, name] = /^(?:export\s+)?([A-Za-z_]\w*)\s*=/u.exec(line) ?? [];
  return SYSTEM_PATH.test(line) || (name !== undefined && HARMLESS_VARIABLES.some((pattern) => pattern.test(name)));
};

/** `kernel.x = y`; what the kernel runs by itself is judged by its value. */
export const sysctlHarmless = (line: string): boolean =>
  /^-?(net|vm|abi)[./]/u.test(line) ||
  /^-?fs[./](file-max|nr_open|aio-max-nr|inotify|protected_|suid_dumpable|pipe|mqueue|epoll)/u.test(line) ||
  /^-?kernel[./](?!core_pattern|modprobe|hotplug|poweroff_cmd|usermodehelper|ftrace|kexec_load)\w/u.test(line) ||
  /^-?kernel[./]core_pattern\s*=(\s*("?\|\s*|"\s*)?(\/usr)?\/bin\/(false|true)\b|[^|]*$|\s*"?\|(\/usr)?\/(lib\/systemd\/systemd-coredump|share\/apport\/apport)\b)/u.test(
    line,
  );

/** Settings by which git runs nothing and trusts nobody else, with the reason. Any other key may name a command, a file or a server. */
const HARMLESS_GIT: readonly RegExp[] = [
  // Who commits, and what a branch is called.
  /^(user\.(name|email)|author\.(name|email)|committer\.(name|email)|init\.defaultbranch|push\.(default|autosetupremote|followtags))$/iu,
  // How files, lists and messages look.
  /^(color|column|advice|status)\.[\w.-]+$|^(diff\.(renames|renamelimit|algorithm|colormoved|mnemonicprefix|noprefix)|log\.(date|decorate)|tag\.sort|branch\.sort)$/iu,
  /^core\.(autocrlf|eol|safecrlf|filemode|ignorecase|symlinks|bare|repositoryformatversion|logallrefupdates|quotepath|abbrev|whitespace|precomposeunicode|longpaths)$/iu,
  // How fast it is, and how much it keeps.
  /^(core\.(compression|preloadindex|untrackedcache|bigfilethreshold|packedgit\w+)|pack\.(threads|windowmemory|depth|window|packsizelimit)|index\.(threads|version)|gc\.(auto|autodetach|pruneexpire|reflogexpire)|maintenance\.auto)$/iu,
  /^(http\.(postbuffer|lowspeedlimit|lowspeedtime|version|maxrequests)|fetch\.(prune|prunetags|parallel|fsckobjects)|transfer\.fsckobjects)$/iu,
  // How histories are joined.
  /^(pull\.(rebase|ff)|merge\.(ff|conflictstyle|renamelimit|stat)|rebase\.(autostash|autosquash)|rerere\.(enabled|autoupdate)|branch\.[\w./-]+\.(merge|rebase)|remote\.[\w./-]+\.(fetch|prune))$/iu,
];
/** Keys of which only some values are harmless. A remote of the form `ext::COMMAND` is run; `safe.directory` names a folder that root may use. */
const HARMLESS_GIT_VALUES: readonly (readonly [key: RegExp, value: RegExp])[] = [
  [/^safe\.directory$/iu, /^(?!\*$)/u],
  [/^http\.sslverify$/iu, /^(true|1|yes|on)$/iu],
  [/^(commit|tag|push)\.gpgsign$/iu, /^(false|0|no|off)$/iu],
  [/^remote\.[\w./-]+\.url$/iu, /^(https:\/\/|ssh:\/\/|git@[\w.-]+:|\/)/u],
  [/^branch\.[\w./-]+\.remote$/iu, /^[\w.-]+$/u],
];
/** A setting of git by which it runs nothing and trusts nobody else. */
export const gitHarmless = (key: string, value: string): boolean =>
  HARMLESS_GIT.some((pattern) => pattern.test(key)) || HARMLESS_GIT_VALUES.some(([name, form]) => name.test(key) && form.test(value));

const gitLines = (text: string): string[] => {
  let section = "";
  return linesOf(text).flatMap((line) => {
    const head = /^\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\](.*)$/u.exec(line);
    if (head) section = `${head[1] ?? ""}.${head[2] === undefined ? "" : `${head[2]}.`}`;
    const rest = head ? (head[3] ?? "").trimStart() : line;
    return rest === "" ? [] : [`${section}${rest}`];
  });
};

const aptLines = (text: string): string[] => linesOf(text.replace(/\/\*[^*]{0,2000}\*\//gu, "").replace(/\/\/[^\n"]*$/gmu, ""));

export const CODE: readonly Format[] = [
  { path: /^\/etc\/ld\.so\.preload$/u, decides: "what every program loads", harmless: never },
  {
    path: /^\/etc\/ld\.so\.conf(\.d\/[^/]+)?$/u,
    decides: "where programs look for their libraries",
    harmless: only(/^(include\s+)?(\/usr(\/local)?|\/lib|\/opt)\/?[\w./+*-]*$/u),
  },
  {
    path: /^\/etc\/(environment(\.d\/[^/]+)?|security\/pam_env\.conf|default\/locale)$|\/\.(pam_environment|ssh\/environment)$/u,
    decides: "what programs of every session load",
    harmless: setsHarmless,
  },
  {
    path: /\/(site|dist)-packages\/[^/]+\.pth$/u,
    decides: "what every Python program runs at its start",
    harmless: only(/^(?!import\b)[\w./-]*\/(site|dist)-packages\/[\w./-]*$/u),
  },
  {
    path: /\/(site|user)customize\.py$/u,
    decides: "what every Python program runs at its start",
    harmless: only(/^(import (sys|os)|pass|"""[^"]*""")$/u),
  },
  {
    path: /^\/etc\/gitconfig$|\/\.gitconfig$|\/git\/config$|\/\.git\/config$/u,
    decides: "what git runs",
    lines: gitLines,
    harmless: (line) => {
      const [key = "", ...rest] = line.split(/\s*=\s*/u);
      const value = rest.length === 0 ? "true" : rest.join("=");
      return gitHarmless(key.trim(), value.trim());
    },
  },
  {
    path: /^\/etc\/sysctl\.(conf|d\/[^/.][^/]*\.conf)$|^\/(usr\/)?lib\/sysctl\.d\//u,
    decides: "what the kernel does and runs",
    harmless: sysctlHarmless,
  },
  {
    path: /^\/proc\/sys\/(kernel\/(core_pattern|modprobe|hotplug|poweroff_cmd)|fs\/binfmt_misc)/u,
    decides: "what the kernel runs",
    harmless: only(/^\|?(\/usr)?\/bin\/(false|true)\b/u, /^[^|:/]*$/u),
  },
  { path: /^\/(etc|usr\/lib|run)\/binfmt\.d\//u, decides: "which program the kernel runs for a file", harmless: never },
  {
    path: /^\/etc\/apt\/apt\.conf(\.d\/[^/]+)?$/u,
    decides: "what apt runs and trusts",
    lines: aptLines,
    // Hooks are followed as commands (later.ts).
    harmless: only(
      /^[{}"]/u,
      /^APT::Periodic::(?!(Unattended-Upgrade|Enable)\s+"0")/iu,
      /^(APT::(Install|Get::(Assume|Show|Install|Allow-Downgrades)|Default-Release|Keep|Cache|Archives|NeverAutoRemove|AutoRemove|Color)|Unattended-Upgrade|Acquire::(Retries|Languages|Force|GzipIndexes|CompressionTypes|Queue|PDiffs|https?::(Timeout|Pipeline|Dl-Limit|No-Cache))|Dpkg::(Options|Use-Pty|Lock|Progress)|DPkg::(Options|Use-Pty|Lock)|Binary::)/iu,
      /(Invoke|Install-Pkgs)/u,
      /^(APT|DPkg|Dpkg|Update|Periodic)\s*\{/u,
    ),
  },
  {
    path: /^\/etc\/dpkg\/dpkg\.cfg(\.d\/[^/]+)?$/u,
    decides: "what dpkg runs",
    harmless: only(/^(path-(ex|in)clude|force-(confold|confdef|unsafe-io)|no-debsig|log|refuse-|(pre|post)-invoke|no-pager)/u),
  },
  {
    path: /^\/etc\/modprobe\.d\//u,
    decides: "what loading a module runs",
    harmless: only(/^(blacklist|alias|options|softdep|install|remove)\s/u),
  },
];
