"""Which calls a module certainly makes when it is imported or its application starts: told from syntax trees. Standard library only."""

import ast
import functools

from syntax_names import FUNCTIONS, nodes, terminal
from syntax_values import asked_for

# No name of Python's own can be this one.
DEMANDS = "<demands>"

# Decorators of what runs when the application starts: FastAPI and Starlette (on_event), Quart, Sanic, BlackSheep.
_STARTS = ("before_serving", "before_server_start", "after_server_start", "on_start", "after_start")
_EVENTS = ("on_event", "listener")
_NAMED_EVENTS = ("startup", "before_server_start", "after_server_start")


def certain_calls(body, decides=None):
    """
    Calls that these statements make whenever they run; what is in functions, conditions and comprehensions may never run.
    @param decides: whether a condition is True or False, where the folder alone says it; else None
    """
    for node in body:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            tolerant = any("suppress" in ast.dump(item.context_expr) for item in node.items)
            if not tolerant:
                yield from _calls_of([item.context_expr for item in node.items])
                yield from certain_calls(node.body, decides)
        elif isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)):
            yield from _calls_of([node.value])
        chosen = chosen_of(node, decides)
        if chosen is not None:
            yield from [demand_of(node.test)] if chosen and ends(chosen[-1]) else []
            yield from certain_calls(chosen, decides)
        # What follows a lifespan's yield runs when the service stops.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
            return
        # What follows may not be reached.
        if isinstance(node, ast.Raise) or _may_return([node] if chosen is None else chosen) or chosen and isinstance(chosen[-1], ast.Raise):
            return


def _may_return(body):
    kinds = (ast.Return, ast.If, ast.Try, ast.For, ast.While, ast.With)
    return any(isinstance(node, kinds) and any(isinstance(one, ast.Return) for one in ast.walk(node)) for node in body)


def ends(node):
    """Whether a statement is an exception or the end of the program."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, ast.Raise) or isinstance(call, ast.Call) and terminal(call.func) in ("exit", "_exit", "quit")


@functools.lru_cache(maxsize=None)  # calls are told apart by their identity
def demand_of(test):
    """A call that stands for a file without which the code ends, made of the condition that asks whether it is there."""
    while isinstance(test, ast.UnaryOp):
        test = test.operand
    return ast.copy_location(ast.Call(ast.Name(DEMANDS, ast.Load()), [asked_for(test)], []), test)


def chosen_of(node, decides):
    """The branch of a condition that the folder decides; None of any other statement."""
    if not isinstance(node, ast.If) or decides is None:
        return None
    found = decides(node.test)
    return None if found is None else node.body if found else node.orelse


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
    """(function of the module, or what names one) of each that runs when an application starts: its lifespan, and what its events name."""
    for node in nodes(tree):
        if isinstance(node, ast.Call):
            yield from (each for one in node.keywords if one.arg in ("lifespan", "on_startup") for each in _each(one.value))
            if terminal(node.func) == "add_event_handler" and len(node.args) == 2 and getattr(node.args[0], "value", None) == "startup":
                yield node.args[1]
        elif isinstance(node, FUNCTIONS) and any(_is_event(one) for one in node.decorator_list):
            yield node


def _each(node):
    return node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]


def _is_event(decorator):
    name = terminal(decorator.func if isinstance(decorator, ast.Call) else decorator)
    if name in _EVENTS:
        return isinstance(decorator, ast.Call) and len(decorator.args) > 0 and getattr(decorator.args[0], "value", None) in _NAMED_EVENTS
    owner = decorator.func if isinstance(decorator, ast.Call) else decorator
    return name in _STARTS and isinstance(owner, ast.Attribute)


def dotted(call):
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return terminal(owner) if isinstance(owner, ast.Name) else None, terminal(call.func)
