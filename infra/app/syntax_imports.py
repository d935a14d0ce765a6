"""Imports at a module's own level, and the files that they may mean. Standard library only."""

import ast


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
