"""Routes of an application of BlackSheep, which its modules add to one router, as far as syntax trees tell. Standard library only."""

import ast
import re

from syntax_answers import Answers, only_return
from syntax_names import FUNCTIONS, is_get, nodes, origin, terminal
from syntax_sanic import leaves_alone, same_path

_HARMLESS = ("debug", "show_error_details", "services")
_VERBS = ("get", "route", "post", "put", "delete", "patch", "head", "options", "trace", "connect", "ws")
_EVENTS = ("on_start", "after_start", "on_stop", "lifespan")
# What is read of an application, and what is called of it, without a route and without an answer to a GET request.
_READ = ("services", "logger", "default_headers", "use_cors", "use_sessions", "debug", "show_error_details")
_DOCUMENTS = ("/docs", "/openapi")


class BlackSheep:
    def __init__(self, values, uses, wanted, started):
        """@param uses: (file, node, nodes above it) of each place where the application is named @param started: files that are imported"""
        self.values, self.all_uses, self.wanted, self.started = values, uses, wanted, started
        self.routes, self.whole = [], not wanted.startswith(_DOCUMENTS)
        self.answers = Answers(values)

    def of(self, key, made):
        """@param made: the call that makes the application"""
        if made.args or {one.arg for one in made.keywords} - set(_HARMLESS):
            self.whole = False
        for path, _, parents in self.all_uses(key):
            self._use(path, parents)
        for path in sorted(self.started):
            tree = self.values.folder.parsed(path)
            if tree is not None:
                self._module(path, tree)
        return self.routes, self.whole

    def _module(self, path, tree):
        """Handlers by the package's own decorators, wherever they stand."""
        level = {id(one) for one in tree.body}
        for node in nodes(tree):
            if isinstance(node, ast.ClassDef) and any("Controller" in (terminal(one) or "") for one in node.bases):
                # Its name may be a part of the path.
                self.whole = False
            if isinstance(node, FUNCTIONS):
                own = [one for one in node.decorator_list if isinstance(one, ast.Call) and terminal(one.func) in _VERBS and origin(tree, one.func).startswith("blacksheep.")]
                for one in own:
                    self._handler(path, node, one, terminal(one.func), id(node) in level)
            if isinstance(node, ast.Call) and origin(tree, node.func).startswith("blacksheep.") and terminal(node.func) in ("Router", "RoutesRegistry"):
                self.whole = False

    def _use(self, path, parents):
        above, call, *rest = [*parents[::-1], None, None, None]
        method = above.attr if isinstance(above, ast.Attribute) else None
        depth = len(parents)
        if method == "router" and isinstance(call, ast.Attribute) and call.value is above:
            above, method, call, rest, depth = call, call.attr, rest[0], rest[1:], depth - 1
        called = isinstance(call, ast.Call) and call.func is above
        function = rest[0] if called and rest else call
        decorates = isinstance(function, FUNCTIONS) and (call if called else above) in function.decorator_list
        if decorates and called and method in _VERBS:
            self._handler(path, function, call, method, depth == 4)
        elif decorates and method in _EVENTS:
            self.whole = self.whole and leaves_alone(function, _READ)
        elif called and method == "add_get" and isinstance(rest[0], ast.Expr):
            self._added(path, call, depth == 4)
        elif called and method in ("add_post", "add_put", "add_delete", "add_patch", "add_ws"):
            return
        elif method not in _READ and not (isinstance(above, ast.Call) and terminal(above.func) == "bind_app"):
            self.whole = False

    def _handler(self, path, function, call, method, certain):
        own = [one for one in function.decorator_list if isinstance(one, ast.Call) and terminal(one.func) in _VERBS]
        plain = certain and len(own) == len(function.decorator_list)
        self.whole = self.whole and plain
        if method == "get" or method == "route" and is_get(call):
            self._add(path, call, call.args[0] if call.args else None, self._body(path, function) if plain else None)

    def _added(self, path, call, certain):
        handler = call.args[1] if len(call.args) > 1 else None
        file, function = self.values.bound(path, handler) if isinstance(handler, (ast.Name, ast.Attribute)) else (None, None)
        self.whole = self.whole and certain
        self._add(path, call, call.args[0] if call.args else None, self._body(file, function) if isinstance(function, FUNCTIONS) and not function.decorator_list else None)

    def _add(self, path, call, node, body):
        text = None if node is None else self.values.text(path, node)
        if text is None or call.keywords and {one.arg for one in call.keywords} != {"methods"}:
            self.whole = False
            return
        # Other ways of writing a parameter.
        text = re.sub(r"(?<=/):\w+|\*", "{_}", text)
        self.routes.append({"path": same_path(text, self.wanted, str.lower), "file": path, "line": call.lineno, "body": body})

    def _body(self, path, function):
        value = only_return(function)
        if isinstance(value, ast.Dict):
            return self.answers.json_of(value)
        return self.answers.of_helper(path, value, "blacksheep")

