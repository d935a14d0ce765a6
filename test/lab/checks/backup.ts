/** A backup, and its restore onto a host that lost everything which a deployment does not bring. */
import type { Lab } from "../lab";
import type { Check } from "./harness";
import { expect } from "./harness";
import { upOnce } from "./operator";

const BACKUP = "systemctl start ddos-backup.service || { journalctl -u ddos-backup.service -n 20 -o cat --no-pager >&2; exit 1; }";
const DATA = "find /home/ddos/data -type f -exec sha256sum {} + | sort";
const MODELS = "find /var/lib/ddos/models -type f ! -name '.*' -exec sha256sum {} + | sort";

async function backedUp(lab: Lab): Promise<string> {
  await lab.must(
    "backend",
    "runuser -u ddos -- sh -c 'mkdir -p /home/ddos/data/a && head -c 300000 /dev/urandom >/home/ddos/data/a/seen.bin && ln -sfn /etc /home/ddos/data/away'",
  );
  // Also what an application can do to its own log and folder: a hole that would take an hour to read, and many files.
  await lab.must(
    "backend",
    "runuser -u ddos -- sh -c 'truncate -s 500G /home/ddos/logs/app.log; cd /home/ddos/data/a && seq 2000 | xargs touch'",
  );
  const began = (await lab.s3.records()).length;
  await lab.must("backend", `${BACKUP}; runuser -u ddos -- truncate -s 0 /home/ddos/logs/app.log`);
  const list = await lab.must("backend", "cat /var/lib/ddos/backup/data");
  const sent = (await lab.s3.records()).slice(began).filter(({ method }) => method === "PUT");
  expect(!sent.some(({ path }) => path.includes("/models/")), `published models were copied: ${sent.map(({ path }) => path).join(", ")}`);
  expect(sent.filter(({ path }) => path.includes("/backups/backend/data/")).length === 1, `the data folder was not sent once: ${list}`);
  await lab.must("backend", BACKUP);
  const again = (await lab.s3.records()).slice(began).filter(({ method, path }) => method === "PUT" && path.includes("/data/"));
  expect(again.length === 1, "data that did not change was sent again");
  await readsItsOwn(lab);
  return `${sent.length} objects written, no model among them`;
}

/** Logs that a restore brought back are not backed up, or each restore would bring all those before it. */
const RESTORED_AGAIN =
  "rm -rf /home/ddos/data/restored; /usr/local/lib/ddos/restore.sh && test -f /home/ddos/logs/restored/logs/access.log && ! test -e /home/ddos/logs/restored/logs/restored";

/** What the application leaves in its folders leads a restore nowhere: not into the releases, whose owner unpacks, and not as root. */
async function plantedLinks(lab: Lab): Promise<void> {
  const names = "find /home/ddos/releases /root/planted | LC_ALL=C sort | sha256sum; stat -c '%U %a' /root/planted";
  const prepared = (folder: string, target: string): string =>
    `mkdir -p -m 700 /root/planted; rm -rf ${folder}/restored; runuser -u ddos -- ln -s ${target} ${folder}/restored; ${names}`;
  for (const [folder, target] of [
    ["/home/ddos/data", "/home/ddos/releases"],
    ["/home/ddos/logs", "/root/planted"],
  ] as const) {
    const before = await lab.must("backend", prepared(folder, target));
    const { code, stderr } = await lab.exec("backend", "/usr/local/lib/ddos/restore.sh");
    expect(code !== 0 && stderr.includes(`${folder}/restored is a link: move it away`), `restored through a link: ${code} ${stderr}`);
    const after = await lab.must("backend", `${names}; rm -f ${folder}/restored`);
    expect(after === before, `something came to ${target}: ${after}`);
  }
}

const LATEST = "/backups/backend/latest";

/**
 * A backup reads what root knows of the release that serves. Links of the application's user lead it to nothing of root's; one that root made, as to a
 * larger volume, leads to the data.
 */
async function readsItsOwn(lab: Lab): Promise<void> {
  const release = (await lab.must("backend", "readlink /home/ddos/current")).trim();
  const began = (await lab.s3.records()).length;
  await lab.must(
    "backend",
    `mkdir -p -m 700 /root/planted && echo root >/root/planted/secret
runuser -u ddos -- sh -c 'mkdir -p /home/ddos/releases/9-aaaaaaaaaaaa/models && ln -s /root/planted/secret /home/ddos/releases/9-aaaaaaaaaaaa/models/x.pkl && ln -sfnT releases/9-aaaaaaaaaaaa /home/ddos/current'
mv /home/ddos/data /srv/moved && ln -s /srv/moved /home/ddos/data && echo far >/srv/moved/far
${BACKUP}
rm /home/ddos/data && mv /srv/moved /home/ddos/data; runuser -u ddos -- ln -sfnT ${release} /home/ddos/current; rm -rf /home/ddos/releases/9-aaaaaaaaaaaa`,
  );
  const sent = (await lab.s3.records()).slice(began).filter(({ method }) => method === "PUT");
  expect(
    sent.some(({ path }) => path.endsWith(LATEST)) && !sent.some(({ path }) => path.includes("/models/")),
    `sent: ${sent.map(({ path }) => path).join(", ")}`,
  );
  await lab.must("backend", "rm /home/ddos/data/far; /usr/local/lib/ddos/restore.sh && grep -qx far /home/ddos/data/restored/far");
  await lab.must("backend", `rm -rf /home/ddos/data/restored /root/planted; ${BACKUP}`);
}

