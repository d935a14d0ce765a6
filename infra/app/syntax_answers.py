"""What the function behind a route answers, where that stands there as it is: told from syntax trees. Standard library only."""

import ast
import json
import re

from syntax_names import FUNCTIONS, keyword, origin, terminal

JSON_RESPONSES = ("JSONResponse", "ORJSONResponse", "UJSONResponse")
_TEXT = ("PlainTextResponse", "HTMLResponse", "Response")
_OF_FASTAPI, _OF_FLASK = ("fastapi", "starlette"), ("flask", "quart", "werkzeug", "apiflask")
# Keywords of a route that do not change what is answered.
_PLAIN = set("path tags summary description include_in_schema name operation_id responses deprecated response_description response_class response_model status_code dependencies openapi_extra methods rule endpoint".split())
_MAPPINGS = ("dict", "Dict", "Mapping", "Any", "object")


def only_return(function):
    """What a function returns, if it returns at all: one statement, its last."""
    inner = [one for node in ast.walk(function) if isinstance(node, (*FUNCTIONS, ast.Lambda)) and node is not function for one in ast.walk(node)]
    own = [one for one in ast.walk(function) if isinstance(one, (ast.Return, ast.Yield, ast.YieldFrom)) and one not in inner]
    return own[0].value if len(own) == 1 and function.body and own[0] is function.body[-1] else None


def literal(node):
    try:
        found = ast.literal_eval(node)
        json.dumps(found, allow_nan=False)
        return found
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _document(pairs):
    """A JSON object of which some values are only known when it is asked for."""
    known, unknown = {}, []
    for key, node in pairs:
        if not isinstance(key, str):
            return None
        known[key] = literal(node)
        if known[key] is None and not (isinstance(node, ast.Constant) and node.value is None):
            unknown.append(key)
    return {"json": known, "unknown": unknown} if unknown else {"json": known}


