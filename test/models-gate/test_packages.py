"""XGBoost, LightGBM and ONNX: trained, judged by the gate, and served by a small application, with the packages of its own requirements."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

import support

APP = support.ROOT / "test" / "lab" / "apps" / "formats"
PORT = 18640
NAMES = {"leaves.p": "lightgbm.basic.Booster", "trees.sav": "xgboost.core.Booster"}


def answer(path):
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as reply:
        return json.load(reply)


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="formats-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name, "made")
        made = subprocess.run([sys.executable, "-B", "-m", "ml_gateway.make", cls.folder], cwd=APP, check=True, capture_output=True, text=True)
        cls.trained = json.loads(made.stdout.splitlines()[-1])
        cls.files = {path.name: path.read_bytes() for path in cls.folder.iterdir()}

    def test_six_forms(self):
        self.assertEqual(sorted(self.trained), ["leaves.p", "leaves.txt", "product.onnx", "trees.json", "trees.sav", "trees.ubj"])
        self.assertEqual(self.trained["product.onnx"], 1.7)

    def test_their_own_files_need_no_import(self):
        files = {name: data for name, data in self.files.items() if name not in NAMES}
        status, lines = support.ask(files)
        self.assertEqual((status, "0 of them pickles" in lines[-1]), (0, True), lines)

    def test_pickles_need_their_packages_named(self):
        for real in (True, False):
            with self.subTest(real=real):
                status, lines = support.ask(self.files, real=real)
                self.assertEqual([status, len(lines)], [1, 2], lines)
                for line, (name, imported) in zip(lines, NAMES.items()):
                    self.assertTrue(line.startswith(f"{name} imports {imported}, and the manifest does not name"), line)
                status, lines = support.ask(self.files, ["import lightgbm", "import xgboost"], real=real)
                self.assertEqual((status, "2 of them pickles" in lines[-1]), (0, True), lines)

    def test_functions_of_a_named_package_stay_out(self):
        data = b"\x80\x02cxgboost.core\nbuild_info\n)R."
        status, lines = support.ask({"model.pkl": data}, ["import xgboost"])
        self.assertEqual(status, 1, lines)
        self.assertIn("is a function of xgboost; of installed packages only classes may be called", lines[0])

    def test_module_inside_a_named_package_stays_out(self):
        status, lines = support.ask({"model.pkl": b"\x80\x02cxgboost.core\nos\n."}, ["import xgboost"])
        self.assertEqual((status, "is a module" in lines[0]), (1, True), lines)

    def test_served(self):
        environment = {**os.environ, "MODEL_PATH": str(self.folder / "trees.json")}
        argv = [sys.executable, "-B", "-m", "uvicorn", "ml_gateway.app:app", "--port", str(PORT), "--log-level", "warning"]
        with subprocess.Popen(argv, cwd=APP, env=environment) as server:
            try:
                ended = time.monotonic() + 60
                while True:
                    try:
                        self.assertEqual(answer("/health"), {"status": "ok"})
                        break
                    except OSError:
                        self.assertLess(time.monotonic(), ended, "it did not start")
                        self.assertIsNone(server.poll(), "it ended")
                        time.sleep(0.2)
                self.assertEqual(answer("/predict"), self.trained)
            finally:
                server.terminate()


PROGRAMS = """
import os
from multiprocessing.util import spawnv_passfds

def shell(text):
    return spawnv_passfds(b"/bin/sh", [b"sh", b"-c", text.encode()], [])

class Leaves:
    def __init__(self, text):
        shell("exec >/dev/null 2>&1; " + text + "; sleep 3")

class Waits:
    def __init__(self, text):
        os.waitpid(shell(text), 0)

class Daemon:
    def __init__(self, text):
        os.waitpid(shell("(" + text + "; sleep 3) </dev/null >/dev/null 2>&1 &"), 0)

class Plain:
    def __init__(self, text):
        self.text = text
"""


class Programs(unittest.TestCase):
    """Classes of a named package that start programs: by name, and by what happens where no audit hook hears of it."""

    def made(self, kind, folder):
        app = Path(folder, "app", "my_package")
        app.mkdir(parents=True, exist_ok=True)
        (app / "__init__.py").write_text(PROGRAMS)
        mark = Path(folder, kind)
        text = f"touch {mark}".encode()
        data = b"\x80\x02cmy_package\n" + kind.encode() + b"\nX" + len(text).to_bytes(4, "little") + text + b"\x85R."
        return support.ask({"model.pkl": data}, ["import my_package", f"app {app.parent}"]), mark

    def test_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("Leaves", "Waits", "Daemon"):
                with self.subTest(kind):
                    (status, lines), mark = self.made(kind, folder)
                    ended = time.monotonic() + 5
                    while not mark.exists():
                        self.assertLess(time.monotonic(), ended, "nothing was started, so nothing was there to be seen")
                        time.sleep(0.05)
                    self.assertEqual((status, lines), (1, ["model.pkl starts a program while it loads"]))
            (status, lines), mark = self.made("Plain", folder)
            self.assertEqual((status, mark.exists()), (0, False), lines)

    def test_by_name(self):
        names = {"psutil.Popen": "psutil", "tornado.process.Subprocess": "tornado", "dill._dill._create_type": "dill", "__main__.Request": "__main__"}
        for name, top in names.items():
            with self.subTest(name):
                module, _, attribute = name.rpartition(".")
                data = f"c{module}\n{attribute}\n.".encode()
                for real in (True, False):
                    status, lines = support.ask({"model.pkl": data}, [f"import {top}"], real=real)
                    self.assertEqual((status, lines[0].startswith(f"model.pkl imports {name}")), (1, True), lines)
                    self.assertNotIn("npm run models", lines[0])


if __name__ == "__main__":
    unittest.main()
