"""Whether an application can be parsed as Python: reads {"module", "files": {path: text}} from stdin, runs nothing of it.

Looks at the module, the packages it lies in, and what these import of the folder when they are imported themselves. Standard library only.
Prints {"python": [3, N], "problem": null or {"path", "line", "text", "says"}}.
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
    """Dotted names that the statements at the module's own level import. What stands in try or if may be meant to fail."""
    package = path.removeprefix("src/").removesuffix("/__init__.py") if path.endswith("/__init__.py") else path.removeprefix("src/").rpartition("/")[0]
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split("/") if package else []
            above = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*above, *((node.module or "").split(".") if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in node.names)


def main():
    request = json.load(sys.stdin)
    files, waiting, seen = request["files"], [request["module"]], set()
    problem = None
    while waiting and problem is None:
        for path in places(waiting.pop()):
            if path in seen or path not in files:
                continue
            seen.add(path)
            try:
                waiting += imports(ast.parse(files[path], path), path)
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                text = (files[path].splitlines() or [""])[min(line, len(files[path].splitlines()) or 1) - 1]
                problem = {"path": path, "line": line, "text": text.strip()[:100], "says": getattr(error, "msg", str(error))}
                break
    print(json.dumps({"python": list(sys.version_info[:2]), "problem": problem}))


if __name__ == "__main__":
    main()
