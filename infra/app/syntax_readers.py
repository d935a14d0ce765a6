"""Environment variables that an application reads by a package for settings or by a function of its own, and that have to be there: told from syntax trees. Standard library only."""

import ast

from syntax_calls import evaluated
from syntax_names import keyword, origin, reads_variable, terminal, text_of
from syntax_values import within

# Positions of a default: of the object that is called itself, and of its methods (from the packages' own sources: decouple 3.8, starlette 0.41, django-environ 0.11, environs 11.2).
_LISTS = ("list", "tuple", "dict")
_ENVIRON = frozenset("str bytes unicode bool int float json list tuple dict url db db_url cache cache_url search_url email_url path".split())
_ENVIRONS = frozenset("str bool int float decimal list dict json datetime date time timedelta url uuid log_level path enum dj_db_url dj_email_url dj_cache_url".split())
_USUAL = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "cache": "CACHE_URL", "cache_url": "CACHE_URL", "email_url": "EMAIL_URL", "search_url": "SEARCH_URL"}
_MAKERS = {"decouple.AutoConfig": "decouple", "starlette.config.Config": "starlette", "environ.Env": "environ", "environ.FileAwareEnv": "environ", "environs.Env": "environs"}
_READ_FILES = {"load_dotenv": "dotenv_path", "dotenv_values": "dotenv_path", "read_env": "env_file", "read_envfile": "env_file"}


