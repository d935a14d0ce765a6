"""Which GET requests an application answers: as far as syntax trees tell. Standard library only."""

import ast
import re

from syntax_answers import JSON_RESPONSES
from syntax_blacksheep import BlackSheep
from syntax_falcon import Falcon
from syntax_folder import Folder
from syntax_litestar import Litestar
from syntax_names import FUNCTIONS, keyword, nodes, origin, terminal
from syntax_routers import APPS, Routes
from syntax_sanic import Sanic
from syntax_values import Values

# The name of what a factory returns as it stands; no name of Python's own can be this one.
_MADE = "<made>"
_FALCON = ("falcon.App", "falcon.API", "falcon.asgi.App")
_SANIC = ("sanic.Sanic", "sanic.app.Sanic")
_BLACKSHEEP = ("blacksheep.Application", "blacksheep.server.Application", "blacksheep.server.application.Application")
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

    def __init__(self, folder, path, function, called=None):
        """@param called: the statement that calls it, where the function's own name of the object is the module's as well"""
        super().__init__(folder.files, folder.paths, folder.minors)
        body = [_named(node) if isinstance(node, ast.Return) else node for node in function.body if not isinstance(node, ast.Return) or isinstance(node.value, ast.Call)]
        self.trees = {**folder.trees, path: ast.Module([node for node in folder.parsed(path).body if node not in (function, called)] + body, [])}


def _named(returned):
    return ast.copy_location(ast.Assign([ast.Name(_MADE, ast.Store())], returned.value), returned)


def _made_by(folder, path, attribute, called=None, name=None):
    """
    (folder, name) of what a factory returns; None where it does more than make one object.
    @param called: the statement of the same module that calls it and gives what it returns this name
    """
    tree = folder.parsed(path)
    own = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == attribute]
    returned = [node for one in own for node in one.body if isinstance(node, ast.Return) and isinstance(node.value, (ast.Name, ast.Call))]
    inner = {id(node) for one in own for function in ast.walk(one) if isinstance(function, FUNCTIONS) and function is not one for node in ast.walk(function)}
    every = [node for one in own for node in ast.walk(one) if isinstance(node, ast.Return) and id(node) not in inner]
    if len(own) != 1 or len(returned) != 1 or len(every) != 1:
        return None
    given = getattr(returned[0].value, "id", _MADE)
    return Inlined(folder, path, own[0], called if given == name else None), given


def _called(folder, values, path, attribute):
    """(what _made_by says, file, key of the name that is given) where a module calls a function of the application's own that makes it; None of any other."""
    key, made = values.made(path, attribute)
    plain = isinstance(made, ast.Call) and not made.args and not made.keywords
    file, found = values.bound(key[0], made.func) if plain else (None, None)
    if not isinstance(found, ast.FunctionDef) or found.decorator_list:
        return None
    here = (values.binder(*key), key[1]) if file == key[0] else (None, None)
    inner = _made_by(folder, file, found.name, *here)
    # By the one name in the one module it is the same object.
    return None if inner is None else (inner, file, None if here[1] == inner[1] else key)


def _of_all(routes, path, made, found):
    """What the application itself says of every route that is not mounted."""
    guard, kind = routes.credentials.listed(path, keyword(made, "dependencies")), keyword(made, "default_response_class")
    for route in found.routes:
        if not route.get("apart"):
            route.update({"guard": guard} if guard and "guard" not in route else {})
            if kind is not None and terminal(kind) not in JSON_RESPONSES and "json" in (route["body"] or {}):
                route["body"] = None


def _of_others(folder, values, routes, key, wanted, outer, started):
    """The same of frameworks that name their routes in another way."""
    made = getattr(values.binder(*key), "value", None)
    name = origin(folder.parsed(key[0]), made.func) if isinstance(made, ast.Call) else ""
    if folder.has(name.partition(".")[0] or "."):
        return None, []
    if name in ("litestar.Litestar", "litestar.app.Litestar"):
        seen, whole = Litestar(values, wanted).of(key[0], made)
        # Handlers may be registered later.
        whole = whole and not routes.uses(key)
    elif name in _FALCON:
        seen, whole = Falcon(values, routes.uses(key)).of(made)
    elif name in _SANIC:
        seen, whole = Sanic(values, routes.uses, wanted).of(key, made)
    elif name in _BLACKSHEEP:
        seen, whole = BlackSheep(values, routes.uses, wanted, {*started, key[0]}).of(key, made)
    else:
        return None, []
    if routes.may_change(key) or outer is not None and not routes.only_read(outer) or any(re.search(r"[{<]", one["path"]) and _may_match(one["path"], wanted) for one in seen):
        whole = False
    seen = [one for one in seen if not re.search(r"[{<]", one["path"])]
    return (seen if whole else None), seen


def routes_of(folder, values, path, attribute, wanted, started=()):
    """(routes where there are no others, else None; routes that are seen) of the application that a module has by that name."""
    made, outer = _made_by(folder, path, attribute), None
    if made is None and (called := _called(folder, values, path, attribute)) is not None:
        made, path, outer = called
    if made is not None:
        folder, attribute = made
        values = Values(folder)
    key = values.object(path, ast.Name(attribute.partition(".")[0], ast.Load()))
    if key is None or "." in attribute:
        return None, []
    routes = Routes(folder, values, started)
    made = routes.made(key)
    if made is None or terminal(made.func) not in APPS:
        return _of_others(folder, values, routes, key, wanted, outer, started)
    found = routes.of(key)
    if outer is not None and not routes.only_read(outer):
        found.whole = False
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
