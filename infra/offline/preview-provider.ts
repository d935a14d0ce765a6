import type { Properties, Provider, Request } from "./engine";

/** Account that AWS's own documentation uses. */
const EXAMPLE_ACCOUNT = "123456789012";

/**
 * Answers as the engine does at a first preview: what the program gave is known, ids and everything that AWS would add are not.
 *
 * @throws Error for an invoke that it does not know: a made-up answer could hide a mistake.
 */
export function previewProvider(): Provider {
  return {
    create: (request: Request) => Promise.resolve({ outputs: request.wire }),
    call: (token, args) => {
      const answer = ANSWERS[token];
      return answer === undefined ? Promise.reject(new Error(`the offline preview cannot answer ${token}`)) : Promise.resolve(answer(args));
    },
  };
}

const ANSWERS: Readonly<Record<string, (args: Properties) => Properties>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: EXAMPLE_ACCOUNT,
    arn: `arn:aws:iam::${EXAMPLE_ACCOUNT}:user/offline`,
    id: EXAMPLE_ACCOUNT,
    userId: "offline",
  }),
  "aws:ec2/getAmi:getAmi": (args) => ({ ...args, id: "ami-0123456789abcdef0", architecture: "x86_64" }),
};
