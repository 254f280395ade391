"""A small evaluator over Python's own syntax tree: nothing in it can hang or reach outside.

Every number, text and list that it makes is capped; it knows no attributes and eight functions.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from lrcards.diagnostics import did_you_mean
from lrcards.model import Json
from lrcards.values.agree import Exactness, close
from lrcards.values.grammar import Problem, tree_of

_MOST_BITS = 1000  # whatever comes out fits a float
_MOST_ITEMS = 100_000
_MOST_DIGITS = 300
_DEEPEST = 20
_EXACT = Exactness()
# Made once: a union is built anew wherever it is written, which is all that a long list costs.
_SIZED = (str, list, dict)

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}


class _WrongError(Exception):
    def __init__(self, node: ast.AST, code: str, message: str, help_: str = "") -> None:
        super().__init__(message)
        at = getattr(node, "col_offset", 0)
        width = max(1, getattr(node, "end_col_offset", at + 1) - at)
        self.problem = Problem(code, message, help_, at, width)


def evaluate(
    expression: str, scope: Mapping[str, Json], rule: Exactness = _EXACT
) -> Json | Problem:
    """Compute an expression that parse() has accepted, from the names in `scope`."""
    tree = tree_of(expression)
    if isinstance(tree, Problem):
        return tree
    try:
        value: Json = _Evaluator(scope, rule).visit(tree.body)
    except _WrongError as wrong:
        return wrong.problem
    except RecursionError:
        return Problem("expression-too-big", "the expression is nested too deep")
    return value


class _Evaluator:
    def __init__(self, scope: Mapping[str, Json], rule: Exactness) -> None:
        self.scope = scope
        self.functions: Mapping[str, Callable[..., Any]] = {
            "abs": abs,
            "close": lambda a, b: close(a, b, rule),
            "len": len,
            "max": max,
            "min": min,
            "round": _round,
            "sorted": sorted,
            "sum": _sum,
        }

    def visit(self, node: ast.expr) -> Any:
        handler = getattr(self, f"on_{type(node).__name__.lower()}", None)
        if handler is None:
            raise _WrongError(
                node, "bad-expression", f"{type(node).__name__} is not allowed in a value"
            )
        try:
            value = handler(node)
        except (TypeError, ValueError, KeyError, IndexError, ArithmeticError) as error:
            raise _WrongError(node, "bad-expression", _said(error)) from None
        return self.capped(node, value)

    def capped(self, node: ast.expr, value: Any) -> Any:
        if isinstance(value, complex):
            raise _WrongError(node, "bad-expression", "the result is a complex number")
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise _WrongError(node, "expression-too-big", "the number is too big")
        if isinstance(value, _SIZED) and _weight(value, _MOST_ITEMS) > _MOST_ITEMS:
            raise _WrongError(node, "expression-too-big", "the result is too long")
        return value

    def on_constant(self, node: ast.Constant) -> Any:
        return node.value

    def on_name(self, node: ast.Name) -> Json:
        if node.id in self.scope:
            return self.scope[node.id]
        hint = did_you_mean(node.id, self.scope) or "bind a snippet with `use: NAME`"
        raise _WrongError(node, "missing-name", f"there is no name '{node.id}'", hint)

    def on_list(self, node: ast.List) -> list[Json]:
        return [self.visit(item) for item in node.elts]

    def on_tuple(self, node: ast.Tuple) -> list[Json]:
        return [self.visit(item) for item in node.elts]

    def on_dict(self, node: ast.Dict) -> dict[Any, Json]:
        pairs = zip(node.keys, node.values, strict=True)
        return {self.visit(key): self.visit(value) for key, value in pairs if key is not None}

    def on_subscript(self, node: ast.Subscript) -> Any:
        holder = self.visit(node.value)
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            return holder[slice(*(None if end is None else self.visit(end) for end in ends))]
        return holder[self.visit(node.slice)]

    def on_binop(self, node: ast.BinOp) -> Any:
        left, right = self.visit(node.left), self.visit(node.right)
        _refuse_bombs(node, left, right)
        return _BINARY[type(node.op)](left, right)

    def on_unaryop(self, node: ast.UnaryOp) -> Any:
        return _UNARY[type(node.op)](self.visit(node.operand))

    def on_boolop(self, node: ast.BoolOp) -> Any:
        wanted = isinstance(node.op, ast.Or)
        value: Any = None
        for part in node.values:
            value = self.visit(part)
            if bool(value) is wanted:
                break
        return value

    def on_compare(self, node: ast.Compare) -> bool:
        left = self.visit(node.left)
        for compare, part in zip(node.ops, node.comparators, strict=True):
            right = self.visit(part)
            if not _COMPARE[type(compare)](left, right):
                return False
            left = right
        return True

    def on_call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return self.functions[name](*(self.visit(argument) for argument in node.args))


def _refuse_bombs(node: ast.BinOp, left: Any, right: Any) -> None:
    """Refuse what would be too big before Python begins to compute it."""
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        raise _WrongError(node, "bad-expression", "% on text is not allowed")
    powers = isinstance(node.op, ast.Pow) and isinstance(left, int) and isinstance(right, int)
    if powers and left.bit_length() * abs(right) > _MOST_BITS:
        raise _WrongError(node, "expression-too-big", "the power is too big")
    if isinstance(node.op, ast.Mult) and max(_repeated(left, right), _repeated(right, left)) > (
        _MOST_ITEMS
    ):
        raise _WrongError(node, "expression-too-big", "the result is too long")


def _repeated(items: Any, times: Any) -> int:
    """Return how long text or a list would get by being multiplied."""
    if not isinstance(items, str | list) or not isinstance(times, int):
        return 0
    return _weight(items, _MOST_ITEMS) * times


def _weight(value: Any, most: int, depth: int = 0) -> int:
    """Count elements and letters, those of nested lists included; stops soon after `most`.

    A list may hold one other list many times: what is short to write can be endless to walk.
    """
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, list | dict):
        return 1
    if depth > _DEEPEST:
        return most + 1
    total = len(value)
    for one in value if isinstance(value, list) else (*value, *value.values()):
        if total > most:
            break
        if isinstance(one, _SIZED):
            total += _weight(one, most - total, depth + 1)
    return total


def _sum(numbers: Any, start: Any = 0) -> Any:
    """Add numbers: adding lists up is slow, and no value needs it."""
    if any(isinstance(one, list | str) for one in (start, *numbers)):
        raise TypeError("sum takes a list of numbers")
    return sum(numbers, start)


def _round(number: Any, digits: int = 0) -> Any:
    if abs(digits) > _MOST_DIGITS:
        raise ValueError(f"round takes at most {_MOST_DIGITS} digits")
    return round(number, digits) if digits else round(number)


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"there is no key {error}"
    if isinstance(error, IndexError):
        return "there is no element with that number"
    return str(error)
