"""The pages in a real browser: what a learner can do, with a mouse, with keys, without JS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium, violations
from tests.conftest import ROOT, require_real

pytestmark = pytest.mark.real
PAGE = ROOT / "build" / "html" / "opening.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    require_real(PAGE.is_file(), "our own course, built by `make build`")
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails the test on any script error or request to anywhere else."""
    context = browser.new_context()
    opened = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(PAGE.as_uri())
    yield opened
    assert errors == []
    assert asked == [PAGE.as_uri()]
    context.close()


def item(page: Any, name: str) -> Any:
    return page.locator(f"#{name}")


def test_recall_is_revealed(page: Any) -> None:
    card = item(page, "fnd-what")
    answer = card.locator(".answer")
    assert not answer.is_visible()
    card.locator("summary", has_text="Show the answer").click()
    assert "parameter groups" in answer.inner_text()
    known = card.get_by_role("button", name="Knew it")
    known.click()
    assert known.get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize(
    "name", ["fnd-changes", "step-which", "fnd-high-start", "fnd-always-high", "rop-which"]
)
def test_each_option_is_explained(page: Any, name: str) -> None:
    card = item(page, name)
    options = card.locator(".option")
    assert options.count() == 4
    seen = set()
    for index in range(4):
        options.nth(index).locator("input").check()
        right = options.nth(index).get_attribute("data-right") is not None
        said = options.nth(index).locator(".said").inner_text()
        assert len(said) > 20
        seen.add(said)
        verdict = card.locator(".verdict").first.inner_text()
        assert verdict.startswith("Right" if right else "Not right")
        assert card.locator(".said").count() == 1
    assert len(seen) >= 2


def test_multiple_counts(page: Any) -> None:
    card = item(page, "decay-both")
    for option in card.locator(".option").all():
        option.locator("input").check()
    card.get_by_role("button", name="Check").click()
    verdict = card.locator(".verdict").first
    assert verdict.inner_text() == "You picked 2 of 2 right options and 2 wrong."
    for option in card.locator(".option:not([data-right])").all():
        option.locator("input").uncheck()
    card.get_by_role("button", name="Check").click()
    assert verdict.inner_text() == "Right: all of them."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.05", "Right."),
        (".05", "Right."),
        ("5e-2", "Right."),
        ("0.050", "Right."),
        ("5*10^-2", "Right."),
        ("0.06", "Not right."),
        ("0.049", "Not right."),
        ("0,05", "Write a decimal point, not a comma."),
        ("half", "That is no number yet: write digits, such as 0.5 or 5e-1."),
        ("", "Type an answer first."),
        ("0.0125", "a drop at every step"),
    ],
)
def test_typed_numbers(page: Any, typed: str, said: str) -> None:
    card = item(page, "step-after-3")
    card.locator("input[type=text]").fill(typed)
    card.locator("input[type=text]").press("Enter")
    assert said in card.locator(".verdict").inner_text()


def test_short_text_and_cloze(page: Any) -> None:
    card = item(page, "step-argument")
    card.locator("input").fill("  STEP_SIZE ")
    card.get_by_role("button", name="Check").click()
    assert card.locator(".verdict").inner_text() == "Right."
    card.locator("input").fill("gamma")
    card.get_by_role("button", name="Check").click()
    assert card.locator(".verdict").inner_text() == "Not right."
    cloze = item(page, "step-cloze")
    gaps = cloze.locator("input.gap")
    gaps.nth(0).fill("5e-2")
    gaps.nth(1).fill("gamma")
    cloze.get_by_role("button", name="Check the gaps").click()
    assert cloze.locator(".verdict").inner_text() == "1 of 2 gaps are right."
    gaps.nth(1).fill("step_size")
    cloze.get_by_role("button", name="Check the gaps").click()
    assert cloze.locator(".verdict").inner_text() == "Right: all gaps."


def test_explain_counts_concepts(page: Any) -> None:
    card = item(page, "step-explain")
    card.locator("textarea").fill("A staircase.")
    card.locator("summary", has_text="Compare").click()
    boxes = card.locator("input[type=checkbox]")
    assert boxes.count() == 4
    boxes.nth(0).check()
    boxes.nth(2).check()
    boxes.nth(3).check()
    assert card.locator(".verdict").inner_text() == "You covered 3 of 4 concepts."


def test_practice_has_all_its_parts(page: Any) -> None:
    for name in ("fnd-purpose", "step-create", "step-after-3", "loop-find-bug", "seq-two-phase"):
        card = item(page, name)
        summaries = card.locator("summary").all_inner_texts()
        for part in ("Hint", "Solution", "Quick check", "Common mistakes"):
            assert any(text.startswith(part) for text in summaries), (name, part)
        card.locator("summary", has_text="Solution").click()
        assert card.locator(".final").inner_text().startswith("Final answer:")
        assert card.locator(".solution > ol > li").count() >= 2
        assert card.locator("pre").count() >= 1
    assert item(page, "step-create").locator(".meta").inner_text().endswith("2 of 5")


def test_hints_come_one_at_a_time(page: Any) -> None:
    card = item(page, "step-create")
    hints = card.locator(".hint")
    assert not hints.nth(1).is_visible()
    hints.nth(0).locator("summary").click()
    # The browser tells of an opened `details` a moment later.
    hints.nth(1).wait_for(state="visible", timeout=5000)


def test_by_keyboard_alone(page: Any) -> None:
    card = item(page, "fnd-changes")
    card.locator("input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert card.locator("input:checked").count() == 1
    assert card.locator(".said").count() == 1


def test_without_scripts_everything_can_be_read(browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    assert not page.locator("#step-after-3 form").is_visible()
    for name in ("fnd-what", "fnd-changes", "step-after-3", "step-cloze", "step-explain"):
        card = item(page, name)
        summary = card.locator("summary").filter(has_text="Show the answer")
        summary = summary if summary.count() else card.locator("details:not(.hint) > summary")
        summary.first.click()
    assert item(page, "step-after-3").locator(".final").inner_text() == "Final answer: 0.05"
    assert "touches nothing else" in item(page, "fnd-changes").locator(".feedbacks").inner_text()
    assert "0.05" in item(page, "step-cloze").locator(".answer").inner_text()
    assert page.locator("svg.curve").first.is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["opening.html", "index.html", "404.html"])
def test_no_accessibility_violation(browser: Any, scheme: str, name: str) -> None:
    # The page's own policy forbids foreign scripts; only the checker may pass it.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((PAGE.parent / name).as_uri())
    page.evaluate("document.querySelectorAll('.hint').forEach(one => one.hidden = false)")
    if name == "opening.html":
        for option in page.locator(".option input").all():
            option.check()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [320, 1000])
def test_no_sideways_scrolling(browser: Any, width: int, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(PAGE.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=str(tmp_path / "page.png"))
    context.close()
