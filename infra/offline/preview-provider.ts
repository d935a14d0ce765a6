import type { Properties, Provider, Request } from "./engine";
import { findImage } from "./images";
import { zonesOf } from "./zones";

/** Account that AWS's own documentation uses. */
const EXAMPLE_ACCOUNT = "123456789012";

/**
 * Answers as the engine does at a first preview: what the program gave is known, ids and everything that AWS would add are not. Questions to
 * AWS are answered from data that resembles AWS's, so that a name that does not exist is not found here either.
 *
 * @throws Error for an invoke that it does not know: a made-up answer could hide a mistake.
 */
export function previewProvider(region: string): Provider {
  return {
    create: (request: Request) => Promise.resolve({ outputs: request.wire }),
    call: (token, args) =>
      Promise.resolve().then(() => {
        const answer = ANSWERS[token];
        if (answer === undefined) throw new Error(`the offline preview cannot answer ${token}`);
        return answer(region, args);
      }),
  };
}

const ANSWERS: Readonly<Record<string, (region: string, args: Properties) => Properties>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: EXAMPLE_ACCOUNT,
    arn: `arn:aws:iam::${EXAMPLE_ACCOUNT}:user/offline`,
    id: EXAMPLE_ACCOUNT,
    userId: "offline",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": zonesOf,
  "aws:ec2/getAmi:getAmi": findImage,
  // A first preview: the stack was never updated, and its bucket is empty.
  "pulumi:pulumi:readStackOutputs": (_region, args) => ({ name: args.name as string, outputs: {}, secretOutputNames: [] }),
  "aws:s3/getObjects:getObjects": (_region, args) => ({
    ...args,
    id: "objects",
    keys: [],
    commonPrefixes: [],
    owners: [],
    requestCharged: "",
  }),
};
