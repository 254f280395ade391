"""Every side of every card as Anki shows it, in a real browser: looks, access, and what it does."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lrcards.run
from lrcards.cli import run as run_cli
from lrcards.run.local import Zygote
from tests.browser import OPEN, chromium, violations
from tests.cards import Card, Reviewer, cards_of, imported
from tests.conftest import ROOT, SNIPPET, require_real
from tests.kinds import TEXT

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>'
# What Anki would take for orders, in every place that text may stand.
ORDERS = r"""---
title: "[sound:title.mp3] [latex]x[/latex]"
snippets:
  halve: {file: snippets/step_lr.py}
use: halve
---

# Orders

## [sound:a.mp3] and [\$]x[/\$] and {{c1::y}} and [[type:Title]]

```yaml card
id: o-recall
```

[latex]\LaTeX[/latex] [\$\$]y[/\$\$] [anki:play:q:0] [SOUND:b.mp3] {{{c2::z}} `[sound:c.mp3]`

```python
text = "{{c1::code}} [sound:d.mp3]"
```

![A dot, [sound:e.mp3]](dot.svg)

## Deletions

```yaml card
id: o-cloze
kind: cloze
```

Ends: **`{"a": {"b": 1}}`** and **x}** and **a::b** and **torch::{{c9::nn}}** and
**$\frac{1}{2^{n}}$** and **:c**; outside `{{c1::no}}` and $x^{2^{n}}$.

### Hint

One.

### Hint

Two.

### Hint

Three.

## A wide table

```yaml card
id: o-wide
```

| first of the columns | second of the columns | third of the columns | fourth of the columns |
|---|---|---|---|
| `ReduceLROnPlateau` | `CosineAnnealingWarmRestarts` | `MultiplicativeLR` | `= lr[0]` |

## Whole tolerance

```yaml card
id: o-tol
answer: lr[3] -> 0.05
tol: 10%
```

How much?

### Common mistakes

- `= lr[0]`
- `= lr[1] / 10 -> 0.01`: a *tenth* of it.

## Shuffled

```yaml card
id: o-six
```

- [x] One
  > Why One.
- [ ] Two
  > Why Two.
- [ ] Three
  > Why Three.
- [ ] Four
  > Why Four.
- [ ] Five
  > Why Five.
- [ ] Six
  > Why Six.

## Two steps

```yaml card
id: o-pair
```

### Order

1. First {{c1::x}} `[sound:f.mp3]`
2. Second [[type:Title]]

## Without headings

```yaml card
id: o-bare
```

### Match

