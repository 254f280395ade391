"""A course's QTI 3.0 package as the players get it, and the plan's answers in its identifiers."""

from __future__ import annotations

import io
import json
import posixpath
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from lxml import etree

from lrcards.cli import run
from tests.conftest import ROOT
from tests.marks import plan, qti21
from tests.marks.plan import Row, Try
from tests.play.stage import Ordered, Paired, Picked, Response, Typed

OURS = ROOT
TORTURE = ROOT / "tests" / "torture"
_SOURCES = {"source", "lrcards.toml", "lrcards.lock", "lrcards.values"}
_ITEM = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-assessment-item"


@dataclass(frozen=True, slots=True)
class Course:
    """What one build made: the files of the package, and the items in it with their rows."""

    name: str
    files: Mapping[str, bytes]
    items: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of a package: its row of report.json, its XML, and the folder that it stands in."""

    key: str
    row: Row
    xml: str
    folder: str

    @property
    def kind(self) -> str:
        return str(self.row["kind"])

    def response(self, one: Try) -> Response:
        """Return an answer of the plan as a learner gives it to this item."""
        given: Any = one.given
        match one.kind:
            case "numeric" | "short":
                return Typed((given,))
            case "cloze":
                return Typed(given)
        ((_, value),) = qti21.Item(self._plain(), self.row).responses(given)
        values = () if value is None else (value,) if isinstance(value, str) else tuple(value)
        match one.kind:
            case "choice" | "multiple":
                return Picked(values)
            case "order":
                return Ordered(values)
            case "match":
                return Paired(tuple((pair.split()[0], pair.split()[1]) for pair in values))
        raise ValueError(f"nobody has said how to play {one.kind}")

    def worth(self, share: Fraction) -> Fraction:
        """Return the mark for a share: of the item's points, in whole and in decimals."""
        return share * Fraction(self.row["content"]["points"])

    def _plain(self) -> Any:
        return qti21.plain_names(self.xml.encode())


def built(source: Path, folder: Path) -> Course:
    """Build the QTI 3.0 package of a copy of a course, in an empty folder, and read it."""
    for one in source.iterdir():
        if one.name in _SOURCES:
            (shutil.copytree if one.is_dir() else shutil.copy)(one, folder / one.name)
    with chdir(folder):
        code = run(["build", "--to", "qti3", "--quiet"])
    if code:
        raise AssertionError(f"the course in {source} does not build: exit code {code}")
    report = json.loads((folder / "build" / "report.json").read_bytes())
    (package,) = (folder / "build" / "qti3").glob("*.zip")
    return read(package.stem, package.read_bytes(), report)


def read(name: str, data: bytes, report: Row) -> Course:
    """Return the items of a package in the order of report.json."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    found = dict(_found(files))
    rows = {plan.key(row): row for row in report["items"]}
    items = tuple(Asked(key, row, *found[key]) for key, row in rows.items() if key in found)
    return Course(name, files, items)


def _found(files: Mapping[str, bytes]) -> Iterator[tuple[str, tuple[str, str]]]:
    for file, data in files.items():
        if not file.endswith(".xml"):
            continue
        top = etree.fromstring(data)
        if top.tag == _ITEM:
            folder = posixpath.dirname(file)
            # An id may begin with a digit, a name of XML may not: it has `_` before it.
            key = str(top.get("identifier")).removeprefix("_")
            yield key, (data.decode(), f"{folder}/" if folder else "")
