"""Every crafted file is refused, under any name, with the host's packages and without, and nothing of it is ever run."""

import os
import pickle
import tempfile
import unittest
import warnings
from pathlib import Path

import crafted
import support

# Endings that said nothing to the gate before; what counts is what a file holds.
ENDINGS = [".pkl", ".joblib", ".sav", ".p", ".bin", ".pkl.gz", ".model", ".dat", ""]


class Crafted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        warnings.simplefilter("ignore")
        cls.folder = tempfile.TemporaryDirectory(prefix="gate-mark-")
        cls.addClassCleanup(cls.folder.cleanup)
        mark = os.path.join(cls.folder.name, "owned")
        commands = crafted.commands(mark)
        cls.cases = {**commands, **crafted.arrays(mark), **crafted.packed(commands)}
        cls.names = {case: f"{index:03d}{ENDINGS[index % len(ENDINGS)]}" for index, case in enumerate(cls.cases)}

    def wrong(self, lines):
        """The cases of which no line says that they are refused."""
        return [case for case, name in self.names.items() if not any(line.startswith(f"{name} ") for line in lines)]

    def refused(self, **how):
        formats = [f"format pickle {name}" for name in self.names.values()]
        status, lines = support.ask({self.names[case]: data for case, data in self.cases.items()}, formats, **how)
        self.assertEqual((status, self.wrong(lines)), (1, []), "\n".join(lines))
        self.assertEqual(os.listdir(self.folder.name), [], "something was run")

    def test_refused_on_a_host(self):
        self.refused()

    def test_refused_by_its_bytes_alone(self):
        self.refused(real=False)

    def test_refused_without_being_called_pickles(self):
        calls = {case: data for case, data in self.cases.items() if b"R" in data and "packed" not in case}
        files = {self.names[case] + ".other": data for case, data in calls.items()}
        _, lines = support.ask(files, [f"format other {name}" for name in files])
        passed = [case for case in calls if not any(line.startswith(self.names[case] + ".other ") for line in lines)]
        # These end in an error before they do anything; only a file that is listed as a pickle has to be one.
        self.assertEqual([case for case in passed if case not in ("names computed", "behind the end")], [])

    def test_each_alone_loads_nothing(self):
        """One by one, so that no refusal of another file hides it: with the packages, where the file would be loaded if its bytes passed."""
        for case in ("in an array's bytes", "joblib array of a structure with objects", "scipy's text in a state", "npz of objects", "functools.partial by state"):
            with self.subTest(case):
                status, lines = support.ask({"model.sav": self.cases[case]})
                self.assertEqual(status, 1, lines)

    def test_sizes(self):
        for case, data in crafted.sizes().items():
            with self.subTest(case):
                status, lines = support.ask({"model.pkl": data}, ["format pickle model.pkl", f"memory {400 << 20}"])
                self.assertEqual(status, 1, lines)

    def test_real_ones_do_run(self):
        """The cases are what they claim to be: Python itself would run them."""
        with tempfile.TemporaryDirectory() as folder:
            for index, case in enumerate(("os.system", "eval", "INST", "STACK_GLOBAL", "names from the memo", "error after the call", "functools.partial")):
                mark = os.path.join(folder, str(index))
                try:
                    pickle.loads(crafted.commands(mark)[case])
                except Exception as error:  # some fail behind the call
                    self.assertIsNotNone(error)
                self.assertTrue(Path(mark).exists(), case)


class Allowed(unittest.TestCase):
    def ask(self, data, *lines, real=True, name="model.pkl"):
        return support.ask({name: data}, lines, real=real)

    def test_named_packages_pass_and_only_they(self):
        data = crafted.proto(crafted.name("my_package.models", "Model") + b")\x81}b")
        self.assertEqual(self.ask(data, "import my_package", real=False)[0], 0)
        status, lines = self.ask(data, "import other_package", real=False)
        self.assertEqual(status, 1)
        self.assertIn('add "my_package" to the manifest\'s imports', lines[0])

    def test_standard_library_cannot_be_named(self):
        status, lines = self.ask(crafted.commands("/nowhere/x")["os.system"], "import os", "import posix", real=False)
        self.assertEqual((status, "imports os.system" in lines[0]), (1, True))

    def test_text_is_no_pickle(self):
        for data in (b"cat\ndog\nR2D2\n", b"I am no pickle.\n", b"{}\n", b"tree\nversion=v4\n", b"\x08\x07\x12\x07pytorch"):
            with self.subTest(data):
                self.assertEqual(self.ask(data, "format other labels.txt", name="labels.txt")[0], 0)

    def test_why_it_is_no_pickle(self):
        whole = pickle.dumps({"a": 1})
        files = {"behind.pkl": whole + b"xx", "cut.pkl": whole[:-4], "text.pkl": b"hello"}
        _, lines = support.ask(files, real=False)
        said = "\n".join(lines)
        self.assertRegex(said, "behind.pkl is no readable pickle: behind the end of a whole pickle it has bytes that are none")
        self.assertRegex(said, "cut.pkl is no readable pickle: it is cut off")
        self.assertRegex(said, "text.pkl is no readable pickle: its bytes mean nothing")

    def test_several_pickles_in_one_file(self):
        self.assertEqual(self.ask(pickle.dumps([1]) + pickle.dumps([2]))[0], 0)

    def test_other_bytes_than_the_manifest_has(self):
        status, lines = self.ask(pickle.dumps([1]), "sha256 " + "0" * 64 + " model.pkl")
        self.assertEqual((status, lines), (1, ["model.pkl is not the file of the manifest: its sha256 is another"]))

    def test_version(self):
        data = b"\x80\x02" + crafted.name("sklearn.preprocessing._data", "StandardScaler") + b")\x81}" + crafted.text("_sklearn_version") + crafted.text("1.0.2") + b"sb."
        status, lines = self.ask(data, "pin scikit-learn==1.7.2", real=False)
        self.assertEqual(status, 1)
        self.assertIn("was made by scikit-learn 1.0.2, but the manifest pins 1.7.2", lines[0])

    def test_pins(self):
        status, lines = self.ask(pickle.dumps([1]), "pin scikit-learn==0.1")
        self.assertEqual((status, "need scikit-learn==0.1, but requirements.txt installed" in lines[0]), (1, True))


if __name__ == "__main__":
    unittest.main()
