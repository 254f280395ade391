"""lrcards.values: what items use of each run, one line a run, made for git.

A build without torch takes its numbers from it; a build with torch holds what it computes against
it, so that a number that moves under unchanged sources is seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lrcards.check.scope import LONG_RUN, Bound, largest_of
from lrcards.diagnostics import Diagnostic, Span, count
from lrcards.guards import STATE, RefusedError, is_fit, read_file
from lrcards.model import Json, Recorded, Result, Runs, Snippet, sound_result
from lrcards.values import Exactness, close

FILE = "lrcards.values"
_LEVEL = re.compile(r"full|process only|partial, missing: [a-z, ]{1,100}")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")
_TEXTS = ("snippet", "source", "key", "torch", "python", "isolation")


def load_values(file: Path) -> tuple[dict[str, Recorded], list[Diagnostic]]:
    """Read the file by the source of each run; one that is not there is empty."""
    if not file.exists():
        return {}, []
    try:
        return parse_values(read_file(file, STATE).decode("utf-8"))
    except (RefusedError, UnicodeDecodeError) as error:
        return {}, [_broken(1, f"cannot read the recorded values: {error}")]


def parse_values(text: str) -> tuple[dict[str, Recorded], list[Diagnostic]]:
    """Read lines; of two for one run, as a merge leaves them, that of the newer torch counts."""
    lines: dict[str, Recorded] = {}
    found: list[Diagnostic] = []
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        line = _parse(row)
        if line is None:
            found.append(_broken(number, "cannot read this line of the recorded values"))
        elif line.source not in lines or _age(lines[line.source]) < _age(line):
            lines[line.source] = line
    return lines, found


def render_values(lines: Iterable[Recorded]) -> str:
    rows = sorted((line.snippet, _params(line), line.source, _render(line)) for line in lines)
    return "".join(row[-1] + "\n" for row in rows)


@dataclass(slots=True)
class Recorder:
    """Notes what is used of each run, and holds it against what was recorded before."""

    old: Mapping[str, Recorded]
    used: dict[str, set[str]] = field(default_factory=dict)
    items: dict[str, list[str]] = field(default_factory=dict)
    bound: dict[str, tuple[str, Bound]] = field(default_factory=dict)

    def note(
        self, lesson: str, bound: Iterable[Bound], reads: set[tuple[str, str]], item: str = ""
    ) -> None:
        """Note that an item, or prose where `item` is empty, reads names of bound snippets."""
        for index, one in enumerate(bound):
            source, left = one.run.source, one.run.result.names
            self.bound.setdefault(source, (lesson, one))
            used = self.used.setdefault(source, set())
            if index == 0:
                used |= {name for name, _ in reads} & left.keys()
            for name, key in reads:
                if index > 0 and name == one.snippet.name:
                    used |= {key} & left.keys() if key else left.keys()
            if item and item not in self.items.setdefault(source, []):
                self.items[source].append(item)

    def lines(self, runs: Runs, accept: bool) -> tuple[list[Recorded], list[Diagnostic]]:
        """Return the lines to record now and a warning for each value that moved.

        A line whose values still hold stays as it is, so that another machine or another torch
        changes nothing by itself. One with moved values stays too, until they are accepted.
        """
        lines: list[Recorded] = []
        found: list[tuple[Recorded, Diagnostic]] = []
        for source, (lesson, one) in self.bound.items():
            new, old = self._line(source, lesson, one, runs), self.old.get(source)
            moved = [] if old is None else [*_moved(old, new)]
            if old and moved and not accept:
                found.append((new, self._report(source, one.snippet, (old, new), moved)))
            same = old is not None and not moved and old.result.names.keys() == self.used[source]
            lines.append(old if old and (same or (moved and not accept)) else new)
        return lines, [*_once_a_snippet(found)]

    def _line(self, source: str, lesson: str, one: Bound, runs: Runs) -> Recorded:
        left = one.run.result
        failure = left.failure and replace(left.failure, stderr="")
        used = {name: left.names[name] for name in sorted(self.used[source])}
        return Recorded(
            f"{lesson} {one.snippet.name}",
            source,
            one.run.key,
            runs.torch,
            runs.python,
            one.run.isolation,
            largest_of([*left.names.values()]),
            replace(left, names=used, unusable={}, failure=failure),
            one.snippet.params,
        )

    def _report(
        self, source: str, snippet: Snippet, lines: tuple[Recorded, Recorded], moved: list[str]
    ) -> Diagnostic:
        old, new = lines
        users = ", ".join(self.items.get(source, [])) or "none, prose only"
        made = f"recorded with torch {old.torch}, Python {old.python}; now torch {new.torch}, "
        return Diagnostic(
            snippet.span,
            "value-moved",
            f"snippet '{snippet.name}' gives other values under unchanged sources",
            "lrcards check --fix accepts them; else mend the snippet, or keep the older torch",
            (*moved, f"items: {users}", made + f"Python {new.python}"),
            severity="warning",
        )


def _once_a_snippet(found: Iterable[tuple[Recorded, Diagnostic]]) -> Iterator[Diagnostic]:
    """Tell of a snippet that moved in many variants once, with the params of the first."""
    by_place: dict[Span, list[tuple[Recorded, Diagnostic]]] = {}
    for line, one in found:
        by_place.setdefault(one.span, []).append((line, one))
    for (line, one), *more in by_place.values():
        params = ", ".join(f"{name} = {value!r}" for name, value in line.params)
        rest = [f"with {params}", f"and with {count(len(more), 'other set')} of params"]
        yield replace(one, notes=(*one.notes, *rest)) if more else one


def _moved(old: Recorded, new: Recorded) -> Iterator[str]:
    """Say what differs between two lines for one run, a text each."""
    long_run = new.result.scheduler_steps > LONG_RUN
    rule = Exactness(max(old.largest, new.largest) or 1.0, long_run)
    before, after = old.result, new.result
    for name in sorted(before.names.keys() & after.names.keys()):
        if not _same(before.names[name], after.names[name], rule):
            yield _told(name, before.names[name], after.names[name], rule)
    if (before.warnings, before.failure) != (after.warnings, after.failure):
        yield f"it {_said(before)}; now it {_said(after)}"


def _same(old: Json, new: Json, rule: Exactness) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        same = (key in new and _same(value, new[key], rule) for key, value in old.items())
        return len(old) == len(new) and all(same)
    if repr(old) == repr(new):
        return True
    try:
        return close(new, old, rule)
    except TypeError:
        return False


def _told(name: str, old: Json, new: Json, rule: Exactness) -> str:
    """Say old, new and relative change; of a list where it begins and how many differ."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = list(enumerate(zip(old, new, strict=True)))
        apart = [(k, pair) for k, pair in pairs if not _same(*pair, rule)]
        index, (first_old, first_new) = apart[0]
        rest = f", and {count(len(apart) - 1, 'more element')}" if len(apart) > 1 else ""
        return _told(f"{name}[{index}]", first_old, first_new, rule) + rest
    if isinstance(old, int | float) and isinstance(new, int | float):
        change = f" (relative change {abs(new - old) / abs(old):.1e})" if old else ""
        return f"{name}: {old!r} -> {new!r}{change}"
    return f"{name}: {str(old)[:60]} -> {str(new)[:60]}"


