"""Runs one snippet in this process and tells what it left. Used in a forked child."""

from __future__ import annotations

import builtins
import errno
import json
import signal
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lrcards import snippet as prelude
from lrcards.run.protocol import LARGEST_RESULT

_MOST_BITS = 4096
_DEEPEST = 20
_LONGEST_MESSAGE = 2000
# Windows has none: there the compiler alone watches the clock.
_HAS_TIMERS = hasattr(signal, "setitimer")
_DENIED = {errno.EPERM, errno.EACCES, errno.EFBIG}
# How torch and Python say that memory or a thread was not to be had.
_NO_MEMORY = "can't allocate memory"
_NO_THREAD = "can't start new thread"


class _LimitError(BaseException):
    """A time limit; no `except Exception` of a snippet catches it."""


def execute(job: dict[str, Any]) -> dict[str, Any]:
    """Run `{code, path, first_line, wall, cpu}`; return its result as plain data.

    `wall` and `cpu` are limits in seconds.
    """
    path, code = job["path"], job["code"]
    space: dict[str, Any] = {"__name__": "__main__", "__file__": path}
    space["__builtins__"] = builtins
    before = set(space)
    failure: dict[str, Any] | None = None
    prelude.fresh()
    with (
        warnings.catch_warnings(record=True) as caught,
        _limited(job["wall"], job["cpu"]) as reached,
    ):
        warnings.simplefilter("always")
        # When an open file is noticed depends on garbage collection, not on the snippet.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            # Empty lines in front make every line number that of the file the code stands in.
            exec(compile("\n" * (job["first_line"] - 1) + code, path, "exec"), space)  # noqa: S102
        except BaseException as error:  # noqa: BLE001 - whatever a snippet does is a result
            failure = _failure(error, path, reached)
    names, unusable = _names({k: v for k, v in space.items() if k not in before})
    result = {
        "names": names,
        "unusable": unusable,
        "warnings": [_warning(one, path) for one in caught],
        "failure": failure,
        "optimizer_steps": prelude.STEPS.optimizer,
        "scheduler_steps": prelude.STEPS.scheduler,
    }
    return result if _fits(result) else _too_large(result)


@contextmanager
def _limited(wall: float, cpu: float) -> Iterator[list[tuple[str, str]]]:
    """Raise in the snippet when its time is up; the list says which limit it was."""
    reached: list[tuple[str, str]] = []

    def stop(kind: str, message: str) -> Callable[[int, types.FrameType | None], None]:
        def handler(_number: int, _frame: types.FrameType | None) -> None:
            reached.append((kind, message))
            raise _LimitError

        return handler

    if not _HAS_TIMERS:
        yield reached
        return
    signal.signal(signal.SIGALRM, stop("wall-limit", f"stopped after {wall:g} s"))
    signal.signal(signal.SIGPROF, stop("cpu-limit", f"stopped after {cpu:g} s of CPU"))
    signal.setitimer(signal.ITIMER_REAL, wall)
    signal.setitimer(signal.ITIMER_PROF, cpu)
    try:
        yield reached
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _failure(error: BaseException, path: str, reached: list[tuple[str, str]]) -> dict[str, Any]:
    if isinstance(error, SyntaxError) and error.filename == path:
        return _failed("syntax", f"{error.msg}", error, error.lineno)
    line = next(
        (one.lineno for one in reversed(traceback.extract_tb(error.__traceback__))
         if one.filename == path),
        None,
    )  # fmt: skip
    if reached:
        kind, message = reached[0]
        return _failed(kind, message, None, line)
    if isinstance(error, MemoryError) or _NO_MEMORY in _text_of(error):
        return _failed("memory", "it needs more memory than it may have", None, line)
    if _was_denied(error):
        return _failed("denied", f"it may not do this: {_text_of(error)}", error, line)
    if isinstance(error, SystemExit):
        return _failed("exception", f"it called exit({error.code})", error, line)
    return _failed("exception", _text_of(error), error, line)


def _was_denied(error: BaseException) -> bool:
    """Was it the confinement that refused? An error that a snippet made itself has no number."""
    if isinstance(error, OSError):
        return error.errno in _DENIED
    return isinstance(error, RuntimeError) and _NO_THREAD in _text_of(error)


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a snippet may define an error that cannot be written
        return "(no text)"


def _failed(
    kind: str, message: str, error: BaseException | None, line: int | None
) -> dict[str, Any]:
    name = type(error).__name__ if error is not None else ""
    return {
        "kind": kind,
        "message": message[:_LONGEST_MESSAGE],
        "exception": name,
        "line": line,
        "stderr": "",
    }


def _warning(caught: warnings.WarningMessage, path: str) -> dict[str, Any]:
    line = caught.lineno if caught.filename == path else None
    message = str(caught.message)[:_LONGEST_MESSAGE]
    return {"category": caught.category.__name__, "message": message, "line": line}


def _names(space: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Part top-level names into plain data and, by type name, the rest."""
    names: dict[str, Any] = {}
    unusable: dict[str, str] = {}
    for name, value in space.items():
        if name.startswith("_"):
            continue
        try:
            names[name] = _plain(value, 0)
        except TypeError:
            unusable[name] = type(value).__name__
    return names, unusable


def _plain(value: Any, depth: int) -> Any:
    """Turn a value into JSON; tensors and tuples become lists.

    Raises TypeError for what is no data, too deep, or too big.
    """
    if depth > _DEEPEST:
        raise TypeError
    if isinstance(value, bool | float | str | None):
        return value if type(value) in {bool, float, str, type(None)} else _base(value)
    if isinstance(value, int) and value.bit_length() <= _MOST_BITS:
        return int(value)
    if isinstance(value, list | tuple):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, dict) and all(type(key) is str for key in value):
        return {key: _plain(one, depth + 1) for key, one in value.items()}
    if type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "tolist"):
        return _plain(value.tolist(), depth + 1)
    raise TypeError


def _base(value: Any) -> Any:
    return str(value) if isinstance(value, str) else float(value)


def _fits(result: dict[str, Any]) -> bool:
    return len(json.dumps(result)) <= LARGEST_RESULT


def _too_large(result: dict[str, Any]) -> dict[str, Any]:
    message = f"it leaves more than {LARGEST_RESULT >> 20} MiB of values"
    return {
        **result,
        "names": {},
        "unusable": {},
        "warnings": [],
        "failure": _failed("output-limit", message, None, None),
    }
