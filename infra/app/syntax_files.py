"""What an application does with files when it starts, and which of its own it opens later: told from syntax trees. Standard library only."""

import ast

from syntax_logging import log_files
from syntax_names import FUNCTIONS, binders, is_main_guard, nodes, terminal
from syntax_opened import Opened
from syntax_values import APP, locals_of, within

# What the service may write to: its own /tmp, and the folder that outlives a release.
_WRITABLE = ("/tmp/", "/var/tmp/", "/dev/", "/proc/", "/home/ddos/data", "/home/ddos/logs")
# The folders at the top of Ubuntu's images, and below them where images of containers and other services keep an application.
_OF_UBUNTU = "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin snap srv sys tmp usr var".split()
_OF_OTHERS = ("/usr/src/app/", "/opt/ml/", "/opt/app/", "/opt/program/", "/home/app/", "/home/user/", "/home/ec2-user/", "/root/app/", "/mnt/data/", "/mnt/models/")
_WRITE = "write below /home/ddos/data, the one folder that it may write (logs: standard output), or do it in a function that may fail"

# Of FastHTML: the key of its sessions.
_INSTEAD = {".sesskey": 'write secret_key=os.environ["SESSION_KEY"] there, and give it in secretEnv (or key_fname="/home/ddos/data/.sesskey")'}


class Files:
    """What an application does with files."""

    def __init__(self, values, runs):
        """@param runs: calls of each module that certainly run (syntax_followed.py)"""
        self.values, self.runs = values, runs
        # [{path, line, file, does, at}] of what it opens and has not; (path, line, why, instead) of what it may not do.
        self.opens, self.wrong, self.later = [], [], []
        self._tables, self.seen = False, set()
        # Files that may configure logging, and the modules that take such a configuration from somewhere.
        self._documents, self._configured = [], set()

    def module(self, path, tree):
        self._flask(path, tree)
        if binders(tree, "open"):
            return
        for at, file, call, names in self.runs[path]:
            if (id(call), at) not in self.seen and not binders(self.values.folder.parsed(file), "open"):
                self.seen |= {(id(call), at), id(call)}
                self._one(file, call, names, at)

    def _flask(self, path, tree):
        """A relative database of Flask-SQLAlchemy lies below instance/, which it makes."""
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if isinstance(target, ast.Subscript) and getattr(target.slice, "value", None) == "SQLALCHEMY_DATABASE_URI":
                kind, _, name = (self.values.text(path, node.value) or "").partition(":///")
                if kind == "sqlite" and name not in ("", ":memory:") and not name.startswith("/"):
                    self.later.append({"path": path, "line": node.lineno, "file": f"instance/{name}", "does": "may write", "at": "later"})

    def rest(self, path, tree):
        """Calls that may be made at some time."""
        for call, hidden in [] if binders(tree, "open") else _others(tree):
            if id(call) not in self.seen:
                self._one(path, call, hidden, "later")

    def logs(self, path, node, at, hidden=()):
        """What a dictionary of logging opens."""
        for file, line, name in log_files(self.values, path, node, hidden):
            self._written(file, line, "writes", name, at)

    def _has(self, inside):
        folder = self.values.folder
        return inside in (None, ".env") or folder.has_path(inside) or folder.is_below_link(inside)

    def _one(self, path, call, hidden, at):
        # AsyncConnection.run_sync calls what it is given.
        made = call.args[0] if terminal(call.func) == "run_sync" and call.args else call.func
        if terminal(made) == "create_all" and at != "later":
            self._tables = True
        if terminal(call.func) == "dictConfig" and at != "later" and call.args:
            self.logs(path, call.args[0], at, hidden)
            if not isinstance(call.args[0], ast.Dict) and not self._changes_names(path):
                self._configured.add(path)
        opened = Opened(self.values, path, call, hidden)
        does, file = opened.does()
        variables = sorted(set(opened.variables))
        if file is None or file == "" or ("://" in file) or file == ":memory:" or file.startswith("file:") or file.rstrip("/") in (APP, "."):
            return
        inside = within(file)
        found = {"path": path, "line": call.lineno, "file": inside or file, "does": does, "at": at, "variables": variables}
        if does == "configures" and at != "later" and self._has(inside):
            self.opens.append(found)
        elif does in ("reads", "serves") and inside is None and _is_of_no_host(file):
            self.opens.append({**found, "does": "elsewhere"})
        elif does in ("reads", "serves", "later", "configures"):
            if does == "configures":
                found["does"] = "reads"
            if not self._has(inside):
                self.opens.append(found)
            elif at != "later" and file.endswith((".yaml", ".yml", ".json")):
                self._documents.append({**found, "does": "configures"})
        elif does == "may write":
            if inside is not None:
                self.later.append(found)
        elif does != "" and at == "later":
            if does == "makes" and terminal(call.func) == "connect" and inside is not None and not self._has(inside):
                self.later.append(found)
        elif does == "writes" or does == "makes" and not (inside is not None and self._has(inside)):
            self._written(path, call.lineno, does, file, at, variables)

    def _written(self, path, line, does, file, at, variables=()):
        inside = within(file)
        if _is_read_only(file, inside):
            when = "when it is imported" if at == "import" else "when it starts"
            self._refused(path, line, f"{does} {inside if file.startswith(APP) else file} {when}, and the service may write nothing there", _INSTEAD.get(file, _WRITE), variables)

    def _refused(self, path, line, why, instead, variables):
        """What rests on the default of a setting is for the configuration to say."""
        if variables:
            self.opens.append({"path": path, "line": line, "file": why, "does": "refused", "at": "start", "variables": [*variables], "why": why, "instead": instead})
        else:
            self.wrong.append((path, line, why, instead))

    def _changes_names(self, path):
        """Whether a module gives log files other names than its configuration does."""
        return any(isinstance(one, ast.Constant) and one.value == "filename" for one in nodes(self.values.folder.parsed(path)))

    def end(self):
        """Databases: with tables made at the start, or written at some time."""
        self.opens += [one for one in self._documents if one["path"] in self._configured]
        for one in self.later if self._tables else []:
            if one["does"] == "may write":
                self._refused(one["path"], one["line"], f"makes tables in {one['file']} when it starts, and the service may write nothing there", _WRITE, one.get("variables", ()))
        self.opens += [one for one in self.later if not (self._tables and one["does"] == "may write")]


def _is_of_no_host(path):
    """Whether an absolute path lies where Ubuntu's images have nothing: in the folder of a container, another machine's home or mount."""
    top = path.split("/")[1] if path.startswith("/") else ""
    return path.startswith(_OF_OTHERS) or top not in ("", *_OF_UBUNTU)


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
