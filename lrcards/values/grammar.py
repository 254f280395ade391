"""The value grammar: `expression [: format] [-> literal]`, and what an expression may hold."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

FUNCTIONS = ("abs", "close", "len", "max", "min", "round", "sorted", "sum")
_LONGEST = 1000
_WIDEST = 64
_REMEMBERED = 10_000
_FORMAT = re.compile(
    r"(?:[^{}]?[<>=^])?[-+ ]?z?#?0?(?P<width>\d*)[,_]?(?:\.(?P<precision>\d+))?[bcdeEfFgGnosxX%]?"
)
_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.List, ast.Tuple, ast.Dict,
    ast.Subscript, ast.Slice, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv,
    ast.Mod, ast.Pow, ast.UnaryOp, ast.UAdd, ast.USub, ast.Not, ast.BoolOp, ast.And, ast.Or,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Call,
)  # fmt: skip
_CONSTANTS = (bool, int, float, str, type(None))
_ALLOWED_HELP = (
    "use literals, names, [ ], + - * / // % **, comparisons, and or not, and the functions "
    + " ".join(FUNCTIONS)
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An author's mistake in a value; `at` and `width` place it in the text that was parsed."""

    code: str
    message: str
    help: str = ""
    at: int = 0
    width: int = 1


@dataclass(frozen=True, slots=True)
class Value:
    """A parsed value; `literal_at` and `expression_at` are offsets in `text`."""

    text: str
    expression: str
    format: str | None = None
    literal: str | None = None
    expression_at: int = 0
    literal_at: int = 0


# Pure, and asked for the same text once a variant: remembered.
@lru_cache(maxsize=_REMEMBERED)
def parse(text: str) -> Value | Problem:
    """Cut a value into expression, format and literal, and check the form of each."""
    arrow, colon = _separators(text)
    literal = None if arrow is None else text[arrow + 4 :].strip()
    head = text if arrow is None else text[:arrow]
    format_ = None if colon is None else head[colon + 1 :].strip()
    expression = (head if colon is None else head[:colon]).strip()
    literal_at = 0 if arrow is None else arrow + 4 + _indent(text[arrow + 4 :])
    if literal == "":
        return Problem("bad-value", "nothing stands behind ->", "write the number", len(text) - 1)
    if format_ == "":
        at = colon or 0
        return Problem("bad-value", "nothing stands behind the colon", "write .4f or so", at)
    at = _indent(text)
    value = Value(text, expression, format_, literal, at, literal_at)
    problem = (format_ and _check_format(format_, (colon or 0) + 1)) or _check(expression, at)
    return problem or value


def names(expression: str) -> frozenset[str]:
    """Return the names that an expression reads; functions do not count."""
    return frozenset(name for name, _ in reads(expression))


@lru_cache(maxsize=4096)
def reads(expression: str) -> frozenset[tuple[str, str]]:
    """Return what an expression reads: a name with `""`, or with the key in `name["key"]`."""
    tree = tree_of(expression)
    if isinstance(tree, Problem):
        return frozenset()
    keyed = {
        id(node.value): node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }
    return frozenset(
        (node.id, keyed.get(id(node), ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id not in FUNCTIONS
    )


def trace_element(expression: str) -> tuple[str, int] | None:
    """Return `("lr", 3)` for `lr[3]`: a name with one whole number in brackets; else None."""
    match = re.fullmatch(r"([A-Za-z_]\w*)\s*\[\s*(-?\d{1,9})\s*\]", expression.strip())
    return (match[1], int(match[2])) if match else None


@lru_cache(maxsize=_REMEMBERED)
def tree_of(expression: str) -> ast.Expression | Problem:
    """Parse an expression by Python's own grammar; too long and too deep ones are problems."""
    if len(expression) > _LONGEST:
        return Problem("expression-too-big", f"the expression is longer than {_LONGEST} letters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `1 is 1` and the like; such nodes are refused below
            return ast.parse(expression, mode="eval")
    except SyntaxError as error:
        at = max(0, (error.offset or 1) - 1)
        return Problem("bad-expression", f"not an expression: {error.msg}", _ALLOWED_HELP, at)
    except (RecursionError, MemoryError):
        return Problem("expression-too-big", "the expression is nested too deep")
    except ValueError as error:
        return Problem("bad-expression", f"not an expression: {error}")


def _separators(text: str) -> tuple[int | None, int | None]:
    """Find the first ` -> ` and, before it, the first `:` outside quotes and brackets."""
    colon: int | None = None
    for index in _outside(text):
        if text.startswith(" -> ", index) or (text.endswith(" ->") and index == len(text) - 3):
            return index, colon
        if text[index] == ":" and colon is None:
            colon = index
    return None, colon


def _outside(text: str) -> Iterator[int]:
    quote = ""
    depth = 0
    skip = False
    for index, char in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield index


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _check_format(format_: str, at: int) -> Problem | None:
    match = _FORMAT.fullmatch(format_)
    hint = "write a Python format such as .4f, .3g or .2e"
    if not match:
        return Problem("bad-format", f"'{format_}' is no format", hint, at, len(format_))
    sizes = [int(size[:9]) for size in (match["width"], match["precision"]) if size]
    if any(size > _WIDEST for size in sizes):
        return Problem("bad-format", f"a format is at most {_WIDEST} wide", hint, at, len(format_))
    return None


def _check(expression: str, at: int) -> Problem | None:
    if not expression:
        return Problem("bad-value", "there is no expression", "write one, such as lr[3]")
    tree = tree_of(expression)
    if isinstance(tree, Problem):
        return Problem(tree.code, tree.message, tree.help, at + tree.at)
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        message = _forbidden(node, functions)
        if message:
            column = at + getattr(node, "col_offset", 0)
            width = getattr(node, "end_col_offset", 1) - getattr(node, "col_offset", 0)
            return Problem("bad-expression", message, _ALLOWED_HELP, column, max(1, width))
    return None


def _forbidden(node: ast.AST, functions: set[int]) -> str:
    match node:
        case ast.Attribute():
            return f"attributes are not allowed: .{node.attr}"
        case ast.Call():
            return _bad_call(node)
        case ast.Name(id=name) if name in FUNCTIONS and id(node) not in functions:
            return f"'{name}' is a function: call it with ( )"
        case ast.Constant(value=value) if not isinstance(value, _CONSTANTS):
            return f"a {type(value).__name__} is not allowed here"
    if isinstance(node, _ALLOWED) and not (isinstance(node, ast.Dict) and None in node.keys):
        return ""
    return f"{type(node).__name__} is not allowed in a value"


def _bad_call(node: ast.Call) -> str:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        name = node.func.id if isinstance(node.func, ast.Name) else type(node.func).__name__
        return f"the call {name[:40]}(...) is not allowed"
    if node.keywords:
        return f"{node.func.id} takes no named arguments here"
    return ""
