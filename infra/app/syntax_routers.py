"""Routes of an application or a router, with those of what is hung below it: as far as syntax trees tell. Standard library only."""

import ast
import functools
import re

from syntax_answers import Answers, status_of
from syntax_guards import Credentials
from syntax_names import FUNCTIONS, PASSES, is_get, is_main_guard, keyword, may_bind_any, nodes, origin, terminal
from syntax_values import locals_of, module_of

_METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "trace", "websocket", "route", "api_route", "on_event")
APPS = ("FastAPI", "Flask", "Quart", "Starlette", "APIFlask")
_OF_FLASK = ("Flask", "Quart", "Blueprint")
_ROUTERS = ("APIRouter", "Blueprint", "Router")
# Keywords of an application or a router that add no route and answer no request.
_HARMLESS = set(
    "title version description summary lifespan debug docs_url redoc_url openapi_url import_name contact license_info openapi_tags terms_of_service servers on_startup on_shutdown "
    "root_path root_path_in_servers tags responses deprecated generate_unique_id_function swagger_ui_parameters separate_input_output_schemas include_in_schema default_response_class "
    "dependencies name template_folder static_folder prefix url_prefix routes strict_content_type".split()
)
_HANGS = ("include_router", "register_blueprint", "mount")
_ADDS = ("add_api_route", "add_route", "add_url_rule", "add_api_websocket_route", "add_websocket_route", "add_event_handler")
_READ = ("state", "dependency_overrides", "openapi", "openapi_schema", "title", "version", "logger", "config", "secret_key")
# What the service never imports, and what may use its application in any way.
_TEST = re.compile(r"(^|/)(tests?/|test_[^/]*\.py$|conftest\.py$)")


class Found:
    """Routes that are seen; whole where there can be no others."""

    def __init__(self):
        self.routes, self.whole = [], True

    def below(self, prefix):
        for route in self.routes:
            route["path"] = f"{prefix}{route['path']}"
        return self


