/** The gate for models, on a host's own Python: what it has to refuse and what it has to let through. Nothing is deployed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../paths";
import type { Case } from "../case";
import { check } from "../case";

/** Each is a whole pickle; `\x8c` and `\x93` are protocol 4's short string and import. */
const REFUSED: Readonly<Record<string, string>> = {
  "import by name": "cos\nsystem\n(S'id'\ntR.",
  "import by stack": "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
  "name from the memo": "\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93\x8c\x02id\x85R.",
  "instance opcode": "(S'id'\nios\nsystem\n.",
  "object opcode": "(cos\nsystem\nS'id'\no.",
  "walk through attributes": "\x80\x04\x8c\x07sklearn\x8c\x0futils.os.system\x93.",
  "dangerous builtin": "c__builtin__\neval\n(S'1'\ntR.",
  getattr: "cbuiltins\ngetattr\n(cbuiltins\nobject\nS'__subclasses__'\ntR.",
  "computed name": "\x80\x04\x8c\x02os\x8c\x06system\x86\x8c\x01x\x93.",
  "persistent id": "Pid\n.",
  "registered extension": "\x80\x02\x82\x01.",
  "function of scikit-learn": "csklearn.utils\nshuffle\n.",
  "test helper of scikit-learn": "csklearn.utils._testing\nTempMemmap\n.",
  "function of numpy": "cnumpy\nload\n.",
  "import behind the end of a list": "(lp0\ncos\nsystem\na.",
  "no pickle at all": "hello",
  "cut off": "\x80\x04\x8c\x02o",
  "empty stack": "\x80\x04R.",
};
const ACCEPTED: Readonly<Record<string, string>> = {
  "plain data": "(lp0\nI1\naF2.5\naS'x'\na.",
  "class of scikit-learn": "csklearn.preprocessing._data\nStandardScaler\n)\x81.",
  "array parts of numpy": "cnumpy._core.multiarray\n_reconstruct\n.",
  "random state": "cnumpy.random._pickle\n__randomstate_ctor\n.",
  "ordered dict": "ccollections\nOrderedDict\n)R.",
};

const MODULES = ["gate", "gate_content", "gate_load", "gate_names", "gate_scan", "gate_watch"];

/** Writes every pickle into a folder of its own and prints the verdicts, one a line. */
const SCRIPT = `rm -rf /tmp/pickles; mkdir -p /tmp/pickles; cd /tmp/pickles
while read -r name data; do case "$name" in *.py) base64 -d <<<"$data" >"$name"; continue; esac
mkdir "$name"; base64 -d <<<"$data" >"$name/model.pkl"; echo "models $PWD/$name" >request
if python3 -I -S gate.py request >"$name/out" 2>&1; then echo "$name accepted"; else echo "$name refused $? $(head -c 150 "$name/out" | tr '\\n' ' ')"; fi; done; rm -rf /tmp/pickles`;

export const pickleCases: readonly Case[] = [
  {
    name: "pickle gate: forged models are refused, real kinds are not",
    run: async (bench) => {
      const all = [...Object.entries(REFUSED), ...Object.entries(ACCEPTED)];
      const modules = MODULES.map(
        (name) => `${name}.py ${readFileSync(join(repositoryRoot, `templates/steps/${name}.py`)).toString("base64")}\n`,
      );
      const pickles = all.map(([, text], index) => `p${index} ${Buffer.from(text, "latin1").toString("base64")}\n`);
      const input = [...modules, ...pickles].join("");
      const lines = (await bench.lab.must("backend", `set -e; ${SCRIPT}`, { input })).trim().split("\n");
      const wrong = all.filter(([name], index) => !lines[index]?.startsWith(`p${index} ${name in REFUSED ? "refused 1 " : "accepted"}`));
      check(
        wrong.length === 0,
        `wrong verdict: ${wrong.map(([name]) => `${name} (${lines[all.findIndex(([other]) => other === name)] ?? ""})`).join("; ")}`,
      );
      return `${Object.keys(REFUSED).length} refused, ${Object.keys(ACCEPTED).length} accepted`;
    },
  },
];
