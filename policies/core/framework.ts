/**
 * The compliance framework of the pack: the security checklist of the service. Each policy names the control that it serves; the SDK,
 * SARIF and docs/policies.md show it.
 */

export const FRAMEWORK = { name: "ml-gateway security checklist", version: "1" } as const;

/** The controls. An id is stable: reports name it. */
export const CONTROLS = {
  "FILE-1": "The service's home is owned by the service's user",
  "FILE-2": "All .py files have mode 644",
  "FILE-3": "All folders have mode 755",
  "FILE-4": "The .env file has mode 600 and belongs to the service's user",
  "NET-1": "The service port of the backend is reached from the gateway's group only",
  "NET-2": "The backend has no public address",
  "NET-3": "The backend is in private subnets only",
  "NET-4": "SSH is restricted",
  "SECRET-1": "No .env file in git or in an uploaded folder",
  "SECRET-2": "Database credentials, API keys and SECRET_KEY are in .env only",
  "MODEL-1": "Models are read-only after deployment",
  "MODEL-2": "Models are backed up in S3 and are not deleted",
  "MODEL-3": "Models are versioned in S3, in a private bucket, and not in git",
  "IAM-1": "Roles grant the least privilege",
  "SETUP-1": "Set-up scripts can be read and stop at the first failure",
  "SETUP-2": "Only known code is installed and run on a host",
  "PACK-1": "Every control can be evaluated and stays in force",
} as const;

export type ControlId = keyof typeof CONTROLS;

/** What a policy is about, for filters in Pulumi Cloud and in code scanning. */
export type Tag =
  | "bucket"
  | "disk"
  | "engine"
  | "file-mode"
  | "host-setup"
  | "iam"
  | "imds"
  | "instance"
  | "models"
  | "network"
  | "nginx"
  | "public-access"
  | "repository"
  | "roles"
  | "secrets"
  | "security-group"
  | "shell"
  | "ssh"
  | "subnet"
  | "supply-chain"
  | "systemd"
  | "tls";

/** The framework's entry for a control, as the SDK wants it. */
export function frameworkEntry(control: ControlId): { name: string; version: string; reference: ControlId; specification: string } {
  return { ...FRAMEWORK, reference: control, specification: CONTROLS[control] };
}
