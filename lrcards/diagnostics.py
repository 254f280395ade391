"""What an author is told: a mistake is a value with a place, never an exception."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lrcards.guards import visible

_LONGEST = 1000
_WIDEST, _BEFORE = 240, 80
Severity = Literal["error", "warning"]


class UsageProblemError(Exception):
    """What was asked for cannot be done: a usage error, exit code 2."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a source file: path relative to the course, line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding: where, what (`code`, `message`), evidence (`notes`) and what to do (`help`).

    `fix`: what to write at the place instead, where that is certain.
    """

    span: Span
    code: str
    message: str
    help: str = ""
    notes: tuple[str, ...] = ()
    also: tuple[tuple[Span, str], ...] = ()
    severity: Severity = "error"
    fix: str | None = None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the nearest known word, else the list of known words."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"expected one of: {', '.join(names)}" if names else ""


def told_once(found: Sequence[tuple[str, Iterable[Diagnostic]]]) -> list[Diagnostic]:
    """Tell a finding that many variants share once; pairs of a variant and what was found in it.

    What is the same in all of them is told as it is, else with the first variant that it is in.
    """
    groups: dict[tuple[Span, str, int], list[tuple[str, Diagnostic]]] = {}
    for variant, findings in found:
        nth: Counter[tuple[Span, str]] = Counter()
        for one in findings:
            nth[one.span, one.code] += 1
            place = (one.span, one.code, nth[one.span, one.code])
            groups.setdefault(place, []).append((variant, one))
    return [_first_of(group, len(found)) for group in groups.values()]


def _first_of(group: Sequence[tuple[str, Diagnostic]], variants: int) -> Diagnostic:
    variant, first = group[0]
    if len(group) == variants and all(one == first for _, one in group):
        return first
    more = len(group) - 1
    also = [f"and in {count(more, 'more variant')}"] if more else []
    return replace(first, notes=(*first.notes, f"variant: {variant}", *also))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(found.severity == "error" for found in diagnostics)


def without_allowed(found: Iterable[Diagnostic], allowed: Container[str]) -> Iterator[Diagnostic]:
    """Leave out the warnings whose codes an author has accepted; an error cannot be."""
    return (one for one in found if one.severity == "error" or one.code not in allowed)


def printable(found: Diagnostic) -> Diagnostic:
    """Return a finding whose texts, which a stranger may have written, are safe to print.

    Each stands on one line (a second one could pass for a message of ours, or for a command of
    the CI that reads them), without escape sequences, and is not endless.
    """
    return replace(
        found,
        span=_printable_span(found.span),
        code=_line(found.code),
        message=_line(found.message),
        help=_line(found.help),
        notes=tuple(_line(note) for note in found.notes),
        also=tuple((_printable_span(span), _line(label)) for span, label in found.also),
    )


def _printable_span(span: Span) -> Span:
    return replace(span, path=_line(span.path))


def _line(text: str) -> str:
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."
    return visible(cut).replace("\n", "\u240a")


def full(found: Diagnostic, sources: Mapping[str, str]) -> str:
    """Render one diagnostic with its source line and a caret, in the way of rustc."""
    lines = [f"{found.severity}[{found.code}]: {found.message}", *_excerpt(found.span, "", sources)]
    for span, label in found.also:
        lines += _excerpt(span, label, sources)
    lines += [f"   = {note}" for note in found.notes]
    if found.help:
        lines.append(f"   = help: {found.help}")
    return "\n".join(lines)


def concise(found: Diagnostic) -> str:
    """Render one diagnostic on one line that editors turn into a link."""
    span = found.span
    return (
        f"{span.path}:{span.line}:{span.column}: "
        f"{found.severity}[{found.code}]: {found.message}{f' ({found.help})' if found.help else ''}"
    )


def summary(diagnostics: Iterable[Diagnostic], files: int) -> str:
    """Return the last line of a run, such as `2 errors, 1 warning in 14 files`."""
    found = list(diagnostics)
    errors = sum(one.severity == "error" for one in found)
    return (
        f"{count(errors, 'error')}, {count(len(found) - errors, 'warning')}"
        f" in {count(files, 'file')}"
    )


def count(number: int, noun: str) -> str:
    """Return `1 error`, `2 errors`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _excerpt(span: Span, label: str, sources: Mapping[str, str]) -> list[str]:
    place = f"{span.path}:{span.line}:{span.column}"
    text = sources.get(span.path, "").split("\n")
    if span.path not in sources or not 0 < span.line <= len(text):
        return [f"  --> {place}{f' {label}' if label else ''}"]
    source, column = _window(text[span.line - 1], span.column)
    gutter = " " * len(str(span.line))
    # Tabs are kept in the caret's prefix so that it stands below the text on any terminal.
    prefix = "".join("\t" if char == "\t" else " " for char in source[: column - 1])
    caret = "^" * max(1, min(span.width, len(source) - column + 1))
    return [
        f"{gutter}--> {place}",
        f"{gutter} |",
        f"{span.line} | {source}",
        f"{gutter} | {prefix}{caret}{f' {label}' if label else ''}",
    ]


def _window(source: str, column: int) -> tuple[str, int]:
    """Cut what surrounds a column out of a very long line."""
    if len(source) <= _WIDEST:
        return source, column
    start = max(0, min(column - 1, len(source)) - _BEFORE)
    return source[start : start + _WIDEST], column - start
