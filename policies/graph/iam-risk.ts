/** What the statements of one identity give away, decided from the meaning of the actions (iam-actions.ts) and whose resources they reach. */
import { actionAnswer } from "./iam-match";
import { anybodys } from "./iam-breadth";
import type { Owner } from "./iam-breadth";
import { actionsOf, expand } from "./iam-actions";
import type { Action } from "./iam-actions";
import type { Statement } from "./iam-document";

export interface Risk {
  readonly kind: "foreign-role" | "not-known" | "everything" | "permissions" | "passes-role" | "commands" | "changes" | "names" | "reads";
  readonly actions: readonly string[];
}

/** Changes that no resource of anybody's suffers from: each with what it does instead. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  "adds to logs, metrics and traces":
    /^(logs:(CreateLogGroup|CreateLogStream|PutLogEvents|PutRetentionPolicy|TagResource|TagLogGroup)|cloudwatch:PutMetricData|xray:(Put\w+|GetSampling\w+)|application-autoscaling:\w+|aps:RemoteWrite|rum:PutRumEvents)$/,
  "reports the state of the host itself":
    /^(ssm:(UpdateInstanceInformation|UpdateInstanceAssociationStatus|UpdateAssociationStatus|PutInventory|PutComplianceItems|PutConfigurePackageResult)|ssmmessages:\w+|ec2messages:\w+|ssm-guiconnect:\w+|inspector2?:\w+|autoscaling:(CompleteLifecycleAction|RecordLifecycleActionHeartbeat|SetInstanceHealth)|cloudformation:SignalResource|ecs:(DiscoverPollEndpoint|Poll|RegisterContainerInstance|StartTelemetrySession|SubmitContainerStateChange|SubmitTaskStateChange|SubmitAttachmentStateChanges))$/,
  "sends a message":
    /^(sns:Publish|sqs:(SendMessage|ReceiveMessage|DeleteMessage|ChangeMessageVisibility)|events:PutEvents|firehose:PutRecord(Batch)?|kinesis:PutRecords?|ses:Send\w+|mobiletargeting:SendMessages)$/,
  "attaches a function to its subnet, as AWS's own policy for functions does":
    /^ec2:((Create|Delete)NetworkInterface|(Una|A)ssignPrivateIpAddresses|CreateNetworkInterfacePermission)$/,
  "encrypts, or asks who one is":
    /^(kms:(Encrypt|GenerateDataKey\w*|ReEncryptTo)|sts:(GetServiceBearerToken|DecodeAuthorizationMessage|GetCallerIdentity|GetSessionToken|TagSession|SetSourceIdentity))$/,
  "fetches container images": /^ecr(-public)?:(GetAuthorizationToken|BatchGetImage|GetDownloadUrlForLayer|BatchImportUpstreamImage)$/,
};
const HARMLESS_CHANGES = Object.values(HARMLESS);

/** Reads that hand out content, not descriptions. */
const CONTENT =
  /^(s3:GetObject(Version|Torrent|VersionTorrent)?|secretsmanager:(Batch)?GetSecretValue|ssm:GetParameter(s|sByPath|History)?|dynamodb:(GetItem|BatchGetItem|Query|Scan|PartiQLSelect|GetRecords)|ebs:GetSnapshotBlock|ec2:(GetPasswordData|GetConsoleOutput|GetConsoleScreenshot|DescribeInstanceAttribute|GetLaunchTemplateData)|lambda:(GetFunction|GetFunctionConfiguration)|codecommit:GitPull|rds-data:\w+|redshift-data:GetStatementResult|athena:GetQueryResults|kinesis:GetRecords|sqs:ReceiveMessage|kms:Decrypt|elasticfilesystem:Client\w+|ssm:GetDocument|sagemaker:GetRecord|glue:GetConnections?)$/;

/** They make the caller root, or a user who may become it, on the host that is named: a narrow resource makes them no smaller. */
const COMMANDS =
  /^(ssm:(SendCommand|StartSession|ResumeSession|StartAutomationExecution|StartChangeRequestExecution|CreateAssociation(Batch)?|UpdateAssociation|StartAssociationsOnce|UpdateDocument|UpdateDocumentDefaultVersion)|ec2-instance-connect:(SendSSHPublicKey|SendSerialConsoleSSHPublicKey|OpenTunnel)|ssm-guiconnect:StartConnection)$/;

export const isCommand = (action: string): boolean => COMMANDS.test(action);
/** A change that nobody suffers from, or a read of content. */
export const isHarmlessChange = (action: string): boolean => CONTENT.test(action) || HARMLESS_CHANGES.some((one) => one.test(action));

