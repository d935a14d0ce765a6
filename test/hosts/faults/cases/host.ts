/** Hosts that are full, wrongly configured or busy. */
import { createHash } from "node:crypto";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import type { DeployOptions } from "../operator";

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A site as no configuration produces it: the text is changed on its way to the host. */
const withSite = (change: (site: string) => string): DeployOptions => ({
  rewrite: (step, create, stdin) => {
    const site = /\/site\.conf" <<'DDOS_FILE'\n([^]*?)DDOS_FILE\n/.exec(create)?.[1] ?? "";
    const changed = change(site);
    if (step !== "release" || changed === site) return { create, stdin };
    return { create: create.replace(site, () => changed), stdin: stdin.replace(/^nginx=.*$/m, `nginx=${sha(changed)}`) };
  },
});

/** The file system of everything that a release writes, with `free` KiB left: a copy of it in memory takes its place until the reboot. */
const fill = (free: number): string => `
size=$(du -sk /home/ddos | cut -f 1)
mkdir -p /run/full && mount -t tmpfs -o size=$((size + 2048))k tmpfs /run/full && cp -a /home/ddos/. /run/full/
mount --move /run/full /home/ddos
left=$(df -Pk /home/ddos | awk 'NR == 2 { print $4 }')
head -c $(((left - ${free}) * 1024)) /dev/zero >/home/ddos/data/ballast`;
const EMPTY = "rm -f /home/ddos/data/ballast; umount -l /home/ddos";

export const hostCases: readonly Case[] = [
  {
    name: "disk nearly full: refused before anything is written",
    run: async (bench) => {
      await bench.sh(fill(8192 / 8));
      const outcome = await bench.deploy({ app: { label: bench.label() } });
      await bench.sh(EMPTY);
      return expectFailure(outcome, "release", /not enough disk space/);
    },
  },
  {
    name: "disk that fills up while a release is written",
    run: async (bench) => {
      await bench.sh(fill(0));
      // df is what the step asks first; with a wrong answer it goes on until the first byte is refused.
      const lie = "printf '#!/bin/sh\\necho x; echo x x x 999999999 x x\\n' >/usr/local/bin/df; chmod 755 /usr/local/bin/df";
      await bench.sh(lie);
      const outcome = await bench.deploy({ app: { label: bench.label() } });
      await bench.sh(`rm /usr/local/bin/df; ${EMPTY}`);
      return expectFailure(outcome, "release", /No space left on device|could not/);
    },
  },
  {
    name: "nginx site with a broken directive",
    run: async (bench) => {
      const outcome = await bench.deploy(
        { app: { label: bench.label() } },
        withSite((site) => site.replace("proxy_http_version 1.1;", "proxy_htp_version 1.1;")),
      );
      return expectFailure(outcome, "release", /nginx refuses the new site.*proxy_htp_version/);
    },
  },
  {
    name: "nginx site that is valid and leads nowhere",
    run: async (bench) => {
      const outcome = await bench.deploy(
        { app: { label: bench.label() } },
        withSite((site) => site.replace(/127\.0\.0\.1:800/g, "127.0.0.1:700")),
      );
      return expectFailure(outcome, "release", /site/);
    },
  },
  {
    name: "a new nginx site, reloaded and not restarted",
    run: async (bench) => {
      const before = await bench.sh("systemctl show -p MainPID --value nginx");
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: { limits: { bodyMiB: 2 } } }));
      check((await bench.sh("systemctl show -p MainPID --value nginx")) === before, "nginx was restarted");
      check((await bench.sh("grep -c 'client_max_body_size 2m' /etc/nginx/sites-enabled/backend")).trim() === "1", "the site is not there");
      return "";
    },
  },
  {
    name: "port of the candidate taken by another program",
    run: async (bench) => {
      await bench.sh("systemd-run --quiet --unit=squatter python3 -m http.server --bind 127.0.0.1 8001");
      const outcome = await bench.deploy({ app: { label: bench.label() } });
      await bench.sh("systemctl stop squatter");
      return expectFailure(outcome, "release", /address already in use/);
    },
  },
  {
    name: "clock off by a day in both directions, and files from the future",
    run: async (bench) => {
      const clock = (hours: string): string => `echo 'LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1
FAKETIME=${hours}h' >/etc/environment`;
      await bench.sh(`find /home/ddos/releases /var/lib/ddos -maxdepth 2 -exec touch -h -d '+1 day' {} +; ${clock("+25")}`);
      expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
      await bench.sh(clock("-25"));
      expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
      await bench.sh(": >/etc/environment");
      return (await bench.sh("grep -aoh '^=== [^ ]*' /var/log/ddos/release.log | tail -n 2"))
        .trim()
        .replace(/\s*===\s*/g, " then ")
        .replace(/^ then /, "");
    },
  },
  {
    name: "two deployments at once",
    run: async (bench) => {
      const [mine, theirs] = [bench.label(), bench.label()];
      const { backendSpec, backendValues } = await import("../variants");
      const before = bench.good();
      const other = bench.stranger().deploy(backendSpec({ label: theirs }, before.models, before.spec), backendValues(before.ttl));
      const [first, second] = await Promise.all([bench.deploy({ app: { label: mine } }, { all: true }), other]);
      check(first.ok && second.ok, `one failed: ${first.said.slice(-600)} ${second.said.slice(-600)}`);
      const { label } = await bench.about();
      check(label === mine || label === theirs, `${label} is served`);
      bench.setGood({ ...bench.good(), app: { label } });
      return `one waited for the other, ${label === mine ? "the first" : "the second"} serves`;
    },
  },
];
