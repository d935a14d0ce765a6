"""The calls that certainly run when a module is imported or an application starts, through the functions of its own that are called: told from syntax trees. Standard library only."""

import ast

from syntax_calls import certain_calls, starting
from syntax_names import FUNCTIONS, terminal
from syntax_values import first_name, locals_of

_DEPTH = 6
_KEEPS = ("lru_cache", "cache", "staticmethod")


def _scope_of(path, function, call=None, outer=None, skip=0):
    """
    Names of a function, each with (file, expression, names) where it has one value, else None.
    @param outer: (file, names) where the call stands, skip: parameters before those that are given
    """
    names = dict.fromkeys(locals_of(function))
    stored = [one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    names.update({name: (path, node, names) for name, node in _assigned(function) if stored.count(name) == 1})
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


def _assigned(function):
    for node in function.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _is_plain(function):
    """Whether a call runs it from its top: no generator, nothing that may take its place."""
    return all(terminal(one.func if isinstance(one, ast.Call) else one) in _KEEPS for one in function.decorator_list) and not any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(function))


def _called(values, path, call, hidden):
    """(file, function, parameters that are given by themselves) of a call of the application's own; None of any other."""
    if first_name(call.func) in hidden:
        return None
    file, found = values.bound(path, call.func)
    if isinstance(found, ast.ClassDef) and not found.bases and not found.keywords and not found.decorator_list:
        made = [one for one in found.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
        return (file, made[0], 1) if len(made) == 1 and _is_plain(made[0]) else None
    return (file, found, 0) if isinstance(found, FUNCTIONS) and _is_plain(found) else None


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
    return {path: list(_run_by(values, path, tree, factory)) for path, tree in modules}


def _run_by(values, path, tree, factory):
    made = [one for one in tree.body if isinstance(one, FUNCTIONS) and (path, one.name) == factory]
    parts = [("import", tree.body, {})] + [("start", one.body, _scope_of(path, one)) for one in [*starting(tree), *made]]
    for at, body, hidden in parts:
        yield from ((at, *one) for one in _runs(values, path, body, hidden))


def _runs(values, path, body, hidden, within=()):
    """@param within: functions that are being run"""
    awaited = set(_awaited(body))
    for call in certain_calls(body):
        yield path, call, hidden
        called = _called(values, path, call, hidden) if len(within) < _DEPTH else None
        if called is not None:
            file, function, skip = called
            if function not in within and (isinstance(function, ast.FunctionDef) or id(call) in awaited):
                inner = _scope_of(file, function, call, (path, hidden), skip)
                yield from _runs(values, file, function.body, inner, (*within, function))
