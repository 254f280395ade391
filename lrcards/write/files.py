"""The only module that writes a course's output: staged, synced, then exchanged in one step."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from filelock import FileLock

from lrcards.diagnostics import UsageProblemError
from lrcards.guards import STATE, RefusedError, files_below, read_file

REPORT = "report.json"
_JOURNAL = "exchange.json"
_STAGE = "stage"
_OLD = "old"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class OutputRefusedError(UsageProblemError):
    """The output folder is not ours to replace: a usage error, exit code 2."""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def ours(out: Path) -> dict[str, object]:
    """Return the report of the last build in `out`, or nothing where there is none.

    Raises OutputRefusedError where the folder holds something that we did not make. Nothing is
    advised to be removed before it is known that the folder is ours: it may be anyone's.
    """
    if out.is_symlink():
        raise OutputRefusedError(f"{out.name} is a link, not a folder; choose another --out")
    if not out.exists():
        return {}
    if not out.is_dir():
        raise OutputRefusedError(f"{out.name} is a file, not a folder; choose another --out")
    if not any(out.iterdir()):
        return {}
    report = _report(out)
    if report is None:
        raise OutputRefusedError(
            f"lrcards did not make this folder, {out.name}/, and it is not empty;"
            " choose another --out"
        )
    link = next((file for file in files_below(out) if file.is_symlink()), None)
    if link is not None:
        raise OutputRefusedError(f"{out.name}/ holds a link, {link.name}; remove it")
    return report


def _report(out: Path) -> dict[str, object] | None:
    """Read the report that makes a folder ours; None where there is none."""
    try:
        report = json.loads(read_file(out / REPORT, STATE))
    except (RefusedError, ValueError, RecursionError):
        return None
    return report if isinstance(report, dict) and "lrcards" in report else None


def outputs(out: Path) -> dict[str, str]:
    """Return the digest of every file in an output folder by its path there."""
    return {
        file.relative_to(out).as_posix(): digest(file.read_bytes())
        for file in sorted(files_below(out))
        if file.is_file() and not file.is_symlink()
    }


def read_files(out: Path, paths: Iterator[str]) -> dict[str, bytes]:
    """Read the files that a partial build carries over, none from outside the folder."""
    wanted = set(paths)
    known = {file.relative_to(out).as_posix(): file for file in files_below(out)}
    return {path: file.read_bytes() for path, file in known.items() if path in wanted}


def save(tree: Mapping[str, bytes], out: Path, state: Path, also: Mapping[Path, bytes]) -> None:
    """Make `out` hold exactly `tree`, and replace the files `also`, or change nothing.

    Files in `out` that no report of ours names are carried over: nothing of the user's is lost.
    """
    stage = _place_beside(out, state)
    with FileLock(state / "stage.lock"):  # a second build beside this one waits its turn
        _remove(stage)
        strangers = _strangers(out)
        for path, data in {**strangers, **tree}.items():
            _write(stage / path, data)
        _sync_folders(stage)
        for file, data in also.items():
            replace_file(file, data)
        exchange(stage, out)
        _remove(stage)


def recover(out: Path, state: Path) -> None:
    """Finish an exchange by two renames that a killed build left half done."""
    for stage in (state / _STAGE, _sibling(out)):
        journal = stage.parent / f"{stage.name}.{_JOURNAL}"
        if not journal.is_file():
            continue
        old = stage.parent / f"{stage.name}.{_OLD}"
        if not out.exists() and old.exists():
            old.rename(out)
        _remove(old)
        journal.unlink()


def replace_file(file: Path, data: bytes) -> None:
    """Replace one file in one step; an equal one is left alone."""
    if file.is_file() and file.read_bytes() == data:
        return
    temporary = file.with_name(file.name + ".new")
    _write(temporary, data)
    temporary.replace(file)


def exchange(stage: Path, out: Path) -> None:
    """Put `stage` where `out` is; what was there ends up at `stage`, or nowhere."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        stage.rename(out)
    elif not _rename_exchange(stage, out):
        _two_renames(stage, out)


def _rename_exchange(stage: Path, out: Path) -> bool:
    """Swap two folders atomically, where the kernel and the file system can."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    ends = (_AT_FDCWD, os.fsencode(stage), _AT_FDCWD, os.fsencode(out), _RENAME_EXCHANGE)
    if renameat2(*ends) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.ENOSYS, errno.EINVAL}:
        return False
    raise OSError(code, os.strerror(code), str(out))


def _two_renames(stage: Path, out: Path) -> None:
    old = stage.parent / f"{stage.name}.{_OLD}"
    journal = stage.parent / f"{stage.name}.{_JOURNAL}"
    _remove(old)
    _write(journal, b"{}")
    out.rename(old)
    stage.rename(out)
    _remove(old)
    journal.unlink()


def _place_beside(out: Path, state: Path) -> Path:
    """Return a staging folder on the file system of `out`, so that renaming is possible."""
    state.mkdir(parents=True, exist_ok=True)
    parent = next(folder for folder in out.parents if folder.exists())
    same = state.stat().st_dev == parent.stat().st_dev
    return state / _STAGE if same else _sibling(out)


def _sibling(out: Path) -> Path:
    return out.parent / f".{out.name}.lrcards"


def _strangers(out: Path) -> dict[str, bytes]:
    report = ours(out)
    rows = report.get("files")
    listed = rows if isinstance(rows, list) else []
    known = {row.get("path") for row in listed if isinstance(row, dict)}
    return {
        path: (out / path).read_bytes()
        for path in outputs(out)
        if path not in known and path != REPORT
    }


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Never through a link that someone has left in our way.
    file.unlink(missing_ok=True)
    with file.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folders(root: Path) -> None:
    for folder in (root, *(one for one in root.rglob("*") if one.is_dir())):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)
