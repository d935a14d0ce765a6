"""What frameworks want of the host or of the requests that come: told from syntax trees. Standard library only."""

import ast
import json

from syntax_calls import certain_calls
from syntax_names import PASSES, keyword, nodes, origin, terminal
from syntax_values import module_of

_DJANGO = ("get_asgi_application", "get_wsgi_application")
_SETTINGS = "DJANGO_SETTINGS_MODULE"
_OF_DJANGO = ("django.", "corsheaders.", "whitenoise.")


def _texts(values, path, node):
    """The texts of a list; None where one of them is not known."""
    if isinstance(node, ast.Name):
        path, node = values.assigned(path, node) or (path, node)
    found = [values.text(path, one) for one in node.elts] if isinstance(node, (ast.List, ast.Tuple)) else [None]
    return None if None in found else found


_MIDDLEWARE = ("starlette", "fastapi")
_CHANGES = ("append", "extend", "insert", "remove", "clear", "pop")


def _changed(values, node):
    """Whether a list that has a name may be another one by the time it is used."""
    name = terminal(node)
    return name is not None and any(isinstance(one, ast.Attribute) and one.attr in _CHANGES and terminal(one.value) == name for tree in values.folder.whole() for one in nodes(tree))


def _first(found):
    """The place of the first that is certain, else of the first. @param found: (file, node, whether it is certain)"""
    places = [{"path": path, "line": node.lineno, "certain": certain} for path, node, certain in found]
    return next((one for one in places if one["certain"]), places[0] if places else None)


class Guards:
    """Middleware of the application that is served, which refuses some requests. Certain where it is added to that one, whatever happens, and no other may answer before it."""

    def __init__(self, values, modules, entry, attribute):
        self.values, self.modules = values, modules
        self.key, made = values.made(entry, attribute)
        self.certain = set()
        added = [(path, node) for path, tree in modules for node in tree.body if self._adds(path, node)]
        given = keyword(made, "middleware") if isinstance(made, ast.Call) else None
        calls = [node.value for _, node in added] + (given.elts if isinstance(given, ast.List) else [])
        others = [tree for _, tree in modules for one in nodes(tree) if isinstance(one, ast.Attribute) and one.attr == "middleware"]
        if not others and (given is None or isinstance(given, ast.List)) and all(self._named(one) for one in calls):
            self.certain = {id(one) for one in calls}

    def _adds(self, path, node):
        call = node.value if isinstance(node, ast.Expr) else None
        return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add_middleware" and self.key is not None and self.values.object(path, call.func.value) == self.key

    @staticmethod
    def _named(call):
        return isinstance(call, ast.Call) and any(terminal(one) in PASSES for one in call.args)

    def _calls(self, name):
        for path, tree in self.modules:
            for node in nodes(tree):
                named = [one for one in [node.func, *node.args] if terminal(one) == name] if isinstance(node, ast.Call) else []
                if named:
                    own = origin(tree, named[0]).partition(".")[0] in _MIDDLEWARE
                    yield path, node, own and id(node) in self.certain

    def hosts(self):
        """Names that requests have to come for: [{path, line, hosts, certain}]."""
        found = []
        for path, call, certain in self._calls("TrustedHostMiddleware"):
            given = keyword(call, "allowed_hosts")
            names = None if given is None else _texts(self.values, path, given)
            if names is not None:
                found.append({"path": path, "line": call.lineno, "hosts": names, "certain": certain and not _changed(self.values, given)})
        return found

    def redirects(self):
        """Where plain HTTP is answered with a redirect to HTTPS."""
        return _first(self._calls("HTTPSRedirectMiddleware"))


def websocket(modules):
    """The first WebSocket that the application answers; certain where that depends on nothing."""
    return _first((path, node, certain) for path, tree in modules for node, certain in _websockets(tree))


def _websockets(tree):
    branches = {id(one) for node in nodes(tree) if isinstance(node, (ast.If, ast.Try, ast.For, ast.While)) for one in ast.walk(node)}
    for node in nodes(tree):
        name = terminal(node.func) if isinstance(node, ast.Call) else None
        if name in ("WebSocketRoute", "add_websocket_route", "add_api_websocket_route") or name == "websocket" and isinstance(node.func, ast.Attribute) and node.args and isinstance(node.args[0], ast.Constant) and str(node.args[0].value).startswith("/"):
            yield node, id(node) not in branches


