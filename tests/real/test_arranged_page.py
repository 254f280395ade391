"""Steps to put in order and pairs to find on a page in a real browser, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lrcards.run
from lrcards.cli import run as run_cli
from lrcards.run.local import Zygote
from tests.browser import chromium, violations
from tests.conftest import SNIPPET
from tests.kinds import TEXT

pytestmark = pytest.mark.real
STEPS = ["loss.backward()", "Optimizer", "x < y", "scheduler.step()"]
# Items of which there are several with other numbers, and tables without headings.
GRIDS = """---
title: Grids
snippets:
  halve: {file: snippets/step_lr.py}
use: halve
---

# Grids

## Rates

```yaml card
id: rates
params:
  gamma: [0.3, 0.7]
```

`gamma={{ gamma }}`: from the highest.

### Order

1. At first: `= lr[0]`
2. After two: `= lr[2]`
3. After four: `= lr[4]`

## Epochs

```yaml card
id: epochs
params:
  gamma: [0.3, 0.7]
```

`gamma={{ gamma }}`: which rate?

### Match

| | |
|---|---|
| Epoch 0 | `= lr[0]` |
| Epoch 1 | `= lr[1]` |
| Epoch 2 | `= lr[2]` |
| Never | ![A dot](dot.svg) |
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Path:
    root = tmp_path_factory.mktemp("arranged")
    for name, text in {
        "lrcards.toml": 'uid = "arranged"\ntitle = "Arranged"\n',
        "source/kinds.md": TEXT.replace("#### Deep", "## Deep"),  # it skips two levels
        "source/grids.md": GRIDS,
        "source/dot.svg": DOT,
        "source/snippets/step_lr.py": SNIPPET,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        patch.chdir(root)
        assert run_cli(("build", "-q", "--to", "html")) == 0
    return root / "build" / "html"


@pytest.fixture
def page(browser: Any, site: Path) -> Iterator[Any]:
    """A page that fails the test on any script error or request to anywhere else."""
    context = browser.new_context(reduced_motion="reduce")
    opened = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto((site / "kinds.html").as_uri())
    yield opened
    assert errors == []
    assert {address.rpartition("/")[2] for address in asked} <= {"kinds.html", "grids.html"}
    context.close()


def verdict(card: Any) -> str:
    return str(card.locator(".verdict").inner_text())


def put(card: Any, texts: list[str]) -> None:
    """Put the steps into this order, from the top, with the buttons."""
    steps = card.locator(".steps > li")
    for place, text in enumerate(texts):
        while text not in steps.nth(place).inner_text():
            steps.filter(has_text=text).get_by_role("button", name="Move up").click()


def places(card: Any) -> list[str]:
    found = card.locator(".steps > li").all()
    return [str(one.get_attribute("data-place")) for one in found]


@pytest.mark.parametrize(
    ("order", "said", "right"),
    [
        ([0, 1, 2, 3], "Right: all steps.", 4),
        ([1, 0, 2, 3], "2 of 4 steps are right.", 2),
        ([1, 2, 3, 0], "0 of 4 steps are right.", 0),
    ],
)
def test_steps_are_marked(page: Any, order: list[int], said: str, right: int) -> None:
    card = page.locator("#o-one")
    put(card, [STEPS[n] for n in order])
    assert card.locator(".good, .bad").count() == 0
    card.get_by_role("button", name="Check the order").click()
    assert verdict(card) == said
    assert card.locator(".steps .good").count() == right
    assert card.locator(".steps .bad").count() == 4 - right
    assert card.locator(".verdict").get_attribute("role") == "status"
    # Once something moves, the marks are of yesterday.
    card.get_by_role("button", name="Move down").first.click()
    assert card.locator(".steps .good, .steps .bad").count() == 0
    assert verdict(card) == "Now 2 of 4."


def test_steps_by_keyboard_alone(page: Any) -> None:
    card = page.locator("#o-one")
    card.get_by_role("button", name="Move up").first.focus()
    step = card.locator(".steps > li").first.get_attribute("data-place")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert places(card).index(str(step)) == 2
    assert verdict(card) == "Now 3 of 4."
    page.keyboard.press("Enter")
    assert places(card).index(str(step)) == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert places(card).index(str(step)) == 2
    while page.evaluate("document.activeElement.textContent") != "Check the order":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert re.fullmatch(r"[0-4] of 4 steps are right\.|Right: all steps\.", verdict(card))


def test_steps_never_begin_in_the_right_order(page: Any) -> None:
    seen = set()
    for _ in range(24):
        page.reload()
        found = places(page.locator("#o-one"))
        assert found != sorted(found)
        seen.add(tuple(found))
    assert len(seen) >= 6


RIGHT = ["every few epochs x]]>", "", "along a line", "along a line"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "Right: all pairs."),
        ({3: None}, "3 of 4 pairs are right."),
        ({0: "along a line", 1: "along a line"}, "2 of 4 pairs are right."),
        (dict.fromkeys(range(4)), "0 of 4 pairs are right."),
    ],
)
def test_pairs_are_marked(page: Any, wrong: dict[int, str | None], said: str) -> None:
    card = page.locator("#p-one")
    selects = card.locator("select")
    assert selects.count() == 4
    for number, own in enumerate(RIGHT):
        text = wrong.get(number, own)
        offers = selects.nth(number).locator("option").all_inner_texts()
        ends = [offer.partition(". ")[2] for offer in offers]
        selects.nth(number).select_option(index=0 if text is None else ends.index(text, 1))
    card.get_by_role("button", name="Check the pairs").click()
    assert verdict(card) == said
    marks = [one.get_attribute("class") for one in card.locator(".lefts > li").all()]
    assert marks == [f"option {'bad' if n in wrong else 'good'}" for n in range(4)]
    selects.first.select_option(index=2)
    selects.first.select_option(index=1)
    assert (verdict(card), card.locator(".good, .bad").count()) == ("", 0)


