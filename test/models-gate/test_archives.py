"""What lies within archives: pickles however deep, code in the layers of Keras; and what cannot be read, said in words."""

import collections
import gzip
import io
import json
import os
import pickle
import unittest
import zipfile

import support

FINE = pickle.dumps(collections.OrderedDict(a=1))


class Command:
    def __reduce__(self):
        return (os.system, ("exit 1",))


COMMAND = pickle.dumps(Command())


def archive(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "."), content)
    return data.getvalue()


def layers(*kinds):
    return json.dumps({"class_name": "Functional", "config": {"layers": [{"class_name": kind, "config": {}} for kind in kinds]}})


HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(2000)
TOO_DEEP = archive(a__zip=archive(a__zip=archive(a__zip=archive(a__zip=archive(data__pkl=FINE)))))
REFUSED = {
    "within.pt": (archive(data__pkl=FINE, inner__zip=archive(data__pkl=COMMAND)), "torch", "imports "),
    "deeper.bin": (archive(a__zip=archive(b__zip=archive(x=COMMAND))), "other", "imports "),
    "deepest.bin": (TOO_DEEP, "other", "holds archives within archives"),
    "cut.pt": (archive(data__pkl=FINE)[:-30], "torch", "is a damaged zip file"),
    "lambda.keras": (archive(config__json=layers("Dense", "Lambda")), "keras", "holds a Lambda layer"),
    "lambda.h5": (HDF5 + layers("Lambda").encode() + bytes(50), "keras", "holds a Lambda layer"),
    "lambda.bin": (HDF5 + layers("Lambda").encode(), "other", "holds a Lambda layer"),
    "cut.pkl": (pickle.dumps(list(range(1000)))[:-20], "pickle", "is no readable pickle: it is cut off"),
    "cut.pkl.gz": (gzip.compress(os.urandom(1 << 17) + FINE)[:-10], "joblib", "is no readable pickle"),
    "twice.pkl.gz": (gzip.compress(gzip.compress(FINE)), "joblib", "is no readable pickle: it is compressed twice"),
}
TAKEN = {
    "fine.pt": (archive(data__pkl=FINE, code__py="def f(): pass"), "torch"),
    "fine.keras": (archive(config__json=layers("Dense"), model__weights__h5="x"), "keras"),
    "fine.h5": (HDF5 + layers("Dense").encode(), "keras"),
    "nested.bin": (archive(a__zip=archive(b__txt="x")), "other"),
}


class Archives(unittest.TestCase):
    def test_refused(self):
        status, lines = support.ask({name: data for name, (data, _, _) in REFUSED.items()}, [f"format {form} {name}" for name, (_, form, _) in REFUSED.items()], real=False)
        self.assertEqual(status, 1, lines)
        for name, (_, _, message) in REFUSED.items():
            self.assertTrue(any(line.startswith(f"{name} {message}") for line in lines), (name, lines))
        self.assertFalse([line for line in lines if "Error" in line or "codec" in line], "an error of Python's own words")

    def test_taken(self):
        status, lines = support.ask({name: data for name, (data, _) in TAKEN.items()}, [f"format {form} {name}" for name, (_, form) in TAKEN.items()], real=False)
        self.assertEqual(status, 0, lines)


if __name__ == "__main__":
    unittest.main()
