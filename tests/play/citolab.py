"""@citolab/qti-components: QTI 3.0 as web components. A test tool only (GPL-3.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, assert_never

from tests.play.stage import (
    ENGLISH,
    Ordered,
    Paired,
    Picked,
    Played,
    Response,
    Typed,
    Written,
    opened,
    require,
)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>citolab</title>
<script type="module" src="/modules/@citolab/qti-components/cdn/index.js"></script>
</head><body><qti-item></qti-item></body></html>
"""
ATTEMPT = "attempt.xml"
LOAD = """url => {
  const box = document.createElement('item-container');
  // By address: of an XML text given to it, it looks for the pictures at the root of the host, and
  // shuffles nothing. Before it is in the page: a later one is heard after its first update only.
  box.itemURL = url;
  document.querySelector('qti-item').replaceChildren(box);
  window.box = box;
}"""
READY = """() => {
  const item = window.box.shadowRoot?.querySelector('qti-assessment-item');
  if (!item) return false;
  window.item = item;
  const kinds = 'choice text-entry extended-text order match'.split(' ');
  const all = [...item.querySelectorAll(kinds.map(k => `qti-${k}-interaction`).join())];
  return all.every(one => one.hasUpdated && (!('trackedDroppables' in one)
    || one.trackedDroppables.length > 0));
}"""
END = """async () => {
  try { item.processResponse(); } catch (error) { return `${error}`; }
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return item.variables;
}"""
SHOWN = """() => {
  const alts = one => [...one.querySelectorAll('img')].map(picture => picture.alt);
  const on = one => one.showStatus === 'on' && one.checkVisibility() !== false;
  return [...item.querySelectorAll('qti-feedback-inline, qti-feedback-block, qti-modal-feedback')]
    .filter(on).map(one => [one.innerText, ...alts(one)].join(' '));
}"""

DIALOGS = """() => {
  window.said = [...item.querySelectorAll('qti-modal-feedback')].filter(o => o.showStatus === 'on');
  return said.length;
}"""
SHOW = """async number => {
  for (const one of said) one.closeFeedback();
  if (number !== null) said[number].showStatus = 'on';
  await Promise.all(said.map(one => one.updateComplete));
}"""


class Citolab:
    """The player; see `tests.play.stage.Player`."""

    def __init__(self, page: Any, address: str, files: dict[str, bytes]) -> None:
        language = page.evaluate("navigator.language")
        self.name = "citolab" if language == ENGLISH else f"citolab {language}"
        self.page = page
        self._address = address
        self._files = files

    def load(self, item: str, folder: str = "") -> None:
        if self.page.url != self._address + folder:
            self.page.goto(self._address + folder)
            self.page.wait_for_function("customElements.get('item-container') !== undefined")
        self._files[f"{folder}{ATTEMPT}"] = item.encode()
        self.page.evaluate(LOAD, self._address + folder + ATTEMPT)
        self.page.wait_for_function(READY)

    def answer(self, response: Response) -> None:
        match response:
            case Typed(texts):
                self._type(texts)
            case Picked(choices):
                for choice in choices:
                    one = self.page.locator(f'qti-simple-choice[identifier="{choice}"]')
                    one.click(position={"x": 8, "y": 8})
            case Ordered(choices):
                for place, choice in enumerate(choices):
                    self._drop(f'qti-simple-choice[identifier="{choice}"]', place)
            case Paired(pairs):
                self._pair(pairs)
            case Written(text):
                area = self.page.locator("qti-extended-text-interaction textarea")
                area.click()
                self.page.keyboard.type(text)  # fill() sends no keys, and the player records none
            case _:
                assert_never(response)

    def _type(self, texts: tuple[str, ...]) -> None:
        fields = self.page.locator("qti-text-entry-interaction input")
        assert fields.count() == len(texts)
        for place, text in enumerate(texts):
            if text:  # a field that is left alone holds NULL, not an empty text
                fields.nth(place).fill(text)
                fields.nth(place).blur()

    def _drop(self, what: str, place: int) -> None:
        """Take a choice and put it down at a place, by keyboard: the player's own way."""
        self.page.locator(what).first.focus()
        self.page.keyboard.press("Enter")
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def _pair(self, pairs: tuple[tuple[str, str], ...]) -> None:
        places = self.page.evaluate(
            "() => item.querySelector('qti-match-interaction').trackedDroppables"
            ".map(one => one.identifier)"
        )
        for left, right in pairs:
            first = "qti-simple-match-set:first-of-type > "
            self._drop(f'{first}qti-simple-associable-choice[identifier="{left}"]',
                       places.index(right))  # fmt: skip

    def end(self) -> Played:
        ended = self.page.evaluate(END)
        if isinstance(ended, str):
            return Played(None, (), error=ended)
        variables = {one["identifier"]: one for one in ended}
        score = variables.get("SCORE", {}).get("value")
        recorded = {
            name: one["value"] for name, one in variables.items() if one["type"] == "response"
        }
        shown = [" ".join(text.split()) for text in self.page.evaluate(SHOWN)]
        return Played(None if score is None else Fraction(score), tuple(shown), str(recorded))

    def dialogs(self) -> int:
        return int(self.page.evaluate(DIALOGS))

    def show(self, number: int | None) -> None:
        self.page.evaluate(SHOW, number)


@contextmanager
def citolab(browser: Any, package: Mapping[str, bytes], locale: str = ENGLISH) -> Iterator[Citolab]:
    """Open the player in a browser of that language."""
    require("@citolab/qti-components")
    files = dict(package)
    with opened(browser, PAGE, files, locale) as (page, address):
        yield Citolab(page, address, files)
