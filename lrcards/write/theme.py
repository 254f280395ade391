"""Templates: a course's own folder first, then the bundled one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Theme:
    """Renders templates by name; a course overrides one file by having one of that name."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        # A course is not trusted with Python: templates can neither reach attributes of objects
        # that matter nor change what they are given.
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, name: str, **context: Any) -> str:
        """Render `html/lesson.html` and the like; values are escaped unless they are Markup."""
        return self._environment.get_template(name).render(**context)

    def text(self, name: str) -> str:
        """Return a template file as it stands, for those that another program fills in."""
        folder = next(folder for folder in self._folders if (folder / name).is_file())
        return (folder / name).read_text(encoding="utf-8")
