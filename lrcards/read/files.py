"""Files of a course: which there are, and their text; nothing outside the course is opened."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lrcards import guards
from lrcards.diagnostics import Diagnostic, Span
from lrcards.markup import svg_problem
from lrcards.model import Marker
from lrcards.read.fields import Notes

IMAGE_TYPES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")


@dataclass(slots=True)
class Files:
    """Opens what lies inside `root` and remembers each text for excerpts."""

    root: Path
    source: Path
    sources: dict[str, str] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)

    def lessons(self, notes: Notes) -> list[Path]:
        """Return the Markdown files below the source folder, names with `_` or `.` skipped."""
        found = sorted(
            file
            for file in guards.files_below(self.source)
            if file.suffix == ".md"
            and not any(part[0] in "_." for part in file.relative_to(self.source).parts)
        )
        wrong = {file: guards.path_problem(self.name(file)) for file in found}
        for file, problem in wrong.items():
            if problem:
                hint = "rename it; pages and packages are named after it"
                message = f"this cannot be the name of a lesson: {problem}"
                notes.error(Span(self.name(file)), "bad-path", message, hint)
        return [file for file in found if not wrong[file]]

    def name(self, file: Path) -> str:
        """Return the name that reports and messages use: relative to the course."""
        return file.relative_to(self.root).as_posix()

    def text(self, file: Path, notes: Notes) -> str | None:
        """Read UTF-8 text, line ends normalised; None with a note where it is none."""
        name = self.name(file)
        if not guards.inside(file, self.root):
            message = "the file is a link that leads out of the course"
            notes.error(Span(name), "outside-course", message, "copy it into the course")
            return None
        data = self.read(file, guards.TEXT, Span(name), notes)
        if data is None:
            return None
        data = data.removeprefix(b"\xef\xbb\xbf")
        try:
            text = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            self.sources[name] = data.decode("utf-8", "replace")
            before = data[: error.start].decode("utf-8", "replace")
            line = before.count("\n") + 1
            column = len(before) - before.rfind("\n")
            message = f"byte 0x{data[error.start]:02x} is not UTF-8"
            notes.error(Span(name, line, column), "not-utf8", message, "save the file as UTF-8")
            return None
        self.sources[name] = text
        for at, what in guards.forbidden(text):
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            notes.error(Span(name, line, column), "control-character", what, "remove it")
        return text

    def read(self, file: Path, most: int, span: Span, notes: Notes) -> bytes | None:
        """Read a file's bytes; None with a note at `span` where it is none to be read."""
        try:
            return guards.read_file(file, most)
        except guards.RefusedError as refused:
            message = f"{self.name(file)} is not read: {refused}"
            hint = "put a plain file there, or split a large one"
            notes.error(span, "unreadable-file", message, hint)
            return None

    def snippet(self, marker: Marker, notes: Notes) -> tuple[str, str] | None:
        """Read a snippet's file, named relative to the source folder: its name and its text."""
        file = self.resolve(self.source, marker.text, marker.span, notes)
        if file is None:
            return None
        if not file.is_file():
            message = f"there is no file '{marker.text}'"
            notes.error(marker.span, "missing-file", message, self.below_source("snippets"))
            return None
        text = self.text(file, notes)
        return None if text is None else (self.name(file), text)

    def below_source(self, what: str) -> str:
        """Say what the paths that front matter names are relative to."""
        return f"paths of {what} are relative to the folder {self.name(self.source)}/"

    def image(self, lesson: str, source: str, span: Span, notes: Notes) -> str | None:
        """Load an image named relative to its lesson; return its name in the course."""
        if re.match(r"[a-z][a-z0-9+.-]*:|//", source):
            message = f"the image '{source}' is not in the course"
            notes.error(span, "missing-media", message, "download it and give its path")
            return None
        file = self.resolve((self.root / lesson).parent, source, span, notes)
        if file is None:
            return None
        name = self.name(file)
        if file.suffix.lower() not in IMAGE_TYPES:
            expected = ", ".join(IMAGE_TYPES)
            message = f"'{source}' is no image that every target shows"
            notes.error(span, "missing-media", message, f"use one of {expected}")
        elif not file.is_file():
            hint = "paths of pictures are relative to the file that they stand in"
            notes.error(span, "missing-media", f"there is no file '{source}'", hint)
        elif (data := self.read(file, guards.PICTURE, span, notes)) is not None:
            problem = svg_problem(data) if file.suffix.lower() == ".svg" else None
            if problem:
                hint = "save it as a plain picture: no scripts, no links, all in one file"
                notes.error(span, "active-svg", f"{name} is not a plain picture: {problem}", hint)
            self.media[name] = data
            return name
        return None

    def resolve(self, base: Path, written: str, span: Span, notes: Notes) -> Path | None:
        """Return the file that a path means; one that leaves the course is a mistake."""
        problem = guards.path_problem(written)
        if problem:
            message = f"'{written}' cannot be a path: {problem}"
            notes.error(span, "bad-path", message, "use letters, digits, - and /")
            return None
        file = Path(os.path.normpath(base / written))
        outside = PurePosixPath(written).is_absolute() or not file.is_relative_to(self.root)
        if outside or not guards.inside(file, self.root):
            message = f"the path '{written}' leaves the course"
            hint = "use a path inside the course, and in no hidden folder"
            notes.error(span, "outside-course", message, hint)
            return None
        return file


def no_lessons(source: str) -> Diagnostic:
    return Diagnostic(
        Span(source),
        "no-lessons",
        f"there is no lesson (*.md) in {source}/",
        "write one, or set `source` in lrcards.toml",
    )
