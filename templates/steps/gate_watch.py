"""What a pickle does with the names it imports: the rules for calls and for states, the same for stand-ins and for real objects."""

import ast
import re

from gate_names import HOLD

# Attributes of an instance that the unpickler, or Python itself, calls or obeys.
_HOOKS = {"append", "extend", "add", "__setstate__", "__call__", "__new__", "__reduce__", "__reduce_ex__", "__getinitargs__", "__getattr__", "__getattribute__"}
_STRING_METHODS = {"lower", "upper", "casefold", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "isalpha", "isdigit"}
PARSERS = ["_parse_args", "_parse_args_rvs", "_parse_args_stats"]
_PARSER_NODES = (ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Tuple, ast.Name, ast.Load, ast.Constant, ast.Call, ast.keyword, ast.Attribute)
# Flags of a NumPy type whose bytes are pointers: item is reference-counted, pickled as a list, or a pointer.
_POINTERS = 1 | 2 | 4
_OBJECT_FLAGS = 63


class Refused(Exception):
    """Why a file is refused: the end of a sentence that begins with its name."""


def is_parser_text(text):
    """scipy.stats runs a text of a distribution's state when the distribution comes back. Is it what scipy itself writes there?"""
    try:
        body = ast.parse(text).body if len(text) < 4000 else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return [getattr(one, "name", None) for one in body] == PARSERS and all(_is_plain(one) for one in body)


def _is_plain(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Attribute) and node.func.attr == "_argcheck_rvs"):
            return False
        if not isinstance(node, _PARSER_NODES):
            return False
    return isinstance(function, ast.FunctionDef) and not function.decorator_list


class Watch:
    """Judges calls and states. `name_of(thing)` gives (module, name) of something that was imported by name, else None."""

    def __init__(self, names, name_of):
        self.names = names
        self.name_of = name_of
        self.versions = set()
        self.calls = 0

    def call(self, callee, arguments):
        self.calls += 1
        name = self.name_of(callee)
        if name is None:
            raise Refused("calls an object that it made itself, which no model needs: it could run code when it is loaded")
        if self.names.use(*name) == HOLD:
            raise Refused(f"calls {'.'.join(name)} while it loads, which no model needs: it may hold it, not call it")
        rule = _ARGUMENT_RULES.get(name[1])
        if rule is not None and not rule(self, arguments):
            raise Refused(f"calls {'.'.join(name)} with arguments that no model needs: it could run code when it is loaded")

    def build(self, target, state):
        if self.name_of(target) is not None:
            raise Refused(f"changes {'.'.join(self.name_of(target))} itself, not an object of it: it could run code later")
        if self.home_of(target) == "functools" and not (isinstance(state, tuple) and state and self.is_held(state[0])):
            raise Refused("holds a functools.partial of something that it made itself")
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                self._attributes(part)

    def _attributes(self, state):
        for key, value in state.items():
            if key == "__class__" or (key in _HOOKS and not isinstance(value, (str, int, float, bytes, type(None), list, tuple))):
                raise Refused(f"sets {key} of an object, which no model needs: it could run code when it is loaded")
            if key == "_parse_arg_template" and not (isinstance(value, str) and is_parser_text(value)):
                raise Refused("holds a scipy distribution whose _parse_arg_template is not scipy's own: scipy would run that text")
            if key == "_sklearn_version" and isinstance(value, str):
                self.versions.add(value)

    def is_held(self, thing):
        """Is it something that was imported by name and may be held, such as a function?"""
        name = self.name_of(thing)
        return name is not None and self.names.use(*name) is not None

    @staticmethod
    def home_of(thing):
        """The module of an object's class."""
        return getattr(type(thing), "made_in", None) or type(thing).__module__

    def is_one_of(self, thing, module):
        name = self.name_of(thing)
        return name is not None and re.fullmatch(module, name[0]) is not None


def dtype_problem(code, state, code_of):
    """
    NumPy believes the flags and offsets in a type's state, and makes pointers of bytes if these say so.
    code: the type's own code, such as "O8"; code_of(type): that of a field.
    """
    if not isinstance(state, tuple) or len(state) < 7 or not isinstance(code, str):
        return "holds a NumPy type of a form that cannot be checked"
    subtype, fields, flags = state[2], state[4], state[7] if len(state) > 7 else None
    is_object = code.lstrip("<>|=").startswith("O")
    if is_object and flags not in (None, _OBJECT_FLAGS) or not is_object and isinstance(flags, int) and flags & _POINTERS:
        return "holds a NumPy type whose flags contradict it: it could read and write any memory"
    inner = [] if not isinstance(fields, dict) else [field[0] for field in fields.values() if isinstance(field, tuple) and field]
    if subtype is not None:
        inner.append(subtype[0] if isinstance(subtype, tuple) and subtype else None)
    if any(not isinstance(code_of(one), str) or code_of(one).lstrip("<>|=").startswith("O") for one in inner):
        return "holds a NumPy type with objects inside of a structure, which cannot be checked"
    size = state[5]
    offsets = [] if not isinstance(fields, dict) else [(field[1], width(code_of(field[0]))) for field in fields.values()]
    if any(not isinstance(offset, int) or offset < 0 or (wide is not None and offset + wide > size) for offset, wide in offsets):
        return "holds a NumPy type whose fields lie outside of it"
    return None


def width(code):
    """Bytes of one item of a type such as "<f8"; None where the code does not say it."""
    match = re.fullmatch(r"[<>|=]?([a-zA-Z?])(\d*)", code or "")
    if match is None:
        return None
    if match[2] == "":
        return 1 if match[1] in "?bB" else None
    return int(match[2]) * (4 if match[1] == "U" else 1)


def _reconstructor(watch, arguments):
    return len(arguments) == 3 and watch.is_one_of(arguments[1], "builtins|__builtin__")


def _getattr(watch, arguments):
    """A method of strings, as of CountVectorizer(preprocessor=str.lower), or one that a distribution of scipy.stats holds of itself."""
    if len(arguments) != 2 or not isinstance(arguments[1], str):
        return False
    if watch.is_one_of(arguments[0], "builtins|__builtin__"):
        return watch.name_of(arguments[0])[1] in ("str", "unicode", "bytes") and arguments[1] in _STRING_METHODS
    return watch.home_of(arguments[0]).startswith("scipy.stats.") and re.fullmatch(r"_(?!_)[a-z0-9_]+(?<!__)", arguments[1]) is not None


def _partial(watch, arguments):
    return len(arguments) == 1 and watch.is_held(arguments[0])


def _type(_, arguments):
    return len(arguments) == 1 and (arguments[0] is None or arguments[0] is Ellipsis or arguments[0] is NotImplemented)


def _random(watch, arguments):
    return all(isinstance(one, str) or watch.is_one_of(one, r"numpy\.random\..*") or watch.home_of(one).startswith("numpy.random.") for one in arguments)


def _index(watch, arguments):
    return len(arguments) == 2 and watch.is_one_of(arguments[0], r"pandas\.core\.indexes\..*")


_ARGUMENT_RULES = {
    "_reconstructor": _reconstructor,
    "getattr": _getattr,
    "type": _type,
    "__randomstate_ctor": _random,
    "__generator_ctor": _random,
    "__bit_generator_ctor": _random,
    "_new_Index": _index,
    "_new_DatetimeIndex": _index,
    "_new_PeriodIndex": _index,
    "_new_IntervalIndex": _index,
    "partial": _partial,
}
