"""Routes of an application of Sanic and of the blueprints that it has, as far as syntax trees tell. Standard library only."""

import ast
import re

from syntax_answers import Answers, only_return
from syntax_names import FUNCTIONS, is_get, keyword, nodes, origin, terminal

# Keywords of the application, of a blueprint and of a route that add no route and answer no request.
_HARMLESS = set("name config ctx dumps loads log_config configure_logging error_handler env_prefix request_class url_prefix version version_prefix methods uri ignore_body error_format stream unquote handler".split())
_VERBS = ("get", "route", "post", "put", "delete", "patch", "head", "options", "websocket")
_LISTENERS = ("listener", *(f"{when}_{what}" for when in ("before", "after") for what in ("server_start", "server_stop", "reload_trigger")))
_LISTENERS += tuple(f"{what}_process_{when}" for what in ("main", "reload") for when in ("start", "ready", "stop"))
# What is read of an application, and what is called of it, without a route.
_READ = ("ctx", "shared_ctx", "config", "name", "state", "loop", "run", "prepare", "add_task", "register_listener", "url_for", "signal", "extend", "ext", "m")
_OWN = ("/docs", "/__health__")
_DEPTH = 8


def same_path(text, wanted, fold=str):
    """As frameworks that make no difference for a slash at its end take the path of a request. @param fold: str.lower where letters make none either"""
    whole = re.sub("//+", "/", f"/{text}").rstrip("/") or "/"
    return wanted if fold(whole) == fold(wanted.rstrip("/") or "/") else whole


def leaves_alone(function, harmless):
    """Whether a function that is given the application adds nothing to it."""
    given = {one.arg for one in function.args.args}
    body = [one for statement in function.body for one in ast.walk(statement)]
    inside = [one for one in body if isinstance(one, ast.Name) and one.id in given]
    reads = [one for one in body if isinstance(one, ast.Attribute) and one.attr in harmless and getattr(one.value, "id", None) in given]
    return len(inside) == len(reads)


