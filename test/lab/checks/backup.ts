/** A backup, and its restore onto a host that lost everything which a deployment does not bring. */
import type { Lab } from "../lab";
import type { Check } from "./harness";
import { expect } from "./harness";

const BACKUP = "systemctl start ddos-backup.service || { journalctl -u ddos-backup.service -n 20 -o cat --no-pager >&2; exit 1; }";
const DATA = "find /home/ddos/data -type f -exec sha256sum {} + | sort";
const MODELS = "find /var/lib/ddos/models -type f ! -name '.*' -exec sha256sum {} + | sort";

async function backedUp(lab: Lab): Promise<string> {
  await lab.must(
    "backend",
    "runuser -u ddos -- sh -c 'mkdir -p /home/ddos/data/a && head -c 300000 /dev/urandom >/home/ddos/data/a/seen.bin && ln -sfn /etc /home/ddos/data/away'",
  );
  const began = (await lab.s3.records()).length;
  await lab.must("backend", BACKUP);
  const list = await lab.must("backend", "cat /var/lib/ddos/backup/data");
  const sent = (await lab.s3.records()).slice(began).filter(({ method }) => method === "PUT");
  expect(!sent.some(({ path }) => path.includes("/models/")), `published models were copied: ${sent.map(({ path }) => path).join(", ")}`);
  expect(sent.filter(({ path }) => path.includes("/backups/backend/data/")).length === 1, `the data folder was not sent once: ${list}`);
  await lab.must("backend", BACKUP);
  const again = (await lab.s3.records()).slice(began).filter(({ method, path }) => method === "PUT" && path.includes("/data/"));
  expect(again.length === 1, "data that did not change was sent again");
  return `${sent.length} objects written, no model among them`;
}

/** The store of models and the data folder are emptied, as on a new volume; releases have their own links to the models. */
async function restored(lab: Lab): Promise<string> {
  const [data, models] = [await lab.must("backend", DATA), await lab.must("backend", MODELS)];
  expect(data.includes("seen.bin") && models.trim() !== "", "there is nothing to lose");
  await lab.must("backend", "rm -rf /var/lib/ddos/models/* /home/ddos/data/* && /usr/local/lib/ddos/restore.sh");
  expect((await lab.must("backend", DATA)) === data, "the data folder is another one");
  expect((await lab.must("backend", MODELS)) === models, "the models are others");
  const owners = await lab.must(
    "backend",
    "stat -c '%U:%G' /home/ddos/data/a /home/ddos/data/a/seen.bin; readlink /home/ddos/data/away; ls /etc/passwd",
  );
  expect(owners.trim() === "ddos:ddos\nddos:ddos\n/etc\n/etc/passwd", `owners: ${owners}`);
  await lab.must("backend", "/usr/local/lib/ddos/restore.sh && test -f /home/ddos/data/restored/a/seen.bin");
  await lab.must("backend", "rm -rf /home/ddos/data/*");
  return `${models.trim().split("\n").length} models and the data folder, byte for byte`;
}

export function backupChecks(lab: () => Lab): Check[] {
  return [
    { name: "a backup has the data folder, and no copy of published models", run: () => backedUp(lab()) },
    { name: "restored onto a host whose models and data are gone", run: () => restored(lab()) },
  ];
}
