"""Routes of an application of Falcon and what their resources answer, as far as syntax trees tell. Standard library only."""

import ast
import json

from syntax_answers import literal
from syntax_names import FUNCTIONS, keyword, nodes, terminal

# What neither adds a route nor answers a request.
_HARMLESS = ("cors_enable", "request_type", "independent_middleware", "sink_before_static_route")
_PLAIN = ("add_error_handler", "set_error_serializer", "req_options", "resp_options")


class Falcon:
    def __init__(self, values, uses):
        """@param uses: (file, node, nodes above it) of each place where the application is named"""
        self.values, self.uses = values, uses
        self.routes, self.whole = [], True

    def of(self, made):
        if made.args or {one.arg for one in made.keywords} - set(_HARMLESS):
            self.whole = False
        for path, _, parents in self.uses:
            above, call, *rest = [*parents[::-1], None, None, None]
            method = above.attr if isinstance(above, ast.Attribute) else None
            if method == "add_route" and isinstance(call, ast.Call) and call.func is above and isinstance(rest[0], ast.Expr):
                self.whole = self.whole and len(parents) == 4
                self._route(path, call)
            elif method not in _PLAIN:
                self.whole = False
        return self.routes, self.whole

    def _route(self, path, call):
        text = self.values.text(path, call.args[0]) if call.args else None
        resource = call.args[1] if len(call.args) > 1 else keyword(call, "resource")
        suffix = keyword(call, "suffix")
        ending = "" if suffix is None else self.values.text(path, suffix)
        if text is None or ending is None:
            self.whole = False
            return
        file, made = self._class_of(path, resource)
        function = None if made is None else next((one for one in made.body if isinstance(one, FUNCTIONS) and one.name == (f"on_get_{ending}" if ending else "on_get")), None)
        # A class with parents may have it from them.
        if function is not None or made is None or made.bases:
            body = None if function is None or made.decorator_list or function.decorator_list else self._body(function)
            self.routes.append({"path": text, "file": path if function is None else file, "line": call.lineno if function is None else function.lineno, "body": body})

    def _class_of(self, path, node):
        if isinstance(node, ast.Name):
            path, node = self.values.assigned(path, node) or (path, None)
        file, found = self.values.bound(path, node.func) if isinstance(node, ast.Call) else (None, None)
        return (file, found) if isinstance(found, ast.ClassDef) else (None, None)

    def _body(self, function):
        """What is answered where it stands there as it is: `media` as json.dumps writes it, with blanks (falcon/media/json.py)."""
        given = [one.arg for one in function.args.args]
        simple = all(isinstance(one, (ast.Assign, ast.Expr, ast.Pass)) for one in function.body)
        if len(given) < 3 or not simple or any(isinstance(one, ast.Attribute) and one.attr == "media_handlers" for tree in self.values.folder.whole() for one in nodes(tree)):
            return None
        sets = [(target.attr, one.value) for one in function.body if isinstance(one, ast.Assign) for target in one.targets if isinstance(target, ast.Attribute) and getattr(target.value, "id", None) == given[2]]
        others = [name for name, value in sets if name not in ("media", "text") and not (name == "status" and _is_ok(value))]
        answers = [(name, value) for name, value in sets if name in ("media", "text")]
        if others or len(answers) != 1:
            return None
        [(name, value)] = answers
        found = literal(value)
        if name == "text":
            return {"text": found} if isinstance(found, str) else None
        return None if found is None else {"text": json.dumps(found, ensure_ascii=False)}


def _is_ok(node):
    return getattr(node, "value", None) in (200, "200 OK") or terminal(node) in ("HTTP_200", "HTTP_OK")