class Django:
    """The settings that Django loads when its application is made."""

    def __init__(self, values, modules, given, entry=None, attribute=""):
        """@param given: the setting's value in the configuration of the hosts, where it is known"""
        self.values, self.place, self.module = values, None, given or None
        said = []
        for path, tree in modules:
            for node in tree.body:
                call = node.value if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)) else None
                if self.place is None and call is not None and any(isinstance(one, ast.Call) and terminal(one.func) in _DJANGO and origin(tree, one.func).startswith("django.") for one in ast.walk(call)):
                    self.place = {"path": path, "line": node.lineno}
            said += self._said(path, tree)
        if not self.module and said:
            # One of several, or one that depends on something, is not known.
            self.module = said[0] if len(set(said)) == 1 else ""
        _, made = values.made(entry, attribute)
        # Else it is a part of another application, which answers first.
        self.served = isinstance(made, ast.Call) and terminal(made.func) in _DJANGO

    def _said(self, path, tree):
        always = {id(one.value) if isinstance(one, ast.Expr) else id(one) for one in tree.body}
        for node in nodes(tree):
            certain = id(node) in always
            if isinstance(node, ast.Call) and terminal(node.func) == "setdefault" and len(node.args) == 2 and getattr(node.args[0], "value", None) == _SETTINGS:
                yield certain and self.values.text(path, node.args[1]) or ""
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript) and getattr(node.targets[0].slice, "value", None) == _SETTINGS:
                yield certain and self.values.text(path, node.value) or ""

    def needed(self):
        """The variable that says which settings, where nothing else does."""
        if self.place is None or self.module is not None:
            return []
        # settings.configure() takes its place, and a name that is built may set it.
        otherwise = any(terminal(node) == "configure" or getattr(node, "value", None) == _SETTINGS for tree in self.values.folder.whole() for node in nodes(tree))
        return [{**self.place, "name": _SETTINGS, "certain": not otherwise}]

    def modules(self):
        """Modules of the folder that Django imports by itself."""
        return [self.module] if self.place is not None and self.module else []

    def _passes(self):
        """Whether only middleware runs that answers nothing by itself."""
        path, node = self._value("MIDDLEWARE")
        names = None if node is None else _texts(self.values, path, node.value)
        return names is not None and all(one.startswith(_OF_DJANGO) for one in names) and not _changed(self.values, node.targets[0])

    def _value(self, name):
        path = self.values.folder.file_of(self.module or "")
        node = None if path is None or self.place is None else self.values.binder(path, name)
        return (path, node) if isinstance(node, ast.Assign) else (path, None)

    def logging(self):
        """What Django gives to logging when it is set up."""
        path, node = self._value("LOGGING")
        return [] if node is None or "LOGGING_CONFIG" in self.values.folder.text(path) else [(path, ast.Name("LOGGING", ast.Load()))]

    def urls(self):
        path, node = self._value("ROOT_URLCONF")
        found = None if node is None else self.values.text(path, node.value)
        return [] if found is None else [found]

    def hosts(self):
        path, node = self._value("ALLOWED_HOSTS")
        names = None if node is None else _texts(self.values, path, node.value)
        if names is None or "CommonMiddleware" not in self.values.folder.text(path):
            return []
        _, debug = self._value("DEBUG")
        if not names and not (debug is None and "DEBUG" not in self.values.folder.text(path) or debug is not None and getattr(debug.value, "value", None) is False):
            return []
        certain = self.served and self._passes() and not _changed(self.values, node.targets[0])
        return [{"path": path, "line": node.lineno, "hosts": names, "certain": certain}]

    def routes(self, wanted):
        """(routes where there are no others, else None; routes that are seen)"""
        self.wanted = wanted
        found = self.urls()
        path = self.values.folder.file_of(found[0]) if found else None
        routes, whole = self._patterns(path, "", 0) if path is not None else ([], False)
        return (routes if whole and self._passes() else None), routes

    def _patterns(self, path, prefix, depth):
        node = self.values.binder(path, "urlpatterns")
        if depth > 8 or not isinstance(node, ast.Assign) or not isinstance(node.value, ast.List) or self._adds(path):
            return [], False
        found, whole = [], True
        for one in node.value.elts:
            made = terminal(one.func) if isinstance(one, ast.Call) else None
            text = self.values.text(path, one.args[0]) if made == "path" and len(one.args) > 1 else None
            target = one.args[1] if text is not None else None
            if text is None or "<" in text:
                whole = False
            elif isinstance(target, ast.Call) and terminal(target.func) == "include":
                inner = self.values.text(path, target.args[0]) if target.args else None
                file = None if inner is None else self.values.folder.file_of(inner)
                routes, all_of_it = self._patterns(file, prefix + text, depth + 1) if file is not None else ([], False)
                found, whole = found + routes, whole and all_of_it
            elif isinstance(target, ast.Attribute) and target.attr == "urls":
                # The admin's pages, an API's and the like, which lie below their own path.
                whole = whole and not self.wanted.startswith(f"/{prefix}{text}")
            else:
                found.append({"path": f"/{prefix}{text}", "file": path, "line": one.lineno, "body": self._body(path, target)})
        return found, whole

    def _body(self, path, view):
        """The text that a view answers, where it does nothing else; else None."""
        function = view if isinstance(view, ast.Lambda) else self.values.bound(path, view)[1]
        value = getattr(function, "body", None)
        if isinstance(value, list):
            alone = len(value) == 1 and isinstance(value[0], ast.Return) and not function.decorator_list
            value = value[0].value if alone else None
        if not isinstance(value, ast.Call) or terminal(value.func) not in ("JsonResponse", "HttpResponse") or len(value.args) != 1 or any(one.arg != "content_type" for one in value.keywords):
            return None
        if terminal(value.func) == "HttpResponse":
            return {"text": value.args[0].value} if isinstance(getattr(value.args[0], "value", None), str) else None
        try:
            # As Django writes it.
            return {"text": json.dumps(ast.literal_eval(value.args[0]))}
        except (TypeError, ValueError):
            return None

    def _adds(self, path):
        return any(isinstance(node, ast.Name) and node.id == "urlpatterns" and isinstance(node.ctx, ast.Load) for node in nodes(self.values.folder.parsed(path)))


def own_version(values, modules, project):
    """Where the project asks for its own version, which is known of installed packages alone."""
    def normalized(name):
        return name.lower().replace("_", "-").replace(".", "-")

    wanted = normalized(project)
    for path, tree in modules:
        for call in certain_calls(tree.body):
            given = values.text(path, call.args[0]) if terminal(call.func) in ("version", "metadata", "get_distribution") and len(call.args) == 1 else None
            given = module_of(path).partition(".")[0] if given is None and call.args and getattr(call.args[0], "id", None) == "__name__" and terminal(call.func) in ("version", "metadata") else given
            if given is not None and wanted != "" and normalized(given) == wanted:
                yield path, call.lineno, f"asks for the version of {given}, the project itself, which is not installed on a host (it runs from its folder)", "catch PackageNotFoundError, or write the version down"
