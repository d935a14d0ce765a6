"""Names of packages that a module uses by an attribute whenever it is imported, such as `numpy.float`: told from its syntax tree. Standard library only."""

import ast

from syntax_calls import evaluated
from syntax_names import FUNCTIONS, binders, origin, terminal
from syntax_values import first_name

_KEYWORDS = ("on_startup", "on_shutdown")


def _parts(body):
    """Expressions that are evaluated with the module: of what is in a branch or a function nothing."""
    for node in body:
        if isinstance(node, FUNCTIONS):
            yield from [*node.decorator_list, *node.args.defaults]
        elif isinstance(node, ast.ClassDef):
            yield from [*node.decorator_list, *node.bases]
            yield from _parts(node.body)
        elif isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)) and node.value is not None:
            yield node.value


def uses(tree):
    """(line, whole name) of each: of a package that is imported, or of an object that a class of one made."""
    for node in (one for part in _parts(tree.body) for one in evaluated([part])):
        if isinstance(node, ast.Call):
            # What a keyword of a class asks for that it no longer takes.
            yield from ((node.lineno, f"{origin(tree, node.func)}({one.arg})") for one in node.keywords if one.arg in _KEYWORDS)
            continue
        name = first_name(node) if isinstance(node, ast.Attribute) else None
        found = [] if name is None else [one for one, _ in binders(tree, name)]
        if len(found) == 1 and isinstance(found[0], (ast.Import, ast.ImportFrom)):
            yield node.lineno, origin(tree, node)
        elif len(found) == 1 and isinstance(found[0], ast.Assign) and isinstance(found[0].value, ast.Call) and isinstance(node.value, ast.Name):
            made = origin(tree, found[0].value.func)
            if "." in made and terminal(found[0].targets[0]) == name:
                yield node.lineno, f"{made}.{node.attr}"
