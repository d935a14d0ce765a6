"""Whether an application that functions of its own make is of the interface by which it is served: told from syntax trees. Standard library only."""

import ast

from syntax_names import FUNCTIONS, made_in, origin

_WSGI = ("flask.Flask", "apiflask.APIFlask", "bottle.Bottle", "falcon.App", "falcon.API", "django.core.wsgi.get_wsgi_application")
_ASGI = ("fastapi.FastAPI", "starlette.applications.Starlette", "quart.Quart", "litestar.Litestar", "sanic.Sanic", "falcon.asgi.App", "blacksheep.Application", "django.core.asgi.get_asgi_application")
_DEPTH = 4


def interface_problems(values, entry, attribute, factory, interface):
    """(path, line, why, instead), where it is of the other one. What a module makes by itself is told from its text (module.ts)."""
    key, made = values.made(entry, attribute)
    path, function = (key[0], values.binder(*key)) if key is not None and factory else (None, None)
    if key is not None and not factory:
        path, function = _own(values, key[0], made)
    for hop in range(_DEPTH):
        made = made_in(function) if isinstance(function, FUNCTIONS) else None
        if made is None:
            return
        file, inner = _own(values, path, made)
        if inner is None:
            break
        path, function = file, inner
    name = origin(values.folder.parsed(path), made.func)
    if values.folder.has(name.partition(".")[0] or ".") or factory and hop == 0 and path == entry:
        return
    if interface == "asgi" and name in _WSGI:
        yield path, made.lineno, f"makes the application with {name}, which is WSGI and no ASGI", "write app.interface: wsgi"
    elif interface == "wsgi" and name in _ASGI:
        yield path, made.lineno, f"makes the application with {name}, which is ASGI and no WSGI", "remove app.interface"


def _own(values, path, call):
    """(file, function) of a call of the application's own; None in place of any other."""
    file, found = values.bound(path, call.func) if isinstance(call, ast.Call) else (None, None)
    return (file, found) if isinstance(found, FUNCTIONS) and not found.decorator_list else (None, None)
