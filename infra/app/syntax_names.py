"""What names a module binds when it is imported, and how: told from its syntax tree, without running it. Standard library only."""

import ast
import functools

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Whatever does one of these may bind any name. As attributes of an object the first are its own methods: session.exec() of SQLModel, model.modules() of torch.
_BUILTINS = ("globals", "setattr", "exec", "vars", "locals", "modules")
_DYNAMIC = ("__dict__", "__getattr__", "__path__")


def is_main_guard(node):
    """`if __name__ == "__main__":`, whose body uvicorn never runs."""
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test) and "__main__" in ast.dump(node.test)


def _targets(node):
    return [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)]


def _own(body):
    """Statements that run with the module, and whether that is so only for a program of its own; those of functions and classes do not count."""
    for node in body:
        yield node, False
        inner = [getattr(node, part, []) for part in ("body", "orelse", "finalbody")]
        inner += [handler.body for handler in getattr(node, "handlers", [])] + [case.body for case in getattr(node, "cases", [])]
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            for part in inner:
                yield from ((below, guarded or is_main_guard(node)) for below, guarded in _own(part))


def _bound(node):
    """Names that a statement binds by itself."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return []
    if isinstance(node, (ast.If, ast.While, ast.Try)):
        return _targets(node.test) if hasattr(node, "test") else [one.name for one in node.handlers if one.name]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return _targets(node.target)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [name for item in node.items for name in _targets(item)]
    captures = [one.name or getattr(one, "rest", None) for one in ast.walk(node) if isinstance(one, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)) and hasattr(one, "name")]
    return _targets(node) + [name for name in captures if name]


@functools.lru_cache(maxsize=None)  # most questions look at all of every module
def nodes(tree):
    """All nodes of a module, as ast.walk has them."""
    return list(ast.walk(tree))


@functools.lru_cache(maxsize=None)  # every name of a module is asked for
def may_bind_any(tree):
    for node in nodes(tree):
        if isinstance(node, ast.Global) or (isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)):
            return True
        name = getattr(node, "id", None) or getattr(node, "attr", None) or (node.name if isinstance(node, FUNCTIONS) else None)
        if name in _DYNAMIC or name in _BUILTINS and (not isinstance(node, ast.Attribute) or getattr(node.value, "id", None) in ("builtins", "__builtins__", "sys")):
            return True
    return False


def binders(tree, name):
    """The statements that bind the name when the module is imported, each with whether it only runs as a program."""
    return _all_binders(tree).get(name, [])


@functools.lru_cache(maxsize=None)
def _all_binders(tree):
    found = {}
    for node, guarded in _own(tree.body):
        for name in set(_bound(node)):
            found.setdefault(name, []).append((node, guarded))
    return found


def binds(tree, name):
    """False only where the module certainly has no such name once it is imported."""
    return may_bind_any(tree) or any(not guarded for _, guarded in binders(tree, name))


def _required(function):
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    return [one.arg for one in plain[: len(plain) - len(given.defaults)]] + [
        one.arg for one, default in zip(given.kwonlyargs, given.kw_defaults) if default is None
    ]


# Objects that are taken for applications, and what to name instead.
_WRAPS = {
    ("mangum", "Mangum"): "",
    ("dash", "Dash"): "write server = app.server, name that, and set app.interface: wsgi",
    ("celery", "Celery"): "name the application that answers requests; workers of queues are not run here",
    ("typer", "Typer"): "name the application that answers requests",
}

_OTHERWISE = "write the application with FastAPI, Starlette or another framework that makes ASGI or WSGI applications"
# What brings a server of its own, and what to name in its place.
_SERVERS = {
    **dict.fromkeys([("aiohttp", "web.Application"), ("tornado", "web.Application"), ("bentoml", "Service"), ("robyn", "Robyn"), ("socketify", "App"), ("litserve", "LitServer"), ("grpc", "server"), ("grpc", "aio.server")], _OTHERWISE),
    **dict.fromkeys([("mcp", "server.fastmcp.FastMCP"), ("fastmcp", "FastMCP")], "name the ASGI application that it makes (streamable_http_app(), of fastmcp http_app())"),
}
_OWN_SERVERS = {package for package, _ in _SERVERS} | {"gradio", "ray"}

# Of gradio.
_PAGES = ("Interface", "Blocks", "ChatInterface", "TabbedInterface")


@functools.lru_cache(maxsize=None)  # asked for every call
def _imported(tree):
    """What each name means that the module imports."""
    names = {alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0] for one in tree.body if isinstance(one, ast.Import) for alias in one.names}
    names |= {alias.asname or alias.name: f"{one.module}.{alias.name}" for one in tree.body if isinstance(one, ast.ImportFrom) and one.module and not one.level for alias in one.names}
    return names


def origin(tree, node):
    """The whole name of what an expression such as `web.Application` means, by the imports of the module."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(_imported(tree).get(getattr(node, "id", ""), getattr(node, "id", "")))
    return ".".join(reversed(parts))


def is_page(tree, maker):
    return terminal(maker) in _PAGES and origin(tree, maker).startswith("gradio.")


def _returned(tree, call):
    """What a function of the module returns that is called without anything; None of any other call."""
    found = [one for one, _ in binders(tree, call.func.id)] if isinstance(call.func, ast.Name) else []
    return made_in(found[0]) if len(found) == 1 and isinstance(found[0], FUNCTIONS) else None


