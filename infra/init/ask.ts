/** Questions on a terminal. */
import { createInterface } from "readline";
import { Writable } from "stream";

/** What is wrong with an answer, in a sentence; undefined where nothing is. */
export type Check = (answer: string) => string | undefined;

export interface Asker {
  /** An empty answer is what was found. One that cannot be used is asked for again. */
  ask(question: string, found: string, check?: Check): Promise<string>;
  /** What is typed is not shown. */
  hidden(question: string): Promise<string>;
}

/** Takes what was found, everywhere. */
export const silent: Asker = { ask: (_question, found) => Promise.resolve(found), hidden: () => Promise.resolve("") };

/** Questions go to standard error: standard output is for the result. */
export function terminalAsker(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Asker {
  const one = (shown: string, echo: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const muted = new Writable({ write: (_part, _encoding, done) => done() });
      output.write(shown);
      const lines = createInterface({ input, output: echo ? output : muted, terminal: true, prompt: "" });
      let answered = false;
      lines.on("line", (line) => {
        answered = true;
        lines.close();
        if (!echo) output.write("\n");
        resolve(line.trim());
      });
      lines.on("close", () => {
        if (!answered) output.write("\n");
        if (!answered) reject(new Ended("ended before the last question; nothing was written"));
      });
    });
  return {
    ask: async (question, found, check) => {
      for (;;) {
        const typed = await one(`${question}${found === "" ? "" : ` [${found}]`}: `, true);
        const answer = typed === "" ? found : typed;
        const wrong = check?.(answer);
        if (wrong === undefined) return answer;
        output.write(`  ${wrong}\n`);
      }
    },
    hidden: (question) => one(`${question}: `, false),
  };
}

/** Ctrl-C, Ctrl-D or the end of the input. */
export class Ended extends Error {}
