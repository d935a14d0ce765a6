/** `npm run drill`, as an operator runs it: the backup of the running machines, from a copy of their bucket, on machines of its own. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { DrillReport } from "../drill/main";
import type { Lab } from "../lab";
import { cacheDir } from "../paths";
import { labS3 } from "../s3-client";
import type { Check } from "./harness";
import { expect } from "./harness";
import { start } from "./operator";

const COPY = join(cacheDir, "bucket-copy");

/** As `aws s3 sync` would. @returns how many objects */
async function copyBucket(lab: Lab): Promise<number> {
  const bucket = (await lab.must("backend", "sed -n 's/^bucket=//p' /etc/ddos/backup.conf")).trim();
  const { client } = labS3(lab.name, lab.state().region);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  rmSync(COPY, { recursive: true, force: true });
  for (const { Key: key = "" } of Contents) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    mkdirSync(dirname(join(COPY, key)), { recursive: true });
    writeFileSync(join(COPY, key), (await Body?.transformToByteArray()) ?? "");
  }
  return Contents.length;
}

async function drilled(lab: Lab): Promise<string> {
  await lab.must(
    "backend",
    "runuser -u ddos -- sh -c 'head -c 100000 /dev/urandom >/home/ddos/data/drill.bin'; systemctl start ddos-backup.service",
  );
  const objects = await copyBucket(lab);
  try {
    const { code, said } = await start("drill", "--stack", "dev", "--from", COPY, "--lab", "drill", "--json").ended;
    expect(code === 0, `it ended with ${code ?? "signal"}: ${said.slice(-3000)}`);
    const report = JSON.parse(said.slice(said.indexOf("{\n"), said.lastIndexOf("}") + 1)) as DrillReport;
    const served = (await lab.must("backend", "ls /home/ddos/current/models")).trim().split("\n");
    expect(report.models.join() === served.sort().join(), `restored are ${report.models.join(", ")}, served ${served.join(", ")}`);
    expect(report.seconds.all >= report.seconds.machines && report.seconds.restore > 0, JSON.stringify(report.seconds));
    return `${objects} objects in the bucket, ${JSON.stringify(report.seconds)}`;
  } finally {
    rmSync(COPY, { recursive: true, force: true });
    await lab.must("backend", "rm -f /home/ddos/data/drill.bin");
  }
}

/** Two machines more, for minutes: by name. */
export function drillChecks(lab: () => Lab): Check[] {
  return [
    { name: "npm run drill restores the latest backup into machines of its own, and says how long it took", run: () => drilled(lab()) },
  ];
}
