"""Holds the files of a build against the report's list of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from lrcards.guards import DATA, RefusedError, files_below, read_file
from lrcards.verify.difference import Difference
from lrcards.verify.report import NAME, Report


def held(out: Path, report: Report) -> tuple[dict[str, Path], list[Difference]]:
    """Return the files that the report lists, by path, and what is wrong with them all.

    None is read from outside the folder, whatever the report says.
    """
    there = {file.relative_to(out).as_posix(): file for file in files_below(out)}
    known: dict[str, Path] = {}
    found = [Difference(path, "", "is in the folder and not in the report")
             for path in sorted({*there} - {*report.files} - {NAME})]  # fmt: skip
    for path, (size, digest) in sorted(report.files.items()):
        try:
            data = _read(there.get(path))
        except RefusedError as refused:
            found.append(Difference(path, "", str(refused)))
            continue
        known[path] = there[path]
        found += (Difference(path, "", said) for said in _wrong(data, size, digest))
    return known, found


def _read(file: Path | None) -> bytes:
    if file is None:
        raise RefusedError("is in the report and not in the folder")
    if file.is_symlink():
        raise RefusedError("is a link, which lrcards never makes")
    return read_file(file, DATA)


def _wrong(data: bytes, size: int, digest: str) -> Iterator[str]:
    if len(data) != size:
        yield f"bytes: {len(data)} in the folder, {size} in the report"
    found = hashlib.sha256(data).hexdigest()
    if found != digest:
        yield f"sha256: {found} in the folder, {digest} in the report"
