"""
Loads a file as the service will, with real classes, in a process of its own that has nothing to lose. By now the scan has followed the same
bytes with stand-ins; this proves that the file loads, and shows what only real objects show: joblib's arrays, memory, time, crashes.
"""

import ast
import ctypes
import importlib
import importlib.util
import json
import os
import pickle
import resource
import select
import signal
import sys
import time
import warnings

from gate_content import opened
from gate_scan import WRAPPER, Scan, is_there, stand_in
from gate_watch import PARSERS, Refused, Watch, dtype_problem

_FORBIDDEN = {
    "os.system": "to start a program",
    "os.exec": "to start a program",
    "os.posix_spawn": "to start a program",
    "os.spawn": "to start a program",
    "os.fork": "to start a process",
    "os.forkpty": "to start a process",
    "subprocess.Popen": "to start a program",
    "pty.spawn": "to start a program",
    "os.remove": "to delete a file",
    "os.rename": "to rename a file",
    "os.truncate": "to change a file",
    "os.chmod": "to change a file",
    "os.mkdir": "to make a folder",
    "os.kill": "to send a signal",
    "socket.connect": "to reach the network",
    "socket.bind": "to reach the network",
    "socket.getaddrinfo": "to reach the network",
    "urllib.Request": "to reach the network",
}


class Loader:
    """names: the allow-list; own_folders: where the application's own modules lie."""

    def __init__(self, names, own_folders):
        self.names = names
        self.own_folders = own_folders
        self.known = {}
        self.watch = Watch(names, lambda thing: self.known.get(id(thing), (None, None))[1])
        self.refusals = []
        self.drifted = False
        self.active = False
        self.by_imports = 0

    def find(self, find_class, module, name):
        if self.names.use(module, name) is None:
            # behind joblib's first wrapper a plain unpickler meets names that nobody wrote (gate_scan)
            if any(known == WRAPPER for _, known in self.known.values()) and not is_there(module):
                raise ModuleNotFoundError(f"No module named {module!r}")
            raise Refused(self.names.reason(module, name))
        found = self.resolve(find_class, module, name)
        self.known[id(found)] = (found, (module, name))
        return found

    def resolve(self, find_class, module, name):
        root = module.split(".")[0]
        before = children()
        try:
            found = find_class(module, name)
        except Exception as error:
            if root not in self.names.imports or not self.is_defined(module, name):
                raise
            # An application's own module may want its settings, which are not here; what it defines is known from its text.
            sys.stderr.write(f"{module} could not be imported here ({type(error).__name__}: {error}); {name} was taken by its name\n")
            return stand_in(self, module, name)
        finally:
            self.by_imports += children() - before
        problem = self.names.problem_of_object(module, name, found, self.own_folders)
        if problem is not None:
            raise Refused(f"imports {module}.{name}, which {problem}: it could run code when it is loaded")
        return found

    def is_defined(self, module, name):
        path = module.replace(".", "/")
        for folder in self.own_folders:
            for file in (f"{folder}/{path}.py", f"{folder}/{path}/__init__.py"):
                if os.path.isfile(file):
                    with open(file, encoding="utf-8") as text:
                        body = ast.parse(text.read()).body
                    return any(getattr(one, "name", None) == name for one in body if isinstance(one, (ast.ClassDef, ast.FunctionDef)))
        return False

    def audit(self, event, arguments):
        if not self.active:
            return
        reason = None
        if event == "pickle.find_class" and self.names.use(*arguments) is None:
            reason = self.names.reason(*arguments)
        elif event in _FORBIDDEN and not importing():
            reason = f"tries {_FORBIDDEN[event]} while it loads"
        elif event == "open" and writes(arguments) and not importing():
            reason = f"tries to write to {arguments[0]} while it loads"
        elif event == "exec" and arguments[0].co_filename == "<string>" and not is_parser(arguments[0]) and not importing():
            reason = "tries to run text as code while it loads"
        if reason is not None:
            self.refusals.append(reason)
            raise Refused(reason)

    def plain(self, path, compression):
        """As pickle.load does, and again for what lies behind the first."""
        with opened(path, compression) as stream:
            while True:
                self.unpickle(stream)
                if stream.peek(1) == b"":
                    return

    def unpickle(self, stream):
        loader = self

        class Real(pickle.Unpickler):
            def find_class(self, module, name):
                return loader.find(super().find_class, module, name)

        return Real(stream).load()

    def nested(self, stream, **_):
        """What joblib gives to pickle.load: the elements of an array of objects."""
        where = stream.tell()
        scan = Scan(self.names)
        scan.one(stream)
        if scan.refused_imports:
            raise Refused(scan.problems()[0])
        stream.seek(where)
        return self.unpickle(stream)

    def joblib(self, path):
        from joblib import numpy_pickle

        with open(path, "rb") as file:
            if file.read(2) == b"ZF":
                raise Refused("was written by a joblib before 0.10: write it again")
        numpy_pickle.NumpyUnpickler = restricted(self, numpy_pickle.NumpyUnpickler)
        pickle.load = self.nested
        numpy_pickle.load(path)


