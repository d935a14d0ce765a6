"""What one call does with a file: told from syntax trees. Standard library only."""

import ast

from syntax_calls import DEMANDS, dotted
from syntax_defaults import Defaults
from syntax_fields import class_of
from syntax_names import binders, origin
from syntax_stores import is_plain_path, store_of
from syntax_values import APP

LOG_FILES = ("FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler")
# What reads the file that its first argument names; `load` and the like of these modules alone.
_READ = ("read_csv", "read_json", "read_parquet", "read_excel", "read_pickle", "read_feather", "read_table", "loadtxt", "genfromtxt", "imread", "load_model", "InferenceSession", "open_dataset")
_LOADERS = {"joblib": ("load",), "np": ("load",), "numpy": ("load",), "torch": ("load",), "onnx": ("load",), "sio": ("load",), "Image": ("open",), "io": ("open",), "codecs": ("open",), "gzip": ("open",), "Booster": (), "credentials": ("Certificate",), "Credentials": ("from_service_account_file",)}
_OF_A_PATH = ("read_text", "read_bytes", "open", "iterdir")
_IN_PACKAGE = ("get_data", "read_text", "read_binary", "open_text", "open_binary")
# They look when a page is asked for.
_LATER = ("Jinja2Templates", "FileSystemLoader")


class Opened:
    """What one call does with a file."""

    def __init__(self, values, path, call, hidden):
        self.values, self.path, self.call, self.hidden = values, path, call, hidden
        self.owner, self.name = dotted(call)
        # Environment variables that may say something else.
        self.variables = []

    def text(self, node):
        said = self.values.text(self.path, node, self.hidden)
        if said is None and node is not None:
            said, variables = Defaults(self.values).of(self.path, node, self.hidden)
            self.variables += variables
        return said

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
        if name == DEMANDS:
            return "reads", self.given(0)
        if (owner, name) == (None, "open") and isinstance(self.call.func, ast.Name):
            return self._by_mode(self._mode(1), self.given(0, "file"))
        return self._logs() or self._stores() or self._makes() or self._reads() or ("", None)

    def _stores(self):
        """What packages do with a file that they are given."""
        if self.name in ("write_text", "write_bytes", "touch") and isinstance(self.call.func, ast.Attribute):
            return "writes", self.text(self.call.func.value)
        tree = self.values.folder.parsed(self.path)
        known, whole = store_of(tree, self.call, self._is_own), origin(tree, self.call.func)
        if known is not None and not self.values.folder.has(whole.partition(".")[0] or "."):
            given = known.position < len(self.call.args) or self.has(*known.keywords)
            return known.does, self.given(known.position, *known.keywords) if given else known.usual
        first = self.given(0)
        return ("reads", first) if is_plain_path(whole, first) and self._is_foreign() else None

    def _is_own(self, node, depth=0):
        """Whether an object is, or may be, one of the application's own classes."""
        if depth > 4 or class_of(self.values, self.path, node)[1] is not None:
            return True
        while isinstance(node, (ast.Attribute, ast.Call)):
            node = node.func if isinstance(node, ast.Call) else node.value
        found = self.values.assigned(self.path, node) if isinstance(node, ast.Name) else None
        if found is not None and found[0] == self.path:
            return self._is_own(found[1], depth + 1)
        opened = self.values.binder(self.path, node.id) if isinstance(node, ast.Name) else None
        if isinstance(opened, ast.With) and len(opened.items) == 1:
            return self._is_own(opened.items[0].context_expr, depth + 1)
        return not isinstance(node, ast.Name) or not self._is_foreign_name(node.id)

    def _logs(self):
        if (self.owner, self.name) == ("logging", "basicConfig"):
            return "writes", self.given(9, "filename")
        if self.name in LOG_FILES and not self.has("delay") and len(self.call.args) < 4:
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
        if self.name == "fileConfig":
            return "configures", self.given(0, "fname")
        if self.name == "StaticFiles":
            return ("", None) if self.has("check_dir") else ("serves", self.given(0, "directory"))
        if self.name in _LATER:
            return "later", self.given(0, "directory", "searchpath")
        if self.name == "PackageLoader":
            return "reads", self._in_package(1, "templates")
        if self.name in _IN_PACKAGE and len(self.call.args) == 2 and (self.owner is None or self.owner in ("pkgutil", "resources", "importlib_resources")):
            return "reads", self._in_package(1, None)
        if self.name == "load_model" and not set("./") & set(self.given(0, "path", "filepath") or "/"):
            # Whisper and others take a name of theirs for a model that they fetch.
            return None
        if self.name in _READ and self.owner != "self" and self._is_foreign() or self.name in _LOADERS.get(self.owner, ()):
            return self._by_mode(self._mode(1) if self.name == "open" else "r", self.given(0, "path", "filename", "path_or_bytes"))
        if self.name in _OF_A_PATH and isinstance(self.call.func, ast.Attribute):
            return self._by_mode(self._mode(0) if self.name == "open" else "r", self.text(self.call.func.value))
        return None

    def _is_foreign(self):
        """False of a function or object of the application's own, which may do anything by that name."""
        return self._is_foreign_name(self.owner or self.name)

    def _is_foreign_name(self, name):
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
