"""Templates: a course's own folder first, then the bundled one."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lrcards.diagnostics import Diagnostic, Span
from lrcards.guards import RefusedError, TooMuchError, bounded, inside, path_problem, read_file

_SECONDS = 10
_LARGEST_PAGE = 64 << 20
_MOST_BITS = 256
# One step of Python that no clock can stop: their results have as many digits as they are asked.
_ENDLESS_FILTERS = ("round",)
_INCLUDE = re.compile(r"(?:<!--|/\*) include: (\S+) (?:-->|\*/)")
_LARGEST_ASSEMBLED = 1 << 20


class ThemeError(Exception):
    """A template is wrong: an author's mistake, exit code 1."""

    def __init__(self, name: str, line: int, message: str) -> None:
        super().__init__(message)
        hint = "mend it, or remove your own copy to use the bundled template"
        self.diagnostic = Diagnostic(Span(name, line), "bad-template", message, hint)


class Theme:
    """Renders templates by name; a course overrides one file by having one of that name."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        # A course is not trusted with Python: templates can neither reach attributes of objects
        # that matter nor change what they are given.
        self._environment = _Environment(
            loader=_Loader(self),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        for name in _ENDLESS_FILTERS:
            del self._environment.filters[name]

    def render(self, name: str, **context: Any) -> str:
        """Render `html/lesson.html` and the like; values are escaped unless they are Markup.

        Raises ThemeError with the template's name and line.
        """
        try:
            with bounded(_SECONDS):
                made = self._environment.get_template(name).render(**context)
        except ThemeError:
            raise
        except TemplateSyntaxError as error:
            raise ThemeError(_shown(error.name or name), error.lineno, str(error)) from None
        except (Exception, TooMuchError) as error:  # noqa: BLE001 - templates raise anything
            raise ThemeError(*_place(error, name), _said(error)) from None
        if len(made) > _LARGEST_PAGE:
            raise ThemeError(_shown(name), 1, f"the page is larger than {_LARGEST_PAGE >> 20} MiB")
        return made

    def text(self, name: str) -> str:
        """Return a template file as it stands, for those that another program fills in.

        Raises ThemeError where there is none, or none that may be read.
        """
        parts = PurePosixPath(name).parts
        if path_problem(name) or name.startswith("/") or ".." in parts:
            raise ThemeError(_shown(name), 1, "a template is named by its path below templates/")
        try:
            for folder in self._folders:
                if (folder / name).exists() or (folder / name).is_symlink():
                    if not inside(folder / name, folder):
                        raise RefusedError("it is a link that leads out of templates/, or hidden")
                    return read_file(folder / name).decode("utf-8")
        except (RefusedError, OSError, ValueError) as error:
            raise ThemeError(_shown(name), 1, f"the template is not read: {error}") from None
        raise ThemeError(_shown(name), 1, "there is no such template")

    def assembled(self, name: str) -> str:
        """Return text(name) with what it includes put in; pieces include nothing themselves.

        Raises ThemeError as text() does, and for a result that no page or card should hold.
        """
        text = self.text(name)
        pieces = {piece: self.text(piece).rstrip("\n") for piece in set(_INCLUDE.findall(text))}
        for piece, inner in pieces.items():
            if _INCLUDE.search(inner):
                raise ThemeError(_shown(piece), 1, "a file that is included includes no other")
        size = len(text) + sum(len(pieces[piece]) for piece in _INCLUDE.findall(text))
        if size > _LARGEST_ASSEMBLED:
            message = f"with what it includes it is larger than {_LARGEST_ASSEMBLED >> 20} MiB"
            raise ThemeError(_shown(name), 1, message)
        return _INCLUDE.sub(lambda match: pieces[match[1]], text)

    def overrides(self, *folders: str) -> bool:
        """Say whether the course has a file of its own in place of a bundled one there."""
        *own, bundled = self._folders
        names = [
            file.relative_to(bundled)
            for folder in folders
            for file in (bundled / folder).rglob("*")
        ]
        return any(
            (folder / name).is_file() or (folder / name).is_symlink()
            for folder in own
            for name in names
        )


class _Loader(BaseLoader):
    """Lets Jinja find what Theme.text() finds, and nothing else."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        del environment
        return self.theme.text(template), _shown(template), None


class _Environment(ImmutableSandboxedEnvironment):
    """Also refuses arithmetic on numbers so large that one step takes for ever."""

    intercepted_binops = frozenset({"**", "*", "//", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = [one for one in (left, right) if isinstance(one, int)]
        power = operator == "**" and any(abs(one) > _MOST_BITS for one in numbers)
        if power or any(one.bit_length() > _MOST_BITS for one in numbers):
            raise SecurityError(f"a number is too large for {operator}")
        return super().call_binop(context, operator, left, right)


def _shown(name: str) -> str:
    return f"templates/{name}"


def _place(error: BaseException, name: str) -> tuple[str, int]:
    """Return the last line of a template that was reached."""
    place = (_shown(name), 1)
    trace = error.__traceback__
    while trace is not None:
        code, scope = trace.tb_frame.f_code, trace.tb_frame.f_globals
        if code.co_filename.startswith(_shown("")):
            # Jinja rewrites the tracebacks of exceptions, but not those of our own clock.
            template = scope.get("__jinja_template__")
            line = trace.tb_lineno
            place = (
                code.co_filename,
                template.get_corresponding_lineno(line) if template else line,
            )
        trace = trace.tb_next
    return place


def _said(error: BaseException) -> str:
    said = str(error) or type(error).__name__
    return f"{type(error).__name__}: {said}" if isinstance(error, OSError) else said