/** The store of models and the data folder are emptied, as on a new volume; releases have their own links to the models. */
async function restored(lab: Lab): Promise<string> {
  const [data, models] = [await lab.must("backend", DATA), await lab.must("backend", MODELS)];
  expect(data.includes("seen.bin") && models.trim() !== "", "there is nothing to lose");
  // With what a restore leaves whose power went while it unpacked.
  const half = "runuser -u ddos -- sh -c 'mkdir /home/ddos/data/.restoring && : >/home/ddos/data/.restoring/half'";
  await lab.must("backend", `rm -rf /var/lib/ddos/models/* /home/ddos/data/* && ${half} && /usr/local/lib/ddos/restore.sh`);
  expect((await lab.must("backend", DATA)) === data, "the data folder is another one");
  expect((await lab.must("backend", MODELS)) === models, "the models are others");
  const owners = await lab.must(
    "backend",
    "stat -c '%U:%G' /home/ddos/data/a /home/ddos/data/a/seen.bin; readlink /home/ddos/data/away; ls /etc/passwd",
  );
  expect(owners.trim() === "ddos:ddos\nddos:ddos\n/etc\n/etc/passwd", `owners: ${owners}`);
  // A deployment is at work: a restore waits for it.
  const waited = await lab.must(
    "backend",
    `(flock -x 9; sleep 4; : >/tmp/deployed) 9>>/run/ddos-steps/lock-deploy & sleep 0.5; rm -f /tmp/deployed
/usr/local/lib/ddos/restore.sh && test -f /home/ddos/data/restored/a/seen.bin && ls /tmp/deployed; rm -f /tmp/deployed`,
  );
  expect(waited.includes("/tmp/deployed"), "a restore did not wait for a deployment");
  await lab.must("backend", `${BACKUP}; ${RESTORED_AGAIN}`);
  await plantedLinks(lab);
  await lab.must("backend", "rm -rf /home/ddos/data/* /home/ddos/logs/restored");
  return `${models.trim().split("\n").length} models and the data folder, byte for byte`;
}

/** Everything that the set-up brought: what is left is what a fresh machine has, and the packages. */
const EMPTIED = `systemctl disable --quiet --now ddos-backup.timer ddos-backend.service ddos-recover.service nginx
rm -rf /home/ddos /var/lib/ddos /usr/local/lib/ddos /etc/ddos /var/log/ddos* /etc/systemd/system/ddos-* /etc/systemd/system/*/ddos-* /etc/nginx/sites-*/backend
userdel ddos; systemctl daemon-reload; systemctl reset-failed; [ ! -e /home/ddos ]`;

const HISTORY = "sha256sum </var/lib/ddos/history; wc -l </var/lib/ddos/history";

/** As docs/how-to/restore.md has it: the set-up, then restore.sh; what served before serves again, and the data is back. */
async function fresh(lab: Lab): Promise<string> {
  await lab.must(
    "backend",
    "runuser -u ddos -- sh -c 'mkdir -p /home/ddos/data/b && head -c 200000 /dev/urandom >/home/ddos/data/b/kept.bin'",
  );
  await lab.must("backend", BACKUP);
  const [data, models] = [
    await lab.must("backend", DATA),
    await lab.must("backend", "sha256sum /home/ddos/current/models/* | cut -c 1-64"),
  ];
  const lines = await lab.must("backend", "cat /var/lib/ddos/history");
  const began = Date.now();
  await lab.must("backend", EMPTIED);
  await upOnce(lab.name, "--force", "yes");
  await lab.must("backend", "rm -f /var/lib/ddos/history; /usr/local/lib/ddos/restore.sh");
  expect((await lab.must("backend", DATA)) === data, "the data folder is another one");
  expect((await lab.must("backend", "sha256sum /home/ddos/current/models/* | cut -c 1-64")) === models, "other models serve");
  expect(
    (await lab.must("backend", "cat /var/lib/ddos/history")) === lines,
    `the history is another one: ${await lab.must("backend", HISTORY)}`,
  );
  const { events } = await upOnce(lab.name);
  expect(
    events.every(({ what }) => what === "unchanged"),
    "the next run had something to do",
  );
  await lab.must("backend", "rm -rf /home/ddos/data/*");
  return `${((Date.now() - began) / 1000).toFixed(0)} s from the emptied host to its data`;
}

/** Takes minutes: by name. */
export function freshHostChecks(lab: () => Lab): Check[] {
  return [{ name: "restored onto a host that was emptied of everything: the set-up, then restore.sh", run: () => fresh(lab()) }];
}

export function backupChecks(lab: () => Lab): Check[] {
  return [
    { name: "a backup has the data folder, and no copy of published models", run: () => backedUp(lab()) },
    { name: "restored onto a host whose models and data are gone", run: () => restored(lab()) },
  ];
}
