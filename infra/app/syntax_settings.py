"""Environment variables without which a module cannot be imported, or may end later: told from its syntax tree. Standard library only."""

import ast
from collections import namedtuple

from syntax_calls import ends
from syntax_names import FUNCTIONS, binders, is_main_guard, reads_variable, terminal, text_of

# What a module says of its settings: (name, line, whether it runs with the import) that have no other way, (name, line) that end it where they are
# not there, names with another way, names that the code sets itself, and whether files of its own may bring more.
Settings = namedtuple("Settings", "reads needed handled given own_files")


def _is_environ(node):
    return terminal(node) == "environ"


# What takes no None.
_TAKE_A_TEXT = ("int", "float", "loads", "Path", "open", "b64decode", "urlparse")
_OF_A_TEXT = ("split", "strip", "lower", "upper", "encode", "replace", "rstrip", "lstrip", "startswith", "endswith", "splitlines", "title")


def _bare(node):
    """The name of a variable that is read and may be None."""
    read = isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and reads_variable(node)
    return text_of(node.args[0]) if read else None


class _Reads(ast.NodeVisitor):
    """(name, line, whether it runs with the import)."""

    def __init__(self, tree, readers):
        self.readers, self.prefix = readers, ""
        self.certain, self.found, self.handled, self.own_files = True, [], set(), False
        self.needed, self.given = [], set()
        # Names of the module that have what one variable of the environment has.
        self.names = {}
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else getattr(node, "target", None)
            read = _bare(node.value) if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
            if read is not None and isinstance(target, ast.Name) and len(binders(tree, target.id)) == 1:
                self.names[target.id] = read

    def _need(self, name, node):
        if name is not None and self.certain:
            self.needed.append((name, node.lineno))

    def _read(self, node):
        """The variable whose value an expression is."""
        return self.names.get(node.id) if isinstance(node, ast.Name) else _bare(node)

    def _wanting(self, test, there):
        """Variables of which each makes a condition true: where they are (`there`), or where they are not."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And if there else ast.Or):
            return [name for one in test.values for name in self._wanting(one, there)]
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._wanting(test.operand, not there) if not isinstance(test.operand, ast.BoolOp) else []
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            [right], kind = test.comparators, type(test.ops[0])
            if kind is (ast.In if there else ast.NotIn) and _is_environ(right):
                return [text_of(test.left)]
            none = isinstance(right, ast.Constant) and right.value is None
            return [self._read(test.left)] if none and kind is (ast.IsNot if there else ast.Is) else []
        return [self._read(test)] if there else []

    def visit_Assert(self, node):
        for name in self._wanting(node.test, True):
            self._need(name, node)
        self.generic_visit(node)

    def visit_BinOp(self, node):
        if isinstance(node.op, ast.Add) and any(text_of(one) is not None for one in (node.left, node.right)):
            self._need(_bare(node.left) or _bare(node.right), node)
        self.generic_visit(node)

    def _perhaps(self, nodes):
        before, self.certain = self.certain, False
        for node in nodes:
            self.visit(node)
        self.certain = before

    def visit_FunctionDef(self, node):
        for part in [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]:
            self.visit(part)
        self._perhaps(node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self._perhaps([node.body])

    def visit_If(self, node):
        for name in self._wanting(node.test, False) if ends(node.body[-1]) else []:
            self._need(name, node)
        self.visit(node.test)
        if not is_main_guard(node):
            self._perhaps([*node.body, *node.orelse])

    def visit_IfExp(self, node):
        self.visit(node.test)
        self._perhaps([node.body, node.orelse])

    def visit_BoolOp(self, node):
        self.visit(node.values[0])
        self._perhaps(node.values[1:])

    def visit_Try(self, node):
        self._perhaps(ast.iter_child_nodes(node))

    visit_TryStar = visit_While = visit_For = visit_Match = visit_Try

    def visit_With(self, node):
        begins = self.readers.is_prefixed(node.items[0].context_expr) if len(node.items) == 1 else None
        if begins is None:
            self._perhaps(ast.iter_child_nodes(node))
            return
        before, self.prefix = self.prefix, f"{self.prefix}{begins}"
        for one in node.body:
            self.visit(one)
        self.prefix = before

    def visit_Subscript(self, node):
        name = text_of(node.slice)
        if _is_environ(node.value) and name is not None:
            if isinstance(node.ctx, ast.Load):
                self.found.append((name, node.lineno, self.certain))
            else:
                self.given.add(name)
        elif _is_environ(node.value) and isinstance(node.ctx, ast.Store):
            self.own_files = True
        self.generic_visit(node)

    def visit_Compare(self, node):
        if any(_is_environ(one) for one in node.comparators) and text_of(node.left) is not None:
            self.handled.add(text_of(node.left))
        self.generic_visit(node)

    def visit_Call(self, node):
        called = terminal(node.func)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if called in ("get", "setdefault", "pop", "putenv", "getenv") and node.args and (called.endswith("env") or _is_environ(owner)):
            (self.given if called in ("setdefault", "putenv") else self.handled).add(text_of(node.args[0]))
        self._need(_bare(node.args[0]) if called in _TAKE_A_TEXT and len(node.args) >= 1 else _bare(owner) if called in _OF_A_TEXT else None, node)
        # A name that is put together may be any.
        self.own_files |= called in ("setdefault", "putenv") and bool(node.args) and text_of(node.args[0]) is None and (called == "putenv" or _is_environ(owner))
        # Files of the application's own may bring any setting.
        self.own_files |= self.readers.reads_files(node)
        asked = self.readers.asks(node, self.prefix)
        if asked is not None and asked[1]:
            self.found.append((asked[0], node.lineno, self.certain))
        elif asked is not None:
            self.handled.add(asked[0])
        self.own_files |= called == "update" and _is_environ(owner)
        self.generic_visit(node)


def _config_of(body):
    """Keywords of model_config = SettingsConfigDict(...) and of class Config; None where one is no constant."""
    found = {}
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Call, ast.Dict)) and "model_config" in [terminal(one) for one in node.targets]:
            pairs = [(one.arg, one.value) for one in node.value.keywords] if isinstance(node.value, ast.Call) else [(text_of(key), value) for key, value in zip(node.value.keys, node.value.values)]
        elif isinstance(node, ast.ClassDef) and node.name == "Config":
            pairs = [(terminal(one.targets[0]), one.value) for one in node.body if isinstance(one, ast.Assign)]
        else:
            continue
        for key, value in pairs:
            found[key] = value.value if isinstance(value, ast.Constant) else None
    return found


# Keywords of Field that give no value.
_NO_DEFAULT = {"alias", "validation_alias", "title", "description", "examples", "gt", "ge", "lt", "le", "min_length", "max_length", "pattern", "repr", "exclude", "strict"}


def _is_required(node):
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.target.id.startswith("_") or "ClassVar" in ast.dump(node.annotation):
        return False
    value = node.value
    if value is None:
        return True
    if not isinstance(value, ast.Call) or terminal(value.func) != "Field" or any(one.arg not in _NO_DEFAULT for one in value.keywords):
        return False
    return not value.args or len(value.args) == 1 and getattr(value.args[0], "value", 0) is ...


def _variable(field, prefix):
    """The name in the environment; None where it is not plain. An alias stands for the whole name."""
    aliases = [one.value for one in field.value.keywords if one.arg in ("alias", "validation_alias")] if isinstance(field.value, ast.Call) else []
    return text_of(aliases[-1]) if aliases else f"{prefix}{field.target.id}"


def _prefix_of(node):
    """(configuration, prefix) of a class of pydantic-settings; None where its own sources or parents say more."""
    if [terminal(one) for one in node.bases] != ["BaseSettings"] or any(isinstance(one, FUNCTIONS) and "settings_customise_sources" in one.name for one in node.body):
        return None
    config = _config_of(node.body)
    prefix = config.get("env_prefix", "")
    return None if prefix is None or "alias_generator" in config or "secrets_dir" in config else (config, prefix)


def _settings_class(node, made):
    """Required fields of a class of pydantic-settings."""
    found = _prefix_of(node)
    if found is None:
        return
    config, prefix = found
    certain = node.name in made and config.get("env_file", ".env") == ".env"
    for field in node.body:
        name = _variable(field, prefix) if _is_required(field) else None
        if name is not None:
            yield name.upper(), field.lineno, certain


def variable_of(made, field):
    """(variable, expression) of a field of pydantic-settings that has a default; None in place of both where that is not plain."""
    found = _prefix_of(made)
    if found is None or not isinstance(field, ast.AnnAssign) or found[0].get("env_file", ".env") != ".env":
        return None, None
    value, name = field.value, _variable(field, found[1])
    if isinstance(value, ast.Call) and terminal(value.func) == "Field":
        value = next((one.value for one in value.keywords if one.arg == "default"), value.args[0] if value.args else None)
    return (None, None) if name is None or value is None else (name.upper(), value)


def settings_of(tree, made, readers):
    """@param made: names of classes that are called without anything when the module is imported, readers: syntax_readers.py"""
    reads = _Reads(tree, readers)
    reads.visit(tree)
    classes = [found for node in tree.body if isinstance(node, ast.ClassDef) for found in _settings_class(node, made)]
    given = {name for name in reads.given if name}
    return Settings(reads.found + classes, reads.needed, {name for name in reads.handled if name} | given, given, reads.own_files)
