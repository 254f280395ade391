"""The configuration: lrcards.toml, or [tool.lrcards] in pyproject.toml, found upwards."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from lrcards.diagnostics import Diagnostic, Span, did_you_mean
from lrcards.folders import folder_problems
from lrcards.guards import RefusedError, inside, is_fit, read_file
from lrcards.model import (
    ALL_TARGETS,
    TARGETS,
    About,
    AnkiOptions,
    MoodleOptions,
    is_language,
    moodle_options,
)

_ABOUT = tuple(field.name for field in fields(About))
_TEXTS = (*_ABOUT, "source", "out", "templates", "isolation", "moodle")
_ANKI = ("anki_variants", "anki_presets")
_KEYS = (*_TEXTS, "targets", "snippet_timeout", "retired", "allow", *_ANKI)
ISOLATION = ("auto", "full")
_SHAPES: Mapping[str, tuple[Callable[[str], object], str]] = {
    "uid": (re.compile(r"[a-z0-9][a-z0-9-]{0,63}").fullmatch, "use a-z, 0-9 and -, at most 64"),
    "language": (is_language, "write a tag such as en, de or pt-BR"),
    "isolation": (ISOLATION.__contains__, f"use one of: {', '.join(ISOLATION)}"),
}
_FOLDERS = {"source": "source", "out": "build", "templates": "templates"}
LONGEST_TIMEOUT = 3600
_MOST_VARIANTS = 100


@dataclass(frozen=True, slots=True)
class Config:
    """A course's configuration; `root` holds the file that it came from."""

    root: Path
    file: Path
    about: About
    source: str = _FOLDERS["source"]
    out: str = _FOLDERS["out"]
    templates: str = _FOLDERS["templates"]
    targets: tuple[str, ...] = TARGETS
    snippet_timeout: float = 60.0
    isolation: str = "auto"
    retired: tuple[str, ...] = ()
    allow: tuple[tuple[str, str], ...] = ()
    anki: AnkiOptions = field(default_factory=AnkiOptions)
    moodle: MoodleOptions = field(default_factory=MoodleOptions)

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """The course's own templates come first, then the bundled ones."""
        own = self.root / self.templates
        bundled = _bundled_templates()
        return (own, bundled) if own.is_dir() and own != bundled else (bundled,)

    @property
    def state(self) -> Path:
        """The folder of all state of the tool: store, last build, staging."""
        return self.root / ".lrcards"


def _bundled_templates() -> Path:
    """Return the bundled folder: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


class ConfigError(Exception):
    """The configuration is missing or wrong: a usage error, exit code 2."""

    def __init__(self, diagnostics: list[Diagnostic], sources: Mapping[str, str]) -> None:
        super().__init__(diagnostics[0].message)
        self.diagnostics = diagnostics
        self.sources = sources


def find_config(start: Path) -> Config:
    """Load the nearest configuration at or above `start`.

    Raises ConfigError where there is none or where it is wrong.
    """
    for folder in (start, *start.parents):
        for name in ("lrcards.toml", "pyproject.toml"):
            file = folder / name
            found = _table(file) if os.path.lexists(file) else None
            if found is not None:
                return _Reader(file, *found).config()
    message = "no lrcards.toml here or in a folder above"
    hint = 'write one with at least two lines: uid = "my-course" and title = "My course"'
    raise ConfigError([Diagnostic(Span("lrcards.toml"), "no-config", message, hint)], {})


def _table(file: Path) -> tuple[dict[str, Any], str] | None:
    """Read the table of a file that is a configuration, and the file's text for excerpts."""
    try:
        if not inside(file, file.parent):
            raise RefusedError("it is a link that leads out of its folder")
        text = read_file(file).decode("utf-8")
        content = tomllib.loads(text)
    except RefusedError as refused:
        message = f"{file.name} is not read: {refused}"
        raise ConfigError([Diagnostic(Span(file.name), "broken-config", message)], {}) from None
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, a number without end
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        found = Diagnostic(Span(file.name, line, column), "broken-config", f"not TOML: {error}")
        raise ConfigError([found], {}) from None
    if file.name == "lrcards.toml":
        return content, text
    tool = content.get("tool")
    table = tool.get("lrcards") if isinstance(tool, dict) else None
    return (table, text) if isinstance(table, dict) else None


