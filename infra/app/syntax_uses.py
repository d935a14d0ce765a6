"""Names of packages that a module uses by an attribute whenever it is imported, such as `numpy.float`: told from its syntax tree. Standard library only."""

import ast

from syntax_names import FUNCTIONS, binders, origin, terminal


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


def _attributes(tree):
    for part in _parts(tree.body):
        waiting = [part]
        while waiting:
            node = waiting.pop()
            if isinstance(node, (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                continue
            if isinstance(node, (ast.Attribute, ast.Call)):
                yield node
            waiting += ast.iter_child_nodes(node)


def uses(tree):
    """(line, whole name) of each: of a package that is imported, or of an object that a class of one made."""
    for node in _attributes(tree):
        if isinstance(node, ast.Call):
            # What a keyword of a class asks for that it no longer takes.
            yield from ((node.lineno, f"{origin(tree, node.func)}({one.arg})") for one in node.keywords if one.arg in _KEYWORDS)
            continue
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            continue
        found = [one for one, _ in binders(tree, root.id)]
        if len(found) == 1 and isinstance(found[0], (ast.Import, ast.ImportFrom)):
            yield node.lineno, origin(tree, node)
        elif len(found) == 1 and isinstance(found[0], ast.Assign) and isinstance(found[0].value, ast.Call) and node.value is root:
            made = origin(tree, found[0].value.func)
            if "." in made and terminal(found[0].targets[0]) == root.id:
                yield node.lineno, f"{made}.{node.attr}"
