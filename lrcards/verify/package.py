"""One package against the report: which items it holds, and what it says of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lrcards.guards import DATA, RefusedError, TooMuchError, bounded, read_file
from lrcards.verify.difference import Difference, differs
from lrcards.verify.expect import without
from lrcards.verify.facts import Facts, Found, differences
from lrcards.verify.report import Report, Row
from lrcards.verify.tree import UnreadableError

_SECONDS = 120
# What a target may have lost, where the report does not say whether it has.
_UNSURE = ("points", "(.* )?mark", r"wrong \d+ .*")


@dataclass(frozen=True, slots=True)
class Format:
    """How the packages of a target are read, and what each item must say there."""

    read: Callable[[Mapping[str, bytes], Mapping[str, str]], Found]
    wanted: Callable[[Row], Facts]


@dataclass(frozen=True, slots=True)
class Package:
    """Files of a build that are one package, under the name `path`.

    `is_part`: of some lessons alone, as downloads are; each of its lessons is whole.
    """

    path: str
    target: str
    files: Mapping[str, Path]
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One package: how many items and facts of it were compared, and what differs.

    `is_read`: it has been looked into; of other files only the digest is known to be right.
    """

    path: str
    items: int = 0
    facts: int = 0
    found: tuple[Difference, ...] = ()
    is_read: bool = True


def compare(package: Package, form: Format, report: Report) -> Result:
    """Read a package and hold it against the report."""
    kinds = {row.key: row.kind for row in report.rows.values()}
    try:
        with bounded(_SECONDS):
            files = {name: read_file(file, DATA) for name, file in package.files.items()}
            held = form.read(files, kinds)
    except (RefusedError, UnreadableError, TooMuchError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        why = "its elements are nested too deep" if deep else str(error)
        return Result(package.path, found=(Difference(package.path, "", why),))
    found = [Difference(package.path, "", problem) for problem in held.problems]
    facts = 0
    for key, there in held.items.items():
        row = report.rows.get(key)
        if row is None:
            found.append(_said(package, key, "it is in the package and not in the report"))
        elif _is_wanted(row, package):
            checked, wanted = _sides(row, package, form, there)
            facts += len(wanted)
            found += (_said(package, key, differs(*one)) for one in differences(checked, wanted))
        else:
            said = row.targets.get(package.target, "nothing of this target")
            found.append(_said(package, key, f"it is in the package; the report says '{said}'"))
    found += _missing(package, held, report)
    return Result(package.path, len(held.items), facts, tuple(found))


def _said(package: Package, key: str, what: str) -> Difference:
    return Difference(package.path, key, what)


def _is_wanted(row: Row, package: Package) -> bool:
    return row.is_in(package.target) or (package.is_part and row.is_unsure(package.target))


def _sides(row: Row, package: Package, form: Format, there: Facts) -> tuple[Facts, Facts]:
    """Return what the package says and what it must say, as far as the report knows."""
    wanted = form.wanted(row)
    if row.is_unsure(package.target):
        return without(there, *_UNSURE), without(wanted, *_UNSURE)
    return there, wanted


def _missing(package: Package, held: Found, report: Report) -> Iterator[Difference]:
    lessons = {report.rows[key].file for key in held.items if key in report.rows}
    if package.is_part and not lessons:
        yield Difference(package.path, "", "it holds no item of the report")
    for row in report.rows.values():
        here = not package.is_part or row.file in lessons
        if here and row.is_in(package.target) and row.key not in held.items:
            said = row.targets[package.target]
            yield _said(package, row.key, f"it is missing; the report says '{said}'")
