"""Log files that logging's own configuration opens when it is read: told from syntax trees. Standard library only."""

import ast

from syntax_names import nodes
from syntax_opened import LOG_FILES

_CHANGES = ("update", "pop", "setdefault", "clear")


def _root(node):
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return getattr(node, "id", None)


def _is_changed(trees, name):
    """Whether a dictionary may be another by the time it is read."""
    for tree in trees:
        for node in nodes(tree):
            stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del))
            if (stored or isinstance(node, ast.Attribute) and node.attr in _CHANGES) and _root(node) == name:
                return True
    return False


def _items(node):
    return {getattr(key, "value", None): value for key, value in zip(node.keys, node.values)} if isinstance(node, ast.Dict) else {}


def log_files(values, path, node, hidden=()):
    """(file, line, name of the log file) of what a dictionary says, by its name or as it stands there."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        name = node.id if isinstance(node, ast.Name) else node.attr
        local = hidden.get(name) if isinstance(hidden, dict) else None
        found = local[:2] if local else None if name in hidden else values.assigned(path, node)
        if found is None or _is_changed(values.folder.whole(), name):
            return
        path, node = found
    for handler in _items(_items(node).get("handlers")).values():
        keys = _items(handler)
        kind, file = getattr(keys.get("class"), "value", None), keys.get("filename")
        if isinstance(kind, str) and kind.rpartition(".")[2] in LOG_FILES and file is not None and not getattr(keys.get("delay"), "value", False):
            written = values.text(path, file, hidden)
            if written:
                yield path, file.lineno, written