class Routes:
    def __init__(self, folder, values, started):
        self.folder, self.values, self.loads = folder, values, None
        self.answers, self.credentials = Answers(values), Credentials(values)
        self.trees = {path: tree for path in folder.files if (path in started or not _TEST.search(path)) and (tree := folder.parsed(path)) is not None}

    def uses(self, key):
        """Where an object is used when modules are imported or their functions run: (file, node, the node above it, that one's statement)."""
        if self.loads is None:
            self.loads = {}
            for path, tree in self.trees.items():
                for node, parents, hidden in _reads(tree):
                    meant = None if isinstance(node, ast.Name) and node.id in hidden else self.values.object(path, node)
                    if meant is not None:
                        self.loads.setdefault(meant, []).append((path, node, parents))
        return self.loads.get(key, [])

    def of(self, key, depth=0, own=True):
        """Routes of an application or router. @param key: its (file, name) @param own: whether they lie below its own prefix"""
        found = Found()
        made = self.made(key)
        if made is None or depth > 8 or made.args and terminal(made.func) not in ("Flask", "Quart", "Blueprint", "APIFlask"):
            found.whole = False
            return found
        if {one.arg for one in made.keywords} - _HARMLESS or self.may_change(key):
            found.whole = False
        if not self._of_package(key[0], made) or keyword(made, "lifespan") is not None and not self._is_plain_lifespan(key[0], keyword(made, "lifespan")):
            found.whole = False
        self._listed(key[0], keyword(made, "routes"), found, depth)
        for path, node, parents in self.uses(key):
            self._use(path, node, parents, key, found, depth)
        prefix = keyword(made, "prefix", "url_prefix") if own else None
        return self._hung(key[0], prefix, found)

    def only_read(self, key):
        """Whether nothing but what adds no route is done with an object by that name."""
        return not self.may_change(key) and all(isinstance(parents[-1], ast.Attribute) and parents[-1].attr in _READ for _, _, parents in self.uses(key))

    def may_change(self, key):
        """Whether some module may add to an object in a way that is not seen."""
        return any(self._is_star(path, key) or self._imported_later(path, key) for path in self.trees)

    def _of_package(self, path, made):
        """A class of the application's own may have routes already."""
        tree = self.folder.parsed(path)
        return not self.folder.has(origin(tree, made.func).partition(".")[0]) and not any(isinstance(one, ast.ImportFrom) and one.level and terminal(made.func) in [alias.asname or alias.name for alias in one.names] for one in tree.body)

    def _imported_later(self, path, key):
        """A function that imports the application may add routes to it."""
        return not _imported_by_functions(self.trees[path]).isdisjoint((key[1], module_of(key[0]).rpartition(".")[2]))

    def _is_plain_lifespan(self, path, node):
        """Whether a lifespan is seen, and adds no routes to the application that it is given."""
        _, function = self.values.bound(path, node)
        if not isinstance(function, FUNCTIONS) or not function.args.args:
            return False
        given = function.args.args[0].arg
        inside = [one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id == given]
        reads = [one for one in ast.walk(function) if isinstance(one, ast.Attribute) and one.attr in _READ and getattr(one.value, "id", None) == given]
        return len(inside) == len(reads)

    def made(self, key):
        node = self.values.binder(*key)
        value = getattr(node, "value", None)
        return value if isinstance(value, ast.Call) and terminal(value.func) in (*APPS, *_ROUTERS) else None

    def _is_star(self, path, key):
        """A module that takes all names of that one, or makes names as it runs, may add routes."""
        tree = self.trees[path]
        return may_bind_any(tree) and (path == key[0] or key[1] in {getattr(node, "id", None) for node in nodes(tree)})

    def _hung(self, path, prefix, found):
        text = "" if prefix is None else self.values.text(path, prefix)
        if text is None:
            found.whole = False
            for route in found.routes:
                route["open"] = True
            text = ""
        return found.below(text.rstrip("/"))

    def _add(self, found, path, node, line, body=None, guard=None, status=None):
        text = None if node is None else self.values.text(path, node)
        if text is None:
            found.whole = False
        else:
            found.routes.append({"path": text, "file": path, "line": line, "body": body, **({"guard": guard} if guard else {}), **({"status": status} if status else {})})

    def _use(self, path, node, parents, key, found, depth):
        """One place where the application or router is named. What is not known here may add routes."""
        above, call, *rest = [*parents[::-1], None, None, None]
        if isinstance(above, ast.Attribute) and isinstance(call, ast.Call) and call.func is above:
            function = rest[0]
            if isinstance(function, FUNCTIONS) and call in function.decorator_list and above.attr in _METHODS:
                self._decorated(path, function, call, above.attr, key, found, len(parents) == 4)
                return
            statement, certain = rest[0], len(parents) == 4
            if isinstance(statement, ast.Expr) and above.attr in (*_HANGS, *_ADDS, "add_middleware"):
                found.whole = found.whole and certain
                self._method(path, call, above.attr, found, depth)
                return
        # A program of its own that starts the server.
        if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and (getattr(above.func.value, "id", None), above.func.attr) == ("uvicorn", "run"):
            return
        is_part = isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and above.func.attr in _HANGS or isinstance(above, ast.keyword) and above.arg == "app"
        if not is_part and not (isinstance(above, ast.Attribute) and above.attr in _READ):
            found.whole = False

    def _method(self, path, call, method, found, depth):
        args = call.args
        if method in ("include_router", "register_blueprint") and args:
            self._include(path, call, found, depth)
        elif method == "mount":
            self._mount(path, args[0] if args else keyword(call, "path"), args[1] if len(args) > 1 else keyword(call, "app"), found, depth)
        elif method in ("add_api_route", "add_route", "add_url_rule"):
            if is_get(call):
                self._add(found, path, args[0] if args else keyword(call, "path", "rule"), call.lineno)
        elif method == "add_middleware" and not (args and terminal(args[0]) in PASSES):
            found.whole = False

    def _include(self, path, call, found, depth):
        key, prefix = self.values.object(path, call.args[0]), keyword(call, "prefix", "url_prefix")
        # A blueprint's own prefix gives way to the one that is given here.
        own = prefix is None or call.func.attr != "register_blueprint"
        inner = Found() if key is None else self.of(key, depth + 1, own)
        inner.whole = inner.whole and key is not None
        self._hung(path, prefix, inner)
        found.routes += inner.routes
        found.whole = found.whole and inner.whole

    def _mount(self, path, prefix, node, found, depth):
        key = None if node is None else self.values.object(path, node)
        inner = self.of(key, depth + 1) if key is not None and self.made(key) is not None else Found()
        self._hung(path, prefix, inner)
        for route in inner.routes:
            route["apart"] = True
        if not inner.routes or not inner.whole:
            # Whatever it is, it answers below its own path alone.
            text = None if prefix is None else self.values.text(path, prefix)
            inner.routes.append({"path": f"{(text or '').rstrip('/')}/{{rest}}", "file": path, "line": 0, "body": None})
            inner.whole = text is not None
        found.routes += inner.routes
        found.whole = found.whole and inner.whole

    def _listed(self, path, node, found, depth):
        """Routes that are given as a list: Starlette's Route and Mount."""
        if node is None:
            return
        if isinstance(node, ast.Name):
            path, node = self.values.assigned(path, node) or (path, node)
        if not isinstance(node, (ast.List, ast.Tuple)):
            found.whole = False
            return
        for one in node.elts:
            kind = terminal(one.func) if isinstance(one, ast.Call) else None
            if kind == "Route":
                if is_get(one):
                    target = one.args[1] if len(one.args) > 1 else keyword(one, "endpoint")
                    self._add(found, path, one.args[0] if one.args else keyword(one, "path"), one.lineno, None if target is None else self.answers.of_starlette(path, target))
            elif kind == "Mount" and keyword(one, "routes") is not None:
                inner = Found()
                self._listed(path, keyword(one, "routes"), inner, depth)
                self._hung(path, one.args[0] if one.args else keyword(one, "path"), inner)
                found.routes += inner.routes
                found.whole = found.whole and inner.whole
            elif kind == "Mount":
                self._mount(path, one.args[0] if one.args else keyword(one, "path"), one.args[1] if len(one.args) > 1 else keyword(one, "app"), found, depth)
            elif kind != "WebSocketRoute":
                found.whole = False

    def _decorated(self, path, function, call, method, key, found, certain):
        if keyword(call, "strict_slashes", "subdomain", "host") is not None:
            found.whole = False
        if method in ("get", "route", "api_route") and (method == "get" or is_get(call)):
            made = self.made(key)
            at, own = call.args[0] if call.args else keyword(call, "path", "rule"), terminal(made.func)
            # Another decorator may answer in its place.
            plain = certain and all(isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _METHODS for one in function.decorator_list)
            if own in ("FastAPI", "APIRouter"):
                body = self.answers.of_fastapi(path, function, call, made) if plain else None
                self._add(found, path, at, call.lineno, body, self.credentials.of(path, function, call, made), status_of(function, call) if plain else None)
            else:
                self._add(found, path, at, call.lineno, self.answers.of_flask(path, function) if plain and own in _OF_FLASK else None)


@functools.lru_cache(maxsize=None)  # asked for every router
def _imported_by_functions(tree):
    """The last part of each name that functions of a module import."""
    inside = [one for function in nodes(tree) if isinstance(function, FUNCTIONS) for one in ast.walk(function)]
    return {alias.name.rpartition(".")[2] for one in inside if isinstance(one, (ast.Import, ast.ImportFrom)) for alias in one.names}


def _reads(tree):
    """Names and dotted names that are read, each with the nodes above it and the names that mean something else there."""

    def of(node, parents, hidden):
        if is_main_guard(node):
            return
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            yield node, parents, hidden
        inner = hidden | locals_of(node) if isinstance(node, FUNCTIONS) else hidden
        for child in ast.iter_child_nodes(node):
            # What decorates a function is read where the function stands.
            outside = isinstance(node, FUNCTIONS) and child in node.decorator_list
            yield from of(child, (*parents, node), hidden if outside else inner)

    yield from of(tree, (), frozenset())
