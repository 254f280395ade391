"""qti3-item-player (amp-up.io): QTI 3.0 as Vue components. A test tool only (MIT)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, assert_never

from tests.play.stage import (
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
<html lang="en"><head><meta charset="utf-8"><base href="/package/"><title>amp-up</title>
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
LOAD = """([xml, base, count]) => {
  document.querySelector('base').href = base;
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
SHOWN = """() => [...document.querySelectorAll(
    '.qti-feedback-inline, .qti-feedback-block, .qti-modal-feedback')]
  .map(one => one.querySelector('.qti3-player-modal-body') || one)
  .filter(one => one.checkVisibility()).map(one => one.innerText)"""


class Amp:
    """The player; see `tests.play.stage.Player`."""

    name = "amp-up"

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self._address = address
        self._count = 0
        page.wait_for_function("window.player")

    def load(self, item: str, folder: str = "") -> None:
        self._count += 1
        body = item.split("?>", 1)[1] if item.startswith("<?xml") else item
        self.page.evaluate(LOAD, [body, f"{self._address}package/{folder}", self._count])
        self.page.wait_for_function("window.item")

    def answer(self, response: Response) -> None:
        match response:
            case Typed(texts):
                fields = self.page.locator(".qti-text-entry-interaction input")
                assert fields.count() == len(texts)
                for place, text in enumerate(texts):
                    fields.nth(place).fill(text)
            case Picked(choices):
                for choice in choices:
                    self.page.locator(f'.qti-simple-choice[data-identifier="{choice}"]').click()
            case Ordered(choices):
                self._order(choices)
            case Paired(pairs):
                for left, right in pairs:
                    self._drag(left, right)
            case Written(text):
                self.page.locator(".qti-extended-text-interaction textarea").click()
                self.page.keyboard.type(text)
            case _:
                assert_never(response)

    def _order(self, choices: tuple[str, ...]) -> None:
        raise NotImplementedError

    def _drag(self, left: str, right: str) -> None:
        raise NotImplementedError

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


@contextmanager
def amp(browser: Any, package: Mapping[str, bytes]) -> Iterator[Amp]:
    require("qti3-item-player", "vue")
    with opened(browser, PAGE, package) as (page, address):
        yield Amp(page, address)
