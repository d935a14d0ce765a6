"""
Whether an application can be parsed as Python, what it imports, and what would end it when it is imported. Reads one JSON object from stdin, runs nothing of it.

  {"module", "attribute", "factory", "interface", "health", "django", "project", "minors": [N] of the hosts' Python 3.N, "files": {path: base64}, "paths"}

Looks at the module, the packages it lies in, and what these import of the folder when they are imported themselves. Standard library only. Prints
{"python": [3, N], "problem": null or {"path", "line", "text", "says"}, "absent": [{"path", "line", "name"}], "others": the same, "wrong": [{"path",
"line", "why", "instead"}], "versions": [{"path", "line", "name", "since" or "until"}], "settings": [{"path", "line", "name", "certain"}], "opens": [{"path",
"line", "file", "does", "at"}], "fetches": [{"path", "line", "call", "what", "cache", "at"}], "health", "hosts": [{"path", "line", "hosts"}], "redirects" and "websocket": null or a place, "shadows": [path],
"connections": [{"path", "line", "service", "address", "variables", "at", "certain"}], "needs": [{"path", "line", "what", "value", "at"}], "uses": [{"path", "line", "name"}]}.
"""

import ast
import base64
import json
import os
import sys
from itertools import chain

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from syntax_certain import Certain  # noqa: E402
from syntax_connections import Connections  # noqa: E402
from syntax_cycles import Cycles  # noqa: E402
from syntax_names import binds, entry_problems, origin  # noqa: E402
from syntax_fetched import fetched  # noqa: E402
from syntax_files import Files  # noqa: E402
from syntax_followed import run_by  # noqa: E402
from syntax_frameworks import Django, Guards, own_version, websocket  # noqa: E402
from syntax_readers import Readers  # noqa: E402
from syntax_routes import mentions, routes_of  # noqa: E402
from syntax_settings import settings_of  # noqa: E402
from syntax_start import Ends, raises  # noqa: E402
from syntax_uses import uses  # noqa: E402
from syntax_values import Values  # noqa: E402
from syntax_versions import OF_THE_SERVER, comes_or_goes, span_of  # noqa: E402


def places(name):
    """(file that a dotted name may be, the dotted name of that file), with those of its packages."""
    parts = name.split(".")
    for root in ("", "src/"):
        for end in range(1, len(parts) + 1):
            base = root + "/".join(parts[:end])
            yield from ((base + "/__init__.py", ".".join(parts[:end])), (base + ".py", ".".join(parts[:end])))


class Imported:
    """One import at the module's own level. What stands in try or if may be meant to fail."""

    def __init__(self, node, base, names, level=0):
        self.line, self.base, self.names, self.level = node.lineno, base, names, level

    @property
    def dotted(self):
        return [self.base, *(f"{self.base}.{name}" if self.base else name for name in self.names)]


def imports(tree, path, module):
    """@param module: dotted name under which the file is imported"""
    package = module.split(".") if path.endswith("/__init__.py") else module.split(".")[:-1]
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (Imported(node, alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: max(0, len(package) - node.level + 1)] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield Imported(node, base, [alias.name for alias in node.names], max(0, node.level - len(package)) if node.level else 0)


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


def settings(values, needed, made):
    """@param needed: settings that something else than a read asks for, made: (file, name) of classes that are called without anything at the start"""
    found, handled, given, files = [], set(), set(), False
    for path, tree in values.modules:
        said = settings_of(tree, {name for file, name in made if file == path}, Readers(values, path))
        found += [(path, *read) for read in said.reads]
        needed = [*needed, *({"path": path, "line": line, "name": name, "certain": True} for name, line in said.needed)]
        handled, given, files = handled | said.handled, given | said.given, files or said.own_files
    cautious = [{"path": path, "line": line, "name": name, "certain": certain and not files} for path, name, line, certain in found if name not in handled]
    return cautious + [{**one, "certain": not files} for one in needed if one["name"] not in given]


def health(folder, values, request, entry, django, started):
    """What is known of the answer at the path of health."""
    wanted = request["health"].partition("?")[0]
    routes, seen = django.routes(wanted) if django.served else routes_of(folder, values, entry, request["attribute"], wanted, started) if entry is not None else (None, [])
    return {"mentioned": mentions(folder.whole(), wanted), "routes": routes, "seen": seen}


def main():
    request = json.load(sys.stdin)
    files = {path: base64.b64decode(text) for path, text in request["files"].items()}
    folder = Folder(files, request["paths"], request["minors"])
    report = Report(folder)
    values = Values(folder, report.modules)
    report.follow(request["module"])
    entry = folder.file_of(request["module"])
    answer = {"python": list(sys.version_info[:2]), "problem": report.problem, "opens": [], "fetches": [], "settings": [], "health": None, "hosts": [], "redirects": None, "websocket": None, "connections": [], "needs": []}
    if report.problem is None:
        django = Django(values, report.modules, request["django"], entry, request["attribute"])
        for module in [*django.modules(), *django.urls()]:
            report.named(django.place, module)
        answer["problem"] = report.problem
    runs = {} if report.problem is not None else run_by(values, report.modules, (entry, request["attribute"]) if request["factory"] else None)
    if report.problem is None and entry is not None:
        report.add((entry, *wrong) for wrong in entry_problems(folder.tree(entry), request["attribute"], request["factory"], request["interface"]))
        report.add(own_version(values, report.modules, request["project"]))
        report.started(values, runs)
        answer["opens"] = report.files(values, runs, django)
        answer["fetches"] = list(fetched(values, runs))
        answer["connections"] = Connections(values, runs).found()
    if report.problem is None:
        certain = Certain(values, report.modules, runs, request["factory"])
        circle = Cycles(folder, places).found(request["module"])
        report.add([] if circle is None else [circle])
        answer["needs"] = certain.needs
        answer["settings"] = [*settings(values, certain.settings, certain.made), *django.needed()]
        answer["health"] = health(folder, values, request, entry, django, report.seen)
        guards = Guards(values, report.modules, entry, request["attribute"])
        answer["hosts"] = [*guards.hosts(), *django.hosts()]
        answer["redirects"], answer["websocket"] = guards.redirects(), websocket(report.modules)
    shadows = [path for name in sorted(OF_THE_SERVER) if (path := folder.file_of(name)) is not None]
    found = {"absent": report.absent, "others": report.others, "wrong": report.wrong, "versions": report.versions, "uses": report.uses, "shadows": shadows}
    print(json.dumps({**answer, **found}))


if __name__ == "__main__":
    main()