def _is_dict(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict"


def _json(node):
    if isinstance(node, ast.Dict):
        return _document([(literal(key) if key is not None else None, value) for key, value in zip(node.keys, node.values)])
    if _is_dict(node) and not node.args and node.keywords:
        return _document([(one.arg, one.value) for one in node.keywords])
    found = literal(node) if isinstance(node, (ast.List, ast.Constant)) else None
    return None if found is None else {"json": found}


def _text(node):
    value = node.value if isinstance(node, ast.Constant) else None
    return {"text": value} if isinstance(value, str) else {"text": value.decode()} if isinstance(value, bytes) and value.isascii() else None


def _number(node):
    """The status that an expression is; None where it is not known."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, int) else None
    named = re.match(r"HTTP_(\d{3})_", terminal(node) or "")
    return int(named.group(1)) if named else None


def status_of(function, call):
    """The status of a route of FastAPI that always answers another one than 200; None where that is not known."""
    number = _number(keyword(call, "status_code"))
    returns = [one for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None]
    ends = any(isinstance(one, (ast.Raise, ast.Yield)) for one in ast.walk(function))
    value = returns[0].value if len(returns) == 1 else None
    own = keyword(value, "status_code") if isinstance(value, ast.Call) else None
    same = not returns or value is not None and (not isinstance(value, ast.Call) or _is_dict(value) or _number(own) == number)
    changes = any(isinstance(one, ast.Attribute) and one.attr == "status_code" and isinstance(one.ctx, ast.Store) for one in ast.walk(function))
    return number if number not in (None, 200) and same and not changes and not ends else None


class Answers:
    def __init__(self, values):
        self.values = values

    def _of(self, path, node, packages):
        """Whether a class or function is one of a package's own."""
        tree = self.values.folder.parsed(path)
        return origin(tree, node).partition(".")[0] in packages and not self.values.folder.has(packages[0])

    def _is_ok(self, node):
        return node is None or getattr(node, "value", None) == 200 or terminal(node) in ("HTTP_200_OK", "OK")

    def _response(self, path, value):
        """(whether it is a response of Starlette's, what it holds)"""
        if not isinstance(value, ast.Call) or terminal(value.func) not in (*JSON_RESPONSES, *_TEXT) or not self._of(path, value.func, _OF_FASTAPI):
            return False, None
        content = value.args[0] if value.args else keyword(value, "content")
        if len(value.args) > 1 or content is None or not self._is_ok(keyword(value, "status_code")):
            return True, None
        return True, _json(content) if terminal(value.func) in JSON_RESPONSES else _text(content)

    def of_starlette(self, path, node):
        """@param node: what a Route names, a function or an HTTPEndpoint"""
        file, found = self.values.bound(path, node)
        if isinstance(found, ast.ClassDef) and [terminal(one) for one in found.bases] == ["HTTPEndpoint"]:
            found = next((one for one in found.body if isinstance(one, FUNCTIONS) and one.name == "get"), None)
        if not isinstance(found, FUNCTIONS) or found.decorator_list:
            return None
        return self._response(file, only_return(found))[1]

    def of_fastapi(self, path, function, call, made):
        """@param call: the decorator, made: the application or router"""
        if {one.arg for one in call.keywords} - _PLAIN or not self._is_ok(keyword(call, "status_code")):
            return None
        value = only_return(function)
        is_response, answered = self._response(path, value)
        if is_response or value is None:
            return answered
        kind = keyword(call, "response_class") or keyword(made, "default_response_class")
        if kind is not None and not self._of(path, kind, _OF_FASTAPI):
            return None
        if kind is not None and terminal(kind) not in JSON_RESPONSES:
            return _text(value) if terminal(kind) in _TEXT else None
        model, returns = keyword(call, "response_model"), function.returns
        if isinstance(value, ast.Call) and not _is_dict(value):
            same = all(one is None or terminal(one) == terminal(value.func) for one in (model, returns))
            return self._model(path, value) if same else None
        found = _json(value)
        return found if model is None and found is not None and self._keeps(returns, found["json"]) else None

    def of_helper(self, path, value, package):
        """What a call of a framework's json() or text() answers: JSON is written without blanks."""
        helper = terminal(value.func) if isinstance(value, ast.Call) else None
        if helper not in ("json", "text", "html") or len(value.args) != 1 or not origin(self.values.folder.parsed(path), value.func).startswith(f"{package}."):
            return None
        if {one.arg for one in value.keywords} - {"status"} or not self._is_ok(keyword(value, "status")):
            return None
        return self.json_of(value.args[0]) if helper == "json" else _text(value.args[0])

    @staticmethod
    def json_of(node):
        """Letters beside ASCII are written in another way than by FastAPI."""
        found = _json(node)
        return found if found is not None and json.dumps(found, ensure_ascii=False).isascii() else None

    def plain(self, value, returns):
        """A JSON object that a function returns, by an annotation that leaves it as it is."""
        found = _json(value) if isinstance(value, ast.Dict) or _is_dict(value) else None
        return found if found is not None and returns is not None and self._keeps(returns, found["json"]) else None

    @staticmethod
    def _keeps(returns, value):
        """Whether a return annotation, which FastAPI takes for the response's model, leaves the answer as it is."""
        if returns is None:
            return True
        kind = terminal(returns.value if isinstance(returns, ast.Subscript) else returns)
        if isinstance(value, str):
            return kind in ("str", "Any")
        if not isinstance(value, dict) or kind not in _MAPPINGS:
            return False
        inner = returns.slice.elts[-1] if isinstance(returns, ast.Subscript) and isinstance(returns.slice, ast.Tuple) else None
        return inner is None or terminal(inner) in ("Any", "object") or terminal(inner) == "str" and all(one is None or isinstance(one, str) for one in value.values())

    def _model(self, path, value):
        """The fields of a plain model of pydantic that is made with these values."""
        _, made = self.values.bound(path, value.func)
        if value.args or not isinstance(made, ast.ClassDef) or [terminal(one) for one in made.bases] != ["BaseModel"] or made.decorator_list or made.keywords:
            return None
        body = [node for node in made.body if not (isinstance(node, (ast.Pass, ast.Expr)) and not isinstance(getattr(node, "value", None), ast.Call))]
        given = {one.arg: one.value for one in value.keywords}
        names = [node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)]
        if len(names) != len(body) or None in given or set(given) - set(names) or any(isinstance(node.value, ast.Call) for node in body):
            return None
        parts = [(node.target.id, given.get(node.target.id, node.value)) for node in body]
        if any(node is None for _, node in parts):
            return None
        # What pydantic may write otherwise is not known: 1 of a float field is 1.0.
        plain = [(name, node if isinstance(node, ast.Constant) and isinstance(node.value, (str, bool)) else ast.Name("_", ast.Load())) for name, node in parts]
        return _document(plain)

    def of_flask(self, path, function):
        value = only_return(function)
        if isinstance(value, ast.Tuple) and len(value.elts) == 2 and self._is_ok(value.elts[1]):
            value = value.elts[0]
        found = _text(value) if isinstance(value, ast.Constant) else _json(value) if isinstance(value, (ast.Dict, ast.List)) or _is_dict(value) else None
        if isinstance(value, ast.Call) and self._of(path, value.func, _OF_FLASK):
            if terminal(value.func) == "jsonify" and not (value.args and value.keywords) and len(value.args) < 2:
                found = _json(value.args[0]) if value.args else _document([(one.arg, one.value) for one in value.keywords])
            elif terminal(value.func) == "Response" and value.args and self._is_ok(value.args[1] if len(value.args) > 1 else keyword(value, "status")):
                found = _text(value.args[0])
        # The order of keys is for its settings to say.
        return {**found, "loose": True} if found is not None and "json" in found else found
