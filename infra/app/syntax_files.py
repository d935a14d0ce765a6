"""What an application does with files when it starts, and which of its own it opens later: told from syntax trees. Standard library only."""

import ast

from syntax_names import FUNCTIONS, binders, is_main_guard, terminal
from syntax_values import APP, locals_of, within

# What the service may write to: its own /tmp, and the folder that outlives a release.
_WRITABLE = ("/tmp/", "/var/tmp/", "/dev/", "/proc/", "/home/ddos/data", "/home/ddos/logs")
_LOG_FILES = ("FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler")
_WRITE = "write below /home/ddos/data, the one folder that it may write (logs: standard output), or do it in a function that may fail"
# What reads the file that its first argument names; `load` and the like of these modules alone.
_READ = ("read_csv", "read_json", "read_parquet", "read_excel", "read_pickle", "read_feather", "read_table", "loadtxt", "genfromtxt", "imread", "load_model", "InferenceSession", "open_dataset")
_LOADERS = {"joblib": ("load",), "np": ("load",), "numpy": ("load",), "torch": ("load",), "onnx": ("load",), "sio": ("load",), "Image": ("open",), "io": ("open",), "codecs": ("open",), "gzip": ("open",), "Booster": ()}
_OF_A_PATH = ("read_text", "read_bytes", "open", "iterdir")
_IN_PACKAGE = ("get_data", "read_text", "read_binary", "open_text", "open_binary")
# They look when a page is asked for.
_LATER = ("Jinja2Templates", "FileSystemLoader")


def certain_calls(body):
    """Calls that these statements make whenever they run; what is in functions, conditions and comprehensions may never run."""
    for node in body:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            tolerant = any("suppress" in ast.dump(item.context_expr) for item in node.items)
            if not tolerant:
                yield from _calls_of([item.context_expr for item in node.items])
                yield from certain_calls(node.body)
        elif isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)):
            yield from _calls_of([node.value])
        # What follows may not be reached.
        if isinstance(node, (ast.Return, ast.If, ast.Try, ast.For, ast.While, ast.With)) and any(isinstance(one, ast.Return) for one in ast.walk(node)):
            return


def _calls_of(parts):
    parts = list(parts)
    while parts:
        part = parts.pop()
        if isinstance(part, (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)) or part is None:
            continue
        if isinstance(part, ast.Call):
            yield part
        parts += ast.iter_child_nodes(part)


def starting(tree):
    """Functions of a module that run when its application starts: its lifespan, and what its events name."""
    names = set()
    for node in ast.walk(tree):
        for one in node.keywords if isinstance(node, ast.Call) else []:
            inside = one.value.elts if isinstance(one.value, (ast.List, ast.Tuple)) else [one.value]
            if one.arg in ("lifespan", "on_startup"):
                names |= {terminal(each) for each in inside}
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            events = any(isinstance(one, ast.Call) and terminal(one.func) == "on_event" and one.args and getattr(one.args[0], "value", None) == "startup" for one in node.decorator_list)
            if events or node.name in names:
                yield node


def dotted(call):
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return terminal(owner) if isinstance(owner, ast.Name) else None, terminal(call.func)


def changes_folder(tree):
    """Whether a relative path may mean another folder than the application's."""
    return any(isinstance(node, (ast.Attribute, ast.Name)) and terminal(node) in ("chdir", "fchdir") for node in ast.walk(tree))


