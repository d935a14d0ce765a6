"""Which calls a module certainly makes when it is imported or its application starts: told from syntax trees. Standard library only."""

import ast

from syntax_names import FUNCTIONS, nodes, terminal


def certain_calls(body):
    """Calls that these statements make whenever they run; what is in functions, conditions and comprehensions may never run."""
    for node in body:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            tolerant = any("suppress" in ast.dump(item.context_expr) for item in node.items)
            if not tolerant:
                yield from _calls_of([item.context_expr for item in node.items])
                yield from certain_calls(node.body)
        elif isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)):
            yield from _calls_of([node.value])
        # What follows a lifespan's yield runs when the service stops.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
            return
        # What follows may not be reached.
        if isinstance(node, (ast.Return, ast.If, ast.Try, ast.For, ast.While, ast.With)) and any(isinstance(one, ast.Return) for one in ast.walk(node)):
            return


def evaluated(parts):
    """What is evaluated whenever these expressions are; what is in conditions and comprehensions may never be."""
    parts = list(parts)
    while parts:
        part = parts.pop()
        if isinstance(part, (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)) or part is None:
            continue
        yield part
        parts += ast.iter_child_nodes(part)


def _calls_of(parts):
    return (part for part in evaluated(parts) if isinstance(part, ast.Call))


def starting(tree):
    """Functions of a module that run when its application starts: its lifespan, and what its events name."""
    names = set()
    for node in nodes(tree):
        for one in node.keywords if isinstance(node, ast.Call) else []:
            inside = one.value.elts if isinstance(one.value, (ast.List, ast.Tuple)) else [one.value]
            if one.arg in ("lifespan", "on_startup"):
                names |= {terminal(each) for each in inside}
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            events = any(isinstance(one, ast.Call) and terminal(one.func) == "on_event" and one.args and getattr(one.args[0], "value", None) == "startup" for one in node.decorator_list)
            if events or node.name in names:
                yield node


def dotted(call):
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return terminal(owner) if isinstance(owner, ast.Name) else None, terminal(call.func)
