"""Imports that go round in a circle and end there: told from syntax trees. Standard library only."""

import ast

from syntax_names import binders, may_bind_any, nodes
from syntax_values import origin_of


def _perhaps(tree):
    """Statements that import something in a branch or a function: whether and when they run is not known."""
    own = set(map(id, tree.body))
    return [node for node in nodes(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) not in own]


class Cycles:
    def __init__(self, folder, places):
        """@param places: (file, module) that a dotted name may be, with those of its packages"""
        self.folder, self.places = folder, places
        self.seen, self.within = set(), {}
        # What is imported somewhere else as well may have been imported before.
        self.elsewhere = set()
        for path in folder.files:
            tree = folder.parsed(path)
            for node in [] if tree is None else _perhaps(tree):
                self.elsewhere |= set(self._names(node, path))

    @staticmethod
    def _names(node, path):
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        base = origin_of(node, path)
        return [base, *(f"{base}.{alias.name}" if base else alias.name for alias in node.names)]

    def found(self, module):
        """(path, line, why, instead) of the first `from a import b` that comes while a is being imported and has no b yet."""
        for path, name in self.places(module):
            if path in self.folder.files and path not in self.seen:
                wrong = self._module(path, name)
                if wrong is not None:
                    return wrong
        return None

    def _module(self, path, module):
        tree = self.folder.parsed(path)
        self.seen.add(path)
        if tree is None:
            return None
        for node in tree.body:
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            self.within[path] = node.lineno
            if isinstance(node, ast.ImportFrom):
                wrong = None if module in self.elsewhere else self._too_early(node, path)
                if wrong is not None:
                    return wrong
            for name in self._names(node, path):
                wrong = self.found(name)
                if wrong is not None:
                    return wrong
        self.within.pop(path, None)
        return None

    def _too_early(self, node, path):
        base = origin_of(node, path)
        file = self.folder.file_of(base) if base else None
        if file not in self.within or may_bind_any(self.folder.parsed(file)):
            return None
        line = self.within[file]
        for alias in node.names:
            made = [one for one, _ in binders(self.folder.parsed(file), alias.name)]
            if alias.name == "*" or self.folder.has(f"{base}.{alias.name}") or not made or any(one.lineno < line for one in made):
                continue
            if file == path:
                why = f"imports {alias.name} from {base}, which is this file itself and not the package of that name"
                return path, node.lineno, why, f"rename {path}, and app.module with it where it names it"
            why = f"imports {alias.name} from {base} while {file}, line {line}, is still importing it (a circle), before {alias.name} is made in line {made[0].lineno}"
            return path, node.lineno, why, f"move what both need into a module of its own, or import {alias.name} where it is used"
        return None
