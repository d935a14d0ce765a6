"""Which routes of FastAPI ask for credentials: told from syntax trees. Standard library only."""

import ast

from syntax_names import FUNCTIONS, keyword, origin, terminal

_SCHEMES = ("HTTPBearer", "HTTPBasic", "HTTPDigest", "OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer", "APIKeyHeader", "APIKeyCookie", "OpenIdConnect")
_DEPENDS = ("Depends", "Security")
_DEPTH = 4


class Credentials:
    def __init__(self, values):
        self.values = values

    def listed(self, path, node):
        """What the keyword `dependencies` asks for; None where that is nothing, or not known."""
        parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
        return next((found for one in parts if (found := self._dependency(path, one, 0)) is not None), None)

    def of(self, path, function, call, made):
        """The same of a route. @param call: the decorator, made: the router or the application"""
        lists = [keyword(one, "dependencies") for one in (made, call)]
        return next((found for one in lists if (found := self.listed(path, one)) is not None), None) or self._given(path, function, 0)

    def _given(self, path, function, depth):
        """What the parameters of a function ask for."""
        given = function.args
        plain = [*given.posonlyargs, *given.args]
        defaults = [None] * (len(plain) - len(given.defaults)) + given.defaults
        for one, default in [*zip(plain, defaults), *zip(given.kwonlyargs, given.kw_defaults)]:
            noted = one.annotation
            inside = noted.slice.elts[1:] if default is None and isinstance(noted, ast.Subscript) and terminal(noted.value) == "Annotated" and isinstance(noted.slice, ast.Tuple) else []
            for node in [default, *inside]:
                found = self._dependency(path, node, depth)
                if found is not None:
                    return found
        return None

    def _dependency(self, path, node, depth):
        if depth > _DEPTH or not isinstance(node, ast.Call) or terminal(node.func) not in _DEPENDS or not node.args:
            return None
        target, place = node.args[0], path
        if isinstance(target, (ast.Name, ast.Attribute)):
            file, found = self.values.bound(path, target)
            if isinstance(found, FUNCTIONS):
                return self._given(file, found, depth + 1)
            place, target = self.values.assigned(path, target) or (path, None)
        if not isinstance(target, ast.Call) or terminal(target.func) not in _SCHEMES or keyword(target, "auto_error") is not None:
            return None
        by = origin(self.values.folder.parsed(place), target.func).partition(".")[0] == "fastapi"
        return {"scheme": terminal(target.func), "path": path, "line": node.lineno} if by else None
