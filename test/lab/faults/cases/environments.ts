/** Python environments: builds that must not get at anything, damage that no size gives away, and builds that were killed. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBundle } from "../../../../infra/release/bundle";
import type { Bundle } from "../../../../infra/release/types";
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";

/** A source distribution whose setup.py is `setup`. It is built on the host: nothing else has a wheel of it. */
function applicationWithBuild(setup: string): Bundle {
  const folder = mkdtempSync(join(tmpdir(), "ddos-build-app-"));
  try {
    cpSync(join(__dirname, "../app"), folder, { recursive: true });
    writeFileSync(join(folder, "ml_gateway/config.json"), JSON.stringify({ label: "built" }));
    writeFileSync(join(folder, "requirements.txt"), "uvicorn\npython-dotenv\n./curious-1.0.tar.gz\n");
    const pack =
      "import io, sys, tarfile\nwith tarfile.open(sys.argv[1], 'w:gz') as archive:\n" +
      "  for name, text in (('setup.py', sys.stdin.read()), ('PKG-INFO', 'Metadata-Version: 2.1\\nName: curious\\nVersion: 1.0\\n')):\n" +
      "    info = tarfile.TarInfo('curious-1.0/' + name); data = text.encode(); info.size = len(data); archive.addfile(info, io.BytesIO(data))";
    const made = spawnSync("python3", ["-c", pack, join(folder, "curious-1.0.tar.gz")], { input: setup, encoding: "utf8" });
    if (made.status !== 0) throw new Error(`the source distribution could not be made: ${made.stderr}`);
    return buildBundle(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a build must find closed; what it could do after all is a line of the module that it installs. */
const CURIOUS = readFileSync(join(__dirname, "../curious-setup.py"), "utf8");
/** Becomes another program, so that its beginning can be seen from outside: the installer, Python and setup.py are the same user's. */
const KILLED = 'import os\nos.execvp("sleep", ["sleep", "300"])\n';

/** Everything that serves, by content, and what a build might leave behind. */
const SERVING =
  "{ find -L /home/ddos/current/app /home/ddos/current/models -type f -print0 | sort -z | xargs -0 sha256sum; ls -A /home/ddos/data; readlink /home/ddos/current; " +
  "stat -c '%a %U %n' /home/ddos/app/.env /home/ddos/models/*; }";

async function damage(bench: Bench, file: string): Promise<string> {
  await bench.sh(
    `python3 - "$(readlink -f ${file})" <<'END'
import os, sys
before = os.stat(sys.argv[1])
with open(sys.argv[1], "r+b") as file:
    file.seek(20)
    byte = file.read(1)
    file.seek(20)
    file.write(bytes([byte[0] ^ 1]))
os.utime(sys.argv[1], ns=(before.st_atime_ns, before.st_mtime_ns))
END`,
  );
  return (await bench.sh("readlink -f /home/ddos/venv")).trim();
}

export const environmentCases: readonly Case[] = [
  {
    name: "a package whose build looks around on the host",
    run: async (bench) => {
      const before = await bench.sh(SERVING);
      const bundle = applicationWithBuild(CURIOUS);
      const outcome = await bench.deploy({ spec: { code: { kind: "bundle", bundle } } });
      expectSuccess(outcome);
      const could = (await bench.sh("cat /home/ddos/venv/lib/python3*/site-packages/curious.py")).trim().split("\n");
      check(could[0] === "TRIED = 9", `the build tried something else than it should: ${could.join("; ")}`);
      check(could.length === 1, `the build could: ${could.slice(1).join("; ")}`);
      const own = await bench.sh("find /home/ddos/venv/ ! -user ddos -o ! -type l -perm /022 | head -3");
      check(own.trim() === "", `not ddos's, or writable by others: ${own}`);
      expectSuccess(await bench.deploy({ spec: {} }));
      const normal = (text: string): string => text.replace(/^\d+-[0-9a-f]+$|releases\/\S+|\S*\/ml_gateway\/config\.json/gm, "");
      check(normal(await bench.sh(SERVING)) === normal(before), "the build changed something that serves");
      return "installed, and all that it tried was denied";
    },
  },
  {
    name: "a file of a package damaged, with its size and time as before",
    run: async (bench) => {
      const before = await damage(bench, "/home/ddos/venv/lib/python3*/site-packages/click/core.py");
      const outcome = await bench.deploy({}, { all: true });
      expectSuccess(outcome);
      check(
        /damaged \(1 of its files: lib\/python3\S+\/click\/core\.py\): building it anew/.test(outcome.said),
        `not named: ${outcome.said}`,
      );
      const after = (await bench.sh("readlink -f /home/ddos/venv")).trim();
      check(after !== before, "the damaged environment serves still");
      await bench.sh(
        "python3 -m py_compile /home/ddos/venv/lib/python3*/site-packages/click/core.py 2>&1; rm -rf /home/ddos/venv/lib/python3*/site-packages/click/__pycache__/x",
      );
      return `${before.split("/").pop() ?? ""} -> ${after.split("/").pop() ?? ""}`;
    },
  },
  {
    name: "a build that is killed in the middle",
    run: async (bench) => {
      const bundle = applicationWithBuild(KILLED);
      const deployment = bench.deploy({ spec: { code: { kind: "bundle", bundle } } });
      await bench.sh(
        "for try in $(seq 600); do if pgrep -u ddos-build -x sleep; then systemctl kill --signal=KILL 'ddos-build-*.service'; exit 0; fi; sleep 0.1; done; exit 1",
      );
      const reason = expectFailure(await deployment, "code", /could not be installed: it was killed/);
      await bench.sh("[ -z \"$(ls -A /home/ddos/venvs | grep '^\\.')\" ] && [ ! -e /var/lib/ddos/build ]");
      expectSuccess(await bench.deploy({ spec: {} }));
      return reason;
    },
  },
  {
    name: "a package index without uv: the host's own pip installs the same",
    run: async (bench) => {
      await bench.sh(
        "rm -rf /opt/no-uv /var/lib/ddos/uv && mkdir /opt/no-uv && ln -s /opt/wheelhouse/*.whl /opt/no-uv/ && rm /opt/no-uv/uv-* && sed -i s,/opt/wheelhouse,/opt/no-uv, /etc/pip.conf",
      );
      try {
        const outcome = await bench.deploy({ app: { label: bench.label(), requirements: "uvicorn\npython-dotenv\nidna\n" } });
        expectSuccess(outcome);
        check(/pip installs, which takes minutes: the package index has no uv==\S+ for this machine/.test(outcome.said), outcome.said);
        const built = /venv \S+ built \(.* by pip, (\d+) s\)/.exec(outcome.said);
        check(built !== null, `not built by pip: ${outcome.said}`);
        await bench.sh("/home/ddos/venv/bin/python -c 'import idna, uvicorn'");
        return `in ${built[1] ?? ""} s`;
      } finally {
        await bench.sh("sed -i s,/opt/no-uv,/opt/wheelhouse, /etc/pip.conf");
      }
    },
  },
];
