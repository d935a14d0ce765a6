/** `npm run drill`, as an operator runs it: the backup of the running machines, from their bucket or a copy of it, on machines of its own. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join, relative } from "node:path";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Properties } from "../../../infra/offline/engine";
import type { DrillReport } from "../drill/main";
import { openLab, removeLab, type Lab } from "../lab";
import { cacheDir, repositoryRoot } from "../paths";
import { connectOutside } from "../outside";
import { labS3 } from "../s3-client";
import { SERVICES } from "../topology";
import { recorded } from "./answers";
import { configFile } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { start, startWith, upOnce } from "./operator";

const COPY = join(cacheDir, "bucket-copy");
const CHECKED = "drilled";

const bucketOf = async (lab: Lab): Promise<string> => (await lab.must("backend", "sed -n 's/^bucket=//p' /etc/ddos/backup.conf")).trim();

/** As `aws s3 sync` would. @returns how many objects */
async function copyBucket(lab: Lab): Promise<number> {
  const bucket = await bucketOf(lab);
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

interface From {
  readonly stack: string;
  /** How many rows of checks its manifest records. */
  readonly checks: number;
  /** Options of `npm run drill` that say where the backup is, and what it needs of its environment. */
  readonly options: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** For the line that is printed. */
  readonly what: string;
}

/** As `aws s3 sync` would have made it. */
async function fromCopy(lab: Lab, work: (from: From) => Promise<string>): Promise<string> {
  const objects = await copyBucket(lab);
  try {
    return await work({ stack: "dev", checks: 0, options: ["--from", COPY], what: `${objects} objects in the bucket` });
  } finally {
    rmSync(COPY, { recursive: true, force: true });
  }
}

/** A stack of the checkout whose manifest has the answers of the models that serve now, as an operator records them. */
async function withChecks(
  lab: Lab,
  outputs: Properties,
  work: (stack: Pick<From, "stack" | "checks">) => Promise<string>,
): Promise<string> {
  const file = join(repositoryRoot, `Pulumi.${CHECKED}.yaml`);
  const { manifest, rows } = await recorded(lab, outputs);
  const dev = readFileSync(join(repositoryRoot, "Pulumi.dev.yaml"), "utf8");
  try {
    writeFileSync(file, dev.replace("models-manifest/sample.json", relative(repositoryRoot, manifest)));
    return await work({ stack: CHECKED, checks: rows });
  } finally {
    rmSync(file, { force: true });
  }
}

/** The bucket of the running machines itself: their S3 is reached from here through the operator's door, as an endpoint of this environment. */
async function fromBucket(lab: Lab, stack: Pick<From, "stack" | "checks">, work: (from: From) => Promise<string>): Promise<string> {
  let asked = 0;
  const door = createServer((client) => {
    asked += 1;
    connectOutside(lab.name, SERVICES.address, 80).then(
      (s3) => {
        for (const one of [client, s3]) one.on("error", () => (client.destroy(), s3.destroy()));
        client.pipe(s3).pipe(client);
      },
      (error: Error) => client.destroy(error),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "operator",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
  };
  try {
    const bucket = await bucketOf(lab);
    const said = await work({ ...stack, options: ["--bucket", bucket, "--region", lab.state().region], env, what: `from s3://${bucket}` });
    expect(asked > 0, "the bucket was not asked");
    return said;
  } finally {
    await new Promise((resolve) => door.close(resolve));
  }
}

async function drilled(lab: Lab, { stack, checks, options, env, what }: From): Promise<string> {
  const { code, said } = await startWith(env ?? process.env, "drill", "--stack", stack, ...options, "--lab", "drill", "--json").ended;
  expect(code === 0, `it ended with ${code ?? "signal"}: ${said.slice(-3000)}`);
  const report = JSON.parse(said.slice(said.indexOf("{\n"), said.lastIndexOf("}") + 1)) as DrillReport;
  const served = (await lab.must("backend", "ls /home/ddos/current/models")).trim().split("\n");
  expect(report.models.join() === served.sort().join(), `restored are ${report.models.join(", ")}, served ${served.join(", ")}`);
  expect(report.checks === checks, `${report.checks} recorded checks were asked, and the manifest has ${checks}`);
  expect(report.seconds.all >= report.seconds.machines && report.seconds.restore > 0, JSON.stringify(report.seconds));
  const [backup] = report.backups;
  return `${what}, ${backup?.objects ?? 0} objects and ${backup?.bytes ?? 0} bytes in the backup, ${report.checks} recorded checks, ${JSON.stringify(report.seconds)}`;
}

/** @param work on the backup that is made now */
async function backedUp(lab: Lab, work: () => Promise<string>): Promise<string> {
  await lab.must(
    "backend",
    "runuser -u ddos -- sh -c 'head -c 100000 /dev/urandom >/home/ddos/data/drill.bin'; systemctl start ddos-backup.service",
  );
  try {
    return await work();
  } finally {
    await lab.must("backend", "rm -f /home/ddos/data/drill.bin");
  }
}

const TWO = { backend: { loadBalancer: true, count: 2 } };

/** A second backend, whose data folder is another one: each has its own again, and no backup is that of the other. */
async function ofTwo(lab: Lab): Promise<string> {
  const file = join(repositoryRoot, `Pulumi.${CHECKED}.yaml`);
  const dev = readFileSync(join(repositoryRoot, "Pulumi.dev.yaml"), "utf8");
  await upOnce(lab.name, "--config", configFile(lab, TWO));
  for (const host of ["backend", "backend-2"]) {
    await lab.must(
      host,
      `runuser -u ddos -- sh -c 'printf %s ${host} >/home/ddos/data/whose'; systemctl start ddos-backup.service; rm -f /home/ddos/data/whose`,
    );
  }
  await copyBucket(lab);
  try {
    writeFileSync(file, `${dev}  ml-gateway:backend: ${JSON.stringify(TWO.backend)}\n`);
    const { code, said } = await start("drill", "--stack", CHECKED, "--from", COPY, "--lab", "drill", "--json", "--keep").ended;
    expect(code === 0, `it ended with ${code ?? "signal"}: ${said.slice(-3000)}`);
    const report = JSON.parse(said.slice(said.indexOf("{\n"), said.lastIndexOf("}") + 1)) as DrillReport;
    expect(report.backups.map(({ host }) => host).join() === "backend,backend-2", JSON.stringify(report.backups));
    const drilledLab = openLab("drill");
    for (const host of ["backend", "backend-2"]) {
      const whose = await drilledLab.must(host, "cat /home/ddos/data/whose");
      expect(whose === host, `the data of ${host} are those of ${whose}`);
    }
    return JSON.stringify(report.seconds);
  } finally {
    await removeLab("drill");
    rmSync(file, { force: true });
    rmSync(COPY, { recursive: true, force: true });
  }
}

/** Two machines more, for minutes: by name. */
export function drillChecks(lab: () => Lab, outputs: () => Properties): Check[] {
  const drill = (from: From): Promise<string> => drilled(lab(), from);
  return [
    {
      name: "npm run drill restores the latest backup into machines of its own, and says how long it took",
      run: () => backedUp(lab(), () => fromCopy(lab(), drill)),
    },
    {
      name: "npm run drill reads the backup from the bucket itself (--bucket), and the restored models give the recorded answers",
      run: () => backedUp(lab(), () => withChecks(lab(), outputs(), (stack) => fromBucket(lab(), stack, drill))),
    },
    { name: "npm run drill restores each of two backends from its own backup", run: () => ofTwo(lab()) },
  ];
}
