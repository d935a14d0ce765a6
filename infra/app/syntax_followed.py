"""The calls that certainly run when a module is imported or an application starts, through the functions of its own that are called: told from syntax trees. Standard library only."""

import ast

from syntax_calls import certain_calls, starting
from syntax_names import FUNCTIONS, nodes, terminal
from syntax_objects import instance_of, scope_of, within_function
from syntax_values import first_name, local_of

_DEPTH = 6
_KEEPS = ("lru_cache", "cache", "staticmethod", "classmethod")


def _is_plain(function):
    """Whether a call runs it from its top: no generator, nothing that may take its place."""
    return all(terminal(one.func if isinstance(one, ast.Call) else one) in _KEEPS for one in function.decorator_list) and not any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(function))


def _called(values, path, call, hidden):
    """(file, function, parameters that are given by themselves, attributes of its object) of a call of the application's own; None of any other."""
    method = _method(values, path, call.func, hidden)
    if method is not None:
        return method
    if first_name(call.func) in hidden:
        return None
    file, found = values.bound(path, call.func)
    if isinstance(found, ast.ClassDef):
        made = instance_of(values, file, found, call, (path, hidden))
        function = None if made is None else made.method("__init__")
        return (file, function, 1, made) if function is not None and _is_plain(function) else None
    return (file, found, 0, None) if isinstance(found, FUNCTIONS) and _is_plain(found) else None


def _method(values, path, func, hidden):
    """The same of a method: of the object itself (self), and of one that a name certainly has."""
    if not isinstance(func, ast.Attribute):
        return None
    made = _object(values, path, func.value, hidden)
    function = None if made is None else made.method(func.attr)
    if function is None or not _is_plain(function):
        return None
    is_static = any(terminal(one) == "staticmethod" for one in function.decorator_list)
    return made.path, function, 0 if is_static else 1, made


def _object(values, path, node, hidden, depth=0):
    """What object of a class of the application's own an expression certainly is."""
    if depth > _DEPTH:
        return None
    if isinstance(node, ast.Name) and isinstance(hidden, dict) and f"{node.id}()" in hidden:
        return hidden[f"{node.id}()"]
    local = local_of(node, hidden)
    if local is not None:
        return _object(values, *local, depth + 1)
    if isinstance(node, ast.Call):
        file, found = (None, None) if first_name(node.func) in hidden else values.bound(path, node.func)
        return instance_of(values, file, found, node, (path, hidden)) if isinstance(found, ast.ClassDef) else None
    if not isinstance(node, (ast.Name, ast.Attribute)) or first_name(node) in hidden:
        return None
    found = values.assigned(path, node)
    return None if found is None else _object(values, *found, {}, depth + 1)


def _awaited(body):
    """Calls whose coroutine runs to its end where they stand."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Await):
                yield id(node.value)
            elif isinstance(node, ast.Call) and terminal(node.func) in ("run", "run_until_complete") and node.args:
                yield id(node.args[0])


def run_by(values, modules, factory):
    """
    Of each module by its path: (when, file, call, names that mean something else there) of what it runs when it is imported, and when the application starts.
    @param factory: (file, name) of the function that makes the application, where there is one
    """
    started = {}
    for path, tree in modules:
        for one in starting(tree):
            file, function = _started(values, path, tree, one)
            if function is not None and function not in started.setdefault(file, []):
                started[file].append(function)
    return {path: list(_run_by(values, path, tree, started.get(path, []), factory)) for path, tree in modules}


def _started(values, path, tree, node):
    """(file, function) that an event or a lifespan names; None in place of what is not known."""
    if isinstance(node, FUNCTIONS):
        return path, node
    file, found = values.bound(path, node)
    if isinstance(found, FUNCTIONS):
        return file, found
    # One within the function that makes the application.
    inside = [one for one in nodes(tree) if isinstance(one, FUNCTIONS) and isinstance(node, ast.Name) and one.name == node.id]
    return (path, inside[0]) if len(inside) == 1 else (None, None)


def _run_by(values, path, tree, started, factory):
    made = [one for one in tree.body if isinstance(one, FUNCTIONS) and (path, one.name) == factory]
    parts = [("import", tree.body, {})]
    parts += [("start", one.body, {**within_function(tree, one), **scope_of(path, one)}) for one in [*started, *made]]
    for at, body, hidden in parts:
        yield from ((at, *one) for one in _runs(values, path, body, hidden))


def _runs(values, path, body, hidden, within=()):
    """@param within: functions that are being run"""
    awaited = set(_awaited(body))
    for call in certain_calls(body, lambda test: values.decided(path, test, hidden)):
        yield path, call, hidden
        called = _called(values, path, call, hidden) if len(within) < _DEPTH else None
        if called is not None:
            file, function, skip, made = called
            if function not in within and (isinstance(function, ast.FunctionDef) or id(call) in awaited):
                inner = scope_of(file, function, call, (path, hidden), skip)
                yield from _runs(values, file, function.body, inner if made is None else made.within(function, inner), (*within, function))
