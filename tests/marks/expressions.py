"""Expressions of QTI response processing: the operators that our writers use, by the standard."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

Scalar: TypeAlias = str | float | bool
Value: TypeAlias = "Scalar | tuple[Scalar, ...] | Bag | None"  # a tuple is ordered
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d+")


class Bag(list[Scalar]):
    """A container of multiple cardinality: the order of its values means nothing."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bag) and sorted(map(str, self)) == sorted(map(str, other))

    __hash__ = None


def parsed(text: str, base: str) -> Value:
    """Return a typed or written text as a value of a base type; NULL where it is none."""
    match base:
        case "float":
            bare = text.strip()
            return float(bare) if _FLOAT.fullmatch(bare) else None
        case "integer":
            return int(text) if _INTEGER.fullmatch(text.strip()) else None
        case "boolean":
            return text.strip() in {"true", "1"}
        case "pair" | "directedPair":
            return " ".join(text.split())
    return text or None


def truth(value: Value) -> bool:
    """Tell whether a condition holds: NULL does not."""
    return value is True


class Scope:
    """The variables of one attempt."""

    def __init__(self, item: Any, responses: dict[str, Value]) -> None:
        self.item = item
        self.values: dict[str, Value] = {}
        for declared in item.iterfind("outcomeDeclaration"):
            self.values[declared.get("identifier")] = _initial(declared)
        self.values |= responses
        self.values["completionStatus"] = "unknown"

    def correct(self, name: str) -> Value:
        declared = self.response(name)
        return _written(declared, declared.find("correctResponse"))

    def response(self, name: str) -> Any:
        (found,) = self.item.xpath("responseDeclaration[@identifier=$name]", name=name)
        return found

    def mapped(self, name: str) -> float:
        """Map a response: each different value once, within the bounds of the mapping."""
        declared, given = self.response(name), self.values[name]
        mapping = declared.find("mapping")
        if mapping is None:
            raise ValueError(f"no mapping for {name}")
        values = [] if given is None else dict.fromkeys(_many(given))
        total = sum(_entry(mapping, one, declared.get("baseType")) for one in values)
        for limit, bound in ((max, "lowerBound"), (min, "upperBound")):
            if mapping.get(bound) is not None:
                total = limit(total, float(mapping.get(bound)))
        return float(total)


def _entry(mapping: Any, value: Scalar, base: str) -> float:
    for entry in mapping.iterfind("mapEntry"):
        key: Any = parsed(entry.get("mapKey"), base)
        other: Any = value
        if base == "string" and not _cased(entry):
            key, other = str(key).casefold(), str(other).casefold()
        if key == other:
            return float(entry.get("mappedValue"))
    return float(mapping.get("defaultValue") or 0)


def _cased(entry: Any) -> bool:
    if entry.get("caseSensitive") is None:
        raise ValueError("a mapped text must say whether case matters: engines take it differently")
    return bool(entry.get("caseSensitive") == "true")


def _initial(declared: Any) -> Value:
    value = _written(declared, declared.find("defaultValue"))
    if value is None and declared.get("baseType") in {"float", "integer"}:
        return 0.0  # the standard: numeric outcomes begin with 0
    return value


def _written(declared: Any, place: Any) -> Value:
    if place is None:
        return None
    found = [parsed(one.text or "", declared.get("baseType")) for one in place.iterfind("value")]
    values: list[Any] = [one for one in found if one is not None]
    match declared.get("cardinality"):
        case "multiple":
            return Bag(values) or None
        case "ordered":
            return tuple(values) or None
    return values[0] if values else None


def _many(value: Value) -> Sequence[Any]:
    if value is None:
        return ()
    return list(value) if isinstance(value, Bag | tuple) else [value]


def evaluate(expression: Any, scope: Scope) -> Value:
    """Return the value of an expression. Raises ValueError for an operator that is not modelled."""
    name = expression.get("identifier")
    match expression.tag:
        case "variable":
            return scope.values[name]
        case "correct":
            return scope.correct(name)
        case "mapResponse":
            return scope.mapped(name)
        case "baseValue":
            return parsed(expression.text or "", expression.get("baseType"))
        case "null":
            return None
    if expression.tag not in _OPERATORS:
        raise ValueError(f"an operator that is not modelled: {expression.tag}")
    return _OPERATORS[expression.tag](expression, [evaluate(one, scope) for one in expression])


def _and(_: Any, values: Sequence[Value]) -> Value:
    if False in values:
        return False
    return None if None in values else True


def _or(_: Any, values: Sequence[Value]) -> Value:
    if True in values:
        return True
    return None if None in values else False


def _unless_null(of: Callable[..., Any]) -> Callable[[Any, Sequence[Value]], Value]:
    """Make an operator NULL where one of its values is."""

    def operator_of(_: Any, values: Sequence[Value]) -> Value:
        return None if None in values else of(*values)

    return operator_of


def _fold(values: Sequence[Value]) -> Iterator[float]:
    return (float(one) for value in values for one in _many(value))


def _sum(_: Any, values: Sequence[Value]) -> Value:
    return None if None in values else sum(_fold(values))


def _product(_: Any, values: Sequence[Value]) -> Value:
    result = 1.0
    for one in _fold(values):
        result *= one
    return None if None in values else result


def _match(one: Any, other: Any) -> bool:
    return bool(one == other)


def _string_match(expression: Any, values: Sequence[Value]) -> Value:
    if None in values:
        return None
    one, other = (str(value) for value in values)
    if expression.get("caseSensitive") == "false":
        one, other = one.casefold(), other.casefold()
    return other in one if expression.get("substring") == "true" else one == other


def _pattern(expression: Any, values: Sequence[Value]) -> Value:
    """Match as XML Schema does: the whole text."""
    if values[0] is None:
        return None
    return re.fullmatch(expression.get("pattern"), str(values[0])) is not None


def _index(expression: Any, values: Sequence[Value]) -> Value:
    found, place = _many(values[0]), int(expression.get("n"))
    return found[place - 1] if place <= len(found) else None


def _member(one: Any, container: Any) -> bool:
    return one in _many(container)


def _contains(container: Any, part: Any) -> bool:
    return all(one in _many(container) for one in _many(part))


def _bag(_: Any, values: Sequence[Value]) -> Value:
    return Bag(one for value in values for one in _many(value)) or None


def _ordered(_: Any, values: Sequence[Value]) -> Value:
    return tuple(one for value in values for one in _many(value)) or None


_OPERATORS: dict[str, Callable[[Any, Sequence[Value]], Value]] = {
    "and": _and,
    "or": _or,
    "not": _unless_null(operator.not_),
    "isNull": lambda _, values: values[0] is None,
    "gte": _unless_null(operator.ge),
    "lte": _unless_null(operator.le),
    "gt": _unless_null(operator.gt),
    "lt": _unless_null(operator.lt),
    "match": _unless_null(_match),
    "stringMatch": _string_match,
    "patternMatch": _pattern,
    "index": _index,
    "member": _unless_null(_member),
    "contains": _unless_null(_contains),
    "multiple": _bag,
    "ordered": _ordered,
    "sum": _sum,
    "product": _product,
    "subtract": _unless_null(operator.sub),
    "divide": _unless_null(lambda one, other: one / other if other else None),
    "max": lambda _, values: None if None in values else max(_fold(values)),
    "min": lambda _, values: None if None in values else min(_fold(values)),
    "integerToFloat": _unless_null(float),
    "containerSize": lambda _, values: float(len(_many(values[0]))),
}
