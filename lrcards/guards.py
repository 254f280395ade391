"""What stands between the compiler and a stranger's course: files, characters, time, memory.

Whatever a course names or holds is opened, printed and bounded through this module alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

if sys.platform != "win32":
    import resource

TEXT = 1 << 20  # a lesson, a snippet, a template, a configuration
PICTURE = 16 << 20
STATE = 64 << 20  # the lock and other records of ours; parsed, they take twenty times as much
DATA = 256 << 20  # data files and the store
_MEMORY = 1 << 30
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# U+E000 and U+E001 mark places in our own XML; U+FFFE and U+FFFF are in no XML at all.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ue000\ue001\ufeff\ufffe\uffff]"
)
_UNPRINTABLE = re.compile(_FORBIDDEN.pattern.replace("[", r"[\r", 1))
_NOT_IN_NAMES = re.compile(_FORBIDDEN.pattern.replace("[", r"[\t\n\r\\", 1))
_LONGEST_PATH, _LONGEST_NAME = 1000, 200
_DELETE = 0x7F


class RefusedError(Exception):
    """A file that is not read; the text says why, as in `it is no regular file`."""


class TooMuchError(BaseException):
    """Work that was stopped for its time or memory.

    A BaseException: an `except Exception` on the way, in a library, must not swallow it.
    """


# --- files


def read_file(file: Path, most: int = TEXT) -> bytes:
    """Read a regular file of at most `most` bytes; a pipe or a device is never waited for.

    Raises RefusedError for anything else, and where the file cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(file, flags)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RefusedError(f"it cannot be opened: {reason}") from None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise RefusedError("it is no regular file")
        if about.st_size > most:
            raise RefusedError(f"it is larger than {most >> 20} MiB")
        return _read(handle, most)
    finally:
        os.close(handle)


def _read(handle: int, most: int) -> bytes:
    data = bytearray()
    while len(data) < most and (chunk := os.read(handle, most - len(data))):
        data += chunk
    return bytes(data)


def digest_file(file: Path) -> str:
    """Return the sha256 of a file; `missing` where it is none that could be read.

    A huge one is known by size and time of change: hashing a sparse terabyte takes an hour.
    """
    try:
        about = file.stat()
        if stat.S_ISREG(about.st_mode) and about.st_size > DATA:
            return f"{about.st_size} bytes, changed at {about.st_mtime_ns}"
        return hashlib.sha256(read_file(file, DATA)).hexdigest()
    except (OSError, ValueError, RefusedError):
        return "missing"


def inside(file: Path, root: Path) -> bool:
    """Say whether a file lies in a folder, links followed, and in no hidden folder of it.

    Hidden ones hold what is no course: `.git` with its credentials, `.env`, our own state.
    """
    try:
        below = file.resolve().relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that cannot be one
        return False
    return not any(part.startswith(".") for part in below.parts)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield all in a folder that is no folder, in no order; links to folders are not followed."""
    waiting = [folder]
    while waiting:
        try:
            entries = [*os.scandir(waiting.pop())]
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            else:
                yield Path(entry.path)


def path_problem(written: str) -> str | None:
    """Say why a text cannot name a file on every system; None where it can."""
    bad = _NOT_IN_NAMES.search(written)
    if bad:
        return f"it holds {_called(bad[0])}"
    if len(written) > _LONGEST_PATH or any(
        len(part.encode()) > _LONGEST_NAME for part in written.split("/")
    ):
        return "it is too long"
    return None


# --- characters


def forbidden(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and name of each character that no text of a course may hold.

    Control characters steer terminals and break XML; bidirectional ones show code in another
    order than it runs. Right-to-left letters need none of them.
    """
    return ((match.start(), _called(match[0])) for match in _FORBIDDEN.finditer(text))


def is_fit(text: str) -> bool:
    """Say whether a text holds no forbidden character."""
    return not _FORBIDDEN.search(text)


def visible(text: str) -> str:
    """Return a text fit for a terminal: each forbidden character becomes one visible one."""
    return _UNPRINTABLE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < ord(" "):
        return chr(0x2400 + code)
    return "\u2421" if code == _DELETE else "\ufffd"


def _called(char: str) -> str:
    if char == "\\":
        return "a backslash"
    what = "bidirectional control" if _BIDI.match(char) else "control"
    return f"{what} character U+{ord(char):04X}"


# --- time and memory


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Stop what runs inside after so much CPU time, or when it takes a gibibyte more memory.

    Raises TooMuchError. Nothing is bounded off the main thread and on Windows; memory is on
    Linux alone.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    said = f"it takes more than {seconds:g} s"

    def stop(_: int, __: FrameType | None) -> None:
        raise TooMuchError(said)

    before = signal.signal(signal.SIGVTALRM, stop)
    limits = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        _limit_memory(limits)
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        yield
    except MemoryError as error:
        said = "it takes more than 1 GiB of memory"
        raise TooMuchError(said).with_traceback(error.__traceback__) from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        resource.setrlimit(resource.RLIMIT_DATA, limits)


def _limit_memory(limits: tuple[int, int]) -> None:
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    most = pages * resource.getpagesize() + _MEMORY
    if limits[0] == resource.RLIM_INFINITY or most < limits[0]:
        resource.setrlimit(resource.RLIMIT_DATA, (most, limits[1]))