def made_in(function):
    """The call whose object a function returns, by its one name or as it stands; None in place of what is not known."""
    returns = [one.value for one in ast.walk(function) if isinstance(one, ast.Return)]
    value = returns[0] if len(returns) == 1 else None
    if isinstance(value, ast.Name):
        given = [one for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id == value.id]
        made = [one.value for one in function.body if isinstance(one, ast.Assign) and value.id in [getattr(target, "id", None) for target in one.targets]]
        value = made[0] if len(given) == len(made) == 1 else None
    return value if isinstance(value, ast.Call) else None


def _no_asgi(tree, node, factory=False):
    """(what makes something that is neither ASGI nor WSGI, what to do instead); None of anything else."""
    if isinstance(node, ast.ClassDef):
        made_by = [origin(tree, one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]
        return ("bentoml", _OTHERWISE) if "bentoml.service" in made_by else None
    if factory and isinstance(node, ast.FunctionDef):
        value = made_in(node)
    else:
        value = node.items[0].context_expr if isinstance(node, ast.With) and len(node.items) == 1 else getattr(node, "value", None)
    if not isinstance(value, ast.Call):
        return None
    if terminal(value.func) == "bind" and any(isinstance(one, (ast.Import, ast.ImportFrom)) and "'ray" in ast.dump(one) for one in tree.body):
        return "ray", _OTHERWISE
    value = _returned(tree, value) or value
    if is_page(tree, value.func):
        return "gradio", f"write app = gr.mount_gradio_app(FastAPI(), {(_bound(node) or ['demo'])[0]}, path=\"/\"), and name that"
    package, _, made = origin(tree, value.func).partition(".")
    if (package, made) in _WRAPS:
        inner = value.args[0].id if value.args and isinstance(value.args[0], ast.Name) else "the application"
        return package, f"name what it is made of ({inner})" if made == "Mangum" else _WRAPS[package, made]
    if (package, made) in _SERVERS:
        return package, _SERVERS[package, made]
    return None


# Middleware that passes a plain GET on, or refuses it, and answers no path of the application's own.
PASSES = ("CORSMiddleware", "GZipMiddleware", "TrustedHostMiddleware", "SessionMiddleware", "HTTPSRedirectMiddleware", "CorrelationIdMiddleware")


def keyword(call, *names):
    return next((one.value for one in call.keywords if one.arg in names), None)


def is_get(call):
    """Whether what registers a route may do so for GET."""
    methods = keyword(call, "methods")
    # A name may stand for any list.
    return methods is None or "'GET'" in ast.dump(methods).upper() or not isinstance(methods, (ast.List, ast.Tuple, ast.Set)) or not all(isinstance(one, ast.Constant) for one in methods.elts)


def terminal(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def text_of(node):
    """The text that an expression is as it stands; None of any other."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def reads_variable(call):
    """Whether a call reads an environment variable that may be missing: os.getenv and os.environ.get."""
    called, owner = terminal(call.func), getattr(call.func, "value", None)
    return called == "getenv" or called == "get" and terminal(owner) == "environ"


def _other_kind(node, interface):
    """(what a function is, what to do instead) where uvicorn would call it by another interface's arguments."""
    given = node.args
    count = len(given.posonlyargs) + len(given.args)
    if node.decorator_list or given.vararg is not None or given.kwonlyargs or given.defaults:
        return None
    if interface == "asgi" and isinstance(node, ast.FunctionDef) and count == 2:
        return "a function of WSGI (two parameters), and uvicorn calls it as ASGI", "write app.interface: wsgi"
    if interface == "wsgi" and isinstance(node, ast.AsyncFunctionDef) and count == 3:
        return "a function of ASGI (async, three parameters), and uvicorn calls it as WSGI", "remove app.interface"
    return None


def entry_problems(tree, attribute, factory, interface):
    """The same of the name that uvicorn takes of the application's module."""
    name = attribute.partition(".")[0]
    found = binders(tree, name)
    if may_bind_any(tree):
        return
    if not found:
        yield 1, f"never gives {name} a value", "write app = FastAPI(), or name the object in app.module that there is"
        return
    own = [node for node, guarded in found if not guarded]
    if not own:
        why = f'makes {name} only where the file is run as a program (if __name__ == "__main__"), so uvicorn would not find it'
        yield found[0][0].lineno, why, "move the line out of that block"
        return
    [node, *others] = own
    if others or name != attribute:
        return
    other = _no_asgi(tree, node, factory)
    if other is not None:
        yield node.lineno, f"makes {name} with {other[0]}, {'which brings a server of its own and' if other[0] in _OWN_SERVERS else 'which'} is no application that uvicorn can serve", other[1]
    elif isinstance(node, FUNCTIONS) and not factory and _other_kind(node, interface) is not None:
        kind, instead = _other_kind(node, interface)
        yield node.lineno, f"has {name} as {kind}", instead
    elif isinstance(node, ast.AsyncFunctionDef) and factory:
        yield node.lineno, f"has {name} as an async function, which gives uvicorn a coroutine and no application", f"write def {name}() without async"
    elif isinstance(node, ast.FunctionDef) and factory and not node.decorator_list and _required(node):
        needs = " and ".join(_required(node))
        yield node.lineno, f"has {name} with parameters that have to be given ({needs}), and uvicorn gives none", "give them defaults, or write a function that needs nothing"
    elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, (ast.Constant, ast.List, ast.Dict, ast.JoinedStr)):
        yield node.lineno, f"has {name} as a plain value, which is no application", "give it what FastAPI(), Flask() or the like makes"
