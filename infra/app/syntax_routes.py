"""Which GET requests an application answers: as far as syntax trees tell. Standard library only."""

import ast
import re

from syntax_answers import JSON_RESPONSES
from syntax_folder import Folder
from syntax_names import keyword, nodes, terminal
from syntax_routers import APPS, Routes
from syntax_values import Values

_BUILT_IN = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect", "/static")


def mentions(trees, path):
    """Whether any text of the code may be the path, or its end below a prefix."""
    wanted = path.strip("/")
    texts = {node.value.strip("/") for tree in trees for node in nodes(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return any(text != "" and (wanted == text or wanted.endswith("/" + text)) for text in texts) or wanted == ""


def _may_match(pattern, wanted):
    """Whether a path with parameters may be the wanted one."""
    parts = re.split(r"\{[^{}]*\}|<[^<>]*>", pattern)
    return re.fullmatch(".*".join(re.escape(part) for part in parts), wanted) is not None


class Inlined(Folder):
    """A folder in which the statements of a function that makes the application stand in its module."""

    def __init__(self, folder, path, function):
        super().__init__(folder.files, folder.paths, folder.minors)
        body = [node for node in function.body if not isinstance(node, ast.Return)]
        self.trees = {**folder.trees, path: ast.Module([node for node in folder.parsed(path).body if node is not function] + body, [])}


def _made_by(folder, path, attribute):
    """(folder, name) of what a factory returns; None where it does more than make one object."""
    tree = folder.parsed(path)
    own = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == attribute]
    returned = [node for one in own for node in one.body if isinstance(node, ast.Return) and isinstance(node.value, ast.Name)]
    every = [node for one in own for node in ast.walk(one) if isinstance(node, ast.Return)]
    return (Inlined(folder, path, own[0]), returned[0].value.id) if len(own) == 1 and len(returned) == 1 and len(every) == 1 else None


def _of_all(routes, path, made, found):
    """What the application itself says of every route that is not mounted."""
    guard, kind = routes.credentials.listed(path, keyword(made, "dependencies")), keyword(made, "default_response_class")
    for route in found.routes:
        if not route.get("apart"):
            route.update({"guard": guard} if guard and "guard" not in route else {})
            if kind is not None and terminal(kind) not in JSON_RESPONSES and "json" in (route["body"] or {}):
                route["body"] = None


def routes_of(folder, values, path, attribute, wanted, started=()):
    """(routes where there are no others, else None; routes that are seen) of the application that a module has by that name."""
    made = _made_by(folder, path, attribute)
    if made is not None:
        folder, attribute = made
        values = Values(folder)
    key = values.object(path, ast.Name(attribute.partition(".")[0], ast.Load()))
    if key is None or "." in attribute:
        return None, []
    routes = Routes(folder, values, started)
    made = routes.made(key)
    if made is None or terminal(made.func) not in APPS:
        return None, []
    found = routes.of(key)
    _of_all(routes, key[0], made, found)
    base = keyword(made, "root_path")
    root = "" if base is None else values.text(key[0], base)
    seen = found.routes + [{**one, "path": f"{root.rstrip('/')}{one['path']}"} for one in (found.routes if root else [])]
    if root is None or any(re.search(r"[{<]", one["path"]) and _may_match(one["path"], wanted) for one in seen):
        found.whole = False
    seen = [one for one in seen if not re.search(r"[{<]", one["path"])]
    if terminal(made.func) in ("Flask", "Quart", "APIFlask") and wanted.startswith("/static/") or any(keyword(made, one) is not None for one in ("docs_url", "redoc_url", "openapi_url")):
        found.whole = False
    built_in = [{"path": one, "file": key[0], "line": 0, "body": None} for one in _BUILT_IN]
    return (seen + built_in if found.whole else None), [one for one in seen if one["line"] > 0]
