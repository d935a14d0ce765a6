import { ofType } from "../../core/references";
import type { Finding, Graph, Policy, Resource, Value } from "../../core/types";
import { asArray, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { callerAccounts, keepsStrangersOut, narrowedTo } from "../../graph/iam-condition";
import { readDocument } from "../../graph/iam-document";
import type { Statement } from "../../graph/iam-document";
import { ownAccounts, reachOf } from "../../graph/iam-principal";
import { targetsOf } from "../../graph/join";
import { fieldsNamed } from "../../graph/network/network-interface";

const FIX = "Name the roles or the account that need it, or narrow it by aws:PrincipalOrgID, aws:SourceAccount or aws:SourceArn.";

/** A property of any type that can hold a resource's own policy. What is no policy document, or names no principals, says nothing. */
const DOCUMENT = /polic(y|ies)(Document|Text|Json)?$/i;

/** The rights in an organization that its owner gives to others: under a name that elsewhere is any text's. */
const CONTENT = /^aws:organizations\/resourcePolicy:/;

/** Types whose document has a policy of its own here, or is about everybody by its nature: public APIs and images, endpoints of a network. */
const ELSEWHERE =
  /^aws:(iam\/|s3\/(bucket|accessPoint)|s3control\/|ec2\/vpcEndpoint|apigateway\/restApi:|ecrpublic\/|mediastore\/|vpclattice\/authPolicy|verifiedaccess\/)/;

/** Types that name accounts, or everybody by a word of their own. */
const GRANTS: readonly {
  readonly type: RegExp;
  readonly names: (inputs: Resource["inputs"], graph: Graph, resource: Resource) => readonly (Value | undefined)[];
}[] = [
  {
    type: /^aws:ec2\/amiLaunchPermission:/,
    names: ({ accountId, group, organizationArn, organizationalUnitArn }) => [accountId, group, organizationArn, organizationalUnitArn],
  },
  { type: /^aws:ec2\/snapshotCreateVolumePermission:/, names: ({ accountId }) => [accountId] },
  {
    type: /^aws:imagebuilder\/distributionConfiguration:/,
    names: (inputs) =>
      fieldsNamed(inputs, /^(userIds|userGroups|organizationArns|organizationalUnitArns|targetAccountIds|accountId)$/).flatMap(list),
  },
  {
    type: /^aws:s3control\/storageLensConfiguration:/,
    names: ({ storageLensConfiguration }) => fieldsNamed(storageLensConfiguration, /^accountId$/),
  },
  { type: /^aws:dlm\/lifecyclePolicy:/, names: (inputs) => fieldsNamed(inputs, /^targetAccounts$/).flatMap(list) },
  { type: /^aws:backup\/plan:/, names: (inputs) => fieldsNamed(inputs, /^destinationVaultArn$/).map(accountOf) },
  {
    type: /^aws:ram\/principalAssociation:/,
    names: ({ principal }, graph, resource) => (isShownShare(graph, resource) ? [] : [principal]),
  },
  {
    type: /^aws:(rds\/(snapshot|clusterSnapshot)|docdb\/clusterSnapshot|neptune\/clusterSnapshot):/,
    names: ({ sharedAccounts }) => list(sharedAccounts),
  },
  { type: /^aws:rds\/snapshotCopy:/, names: ({ sharedAccounts }) => list(sharedAccounts) },
  { type: /^aws:kms\/grant:/, names: ({ granteePrincipal }) => [granteePrincipal] },
  { type: /^aws:cloudwatch\/eventPermission:/, names: ({ principal, condition }) => (isAbsent(condition) ? [principal] : []) },
  {
    type: /^aws:(lakeformation\/permissions|licensemanager\/licenseGrant|signer\/signingProfilePermission):/,
    names: ({ principal }) => [principal],
  },
  { type: /^aws:(redshift\/endpointAuthorization|opensearch\/authorizeVpcEndpointAccess):/, names: ({ account: named }) => [named] },
  { type: /^aws:redshift\/dataShareAuthorization:/, names: ({ consumerIdentifier }) => [consumerIdentifier] },
  { type: /^aws:cfg\/aggregateAuthorization:/, names: ({ accountId }) => [accountId] },
  { type: /^aws:ec2\/networkInterfacePermission:/, names: ({ awsAccountId }) => [awsAccountId] },
  { type: /^aws:globalaccelerator\/crossAccountAttachment:/, names: ({ principals }) => list(principals) },
  { type: /^aws:servicecatalog\/portfolioShare:/, names: ({ principalId }) => [principalId] },
  { type: /^aws:ram\/resourceShareAssociationsExclusive:/, names: ({ principals }) => list(principals) },
  { type: /^aws:ssm\/document:/, names: ({ permissions }) => list(String(asString(asProps(permissions)?.account_ids) ?? "").split(",")) },
  { type: /^aws:lambda\/layerVersionPermission:/, names: ({ principal, organizationId }) => (isAbsent(organizationId) ? [principal] : []) },
  {
    type: /^aws:lambda\/permission:/,
    names: ({ principal, principalOrgId, sourceArn, sourceAccount }) =>
      [principalOrgId, sourceArn, sourceAccount].every(isAbsent) ? [principal] : [],
  },
];

/** Where an unknown account is no detail: these exist to hand an image or a snapshot to one. */
const SHARES =
  /^aws:(ec2\/(amiLaunchPermission|snapshotCreateVolumePermission)|imagebuilder\/distributionConfiguration|dlm\/lifecyclePolicy):/;

/** What is shared is part of the program, where other policies look at it: only a share of others may hold anything. */
const isShownShare = (graph: Graph, resource: Resource): boolean =>
  targetsOf(graph, resource, "resourceShareArn", { type: /^aws:ram\/resourceShare:/, names: ["arn"] }).certain.length > 0;

const accountOf = (value: Value): string | undefined => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(asString(value) ?? "")?.[1];

const list = (value: Value | undefined): Value[] => asArray(value) ?? (isAbsent(value) || value === undefined ? [] : [value]);

export const policy: Policy = {
  id: "not-shared-with-strangers",
  severity: "critical",
  control: "IAM-1",
  tags: ["iam", "public-access", "secrets"],
  description:
    "No secret, key, image, snapshot, backup, queue, bus, function or registry is given to everybody, nor, as far as that can be told, to another account.",
  why: "The policy of a resource lets callers in whatever its owner's roles say. A snapshot or an image has everything that lay on the disk, .env included.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.ec2.AmiLaunchPermission("all", { imageId: image.id, group: "all" });',
  good: 'new aws.secretsmanager.SecretPolicy("app", { secretArn, policy: { Statement: [{ Effect: "Allow", Principal: { AWS: role.arn }, Action: "secretsmanager:GetSecretValue", Resource: "*" }] } });',
  evaluate: (graph) => [
    ...ofType(graph, /^aws:/)
      .filter((resource) => isOwn(resource) && !ELSEWHERE.test(resource.type))
      .flatMap((resource) =>
        Object.keys(resource.inputs).flatMap((key) => (isDocument(resource, key) ? byDocument(graph, resource, key) : [])),
      ),
    ...GRANTS.flatMap(({ type, names }) =>
      ofType(graph, type)
        .filter(isOwn)
        .flatMap((resource) => byName(graph, resource, names(resource.inputs, graph, resource))),
    ),
  ],
};

const isDocument = ({ type }: Resource, key: string): boolean => DOCUMENT.test(key) || (key === "content" && CONTENT.test(type));
const isOwn = ({ external }: Resource): boolean => external !== true;
const label = ({ type, name }: Resource): string => `${type.split(":").pop() ?? type} "${name}"`;
const everybody = (resource: Resource, by: string): Finding => ({
  verdict: "violation",
  urn: resource.urn,
  message: `${label(resource)} lets everybody in, any AWS account: ${by} without a condition that keeps strangers out. ${FIX}`,
});
const account = (resource: Resource, by: string): Finding => ({
  verdict: "unknown",
  urn: resource.urn,
  message: `Cannot tell whether ${label(resource)} is shared with a stranger: ${by} is another account than the program's, or the program's is not known yet. If it is yours, exempt this finding with the reason. ${FIX}`,
});

function byDocument(graph: Graph, resource: Resource, key: string): Finding[] {
  const own = ownAccounts(graph);
  return readDocument(resource.inputs[key]).statements.flatMap((statement) => {
    if (statement.effect !== "Allow") return [];
    const kept = keepsStrangersOut(statement);
    return reachOf(statement).flatMap((reach): Finding[] => {
      if (reach.who === "everybody")
        return kept === "no"
          ? [everybody(resource, reach.by)]
          : foreignOnes(statement, own).map((named) => account(resource, `${reach.by} where a condition names "${named}", which`));
      // The owner's own account stands in nearly every key policy; a condition narrows the rest.
      return reach.who === "account" && own.size > 0 && !own.has(reach.account) && kept !== "yes" ? [account(resource, reach.by)] : [];
    });
  });
}

/** Whom a condition lets through of everybody: accounts that are not the program's own. */
const foreignOnes = (statement: Statement, own: ReadonlySet<string>): string[] =>
  own.size === 0 ? [] : [...new Set([...callerAccounts(statement), ...narrowedTo(statement)])].filter((named) => !own.has(named));

function byName(graph: Graph, resource: Resource, names: readonly (Value | undefined)[]): Finding[] {
  const own = ownAccounts(graph);
  return names.flatMap((value): Finding[] => {
    if (isUnknown(value)) return SHARES.test(resource.type) ? [account(resource, "a value that is not known yet")] : [];
    const text = asString(value)?.trim();
    if (text === undefined || text === "") return [];
    if (/^(all|\*)$/i.test(text)) return [everybody(resource, `"${text}"`)];
    const id =
      /^(\d{12})$/.exec(text)?.[1] ??
      /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(text)?.[1] ??
      /^arn:[^:]*:organizations::\d{12}:/.exec(text)?.[0];
    return id === undefined || own.has(id) ? [] : [account(resource, `"${text}"`)];
  });
}
