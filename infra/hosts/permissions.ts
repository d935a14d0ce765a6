/**
 * What a host may do on AWS: IAM statements, as data. Pure.
 */
import type { StackConfig } from "../config/types";
import type { Statement } from "./instance";
import { partition } from "../naming";
import { partitionOf } from "../partitions";

/** Everything under it is content-addressed; the backend reads it and nothing writes it but the program. */
export const MODEL_PREFIX = "models/";
/** The backend's own backups. */
export const BACKUP_PREFIX = "backups/backend/";

/** Statements for one host's role; an empty list means that the host needs no permission. */
export function hostStatements(role: "gateway" | "backend", config: StackConfig, bucketName: string, bucketKey?: string): Statement[] {
  const s3 = `arn:${partition(config.region)}:s3:::`;
  const statements: Statement[] = [];
  if (role === "backend") {
    // Without it, S3 answers 403 for an optional model that is not there, and nobody could tell that from a missing permission.
    statements.push(allow("FindModels", ["s3:ListBucket"], [`${s3}${bucketName}`]));
    statements.push(allow("ReadModels", ["s3:GetObject"], [`${s3}${bucketName}/${MODEL_PREFIX}*`]));
    if (config.backup.enabled) {
      statements.push(allow("OwnBackups", ["s3:PutObject", "s3:GetObject"], [`${s3}${bucketName}/${BACKUP_PREFIX}*`]));
    }
  }
  const artefacts = [config.app.kind === "bundle" ? config.app.uri : undefined, config.wheelhouse?.uri].filter((uri) => uri !== undefined);
  if (artefacts.length > 0) {
    statements.push(
      allow(
        "ReadArtefacts",
        ["s3:GetObject"],
        artefacts.map((uri) => s3 + uri.slice("s3://".length)),
      ),
    );
  }
  const fromBucket = artefacts.some((uri) => uri.startsWith(`s3://${bucketName}/`));
  if (bucketKey !== undefined && (role === "backend" || fromBucket)) statements.push(useKey(role, config, bucketKey));
  return statements;
}

/** S3 asks KMS in the name of whoever reads or writes an object; asked by the host itself, KMS refuses. */
function useKey(role: "gateway" | "backend", { region, backup }: StackConfig, key: string): Statement {
  const actions = ["kms:Decrypt", ...(role === "backend" && backup.enabled ? ["kms:GenerateDataKey"] : [])];
  const service = `s3.${region}.${partitionOf(region)?.dnsSuffix ?? ""}`;
  return { ...allow("UseBucketKey", actions, [key]), Condition: { StringEquals: { "kms:ViaService": service } } };
}

function allow(Sid: string, Action: readonly string[], Resource: readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}