class _Reader:
    """Collects every mistake of one table before it gives up."""

    def __init__(self, file: Path, table: dict[str, Any], text: str) -> None:
        self.file = file
        self.text = text
        self.table = table
        self.found: list[Diagnostic] = []

    def config(self) -> Config:
        for key in self.table:
            if key not in _KEYS:
                self.problem(key, f"unknown key '{key}'", did_you_mean(key, _KEYS))
        texts = {key: self.string(key) for key in _TEXTS if key in self.table}
        self.identity(texts)
        named = {key: texts.get(key, default) for key, default in _FOLDERS.items()}
        for wrong in folder_problems(self.file.parent, named):
            self.problem(*wrong)
        self.shapes(texts)
        about = About(**{"uid": "", "title": "", **{k: texts[k] for k in _ABOUT if k in texts}})
        config = Config(
            root=self.file.parent,
            file=self.file,
            about=about,
            targets=self.targets(),
            snippet_timeout=self.timeout(),
            isolation=texts.get("isolation", "auto"),
            retired=self.strings("retired"),
            allow=tuple(sorted(self.allowed().items())),
            anki=self.anki(),
            moodle=self.moodle(texts),
            **{k: texts[k] for k in _FOLDERS if k in texts},
        )
        if self.found:
            raise ConfigError(self.found, {self.file.name: self.text})
        return config

    def identity(self, texts: Mapping[str, str]) -> None:
        for key in ("uid", "title"):
            if not texts.get(key, "").strip():
                self.problem(key, f"'{key}' is missing", f'every course needs {key} = "..."')

    def shapes(self, texts: Mapping[str, str]) -> None:
        for key, (fits, hint) in _SHAPES.items():
            written = texts.get(key, "")
            # what is no text, and a uid that is missing, has been told
            told = written != self.table.get(key) or (key == "uid" and not written)
            if not told and not fits(written):
                self.problem(key, f"'{written}' cannot be the {key}", hint)

    def problem(self, key: str, message: str, help_: str = "") -> None:
        match = re.search(rf"^\s*{re.escape(key)}\s*=", self.text, re.MULTILINE)
        line = self.text.count("\n", 0, match.start(0)) + 1 if match else 1
        column = match.end(0) - match.start(0) - len(match[0].lstrip()) + 1 if match else 1
        span = Span(self.file.name, line, column, len(key))
        self.found.append(Diagnostic(span, "bad-config", message, help_))

    def string(self, key: str) -> str:
        value = self.table[key]
        if isinstance(value, str) and is_fit(value):
            return value
        what = "holds a control character" if isinstance(value, str) else "must be text in quotes"
        self.problem(key, f"'{key}' {what}")
        return ""

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.problem(key, f"'{key}' must be a list of texts")
        return ()

    def targets(self) -> tuple[str, ...]:
        if self.table.get("targets") == []:
            self.problem("targets", "'targets' is an empty list", "name at least one, or remove it")
        names = self.strings("targets") or TARGETS
        for name in names:
            if name not in ALL_TARGETS:
                self.problem("targets", f"unknown target '{name}'", did_you_mean(name, ALL_TARGETS))
        return names

    def timeout(self) -> float:
        value = self.table.get("snippet_timeout", 60)
        known = isinstance(value, int | float) and not isinstance(value, bool)
        if known and 0 < value <= LONGEST_TIMEOUT:
            return float(value)
        said = f"must be a number of seconds above 0, at most {LONGEST_TIMEOUT}"
        self.problem("snippet_timeout", f"'snippet_timeout' {said}")
        return 60.0

    def anki(self) -> AnkiOptions:
        variants, presets = (self.table.get(k, d) for k, d in zip(_ANKI, (1, False), strict=True))
        # type(), since True is an int
        if type(variants) is not int or not 1 <= variants <= _MOST_VARIANTS:
            said = f"must be a whole number from 1 to {_MOST_VARIANTS}"
            self.problem("anki_variants", f"'anki_variants' {said}")
            variants = 1
        if not isinstance(presets, bool):
            self.problem("anki_presets", "'anki_presets' must be true or false")
        return AnkiOptions(variants, presets is True)

    def moodle(self, texts: Mapping[str, str]) -> MoodleOptions:
        made = moodle_options(texts["moodle"]) if "moodle" in texts else MoodleOptions()
        if made is None:
            self.problem("moodle", "'moodle' must be a version in quotes, such as \"4.4\"")
        return made or MoodleOptions()

    def allowed(self) -> dict[str, str]:
        value = self.table.get("allow", {})
        if isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
            return value
        self.problem("allow", "'allow' must map warning codes to reasons in quotes")
        return {}
