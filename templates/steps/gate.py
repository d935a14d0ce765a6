"""What a host can tell about models without running anything of theirs.

  gate.py models DIRECTORY VENV [PIN...]   versions of the installed packages, and every pickle's imports
  gate.py redact ENV_FILE                  copies stdin to stdout without the values of ENV_FILE

Standard library only, run by the system's own Python, isolated (-I -S). Nothing is unpickled and nothing of the venv is executed. The
allow-list is only an early warning: what protects is the checksum in the manifest and the sandbox of the service. Exit status 1: refused, with one
line a reason on stdout.
"""

import bz2
import glob
import gzip
import io
import lzma
import os
import pickletools
import re
import sys
import zlib
from importlib import metadata

# Everything that scikit-learn's own estimators need when they come back; nothing here runs what it is given.
PLAIN_GLOBALS = {
    "builtins": {"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object", "range", "set", "slice", "str", "tuple"},
    "__builtin__": {"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "long", "object", "set", "slice", "str", "tuple", "unicode"},
    "collections": {"OrderedDict", "defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "copy_reg": {"_reconstructor"},
    "_codecs": {"encode"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "pathlib": {"PurePosixPath"},
    "joblib.numpy_pickle": {"NumpyArrayWrapper"},
}
NUMPY_GLOBALS = {
    "numpy": re.compile(r"ndarray|dtype|matrix|bool_?|u?int(8|16|32|64|p|c)?|float(16|32|64|128)|complex(64|128|256)|str_|bytes_|object_|datetime64|timedelta64"),
    "numpy.core.multiarray": re.compile(r"_reconstruct|scalar"),
    "numpy._core.multiarray": re.compile(r"_reconstruct|scalar"),
    "numpy.core.numeric": re.compile(r"_frombuffer"),
    "numpy._core.numeric": re.compile(r"_frombuffer"),
    "numpy.ma.core": re.compile(r"MaskedArray|_mareconstruct"),
    "numpy.random._pickle": re.compile(r"__(randomstate|generator|bit_generator)_ctor"),
    "numpy.random._mt19937": re.compile(r"MT19937"),
    "numpy.random._pcg64": re.compile(r"PCG64(DXSM)?"),
    "numpy.random._philox": re.compile(r"Philox"),
    "numpy.random._sfc64": re.compile(r"SFC64"),
    "numpy.random.bit_generator": re.compile(r"SeedSequence|__pyx_unpickle_SeedSequence"),
    "numpy.random._bit_generator": re.compile(r"SeedSequence|__pyx_unpickle_SeedSequence"),
}
# Classes of scikit-learn (CapWords, no dots: a dotted name walks through attributes) and the constructors of its compiled types.
SKLEARN_CLASS = re.compile(r"_?[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)*|newObj|__pyx_unpickle_[A-Za-z0-9_]+")
SKLEARN_REFUSED = re.compile(r"sklearn\.(datasets|externals|tests|conftest|utils\._testing|utils\.parallel|utils\._joblib)(\.|$)|\.tests(\.|$)")
SCIPY_SPARSE = re.compile(r"scipy\.sparse\._?[a-z]+")
SCIPY_CLASS = re.compile(r"(bsr|coo|csc|csr|dia|dok|lil)_(matrix|array)")
# One compiled module of scikit-learn calls itself by its short name.
OTHERS = {
    "_loss": re.compile(r"Cy[A-Z][A-Za-z]*"),
    "pandas.core.frame": re.compile(r"DataFrame"),
    "pandas.core.series": re.compile(r"Series"),
    "pandas.core.indexes.base": re.compile(r"Index|_new_Index"),
    "pandas.core.indexes.range": re.compile(r"RangeIndex"),
    "pandas.core.internals.managers": re.compile(r"BlockManager|SingleBlockManager"),
    "pandas._libs.internals": re.compile(r"_unpickle_block"),
}


def allowed(module, name):
    if name in PLAIN_GLOBALS.get(module, ()):
        return True
    pattern = NUMPY_GLOBALS.get(module) or OTHERS.get(module)
    if pattern is not None:
        return pattern.fullmatch(name) is not None
    if module == "sklearn" or module.startswith("sklearn."):
        return SKLEARN_REFUSED.search(module) is None and SKLEARN_CLASS.fullmatch(name) is not None
    if SCIPY_SPARSE.fullmatch(module):
        return SCIPY_CLASS.fullmatch(name) is not None
    return False


class Refused(Exception):
    pass


class Global:
    def __init__(self, module, name):
        self.module, self.name = module, name


class Made:
    """Stands for an object that would be made: by what, from what, with which state. It is never made."""

    def __init__(self, maker, args):
        self.maker, self.args, self.state = maker, args, None

    def is_made_by(self, module, name):
        return isinstance(self.maker, Global) and (self.maker.module, self.maker.name) == (module, name)


class Mark:
    pass


MARK = Mark()
SHORT = 4096  # longer strings and bytes are data: only their length is kept


def short(value):
    return value if len(value) <= SHORT else None


class Reader:
    """Follows one pickle stream opcode by opcode with stand-ins on the stack, and collects its imports."""

    def __init__(self, stream):
        self.stream = stream
        self.stack = []
        self.memo = {}
        self.globals = set()
        self.versions = set()

    def run(self):
        for opcode, arg, _ in pickletools.genops(self.stream):
            handler = getattr(self, "op_" + opcode.name.lower(), None)
            if handler is not None:
                handler(arg)
            else:
                self.by_effect(opcode, arg)

    def by_effect(self, opcode, arg):
        if opcode.name in ("PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER"):
            raise Refused(f"uses {opcode.name}, which a model file has no need of")
        before, after = opcode.stack_before, opcode.stack_after
        if pickletools.markobject in before:
            self.pop_mark()
            before = before[: before.index(pickletools.markobject)]
        for _ in before:
            self.pop()
        for _ in after:
            self.stack.append(short(arg) if isinstance(arg, (str, bytes, bytearray)) else arg)

    def pop(self):
        if not self.stack:
            raise Refused("is no valid pickle: the stack is empty")
        return self.stack.pop()

    def pop_mark(self):
        items = []
        while True:
            item = self.pop()
            if item is MARK:
                return items[::-1]
            items.append(item)

    def top(self):
        if not self.stack:
            raise Refused("is no valid pickle: the stack is empty")
        return self.stack[-1]

    def found(self, module, name):
        if not isinstance(module, str) or not isinstance(name, str):
            raise Refused("computes the name of what it imports")
        self.globals.add((module, name))
        return Global(module, name)

    def op_mark(self, _):
        self.stack.append(MARK)

    def op_pop(self, _):
        self.pop()

    def op_pop_mark(self, _):
        self.pop_mark()

    def op_dup(self, _):
        self.stack.append(self.top())

    def op_memoize(self, _):
        self.memo[len(self.memo)] = self.top()

    def op_put(self, arg):
        self.memo[int(arg)] = self.top()

    op_binput = op_long_binput = op_put

    def op_get(self, arg):
        if int(arg) not in self.memo:
            raise Refused("is no valid pickle: it remembers what it never saw")
        self.stack.append(self.memo[int(arg)])

    op_binget = op_long_binget = op_get

    def op_global(self, arg):
        module, _, name = arg.partition(" ")
        self.stack.append(self.found(module, name))

    def op_stack_global(self, _):
        name, module = self.pop(), self.pop()
        self.stack.append(self.found(module, name))

    def op_inst(self, arg):
        module, _, name = arg.partition(" ")
        self.stack.append(Made(self.found(module, name), tuple(self.pop_mark())))

    def op_obj(self, _):
        items = self.pop_mark()
        self.stack.append(Made(items[0] if items else None, tuple(items[1:])))

    def op_reduce(self, _):
        args, maker = self.pop(), self.pop()
        self.stack.append(Made(maker, args))

    op_newobj = op_reduce

    def op_newobj_ex(self, _):
        self.pop()
        self.op_reduce(_)

    def op_tuple(self, _):
        self.stack.append(tuple(self.pop_mark()))

    def take(self, count):
        items = [self.pop() for _ in range(count)]
        self.stack.append(tuple(items[::-1]))

    def op_empty_tuple(self, _):
        self.take(0)

    def op_tuple1(self, _):
        self.take(1)

    def op_tuple2(self, _):
        self.take(2)

    def op_tuple3(self, _):
        self.take(3)

    def op_empty_dict(self, _):
        self.stack.append({})

    def op_dict(self, _):
        self.stack.append(self.filled({}, self.pop_mark()))

    def op_setitem(self, _):
        value, key = self.pop(), self.pop()
        self.filled(self.top(), [key, value])

    def op_setitems(self, _):
        items = self.pop_mark()
        self.filled(self.top(), items)

    def filled(self, target, items):
        for key, value in zip(items[::2], items[1::2]):
            if key == "_sklearn_version" and isinstance(value, str):
                self.versions.add(value)
            if isinstance(target, dict) and isinstance(key, (str, int)):
                target[key] = value
        return target

    def op_build(self, _):
        state, target = self.pop(), self.top()
        if isinstance(target, Made):
            target.state = state
            if target.is_made_by("joblib.numpy_pickle", "NumpyArrayWrapper"):
                self.skip_array(state)

    def skip_array(self, state):
        """joblib puts an array's raw bytes into the stream, right behind its wrapper; an array of objects is a pickle of its own."""
        dtype = state.get("dtype") if isinstance(state, dict) else None
        code = dtype.args[0] if isinstance(dtype, Made) and isinstance(dtype.args, tuple) and dtype.args else None
        shape = state.get("shape") if isinstance(state, dict) else None
        known = isinstance(code, str) and isinstance(shape, tuple) and all(isinstance(side, int) and side >= 0 for side in shape)
        if not known:
            raise Refused("holds a joblib array of a form that cannot be checked")
        if code.startswith("O"):
            inner = Reader(self.stream)
            inner.run()
            self.globals |= inner.globals
            self.versions |= inner.versions
            return
        width = re.fullmatch(r"[<>|=]?([a-zA-Z])(\d+)", code)
        if width is None or width[1] not in "biufcSVmMU":
            raise Refused(f"holds a joblib array of type {code}, which cannot be checked")
        size = int(width[2]) * (4 if width[1] == "U" else 1)
        for side in shape:
            size *= side
        if state.get("numpy_array_alignment_bytes") is not None:
            padding = self.stream.read(1)
            size += padding[0] if padding else 0
        skipped = 0
        while skipped < size:
            chunk = self.stream.read(min(1 << 20, size - skipped))
            if not chunk:
                raise Refused("ends in the middle of an array")
            skipped += len(chunk)


def opened(path):
    """The pickle stream of a file, through the compressions that joblib writes."""
    with open(path, "rb") as file:
        start = file.read(6)
    if start[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.open(path))
    if start[:3] == b"BZh":
        return io.BufferedReader(bz2.open(path))
    if start == b"\xfd7zXZ\x00" or start[:2] == b"\x5d\x00":
        return io.BufferedReader(lzma.open(path))
    if start[:1] == b"\x78":
        with open(path, "rb") as file:
            return io.BytesIO(zlib.decompressobj().decompress(file.read(), 1 << 29))
    return open(path, "rb")


def pickle_problems(path, pinned):
    name = os.path.basename(path)
    try:
        with opened(path) as stream:
            reader = Reader(stream)
            reader.run()
    except Refused as refusal:
        return [f"{name} {refusal}"]
    except (ValueError, IndexError, TypeError, EOFError, OSError, zlib.error, lzma.LZMAError, RecursionError) as error:
        return [f"{name} is no readable pickle: {type(error).__name__}: {error}"]
    problems = [
        f"{name} imports {module}.{attribute}, which no scikit-learn model needs: it could run code when it is loaded"
        for module, attribute in sorted(reader.globals)
        if not allowed(module, attribute)
    ]
    if pinned is not None:
        problems += [
            f"{name} was made by scikit-learn {version}, but the manifest pins {pinned}: train it again with {pinned}, or change the pin"
            for version in sorted(reader.versions - {pinned})
        ]
    return problems


def installed_versions(venv):
    sites = glob.glob(os.path.join(venv, "lib", "python3*", "site-packages"))
    return {normal(found.metadata["Name"]): found.version for found in metadata.distributions(path=sites) if found.metadata["Name"]}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(lines):
    pins = {}
    for line in lines:
        name, equals, version = line.partition("==")
        if not equals:
            raise SystemExit(f"the pin «{line}» is not of the form name==version")
        pins[normal(name.strip())] = version.strip()
    return pins


def check_models(directory, venv, lines):
    pins = pins_of(lines)
    versions = installed_versions(venv)
    problems = [
        f"the models need {name}=={version}, but requirements.txt installed {versions.get(name, 'none')}: make both say the same"
        for name, version in sorted(pins.items())
        if versions.get(name) != version
    ]
    files = sorted(os.path.join(directory, name) for name in os.listdir(directory))
    pickles = [path for path in files if path.endswith((".pkl", ".pickle", ".joblib"))]
    for path in pickles:
        problems += pickle_problems(path, pins.get("scikit-learn"))
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(pickles)} pickles import nothing but what scikit-learn needs; {len(pins)} pinned versions are installed")
    return 1 if problems else 0


def secret_texts(text):
    """Values of a .env text as they may show up in a message: as written, unquoted, and the password inside a URL."""
    found = set()
    for line in text.splitlines():
        key, equals, raw = line.partition("=")
        if not equals or key.lstrip().startswith("#"):
            continue
        plain = raw.strip()
        if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"":
            plain = plain[1:-1]
        candidates = {raw.strip(), plain, plain.replace("\\'", "'").replace('\\"', '"').replace("\\\\", "\\")}
        candidates |= {match[1] for match in re.finditer(r"://[^:/@\s]*:([^@\s]+)@", plain)}
        found |= {candidate for candidate in candidates if len(candidate) >= 6}
    return sorted(found, key=len, reverse=True)


def redact(env_file):
    try:
        with open(env_file, encoding="utf-8", errors="replace") as file:
            secrets = secret_texts(file.read())
    except FileNotFoundError:
        secrets = []
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    for secret in secrets:
        text = text.replace(secret, "***")
    sys.stdout.write(text)
    return 0


def main(arguments):
    if len(arguments) >= 3 and arguments[0] == "models":
        return check_models(arguments[1], arguments[2], arguments[3:])
    if len(arguments) == 2 and arguments[0] == "redact":
        return redact(arguments[1])
    raise SystemExit(__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
