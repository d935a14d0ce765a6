import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { INFRASTRUCTURE } from "../../shell/programs";
import type { Executed } from "../../shell/state";
import { plain, show } from "../../shell/text";
import { forEachRun, unknown, violation } from "./findings";
import { awsCall } from "./runs";
import { sdkCall } from "./sdk-calls";

const FIX = "Declare the resource in the program.";

const READS =
  /^(get|list|describe|head|wait|help|lookup|search|query|scan|ls|presign|select|estimate|test|validate|simulate|batch-get|receive|tail|filter)([-_]|$)/u;
/** Uploads are what backups are made of; they change no settings. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  s3: /^(cp|ls|sync|presign)$/u,
  s3api: /^(put-object|upload-part|create-multipart-upload|complete-multipart-upload|abort-multipart-upload|copy-object)$/u,
  sts: /./u,
  configure: /./u,
  cloudwatch: /^put-metric-data$/u,
  logs: /^(put-log-events|create-log-stream)$/u,
  ssm: /^start-session$/u,
  sns: /^publish$/u,
  // They write settings and tokens for tools of the machine itself.
  eks: /^update-kubeconfig$/u,
  codeartifact: /^login$/u,
  sso: /^(login|logout)$/u,
  kms: /^(decrypt|encrypt|generate-data-key)/u,
};

/** A deployment starts it: the hosts of a group are replaced by others that start from a version of its template, which is the program's. */
const RELEASES: Readonly<Record<string, RegExp>> = { autoscaling: /^start-instance-refresh$/u };

function check({ record, host }: Asked, _settings: Settings): Finding[] {
  const place = host.isOperator ? "on the machine that runs Pulumi" : `on «${host.name}»`;
  const called = record.executed.flatMap((run) => {
    const what = changesAws(run, host.isOperator === true) ?? changesByTool(run, host.isOperator === true);
    return what === undefined ? [] : [violation(run.place, `${what} is called ${place}: it changes AWS behind the program's back. ${FIX}`)];
  });
  if (host.isOperator !== true) return called;
  // What runs on a host is looked at by host-setup-readable; here it runs with the credentials of the deployment.
  return [
    ...called,
    ...record.unclear.map((one) =>
      unknown(
        one.place,
        `Cannot tell what is changed in AWS, because of ${one.what.replace(/,$/u, "")}, on the machine that runs Pulumi. ${FIX}`,
      ),
    ),
  ];
}

/** Tools for clusters change nothing in AWS when a host calls them for its own. */
const CLUSTER = /^(kubectl|helm|oc)$/u;

function changesByTool(run: Executed, isOperator: boolean): string | undefined {
  const reads = INFRASTRUCTURE[run.program];
  if (!reads || (CLUSTER.test(run.program) && !isOperator)) return undefined;
  const words = run.argv.slice(1).map(plain);
  const action = words.find((w) => !w.startsWith("-"));
  if (action === undefined || reads.test(action) || words.some((w) => /^--?(help|version)$/u.test(w))) return undefined;
  return `\`${run.program} ${show(action)}\``;
}

/** Requests that curl signs itself. S3 takes backups that way; GET reads. */
function signedByCurl(run: Executed): string | undefined {
  if (run.program !== "curl") return undefined;
  const words = run.argv.slice(1).map(plain);
  const signature = words.find((_, at) => words[at - 1] === "--aws-sigv4") ?? /--aws-sigv4=(\S+)/u.exec(words.join(" "))?.[1];
  if (signature === undefined || /:s3$/u.test(signature)) return undefined;
  const line = words.join(" ");
  if (
    /\bAction=(Describe|List|Get)/u.test(line) ||
    !/(^|\s)(-d|--data\S*|--json|-X\s?(POST|PUT|DELETE|PATCH)|--request|Action=)|[?&]Action=/u.test(line)
  )
    return undefined;
  return `\`curl --aws-sigv4 ${show(signature)}\``;
}

function changesAws(run: Executed, isOperator: boolean): string | undefined {
  const signed = signedByCurl(run);
  if (signed !== undefined) return signed;
  const call = awsCall(run);
  if (call) {
    const { service, action, words } = call;
    if (service === "" || action === "" || READS.test(action)) return undefined;
    if (isOperator && RELEASES[service]?.test(action)) return undefined;
    const opensUp =
      words.some((w) => /^public-read/u.test(w)) || (service === "s3" && words.includes("--delete") && words.some((w) => /^s3:/u.test(w)));
    if (!opensUp && HARMLESS[service]?.test(action)) return undefined;
    return `\`aws ${service} ${show(action)}\``;
  }
  return sdkCall(run);
}

export const policy: Policy = {
  id: "no-imperative-aws",
  severity: "high",
  control: "NET-1",
  tags: ["host-setup", "engine"],
  description: "Scripts change nothing in AWS: no rules, roles, instances, buckets or objects are changed or deleted by CLI or SDK calls.",
  why: "Such a change is in no preview, no state and no policy: `aws ec2 authorize-security-group-ingress` in a script opens the port that the program keeps closed.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "aws ec2 authorize-security-group-ingress --group-id sg-1 --port 9000 --cidr 0.0.0.0/0" });`,
  good: "new aws.vpc.SecurityGroupIngressRule(…);",
  evaluate: forEachRun("no-imperative-aws", check),
};
