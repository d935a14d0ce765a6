"""What an attribute of a class of settings, or of an object made of one, is given in the class itself: told from syntax trees. Standard library only."""

import ast

from syntax_names import FUNCTIONS, terminal

_DEPTH = 4


def class_of(values, path, node, depth=0):
    """(file, class) of what an expression means or is an object of: `Config`, `Config()`, `config`, `get_config()`; None in place of what is not known."""
    if depth > _DEPTH:
        return None, None
    if isinstance(node, ast.Call):
        file, found = (None, None) if node.args or node.keywords else values.bound(path, node.func)
        if isinstance(found, FUNCTIONS):
            returned = [one.value for one in ast.walk(found) if isinstance(one, ast.Return)]
            return class_of(values, file, returned[0], depth + 1) if len(returned) == 1 and isinstance(returned[0], ast.Call) else (None, None)
        return (file, found) if isinstance(found, ast.ClassDef) else (None, None)
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return None, None
    file, found = values.bound(path, node)
    if isinstance(found, ast.ClassDef):
        return file, found
    assigned = values.assigned(path, node)
    return class_of(values, *assigned, depth + 1) if assigned is not None and isinstance(assigned[1], ast.Call) else (None, None)


def field_of(values, path, node):
    """(file, class, statement) of an attribute that nothing but the class's own body gives a value; None of any other."""
    file, made = class_of(values, path, node.value)
    if made is None or values.stored_attributes()[node.attr] > 0:
        return None
    found = [one for one in made.body if node.attr in _targets(one)]
    return (file, made, found[0]) if len(found) == 1 and found[0].value is not None else None


def _targets(node):
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def is_plain(made):
    """Whether a class keeps what its body says: no parents that make something else of it, as those of enumerations and of settings do."""
    decorators = {terminal(one.func if isinstance(one, ast.Call) else one) for one in made.decorator_list}
    return not [one for one in made.bases if terminal(one) != "object"] and not made.keywords and decorators <= {"dataclass"}
