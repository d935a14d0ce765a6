"""The gate as the hosts run it, in this process: a folder of files, a verdict for each."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GATE = ROOT / "templates" / "steps" / "gate.py"
sys.path.insert(0, str(GATE.parent))


def ask(files, lines=(), real=True, timeout=300):
    """
    files: name -> bytes. `real`: with this environment's packages, as on a host; else with the standard library alone, as `models add` does.
    @returns (exit status, the lines it said)
    """
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        models = Path(folder, "models")
        models.mkdir()
        for name, data in files.items():
            (models / name).write_bytes(data)
        venv = [f"venv {sys.prefix}", f"memory {2 << 30}"] if real else []
        request = Path(folder, "request")
        request.write_text("\n".join([f"models {models}", *venv, *lines]) + "\n")
        argv = [sys.executable, "-I", *([] if real else ["-S"]), str(GATE), str(request)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, env={**os.environ, "HOME": folder})
        return done.returncode, [*done.stdout.splitlines(), *(done.stderr.splitlines() if done.returncode not in (0, 1) else [])]