| | |
|---|---|
| One [latex]a[/latex] | ![A dot](dot.svg) |
| Two {{c1::y}} | $x^{2}$ |
| Three | `{"a": {"b": 1}}` |
"""


class Deck:
    """A course as imported: its cards by id, and the collection that they stand in."""

    def __init__(self, name: str, collection: Any) -> None:
        self.collection = collection
        self.cards = cards_of(collection, name)

    def card(self, key: str, number: int = 0) -> Card:
        return next(one for one in self.cards if (one.key, one.number) == (key, number))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deck]:
    require_real(importlib.util.find_spec("anki") is not None, "the anki package")
    package = ROOT / "build" / "anki" / "lr-schedulers.apkg"
    require_real(package.is_file(), "our own course, built by `make build`")
    with imported(package, tmp_path_factory.mktemp("ours")) as collection:
        yield Deck("ours", collection)


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Deck]:
    """The course of every kind, and text that Anki would take for orders."""
    require_real(importlib.util.find_spec("anki") is not None, "the anki package")
    root = tmp_path_factory.mktemp("kinds")
    for name, text in {
        "lrcards.toml": 'uid = "kinds"\ntitle = "Kinds"\n',
        "source/kinds.md": TEXT,
        "source/orders.md": ORDERS,
        "source/dot.svg": PICTURE,
        "source/snippets/step_lr.py": SNIPPET,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        patch.chdir(root)
        assert run_cli(("build", "--to", "anki")) == 0
    package = root / "build" / "anki" / "kinds.apkg"
    with imported(package, tmp_path_factory.mktemp("collection")) as collection:
        yield Deck("kinds", collection)


Opener = Callable[..., Reviewer]


@pytest.fixture
def reviewer(browser: Any) -> Iterator[Opener]:
    """Open a reviewer; it fails the test on any script error, message or request."""
    opened: list[tuple[Any, Reviewer]] = []

    def open_one(deck: Deck, width: int = 320, denied: bool = False, **how: bool) -> Reviewer:
        context = browser.new_context(viewport={"width": width, "height": 640})
        if denied:
            context.add_init_script(
                "Object.defineProperty(window, 'sessionStorage', {get() { throw Error('no'); }})"
            )
        opened.append((context, Reviewer(context.new_page(), deck.collection, **how)))
        return opened[-1][1]

    yield open_one
    for context, one in opened:
        beside = one.shell.parent.as_uri() + "/"
        assert one.errors == []
        assert [address for address in one.asked if not address.startswith(beside)] == []
        context.close()


def visible(html: str) -> str:
    return re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("name", ["ours", "kinds"])
def test_every_side_is_whole(name: str, request: pytest.FixtureRequest) -> None:
    deck: Deck = request.getfixturevalue(name)
    assert len(deck.cards) > 20
    for card in deck.cards:
        assert card.front != card.back
        for side in (card.front, card.back):
            assert "problem" not in side, card.name
            for left in ("include:", "{{= ", "`= ", "= lr[", "{{cloze", "{{/", "{{#"):
                assert left not in side, (card.name, left)
            assert not re.search(r"\[\[[a-z_]+\]\]", side), card.name
            assert not re.search(r"(src|href)=\"(https?:)?//", side), card.name
            assert "<h1>" in side
        if card.kind != "cloze":
            assert "{{" not in visible(card.front + card.back).replace("<code>{{</code>", "")
    assert not deck.collection.get_empty_cards().notes
    assert not deck.collection.media.check().missing


def test_text_is_no_order(kinds: Deck, reviewer: Opener) -> None:
    """Nothing is played, typeset, asked or hidden because of what a lesson says."""
    shown = reviewer(kinds)
    card = kinds.card("o-recall")
    rendered = kinds.collection.get_card(
        kinds.collection.find_cards("Key:o-recall")[0]
    ).render_output()
    assert rendered.question_av_tags == rendered.answer_av_tags == []
    assert "[[type:" not in card.front
    shown.back(card)
    said = shown.page.locator("main").inner_text()
    for text in (
        "[sound:a.mp3] and [$]x[/$] and {{c1::y}} and [[type:Title]]",
        "[latex]\\LaTeX[/latex] [$$]y[/$$] [anki:play:q:0] [SOUND:b.mp3] {{{c2::z}} [sound:c.mp3]",
        'text = "{{c1::code}} [sound:d.mp3]"',
        "[sound:title.mp3] [latex]x[/latex]",
    ):
        assert text in said
    picture = shown.page.locator("img")
    assert picture.get_attribute("alt") == "A dot, [sound:e.mp3]"
    assert picture.evaluate("one => one.naturalWidth") == 40


def test_deletions_stay_whole(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    texts = ['{"a": {"b": 1}}', "x}", "a::b", "torch::{{c9::nn}}", r"\(\frac{1}{2^{n}}\)", ":c"]
    cards = [card for card in kinds.cards if card.key == "o-cloze"]
    assert len(cards) == len(texts)
    for card, text in zip(cards, texts, strict=True):
        shown.front(card)
        front = shown.page.locator("main").inner_text()
        assert "[...]" in front
        assert text not in front
        shown.back(card)
        assert shown.page.locator("span.cloze").inner_text() == text
        back = shown.page.locator("main").inner_text()
        assert all(one in back for one in texts)
        assert r"outside {{c1::no}} and \(x^{2^{n}}\)." in back


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("name", ["ours", "kinds"])
def test_every_side_is_accessible(
    name: str, night: bool, request: pytest.FixtureRequest, reviewer: Opener
) -> None:
    """No violation of any rule of axe, and nothing to scroll sideways, at the width of a phone."""
    deck: Deck = request.getfixturevalue(name)
    shown = reviewer(deck, night=night)
    for card in deck.cards:
        shown.front(card)
        judge(shown, card)
        if card.kind == "choice":
            for option in shown.page.locator(".options > li").all():
                option.click()
            judge(shown, card)
        elif card.kind in ("order", "match"):
            place_all(shown)
            judge(shown, card)
        elif card.expected:
            shown.page.fill("#typeans", "0.1")
        shown.back(card)
        judge(shown, card)


SMALL = """
[...document.querySelectorAll('summary, [role=none], .concepts label, input, button, select')]
  .map(one => one.getBoundingClientRect())
  .filter(box => box.width && (box.height < 24 || box.width < 24)).length
