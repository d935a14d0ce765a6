"""What is found out about an application's modules as each is followed to what it imports. Standard library only."""

import ast
import sys
from itertools import chain

from syntax_files import Files
from syntax_imports import imports, places
from syntax_names import binds, origin
from syntax_start import Ends, raises
from syntax_uses import uses
from syntax_versions import TAKEN_BY_FASTAPI, TAKEN_BY_THE_SERVER, TAKEN_WITH_FASTAPI, comes_or_goes, span_of


class Report:
    def __init__(self, folder):
        self.folder, self.seen, self.modules = folder, set(), []
        self.problem, self.absent, self.others, self.wrong, self.versions, self.uses = None, [], [], [], [], []

    def module(self, path, module):
        """@returns dotted names of what it imports"""
        tree = self.folder.tree(path)
        self.modules.append((path, tree))
        self.add((path, *wrong) for wrong in raises(tree))
        self.used(path, tree)
        waiting = []
        for found in imports(tree, path, module):
            waiting += found.dotted
            self.one(path, module, found)
        return waiting

    def add(self, found):
        """@param found: (path, line, what is wrong, what to do instead) of each"""
        self.wrong += [{"path": path, "line": line, "why": why, "instead": instead} for path, line, why, instead in found]

    def used(self, path, tree):
        """Names that are not imported, but asked for as soon as the module is."""
        for line, name in uses(tree):
            place, top = {"path": path, "line": line, "name": name}, name.partition(".")[0]
            if self.folder.has(top):
                continue
            if comes_or_goes(name):
                self.versions.append({**place, **span_of(name), "used": True})
            elif top not in getattr(sys, "stdlib_module_names", ()):
                self.uses.append(place)

    def started(self, values, runs):
        """What the calls that certainly run use of Python, and what they do to the process."""
        seen = {(one["path"], one["line"], one["name"]) for one in self.versions}
        for _, path, call, _ in chain.from_iterable(runs.values()):
            for node in [call.func, *call.args, *(one.value for one in call.keywords)]:
                name = origin(self.folder.parsed(path), node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
                key = (path, call.lineno, name)
                if comes_or_goes(name) and key not in seen and not self.folder.has(name.partition(".")[0]):
                    seen.add(key)
                    self.versions.append({"path": path, "line": call.lineno, "name": name, **span_of(name), "used": True})
        self.add(Ends(values, runs).found())

    def shadowed(self, entry, several):
        """
        Files that are taken for modules of Python's own, and lack what is taken of these at the start.
        @param entry: the application's file @param several: whether a host has more than one worker, which multiprocessing then starts in the application's folder
        """
        fastapi = any(one["name"].partition(".")[0] == "fastapi" for one in self.others)
        if entry.startswith("src/"):
            self._taken("src/", TAKEN_BY_THE_SERVER, "uvicorn or a module that it imports takes")
        if several:
            self._taken("", TAKEN_BY_THE_SERVER, "each worker of a host that has several begins in this folder and takes")
        if fastapi:
            self._taken("src/" if entry.startswith("src/") else "", TAKEN_WITH_FASTAPI if entry.startswith("src/") else TAKEN_BY_FASTAPI, "FastAPI takes")

    def _taken(self, folder, names, who):
        for name, taken in names.items():
            path = next((one for one in (f"{folder}{name}.py", f"{folder}{name}/__init__.py") if one in self.folder.files), None)
            tree = None if path is None else self.folder.parsed(path)
            if tree is not None and not binds(tree, taken) and not self.folder.has(f"{name}.{taken}"):
                self.add([(path, 1, f"has the name of Python's own module {name} and is imported in its place, and {who} {taken} of that, which it does not have", "rename the file, or put it into a package")])

    def files(self, values, runs, django):
        """What the modules do with files, by paths that are relative to the application's folder."""
        files = Files(values, runs)
        if values.moves():
            return files.opens
        for path, tree in self.modules:
            files.module(path, tree)
        for path, tree in self.modules:
            files.rest(path, tree)
        for path, node in django.logging():
            files.logs(path, node, "start")
        files.end()
        self.add(files.wrong)
        return files.opens

    def one(self, path, module, found):
        place = {"path": path, "line": found.line}
        if found.level > 0:
            why = f"has a relative import that leads above {module}, which uvicorn imports by that name"
            self.add([(path, found.line, why, "write the module's name without dots before it")])
            return
        name, top = self.folder.absent(found.base), found.base.partition(".")[0]
        lacking = None if name is not None else self.folder.lacks(found)
        if name is not None:
            self.absent.append({**place, "name": name})
        elif lacking is not None:
            file = self.folder.file_of(found.base)
            bare = f"imports {found.base}.{lacking}" if file.endswith("__init__.py") else f"imports {lacking} from {found.base}"
            self.add([(path, found.line, f"{bare}, and {file} has no such name", "correct the line, or add the name (and see that .gitignore does not leave it out)")])
        elif top in getattr(sys, "stdlib_module_names", ()) or any(map(comes_or_goes, found.dotted)):
            if not self.folder.has(top):
                self.versions += [{**place, "name": one, **span_of(one)} for one in found.dotted if comes_or_goes(one)]
        elif top != "" and hasattr(sys, "stdlib_module_names") and not self.folder.has(top):
            self.others += [{**place, "name": one} for one in found.dotted]

    def named(self, place, module):
        """Follows a module that a framework imports by itself. @param place: where it is named"""
        name = self.folder.absent(module)
        if name is not None:
            self.absent.append({**place, "name": name})
        else:
            self.follow(module)

    def follow(self, module):
        waiting = [module]
        while waiting and self.problem is None:
            for path, name in places(waiting.pop()):
                if path in self.seen or path not in self.folder.files:
                    continue
                self.seen.add(path)
                try:
                    waiting += self.module(path, name)
                except (SyntaxError, ValueError) as error:
                    self.broken(path, error)
                    break

    def broken(self, path, error):
        path = getattr(error, "filename", None) or path
        line, lines = getattr(error, "lineno", None) or 1, self.folder.text(path).splitlines() or [""]
        says = getattr(error, "msg", str(error))
        self.problem = {"path": path, "line": line, "text": lines[min(line, len(lines)) - 1].strip()[:100], "says": says}
