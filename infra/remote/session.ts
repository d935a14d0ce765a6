/** How the AWS CLI leads a local port to port 22 of an instance, and what its failures mean. Pure. */
import type { AccessMode } from "../config/types";

export type TunnelMode = Exclude<AccessMode, "ssh">;

export interface SessionTarget {
  readonly mode: TunnelMode;
  readonly instanceId: string;
  readonly region: string;
  /** Of the AWS CLI. */
  readonly profile?: string;
  /** Of instance-connect. @default the one that AWS finds in the instance's VPC */
  readonly endpointId?: string;
}

/**
 * With ssm the plugin takes a free port and writes which; open-tunnel is told one, because it reads 0 as "no port" and does not flush what it
 * writes to a pipe.
 *
 * @param port for open-tunnel
 */
export function sessionArgs({ mode, instanceId, region, profile, endpointId }: SessionTarget, port: number): string[] {
  const common = ["--region", region, ...(profile === undefined ? [] : ["--profile", profile])];
  if (mode === "ssm") {
    return ["ssm", "start-session", ...common, "--target", instanceId, "--document-name", PORT_DOCUMENT, "--parameters", "portNumber=22"];
  }
  const endpoint = endpointId === undefined ? [] : ["--instance-connect-endpoint-id", endpointId];
  const ports = ["--remote-port", "22", "--local-port", String(port), "--max-websocket-connections", String(ENDPOINT_CONNECTIONS)];
  return ["ec2-instance-connect", "open-tunnel", ...common, "--instance-id", instanceId, ...endpoint, ...ports];
}

/** The document for forwarding a port: of such a session AWS logs that it was, not what went through. */
export const PORT_DOCUMENT = "AWS-StartPortForwardingSession";
/** What one endpoint takes at a time, by AWS's quotas; the CLI's own default is 10, and a first set-up has 16 connections at once. */
const ENDPOINT_CONNECTIONS = 20;

/** `Port 43211 opened for sessionId …`, as every version of the plugin writes it. */
export const PORT_OPENED = /Port (\d+) opened for sessionId/;

/** `wait`: what was asked is not there yet. `final`: nothing changes by asking again. */
export interface Failure {
  readonly kind: "wait" | "final" | "unknown";
  readonly reason: string;
}

const KNOWN: readonly (readonly [said: RegExp, kind: Failure["kind"], reason: string])[] = [
  [/TargetNotConnected/, "wait", "its SSM agent is not connected to AWS"],
  [/InvalidInstanceID\.NotFound|InvalidInstanceId\b/, "wait", "AWS does not know the instance yet"],
  [
    /no available instance connect endpoint|InvalidInstanceConnectEndpointId\.NotFound/i,
    "wait",
    "its Instance Connect Endpoint is not ready",
  ],
  [/Throttling|RequestLimitExceeded|Rate exceeded|TooManyRequests/, "wait", "AWS wants fewer requests"],
  [
    /SessionManagerPlugin is not found|session-manager-plugin: (command )?not found/i,
    "final",
    "session-manager-plugin is not installed on this machine; install it (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html)",
  ],
  [
    /AccessDenied|UnauthorizedOperation|is not authorized to perform/,
    "final",
    "the identity of the AWS CLI may not do it; npm run deploy-role prints the permissions",
  ],
  [
    /Unable to locate credentials|ExpiredToken|has expired|InvalidClientTokenId|UnrecognizedClientException|config profile .* could not be found|Error loading SSO Token/i,
    "final",
    "the AWS CLI has no valid credentials; log in (aws sts get-caller-identity shows whether it is)",
  ],
  [/invalid choice/i, "final", "the AWS CLI on this machine is too old and does not know the command; install version 2.12 or newer"],
];

/** What the end of the AWS CLI means, with its own words where they say more. */
export function failureOf(code: number, said: string): Failure {
  if (code === 127) {
    return {
      kind: "final",
      reason:
        "the AWS CLI (aws) is not on the PATH of this machine; install version 2 (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)",
    };
  }
  const words = lastWords(said);
  const known = KNOWN.find(([pattern]) => pattern.test(said));
  const quoted = words === "" ? "" : ` (aws: ${words})`;
  if (known !== undefined) return { kind: known[1], reason: `${known[2]}${quoted}` };
  return { kind: "unknown", reason: `aws ended with status ${code}${words === "" ? " and said nothing" : `: ${words}`}` };
}

/** The last line that says something, without control characters. */
function lastWords(said: string): string {
  const lines = said
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[^\P{Cc}\t]/gu, "").trim())
    .filter((line) => line !== "");
  return (lines.findLast((line) => /error|not found|denied|expired|unable/i.test(line)) ?? lines.at(-1) ?? "").slice(0, 400);
}