"""


def place_all(shown: Reviewer) -> None:
    """Move a step down, or pick the same right for every left but the last."""
    for button in shown.page.locator(".steps li:first-child .move").all()[1:]:
        button.click()
    for select in shown.page.locator("select").all()[:-1]:
        select.select_option(index=1)


COLOURS = ("color-contrast", "link-in-text-block")


def judge(shown: Reviewer, card: Card) -> None:
    page = shown.page
    # By night the same elements have other colours.
    assert violations(page, *(COLOURS if shown.night else ())) == [], card.name
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, card.name
    small = page.evaluate(SMALL)
    assert small == 0, card.name
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(20, 22, 26)" if shown.night else "rgb(255, 255, 255)")


WAYS = {
    "computer": {},
    "phone": {"forgets": True},
    "no storage": {"denied": True},
    "nothing kept": {"forgets": True, "denied": True},
}


@pytest.mark.parametrize("way", WAYS)
def test_choice_is_judged(kinds: Deck, reviewer: Opener, way: str) -> None:
    shown = reviewer(kinds, **WAYS[way])
    card = kinds.card("o-six")
    page = shown.page
    for text in ("Two", "One"):
        shown.front(card)
        order = page.locator(".options > li .text").all_inner_texts()
        assert not page.locator(".feedback").first.is_visible()
        page.get_by_role("radio", name=text, exact=True).click()
        assert page.get_by_role("radio", checked=True).all_inner_texts() == [text]
        shown.back(card)
        assert [one.split()[0] for one in page.locator(".text").all_inner_texts()] == order
        picked = page.locator(".picked").all_inner_texts()
        if way == "nothing kept":
            assert (shown.verdict, picked) == ("", [])
        else:
            assert shown.verdict == ("Right." if text == "One" else "Not right.")
            assert [one.split() for one in picked] == [[text, *f"Your pick Why {text}.".split()]]
        assert page.locator(".right").inner_text().startswith("One")


def test_a_new_look_at_a_card_forgets_the_old_pick(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    for key, kind in (("o-six", "choice"), ("n-one", "numeric")):
        card = kinds.card(key)
        shown.front(card)
        if kind == "choice":
            shown.page.get_by_role("radio").first.click()
        else:
            shown.page.fill("#typeans", "1")
        shown.back(card)
        assert shown.verdict
        shown.front(card)
        shown.back(card)
        assert shown.verdict == ""


def test_options_are_shuffled_by_the_day(kinds: Deck, browser: Any, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    page, card = shown.page, kinds.card("o-six")
    seen = set()
    for day in range(1, 9):
        page.clock.set_fixed_time(f"2030-01-0{day}T12:00:00")
        shown.front(card)
        seen.add(tuple(page.locator(".text").all_inner_texts()))
    assert len(seen) >= 6
    shown.front(kinds.card("c-one"))
    texts = page.locator(".text").all_inner_texts()
    assert [text.split()[0] for text in texts] == ["0.1", "0.05", "16"], "shuffle: false"


def test_each_option_is_explained(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    shown.back(kinds.card("c-one"))
    assert shown.page.locator(".feedback").all_inner_texts() == ["Right: x<y.", "Wrong.", "No."]


PICKS = {
    "A B": "Right: all of them.",
    "A": "You picked 1 of 2 right and 0 of 1 wrong options: 50 %.",
    "A B C": "You picked 2 of 2 right and 1 of 1 wrong options: 0 %.",
    "C": "You picked 0 of 2 right and 1 of 1 wrong options: 0 %.",
    "": "",
}


@pytest.mark.parametrize("way", WAYS)
def test_multiple_is_marked(kinds: Deck, reviewer: Opener, way: str) -> None:
    shown = reviewer(kinds, **WAYS[way])
    card = kinds.card("m-one")
    for picked, said in PICKS.items():
        shown.front(card)
        # C is picked twice more: taken back, or left as it was.
        for text in ["C", *picked.split(), "C"]:
            shown.page.get_by_role("checkbox", name=text, exact=True).click()
        shown.back(card)
        assert shown.verdict == ("" if way == "nothing kept" else said)


def test_choice_by_keyboard_alone(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    page = shown.page
    shown.front(kinds.card("o-six"))
    order = page.locator(".text").all_inner_texts()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", checked=True).all_inner_texts() == [order[1]]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.get_by_role("radio", checked=True).all_inner_texts() == [order[-1]]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") != "radio", "one stop"
    shown.front(kinds.card("m-one"))
    order = page.locator(".text").all_inner_texts()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("x")
    assert page.get_by_role("checkbox", checked=True).all_inner_texts() == order[:2]
    page.keyboard.press("x")
    assert page.get_by_role("checkbox", checked=True).all_inner_texts() == order[:1]


NUMBERS = [
    *[(typed, "Right.") for typed in (
        "0.05", ".05", "5e-2", "0.050", "5E-2", "5*10^-2", "5x10^-2", "5 x 10**-2", "5\u00d710^-2",
        "+.05", " 0.05 ", "0.5e-1", "5.*10^-2", "0. 05", "5\u00b710^(-2)",
    )],
    ("0.049", "Right: within the tolerance. You typed 0.049."),
    ("0.055", "Right: within the tolerance. You typed 0.055."),
    ("0.0551", "Not right. You typed 0.0551."),
    ("-0.05", "Not right. You typed -0.05."),
    ("5*102", "This is no number. Write it as 0.5 or 5e-1. You typed 5*102."),
    ("5*10-2", "This is no number. Write it as 0.5 or 5e-1. You typed 5*10-2."),
    ("10^-2", "Not right. You typed 10^-2."),
    ("0,05", "Write a decimal point, not a comma. You typed 0,05."),
    ("half", "This is no number. Write it as 0.5 or 5e-1. You typed half."),
    ("5%", "This is no number. Write it as 0.5 or 5e-1. You typed 5%."),
    ("<b>$&</b>", "This is no number. Write it as 0.5 or 5e-1. You typed <b>$&</b>."),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_numbers_are_judged(kinds: Deck, reviewer: Opener, way: str) -> None:
    """What was typed is read from Anki's own comparison: nothing need survive the flip."""
    shown = reviewer(kinds, **WAYS[way])
    card = kinds.card("o-tol")
    # A page takes its time to load: without one, all of them; else a few.
    for typed, said in NUMBERS[:: 1 if way == "computer" else 6]:
        shown.front(card)
        shown.page.locator("#typeans").fill(typed)
        shown.back(card)
        assert shown.verdict == said, typed
        assert shown.page.locator("#typeans").is_visible() == (said == "")
        assert shown.page.locator(".final .key").inner_text() == "0.05"


