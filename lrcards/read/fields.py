"""Decoders: one positioned YAML node in, one typed value out, every mistake noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from lrcards.config import LONGEST_TIMEOUT
from lrcards.diagnostics import Diagnostic, Span, did_you_mean
from lrcards.model import Expectation, Json, Marker, Tolerance
from lrcards.read.frontmatter import Mapping, Scalar, Sequence, Yaml

_WHOLE = 100
# What every system can hold: Moodle keeps five digits before the point and seven behind it.
_MOST_POINTS = 9999
_POINT_STEP = Decimal("0.0001")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)


@dataclass(slots=True)
class Notes:
    """Where decoders put what they find."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(
        self, span: Span, code: str, message: str, help_: str = "", *also: tuple[Span, str]
    ) -> None:
        self.found.append(Diagnostic(span, code, message, help_, also=also))

    def wrong_type(self, node: Yaml, expected: str) -> None:
        self.error(node.span, "bad-type", f"expected {expected}")


class WrongError(Exception):
    """A value could not be decoded; the mistake is noted already."""


Decoder: TypeAlias = Callable[[Yaml, Notes], Any]
Schema: TypeAlias = MappingABC[str, Decoder]


def decode(node: Yaml | None, schema: Schema, notes: Notes) -> dict[str, Any]:
    """Decode a mapping by its schema; keys that are wrong or unknown are noted and left out."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        notes.wrong_type(node, "keys and values, such as `id: my-item`")
        return {}
    values: dict[str, Any] = {}
    for key, value in node.entries:
        decoder = schema.get(key.text)
        if decoder is None:
            hint = did_you_mean(key.text, schema)
            notes.error(key.span, "unknown-key", f"unknown key '{key.text}'", hint)
            continue
        try:
            values[key.text] = decoder(value, notes)
        except WrongError:
            continue
    return values


def _scalar(node: Yaml, notes: Notes, expected: str) -> Scalar:
    if isinstance(node, Scalar) and (node.text or not node.plain):
        return node
    notes.wrong_type(node, expected)
    raise WrongError


def text(node: Yaml, notes: Notes) -> str:
    """Text as it is written: `007` stays `007`."""
    return _scalar(node, notes, "text").text


def texts(node: Yaml, notes: Notes) -> tuple[str, ...]:
    """One text, or a list of texts."""
    if isinstance(node, Sequence):
        return tuple(text(item, notes) for item in node.items)
    return (text(node, notes),)


def truth(node: Yaml, notes: Notes) -> bool:
    value = node.value() if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        return value
    notes.wrong_type(node, "true or false")
    raise WrongError


def decimal(node: Yaml, notes: Notes) -> Decimal:
    scalar = _scalar(node, notes, "a number")
    if scalar.plain and _NUMBER.fullmatch(scalar.text):
        return Decimal(scalar.text)
    notes.wrong_type(node, "a number such as 2, 0.5 or 1e-3")
    raise WrongError


def positive(node: Yaml, notes: Notes) -> Decimal:
    value = decimal(node, notes)
    if value > 0:
        return value
    notes.wrong_type(node, "a number above 0")
    raise WrongError


def points(node: Yaml, notes: Notes) -> Decimal:
    """What an item counts, in the range that no system rounds or refuses."""
    value = decimal(node, notes)
    if 0 < value <= _MOST_POINTS and value == (rounded := value.quantize(_POINT_STEP)):
        return rounded
    notes.wrong_type(node, f"a number above 0, at most {_MOST_POINTS}, with at most four decimals")
    raise WrongError


def seconds(node: Yaml, notes: Notes) -> Decimal:
    """How long a snippet may take: an hour at most, since a build waits for it."""
    value = positive(node, notes)
    if value <= LONGEST_TIMEOUT:
        return value
    notes.wrong_type(node, f"at most {LONGEST_TIMEOUT} seconds")
    raise WrongError


def whole(low: int, high: int) -> Decoder:
    """Return a decoder of whole numbers from `low` to `high`."""

    def decoder(node: Yaml, notes: Notes) -> int:
        value = node.value() if isinstance(node, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        notes.wrong_type(node, f"a whole number from {low} to {high}")
        raise WrongError

    return decoder


def one_of(allowed: Iterable[str]) -> Decoder:
    names = tuple(allowed)

    def decoder(node: Yaml, notes: Notes) -> str:
        word = _scalar(node, notes, f"one of {', '.join(names)}").text
        if word in names:
            return word
        message = f"'{word}' is none of {', '.join(names)}"
        notes.error(node.span, "bad-value", message, did_you_mean(word, names))
        raise WrongError

    return decoder


def list_of(decoder: Decoder) -> Decoder:
    """Return a decoder of one value or a list of them, to a tuple."""

    def decode_list(node: Yaml, notes: Notes) -> tuple[Any, ...]:
        items = node.items if isinstance(node, Sequence) else (node,)
        return tuple(decoder(item, notes) for item in items)

    return decode_list


def marker(node: Yaml, notes: Notes) -> Marker:
    """A value of format.md; its grammar is checked later, with its place."""
    scalar = _scalar(node, notes, "a value such as `lr[3] -> 0.05`")
    return Marker(scalar.text, scalar.text_span)


def answer(node: Yaml, notes: Notes) -> Marker | tuple[str, ...]:
    """A scalar is the value of a numeric item, a list the accepted texts of a short one."""
    if not isinstance(node, Sequence):
        return marker(node, notes)
    accepted = tuple(" ".join(text(item, notes).split()) for item in node.items)
    if not accepted:
        notes.wrong_type(node, "at least one accepted text")
        raise WrongError
    for item, words in zip(node.items, accepted, strict=True):
        if _NUMBER.fullmatch(words):
            hint = "write one computed value instead: `answer: lr[3] -> 0.05`"
            notes.error(item.span, "bad-value", f"the accepted text '{words}' is a number", hint)
    return accepted


def tolerance(node: Yaml, notes: Notes) -> Tolerance:
    """`1%` is a share of the answer, a bare number is absolute, in unscaled units."""
    written = _scalar(node, notes, "a tolerance").text.strip()
    number = written.removesuffix("%").strip()
    relative = written.endswith("%")
    fits = _NUMBER.fullmatch(number) and Decimal(number) >= 0
    if not fits or (relative and Decimal(number) >= _WHOLE):
        notes.wrong_type(node, "a share below 100%, such as 1%, or a number such as 0.001")
        raise WrongError
    return Tolerance(Decimal(number) / (100 if relative else 1), relative)


def json(node: Yaml, notes: Notes) -> Json:
    """Any YAML as plain data."""
    match node:
        case Scalar():
            return node.value()
        case Sequence():
            return [json(item, notes) for item in node.items]
        case Mapping():
            return {key.text: json(value, notes) for key, value in node.entries}


def params(node: Yaml, notes: Notes) -> tuple[tuple[str, Json], ...]:
    if not isinstance(node, Mapping):
        notes.wrong_type(node, "names and values, such as {gamma: 0.5}")
        raise WrongError
    for key, _ in node.entries:
        python_name(key, notes)
    return tuple((key.text, json(value, notes)) for key, value in node.entries)


def python_name(key: Scalar, notes: Notes) -> None:
    if not key.text.isidentifier():
        notes.error(key.span, "bad-value", f"'{key.text}' cannot be a Python name")


def expectation(node: Yaml, notes: Notes) -> Expectation:
    schema: Schema = {"type": text, "message": text, "count": whole(1, 10_000)}
    values = decode(node, schema, notes)
    if "type" not in values:
        notes.error(node.span, "missing-key", "'type' is missing", "write {type: UserWarning}")
        raise WrongError
    return Expectation(values["type"], values.get("message", ""), values.get("count"), node.span)


def claim(node: Yaml, notes: Notes) -> Span | None:
    """`quiet: true`, kept as its place so that a failed claim can point at it."""
    return node.span if truth(node, notes) else None


def reasons(node: Yaml, notes: Notes) -> tuple[tuple[str, str], ...]:
    """Accepted warnings, each with its reason."""
    if not isinstance(node, Mapping):
        notes.wrong_type(node, 'codes with reasons, such as {unverified-number: "a year"}')
        raise WrongError
    return tuple((key.text, text(value, notes)) for key, value in node.entries)
