"""What report.json says of each item and each file; the report may be anyone's, too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from lrcards.diagnostics import UsageProblemError
from lrcards.guards import STATE, RefusedError, read_file
from lrcards.verify.facts import LONGEST_NUMBER, Fact, number

NAME = "report.json"
_VARIANT_DIGITS = 8
_UNCHANGED = "left out: unchanged since "
_T = TypeVar("_T")


class ReportError(UsageProblemError):
    """There is no build to verify, or no report of this version: exit code 2."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item, or one variant of it. `targets`: full, `reduced: what` or `left out: why`."""

    key: str
    kind: str
    file: str
    tags: tuple[str, ...]
    level: str
    answer: Mapping[str, Any]
    content: Mapping[str, Any]
    targets: Mapping[str, str]

    def is_in(self, target: str) -> bool:
        return not self.targets.get(target, "left out").startswith("left out")

    def is_unsure(self, target: str) -> bool:
        """Say whether a target was not built, or not for this item; the site may have it still."""
        return self.targets.get(target, _UNCHANGED).startswith(_UNCHANGED)

    def number(self, name: str) -> Fact:
        """Return a number of the content. Raises ReportError: all marks hang on it."""
        found = number(self.text(name))
        if not isinstance(found.said, Decimal):
            raise ReportError(
                f"{self.key} has no {name} that can be compared: it takes a number of less than "
                f"{LONGEST_NUMBER} digits"
            )
        return found

    def text(self, name: str) -> str:
        return take(self.content, name, str)

    def texts(self, name: str) -> list[str]:
        return [_is(one, str, name) for one in take(self.content, name, list)]

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        return [_is(one, dict, name) for one in take(self.content, name, list)]


@dataclass(frozen=True, slots=True)
class Report:
    """Items by key, and (bytes, sha256) of each file by its path below the output folder."""

    rows: Mapping[str, Row]
    files: Mapping[str, tuple[int, str]]


def load(out: Path) -> Report:
    """Read the report of a build. Raises ReportError."""
    if not out.is_dir():
        raise ReportError(f"there is no folder {out.name}/; run lrcards build first")
    try:
        data = json.loads(read_file(out / NAME, STATE))
        return _report(_is(data, dict, "the report"))
    except RefusedError as refused:
        raise ReportError(f"{out.name}/{NAME}: {refused}; run lrcards build first") from None
    except (ValueError, RecursionError):
        raise ReportError(f"{out.name}/{NAME} is no JSON; run lrcards build again") from None


def _report(data: Mapping[str, Any]) -> Report:
    rows: dict[str, Row] = {}
    for one in take(data, "items", list):
        row = _row(_is(one, dict, "items"))
        if row.key in rows:
            raise ReportError(f"{NAME} has two rows for {row.key}; run lrcards build again")
        rows[row.key] = row
    listed = [_is(one, dict, "files") for one in take(data, "files", list)]
    files = {
        take(one, "path", str): (take(one, "bytes", int), take(one, "sha256", str))
        for one in listed
    }
    return Report(rows, files)


def _row(one: Mapping[str, Any]) -> Row:
    return Row(
        _key(one),
        take(one, "kind", str),
        take(one, "file", str),
        tuple(_is(tag, str, "tags") for tag in take(one, "tags", list)),
        _is(one.get("level") or "", str, "level"),
        _is(one.get("answer") or {}, dict, "answer"),
        take(one, "content", dict),
        {name: _is(said, str, "targets") for name, said in take(one, "targets", dict).items()},
    )


def _key(one: Mapping[str, Any]) -> str:
    """Return the key by which packages know an item; a variant's has a digest of its params."""
    name, params = take(one, "id", str), one.get("variant")
    if params is None:
        return name
    text = json.dumps(params, sort_keys=True, separators=(",", ":"))
    return f"{name}.{hashlib.sha256(text.encode()).hexdigest()[:_VARIANT_DIGITS]}"


def take(table: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    """Return what stands under a name. Raises ReportError where it is missing or of other kind."""
    return _is(table.get(name), kind, name)


def _is(value: Any, kind: type[_T], name: str) -> _T:
    if not isinstance(value, kind):
        raise ReportError(
            f"{NAME} does not say '{name}' as this version of lrcards does; run lrcards build again"
        )
    return value
