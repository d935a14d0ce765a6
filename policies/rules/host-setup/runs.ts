/** Looking at what scripts run. */
import { parseOptions } from "../../shell/options";
import type { Executed } from "../../shell/state";
import { plain } from "../../shell/text";

export const programOf = (run: Executed): string => run.program;

export const wordsOf = (run: Executed): string[] => run.argv.slice(1).map(plain);

/** Service and action of an AWS CLI call (`python -m awscli` included), and the words after them. */
export function awsCall(run: Executed): { service: string; action: string; rest: string[]; words: string[] } | undefined {
  const program = programOf(run);
  if (!/^(aws2?$|python|docker$|podman$|nerdctl$)/u.test(program)) return undefined;
  const words = wordsOf(run);
  const image = /^(docker|podman|nerdctl)$/u.test(program) ? words.findIndex((w) => /(^|\/)aws-?cli(:|@|$)/u.test(w)) : -1;
  const own =
    image >= 0
      ? words.slice(image + 1)
      : /^(docker|podman|nerdctl)$/u.test(program)
        ? undefined
        : !program.startsWith("python")
          ? words
          : words[0] === "-m" && words[1] === "awscli"
            ? words.slice(2)
            : undefined;
  if (!own) return undefined;
  const long = Object.fromEntries(
    ["region", "profile", "endpoint-url", "output", "query", "ca-bundle", "cli-read-timeout", "cli-connect-timeout", "color"].map((n) => [
      n,
      n,
    ]),
  );
  const [service = "", action = "", ...rest] = parseOptions(own, { long }).operands;
  return { service, action, rest, words: own };
}

/** Python code that is run: given by -c, by standard input, as a here document, or in a file that was written before. */
export function pythonCode(run: Executed): string {
  if (!/^python[\d.]*$/u.test(programOf(run))) return "";
  const words = wordsOf(run);
  const at = words.indexOf("-c");
  if (run.code !== undefined) return plain(run.code);
  return at >= 0 ? (words[at + 1] ?? "") : words.every((w) => w.startsWith("-")) ? plain(run.stdin) : "";
}
