"""What an application does when it is imported or starts that ends it, or from which it never returns: told from syntax trees. Standard library only."""

import ast
from itertools import chain

from syntax_names import binders, is_page, keyword, nodes, origin, terminal
from syntax_values import local_of

_GUARD = 'put the line below `if __name__ == "__main__":`'
_ENDS = ("sys.exit", "os._exit", "exit", "quit")
# They read the command line, which is uvicorn's.
_COMMAND_LINES = ("fire.Fire", "absl.app.run", "tyro.cli", "docopt.docopt")
_ASKS = ("input", "getpass.getpass")
# They return when the server has ended.
_SERVERS = ("uvicorn.run", "waitress.serve", "aiohttp.web.run_app", "bottle.run", "cherrypy.quickstart", "hypercorn.run", "eventlet.wsgi.server")
_WAITS = ("serve_forever", "wait_for_termination", "start_consuming")
_HAVE_A_SERVER = ("Flask", "Quart", "Bottle", "Sanic", "Dash", "Robyn", "APIFlask")
_DEPTH = 6


def raises(tree):
    """(line, what is wrong, what to do instead): what ends the import whenever it comes to the module's own level."""
    for node in tree.body:
        if isinstance(node, ast.Raise):
            yield node.lineno, "raises an exception whenever it is imported", "remove the line, or put it below its condition"
        elif isinstance(node, ast.While) and getattr(node.test, "value", None) in (True, 1) and not any(isinstance(one, (ast.Break, ast.Raise)) for one in ast.walk(node)):
            yield node.lineno, "goes round in a loop that never ends when it is imported, and uvicorn would wait for that for ever", f"{_GUARD}, or do it in a thread"


class Ends:
    """What the calls that certainly run (syntax_followed.py) do to the process. values: syntax_values.py"""

    def __init__(self, values, runs):
        self.values, self.runs = values, runs

    def found(self):
        """(path, line, what is wrong, what to do instead) of each."""
        seen = set()
        for at, file, call, names in chain.from_iterable(self.runs.values()):
            wrong = None if id(call) in seen else self._one(file, call, names, "when it is imported" if at == "import" else "when it starts")
            if wrong is not None:
                seen.add(id(call))
                yield (file, call.lineno, *wrong)

    def _one(self, path, call, names, when):
        tree = self.values.folder.parsed(path)
        whole = origin(tree, call.func)
        name = whole.rpartition(".")[2]
        if whole in _ENDS and not binders(tree, whole):
            return f"ends the program ({name}) {when}", f"{_GUARD}, or remove it"
        if self._reads_command_line(path, call, names, whole):
            return f"reads the command line {when}, which is uvicorn's there, and ends at what it does not know", f"{_GUARD}, and take settings from environment variables"
        if whole in _ASKS and not binders(tree, "input"):
            return f"waits for somebody to type ({name}) {when}, and a service has no terminal, so it ends there", "take it from an environment variable"
        server = self._server(path, call, names, whole)
        if server is not None:
            return f"runs {server} {when}, and the service's own uvicorn would wait for that for ever", f"{_GUARD}, or remove it"
        return None

    def _reads_command_line(self, path, call, names, whole):
        if whole in _COMMAND_LINES:
            return not call.args[1:] and keyword(call, "command", "argv", "args") is None
        if terminal(call.func) != "parse_args" or call.args or call.keywords or not isinstance(call.func, ast.Attribute):
            return False
        made = self._maker(path, call.func.value, names)
        return made is not None and terminal(made[1].func) == "ArgumentParser"

    def _maker(self, path, node, names, depth=0):
        """(file, call) that made an object; None in place of what is not known."""
        if depth > _DEPTH or isinstance(node, ast.Call):
            return (path, node) if isinstance(node, ast.Call) else None
        local = local_of(node, names)
        if local is not None:
            return self._maker(*local, depth + 1)
        if not isinstance(node, ast.Name) or node.id in names:
            return None
        found = self.values.assigned(path, node)
        if found is not None:
            return self._maker(*found, {}, depth + 1)
        opened = self.values.binder(path, node.id)
        page = opened.items[0].context_expr if isinstance(opened, ast.With) and len(opened.items) == 1 else None
        return (path, page) if isinstance(page, ast.Call) else None

    def _server(self, path, call, names, whole):
        """The call of a server that does not return before it has ended; None of any other."""
        method, owner = terminal(call.func), call.func.value if isinstance(call.func, ast.Attribute) else None
        if whole in _SERVERS and not self.values.folder.has(whole.partition(".")[0]):
            return f"{whole}()"
        if owner is None or method not in (*_WAITS, "run", "launch"):
            return None
        shown = f"{owner.id if isinstance(owner, ast.Name) else '…'}.{method}()"
        if method in _WAITS:
            return shown if method != "start_consuming" or any("pika" in ast.dump(one) for one in nodes(self.values.folder.parsed(path)) if isinstance(one, (ast.Import, ast.ImportFrom))) else None
        # A page of Gradio goes on by `queue()`.
        while isinstance(owner, ast.Call) and terminal(owner.func) == "queue" and isinstance(owner.func, ast.Attribute):
            owner = owner.func.value
        file, made = self._maker(path, owner, names) or (None, None)
        if made is None:
            return None
        tree = self.values.folder.parsed(file)
        maker = origin(tree, made.func)
        if self.values.folder.has(maker.partition(".")[0] or "."):
            return None
        if method == "launch":
            return shown if is_page(tree, made.func) and getattr(keyword(call, "prevent_thread_lock"), "value", False) is not True else None
        return shown if maker.rpartition(".")[2] in _HAVE_A_SERVER or maker == "uvicorn.Server" else None
