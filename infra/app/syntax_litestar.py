"""Routes of an application of Litestar: its handlers, controllers and routers, as far as syntax trees tell. Standard library only."""

import ast
import re

from syntax_answers import Answers, only_return
from syntax_names import FUNCTIONS, keyword, origin, terminal

_METHODS = ("get", "head", "post", "put", "patch", "delete", "route", "websocket", "websocket_listener", "asgi")
# Keywords of the application, of a router and of a handler that add no route and answer no request.
_HARMLESS = set(
    "route_handlers path debug dependencies lifespan on_startup on_shutdown openapi_config logging_config state tags cors_config compression_config exception_handlers opt "
    "signature_types signature_namespace stores template_config type_decoders security include_in_schema name summary description operation_id sync_to_thread status_code http_method "
    "media_type raises response_headers response_description deprecated cache cache_control etag".split()
)
_DEPTH = 8


class Litestar:
    def __init__(self, values, wanted):
        self.values, self.wanted = values, wanted
        self.routes, self.whole = [], True
        self.answers = Answers(values)

    def of(self, path, made):
        """@param made: the call that makes the application"""
        self._below(path, made, "", 0)
        # Its documentation.
        self.whole = self.whole and not self.wanted.startswith("/schema")
        return self.routes, self.whole

    def _is(self, path, node, *names):
        return terminal(node) in names and origin(self.values.folder.parsed(path), node).startswith("litestar.")

    def _below(self, path, made, prefix, depth):
        """What an application or a router has below a path."""
        text = self._text(path, keyword(made, "path"))
        handlers = keyword(made, "route_handlers") or next(iter(made.args), None)
        if isinstance(handlers, ast.Name):
            path, handlers = self.values.assigned(path, handlers) or (path, None)
        if text is None or depth > _DEPTH or {one.arg for one in made.keywords} - _HARMLESS or not isinstance(handlers, (ast.List, ast.Tuple)):
            self.whole = False
        for one in getattr(handlers, "elts", []) if text is not None and depth <= _DEPTH else []:
            self._handler(path, one, f"{prefix}/{text}", depth)

    def _handler(self, path, node, prefix, depth):
        file, found = self.values.bound(path, node) if isinstance(node, (ast.Name, ast.Attribute)) else (path, None)
        value = node if isinstance(node, ast.Call) else getattr(found, "value", None)
        if isinstance(found, FUNCTIONS):
            self._function(file, found, prefix)
        elif isinstance(found, ast.ClassDef) and len(found.bases) == 1 and self._is(file, found.bases[0], "Controller"):
            self._controller(file, found, prefix)
        elif isinstance(value, ast.Call) and self._is(file, value.func, "Router"):
            self._below(file, value, prefix, depth + 1)
        else:
            self.whole = False

    def _controller(self, path, made, prefix):
        given = {}
        for node in made.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None) if isinstance(node, ast.AnnAssign) else None
            if isinstance(target, ast.Name) and node.value is not None:
                given[target.id] = node.value
        text = self._text(path, given.get("path"))
        if text is None or set(given) & {"before_request", "middleware", "guards"}:
            self.whole = False
        for node in made.body if text is not None else []:
            if isinstance(node, FUNCTIONS):
                self._function(path, node, f"{prefix}/{text}")

    def _function(self, path, function, prefix):
        own = [one for one in function.decorator_list if isinstance(one, ast.Call) and self._is(path, one.func, *_METHODS)]
        if len(own) != 1:
            # Another decorator may make a handler of it.
            self.whole = self.whole and not function.decorator_list
            return
        [call] = own
        if terminal(call.func) == "asgi":
            self.whole = False
        if terminal(call.func) != "get" and not (terminal(call.func) == "route" and "GET" in ast.dump(keyword(call, "http_method") or call).upper()):
            return
        given = call.args[0] if call.args else keyword(call, "path")
        plain = len(function.decorator_list) == 1 and not {one.arg for one in call.keywords} - _HARMLESS
        self.whole = self.whole and plain
        for one in given.elts if isinstance(given, (ast.List, ast.Tuple)) else [given]:
            text = self._text(path, one)
            if text is None:
                self.whole = False
                continue
            whole = re.sub("//+", "/", f"/{prefix}/{text}").rstrip("/") or "/"
            # As Litestar takes the path of a request.
            whole = self.wanted if whole == (self.wanted.rstrip("/") or "/") else whole
            body = self._body(function, keyword(call, "media_type")) if plain and keyword(call, "status_code") is None else None
            self.routes.append({"path": whole, "file": path, "line": call.lineno, "body": body})

    def _body(self, function, media):
        """What a handler returns: a text where it says so, else JSON without blanks."""
        value = only_return(function)
        kind = "" if media is None else terminal(media)
        if kind not in ("", "TEXT", "JSON") or kind and (kind == "TEXT") != (terminal(function.returns) == "str"):
            return None
        if terminal(function.returns) == "str":
            return {"text": value.value} if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
        return self.answers.plain(value, function.returns)

    def _text(self, path, node):
        return "" if node is None else self.values.text(path, node)
