"""
Follows a pickle with Python's own unpickler, with stand-ins for everything it imports: nothing is imported, made or called. What the
unpickler does next never depends on what an object is, so this sees each import and call that `pickle.load` of the same bytes would make.
"""

import importlib.util
import io
import pickle

from gate_watch import Refused, Watch, dtype_problem, width

WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_MOST_PICKLES = 64


class BytesBehind(Exception):
    """A whole pickle, and behind it bytes that are none."""


class _Method:
    """An attribute that may be used on a stand-in object, but not on a stand-in class."""

    def __init__(self, use):
        self.use = use

    def __get__(self, instance, owner):
        target = owner if instance is None else instance
        return lambda *arguments: self.use(target, *arguments)


def _ignore(target, *_):
    if isinstance(target, StandIn):
        raise Refused(f"changes {'.'.join(target.stands_for)} itself, not an object of it: it could run code later")


class StandIn(type):
    """The class of the stand-ins; each of them is a class of its own, since some opcodes want classes."""

    def __call__(cls, *arguments, **keywords):
        return cls.__new__(cls, *arguments, **keywords)


def stand_in(scan, module, name):
    watch = scan.watch

    def new(cls, *arguments, **keywords):
        watch.call(cls, arguments)
        # this one makes an object of the class that it is given
        made = object.__new__(arguments[0] if name == "_reconstructor" and isinstance(arguments[0], StandIn) else cls)
        made.arguments = arguments
        return made

    def call(_, *arguments, **keywords):
        watch.call(None, arguments)

    def set_state(target, state):
        watch.build(target, state)
        scan.drifted |= (module, name) == WRAPPER
        problem = dtype_problem(code_of(target), state, code_of) if (module, name) == ("numpy", "dtype") else None
        if problem is not None:
            raise Refused(problem)
        target.state = state

    methods = dict.fromkeys(("append", "extend", "add"), _Method(_ignore))
    body = {"stands_for": (module, name), "made_in": module, "__new__": new, "__call__": call, "__setstate__": _Method(set_state), **methods}
    return StandIn("StandIn", (), {**body, "__setitem__": lambda *_: None, "state": None})


def code_of(thing):
    """The code, such as "<f8", of a stand-in for a NumPy type."""
    arguments = getattr(thing, "arguments", ())
    code = arguments[0] if arguments else None
    if isinstance(code, StandIn):
        return "O" if code.stands_for[1] in ("object", "object_") else None
    if isinstance(code, str):
        return code
    return None


def stand_in_name(thing):
    return thing.stands_for if isinstance(thing, StandIn) else None


def is_there(module):
    """Could this machine import a module of that name? Asked of its top level only, which imports nothing."""
    try:
        return importlib.util.find_spec(module.split(".")[0]) is not None
    except (ImportError, ValueError):
        return False


class Scan:
    """What one file imports and does. `problems` are the ends of sentences that begin with the file's name."""

    def __init__(self, names):
        self.names = names
        self.watch = Watch(names, stand_in_name)
        self.imported = set()
        self.made = {}
        self.pickles = 0
        # Behind joblib's first wrapper a plain unpickler takes the bytes of arrays for opcodes, and may meet names that nobody wrote.
        self.drifted = False
        self.exact = False

    def find(self, module, name):
        if not isinstance(module, str) or not isinstance(name, str):
            raise Refused("computes the name of what it imports")
        if self.drifted and not self.exact and self.names.use(module, name) is None and not is_there(module):
            raise ModuleNotFoundError(module)
        self.imported.add((module, name))
        if (module, name) not in self.made:
            self.made[module, name] = stand_in(self, module, name)
        return self.made[module, name]

    @property
    def refused_imports(self):
        return sorted(pair for pair in self.imported if self.names.use(*pair) is None)

    def problems(self):
        return [self.names.reason(*pair) for pair in self.refused_imports]

    def one(self, stream, persistent=False):
        """One pickle of the stream, by the C unpickler. Raises Refused, or what that raises."""
        unpickler = _Standing(stream)
        unpickler.scan = self
        if persistent:
            unpickler.persistent_load = lambda _: self.find("torch", "UntypedStorage")
        try:
            unpickler.load()
        except (ValueError, pickle.UnpicklingError) as error:
            if "extension code" in str(error):
                raise Refused("uses an extension code, which a model file has no need of") from error
            if "persistent id" in str(error) and self.imported:
                raise Refused("uses persistent ids, which a model file has no need of") from error
            raise
        self.pickles += 1

    def all(self, stream, persistent=False):
        """Every pickle of the stream, one behind the other. @returns whether it was nothing but pickles to its end"""
        for before in range(_MOST_PICKLES):
            try:
                self.one(stream, persistent)
            except (Refused, MemoryError):
                raise
            except Exception as error:  # whatever: bytes that are no pickle raise anything
                if before == 0 or self.drifted:
                    raise
                raise BytesBehind() from error
            if stream.peek(1) == b"":
                return
        raise Refused(f"holds more than {_MOST_PICKLES} pickles behind each other")

    def joblib(self, stream):
        """The same for what `joblib.load` sees: an array's bytes lie behind its wrapper. Only for where joblib itself cannot be asked."""
        reader = _StandingJoblib(stream)
        reader.scan, reader.arrays = self, stream
        self.exact = True
        reader.load()
        self.pickles += 1
        if stream.read(1) != b"":
            raise Refused("has bytes behind its end, which joblib does not read")


class _Standing(pickle.Unpickler):
    def find_class(self, module, name):
        return self.scan.find(module, name)


class _StandingJoblib(pickle._Unpickler):
    dispatch = dict(pickle._Unpickler.dispatch)

    def find_class(self, module, name):
        return self.scan.find(module, name)

    def load_build(self):
        target = self.stack[-2]
        super().load_build()
        if getattr(type(target), "stands_for", None) == WRAPPER:
            self.skip(target.state)

    dispatch[pickle.BUILD[0]] = load_build

    def skip(self, state):
        code = code_of(state.get("dtype")) if isinstance(state, dict) else None
        shape = state.get("shape") if isinstance(state, dict) else None
        known = code is not None and isinstance(shape, tuple) and all(isinstance(side, int) and side >= 0 for side in shape)
        if not known:
            raise Refused("holds a joblib array of a form that cannot be checked")
        if code.lstrip("<>|=").startswith("O"):
            self.scan.one(self.arrays)
            return
        size = width(code)
        if size is None:
            raise Refused(f"holds a joblib array of type {code}, which cannot be checked")
        for side in shape:
            size *= side
        if state.get("numpy_array_alignment_bytes") is not None:
            padding = self.arrays.read(1)
            size += padding[0] if padding else 0
        while size > 0:
            chunk = self.arrays.read(min(1 << 20, size))
            if chunk == b"":
                raise EOFError("it ends in the middle of an array")
            size -= len(chunk)


def buffered(data):
    return io.BufferedReader(io.BytesIO(data))
