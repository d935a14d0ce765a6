"""Files of an application by their paths and by the names under which they are imported, with their syntax trees. Standard library only."""

import ast
import sys

from syntax_names import binds


class Folder:
    def __init__(self, files, paths, minors):
        self.files, self.paths, self.minors = files, set(paths), minors
        self.folders = {path[:end] for path in paths for end in range(len(path)) if path[end] == "/"}
        self.trees = {}

    def tree(self, path):
        if path not in self.trees:
            oldest = min([*self.minors, sys.version_info[1]])
            self.trees[path] = ast.parse(self.files[path], path, feature_version=(3, oldest))
        return self.trees[path]

    def parsed(self, path):
        """None of a file that no Python can read."""
        try:
            return self.tree(path)
        except (SyntaxError, ValueError):
            return None

    def whole(self):
        """The trees of all files that Python can read."""
        return [tree for path in self.files if (tree := self.parsed(path)) is not None]

    def text(self, path):
        return self.files[path].decode("utf-8", "replace")

    def file_of(self, name):
        """The file of a module or package that comes before any of the same name that is installed."""
        path = name.replace(".", "/")
        return next((one for root in ("", "src/") for end in ("/__init__.py", ".py") if (one := f"{root}{path}{end}") in self.files), None)

    def has_path(self, path):
        """Whether a file or a folder of the application has that path."""
        return path.rstrip("/") in self.paths or path.rstrip("/") in self.folders

    def is_below_link(self, path):
        """Anything may be there."""
        return any(path[:end] in self.paths for end in range(len(path)) if path[end] == "/")

    def has(self, name):
        """False only where there is certainly no such module: a compiled one, or a link to a folder, may be it."""
        path = name.replace(".", "/")
        for base in (path, "src/" + path):
            if self.has_path(base) or any(one.startswith(base + ".") for one in self.paths) or self.is_below_link(base):
                return True
        return False

    def absent(self, base):
        """The first module of the folder that an import names and that is not there."""
        if self.file_of(base.partition(".")[0]) is None:
            return None
        parts = base.split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if not self.has(name):
                return name
            text = "".join(self.text(path) for root in ("", "src/") if (path := f"{root}{name.replace('.', '/')}/__init__.py") in self.files)
            if "__path__" in text or "sys.modules" in text or "__getattr__" in text:
                return None
        return None

    def lacks(self, found):
        """The first name that is taken of a module of the folder and that it certainly does not have."""
        path = self.file_of(found.base)
        # A package that is imported by itself is being made, and may have names from others by then.
        if path is None or any(self.file_of(".".join(found.base.split(".")[:end])) is None for end in range(1, found.base.count(".") + 1)):
            return None
        return next((name for name in found.names if name != "*" and not self.has(f"{found.base}.{name}") and not binds(self.tree(path), name)), None)
