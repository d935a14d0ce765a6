"""Middleware of the application's own that answers requests without credentials by itself, whatever their path: told from syntax trees. Standard library only."""

import ast
import re

from syntax_names import FUNCTIONS, keyword, nodes, terminal

_STATUS = (401, 403)
_NAMED = re.compile(r"^(HTTP_)?(401|403)_|^(UNAUTHORIZED|FORBIDDEN)$")
# What tells requests apart by where they go; whoever reads one of these may let health through.
_PLACES = ("url", "path", "path_info", "full_path", "base_url", "scope", "endpoint", "url_rule", "blueprint", "blueprints", "route", "view_args")
_ADDS = ("add_middleware", "Middleware", "wrap")
_HOOKS = ("before_request", "before_app_request")


def refusal(modules):
    """The place of the first; None where there is none."""
    for path, tree in modules:
        for function, named in _middleware(tree):
            if named is not None and not _is_added(modules, named):
                continue
            answer = next((one for one in ast.walk(function) if _refuses(one)), None)
            if answer is not None and not _looks_at_place(function):
                return {"path": path, "line": answer.lineno}
    return None


def _middleware(tree):
    """(function that sees every request, the class that has to be added; None of one that adds itself)"""
    for node in nodes(tree):
        if isinstance(node, ast.ClassDef) and any(terminal(one) == "BaseHTTPMiddleware" for one in node.bases):
            yield from ((one, node.name) for one in node.body if isinstance(one, FUNCTIONS) and one.name == "dispatch")
        elif isinstance(node, FUNCTIONS) and any(_is_hook(one) for one in node.decorator_list):
            yield node, None


def _is_hook(decorator):
    if isinstance(decorator, ast.Call):
        return terminal(decorator.func) == "middleware" and isinstance(decorator.func, ast.Attribute) and [getattr(one, "value", None) for one in decorator.args] == ["http"]
    return terminal(decorator) in _HOOKS and isinstance(decorator, ast.Attribute)


def _is_added(modules, name):
    return any(isinstance(one, ast.Call) and terminal(one.func) in _ADDS and any(terminal(given) == name for given in one.args) for _, tree in modules for one in nodes(tree))


def _is_status(node):
    return getattr(node, "value", None) in _STATUS if isinstance(node, ast.Constant) else _NAMED.match(terminal(node) or "") is not None


def _refuses(node):
    if isinstance(node, ast.Call):
        given = keyword(node, "status_code", "status")
        first = node.args[0] if node.args and terminal(node.func) in ("HTTPException", "abort") else None
        return any(one is not None and _is_status(one) for one in (given, first))
    return isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1 and _is_status(node.value.elts[1])


def _looks_at_place(function):
    """Whether it reads where a request goes, or gives the request to something else than the rest of the application."""
    request = {one.arg for one in function.args.args[:2]} - {"self"} or {"request"}
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr in _PLACES:
            return True
        if isinstance(node, ast.Call) and terminal(node.func) not in ("call_next", "dispatch") and any(getattr(one, "id", None) in request for one in [*node.args, *(given.value for given in node.keywords)]):
            return True
    return False
