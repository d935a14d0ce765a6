/** Questions on a terminal. */
import { createInterface } from "readline";
import { Writable } from "stream";

export interface Asker {
  /** An empty answer is what was found. */
  ask(question: string, found: string): Promise<string>;
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
        if (!answered) reject(new Ended("ended before the last question; nothing was written"));
      });
    });
  return {
    ask: async (question, found) => {
      const answer = await one(`${question}${found === "" ? "" : ` [${found}]`}: `, true);
      return answer === "" ? found : answer;
    },
    hidden: (question) => one(`${question}: `, false),
  };
}

/** Ctrl-C, Ctrl-D or the end of the input. */
export class Ended extends Error {}