def _said(result: Result) -> str:
    if result.failure:
        return f"raises {result.failure.exception or result.failure.kind}"
    return f"gives {count(len(result.warnings), 'warning')}"


def _age(line: Recorded) -> tuple[list[int], str]:
    numbers = [int(part) for part in line.torch.split(".") if part.isdecimal()]
    return numbers, line.key


def _params(line: Recorded) -> str:
    return json.dumps(dict(line.params), sort_keys=True)


def _render(line: Recorded) -> str:
    row: dict[str, Any] = {name: getattr(line, name) for name in _TEXTS}
    row["largest"] = line.largest
    if line.params:
        row["params"] = dict(line.params)
    left = asdict(line.result)
    return json.dumps(row | {key: value for key, value in left.items() if value}, sort_keys=False)


def _parse(row: str) -> Recorded | None:
    try:
        values = json.loads(row)
        texts = {name: values.pop(name) for name in _TEXTS}
        largest = float(values.pop("largest"))
        params = tuple(values.pop("params", {}).items())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    result = sound_result({"names": {}, **values})
    if result is None or not all(map(_is_sound, texts.items())):
        return None
    return Recorded(**texts, largest=largest, result=result, params=params)


def _is_sound(field: tuple[str, object]) -> bool:
    """These texts are printed and stand on pages: no line end, and no more than a build writes."""
    name, text = field
    if not isinstance(text, str):
        return False
    if name in {"torch", "python"}:
        return bool(_VERSION.fullmatch(text))
    return (
        is_fit(text) and "\n" not in text and (name != "isolation" or bool(_LEVEL.fullmatch(text)))
    )


def _broken(line: int, message: str) -> Diagnostic:
    hint = "restore the file from git, or delete it and build where torch is installed"
    return Diagnostic(Span(FILE, line), "broken-values", message, hint)