def test_known_wrong_numbers_are_explained(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    card = kinds.card("o-tol")
    for typed, told in {"1e-2": ["A tenth of it."], "0.1": [""], "0.2": []}.items():
        shown.front(card)
        shown.page.fill("#typeans", typed)
        shown.back(card)
        assert shown.verdict.startswith("Not right.")
        assert shown.page.locator(".wrong li:visible").all_inner_texts() == [
            one for one in told if one
        ]


def test_typed_text_without_a_comparison(kinds: Deck, reviewer: Opener) -> None:
    """Some clients show no comparison: then what was kept from the front is judged."""
    shown = reviewer(kinds)
    card = kinds.card("o-tol")
    shown.front(card)
    shown.page.fill("#typeans", "5e-2")
    shown.page.evaluate("document.getElementById('typeans').remove()")
    shown.back(card)
    assert shown.verdict == "Right."


def test_scaled_and_negative_numbers(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    for key, typed in (("n-scaled", "6.25"), ("n-negative", "\u221250"), ("n-int", "2.0")):
        shown.front(kinds.card(key))
        shown.page.fill("#typeans", typed)
        shown.back(kinds.card(key))
        assert shown.verdict == "Right.", key
    assert "whole number" in shown.page.locator(".prompt").inner_text()


@pytest.mark.parametrize("way", WAYS)
def test_short_text_is_judged(kinds: Deck, reviewer: Opener, way: str) -> None:
    shown = reviewer(kinds, **WAYS[way])
    card = kinds.card("s-one")
    for typed, said in {
        "  steplr ": "Right.",
        "step   LR": "Right.",
        "*": "Right.",
        "Step": "Not right. You typed Step.",
        "": "",
    }.items():
        shown.front(card)
        shown.page.fill("#typeans", typed)
        shown.back(card)
        assert shown.verdict == said, typed
        assert "StepLR" in shown.page.locator(".final").inner_text()


def test_explain_counts(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds, forgets=True, denied=True)
    shown.back(kinds.card("e-one"))
    boxes = shown.page.get_by_role("checkbox")
    assert shown.verdict == "You covered 0 of 4 concepts."
    boxes.nth(0).check()
    boxes.nth(2).check()
    boxes.nth(3).focus()
    shown.page.keyboard.press("Space")
    assert shown.verdict == "You covered 3 of 4 concepts."
    boxes.nth(0).uncheck()
    assert shown.verdict == "You covered 2 of 4 concepts."


STEPS = ("loss.backward()", "Optimizer", "x < y", "scheduler.step()")


def put(shown: Reviewer, *texts: str) -> None:
    """Put the steps into this order, from the top, with the buttons."""
    steps = shown.page.locator(".steps > li")
    for place, text in enumerate(texts):
        step = steps.filter(has_text=text)
        while not steps.nth(place).inner_text().count(text):
            step.get_by_role("button", name="Move up").click()


# The steps as they are put, what is said, and where each wrong one was, in the right order.
ORDERINGS = [
    ((0, 1, 2, 3), "Right: all of them.", ()),
    ((1, 0, 2, 3), "2 of 4 steps in the right place.", (2, 1)),
    ((0, 2, 3, 1), "1 of 4 steps in the right place.", (4, 2, 3)),
    ((1, 2, 3, 0), "0 of 4 steps in the right place.", (4, 1, 2, 3)),
]


@pytest.mark.parametrize("way", WAYS)
def test_an_order_is_marked(kinds: Deck, reviewer: Opener, way: str) -> None:
    shown = reviewer(kinds, **WAYS[way])
    card, page = kinds.card("o-one"), shown.page
    for order, said, wrong in ORDERINGS:
        shown.front(card)
        # A step is moved in any case: there and back again, if all is right from the start.
        put(shown, *(STEPS[n] for n in reversed(order)))
        put(shown, *(STEPS[n] for n in order))
        shown.back(card)
        steps = page.locator(".steps > li")
        texts = steps.all_inner_texts()
        assert all(step in text for step, text in zip(STEPS, texts, strict=True)), "the answer"
        if way == "nothing kept":
            assert (shown.verdict, page.locator(".picked").count()) == ("", 0)
        else:
            assert shown.verdict == said
            assert page.locator(".steps > .picked.right").count() == 4 - len(wrong)
            assert page.locator(".steps > .picked.other").count() == len(wrong)
            assert page.locator(".pick").all_inner_texts() == [f"You had it at {n}" for n in wrong]


def test_what_was_not_touched_is_no_answer(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    for key in ("o-one", "p-one"):
        card = kinds.card(key)
        shown.front(card)
        place_all(shown)
        shown.back(card)
        assert shown.verdict
        shown.front(card)
        shown.back(card)
        assert shown.verdict == ""
        assert shown.page.locator(".picked, .said").count() == 0


def test_steps_are_mixed_by_the_day_and_never_right(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    page = shown.page
    seen = set()
    for day in range(1, 29):
        page.clock.set_fixed_time(f"2030-01-{day:02}T12:00:00")
        for key in ("o-one", "o-pair"):
            shown.front(kinds.card(key))
            places = page.eval_on_selector_all(
                ".steps > li", "all => all.map(one => one.dataset.place)"
            )
            assert places != sorted(places), key
            seen.add(tuple(places))
    assert len(seen) >= 10


def test_steps_by_keyboard_alone(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    page, card = shown.page, kinds.card("o-one")
    shown.front(card)
    page.keyboard.press("Tab")
    first = page.locator(".steps .text").first.inner_text()
    for number in (2, 3, 4, 4):
        page.keyboard.press("ArrowDown")
        assert page.locator(".steps .text").all_inner_texts().index(first) == number - 1
        assert shown.verdict == f"Now {number} of 4."
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused.startswith("Move up: "), "it goes with the step"
    page.keyboard.press("Enter")
    assert shown.verdict == "Now 3 of 4."
    page.keyboard.press("ArrowUp")
    assert shown.verdict == "Now 2 of 4."
    page.keyboard.press("Control+ArrowUp")
    assert shown.verdict == "Now 2 of 4."
    assert page.locator(".verdict").get_attribute("role") == "status"


RIGHTS = {"step": "every few epochs x]]>", "line": "along a line", "gamma": ""}
PAIRINGS = [
    (("step", "gamma", "line", "line"), "Right: all of them."),
    (("step", "gamma", "line", ""), "3 of 4 pairs right."),
    (("gamma", "step", "line", "step"), "1 of 4 pairs right."),
    (("", "step", "", ""), "0 of 4 pairs right."),
    (("", "", "", ""), ""),
]


def pick(shown: Reviewer, *names: str) -> None:
    """Pick a right for each left by its text; that of a formula is its letter alone."""
    for select, name in zip(shown.page.locator("select").all(), names, strict=True):
        texts = select.locator("option").all_inner_texts()
        ends = [text.partition(". ")[2] for text in texts]
        select.select_option(index=ends.index(RIGHTS[name], 1) if name else 0)


@pytest.mark.parametrize("way", WAYS)
def test_a_match_is_marked(kinds: Deck, reviewer: Opener, way: str) -> None:
    shown = reviewer(kinds, **WAYS[way])
    card, page = kinds.card("p-one"), shown.page
    right = PAIRINGS[0][0]
    for names, said in PAIRINGS:
        shown.front(card)
        assert page.locator(".rights > li").count() == 3, "what two share is offered once"
        pick(shown, *reversed(names))
        pick(shown, *names)
        shown.back(card)
        told = page.locator(".said").all_inner_texts()
        if way == "nothing kept" or not said:
            assert (shown.verdict, told) == ("", [])
            continue
        assert shown.verdict == said
        for own, name, text in zip(right, names, told, strict=True):
            if own == name:
                assert text == "Your pick"
            else:
                assert text.startswith("You picked: " if name else "Not picked")
                assert RIGHTS.get(name, "") in text
        assert page.locator(".said.good").count() == sum(map(str.__eq__, right, names))


def test_lefts_by_keyboard_alone(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    page, card = shown.page, kinds.card("p-one")
    shown.front(card)
    for downs in (1, 2, 3, 0):
        page.keyboard.press("Tab")
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
    values = [select.input_value() for select in page.locator("select").all()]
    letters = page.eval_on_selector_all(".rights > li", "all => all.map(one => one.dataset.right)")
    assert values == [*letters, ""]
    label = page.locator("select").first.get_attribute("aria-label")
    assert label == "StepLR"
    shown.back(card)
    assert "of 4 pairs right." in shown.verdict


def test_hints_come_one_at_a_time(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    shown.front(kinds.card("o-cloze"))
    summaries = shown.page.locator("summary")
    for number, text in enumerate(("One.", "Two.", "Three."), 1):
        assert summaries.locator("visible=true").all_inner_texts() == [
            f"Hint {n}" for n in range(1, number + 1)
        ]
        assert not shown.page.get_by_text(text).is_visible()
        summaries.nth(number - 1).click()
        assert shown.page.get_by_text(text).is_visible()
    shown.front(kinds.card("n-one"))
    assert summaries.count() == 0


def test_everything_can_be_read_without_scripts(
    kinds: Deck, ours: Deck, browser: Any, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    def back(deck: Deck, key: str, typed: str = "") -> str:
        card = deck.card(key)
        compared = deck.collection.compare_answer(card.expected, typed)
        html = card.back.replace("[[type:Value]]", compared).replace("<details>", "<details open>")
        side = tmp_path / "side.html"
        side.write_text(
            f"<!doctype html><meta charset=utf-8><style>{card.css}</style>"
            f'<body class="card">{html}',
            encoding="utf-8",
        )
        page.goto(side.as_uri())
        return str(page.locator("main").inner_text())

    assert "never decays" in back(kinds, "n-one", "0.1")
    assert page.locator(".final .key").inner_text() == "0.05"
    assert page.locator("#typeans").is_visible()
    assert "Wrong." in back(kinds, "c-one")
    assert "Also right: Step LR" in " ".join(back(kinds, "s-one").split())
    assert "Three" in back(kinds, "e-one")
    for part in ("Solution", "Quick check", "Common mistakes", "hard", "First steps"):
        assert part in back(ours, "seq-two-phase")
    assert page.locator("svg.curve").is_visible()
    context.close()


def test_steps_and_pairs_can_be_read_without_scripts(
    kinds: Deck, browser: Any, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    def read(key: str, side: str) -> str:
        card = kinds.card(key)
        file = tmp_path / "side.html"
        file.write_text(
            f"<!doctype html><meta charset=utf-8><style>{card.css}</style>"
            f'<body class="card">{getattr(card, side)}',
            encoding="utf-8",
        )
        page.goto(file.as_uri())
        assert page.locator("main button, main select").count() == 0
        return str(page.locator("main").inner_text())

    front, back = read("o-one", "front"), read("o-one", "back")
    assert sorted(STEPS, key=back.index) == [*STEPS]
    assert sorted(STEPS, key=front.index) != [*STEPS], "the key is not given away"
    front = read("p-one", "front")
    assert all(text in front for text in (*RIGHTS.values(), "StepLR", "What it does <&>"))
    assert page.locator(".rights > li").all_inner_texts() != [*RIGHTS.values()]
    read("p-one", "back")
    assert page.locator(".pairs tbody tr").all_inner_texts() == [
        "StepLR\tevery few epochs x]]>",
        "ExponentialLR\t\\(\\gamma\\) at every epoch",
        "LinearLR\talong a line",
        "ConstantLR\talong a line",
    ]
    context.close()


def test_pictures_and_formulas_are_picked_by_letter(kinds: Deck, reviewer: Opener) -> None:
    shown = reviewer(kinds)
    page, card = shown.page, kinds.card("o-bare")
    shown.front(card)
    assert page.locator(".prompt").count() == 1, "no heading, no empty line"
    texts = page.locator("select").first.locator("option").all_inner_texts()
    assert sorted(text[3:] for text in texts[1:]) == ["", "", '{"a": {"b": 1}}']
    assert [text[0] for text in texts] == ["C", "A", "B", "C"]
    assert page.locator(".lefts").inner_text().startswith("One [latex]a[/latex]")
    rights = page.locator(".rights > li")
    picture = [one.locator("img").count() for one in rights.all()].index(1)
    page.locator("select").nth(1).select_option(index=picture + 1)
    shown.back(card)
    assert page.locator("thead").count() == 0
    wrong = page.locator("tbody tr").nth(1)
    assert wrong.locator(".said img").get_attribute("alt") == "A dot"
    assert shown.verdict == "0 of 3 pairs right."


def test_figures_follow_the_night(ours: Deck, reviewer: Opener) -> None:
    colours = set()
    for night in (False, True):
        shown = reviewer(ours, night=night)
        shown.back(ours.card("seq-two-phase"))
        shown.page.evaluate(OPEN)
        line = shown.page.locator("svg.curve polyline").first
        colours.add(line.evaluate("one => getComputedStyle(one).stroke"))
    assert colours == {"rgb(11, 87, 208)", "rgb(138, 180, 248)"}
