"""What both players stand on: one browser page, a server on loopback, and what may not happen.

A player is a third party's program in a page; here it gets an item and answers, and says what mark
and which feedback it shows. Nothing here knows how our writer makes an item.
"""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeAlias

from tests.conftest import ROOT, require_real

ENGLISH = "en-GB"
MODULES = ROOT / "node_modules"


@dataclass(frozen=True, slots=True)
class Typed:
    """A text for each text field of the item, in the order of the page."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """Identifiers of the choices to pick; none: the item is left as it is."""

    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Identifiers of the choices from first to last."""

    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paired:
    """Identifiers of a left and of the right that it gets; a left may be without one."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A text for the area that a person grades."""

    text: str


Response: TypeAlias = Typed | Picked | Ordered | Paired | Written


@dataclass(frozen=True, slots=True)
class Played:
    """What a learner gets: the mark, None where nobody has graded, and the feedback to be seen."""

    score: Fraction | None
    shown: tuple[str, ...]
    recorded: str = ""  # the response as the player holds it
    error: str = ""  # what the player threw while it graded; there is no mark then


class Player(Protocol):
    """A player on its page."""

    name: str
    page: Any

    def load(self, item: str, folder: str = "") -> None:
        """Show a new attempt at an item; `folder` is where in the package its file stands."""

    def answer(self, response: Response) -> None:
        """Answer as a learner does."""

    def end(self) -> Played:
        """Hand in, have it graded and read what is shown."""

    def dialogs(self) -> int:
        """Return how many dialogs stand over the item now."""

    def show(self, number: int | None) -> None:
        """Show that one of the dialogs alone, from 0, or none."""


def play(player: Player, item: str, response: Response, folder: str = "") -> Played:
    """Make one attempt at an item."""
    player.load(item, folder)
    player.answer(response)
    return player.end()


class _Handler(BaseHTTPRequestHandler):
    """The player's page, the files of node_modules, and those of a package."""

    page: str
    package: Mapping[str, bytes]

    def do_GET(self) -> None:
        found = self._found(self.path.split("?")[0])
        self.send_response(200 if found is not None else 404)
        kind = mimetypes.guess_type(self.path)[0] or "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(found or b"")

    def _found(self, path: str) -> bytes | None:
        if path.endswith("/"):  # the page stands where the item's file does: pictures are relative
            return self.page.encode()
        if path.startswith("/package/"):
            return self.package.get(path.removeprefix("/package/"))
        file = (MODULES / path.removeprefix("/modules/")).resolve()
        inside = path.startswith("/modules/") and file.is_relative_to(MODULES.resolve())
        return file.read_bytes() if inside and file.is_file() else None

    def log_message(self, *_: Any) -> None:
        """Say nothing: the page's own log says what failed."""


@contextmanager
def served(page: str, package: Mapping[str, bytes]) -> Iterator[str]:
    """Serve one player's page, and a package's files by name, on loopback; yield the address.

    The files are looked up when they are asked for: a player may add the one it is about to load.
    """
    handler = type("Handler", (_Handler,), {"page": page, "package": package})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def opened(
    browser: Any, page: str, package: Mapping[str, bytes], locale: str
) -> Iterator[tuple[Any, str]]:
    """Open a player's page; it is an error if it asks another host, misses a file, or throws."""
    with served(page, package) as address:
        context = browser.new_context(viewport={"width": 900, "height": 1000}, locale=locale)
        shown = context.new_page()
        trouble: list[str] = []

        def judge(route: Any) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                trouble.append(f"asked for {route.request.url}")
                route.abort()

        def heard(got: Any) -> None:
            if got.status >= 400 and not got.url.endswith("/favicon.ico"):
                trouble.append(f"{got.status} {got.url}")

        context.route("**/*", judge)
        shown.on("response", heard)
        shown.on("pageerror", lambda error: trouble.append(f"{error}"))
        yield shown, f"{address}package/"
        context.close()
    if trouble:
        raise AssertionError("; ".join(trouble))


def require(*names: str) -> None:
    for name in names:
        require_real((MODULES / name).is_dir(), f"{name} (npm)")
