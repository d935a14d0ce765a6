"""What the names of a function, and the attributes of an object that is made by a class of the application's own, certainly are: told from syntax trees. Standard library only."""

import ast
from collections import Counter

from syntax_names import FUNCTIONS, nodes, terminal
from syntax_values import locals_of


def _assigned(body):
    for node in body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else getattr(node, "target", None) if isinstance(node, ast.AnnAssign) else None
        if target is not None and node.value is not None:
            yield target, node.value


def scope_of(path, function, call=None, outer=None, skip=0):
    """
    Names of a function, each with (file, expression, names) where it has one value, else None.
    @param outer: (file, names) where the call stands, skip: parameters before those that are given
    """
    names = dict.fromkeys(locals_of(function))
    stored = Counter(one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    names.update({target.id: (path, node, names) for target, node in _assigned(function.body) if isinstance(target, ast.Name) and stored[target.id] == 1})
    given = function.args
    plain = [*given.posonlyargs, *given.args][skip:]
    if call is None or any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return names
    defaults = dict(zip([one.arg for one in reversed(plain)], reversed(given.defaults)))
    defaults.update({one.arg: node for one, node in zip(given.kwonlyargs, given.kw_defaults) if node is not None})
    values = {name: (path, node, {}) for name, node in defaults.items()}
    values.update({one.arg: (outer[0], node, outer[1]) for one, node in zip(plain, call.args)})
    values.update({one.arg: (outer[0], one.value, outer[1]) for one in call.keywords})
    names.update({name: value for name, value in values.items() if name not in stored})
    return names


def within_function(tree, function):
    """Names that mean something else in a function because it lies within another one."""
    if function in tree.body:
        return {}
    outer = [one for one in nodes(tree) if isinstance(one, FUNCTIONS) and one is not function and function in ast.walk(one)]
    return dict.fromkeys(name for one in outer for name in locals_of(one))


class Instance:
    """An object of a class of the application's own that has no parents."""

    def __init__(self, path, made, attributes):
        self.path, self.made, self.attributes = path, made, attributes

    def method(self, name):
        found = [one for one in self.made.body if isinstance(one, FUNCTIONS) and one.name == name]
        return found[0] if len(found) == 1 else None

    def within(self, function, names):
        """Names of one of its methods, with what `self` is there."""
        first = [*function.args.posonlyargs, *function.args.args][:1]
        if not first or any(terminal(one) == "staticmethod" for one in function.decorator_list):
            return names
        own = first[0].arg
        return {**names, f"{own}()": self, **{f"{own}.{name}": value for name, value in self.attributes.items()}}


def instance_of(values, path, made, call, outer):
    """What a call of a class makes; None of one with parents or decorators, which may make anything."""
    if [one for one in made.bases if terminal(one) != "object"] or made.keywords or made.decorator_list:
        return None
    stored = Counter(one.attr for one in ast.walk(made) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store))
    others = values.stored_attributes()
    shared = {}
    shared.update({target.id: (path, node, shared) for target, node in _assigned(made.body) if isinstance(target, ast.Name)})
    # A name that is given twice is not known, and an attribute that something else sets may be any.
    twice = Counter(target.id for target, _ in _assigned(made.body) if isinstance(target, ast.Name))
    attributes = {name: value for name, value in shared.items() if twice[name] == 1 and others[name] == 0}
    found = Instance(path, made, attributes)
    first = found.method("__init__")
    if first is not None:
        inner = scope_of(path, first, call, outer, 1)
        for target, node in _assigned(first.body):
            if isinstance(target, ast.Attribute) and terminal(target.value) == "self" and stored[target.attr] == others[target.attr] == 1:
                attributes[target.attr] = (path, node, inner)
        # They are made of each other.
        inner.update(found.within(first, {}))
    return found
