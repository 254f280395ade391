"""A real browser for the tests of pages and cards: how it is started, and how a page is judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.conftest import AXE, CHROMIUM, require_real

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"


@contextmanager
def chromium() -> Iterator[Any]:
    require_real(CHROMIUM.is_file(), "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


def violations(page: Any, *rules: str) -> list[tuple[str, list[str]]]:
    """Judge a page, all that is folded opened, by these rules of axe, or by all."""
    require_real(AXE.is_file(), "axe-core (npm)")
    page.evaluate(OPEN)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate("options => axe.run(document, options)", options)
    assert found["passes"]
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]
    ]
