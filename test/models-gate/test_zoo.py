"""Every estimator of the pinned scikit-learn, and what people put into pipelines, passes the gate in every form in which it is saved."""

import bz2
import gzip
import io
import lzma
import pickle
import unittest
import warnings
import zlib

import joblib
import sklearn
import support
import zoo

# Each object is written in one of these forms, in turn, and each form has its share of all kinds.
PLAIN = [0, 1, 2, 3, 4, 5]
PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "z": zlib.compress}
JOBLIB = [0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3)]


def by_joblib(thing, compress):
    out = io.BytesIO()
    joblib.dump(thing, out, compress=compress)
    return out.getvalue()


def written(things):
    """name -> bytes: each object by pickle and by joblib, and every third by pickle and a compressor."""
    files = {}
    for index, (name, thing) in enumerate(sorted(things.items())):
        protocol = PLAIN[index % len(PLAIN)]
        ending, pack = list(PACKED.items())[index % len(PACKED)]
        compress = JOBLIB[index % len(JOBLIB)]
        files[f"{name}.p{protocol}.pkl"] = pickle.dumps(thing, protocol)
        if index % 3 == 0:
            files[f"{name}.pkl.{ending}"] = pack(pickle.dumps(thing, 5))
        files[f"{name}.{compress[0] if compress else 'plain'}.joblib"] = by_joblib(thing, compress)
    return files


class Zoo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        warnings.simplefilter("ignore")
        cls.things = zoo.objects()
        cls.files = written(cls.things)

    def test_is_large(self):
        self.assertGreater(len(self.things), 200)
        fitted = [name for name, thing in self.things.items() if any(key.endswith("_") for key in getattr(thing, "__dict__", {}))]
        self.assertGreater(len(fitted), 180)

    def test_passes_loaded(self):
        status, lines = support.ask(self.files, [f"pin scikit-learn=={sklearn.__version__}"])
        self.assertEqual(status, 0, "\n".join(lines))
        self.assertIn(f"{len(self.files)} files, {len(self.files)} of them pickles", lines[-1])

    def test_passes_by_its_bytes_alone(self):
        status, lines = support.ask(self.files, real=False)
        self.assertEqual(status, 0, "\n".join(lines))
        self.assertIn(f"{len(self.files)} of them pickles", lines[-1])


if __name__ == "__main__":
    unittest.main()
