/** Hosts as a company's image, its hardening or a tired operator leave them: a deployment goes through, or its first words are what is wrong. */
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess, undone } from "../case";
import { plainModel } from "../variants";

const newModel = (bench: Bench) => [plainModel("stage2.pkl", `${bench.label()} ${process.pid}`), ...bench.good().models.slice(1)];

/** A change that gives every step something to do, also a new environment. */
const everything = (bench: Bench) => {
  const label = bench.label();
  return { app: { label, requirements: `uvicorn\npython-dotenv\n# ${label} ${process.pid}\n` }, models: newModel(bench) };
};

const PLACES = "/run /tmp /var/tmp /dev/shm";
/** What benchmarks of hardening ask for, and the proxy of a company that nobody told about the instance metadata; nothing listens at that address. */
const HARDEN = `: >/root/mounted
for place in ${PLACES}; do mountpoint -q $place || { mount --bind $place $place; echo $place >>/root/mounted; }; mount -o remount,bind,noexec,nosuid,nodev $place; done
printf 'Defaults umask=0077, umask_override\\n' >/etc/sudoers.d/zz-hardening; chmod 440 /etc/sudoers.d/zz-hardening
cp -a /home/ubuntu/.bashrc /root/bashrc 2>/dev/null || :
{ echo 'echo "Authorized use only"; umask 077'; cat /root/bashrc 2>/dev/null; } >/home/ubuntu/.bashrc; echo 'Authorized use only' >/etc/motd
printf 'LANG=de_DE.UTF-8\\nLC_ALL=de_DE.UTF-8\\nhttp_proxy=http://10.255.255.1:3128\\nhttps_proxy=http://10.255.255.1:3128\\nno_proxy=.amazonaws.com,localhost\\n' >/etc/environment
sed -i.before 's/^UMASK.*/UMASK 077/' /etc/login.defs`;
const SOFTEN = `rm -f /etc/sudoers.d/zz-hardening /etc/motd; : >/etc/environment; mv /etc/login.defs.before /etc/login.defs
if [ -e /root/bashrc ]; then mv /root/bashrc /home/ubuntu/.bashrc; else rm -f /home/ubuntu/.bashrc; fi
for place in ${PLACES}; do mount -o remount,bind,exec $place; done; xargs -r umount -l </root/mounted; rm /root/mounted`;

/** Between what is written and whoever has to read it: the step ends as a power cut or the kernel's want of memory would end it. */
const killedBefore = (command: string): string => `cat >/usr/local/bin/systemctl <<'S'
#!/bin/sh
case "$*" in "${command}") kill -KILL $PPID; sleep 1 ;; esac
exec /usr/bin/systemctl "$@"
S
chmod 755 /usr/local/bin/systemctl`;

/** Which ways to log in the sshd that runs offers, and not the one that would be started now. */
const OFFERED = `ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o PreferredAuthentications=none nobody@127.0.0.1 true 2>&1 | sed -n 's/.*Permission denied (\\(.*\\))\\..*/\\1/p'`;
const SSHD = "/etc/ssh/sshd_config.d/00-ddos.conf";

const REPOSITORY = "/srv/soak-app";
/** More than the memory that this machine's /run may have. */
const COMMIT = `rm -rf ${REPOSITORY}; cp -R /home/ddos/current/app ${REPOSITORY}; cd ${REPOSITORY}; rm -f .env; head -c 60000000 /dev/urandom >blob.bin
git init --quiet . && git add -A && git -c user.name=x -c user.email=x@example.org commit --quiet -m x && git rev-parse HEAD`;

