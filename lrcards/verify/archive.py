"""Members of a zip, which may be anyone's: of bounded number and size, whatever it claims."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter

from lrcards.guards import DATA
from lrcards.verify.tree import UnreadableError

_MOST = 100_000


def members(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
            _check(names)
            return _read(archive, names)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError):
        # A RuntimeError: an encrypted one, or one packed in a way that Python does not know.
        raise UnreadableError("it is no zip, or damaged") from None


def _check(names: list[str]) -> None:
    if len(names) > _MOST:
        raise UnreadableError(f"it holds more than {_MOST} files")
    for name, times in Counter(names).items():
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
