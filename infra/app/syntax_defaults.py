"""Texts and paths that an expression has where no setting says otherwise: defaults of environment variables and of pydantic-settings. Standard library only."""

import ast

from syntax_fields import field_of, is_plain
from syntax_names import reads_variable
from syntax_settings import variable_of
from syntax_values import Values


class Defaults(Values):
    """variables: those of which a default was taken, in the last text."""

    def __init__(self, values):
        super().__init__(values.folder, values.modules)
        self.known, self.variables = values.known, []

    def of(self, path, node, hidden):
        """(text, variables)"""
        self.variables = []
        found = self.text(path, node, hidden)
        return (None, []) if found is None else (found, self.variables)

    def text(self, path, node, hidden=(), depth=0):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2 and (variable := self._variable(path, node.values[0], 1)):
            return self._default(path, variable, node.values[1], hidden, depth)
        if variable := self._variable(path, node, 2):
            return self._default(path, variable, node.args[1], hidden, depth)
        return super().text(path, node, hidden, depth)

    def _variable(self, path, node, count):
        """The variable that a call reads with so many arguments; None of any other."""
        read = isinstance(node, ast.Call) and reads_variable(node) and len(node.args) == count and not node.keywords
        return super().text(path, node.args[0]) if read else None

    def _default(self, path, variable, node, hidden, depth):
        found = self.text(path, node, hidden, depth + 1)
        self.variables.append(variable)
        return found

    def _field(self, path, node):
        found = field_of(self, path, node) if isinstance(node, ast.Attribute) else None
        if found is None or is_plain(found[1]):
            return super()._field(path, node)
        variable, default = variable_of(found[1], found[2])
        if default is None:
            return None
        self.variables.append(variable)
        return found[0], default
