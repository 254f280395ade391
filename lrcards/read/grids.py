"""The keys `params` and `variants` of an item become its variants."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lrcards.diagnostics import Span, count, did_you_mean
from lrcards.model import Grid, GridParam, Json, Variant
from lrcards.read import fields
from lrcards.read.fields import Notes
from lrcards.read.frontmatter import Mapping, Scalar, Yaml
from lrcards.read.frontmatter import Sequence as YamlSequence

_MOST = 10_000
_MODES = ("grid", "zip")
_KEYS = ("params", "variants")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the lists of `params` are combined: `mode`, or so many drawn from the grid."""

    mode: str
    drawn: int | None
    span: Span


def stated(node: Yaml | None) -> tuple[str, ...]:
    """Return which of the two keys a card has, right or wrong."""
    entries = node.entries if isinstance(node, Mapping) else ()
    return tuple(key.text for key, _ in entries if key.text in _KEYS)


def lines(node: Yaml | None) -> frozenset[int]:
    """Return the lines of a file that hold these two keys and nothing else."""
    own: set[int] = set()
    other: set[int] = set()
    for key, value in node.entries if isinstance(node, Mapping) else ():
        taken = range(key.span.line, _last_line(value) + 1)
        (own if key.text in _KEYS else other).update(taken)
    return frozenset(own - other)


def _last_line(node: Yaml) -> int:
    if isinstance(node, Scalar):
        return node.span.line
    inner = node.items if isinstance(node, YamlSequence) else [one for _, one in node.entries]
    return max([node.span.line, *map(_last_line, inner)])


def params(node: Yaml, notes: Notes) -> tuple[GridParam, ...]:
    """Lists are grids; a scalar is a grid of one value, a list of lists one of list values."""
    if not isinstance(node, Mapping) or not node.entries:
        notes.wrong_type(node, "names and values, such as {gamma: [0.1, 0.5]}")
        raise fields.WrongError
    before = len(notes.found)
    found = tuple(_param(key, value, notes) for key, value in node.entries)
    if len(notes.found) > before:
        raise fields.WrongError
    return found


def _param(key: Scalar, node: Yaml, notes: Notes) -> GridParam:
    fields.python_name(key, notes)
    nodes = node.items if isinstance(node, YamlSequence) else (node,)
    if not nodes:
        hint = "write at least one value, or remove the param"
        notes.error(node.span, "bad-grid", f"the list of '{key.text}' is empty", hint)
    values = tuple(fields.json(one, notes) for one in nodes)
    for one, value in zip(nodes, values, strict=True):
        if not _is_finite(value):
            notes.error(one.span, "bad-grid", "a param must be a finite number", "write digits")
    _refuse_equal(key.text, nodes, values, notes)
    return GridParam(key.text, values, key.span)


def _is_finite(value: Json) -> bool:
    if isinstance(value, list | dict):
        return all(map(_is_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or math.isfinite(value)


def _refuse_equal(name: str, nodes: Sequence[Yaml], values: Sequence[Json], notes: Notes) -> None:
    first: dict[str, Span] = {}
    for node, value in zip(nodes, values, strict=True):
        text = repr(_as_one_number(value))
        if text in first:
            message = f"'{name}' has the value {value!r} twice"
            hint = "remove one: each value makes variants of its own"
            notes.error(node.span, "bad-grid", message, hint, (first[text], "first"))
        first.setdefault(text, node.span)


def _as_one_number(value: Json) -> Json:
    """Read 1 and 1.0 as the same value: learners could not tell them apart."""
    if isinstance(value, list):
        return [_as_one_number(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plan(node: Yaml, notes: Notes) -> Plan:
    """`grid`, `zip`, or how many of the grid are drawn."""
    value = node.value() if isinstance(node, Scalar) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Plan("grid", value, node.span)
    if isinstance(value, str) and value in _MODES:
        return Plan(value, None, node.span)
    hint = did_you_mean(value, _MODES) if isinstance(value, str) else ""
    expected = "'variants' is grid, zip, or how many to draw from the grid, such as 20"
    notes.error(node.span, "bad-value", expected, hint)
    raise fields.WrongError


def grid_of(
    item: str, found: tuple[GridParam, ...] | None, how: Plan | None, notes: Notes
) -> Grid | None:
    """Make the variants of an item; None, with the reason noted, where that cannot be done."""
    if found is None:
        if how is not None:
            hint = "add `params: {name: [value, value]}`, or remove `variants`"
            notes.error(how.span, "missing-key", "`variants` without `params`", hint)
        return None
    stepped = how is not None and how.mode == "zip"
    rows = _zipped(found, notes) if stepped else _product(found, notes)
    names = [param.name for param in found]
    variants = tuple(Variant(tuple(zip(names, row, strict=True))) for row in rows or ())
    if how is not None and how.drawn is not None and rows is not None:
        variants = _draw(item, variants, how, notes)
    _refuse_equal_keys(variants, found[0].span, notes)
    return Grid(found, variants, stepped) if variants else None


def _product(found: Sequence[GridParam], notes: Notes) -> Iterable[tuple[Json, ...]] | None:
    size = math.prod(len(param.values) for param in found)
    if size > _MOST:
        message = f"the grid has {size} combinations, more than {_MOST}"
        hint = "give the lists fewer values, or let them go in step: `variants: zip`"
        notes.error(found[0].span, "bad-grid", message, hint)
        return None
    return itertools.product(*(param.values for param in found))


def _zipped(found: Sequence[GridParam], notes: Notes) -> Iterable[tuple[Json, ...]] | None:
    """Let the lists go in step; a single value stands beside each."""
    longest = max(found, key=lambda param: len(param.values))
    size = len(longest.values)
    uneven = next((param for param in found if len(param.values) not in {1, size}), None)
    if uneven is not None:
        message = (
            f"'{uneven.name}' has {count(len(uneven.values), 'value')}, "
            f"but '{longest.name}' has {size}"
        )
        hint = "with `variants: zip` all lists have one length; a single value repeats"
        notes.error(uneven.span, "bad-grid", message, hint)
        return None
    if size > _MOST:
        notes.error(longest.span, "bad-grid", f"more than {_MOST} variants", "write fewer values")
        return None
    return zip(
        *(param.values if len(param.values) > 1 else param.values * size for param in found),
        strict=True,
    )


def _draw(item: str, variants: tuple[Variant, ...], how: Plan, notes: Notes) -> tuple[Variant, ...]:
    """Take those whose digest is smallest: a value that is added later moves as few as can be."""
    if not 1 <= (how.drawn or 0) <= len(variants):
        message = f"{how.drawn} variants cannot be drawn from a grid of {len(variants)}"
        hint = f"write a number from 1 to {len(variants)}, or give the lists more values"
        notes.error(how.span, "bad-grid", message, hint)
        return ()

    def digest(variant: Variant) -> bytes:
        return hashlib.sha256(f"{item}{variant.key}".encode()).digest()

    drawn = set(sorted(map(digest, variants))[: how.drawn])
    return tuple(variant for variant in variants if digest(variant) in drawn)


def _refuse_equal_keys(variants: Iterable[Variant], span: Span, notes: Notes) -> None:
    """Keys are short; that two are equal is nearly impossible, and would mix two histories."""
    seen: dict[str, Variant] = {}
    for variant in variants:
        first = seen.setdefault(variant.key, variant)
        if first is not variant:
            message = f"the variants {first.text} and {variant.text} have the same key"
            notes.error(span, "bad-grid", message, "change one of the values a little")
