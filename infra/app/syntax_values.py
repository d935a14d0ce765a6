"""Texts and paths that an expression certainly has, told from syntax trees: constants of modules, and what is built of `__file__`. Standard library only."""

import ast
import functools
import posixpath
from collections import Counter

from syntax_fields import field_of, is_plain
from syntax_flask import beside, instance_call
from syntax_names import binders, keyword, may_bind_any, nodes, terminal

# Where the folder lies on a host (systemd's WorkingDirectory, and uvicorn's --app-dir).
APP = "/home/ddos/app"
HOME = "/home/ddos"
_DEPTH = 24
_IS_THERE = ("exists", "lexists", "isfile", "isdir", "is_file", "is_dir")
_SAME = ("str", "fspath", "PurePath", "Path", "PosixPath", "PurePosixPath")
_WHOLE = ("resolve", "absolute", "as_posix", "__str__", "__fspath__")


@functools.lru_cache(maxsize=None)  # every name of a module is asked for
def _top(tree):
    return frozenset(map(id, tree.body))


def module_of(path):
    """The dotted name under which a file of the folder is imported."""
    name = path[len("src/") :] if path.startswith("src/") else path
    name = name[: -len(".py")]
    return (name[: -len("/__init__")] if name.endswith("/__init__") else name).replace("/", ".")


def origin_of(node, path):
    """The dotted module that a `from` names, with the dots before it."""
    package = module_of(path).split(".") if path.endswith("/__init__.py") else module_of(path).split(".")[:-1]
    above = package[: max(0, len(package) - node.level + 1)] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def above(path):
    """The folder of a path; None above the application's, where a release is another place each time."""
    return None if path is None or path.rstrip("/") in (APP, "") else posixpath.dirname(path.rstrip("/"))