class Readers:
    """What the calls of one module ask for. values: syntax_values.py"""

    def __init__(self, values, path):
        self.values, self.path, self.tree = values, path, values.folder.parsed(path)

    def asks(self, call, prefix):
        """(variable, whether it has to be there) of a call that reads one; None of any other. @param prefix: of environs' `with env.prefixed(...)`"""
        if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
            return None
        if origin(self.tree, call.func) == "decouple.config":
            return self._named(call, "", 1, self._alone())
        made, method = self._maker(call.func)
        if made is None:
            return self._own(call)
        kind = _MAKERS[origin(self.values.folder.parsed(made[0]), made[1].func)]
        of = {"decouple": self._of_decouple, "starlette": self._of_starlette, "environ": self._of_environ, "environs": self._of_environs}
        return of[kind](call, made[1], method, prefix)

    def is_prefixed(self, call):
        """The prefix of `env.prefixed(...)`; None of any other call."""
        if not isinstance(call, ast.Call) or terminal(call.func) != "prefixed" or len(call.args) != 1 or self._maker(call.func)[0] is None:
            return None
        return text_of(call.args[0])

    def _maker(self, func):
        """((file, call) that made the object, the method that is called or None)"""
        for node, method in [(func, None), *([(func.value, func.attr)] if isinstance(func, ast.Attribute) else [])]:
            found = self.values.assigned(self.path, node) if isinstance(node, (ast.Name, ast.Attribute)) else None
            if found is not None and isinstance(found[1], ast.Call) and origin(self.values.folder.parsed(found[0]), found[1].func) in _MAKERS:
                return found, method
        return None, None

    @staticmethod
    def _named(call, prefix, position, certain, usual=None):
        name = text_of(call.args[0]) if call.args else usual
        has = len(call.args) > position or keyword(call, "default", "subcast_default") is not None
        return None if name is None else (f"{prefix}{name}", certain and not has)

    def _of_decouple(self, call, made, method, prefix):
        return self._named(call, "", 1, self._alone() and not made.args and not made.keywords) if method is None else None

    def _alone(self):
        """Whether nothing but the environment and .env may bring what decouple looks for."""
        return not any(path.endswith("settings.ini") for path in self.values.folder.paths)

    def _of_starlette(self, call, made, method, prefix):
        file = made.args[0] if made.args else keyword(made, "env_file")
        known = len(made.args) < 2 and {one.arg for one in made.keywords} <= {"env_file", "env_prefix", "encoding"} and (file is None or self._is_own(file) or getattr(file, "value", 0) is None)
        begins = keyword(made, "env_prefix")
        if method not in (None, "get") or begins is not None and text_of(begins) is None:
            return None
        return self._named(call, "" if begins is None else text_of(begins), 2, known)

    def _of_environ(self, call, made, method, prefix):
        if method is not None and method not in _ENVIRON or self.values.stored_attributes()["prefix"] > 0:
            return None
        found = self._named(call, "", 2 if method is None or method in _LISTS else 1, True, _USUAL.get(method))
        if found is None:
            return None
        # Env(DEBUG=(bool, False)) gives a default.
        given = keyword(made, found[0])
        return found[0], found[1] and not made.args and all(one.arg for one in made.keywords) and (given is None or not isinstance(given, ast.Tuple))

    def _of_environs(self, call, made, method, prefix):
        return self._named(call, prefix, 1, not made.args and not made.keywords) if method is None or method in _ENVIRONS else None

    def _is_own(self, node):
        """Whether a file is the .env that the hosts write, or one that is not there."""
        if isinstance(node, ast.Call) and terminal(node.func) == "find_dotenv" and not node.args:
            return True
        file = self.values.text(self.path, node)
        inside = None if file is None else within(file)
        return inside is not None and (inside == ".env" or not self.values.folder.has_path(inside) and not self.values.folder.is_below_link(inside))

    def reads_files(self, call):
        """Whether a call takes settings from files of the application's own."""
        name = terminal(call.func)
        if name not in _READ_FILES:
            return False
        file = call.args[0] if call.args else keyword(call, _READ_FILES[name], "path", "stream")
        return file is not None and not self._is_own(file)

    def _own(self, call):
        """The same of a function of the application's own that ends where the variable it is asked for is missing."""
        _, found = self.values.bound(self.path, call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else (None, None)
        if not isinstance(found, ast.FunctionDef) or found.decorator_list or found.args.posonlyargs or found.args.vararg:
            return None
        name, default = demanded_by(found)
        names = [one.arg for one in found.args.args]
        if name not in names:
            return None
        position = names.index(name)
        given = keyword(call, name) or (call.args[position] if len(call.args) > position else None)
        other = default is not None and (keyword(call, default) is not None or default in names and len(call.args) > names.index(default))
        return (text_of(given), True) if text_of(given) is not None and not other else None


def demanded_by(function):
    """(parameter that names a variable which has to be there, parameter of a default that takes its place or None) of a function; None in place of what is not known."""
    held = {}
    given = dict(zip([one.arg for one in reversed(function.args.args)], reversed(function.args.defaults)))
    for node in function.body:
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr)) and value is not None:
            for one in evaluated([value]):
                if isinstance(one, ast.Subscript) and terminal(one.value) == "environ" and isinstance(one.slice, ast.Name):
                    return one.slice.id, None
            target = terminal(node.targets[0]) if isinstance(node, ast.Assign) else None
            if target is not None and isinstance(value, ast.Call) and reads_variable(value) and value.args and isinstance(value.args[0], ast.Name):
                other = terminal(value.args[1]) if len(value.args) == 2 else None
                if len(value.args) == 1 or other in given and getattr(given[other], "value", 0) is None:
                    held[target] = (value.args[0].id, other)
        elif isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise) and not node.orelse:
            name = _missing(node.test, held)
            if name is not None:
                return name
        else:
            break
        if isinstance(node, ast.Return):
            break
    return None, None


def _missing(test, held):
    """What of `held` a condition finds missing: `not x`, `x is None`; or `name not in os.environ`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return held.get(terminal(test.operand))
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    if isinstance(test.ops[0], ast.NotIn) and terminal(test.comparators[0]) == "environ" and isinstance(test.left, ast.Name):
        return test.left.id, None
    none = getattr(test.comparators[0], "value", 0) is None
    return held.get(terminal(test.left)) if none and isinstance(test.ops[0], (ast.Is, ast.Eq)) else None
