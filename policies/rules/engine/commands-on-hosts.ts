/** AWS services that run commands on hosts, or calls of the AWS API, at a time of their own. */
import type { Props, Resource, Value } from "../../core/types";
import { asProps, asString, isAbsent, isUnknown, leaves } from "../../core/values";
import { fieldsNamed } from "../../graph/network/network-interface";

/** Documents of AWS that only look at a host or patch it as its owner says. */
const LOOKING =
  /^(arn:[^:]*:ssm:[^:]*:[^:]*:document\/)?(AWS-(GatherSoftwareInventory|RunPatchBaseline|RunPatchBaselineAssociation|UpdateSSMAgent|FindWindowsUpdates|ListWindowsInventory)|AmazonCloudWatch-ManageAgent|AmazonInspector2-InvokeInspectorSsmPlugin(Linux)?)$/;
/** Documents of Systems Manager, and the API itself as a target. */
const ACTING =
  /^arn:[^:]*:(ssm:[^:]*:[^:]*:(document|automation-definition)\/|scheduler:::aws-sdk:|states:::aws-sdk:|automate:)|^arn:[^:]*:(ssm|events):.*(run-command|document)/;
/** To stop hosts and databases at night and start them in the morning changes neither what they hold nor who reaches them. */
const SWITCHING =
  /^arn:[^:]*:(scheduler:::aws-sdk:(ec2:(start|stop|reboot)Instances|rds:(start|stop)DB(Instance|Cluster)|neptune:(start|stop)DBCluster|docdb:(start|stop)DBCluster)|ssm:[^:]*:[^:]*:(document|automation-definition)\/AWS-(Start|Stop|Restart)EC2Instance(:\S*)?)$/;
/** Runbooks of AWS, with which Config closes what it found open. */
const CLOSING =
  /^(AWS-(DisableS3BucketPublicReadWrite|EnableS3BucketEncryption|EnableVPCFlowLogs|EnableCloudTrail|DisablePublicAccessForSecurityGroup|PublishSNSNotification)|AWSConfigRemediation-(Enable|Encrypt|Enforce|Revoke|Remove)\w+)$/;
/** Calls of the AWS API from a state machine that change networks, hosts, rights or buckets. */
const API_CALLS =
  /:aws-sdk:(ec2|ssm|ssmsfn|iam|s3|s3control|elasticloadbalancing(v2)?|autoscaling|lambda|kms|cloudformation|ram|sts|route53|cloudfront|globalaccelerator|vpclattice|ec2instanceconnect):/i;

/** With it each host of the region that has no such right of its own becomes one of Systems Manager's, with the role that it names. */
const HOST_MANAGEMENT = /(^|\/)ssm\/managed-instance\/default-ec2-instance-management-role$/;
/** AWS's own role for that, which lets a host report and be reached by Session Manager, and nothing else. */
const OWN_MANAGEMENT = /(^|\/)AWSSystemsManagerDefaultEC2InstanceManagementRole$/;

/** What the resource does, for messages; undefined for anything else. */
export function runsCommands({ type, inputs }: Resource): string | undefined {
  if (type.startsWith("aws:ssm/association:")) return association(inputs.name);
  if (type.startsWith("aws:ssm/document:")) return session(inputs);
  if (type.startsWith("aws:ssm/patchBaseline:"))
    return isAbsent(inputs.sources) || leaves(inputs.sources).length === 0 ? undefined : "has hosts take packages from sources of its own";
  if (type.startsWith("aws:ssm/serviceSetting:")) return hostManagement(inputs);
  if (type.startsWith("aws:ssm/maintenanceWindowTask:")) return maintenance(inputs);
  if (type.startsWith("aws:cloudwatch/eventTarget:")) return event(inputs);
  if (type.startsWith("aws:dlm/lifecyclePolicy:")) {
    const scripts = fieldsNamed(inputs, /^(scripts|executionHandler)$/).filter((value) => !isAbsent(value));
    return scripts.length > 0 ? "runs a document of Systems Manager on hosts before and after it takes snapshots" : undefined;
  }
  if (type.startsWith("aws:cfg/remediationConfiguration:")) return remediation(inputs.targetId);
  if (type.startsWith("aws:scheduler/schedule:")) return target(asProps(inputs.target)?.arn);
  if (type.startsWith("aws:sfn/stateMachine:")) {
    const calls = leaves(inputs.definition).some((leaf) => typeof leaf === "string" && API_CALLS.test(leaf));
    return calls ? "calls the AWS API from a state machine" : undefined;
  }
  if (type.startsWith("aws:cloudwatch/metricAlarm:")) {
    const acts = leaves([inputs.alarmActions ?? null, inputs.okActions ?? null]).some((leaf) =>
      /^arn:[^:]*:ssm:/.test(asString(leaf) ?? ""),
    );
    return acts ? "runs a document of Systems Manager when it fires" : undefined;
  }
  return undefined;
}

/** Documents of commands do nothing until they are run. One of sessions is run by whoever opens one: what its shell starts with, and as whom. */
function session({ documentType, content }: Props): string | undefined {
  if (asString(documentType) !== "Session") return undefined;
  const text = asString(content);
  if (text === undefined) return "decides how sessions on hosts begin, in a text that is not known yet";
  return /"?(linux|windows)"?\s*:\s*(?:["']\s*)?[^\s"',}]/.test(text) || /runAsDefaultUser"?\s*:\s*["']?root\b/.test(text)
    ? "runs commands, or a shell as root, at the begin of each session on hosts"
    : undefined;
}

function hostManagement({ settingId, settingValue }: Props): string | undefined {
  const role = asString(settingValue);
  if (!HOST_MANAGEMENT.test(asString(settingId) ?? "") || (role !== undefined && OWN_MANAGEMENT.test(role))) return undefined;
  return `gives every host of the region the role ${role ?? "that is not known yet"} for Systems Manager`;
}

function association(name: Value | undefined): string | undefined {
  const document = asString(name);
  if (document !== undefined && LOOKING.test(document)) return undefined;
  return `runs the document ${document ?? "that is not known yet"} on hosts`;
}

function maintenance(inputs: Props): string | undefined {
  const kind = asString(inputs.taskType);
  const document = asString(inputs.taskArn);
  if (kind === "RUN_COMMAND" && document !== undefined && LOOKING.test(document)) return undefined;
  return kind === "LAMBDA" || kind === "STEP_FUNCTIONS" ? undefined : `runs the document ${document ?? "that is not known yet"} on hosts`;
}

/** What Config runs on each resource that a rule finds. */
function remediation(id: Value | undefined): string | undefined {
  const document = asString(id);
  if (document !== undefined && CLOSING.test(document.split("/").pop() ?? "")) return undefined;
  return `has Config run the document ${document ?? "that is not known yet"} on resources`;
}

function event(inputs: Props): string | undefined {
  if (!isAbsent(inputs.runCommandTargets)) return "runs a document of Systems Manager on hosts when an event comes";
  return target(inputs.arn);
}

function target(arn: Value | undefined): string | undefined {
  if (isUnknown(arn)) return undefined;
  const called = asString(arn) ?? "";
  return ACTING.test(called) && !SWITCHING.test(called) ? `starts ${called}` : undefined;
}