/** @param host whether it is the role of a host: what maintains hosts is another thing */
export function risksOf(statements: readonly Statement[], owner: Owner, host = false): Risk[] {
  const allowed = statements.filter(({ effect }) => effect === "Allow");
  const denied = statements.filter((one) => one.effect === "Deny" && one.conditions.length === 0 && !one.conditionsOpen && coversAll(one));
  const isDenied = (action: string): boolean => denied.some((statement) => actionAnswer(statement, action) === "yes");
  const named = allowed.flatMap((statement) =>
    (statement.actions?.known ?? []).map((pattern) => ({ statement, actions: expand(pattern) })),
  );
  const wide = named.filter(({ statement }) => anybodys(statement, owner).length > 0);
  const of = (list: readonly { readonly actions: readonly Action[] | "all" }[], test: (action: Action) => boolean): string[] =>
    [...new Set(list.flatMap(({ actions }) => (actions === "all" ? [] : actions.filter(test))).map(({ name }) => name))].filter(
      (name) => !isDenied(name),
    );
  const everything =
    wide.some(({ actions }) => actions === "all") || allowed.some((one) => one.notActions && anybodys(one, owner).length > 0);
  const passes = of(named, ({ name }) => name === "iam:PassRole").length > 0;
  const risks: Risk[] = [
    { kind: "everything", actions: everything ? ["all actions but few"] : [] },
    { kind: "not-known", actions: wide.flatMap(({ statement }) => unknownServices(statement)) },
    { kind: "permissions", actions: of(named, (action) => managesIdentities(action)) },
    { kind: "passes-role", actions: passes ? of(named, startsWithRole) : [] },
    { kind: "commands", actions: of(host ? named : wide, ({ name }) => COMMANDS.test(name)) },
    {
      kind: "changes",
      actions: of(
        wide,
        ({ name, level }) =>
          level !== "read" &&
          level !== "list" &&
          !COMMANDS.test(name) &&
          !CONTENT.test(name) &&
          !HARMLESS_CHANGES.some((one) => one.test(name)),
      ),
    },
    {
      kind: "names",
      actions: host
        ? of(
            named.filter(({ statement }) => !onNames(statement)),
            ({ name }) => name === RECORDS,
          )
        : [],
    },
    { kind: "reads", actions: of(wide, ({ name }) => CONTENT.test(name)) },
  ];
  return risks.filter(({ actions }) => actions.length > 0);
}

/** Actions of services that AWS's reference did not have when it was taken: what they do is not known. */
const unknownServices = ({ actions }: Statement): string[] =>
  (actions?.known ?? []).filter((pattern) => /^[a-z0-9-]+:/i.test(pattern) && actionsOf(pattern.split(":")[0] ?? "") === undefined);

const RECORDS = "route53:ChangeResourceRecordSets";
const RECORD_NAMES = "route53:changeresourcerecordsetsnormalizedrecordnames";

/**
 * Is it kept to names of records? Without, one record is as all of a zone's: whoever changes them leads its names elsewhere, and has certificates
 * issued for each of them.
 */
const onNames = ({ conditions, conditionsOpen }: Statement): boolean =>
  conditionsOpen ||
  conditions.some(
    ({ key, operator, values }) =>
      key === RECORD_NAMES &&
      /^(for(all|any)values:)?string(equals|like)/i.test(operator) &&
      !values.known.some((value) => /^\**$/.test(value)),
  );

/**
 * Services that run code with a role they are handed: the paths from iam:PassRole to the rights of that role, as published for AWS by Rhino
 * Security Labs, Bishop Fox (IAM Vulnerable) and Datadog (pathfinding.cloud).
 */
const RUNS_WITH_ROLE =
  /^(ec2|autoscaling|lambda|ecs|eks|glue|sagemaker|codebuild|codepipeline|codedeploy|codestar|cloudformation|datapipeline|ssm|states|apprunner|batch|elasticmapreduce|emr-serverless|emr-containers|bedrock|bedrock-agentcore|imagebuilder|scheduler|events|pipes|amplify|gamelift|airflow|airflow-serverless|omics|synthetics|greengrass|iot|braket|proton|servicecatalog|opsworks|elasticbeanstalk|kinesisanalytics|transfer|fis):/;

function startsWithRole({ name, level }: Action): boolean {
  return (
    level === "write" &&
    RUNS_WITH_ROLE.test(name) &&
    /:(Create|Run|Start|Update|Register|Put|Submit|Invoke|Request|Associate|Replace|Modify|Activate|Execute|Add)/.test(name)
  );
}

/** Whoever changes identities of the account or their rights makes himself what he likes, on whichever identity. */
function managesIdentities({ name, level }: Action): boolean {
  if (/^(iam|organizations|sso|identitystore|rolesanywhere):/.test(name))
    return level === "permissions" || (level === "write" && name !== "iam:PassRole" && name !== "iam:CreateServiceLinkedRole");
  return false;
}

const coversAll = ({ resources, principals }: Statement): boolean =>
  !principals && (resources === undefined || resources.known.includes("*"));

/** For messages. */
export function describeRisk({ kind, actions }: Risk): string {
  const some = `${actions.slice(0, 4).join(", ")}${actions.length > 4 ? " ..." : ""}`;
  if (kind === "not-known") return `do what is not known (${some}: a service that this pack has no reference of)`;
  if (kind === "foreign-role") return `take roles of other accounts (${some})`;
  if (kind === "everything") return "do nearly anything on anybody's resources";
  if (kind === "permissions") return `change identities of the account and their rights (${some})`;
  if (kind === "passes-role") return `hand a role to a service and so take the role's rights (iam:PassRole with ${some})`;
  if (kind === "names")
    return `change each record of a hosted zone (${some}), and so lead its names elsewhere or have certificates issued for them; a condition on route53:ChangeResourceRecordSetsNormalizedRecordNames keeps it to the names that it needs`;
  if (kind === "commands") return `run commands on hosts, past the bastion and as root (${some})`;
  return kind === "changes"
    ? `change what is anybody's in the account (${some})`
    : `read the content of what is anybody's in the account (${some})`;
}
