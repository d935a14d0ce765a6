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


if __name__ == "__main__":
    unittest.main()
