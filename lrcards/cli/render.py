"""Findings as text: one function a format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

import click

from lrcards.diagnostics import Diagnostic, concise, count, full, shown

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
    path = _escaped(span.path).replace(":", "%3A").replace(",", "%2C")
    return (
        f"::{one.severity} file={path},line={span.line},col={span.column},"
        f"endColumn={span.column + span.width},title={one.code}::{_escaped(text)}"
    )


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


FORMATS: Mapping[str, Renderer] = {
    "full": _full,
    "concise": _concise,
    "json": _json,
    "github": _github,
}


def show(
    found: Iterable[Diagnostic], sources: Mapping[str, str], format_: str, color: bool
) -> None:
    """Print findings to stderr in the given format."""
    text = shown(FORMATS[format_](list(found), sources))
    if not text:
        return
    if format_ == "full":
        text = "\n".join(_styled(line) for line in text.split("\n")) + "\n"
    click.echo(text, err=True, color=color)


def loss_table(losses: Iterable[tuple[str, str, str]], verbose: bool) -> str:
    """Say what targets could not carry: a row an item and target, or a line a reason."""
    rows = list(losses)
    if verbose:
        width = max(len(item) for item, _, _ in rows)
        lines = [f"  {item:{width}}  {target:7} {text}" for item, target, text in rows]
        return "\n".join(["Lost", *lines])
    groups: dict[tuple[str, str], int] = {}
    for _, target, text in rows:
        groups[target, text] = groups.get((target, text), 0) + 1
    lines = [f"  {target:7} {count(n, 'item')} {text}" for (target, text), n in groups.items()]
    return "\n".join(["Lost     (item by item with -v, and in report.json)", *lines])


def _styled(line: str) -> str:
    if line.startswith("error["):
        return click.style(line, fg="red", bold=True)
    if line.startswith("warning["):
        return click.style(line, fg="yellow", bold=True)
    stripped = line.lstrip(" 0123456789")
    if stripped.startswith("-->") or (stripped.startswith("| ") and set(stripped) <= set("|^ \t")):
        return click.style(line, fg="cyan")
    return click.style(line, bold=True) if line.startswith("   = help") else line