class Opened:
    """What one call does with a file."""

    def __init__(self, values, path, call, hidden):
        self.values, self.path, self.call, self.hidden = values, path, call, hidden
        self.owner, self.name = dotted(call)

    def text(self, node):
        return self.values.text(self.path, node, self.hidden)

    def given(self, position, *keywords):
        found = [one.value for one in self.call.keywords if one.arg in keywords] or self.call.args[position : position + 1]
        return self.text(found[0]) if found else None

    def has(self, *keywords):
        return any(one.arg in keywords for one in self.call.keywords)

    def _mode(self, position):
        return self.given(position, "mode") or ("" if len(self.call.args) > position or self.has("mode") else "r")

    def _by_mode(self, mode, file):
        return ("", None) if mode == "" else ("writes" if set(mode) & set("wax+") else "reads", file)

    def does(self):
        """(what it does, path as it is written)"""
        owner, name = self.owner, self.name
        if (owner, name) == (None, "open") and isinstance(self.call.func, ast.Name):
            return self._by_mode(self._mode(1), self.given(0, "file"))
        return self._logs() or self._makes() or self._reads() or ("", None)

    def _logs(self):
        if (self.owner, self.name) == ("logging", "basicConfig"):
            return "writes", self.given(9, "filename")
        if self.name in _LOG_FILES and not self.has("delay") and len(self.call.args) < 4:
            return "writes", self.given(0, "filename")
        if (self.owner, self.name) == ("logger", "add"):
            return "writes", self.given(0, "sink")
        return None

    def _makes(self):
        if (self.owner, self.name) in (("os", "makedirs"), ("os", "mkdir")):
            return "makes", self.given(0, "name", "path")
        if self.name == "mkdir" and isinstance(self.call.func, ast.Attribute):
            return "makes", self.text(self.call.func.value)
        if (self.owner, self.name) == ("sqlite3", "connect"):
            return "makes", self.given(0, "database")
        if self.name in ("create_engine", "create_async_engine"):
            return "may write", _sqlite(self.given(0, "url"))
        return None

    def _reads(self):
        if self.name == "StaticFiles":
            return ("", None) if self.has("check_dir") else ("serves", self.given(0, "directory"))
        if self.name in _LATER:
            return "later", self.given(0, "directory", "searchpath")
        if self.name == "PackageLoader":
            return "reads", self._in_package(1, "templates")
        if self.name in _IN_PACKAGE and len(self.call.args) == 2 and (self.owner is None or self.owner in ("pkgutil", "resources", "importlib_resources")):
            return "reads", self._in_package(1, None)
        if self.name in _READ and self.owner != "self" and self._is_foreign() or self.name in _LOADERS.get(self.owner, ()):
            return self._by_mode(self._mode(1) if self.name == "open" else "r", self.given(0, "path", "filename", "path_or_bytes"))
        if self.name in _OF_A_PATH and isinstance(self.call.func, ast.Attribute):
            return self._by_mode(self._mode(0) if self.name == "open" else "r", self.text(self.call.func.value))
        return None

    def _is_foreign(self):
        """False of a function or object of the application's own, which may do anything by that name."""
        name = self.owner or self.name
        tree = self.values.folder.parsed(self.path)
        found = binders(tree, name)
        return not any(isinstance(one, ast.ImportFrom) and any(alias.name == "*" for alias in one.names) for one in tree.body) and all(
            isinstance(one, ast.Import) or isinstance(one, ast.ImportFrom) and not one.level and not self.values.folder.has((one.module or "").partition(".")[0]) for one, _ in found
        )

    def _in_package(self, position, default):
        package, inside = self.given(0), self.given(position) or default
        found = None if package is None or inside is None else self.values.folder.file_of(package)
        return f"{APP}/{found[: -len('__init__.py')]}{inside}" if found is not None and found.endswith("/__init__.py") else None


def _sqlite(url):
    """The path in an address of a database; None for any other."""
    kind, _, path = (url or "").partition(":///")
    return path.partition("?")[0] if kind.partition("+")[0] == "sqlite" and path not in ("", ":memory:") and not path.startswith("file:") else None


class Files:
    """entries: the files and folders that the application has."""

    def __init__(self, values, entries):
        self.values, self.entries = values, entries
        # [{path, line, file, does, at}] of what it opens and has not; (path, line, why, instead) of what it may not do.
        self.opens, self.wrong, self.later = [], [], []
        self._tables = False

    def module(self, path, tree):
        if binders(tree, "open"):
            return
        parts = [("import", tree.body, ())] + [("start", one.body, locals_of(one)) for one in starting(tree)]
        seen = set()
        for at, body, hidden in parts:
            for call in certain_calls(body):
                seen.add(id(call))
                self._one(path, call, hidden, at)
        for call, hidden in _others(tree):
            if id(call) not in seen:
                self._one(path, call, hidden, "later")

    def _has(self, inside):
        # Below a link of the application may be anything.
        return inside in (None, ".env") or inside in self.entries or any(inside[:end] in self.values.folder.paths for end in range(len(inside)) if inside[end] == "/")

    def _one(self, path, call, hidden, at):
        if terminal(call.func) == "create_all" and at != "later":
            self._tables = True
        does, file = Opened(self.values, path, call, hidden).does()
        if file is None or file == "" or ("://" in file) or file == ":memory:" or file.startswith("file:") or file.rstrip("/") in (APP, "."):
            return
        inside = within(file)
        found = {"path": path, "line": call.lineno, "file": inside or file, "does": does, "at": at}
        if does in ("reads", "serves", "later"):
            if not self._has(inside):
                self.opens.append(found)
        elif does == "may write":
            if inside is not None:
                self.later.append(found)
        elif does != "" and at == "later":
            if does == "makes" and terminal(call.func) == "connect" and inside is not None and not self._has(inside):
                self.later.append(found)
        elif (does == "writes" or does == "makes" and not (inside is not None and self._has(inside))) and _is_read_only(file, inside):
            when = "when it is imported" if at == "import" else "when it starts"
            self.wrong.append((path, call.lineno, f"{does} {inside if file.startswith(APP) else file} {when}, and the service may write nothing there", _WRITE))

    def end(self):
        """Databases: with tables made at the start, or written at some time."""
        for one in self.later if self._tables else []:
            if one["does"] == "may write":
                self.wrong.append((one["path"], one["line"], f"makes tables in {one['file']} when it starts, and the service may write nothing there", _WRITE))
        self.opens += [one for one in self.later if not (self._tables and one["does"] == "may write")]


def _is_read_only(path, inside):
    return inside is not None or path.startswith("/") and not path.startswith(_WRITABLE)


def _others(tree):
    """Calls that may be made at some time, each with the names that mean something else there."""

    def of(node, hidden):
        if is_main_guard(node):
            return
        if isinstance(node, ast.Call):
            yield node, hidden
        inner = hidden | locals_of(node) if isinstance(node, FUNCTIONS) else hidden
        for child in ast.iter_child_nodes(node):
            yield from of(child, inner)

    yield from of(tree, frozenset())
