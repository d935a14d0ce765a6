/** An application that fills the disk: deployments go through on their reserve, or fail with who did it and what serves. */
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";

const RESERVE = "/var/lib/ddos/reserve";

/** As the service's user, with whatever it may take: all space that is not root's, then every inode. */
const HOARD = `runuser -u ddos -- python3 - <<'PY'
import os
os.makedirs("/home/ddos/data/hoard", exist_ok=True)
count = 0
try:
    while True:
        os.close(os.open(f"/home/ddos/data/hoard/{count}", os.O_CREAT | os.O_WRONLY))
        count += 1
except OSError:
    pass
with open("/home/ddos/data/hoard/0", "wb", buffering=0) as file:
    try:
        while file.write(bytes(1 << 20)):
            pass
    except OSError:
        pass
print(count, "files")
PY
[ "$(df -Pm /home/ddos | awk 'NR == 2 { print $4 }')" -lt 2 ] || exit 1
[ "$(stat -f -c %d /home/ddos)" -lt 100 ] || exit 1`;

async function hoarded(bench: Bench, work: () => Promise<string>): Promise<string> {
  const limited = (await bench.sh("stat -f -c %c /home/ddos")).trim();
  check(
    Number(limited) > 0 && Number(limited) < 1_000_000,
    `${limited} inodes: this machine has no small disk of its own, nothing is filled`,
  );
  try {
    return await work();
  } finally {
    await bench.sh("rm -rf /home/ddos/data/hoard");
  }
}

export const spaceCases: readonly Case[] = [
  {
    name: "the application filled disk and inodes: a release goes through on the reserve, which comes back",
    run: (bench) =>
      hoarded(bench, async () => {
        expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
        check((await bench.sh(`ls ${RESERVE} | wc -l`)).trim() !== "0", "there is no reserve");
        const filled = (await bench.sh(HOARD)).trim();
        expectSuccess(await bench.deploy({ app: { label: bench.label() }, ttl: "411" }));
        check((await bench.sh(`[ ! -e ${RESERVE} ] && printf gone`)) === "gone", "the reserve was not needed, so this proves nothing");
        await bench.sh("rm -rf /home/ddos/data/hoard");
        expectSuccess(await bench.deploy({ app: { label: bench.label() } }));
        check((await bench.sh(`ls ${RESERVE} | wc -l`)).trim() !== "0", "the reserve did not come back");
        return filled;
      }),
  },
  {
    name: "the application filled disk and inodes, and the reserve is used up: who did it, and what serves",
    run: (bench) =>
      hoarded(bench, async () => {
        await bench.sh(`rm -rf ${RESERVE}; ${HOARD}`);
        const outcome = await bench.deploy({ app: { label: bench.label() } });
        return expectFailure(
          outcome,
          "code",
          /Most likely the application filled it: \/home\/ddos\/data has \d+ MiB in \d+ files[^]*release r?[\w-]+ is still the one that serves/,
        );
      }),
  },
];