class Sanic:
    def __init__(self, values, uses, wanted):
        """@param uses: (file, node, nodes above it) of each place where an object is named, by its (file, name)"""
        self.values, self.uses, self.wanted = values, uses, wanted
        self.routes, self.whole = [], not wanted.startswith(_OWN)
        self.answers = Answers(values)

    def of(self, key, made):
        """@param made: the call that makes the application"""
        self.plain = keyword(made, "dumps") is None
        # It is known under its name as well.
        if any(isinstance(one, ast.Attribute) and one.attr == "get_app" for tree in self.values.folder.whole() for one in nodes(tree)):
            self.whole = False
        self._below(key, made, ("", None), 0)
        return self.routes, self.whole

    def _is(self, path, node, name):
        return terminal(node) == name and origin(self.values.folder.parsed(path), node).startswith("sanic.")

    def _below(self, key, made, place, depth):
        """Whatever an application or a blueprint is given. @param place: the prefix that it has in the end, and its version"""
        if depth > _DEPTH or {one.arg for one in made.keywords} - _HARMLESS:
            self.whole = False
        for path, _, parents in self.uses(key) if depth <= _DEPTH else []:
            self._use(path, parents, place, depth)

    def _use(self, path, parents, place, depth):
        above, call, *rest = [*parents[::-1], None, None, None]
        method = above.attr if isinstance(above, ast.Attribute) else None
        called = isinstance(call, ast.Call) and call.func is above
        function = rest[0] if called else call
        if isinstance(function, FUNCTIONS) and (call if called else above) in function.decorator_list:
            self._decorates(path, function, call if called else None, method, place, len(parents) == (4 if called else 3))
        elif called and isinstance(rest[0], ast.Expr) and method in ("blueprint", "add_route", "static", "add_websocket_route"):
            self.whole = self.whole and len(parents) == 4
            self._calls(path, call, method, place, depth)
        elif method not in _READ and not self._is_part(above, call):
            self.whole = False

    @staticmethod
    def _is_part(above, call):
        """Whether it is a blueprint that is given to an application or to a group, which is looked at from there."""
        given = call if isinstance(above, (ast.List, ast.Tuple)) else above
        return isinstance(given, ast.Call) and terminal(given.func) in ("blueprint", "group")

    def _decorates(self, path, function, call, method, place, certain):
        if method in ("get", "route") and call is not None:
            plain = certain and all(isinstance(one, ast.Call) and terminal(one.func) in _VERBS for one in function.decorator_list)
            self.whole = self.whole and plain
            if method == "get" or is_get(call):
                body = self.answers.of_helper(path, only_return(function), "sanic") if plain and self.plain else None
                self._add(path, call, call.args[0] if call.args else keyword(call, "uri"), place, body)
        elif method in _LISTENERS:
            self.whole = self.whole and leaves_alone(function, _READ)
        elif method not in (*_VERBS, "signal"):
            # What sees every request, or what nothing else answers, may answer it.
            self.whole = False

    def _calls(self, path, call, method, place, depth):
        if method == "blueprint":
            given = call.args[0] if call.args else None
            for one in given.elts if isinstance(given, (ast.List, ast.Tuple)) else [given]:
                self._blueprint(path, one, call, place, depth)
        elif method == "static":
            text = self.values.text(path, call.args[0]) if call.args else None
            self.whole = self.whole and text is not None and not self.wanted.startswith(f"{place[0]}{text}".rstrip("/") or "/")
        elif method == "add_route":
            target = call.args[1] if len(call.args) > 1 else keyword(call, "uri")
            handler = call.args[0] if call.args else keyword(call, "handler")
            file, function = self.values.bound(path, handler) if isinstance(handler, (ast.Name, ast.Attribute)) else (None, None)
            if isinstance(function, FUNCTIONS) and not function.decorator_list:
                if is_get(call):
                    self._add(path, call, target, place, self.answers.of_helper(file, only_return(function), "sanic") if self.plain else None)
            else:
                # A class that has a method for each verb, or what is not known.
                self._add(path, call, target, place, None)

    def _blueprint(self, path, node, call, place, depth):
        """@param call: what hangs it"""
        key = None if node is None else self.values.object(path, node)
        made = getattr(self.values.binder(*key), "value", None) if key is not None else None
        if not isinstance(made, ast.Call) or {one.arg for one in call.keywords} - _HARMLESS or depth > _DEPTH:
            self.whole = False
            return
        # A prefix that is given here takes the place of its own.
        own = keyword(call, "url_prefix") or (made.args[1] if terminal(made.func) == "Blueprint" and len(made.args) > 1 else keyword(made, "url_prefix"))
        prefix = "" if own is None else self.values.text(path if keyword(call, "url_prefix") else key[0], own)
        version = self._version(path, call) or self._version(key[0], made)
        if prefix is None or version is False or keyword(call, "version_prefix") or keyword(made, "version_prefix"):
            self.whole = False
            return
        inner = (f"{place[0]}{prefix}".replace("//", "/").rstrip("/"), version or place[1])
        if self._is(key[0], made.func, "group") or terminal(made.func) == "group":
            if {one.arg for one in made.keywords} - _HARMLESS or self.uses(key)[1:]:
                self.whole = False
            for one in made.args:
                self._blueprint(key[0], one, ast.Call(made.func, [], []), inner, depth + 1)
        elif self._is(key[0], made.func, "Blueprint"):
            self._below(key, made, inner, depth + 1)
        else:
            self.whole = False

    def _version(self, path, call):
        """None where there is none, False where it is not known."""
        node = keyword(call, "version")
        if node is None:
            return None
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str)) else self.values.text(path, node) or False

    def _add(self, path, call, node, place, body):
        text = None if node is None else self.values.text(path, node)
        version = self._version(path, call) or place[1]
        if text is None or version is False or keyword(call, "version_prefix") is not None or {one.arg for one in call.keywords if not (one.arg or "").startswith("ctx_")} - _HARMLESS:
            self.whole = False
            return
        below = "" if version is None else f"/v{str(version).lstrip('v')}"
        self.routes.append({"path": same_path(f"{below}{place[0]}/{text}", self.wanted), "file": path, "line": call.lineno, "body": body})

