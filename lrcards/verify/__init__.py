"""Reads every package of a build back and compares it with the report.

Nothing here is shared with what writes the packages: a mistake in both would go unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lrcards.verify import anki, html, moodle, qti, qti12
from lrcards.verify.difference import Difference
from lrcards.verify.files import held
from lrcards.verify.package import Format, Package, Result, compare
from lrcards.verify.report import NAME, Report, ReportError, load

__all__ = ["Difference", "ReportError", "Result", "verify"]
_SITE = "html"
_DOWNLOADS = "html/files/"
_FORMATS: Mapping[str, Format] = {
    "anki": Format(anki.read, anki.wanted),
    "moodle": Format(moodle.read, moodle.wanted),
    "qti12": Format(qti12.read, qti12.wanted),
    "qti21": Format(qti.read, qti.wanted),
    "qti3": Format(qti.read, qti.wanted),
    _SITE: Format(html.read, html.wanted),
}
# What a package ends with in the folder of its target, and among the downloads.
_ENDINGS = {
    "anki": (".apkg", ".apkg"),
    "moodle": (".xml", ".moodle.xml"),
    "qti12": (".zip", ".qti12.zip"),
    "qti21": (".zip", ".qti21.zip"),
    "qti3": (".zip", ".qti3.zip"),
}
_BESIDE = ("anki/", f"{_SITE}/")  # where other files lie, too: the listing of a deck


def verify(out: Path) -> Iterator[Result]:
    """Yield a result for all files of a build, as files, and then for each package in it.

    Raises ReportError where there is no build, or none with a report of this version.
    """
    report = load(out)
    files, found = held(out, report)
    yield Result(NAME, 0, len(report.files), tuple(found))
    packages = [*_packages(files)]
    for target in _FORMATS:
        own = [one for one in packages if one.target == target]
        if not any(not one.is_part for one in own):
            yield from _none(target, report)
        yield from (compare(one, _FORMATS[target], report) for one in own)
    yield from _unread(files, {name for one in packages for name in one.files})


def _packages(files: Mapping[str, Path]) -> Iterator[Package]:
    pages = {path: file for path, file in files.items()
             if path.startswith(f"{_SITE}/") and path.endswith(".html")}  # fmt: skip
    if pages:
        yield Package(f"{_SITE}/", _SITE, pages)
    for path, file in sorted(files.items()):
        for target, (ending, download) in _ENDINGS.items():
            if path.startswith(f"{target}/") and path.endswith(ending):
                yield Package(path, target, {path: file})
            elif path.startswith(_DOWNLOADS) and path.endswith(download):
                yield Package(path, target, {path: file}, is_part=True)


def _none(target: str, report: Report) -> Iterator[Result]:
    count = sum(row.is_in(target) for row in report.rows.values())
    if count:
        what = f"there is no package; the report has {count} items in it"
        yield Result(f"{target}/", found=(Difference(f"{target}/", "", what),))


def _unread(files: Mapping[str, Path], read: set[str]) -> Iterator[Result]:
    """Yield the packages of formats that have no reader here."""
    for path in sorted({*files} - read):
        if path.startswith(_DOWNLOADS) or not path.startswith(_BESIDE):
            yield Result(path, is_read=False)