def test_pairs_by_keyboard_alone(page: Any) -> None:
    card = page.locator("#p-one")
    card.locator("select").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    offers = card.locator(".rights > li")
    values = {select.input_value() for select in card.locator("select").all()}
    assert values == {offers.first.get_attribute("data-right")}
    assert page.evaluate("document.activeElement.textContent") == "Check the pairs"
    page.keyboard.press("Enter")
    assert verdict(card) in {"1 of 4 pairs are right.", "2 of 4 pairs are right."}


def test_other_numbers_of_steps_and_pairs(page: Any, site: Path) -> None:
    page.goto((site / "grids.html").as_uri())
    for name, button, said in (
        ("rates", "Check the order", "Right: all steps."),
        ("epochs", "Check the pairs", "Right: all pairs."),
    ):
        box = page.locator(f"#{name}")
        texts = set()
        for _ in range(2):
            card = box.locator("article:visible")
            texts.add(card.locator(".steps, .rights").inner_text())
            if name == "rates":
                put(card, ["At first", "After two", "After four"])
            for left in card.locator(".lefts > li").all():
                left.locator("select").select_option(value=left.get_attribute("data-right"))
            card.get_by_role("button", name=button).click()
            assert verdict(card) == said
            box.get_by_role("button", name="Other numbers").click()
        assert len(texts) == 2


def test_without_scripts_steps_and_pairs_can_be_read(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "kinds.html").as_uri())
    order, match = page.locator("#o-one"), page.locator("#p-one")
    assert page.get_by_role("button").locator("visible=true").count() == 0
    asked = order.locator(".steps").inner_text()
    assert sorted(STEPS, key=asked.index) != STEPS, "the key is not given away"
    order.get_by_text("Show the answer").click()
    told = order.locator(".solution ol > li").all_inner_texts()
    assert all(text in one for text, one in zip(STEPS, told, strict=True))
    assert match.locator(".rights > li").count() == 3
    match.locator("summary", has_text="Solution").click()
    rows = match.locator(".solution tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == [
        "StepLR", "ExponentialLR", "LinearLR", "ConstantLR",
    ]  # fmt: skip
    assert rows[2].endswith("along a line")
    page.goto((site / "grids.html").as_uri())
    page.locator("#epochs summary", has_text="Show the answer").first.click()
    assert page.locator("#epochs thead").filter(has=page.locator("td")).count() == 0
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["kinds.html", "grids.html"])
def test_no_accessibility_violation(browser: Any, site: Path, scheme: str, name: str) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto((site / name).as_uri())
    for select in page.locator("select:visible").all()[:-1]:
        select.select_option(index=1)
    for button in page.locator(".steps ~ p .check:visible, .rights ~ p .check:visible").all():
        button.click()
    assert page.locator(".option.good, .option.bad").count() >= 7
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [320, 1000])
def test_large_enough_and_no_sideways_scrolling(browser: Any, site: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    for name in ("kinds.html", "grids.html"):
        page.goto((site / name).as_uri())
        for one in page.locator(".move:visible, select:visible").all():
            box = one.bounding_box()
            assert min(box["width"], box["height"]) >= 24
    page.goto((site / "grids.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
