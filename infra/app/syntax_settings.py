"""Environment variables without which a module cannot be imported, or may end later: told from its syntax tree. Standard library only."""

import ast

from syntax_names import FUNCTIONS, is_main_guard, terminal


def _is_environ(node):
    return terminal(node) == "environ"


def _text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


class _Reads(ast.NodeVisitor):
    """(name, line, whether it runs with the import)."""

    def __init__(self):
        self.certain, self.found, self.handled, self.own_files = True, [], set(), False

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

    visit_TryStar = visit_While = visit_For = visit_With = visit_Match = visit_Try

    def visit_Subscript(self, node):
        name = _text(node.slice)
        if _is_environ(node.value) and name is not None:
            if isinstance(node.ctx, ast.Load):
                self.found.append((name, node.lineno, self.certain))
            else:
                self.handled.add(name)
        elif _is_environ(node.value) and isinstance(node.ctx, ast.Store):
            self.own_files = True
        self.generic_visit(node)

    def visit_Compare(self, node):
        if any(_is_environ(one) for one in node.comparators) and _text(node.left) is not None:
            self.handled.add(_text(node.left))
        self.generic_visit(node)

    def visit_Call(self, node):
        called = terminal(node.func)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if called in ("get", "setdefault", "pop", "putenv", "getenv") and node.args and (called.endswith("env") or _is_environ(owner)):
            self.handled.add(_text(node.args[0]))
        # A name that is put together may be any.
        self.own_files |= called in ("setdefault", "putenv") and bool(node.args) and _text(node.args[0]) is None and (called == "putenv" or _is_environ(owner))
        # Files of the application's own may bring any setting.
        self.own_files |= called in ("load_dotenv", "dotenv_values", "read_env", "read_envfile") and bool(node.args or node.keywords)
        self.own_files |= called == "update" and _is_environ(owner)
        self.generic_visit(node)


def _config_of(body):
    """Keywords of model_config = SettingsConfigDict(...) and of class Config; None where one is no constant."""
    found = {}
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Call, ast.Dict)) and "model_config" in [terminal(one) for one in node.targets]:
            pairs = [(one.arg, one.value) for one in node.value.keywords] if isinstance(node.value, ast.Call) else [(_text(key), value) for key, value in zip(node.value.keys, node.value.values)]
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
    return _text(aliases[-1]) if aliases else f"{prefix}{field.target.id}"


def _settings_class(node, made):
    """Required fields of a class of pydantic-settings. Its own sources and parents are not followed."""
    if [terminal(one) for one in node.bases] != ["BaseSettings"] or any(isinstance(one, FUNCTIONS) and "settings_customise_sources" in one.name for one in node.body):
        return
    config = _config_of(node.body)
    prefix = config.get("env_prefix", "")
    if prefix is None or "alias_generator" in config or "secrets_dir" in config:
        return
    certain = node.name in made and config.get("env_file", ".env") == ".env"
    for field in node.body:
        name = _variable(field, prefix) if _is_required(field) else None
        if name is not None:
            yield name.upper(), field.lineno, certain


def settings_of(tree):
    """(reads, names that the code has another way for, whether files of its own may bring more)."""
    reads = _Reads()
    reads.visit(tree)
    made = [node.value.func.id for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and not node.value.args and not node.value.keywords]
    classes = [found for node in tree.body if isinstance(node, ast.ClassDef) for found in _settings_class(node, made)]
    return reads.found + classes, {name for name in reads.handled if name}, reads.own_files
