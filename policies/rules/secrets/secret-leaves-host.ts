import type { Policy } from "../../core/types";
import { forEachRun, violation } from "../host-setup/findings";

const FIX = "leave secret files where they are; keep a copy, if one is needed, in a store for secrets (Secrets Manager, SSM SecureString)";

export const policy: Policy = {
  id: "secret-leaves-host",
  severity: "critical",
  control: "SECRET-2",
  tags: ["secrets", "host-setup", "shell"],
  description: "No script sends a secret file, a copy of one or an archive with one in it to another machine, a bucket or a log.",
  why: "A copy of .env is as secret as .env: whoever reads the bucket, the other host or the log has the database and the keys.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'new remote.Command("backup", { create: "tar czf /tmp/app.tgz /home/ddos/app && aws s3 cp /tmp/app.tgz s3://backups/", ... });',
  good: 'new remote.Command("backup", { create: "tar czf /tmp/app.tgz --exclude .env /home/ddos/app && aws s3 cp /tmp/app.tgz s3://backups/", ... });',
  evaluate: forEachRun("secret-leaves-host", ({ record }) =>
    record.sent.map(({ what, place }) => violation(place, `The script sends ${what}: ${FIX}.`)),
  ),
};