export const imageCases: readonly Case[] = [
  {
    name: "a hardened host: noexec for what is temporary, umask 077, a shell that prints, another language, a proxy for everything",
    run: (bench) =>
      undone(bench, SOFTEN, async () => {
        await bench.sh(HARDEN);
        expectSuccess(await bench.deploy(everything(bench), { all: true }));
        const modes = (
          await bench.sh("stat -Lc %a /home/ddos/app /home/ddos/venv/bin /usr/local/lib/ddos /etc/ddos | sort -u | paste -s -d' '")
        ).trim();
        check(modes === "755", `modes of folders: ${modes}`);
        return "";
      }),
  },
  {
    name: "an image with needrestart: its configuration, as the package has it, leaves the application to releases",
    run: (bench) =>
      undone(bench, "rm -rf /etc/needrestart /usr/sbin/needrestart", async () => {
        await bench.sh(
          `mkdir -p /etc/needrestart/conf.d; printf '#!/bin/sh\n' >/usr/sbin/needrestart; chmod 755 /usr/sbin/needrestart
printf '%s\n' '$nrconf{override_rc} = { qr(^dbus) => 0 };' 'foreach my $fn (sort </etc/needrestart/conf.d/*.conf>) { eval do { local(@ARGV, $/) = $fn; <>}; die $@ if($@); }' >/etc/needrestart/needrestart.conf`,
        );
        expectSuccess(await bench.deploy({}, { all: true }));
        const found = (
          await bench.sh("stat -c '%U %a' /etc/needrestart/conf.d/ddos.conf; grep -c '^[$]nrconf' /etc/needrestart/conf.d/ddos.conf")
        ).trim();
        check(found === "root 644\n1", `the file: ${found}`);
        const said = await bench.sh(
          `perl -e 'our %nrconf; do "/etc/needrestart/needrestart.conf"; for my $re (keys %{$nrconf{override_rc}}) { print "left\\n" if "ddos-backend.service" =~ /$re/ && !$nrconf{override_rc}{$re} }'`,
        );
        check(said.trim() === "left", `needrestart would restart the application: ${said}`);
        return "";
      }),
  },
  {
    name: "a file system over a folder that nginx began with: it serves on, and why it takes no other site is said",
    run: (bench) =>
      undone(bench, "umount -l /var/tmp", async () => {
        await bench.sh(
          "mount -t tmpfs -o mode=1777 tmpfs /var/tmp; sed -i 's/max_fails=0/max_fails=9/' /etc/nginx/sites-available/backend",
        );
        return expectFailure(await bench.deploy({}, { all: true }), "release", /nginx could not be reloaded: .*\/var\/tmp.* restart it/);
      }),
  },
  {
    name: "/home is mounted with noexec: said by the first step",
    run: (bench) =>
      undone(bench, "mount -o remount,bind,exec /home; umount -l /home", async () => {
        await bench.sh("mount --bind /home /home; mount -o remount,bind,noexec /home");
        return expectFailure(await bench.deploy(everything(bench), { all: true }), "prepare", /\/home, which is mounted with noexec/);
      }),
  },
  {
    name: "the user of the SSH steps may not use sudo without a password: that is what is said",
    run: (bench) =>
      undone(bench, "mv /root/90-cloud-init-users /etc/sudoers.d/", async () => {
        expectSuccess(await bench.deploy({}));
        await bench.sh("mv /etc/sudoers.d/90-cloud-init-users /root/");
        // What brings the scripts, where there are new ones, and the first step where there are not.
        for (const change of [{ spec: { ...bench.good().spec, limits: { bodyMiB: 9 } } }, { app: { label: bench.label() } }]) {
          const { ok, said } = await bench.deploy(change);
          check(!ok && /ubuntu may not use sudo without a password/.test(said) && !/is missing there/.test(said), said.slice(0, 600));
        }
        return "";
      }),
  },
  {
    name: "the service's user was removed: said as that; a repair makes it again, with its number and so with its data",
    run: async (bench) => {
      expectSuccess(await bench.deploy({}));
      await bench.sh("install -o ddos -g ddos -m 600 /dev/null /home/ddos/data/mine; userdel -f ddos");
      const wanted = { app: { label: bench.label() } };
      const failure = expectFailure(await bench.deploy(wanted), "code", /the user ddos is not on this host any more/);
      expectSuccess(await bench.deploy(wanted, { all: true }));
      const owner = (await bench.sh("stat -c %U /home/ddos/data/mine; rm -f /home/ddos/data/mine")).trim();
      check(owner === "ddos", `the data are ${owner}'s`);
      return failure;
    },
  },
  {
    name: "a link that the service's user put in a folder's place: nothing behind it changes hands",
    run: (bench) =>
      undone(bench, "rm -rf /etc/ddos-aim /home/ddos/data-mine", async () => {
        await bench.sh(
          "mkdir -m 700 /etc/ddos-aim; runuser -u ddos -- sh -c 'mv /home/ddos/data /home/ddos/data-mine && ln -s /etc/ddos-aim /home/ddos/data'",
        );
        expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
        const found = (await bench.sh("stat -c '%U %a' /etc/ddos-aim; stat -c '%F' /home/ddos/data")).trim();
        check(found === "root 700\ndirectory", found);
        return "";
      }),
  },
  {
    name: "a folder that root moved to another volume, with a link in its place, stays there",
    run: (bench) =>
      undone(bench, "rm -f /home/ddos/data; mv /srv/soak-data /home/ddos/data", async () => {
        await bench.sh("mv /home/ddos/data /srv/soak-data; ln -s /srv/soak-data /home/ddos/data; echo kept >/srv/soak-data/kept");
        expectSuccess(await bench.deploy({ app: { label: bench.label() } }, { all: true }));
        const found = (await bench.sh("stat -c %F /home/ddos/data; cat /home/ddos/data/kept; rm /srv/soak-data/kept")).trim();
        check(found === "symbolic link\nkept", found);
        return "";
      }),
  },
  {
    name: "prepare killed when a file is written and nothing has read it: the next run has it read",
    run: (bench) =>
      undone(bench, "rm -f /usr/local/bin/systemctl", async () => {
        await bench.sh(
          `printf 'PasswordAuthentication yes\\n' >${SSHD}; systemctl reload ssh; ${killedBefore("try-reload-or-restart ssh.service")}`,
        );
        expectKilled(await bench.deploy({}, { all: true }));
        await bench.sh(`rm /usr/local/bin/systemctl; grep -qx 'PasswordAuthentication no' ${SSHD}`);
        check((await bench.sh(OFFERED)).includes("password"), "the fault is none: sshd has read it");
        expectSuccess(await bench.deploy({}, { all: true }));
        check((await bench.sh(OFFERED)).trim() === "publickey", `sshd offers ${await bench.sh(OFFERED)}`);

        await bench.sh(
          `echo '# before' >>/etc/systemd/system/ddos-undo.service; systemctl daemon-reload; ${killedBefore("daemon-reload")}`,
        );
        expectKilled(await bench.deploy({}, { all: true }));
        await bench.sh("rm /usr/local/bin/systemctl");
        expectSuccess(await bench.deploy({}, { all: true }));
        const stale = (await bench.sh("systemctl show --property=NeedDaemonReload --value ddos-undo.service")).trim();
        check(stale === "no", "systemd has not read the unit again");
        return "";
      }),
  },
  {
    name: "a repository that is larger than /run",
    run: (bench) =>
      undone(bench, `mount -o remount,size=20% /run; rm -rf ${REPOSITORY}`, async () => {
        const { spec } = bench.good();
        const commit = (await bench.sh(COMMIT)).trim();
        await bench.sh("mount -o remount,size=48M /run");
        expectSuccess(await bench.deploy({ spec: { ...spec, code: { kind: "git", url: REPOSITORY, commit } } }));
        const left = (await bench.sh("find /var/lib/ddos/code -mindepth 1 -maxdepth 1 -name '.*'")).trim();
        check(left === "", `left: ${left}`);
        expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec }));
        return "";
      }),
  },
];

function expectKilled({ ok, ran, said }: { readonly ok: boolean; readonly ran: readonly string[]; readonly said: string }): void {
  check(!ok && ran.at(-1) === "prepare", `ran ${ran.join(", ")}, ${ok ? "all well" : said.slice(-800)}`);
}