def restricted(loader, base):
    """joblib's unpickler, which is written in Python, with the rules of the watch at every call and state."""
    import numpy

    def code(thing):
        return thing.str if isinstance(thing, numpy.dtype) else None

    class Restricted(base):
        dispatch = dict(base.dispatch)

        def find_class(self, module, name):
            return loader.find(super().find_class, module, name)

        def _instantiate(self, klass, arguments):
            loader.watch.call(klass, tuple(arguments))
            super()._instantiate(klass, arguments)

        def load_reduce(self):
            loader.watch.call(self.stack[-2], self.stack[-1])
            super().load_reduce()

        def load_newobj(self):
            loader.watch.call(self.stack[-2], self.stack[-1])
            super().load_newobj()

        def load_newobj_ex(self):
            loader.watch.call(self.stack[-3], self.stack[-2])
            super().load_newobj_ex()

        def load_build(self):
            target, state = self.stack[-2], self.stack[-1]
            loader.watch.build(target, state)
            problem = dtype_problem(target.str, state, code) if isinstance(target, numpy.dtype) else None
            if problem is not None:
                raise Refused(problem)
            super().load_build()

    for opcode, method in (("REDUCE", "load_reduce"), ("NEWOBJ", "load_newobj"), ("NEWOBJ_EX", "load_newobj_ex"), ("BUILD", "load_build")):
        Restricted.dispatch[getattr(pickle, opcode)[0]] = getattr(Restricted, method)
    return Restricted


def importing():
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def writes(arguments):
    _, mode, flags = arguments
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND) != 0


def is_parser(code):
    """scipy's own text of a distribution: three functions that call nothing but one method."""
    inner = [constant for constant in code.co_consts if hasattr(constant, "co_names")]
    return set(code.co_names) <= set(PARSERS) and all(set(one.co_names) <= {"_argcheck_rvs"} for one in inner)


def adopt():
    """From now on what a child leaves running becomes a child of this process (PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def children():
    """Grows with each child that has ended and was waited for: each has had pages of its own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_minflt + used.ru_majflt


def has_child():
    try:
        os.waitpid(-1, os.WNOHANG)
        return True
    except ChildProcessError:
        return False


def attempt(loader, work):
    """One way of loading, as a plain value."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loader.active = True
        try:
            work()
            # A package may start one by C, of which no audit hook hears. What an import runs is the package's own affair.
            started = has_child() or children() > loader.by_imports
            outcome = {"refused": "starts a program while it loads"} if started else {"loaded": True}
        except Refused as refusal:
            outcome = {"refused": str(refusal)}
        except MemoryError:
            outcome = {"memory": True}
        except Exception as error:
            outcome = {"failed": f"{type(error).__name__}: {error}"[:300]}
        finally:
            loader.active = False
    if loader.refusals:
        outcome = {"refused": loader.refusals[0]}
    stale = [str(one.message.original_sklearn_version) for one in caught if type(one.message).__name__ == "InconsistentVersionWarning"]
    return {**outcome, "versions": sorted(loader.watch.versions | set(stale))}


def in_child(make_loader, work, seconds):
    """`work(loader)` in a fork of its own: memory is given back, and a crash is an answer. @returns its outcome"""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            loader = make_loader()
            adopt()
            sys.addaudithook(loader.audit)
            outcome = attempt(loader, lambda: work(loader))
            os.write(writing, json.dumps(outcome).encode()[:60_000])
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    ended = time.monotonic() + seconds
    text = b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, ended - time.monotonic()))
        chunk = os.read(reading, 65536) if ready else None
        if not chunk:
            break
        text += chunk
    os.close(reading)
    if chunk is None:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if chunk is None:
        return {"refused": f"did not load within {seconds:.0f} seconds", "versions": []}
    if status == 0 and text:
        return json.loads(text)
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    return {"refused": f"ended Python while it was loaded ({how})", "versions": []}


def warm(imported):
    """Imports the large packages once, for all children."""
    os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})
    for module in sorted({module for module, _ in imported if module.split(".")[0] in ("numpy", "scipy", "sklearn", "pandas", "joblib")}):
        try:
            importlib.import_module(module)
        except Exception as error:
            sys.stderr.write(f"{module}: {type(error).__name__}: {error}\n")
    return importlib.util.find_spec("joblib") is not None
