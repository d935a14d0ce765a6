"""Whether an application can be parsed as Python, and what it imports: reads {"module", "files": {path: text}, "paths"} from stdin, runs nothing of it.

Looks at the module, the packages it lies in, and what these import of the folder when they are imported themselves. Standard library only.
Prints {"python": [3, N], "problem": null or {"path", "line", "text", "says"}, "absent": [{"path", "line", "name"}], "others": the same}: modules of
the folder that are not there, and those that are neither of the folder nor of the standard library.
"""

import ast
import json
import sys


def places(name):
    """Files that a dotted name may be, with those of its packages."""
    parts = name.split(".")
    for root in ("", "src/"):
        for end in range(1, len(parts) + 1):
            base = root + "/".join(parts[:end])
            yield from (base + "/__init__.py", base + ".py")


def imports(tree, path):
    """(line, dotted name, names taken of it) of the imports at the module's own level. What stands in try or if may be meant to fail."""
    package = path.removeprefix("src/").removesuffix("/__init__.py") if path.endswith("/__init__.py") else path.removeprefix("src/").rpartition("/")[0]
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split("/") if package else []
            above = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*above, *((node.module or "").split(".") if node.module else [])])
            yield node.lineno, base, [alias.name for alias in node.names]


def dotted(base, names):
    return [base, *(f"{base}.{name}" if base else name for name in names)]


class Folder:
    def __init__(self, files, paths):
        self.files, self.paths = files, set(paths)
        self.folders = {path[:end] for path in paths for end in range(len(path)) if path[end] == "/"}

    def regular(self, name):
        """A module or package that comes before any of the same name that is installed."""
        return any(f"{root}{name}{end}" in self.files for root in ("", "src/") for end in ("/__init__.py", ".py"))

    def has(self, name):
        """False only where there is certainly no such module: a compiled one, or a link to a folder, may be it."""
        path = name.replace(".", "/")
        for base in (path, "src/" + path):
            if base in self.folders or base in self.paths or any(one.startswith(base + ".") for one in self.paths):
                return True
            links = [base[:end] for end in range(len(base)) if base[end] == "/" and base[:end] in self.paths]
            if links:
                return True
        return False

    def bare(self, name):
        """A package whose __init__.py does nothing, so that all its names are modules."""
        path = name.replace(".", "/") + "/__init__.py"
        text = self.files.get(path, self.files.get("src/" + path))
        try:
            return text is not None and all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in ast.parse(text).body)
        except SyntaxError:
            return False

    def absent(self, base, names):
        """The first module of the folder that an import names and that is not there."""
        if not self.regular(base.partition(".")[0]):
            return None
        parts = base.split(".")
        above = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        for name in [*above, *(f"{base}.{name}" for name in names if name != "*" and self.bare(base))]:
            if not self.has(name):
                return name
            text = "".join(self.files.get(f"{root}{name.replace('.', '/')}/__init__.py", "") for root in ("", "src/"))
            if "__path__" in text or "sys.modules" in text or "__getattr__" in text:
                return None
        return None


def main():
    request = json.load(sys.stdin)
    files, waiting, seen = request["files"], [request["module"]], set()
    folder, own = Folder(files, request["paths"]), getattr(sys, "stdlib_module_names", None)
    problem, absent, others = None, [], []
    while waiting and problem is None:
        for path in places(waiting.pop()):
            if path in seen or path not in files:
                continue
            seen.add(path)
            try:
                found = list(imports(ast.parse(files[path], path), path))
                for line, base, names in found:
                    waiting += dotted(base, names)
                    name = folder.absent(base, names)
                    top = base.partition(".")[0]
                    if name is not None:
                        absent.append({"path": path, "line": line, "name": name})
                    elif own is not None and top != "" and top not in own and not folder.has(top):
                        others += [{"path": path, "line": line, "name": one} for one in dotted(base, names)]
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                text = (files[path].splitlines() or [""])[min(line, len(files[path].splitlines()) or 1) - 1]
                problem = {"path": path, "line": line, "text": text.strip()[:100], "says": getattr(error, "msg", str(error))}
                break
    print(json.dumps({"python": list(sys.version_info[:2]), "problem": problem, "absent": absent, "others": others}))


if __name__ == "__main__":
    main()
