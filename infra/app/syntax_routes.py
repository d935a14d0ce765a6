"""Whether an application answers at a path, as far as its syntax tree tells. Standard library only."""

import ast

from syntax_names import FUNCTIONS, binders, is_main_guard, may_bind_any, terminal

_METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "trace", "websocket", "route", "api_route", "on_event")
# Keywords of the application that add no route and answer no request.
_HARMLESS = {"title", "version", "description", "summary", "lifespan", "debug", "docs_url", "redoc_url", "openapi_url", "import_name", "contact", "license_info", "openapi_tags", "terms_of_service", "servers", "on_startup", "on_shutdown"}
_BUILT_IN = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect", "/static")


def mentions(trees, path):
    """Whether any text of the code may be the path, or its end below a prefix."""
    wanted = path.strip("/")
    texts = {node.value.strip("/") for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return any(text != "" and (wanted == text or wanted.endswith("/" + text)) for text in texts) or wanted == ""


def _decorators(tree, name):
    for node in tree.body:
        for one in node.decorator_list if isinstance(node, FUNCTIONS) else []:
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and terminal(one.func.value) == name and one.func.attr in _METHODS:
                yield node, one


def _answers_get(decorator):
    if decorator.func.attr not in ("route", "api_route"):
        return decorator.func.attr == "get"
    methods = [one.value for one in decorator.keywords if one.arg == "methods"]
    return not methods or "'GET'" in ast.dump(methods[0]).upper()


def _body(function, decorator):
    """The object that the function returns, where it does nothing else; else None."""
    statements = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    if len(decorator.args) != 1 or decorator.keywords or function.returns is not None or len(function.decorator_list) != 1:
        return None
    if len(statements) != 1 or not isinstance(statements[0], ast.Return) or not isinstance(statements[0].value, ast.Dict):
        return None
    try:
        return ast.literal_eval(statements[0].value)
    except ValueError:
        return None


def _is_plain(tree, name):
    """Whether nothing but decorators of this module can add to the application, so that its routes are those that are seen."""
    found = binders(tree, name)
    if may_bind_any(tree) or len(found) != 1 or not isinstance(found[0][0], ast.Assign) or not isinstance(found[0][0].value, ast.Call):
        return None
    made = found[0][0].value
    if terminal(made.func) not in ("FastAPI", "Flask") or {one.arg for one in made.keywords} - _HARMLESS:
        return None
    body = [node for node in tree.body if not is_main_guard(node)]
    uses = [node for part in body for node in ast.walk(part) if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)]
    known = [decorator.func.value for _, decorator in _decorators(tree, name)]
    return terminal(made.func) if all(use in known for use in uses) else None


def routes_of(tree, attribute, factory):
    """(maker, routes) of an application of which all routes are seen; None of any other."""
    maker = None if factory or "." in attribute else _is_plain(tree, attribute)
    if maker is None:
        return None
    routes = []
    for function, decorator in _decorators(tree, attribute):
        if decorator.func.attr == "on_event":
            continue
        path = decorator.args[0].value if decorator.args and isinstance(decorator.args[0], ast.Constant) else None
        if not isinstance(path, str) or "{" in path or "<" in path:
            return None
        if _answers_get(decorator):
            routes.append({"path": path, "line": decorator.lineno, "body": _body(function, decorator) if maker == "FastAPI" else None})
    return routes + [{"path": path, "line": 0, "body": None} for path in _BUILT_IN]
