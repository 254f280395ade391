"""Members of a zip, which may be anyone's: of bounded number and size, whatever it claims."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter

from lrcards.guards import DATA
from lrcards.verify.tree import UnreadableError

_MOST = 100_000
# A RuntimeError: an encrypted one.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError,
)  # fmt: skip


def members(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir()]
            _check(inside)
            return _read(archive, [one.filename for one in inside])
    except _BROKEN:
        raise UnreadableError("it is no zip, or damaged") from None


def _check(inside: list[zipfile.ZipInfo]) -> None:
    if len(inside) > _MOST:
        raise UnreadableError(f"it holds more than {_MOST} files")
    if not {one.compress_type for one in inside} <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnreadableError("it is packed in a way that lrcards never uses")
    for name, times in Counter(one.filename for one in inside).items():
        if times > 1:
            raise UnreadableError(f"it holds {name} {times} times")
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise UnreadableError(f"it holds a file outside its folder, {name}")


def _read(archive: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = DATA
    for name in names:
        with archive.open(name) as member:
            found[name] = member.read(left + 1)
        left -= len(found[name])
        if left < 0:
            raise UnreadableError(f"unpacked, it is larger than {DATA >> 20} MiB")
    return found
