/** What stands behind a comparison: a stack that is deployed, where everything is known and the same resource always has the same id. */
import type { Properties, Provider, Request } from "../offline/engine";
import { previewProvider } from "../offline/preview-provider";

/** @param published keys of models that are not on this machine: they are taken to be in the bucket */
export function deployedProvider(region: string, published: readonly string[] = []): Provider {
  return withModels(
    {
      call: (token, args) => previewProvider(region).call(token, args),
      create: (request: Request) => Promise.resolve({ id: request.name, outputs: { ...request.wire, ...known(request) } }),
    },
    published,
  );
}

/** As at a first preview. */
export function firstProvider(region: string, published: readonly string[]): Provider {
  return withModels(previewProvider(region), published);
}

function withModels(provider: Provider, published: readonly string[]): Provider {
  return {
    ...provider,
    call: async (token, args) => {
      // Neither size nor checksum: nobody has looked.
      if (token === "aws:s3/getObject:getObject" && published.includes(String(args.key))) return { ...args, checksumSha256: "" };
      const answer = await provider.call(token, args);
      const isThere = token === "aws:s3/getObjects:getObjects" && published.includes(String(args.prefix));
      return isThere ? { ...answer, keys: [args.prefix as string] } : answer;
    },
  };
}

/** The public address of an instance, by the name of it. */
export const publicAddress = (name: string): string => `${name} public`;

function known({ name, type }: Request): Properties {
  if (type.startsWith("command:")) return { stdout: name.endsWith("host-key") ? "ssh-ed25519 AAAA" : "{}" };
  const proof = { resourceRecordName: `_proof.${name}`, resourceRecordType: "CNAME", resourceRecordValue: `${name} proof` };
  return {
    ...(type === "aws:acm/certificate:Certificate" ? { domainValidationOptions: [proof] } : {}),
    privateIp: `${name} private`,
    publicIp: publicAddress(name),
    primaryNetworkInterfaceId: name,
    prefixListId: "pl-1",
    keyName: name,
    dnsName: name,
    zoneId: name,
  };
}
