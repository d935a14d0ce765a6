import { once } from "../../core/graph";
import { partsOf, textOfAsset } from "../../core/assets";
import type { Part } from "../../core/assets";
import { Asset, Secret } from "../../core/types";
import type { Finding, Graph, Policy, Resource, Value } from "../../core/types";
import { anyLeaf, asArray, asString, isUnknown, reveal, walkLeaves } from "../../core/values";
import { isSecretFile } from "./files";
import { label, unknown, unlessMarked, violation } from "./report";
import { printable, scan } from "./scan";

const FIX = "send secrets by the `stdin` of a Command, wrapped in pulumi.secret, and keep secret files out of the working tree";

export const policy: Policy = {
  id: "secret-in-asset",
  severity: "high",
  control: "SECRET-1",
  tags: ["secrets", "bucket"],
  description:
    "Assets and copied files are no secret files (.env, private keys), and neither the text of a StringAsset nor a file that is sent (alone, in a folder or in an archive) holds a secret.",
  why: "A StringAsset's text is stored in the state; a FileAsset on .env needs the file in the working tree, one `git add .` from git, and leaves its hash in the state.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new remote.CopyToRemote("env", { source: new pulumi.asset.FileAsset("./.env"), ... });',
  good: 'new remote.Command("env", { create: "umask 077; cat > /home/ddos/app/.env", stdin: pulumi.secret(envText), ... });',
  evaluate: (graph) => graph.resources.flatMap((resource) => [...assets(graph, resource), ...copies(resource)]),
};

function assets(graph: Graph, resource: Resource): Finding[] {
  if (!hasAssets(resource)) return [];
  const found: Finding[] = [];
  for (const [key, value] of Object.entries(resource.inputs)) {
    walkLeaves(
      value,
      (leaf, path, marked) => {
        if (!(leaf instanceof Asset)) return;
        found.push(...unlessMarked(graph, resource, scan(marked ? new Secret(leaf) : leaf, path, "text"), FIX));
        for (const part of partsOf(leaf)) {
          if (part.asset?.kind === "text") continue;
          const at = part.path === "" ? path : `${path}["${printable(part.path)}"]`;
          const named = [part.asset?.content, part.path].find((file) => file !== undefined && isSecretFile(file));
          if (named !== undefined) found.push(secretFile(resource, at, named));
          else found.push(...fromHere(graph, resource, part, at, marked));
        }
      },
      key,
    );
  }
  return found;
}

/** What was read of a file of this machine, and what could not be read. */
function fromHere(graph: Graph, resource: Resource, { asset, secret }: Part, at: string, marked: boolean): Finding[] {
  const file = asset?.content ?? "";
  if (asset?.kind === "archive" && asset.opened?.why !== undefined)
    return [
      unknown(
        resource,
        `${at} of ${label(resource)} sends ${file}, which ${asset.opened.why}, so it may hold a secret: ${readableFor(resource)}`,
      ),
    ];
  const text = textOfAsset(asset);
  if (text === undefined) return [];
  const content = new Asset("text", text);
  return unlessMarked(graph, resource, scan(marked || secret ? new Secret(content) : content, `${at} (the file ${file})`, "text"), FIX);
}

/** `source` of a CopyToRemote has to be a path: a FileAsset or a FileArchive. */
const readableFor = ({ type }: Resource): string =>
  type === "command:remote:CopyToRemote"
    ? "send plain files, as a FileAsset of each or a FileArchive of their folder"
    : "send a folder of plain files as a FileArchive, or an AssetArchive of them";

const hasAssets = once((resource: Resource) =>
  Object.values(resource.inputs).some((value) => anyLeaf(value, (leaf) => leaf instanceof Asset)),
);

/** Paths of local files that a command reads, and unknown content on its way to a secret file. */
function copies(resource: Resource): Finding[] {
  if (!resource.type.startsWith("command:")) return [];
  const single: [string, Value | undefined][] = [["localPath", resource.inputs.localPath]];
  const lists = ["assetPaths", "archivePaths"].flatMap((key) =>
    (asArray(resource.inputs[key]) ?? []).map((item): [string, Value] => [key, item]),
  );
  const local = [...single, ...lists].flatMap(([key, value]) => {
    const path = asString(value);
    return path !== undefined && isSecretFile(path) ? [secretFile(resource, key, path)] : [];
  });
  const target = asString(resource.inputs.remotePath);
  return local.length > 0 || target === undefined || !isSecretFile(target) ? local : becomesSecret(resource, target);
}

/** What is copied to the place of a secret file is that file, whatever it is called here. */
function becomesSecret(resource: Resource, target: string): Finding[] {
  const { source } = resource.inputs;
  const asset = reveal(source);
  const file = asset instanceof Asset && /^(file|uri)$/u.test(asset.kind) && textOfAsset(asset) === undefined ? asset.content : undefined;
  const sent = file ?? asString(resource.inputs.localPath);
  // A certificate and the public half of a pair may lie where keys do.
  if (sent !== undefined && !/\.(crt|cer|pub)$/iu.test(sent))
    return [violation(resource, `${label(resource)} copies ${sent} to the secret file ${target}: ${FIX}`)];
  return isUnknown(source) && !(source instanceof Secret)
    ? [unknown(resource, `source of ${label(resource)} is not known yet and goes to ${target}, so it may be a plain secret: ${FIX}`)]
    : [];
}

function secretFile(resource: Resource, path: string, file: string): Finding {
  return violation(resource, `${path} of ${label(resource)} is the secret file ${file}: ${FIX}`);
}
