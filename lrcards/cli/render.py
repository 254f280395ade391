"""Findings as text: one function a format."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

import click

from lrcards.diagnostics import Diagnostic, concise, count, full, printable
from lrcards.guards import visible

_MOST = 1000
Renderer = Callable[[Sequence[Diagnostic], Mapping[str, str]], str]


def _full(found: Sequence[Diagnostic], sources: Mapping[str, str]) -> str:
    return "\n\n".join(full(one, sources) for one in found)


def _concise(found: Sequence[Diagnostic], _: Mapping[str, str]) -> str:
    return "\n".join(concise(one) for one in found)


def _json(found: Sequence[Diagnostic], _: Mapping[str, str]) -> str:
    return json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1)


def _github(found: Sequence[Diagnostic], _: Mapping[str, str]) -> str:
    return "\n".join(_annotation(one) for one in found)


def _annotation(one: Diagnostic) -> str:
    span = one.span
    text = "\n".join((one.message, *one.notes, *([one.help] if one.help else [])))
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    path = span.path.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return (
        f"::{one.severity} file={path},line={span.line},col={span.column},"
        f"endColumn={span.column + span.width},title={one.code}::{escaped}"
    )


FORMATS: Mapping[str, Renderer] = {
    "full": _full,
    "concise": _concise,
    "json": _json,
    "github": _github,
}


def show(
    found: Iterable[Diagnostic], sources: Mapping[str, str], format_: str, color: bool
) -> None:
    """Print findings to stderr in the given format, a thousand at most."""
    rest = iter(found)
    shown = [printable(one) for one in itertools.islice(rest, _MOST)]
    text = visible(FORMATS[format_](shown, sources))
    if not text:
        return
    if format_ == "full":
        text = "\n".join(_styled(line) for line in text.split("\n")) + "\n"
    # The one text that is not said(): our own colours stand in it.
    click.echo(text, err=True, color=color)
    more = sum(1 for _ in rest)
    if more and format_ != "json":
        say(f"{count(more, 'finding')} more, not shown", err=True)


def say(text: str, err: bool = False) -> None:
    """Print a line; whatever a stranger wrote in it cannot steer the terminal."""
    click.echo(visible(text), err=err)


def _styled(line: str) -> str:
    if line.startswith("error["):
        return click.style(line, fg="red", bold=True)
    if line.startswith("warning["):
        return click.style(line, fg="yellow", bold=True)
    stripped = line.lstrip(" 0123456789")
    if stripped.startswith("-->") or (stripped.startswith("| ") and set(stripped) <= set("|^ \t")):
        return click.style(line, fg="cyan")
    return click.style(line, bold=True) if line.startswith("   = help") else line
