import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { plain, show } from "../../shell/text";
import { forEachHost, violation } from "./findings";
import { programOf, wordsOf } from "./runs";

const FIX = "Pin the commit (40 digits) or add `#sha256=…`; better, a package version with --require-hashes.";

/** Programs that install Python packages, and the words of theirs that name packages. */
function installed(program: string, words: readonly string[]): { readonly by: string; readonly words: readonly string[] } | undefined {
  if (/^pip[\d.]*$/u.test(program)) return words.includes("install") ? { by: "pip", words } : undefined;
  if (/^python[\d.]*$/u.test(program)) {
    const [dash, module, ...rest] = words;
    if (dash !== "-m" || module === undefined) return undefined;
    return module === "pip" || module === "uv" ? installed(module, rest) : undefined;
  }
  if (program === "uvx") return { by: "uvx", words: ownWords(words) };
  return program === "uv" ? installedByUv(words) : undefined;
}

const UV_COMMANDS = [/\bpip (install|sync)\b/u, /\btool (install|upgrade)\b/u, /\badd\b/u];

function installedByUv(words: readonly string[]): ReturnType<typeof installed> {
  const command = words
    .filter((word) => !word.startsWith("-"))
    .slice(0, 3)
    .join(" ");
  const runs = /\b(tool )?run\b/u.exec(command);
  if (runs !== null) return { by: "uv", words: ownWords(words.slice(words.indexOf("run") + 1)) };
  return UV_COMMANDS.some((known) => known.test(command)) ? { by: "uv", words } : undefined;
}

/** Without the words of the program that is run: up to the first word that is neither an option nor may be the value of one. */
function ownWords(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word, index) => !word.startsWith("-") && words[index - 1]?.startsWith("-") !== true);
  return first < 0 ? words : words.slice(0, first + 1);
}

/** `--with ADDRESS` and `--from ADDRESS` of uv name packages; what follows other options (an index) names none. */
const NAMES_PACKAGES = /^(--from|--with|-w|--with-editable|--editable|-e)$/u;

function looseOf(words: readonly string[]): string | undefined {
  return words
    .map((word, index) => ({
      word: word.replace(/^--(from|with)=/u, "").replace(/^[\w.-]+(\[[\w.,-]*\])?\s*@\s*/u, ""),
      before: words[index - 1] ?? "",
    }))
    .find(
      ({ word, before }) =>
        /^(git\+|https?:\/\/)/u.test(word) &&
        !/#sha(256|512)=|@[0-9a-f]{40}\b/u.test(word) &&
        (!before.startsWith("-") || NAMES_PACKAGES.test(before) || /=|^--(system|upgrade|no-deps|user|quiet)$/u.test(before)),
    )?.word;
}

function check({ record }: Asked, _settings: Settings): Finding[] {
  return record.executed.flatMap((run) => {
    const found = installed(programOf(run), wordsOf(run));
    if (found === undefined || found.words.includes("--require-hashes")) return [];
    const loose = looseOf(found.words);
    return loose === undefined
      ? []
      : [violation(run.place, `${found.by} installs ${show(plain(loose))}, which can be something else tomorrow. ${FIX}`)];
  });
}

export const policy: Policy = {
  id: "pinned-python-packages",
  severity: "medium",
  control: "SETUP-2",
  tags: ["host-setup", "supply-chain"],
  description: "pip and uv install nothing from an address whose content is not pinned.",
  why: "A branch or archive address can change between two deployments; the package's set-up code runs on the host.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: `new command.remote.Command("x", { connection, create: "pip install git+https://github.com/x/y.git" });`,
  good: `new command.remote.Command("x", { connection, create: "pip install --require-hashes -r requirements.txt" });`,
  evaluate: forEachHost("pinned-python-packages", check),
};
