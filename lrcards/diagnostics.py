"""What an author is told: a mistake is a value with a place, never an exception."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

# Control characters but tab and line end, what turns the direction of text, and half characters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a source file: path relative to the course, line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding: where, what (`code`, `message`), evidence (`notes`) and what to do (`help`)."""

    span: Span
    code: str
    message: str
    help: str = ""
    notes: tuple[str, ...] = ()
    also: tuple[tuple[Span, str], ...] = ()
    severity: Severity = "error"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the nearest known word, else the list of known words."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"expected one of: {', '.join(names)}" if names else ""


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(found.severity == "error" for found in diagnostics)


def shown(text: str) -> str:
    """Return a text as it may be printed: what a terminal would obey becomes a question mark."""
    return _HIDDEN.sub("\ufffd", text)


def full(found: Diagnostic, sources: Mapping[str, str]) -> str:
    """Render one diagnostic with its source line and a caret, in the way of rustc."""
    first = f"{found.severity}[{found.code}]: {_under(found.message)}"
    lines = [first, *_excerpt(found.span, "", sources)]
    for span, label in found.also:
        lines += _excerpt(span, label, sources)
    lines += [f"   = {_under(note)}" for note in found.notes]
    if found.help:
        lines.append(f"   = help: {_under(found.help)}")
    return "\n".join(lines)


def _under(text: str) -> str:
    """Keep further lines from standing at the margin, where a CI takes `::` for a command."""
    return text.replace("\n", "\n   | ")


def concise(found: Diagnostic) -> str:
    """Render one diagnostic on one line that editors turn into a link."""
    span = found.span
    line = (
        f"{span.path}:{span.line}:{span.column}: "
        f"{found.severity}[{found.code}]: {found.message}{f' ({found.help})' if found.help else ''}"
    )
    return line.replace("\n", " ")


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
    place = f"{span.path}:{span.line}:{span.column}".replace("\n", " ")
    text = sources.get(span.path, "").split("\n")
    if span.path not in sources or not 1 <= span.line <= len(text):
        return [f"  --> {place}{f' {label}' if label else ''}"]
    source = text[span.line - 1]
    gutter = " " * len(str(span.line))
    # Tabs are kept in the caret's prefix so that it stands below the text on any terminal.
    prefix = "".join("\t" if char == "\t" else " " for char in source[: span.column - 1])
    caret = "^" * max(1, min(span.width, len(source) - span.column + 1))
    return [
        f"{gutter}--> {place}",
        f"{gutter} |",
        f"{span.line} | {source}",
        f"{gutter} | {prefix}{caret}{f' {label}' if label else ''}",
    ]
