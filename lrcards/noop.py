"""Is there anything to do? Decided from hashes, before a single lesson is parsed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lrcards import __version__
from lrcards.config import Config
from lrcards.diagnostics import Diagnostic, Span
from lrcards.guards import STATE, RefusedError, digest_file, files_below, path_problem, read_file

_FILE = "last-build.json"
_COMMITTED = ("lrcards.lock", "lrcards.values")
_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, OverflowError)
_PACKAGES = (
    "torch", "genanki", "jinja2", "markdown-it-py", "mdit-py-plugins", "PyYAML", "Pygments",
    "latex2mathml", "lxml",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LastBuild:
    """What the last good build was made from, what it made, and what it said."""

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    lines: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    files: int


def demands(isolation: str, frozen: bool, since: str) -> tuple[str, ...]:
    """Name how a build is to be; `since`: the demand of an old lock, or nothing."""
    return isolation, "frozen" if frozen else "verified", since


def request_key(out: Path, targets: Iterable[str], asked: Iterable[str]) -> tuple[str, ...]:
    """Name what a build must have been asked to stand for this one; strictness does not matter.

    `asked`: its demands().
    """
    return (str(out), *asked, *targets)


def inputs(config: Config, request: Iterable[str], extra: Iterable[str] = ()) -> dict[str, str]:
    """Hash everything that a build depends on; `request` is what the command line asked for.

    `extra` names files of the course outside the source folder, such as images beside it.
    """
    found = {f"version {name}": version for name, version in _versions()}
    found["request"] = "\n".join(request)
    named = {
        config.file,
        *(config.root / name for name in _COMMITTED),
        *(config.root / name for name in extra),
    }
    for file in sorted(named | set(files_below(config.root / config.source))):
        found[f"file {file.relative_to(config.root).as_posix()}"] = digest_file(file)
    for number, folder in enumerate(config.template_folders):
        for file in sorted(files_below(folder)):
            found[f"template {number} {file.relative_to(folder).as_posix()}"] = digest_file(file)
    return found


def unchanged(config: Config, out: Path, request: Iterable[str]) -> LastBuild | None:
    """Return the last build when it is what a build now would make; else None."""
    last = _load(config.state / _FILE)
    if last is None:
        return None
    outside = [name.removeprefix("file ") for name in last.inputs if name.startswith("file ")]
    if dict(last.inputs) != inputs(config, request, outside):
        return None
    made = {path: digest_file(out / path) for path in last.outputs}
    return last if made == dict(last.outputs) else None


def stands(config: Config, out: Path, target: str) -> bool:
    """Say whether a target lies in `out` as a build now would make it, however it was asked for."""
    last = _load(config.state / _FILE)
    asked = last.inputs.get("request", "").split("\n") if last else [""]
    # See request_key(): the folder, three demands, the targets. What was built since an old lock
    # is not the whole.
    mine = asked[0] == str(out) and asked[3:4] == [""] and target in asked[4:]
    return mine and unchanged(config, out, asked) is not None


def remember(config: Config, last: LastBuild) -> None:
    """Write the record; it is a hint, so a torn one only costs a build."""
    config.state.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(last), sort_keys=True)
    (config.state / _FILE).write_text(text, encoding="utf-8")


def _versions() -> Iterator[tuple[str, str]]:
    yield "lrcards", __version__
    yield "python", platform.python_version()
    yield "machine", platform.machine()
    for name in _PACKAGES:
        try:
            yield name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield name, "none"
    # An editable install changes without a new version: the package's own code counts too.
    package = Path(__file__).resolve().parent
    code = (digest_file(file) for file in sorted(package.rglob("*.py")))
    yield "code", hashlib.sha256("".join(code).encode()).hexdigest()


def _load(file: Path) -> LastBuild | None:
    """Read the record; one that cannot be read only means that there is something to do."""
    try:
        values = json.loads(read_file(file, STATE))
        last = LastBuild(
            _texts(values["inputs"]),
            _texts(values["outputs"]),
            tuple(map(str, values["lines"])),
            tuple(_diagnostic(one) for one in values["diagnostics"]),
            int(values["files"]),
        )
    except (RefusedError, RecursionError, *_MALFORMED):
        return None
    return last if all(map(_stays_below, (*last.inputs, *last.outputs))) else None


def _texts(values: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}


def _stays_below(name: str) -> bool:
    """Refuse names that no build of ours would record; each is looked up in a folder."""
    path = PurePosixPath(name.removeprefix("file "))
    return not (path.is_absolute() or ".." in path.parts or path_problem(name))


def _diagnostic(values: dict[str, Any]) -> Diagnostic:
    return Diagnostic(
        span=_span(values["span"]),
        code=str(values["code"]),
        message=str(values["message"]),
        help=str(values["help"]),
        notes=tuple(map(str, values["notes"])),
        also=tuple((_span(span), str(label)) for span, label in values["also"]),
        severity="error" if values["severity"] == "error" else "warning",
    )


def _span(values: dict[str, Any]) -> Span:
    numbers = (int(values[name]) for name in ("line", "column", "width"))
    return Span(str(values["path"]), *numbers)
