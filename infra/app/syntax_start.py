"""What a module does when it is imported that ends it, or that a host does not allow: told from its syntax tree. Standard library only."""

import ast

from syntax_names import FUNCTIONS, binders, terminal

# What the service may write to: its own /tmp, and the folder that outlives a release.
_WRITABLE = ("/tmp/", "/var/tmp/", "/dev/", "/proc/", "/home/ddos/data", "/home/ddos/logs")
_LOG_FILES = ("FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler")
_WRITE = "write below /home/ddos/data, the one folder that it may write (logs: standard output), or do it in a function that may fail"


def _calls(node):
    """Calls that a statement of the module makes for certain; what is in functions, conditions and comprehensions may never run."""
    parts = [item.context_expr for item in node.items] if isinstance(node, ast.With) else [node.value] if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign)) else []
    while parts:
        part = parts.pop()
        if isinstance(part, (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)) or part is None:
            continue
        if isinstance(part, ast.Call):
            yield part
        parts += ast.iter_child_nodes(part)


def _given(call, position, *keywords):
    """The text that a call has at a place or by a keyword; None where it is no plain text."""
    found = [one.value for one in call.keywords if one.arg in keywords] or call.args[position : position + 1]
    return found[0].value if found and isinstance(found[0], ast.Constant) and isinstance(found[0].value, str) else None


def _dotted(call):
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return terminal(owner) if isinstance(owner, ast.Name) else None, terminal(call.func)


def _is_read_only(path):
    return path != "" and not path.startswith(_WRITABLE) and path != ":memory:" and "://" not in path and not path.startswith("file:")


class Starts:
    """entries: the files and folders that the application has."""

    def __init__(self, entries):
        self.entries = entries

    def _has(self, path):
        parts = [part for part in path.split("/") if part not in ("", ".")]
        # `..` may lead anywhere, and .env is written on the host.
        return path.startswith("/") or ".." in parts or parts == [".env"] or "/".join(parts) in self.entries or parts == []

    def _file(self, call, owner, name):
        """(what it does, path) of a file that a call opens or a folder that it makes."""
        if (owner, name) == (None, "open"):
            mode = _given(call, 1, "mode") or ("" if len(call.args) > 1 or any(one.arg == "mode" for one in call.keywords) else "r")
            if mode != "":
                return "writes" if set(mode) & set("wax+") else "reads", _given(call, 0, "file")
        if (owner, name) == ("logging", "basicConfig"):
            return "writes", _given(call, 9, "filename")
        if name in _LOG_FILES and not any(one.arg == "delay" for one in call.keywords) and len(call.args) < 4:
            return "writes", _given(call, 0, "filename")
        if (owner, name) in (("os", "makedirs"), ("os", "mkdir")):
            return "makes", _given(call, 0, "name", "path")
        if name == "mkdir" and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call) and terminal(call.func.value.func) == "Path" and len(call.func.value.args) == 1:
            return "makes", _given(call.func.value, 0)
        if (owner, name) == ("sqlite3", "connect"):
            return "makes", _given(call, 0, "database")
        if name == "StaticFiles" and not any(one.arg == "check_dir" for one in call.keywords):
            return "serves", _given(call, 0, "directory")
        return "", None

    def files(self, tree):
        """(line, what is wrong, what to do instead)"""
        if binders(tree, "open"):
            return
        for node in tree.body:
            for call in _calls(node):
                does, path = self._file(call, *_dotted(call))
                if path is None:
                    continue
                if does in ("reads", "serves") and not self._has(path):
                    why = f"{does} {path} when it is imported, which the application does not have"
                    yield call.lineno, why, "add it (and see that .gitignore does not leave it out; a folder without a file is not packed), or correct the line"
                elif (does == "writes" or does == "makes" and not (self._has(path) and not path.startswith("/"))) and _is_read_only(path):
                    yield call.lineno, f"{does} {path} when it is imported, and the service may write nothing there", _WRITE


def changes_folder(tree):
    """Whether a relative path may mean another folder than the application's."""
    return any(isinstance(node, (ast.Attribute, ast.Name)) and terminal(node) in ("chdir", "fchdir") for node in ast.walk(tree))


def _parsers(tree):
    return [one.targets[0].id for one in tree.body if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and isinstance(one.value, ast.Call) and terminal(one.value.func) == "ArgumentParser"]


def ends(tree):
    """(line, what is wrong, what to do instead): what ends the process, or the import, whenever the module is imported."""
    guard = 'put the line below `if __name__ == "__main__":`'
    own = [node.name for node in tree.body if isinstance(node, FUNCTIONS)]
    for node in tree.body:
        if isinstance(node, ast.Raise):
            yield node.lineno, "raises an exception whenever it is imported", "remove the line, or put it below its condition"
        for call in _calls(node):
            owner, name = _dotted(call)
            if (owner, name) in (("sys", "exit"), ("os", "_exit")) or (owner is None and isinstance(call.func, ast.Name) and name in ("exit", "quit") and name not in own):
                yield call.lineno, f"ends the program ({name}) when it is imported", f"{guard}, or remove it"
            elif name == "parse_args" and not call.args and not call.keywords and (owner in _parsers(tree) or owner is None and "ArgumentParser" in ast.dump(call.func)):
                why = "reads the command line when it is imported, which is uvicorn's there, and ends at what it does not know"
                yield call.lineno, why, f"{guard}, and take settings from environment variables"
