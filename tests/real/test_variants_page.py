"""An item with variants in a real browser: other numbers with scripts, all of them without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import chromium, violations
from tests.conftest import CourseFolder
from tests.test_variants import CARD, HEAD, PLAIN, build, rows_of_lock

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def address(course: CourseFolder) -> str:
    build(course, HEAD + CARD + PLAIN)
    return (course.root / "build" / "html" / "lesson.html").as_uri()


def test_other_numbers(browser: Any, address: str) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    box = page.locator("#after-k")
    button = box.get_by_role("button", name="Other numbers")
    seen: list[str] = []
    for number in range(4):
        assert box.locator("article:visible").count() == 1
        assert box.get_by_text(f"{number + 1} of 4", exact=True).count() == 1
        seen.append(box.locator("article:visible").inner_text())
        button.focus()
        page.keyboard.press("Enter")
        assert button.evaluate("one => one === document.activeElement"), "keys go on from there"
    assert len(set(seen)) == 4
    assert box.locator("article:visible").inner_text() == seen[0], "after the last comes the first"
    assert page.get_by_role("button", name="Other numbers").count() == 1
    box.locator("article:visible input[type=text]").fill("0.009")
    box.locator("article:visible").get_by_role("button", name="Check").click()
    assert "Right." in box.locator("article:visible .verdict").inner_text()
    assert errors == []
    page.close()


def test_a_link_leads_to_a_variant(browser: Any, address: str, course: CourseFolder) -> None:
    page = browser.new_page()
    for line in rows_of_lock(course):
        name = f"after-k.{line['variant']}"
        page.goto("about:blank")
        page.goto(f"{address}#{name}")
        assert page.locator("#after-k article:visible").get_attribute("id") == name
    page.close()


def test_every_variant_can_be_read_without_scripts(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    articles = page.locator("#after-k article")
    assert page.locator("#after-k article:visible").count() == 1
    page.locator("#after-k .others > summary").click()
    assert page.locator("#after-k article:visible").count() == articles.count() == 4
    last = articles.nth(3)
    last.locator(".solution > summary").click()
    assert last.locator(".final").inner_text() == "Final answer: 0.0343"
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violation(
    browser: Any, address: str, course: CourseFolder, scheme: str, scripts: bool
) -> None:
    if not scripts:
        # The checker is a script itself, so the page's own is taken out instead.
        html = course.tree()["html/lesson.html"].decode()
        plain = re.sub(r"(?s)<script>.*</script>", "", html)
        address = course.write("build/html/plain.html", plain).as_uri()
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    assert page.locator("article:visible").count() == 2
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [320, 1000])
def test_no_sideways_scrolling(browser: Any, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
