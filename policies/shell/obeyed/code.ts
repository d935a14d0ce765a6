/** Which code programs load or run on their own: the loader, environments, Python, git, the kernel, apt and dpkg. */
import type { Format } from "./format";
import { linesOf, never, only } from "./format";

/** Variables by which a program loads code, finds its programs, or sends what it sends to somebody else. */
const LOADING =
  /^(LD_|DYLD_|PYTHON|PERL|RUBY|NODE_|NPM_|JAVA_|JDK_|_JAVA|CLASSPATH|GEM_|BUNDLE_|LUA_|PHP_|R_|BASH|ENV$|PS[0-4]$|PROMPT|SHELLOPTS|IFS$|CDPATH|HOME$|SHELL$|GIT_|PIP_|UV_|SSL_|OPENSSL|REQUESTS_|CURL_|NSS_|GNUTLS|KRB5|GCONV_|LOCPATH|NLSPATH|MALLOC_|GLIBC_|TMPDIR$|(.*_)?proxy$|RES_|HOSTALIASES|LOCALDOMAIN|LESSOPEN|LESSCLOSE|VIMINIT|EXINIT|AWS_(ENDPOINT|CA_|CONFIG|SHARED|ACCESS|SECRET|SESSION|PROFILE|ROLE|WEB)|DOCKER_|KUBECONFIG|DBUS_|SYSTEMD_|XDG_|GTK_|QT_)/iu;
const SYSTEM_PATH = /^PATH="?(:?(\$PATH|\/(usr\/(local\/)?)?(s?bin|games)|\/snap\/bin))+"?$/u;

const setsHarmless = (line: string): boolean => {
  const [, name] = /^(?:export\s+)?([A-Za-z_]\w*)\s*=/u.exec(line) ?? [];
  return SYSTEM_PATH.test(line) || (name !== undefined && name !== "PATH" && !LOADING.test(name));
};

/** `kernel.x = y`; what the kernel runs by itself is judged by its value. */
export const sysctlHarmless = (line: string): boolean =>
  /^-?(net|vm|abi)[./]/u.test(line) ||
  /^-?fs[./](file-max|nr_open|aio-max-nr|inotify|protected_|suid_dumpable|pipe|mqueue|epoll)/u.test(line) ||
  /^-?kernel[./](?!core_pattern|modprobe|hotplug|poweroff_cmd|usermodehelper|ftrace|kexec_load)\w/u.test(line) ||
  /^-?kernel[./]core_pattern\s*=\s*("?\|?\s*(\/usr)?\/bin\/(false|true)\b|[^|]*$|"?\|(\/usr)?\/(lib\/systemd\/systemd-coredump|share\/apport\/apport)\b)/u.test(
    line,
  );

const GIT_RUNS =
  /^(core\.(hookspath|fsmonitor|sshcommand|gitproxy|editor|pager|askpass|attributesfile|worktree|alternaterefscommand)|credential\b.*|filter\.|diff\..*(command|textconv)|diff\.external|merge\..*driver|mergetool|difftool|url\.|http\..*(sslverify|proxy|sslcainfo)|http\.(sslverify|proxy)|include|alias\.|protocol\.|safe\.directory|remote\..*(uploadpack|receivepack|vcs|proxy)|gpg\b.*program|sequence\.editor|uploadpack\.|pager\.|init\.templatedir|submodule\.)/iu;
/** A setting of git by which it runs nothing and trusts nobody else. `safe.directory` names a folder that root may use. */
export const gitHarmless = (key: string, value: string): boolean =>
  !GIT_RUNS.test(key) ||
  (/^safe\.directory$/iu.test(key) && value !== "*") ||
  (/^http\.sslverify$/iu.test(key) && /^(true|1)$/iu.test(value));

const gitLines = (text: string): string[] => {
  let section = "";
  return linesOf(text).flatMap((line) => {
    const head = /^\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]\s*(.*)$/u.exec(line);
    if (head) section = `${head[1] ?? ""}.${head[2] === undefined ? "" : `${head[2]}.`}`;
    const rest = head ? (head[3] ?? "") : line;
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
      const [key = "", value = "true"] = line.split(/\s*=\s*/u);
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
      /^(APT::(Periodic|Install|Get::(Assume|Show|Install|Allow-Downgrades)|Default-Release|Keep|Cache|Archives|NeverAutoRemove|AutoRemove|Color)|Unattended-Upgrade|Acquire::(Retries|Languages|Force|GzipIndexes|CompressionTypes|Queue|PDiffs|https?::(Timeout|Pipeline|Dl-Limit|No-Cache))|Dpkg::(Options|Use-Pty|Lock|Progress)|DPkg::(Options|Use-Pty|Lock)|Binary::)/iu,
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
