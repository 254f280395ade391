"""qti3-item-player (amp-up.io): QTI 3.0 as Vue components. A test tool only (MIT)."""

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
<html lang="en"><head><meta charset="utf-8"><title>amp-up</title>
<link rel="stylesheet" href="/modules/qti3-item-player/dist/qti3Player.css">
<script src="/modules/vue/dist/vue.js"></script>
<script src="/modules/qti3-item-player/dist/qti3Player.umd.min.js"></script>
</head><body><div id="app"></div><script>
Vue.config.productionTip = false;
Vue.config.devtools = false;
Vue.config.errorHandler = error => setTimeout(() => { throw error; });
const component = qti3Player.Qti3Player || qti3Player.default || qti3Player;
new Vue({
  render: h => h(component, { on: {
    notifyQti3PlayerReady: player => { window.player = player; },
    notifyQti3ItemReady: item => { window.item = item; },
    notifyQti3EndAttemptCompleted: data => { window.ended = data.state; },
  } }),
}).$mount('#app');
</script></body></html>
"""
LOAD = """([xml, count]) => {
  window.item = window.ended = null;
  // A comment makes each attempt another text: the player loads nothing for the same one.
  player.loadItemFromXml(`${xml}<!-- ${count} -->`, {
    guid: `attempt-${count}`, status: 'interacting',
    sessionControl: { max_attempts: 0, show_feedback: true, validate_responses: false },
  });
}"""
END = """() => {
  try { player.endAttempt('test'); } catch (error) { return `${error}`; }
}"""
ORDER = """choices => {
  const group = document.querySelector('.qti-order-interaction-wrapper');
  const list = group.querySelector('.qti-order-source-wrapper');
  for (const choice of choices)
    list.append(list.querySelector(`[data-identifier="${choice}"]`));
  group.__vue__.sortable.notifyUpdate({ target: list });
}"""
SHOWN = """() => {
  const alts = one => [...one.querySelectorAll('img')].map(picture => picture.alt);
  return [...document.querySelectorAll(
      '.qti-feedback-inline, .qti-feedback-block, .qti-modal-feedback')]
    .map(one => one.querySelector('.qti3-player-modal-body') || one)
    .filter(one => one.checkVisibility()).map(one => [one.innerText, ...alts(one)].join(' '));
}"""
DIALOGS = """() => {
  window.said = [...document.querySelectorAll('.qti3-player-modal.show')];
  return said.length;
}"""
SHOW = """number => said.forEach((one, n) => one.classList.toggle('show', n === number))"""


class Amp:
    """The player; see `tests.play.stage.Player`."""

    def __init__(self, page: Any, address: str) -> None:
        language = page.evaluate("navigator.language")
        self.name = "amp-up" if language == ENGLISH else f"amp-up {language}"
        self.page = page
        self._address = address
        self._count = 0

    def load(self, item: str, folder: str = "") -> None:
        if self.page.url != self._address + folder:
            self.page.goto(self._address + folder)
            self.page.wait_for_function("window.player")
        self._count += 1
        body = item.split("?>", 1)[1] if item.startswith("<?xml") else item
        self.page.evaluate(LOAD, [body, self._count])
        self.page.wait_for_function("window.item")

    def answer(self, response: Response) -> None:
        match response:
            case Typed(texts):
                self._type(texts)
            case Picked(choices):
                for choice in choices:
                    self.page.locator(f'.qti-simple-choice[data-identifier="{choice}"]').click()
            case Ordered(choices):
                self._order(choices)
            case Paired(pairs):
                self._pair(pairs)
            case Written(text):
                self.page.locator(".qti-extended-text-interaction textarea").click()
                self.page.keyboard.type(text)
            case _:
                assert_never(response)

    def _type(self, texts: tuple[str, ...]) -> None:
        fields = self.page.locator(".qti-text-entry-interaction input")
        assert fields.count() == len(texts)
        for place, text in enumerate(texts):
            if text:
                fields.nth(place).fill(text)

    def _order(self, choices: tuple[str, ...]) -> None:
        """Put the steps in order as the player's drag does: it moves the nodes, then tells.

        A drag by a real mouse works too, but where the step lands depends on its animation; it took
        a second an item and was wrong in one of four.
        """
        self.page.evaluate(ORDER, list(choices))

    def _pair(self, pairs: tuple[tuple[str, str], ...]) -> None:
        for left, right in pairs:
            source = self.page.locator(f'[data-identifier="{left}"].draggable')
            self._drag(source, self.page.locator(f'.target[data-identifier="{right}"]'))

    def _drag(self, what: Any, where: Any) -> None:
        """Drag with the mouse: the player knows no keys for it."""
        for one, then in ((what, self.page.mouse.down), (where, self.page.mouse.up)):
            box = one.bounding_box()
            self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
            then()

    def end(self) -> Played:
        error = self.page.evaluate(END)
        if error:
            return Played(None, (), error=error)
        self.page.wait_for_function("window.ended")
        state = self.page.evaluate("window.ended")
        outcomes = {one["identifier"]: one["value"] for one in state["outcomeVariables"]}
        recorded = {one["identifier"]: one["value"] for one in state["responseVariables"]}
        shown = [" ".join(text.split()) for text in self.page.evaluate(SHOWN)]
        score = outcomes.get("SCORE")
        return Played(None if score is None else Fraction(str(score)), tuple(shown), str(recorded))

    def dialogs(self) -> int:
        return int(self.page.evaluate(DIALOGS))

    def show(self, number: int | None) -> None:
        self.page.evaluate(SHOW, number)


@contextmanager
def amp(browser: Any, package: Mapping[str, bytes], locale: str = ENGLISH) -> Iterator[Amp]:
    """Open the player in a browser of that language."""
    require("qti3-item-player", "vue")
    with opened(browser, PAGE, package, locale) as (page, address):
        yield Amp(page, address)
