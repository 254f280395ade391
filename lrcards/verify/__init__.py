"""Reads every package of a build back and compares it with the report.

Nothing here is shared with what writes the packages: a mistake in both would go unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lrcards.guards import TooMuchError, bounded
from lrcards.verify import anki, html, moodle, qti, qti12
from lrcards.verify.difference import Difference, differs
from lrcards.verify.facts import Facts, Found, differences
from lrcards.verify.files import read_all
from lrcards.verify.report import NAME, Report, ReportError, Row, load
from lrcards.verify.tree import UnreadableError

__all__ = ["Difference", "ReportError", "Result", "verify"]
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class _Format:
    """How the files of a target with this ending are read, and what each item must say there.

    `together`: they are one package, as pages are.
    """

    ending: str
    read: Callable[[Mapping[str, bytes], Mapping[str, str]], Found]
    wanted: Callable[[Row], Facts]
    together: bool = False


_FORMATS: Mapping[str, _Format] = {
    "anki": _Format(".apkg", anki.read, anki.wanted),
    "moodle": _Format(".xml", moodle.read, moodle.wanted),
    "qti12": _Format(".zip", qti12.read, qti12.wanted),
    "qti21": _Format(".zip", qti.read, qti.wanted),
    "qti3": _Format(".zip", qti.read, qti.wanted),
    "html": _Format(".html", html.read, html.wanted, together=True),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One package: how many items and facts of it agree, and what does not."""

    path: str
    items: int
    facts: int
    found: tuple[Difference, ...]


def verify(out: Path) -> Iterator[Result]:
    """Yield a result for all files of a build, as files, and then for each package in it.

    Raises ReportError where there is no build, or none with a report of this version.
    """
    report = load(out)
    files, found = read_all(out, report)
    yield Result(NAME, 0, len(report.files), tuple(found))
    for target, form in _FORMATS.items():
        packages = {path: {path: data} for path, data in files.items()
                    if path.startswith(f"{target}/") and path.endswith(form.ending)}  # fmt: skip
        if form.together and packages:
            packages = {f"{target}/": {name: one[name] for name, one in packages.items()}}
        if not packages and any(row.is_in(target) for row in report.rows.values()):
            gone = Difference(f"{target}/", "", f"no package: the report has items in {target}")
            yield Result(f"{target}/", 0, 0, (gone,))
        for path, package in sorted(packages.items()):
            yield _package(path, target, package, report)


def _package(path: str, target: str, files: Mapping[str, bytes], report: Report) -> Result:
    form = _FORMATS[target]
    kinds = {row.key: row.kind for row in report.rows.values()}
    try:
        with bounded(_SECONDS):
            held = form.read(files, kinds)
    except (UnreadableError, TooMuchError) as error:
        return Result(path, 0, 0, (Difference(path, "", str(error)),))
    found = [Difference(path, "", problem) for problem in held.problems]
    facts = 0
    for row in report.rows.values():
        if row.is_in(target) and row.key in held.items:
            there, wanted = held.items[row.key], form.wanted(row)
            wrong = [*differences(there, wanted)]
            facts += len(there.keys() | wanted.keys()) - len(wrong)
            found += (Difference(path, row.key, differs(*one)) for one in wrong)
    found += _strays(path, target, held, report)
    return Result(path, len(held.items), facts, tuple(found))


def _strays(path: str, target: str, held: Found, report: Report) -> Iterator[Difference]:
    """Yield items that are missing, and those that should not be there."""
    for row in report.rows.values():
        said = row.targets.get(target, "left out: the report does not name it for this target")
        if row.is_in(target) and row.key not in held.items:
            yield Difference(path, row.key, f"it is missing; the report says '{said}'")
        if not row.is_in(target) and row.key in held.items:
            yield Difference(path, row.key, f"it is in the package; the report says '{said}'")
    for key in held.items:
        if key not in report.rows:
            yield Difference(path, key, "it is in the package and not in the report")