def locals_of(function):
    """Names that mean something else within a function than in its module."""
    given = function.args
    names = {one.arg for one in [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg] if one is not None}
    return names | {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def local_of(node, names):
    """(file, expression, names) of what a name, or an attribute of `self`, has where it stands; None where that is not known."""
    if not isinstance(names, dict):
        return None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return names.get(f"{node.value.id}.{node.attr}")
    return names.get(node.id) if isinstance(node, ast.Name) else None


class Values:
    """folder: files of the application (syntax_folder.py), by path; modules: (path, tree) of those that are imported."""

    def __init__(self, folder, modules=()):
        self.folder, self.modules, self.known, self._stored, self._moves = folder, modules, {}, None, None

    def binder(self, path, name):
        """The one statement of a module that gives a name its value, whatever happens; None where it may have another."""
        key = (path, name)
        if key not in self.known:
            self.known[key] = self._binder(path, name)
        return self.known[key]

    def _binder(self, path, name):
        tree = self.folder.parsed(path)
        found = [] if tree is None or may_bind_any(tree) else binders(tree, name)
        return found[0][0] if len(found) == 1 and id(found[0][0]) in _top(tree) else None

    def module(self, path, name):
        """The file of the module that a name of a module means; None for anything else."""
        node = self.binder(path, name)
        if isinstance(node, ast.Import):
            meant = next(alias for alias in node.names if name in (alias.asname, alias.name.partition(".")[0]))
            return self.folder.file_of(meant.name if meant.asname else name)
        if isinstance(node, ast.ImportFrom):
            alias = next(one for one in node.names if (one.asname or one.name) == name)
            base = origin_of(node, path)
            return self.folder.file_of(f"{base}.{alias.name}" if base else alias.name)
        return None

    def object(self, path, node, depth=0):
        """(file, name) of what an expression means, through imports of the folder; None where that is not known."""
        if depth > _DEPTH:
            return None
        if isinstance(node, ast.Attribute):
            base = node.value
            inner = self.module(path, base.id) if isinstance(base, ast.Name) else None
            return None if inner is None else self.object(inner, ast.Name(node.attr, ast.Load()), depth + 1)
        if not isinstance(node, ast.Name):
            return None
        found = self.binder(path, node.id)
        if not isinstance(found, ast.ImportFrom):
            return None if found is None or isinstance(found, ast.Import) else (path, node.id)
        alias = next(one for one in found.names if (one.asname or one.name) == node.id)
        source = self.folder.file_of(origin_of(found, path))
        return None if source is None else self.object(source, ast.Name(alias.name, ast.Load()), depth + 1)

    def bound(self, path, node):
        """(file, statement) that gives what an expression means its value; None in place of what is not known."""
        key = self.object(path, node)
        return (None, None) if key is None else (key[0], self.binder(*key))

    def made(self, path, attribute):
        """((file, name), expression) of the application that a module has by that name; None in place of what is not known."""
        key = None if path is None else self.object(path, ast.Name(attribute, ast.Load()))
        return key, None if key is None else getattr(self.binder(*key), "value", None)

    def assigned(self, path, node):
        """(file, expression) that a name was given; None where that is not known."""
        file, found = self.bound(path, node)
        simple = isinstance(found, ast.AnnAssign) or isinstance(found, ast.Assign) and len(found.targets) == 1 and isinstance(found.targets[0], ast.Name)
        return (file, found.value) if simple and found.value is not None else None

    def stored_attributes(self):
        """How often each attribute of any object is given a value, in all of the folder."""
        if self._stored is None:
            self._stored = Counter(one.attr for tree in self.folder.whole() for one in nodes(tree) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store))
        return self._stored

    def moves(self):
        """Whether a relative path may mean another folder than the application's."""
        if self._moves is None:
            self._moves = any(isinstance(node, (ast.Attribute, ast.Name)) and terminal(node) in ("chdir", "fchdir") for _, tree in self.modules for node in nodes(tree))
        return self._moves

    def decided(self, path, test, hidden=()):
        """Whether a condition about a file of the application's folder is true: nobody can have made one there meanwhile. None of any other condition."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.decided(path, test.operand, hidden)
            return None if inner is None else not inner
        if not isinstance(test, ast.Call) or terminal(test.func) not in _IS_THERE or test.keywords or self.moves():
            return None
        file = self.text(path, asked_for(test), hidden)
        inside = within(file) if file else None
        if inside is None or inside.startswith(".env") or self.folder.is_below_link(inside):
            return None
        there = self.folder.has_path(inside)
        return there if not there or terminal(test.func) in ("exists", "lexists") else None

    def text(self, path, node, hidden=(), depth=0):
        """@param hidden: names that mean something else where the expression stands, perhaps with what (syntax_followed.py)"""
        if depth > _DEPTH or node is None:
            return None
        local = local_of(node, hidden)
        if local is not None:
            return self.text(*local, depth + 1)

        def of(inner):
            return self.text(path, inner, hidden, depth + 1)

        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            parts = [of(one.value) if isinstance(one, ast.FormattedValue) and one.format_spec is None else of(one) for one in node.values]
            return None if None in parts else "".join(parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
            left, right = of(node.left), of(node.right)
            if left is None or right is None:
                return None
            return left + right if isinstance(node.op, ast.Add) else posixpath.join(left, right)
        if isinstance(node, ast.Call):
            return self._call(path, node, of)
        if isinstance(node, ast.Attribute) and node.attr == "instance_path":
            return self._instance(path, node.value, hidden, depth)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return above(of(node.value))
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            found = of(node.value.value)
            for _ in range(node.slice.value + 1 if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) and 0 <= node.slice.value < 20 else 0):
                found = above(found)
            return found if isinstance(node.slice, ast.Constant) else None
        if isinstance(node, ast.Name) and node.id == "__file__":
            return f"{APP}/{path}"
        if isinstance(node, ast.Name) and node.id == "__package__":
            return module_of(path) if path.endswith("/__init__.py") else module_of(path).rpartition(".")[0]
        if isinstance(node, (ast.Name, ast.Attribute)) and first_name(node) not in hidden:
            found = self.assigned(path, node) or self._field(path, node)
            return None if found is None else self.text(*found, (), depth + 1)
        return None

    def _instance(self, path, node, hidden, depth):
        """The folder of an instance of Flask: what it is given, or `instance` beside the package."""
        made = instance_call(self, path, node, local_of(node, hidden))
        if made is None:
            return None
        file, call, names = made
        given = keyword(call, "instance_path")
        top = beside(self.folder, file, call)
        return self.text(file, given, names, depth + 1) if given is not None else None if top is None else f"{APP}/{top}instance"

    def _field(self, path, node):
        """(file, expression) of an attribute of a plain class of the application's own."""
        found = field_of(self, path, node) if isinstance(node, ast.Attribute) else None
        return (found[0], found[2].value) if found is not None and is_plain(found[1]) else None

    def _call(self, path, node, of):
        name, given = terminal(node.func), [of(one) for one in node.args]
        if node.keywords or None in given:
            return None
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name in ("getcwd", "cwd") and not given:
            return APP
        if name == "home" and not given and terminal(owner) == "Path":
            return HOME
        if name == "expanduser":
            whole = given[0] if given else of(owner)
            return HOME + whole[1:] if whole is not None and (whole == "~" or whole.startswith("~/")) else whole
        if name in ("join", "Path") and given and (name == "Path" or terminal(owner) == "path"):
            return posixpath.join(*given)
        if name in (*_SAME, "normpath", "abspath", "realpath") and len(given) == 1:
            return posixpath.join(APP, given[0]) if name in ("abspath", "realpath") else given[0]
        if name == "dirname" and len(given) == 1:
            # Of a plain relative name it is the empty text, which joins to the folder itself.
            return posixpath.dirname(given[0]) if given[0].rstrip("/") != APP else None
        if name == "files" and len(given) == 1:
            inside = self.folder.file_of(given[0])
            return f"{APP}/{posixpath.dirname(inside)}" if inside is not None and inside.endswith("/__init__.py") else None
        if owner is None or name not in (*_WHOLE, "joinpath", "with_name"):
            return None
        base = of(owner)
        if base is None or name == "with_name" and len(given) != 1:
            return None
        if name == "with_name":
            return posixpath.join(posixpath.dirname(base), given[0])
        return posixpath.join(APP, base) if name in ("resolve", "absolute") else posixpath.join(base, *given)


def asked_for(call):
    """What `os.path.exists(X)` and `X.exists()` ask about."""
    return call.args[0] if len(call.args) == 1 else call.func.value if isinstance(call.func, ast.Attribute) and not call.args else None


def first_name(node):
    """The name that an expression such as `a.b.c` begins with; None of any other."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", None)


def within(path):
    """The path below the application's folder; None for any other place, and for the folder itself."""
    whole = posixpath.normpath(posixpath.join(APP, path))
    return whole[len(APP) + 1 :] if whole.startswith(APP + "/") else None
