"""Flask's and Quart's folder of an instance, which lies beside the package: told from syntax trees. Standard library only."""

import ast

from syntax_names import keyword, terminal

_MAKERS = ("Flask", "Quart")


def instance_call(values, path, node, local):
    """(file, call, names) that made the application of `app.instance_path`; None where that is not known."""
    found = local or values.assigned(path, node)
    if found is None or not isinstance(found[1], ast.Call) or terminal(found[1].func) not in _MAKERS:
        return None
    return (*found, ()) if len(found) == 2 else found


def beside(folder, path, call):
    """The folder above the package of the module that makes an application with `__name__`, below the application's; None of any other."""
    given = call.args[0] if call.args else keyword(call, "import_name")
    if not isinstance(given, ast.Name) or given.id != "__name__":
        return None
    top = "src/" if path.startswith("src/") else ""
    package, below, _ = path[len(top) :].partition("/")
    return None if below and not folder.has_path(f"{top}{package}/__init__.py") else top
