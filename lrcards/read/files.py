"""Files of a course: which there are, and their text; nothing outside the course is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath

from lrcards.diagnostics import Diagnostic, Span
from lrcards.model import Marker
from lrcards.read.fields import Notes

IMAGE_TYPES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(slots=True)
class Files:
    """Opens what lies inside `root` and remembers each text for excerpts."""

    root: Path
    source: Path
    sources: dict[str, str] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)

    def lessons(self) -> list[Path]:
        """Return the Markdown files below the source folder, names with `_` or `.` skipped."""
        return sorted(
            file
            for file in self.source.rglob("*.md")
            if not any(part[0] in "_." for part in file.relative_to(self.source).parts)
        )

    def name(self, file: Path) -> str:
        """Return the name that reports and messages use: relative to the course."""
        return file.relative_to(self.root).as_posix()

    def text(self, file: Path, notes: Notes) -> str | None:
        """Read UTF-8 text, line ends normalised; None with a note where it is none."""
        name = self.name(file)
        if not self._inside(file):
            message = "the file is a link that leads out of the course"
            notes.error(Span(name), "outside-course", message, "copy it into the course")
            return None
        data = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
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
        for match in _CONTROL.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            message = f"control character U+{ord(match[0]):04X}"
            notes.error(Span(name, line, column), "control-character", message, "remove it")
        return text

    def snippet(self, marker: Marker, notes: Notes) -> tuple[str, str] | None:
        """Read a snippet's file, named relative to the source folder: its name and its text."""
        file = self.resolve(self.source, marker.text, marker.span, notes)
        if file is None:
            return None
        if not file.is_file():
            message = f"there is no file {self.name(file)}"
            notes.error(marker.span, "missing-file", message, "paths are relative to the source")
            return None
        text = self.text(file, notes)
        return None if text is None else (self.name(file), text)

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
            notes.error(span, "missing-media", f"there is no file {name}", "check the path")
        else:
            self.media[name] = file.read_bytes()
            return name
        return None

    def resolve(self, base: Path, written: str, span: Span, notes: Notes) -> Path | None:
        """Return the file that a path means; one that leaves the course is a mistake."""
        path = PurePosixPath(written)
        file = Path(*_normal((base.relative_to(self.root) / path).parts, self.root))
        if path.is_absolute() or not file.is_relative_to(self.root) or not self._inside(file):
            hidden = _is_hidden(path)
            message = f"the path '{written}' {'is hidden' if hidden else 'leaves the course'}"
            fix = "a name without a dot in front" if hidden else "a path inside the course"
            notes.error(span, "outside-course", message, f"use {fix}")
            return None
        return file

    def _inside(self, file: Path) -> bool:
        """Does it lie in the course, and is it not hidden? CI keeps a token in .git/config."""
        real, root = file.resolve(), self.root.resolve()
        return real.is_relative_to(root) and not _is_hidden(real.relative_to(root))


def _is_hidden(path: PurePath) -> bool:
    return any(part.startswith(".") and part != ".." for part in path.parts)


def _normal(parts: tuple[str, ...], root: Path) -> tuple[str, ...]:
    """Join to the root with `..` taken away, so that `../..` is seen to leave it."""
    kept = list(root.parts)
    for part in parts:
        if part == ".." and len(kept) > 1:
            kept.pop()
        elif part != "..":
            kept.append(part)
    return tuple(kept)


def no_lessons(source: str) -> Diagnostic:
    return Diagnostic(
        Span(source),
        "no-lessons",
        f"there is no lesson (*.md) in {source}/",
        "write one, or set `source` in lrcards.toml",
    )
