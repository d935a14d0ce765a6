"""What a module does when it is imported that ends it: told from its syntax tree. Standard library only."""

import ast

from syntax_calls import certain_calls, dotted
from syntax_names import FUNCTIONS, terminal

def _parsers(tree):
    return [one.targets[0].id for one in tree.body if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and isinstance(one.value, ast.Call) and terminal(one.value.func) == "ArgumentParser"]


def ends(tree):
    """(line, what is wrong, what to do instead): what ends the process, or the import, whenever the module is imported."""
    guard = 'put the line below `if __name__ == "__main__":`'
    own = [node.name for node in tree.body if isinstance(node, FUNCTIONS)]
    for node in tree.body:
        if isinstance(node, ast.Raise):
            yield node.lineno, "raises an exception whenever it is imported", "remove the line, or put it below its condition"
        for call in certain_calls([node]):
            owner, name = dotted(call)
            if (owner, name) in (("sys", "exit"), ("os", "_exit")) or (owner is None and isinstance(call.func, ast.Name) and name in ("exit", "quit") and name not in own):
                yield call.lineno, f"ends the program ({name}) when it is imported", f"{guard}, or remove it"
            elif name == "parse_args" and not call.args and not call.keywords and (owner in _parsers(tree) or owner is None and "ArgumentParser" in ast.dump(call.func)):
                why = "reads the command line when it is imported, which is uvicorn's there, and ends at what it does not know"
                yield call.lineno, why, f"{guard}, and take settings from environment variables"
