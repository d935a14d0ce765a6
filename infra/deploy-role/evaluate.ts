/** Runs the program of a stack offline and notes what it registers and asks. */
import type { StackFile } from "../offline/stack-file";
import { previewProvider } from "../offline/preview-provider";
import type { Provider } from "../offline/engine";
import { program } from "../program";
import { runReadable } from "../cli/preview-stack";
import type { Question, Seen } from "./statements";

/** Account that AWS's own documentation uses. */
export const EXAMPLE_ACCOUNT = "123456789012";

/** A number that stands for the account in none of the given texts by chance: a bucket may have twelve digits in its name. */
export function standInAccount(given: string): string {
  let number = Number(EXAMPLE_ACCOUNT);
  while (given.includes(String(number))) number += 1;
  return String(number);
}

const IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity";

/** @throws what the program throws */
export async function seenBy(root: string, file: StackFile, region: string, account: string): Promise<Seen> {
  const questions: Question[] = [];
  const answers = previewProvider(region);
  const provider: Provider = {
    create: answers.create.bind(answers),
    call: async (token, args) => {
      questions.push({ token, args });
      const answer = await answers.call(token, args);
      return token === IDENTITY ? { ...answer, accountId: account, id: account } : answer;
    },
  };
  const { resources } = await runReadable(file, {
    root,
    preview: true,
    provider,
    program: async () => ({ ...(await program(root, { warn: () => Promise.resolve() })) }),
  });
  return { resources, questions };
}
