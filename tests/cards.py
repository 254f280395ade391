"""Cards as Anki shows them: rendered by its backend, put into a page the way its reviewer does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What the reviewer's own style sheet does to cards, and the page that it puts them in.
_SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Reviewer</title>
<style>
hr{background-color:#888} body{margin:20px;overflow-wrap:break-word}
body.nightMode{background-color:#2c2c2c;color:#fcfcfc} img{max-width:100%;max-height:95vh}
#typeans{width:100%;box-sizing:border-box} code#typeans{white-space:pre-wrap}
.typeGood{background:#afa;color:black} .typeBad{color:black;background:#faa}
.typeMissed{color:black;background:#ccc} button{margin:1em .5em}
</style>
<script>
function _typeAnsPress() {}
function show(html, bodyClass, night) {
  document.documentElement.className = night ? 'night-mode' : '';
  document.body.className = bodyClass;
  const qa = document.getElementById('qa');
  qa.innerHTML = html;
  for (const old of qa.getElementsByTagName('script')) {
    const fresh = document.createElement('script');
    fresh.appendChild(document.createTextNode(old.innerHTML));
    old.parentNode.replaceChild(fresh, old);
  }
  const typed = document.getElementById('typeans');
  if (typed) typed.focus();
}
</script></head><body><div id="qa"></div></body></html>
"""
_INPUT = """
<center>
<input type=text id=typeans onkeypress="_typeAnsPress();"
   style="font-family: 'Arial'; font-size: 20px;">
</center>
"""
_COMPARED = """<div style="font-family: 'Arial'; font-size: 20px">{}</div>"""
_ASKED = "[[type:Value]]"


@dataclass(frozen=True, slots=True)
class Card:
    """Both sides as the backend renders them, before anything is typed."""

    course: str
    key: str
    kind: str
    number: int
    front: str
    back: str
    css: str
    expected: str

    @property
    def name(self) -> str:
        return f"{self.course}/{self.key}/{self.number}"


def cards_of(collection: Any, course: str) -> list[Card]:
    """Render every card of a collection."""
    made = []
    for number in collection.find_cards(""):
        card = collection.get_card(number)
        note, output = card.note(), card.render_output()
        expected = note["Value"] if "Value" in note.keys() else ""  # noqa: SIM118 - no mapping
        kind = note.note_type()["name"].split()[1]
        sides = (output.question_text, output.answer_text)
        made.append(Card(course, note["Key"], kind, card.ord, *sides, output.css, expected))
    return made


class Reviewer:
    """One page that shows cards, one side after the other.

    `forgets`: every side gets a fresh page, as on phones; nothing global survives.
    """

    def __init__(self, page: Any, collection: Any, night: bool = False, forgets: bool = False):
        self.page = page
        self.collection = collection
        self.night = night
        self.forgets = forgets
        self.errors: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("request", lambda request: self.asked.append(request.url))
        # Pictures are found where Anki's are: beside the page.
        self.shell = Path(collection.media.dir()) / "_reviewer.html"
        self.shell.write_text(_SHELL, encoding="utf-8")
        page.goto(self.shell.as_uri())

    def front(self, card: Card) -> None:
        self._show(card, card.front.replace(_ASKED, _INPUT))

    def back(self, card: Card) -> None:
        """Turn the card; what was typed is compared by Anki's backend."""
        self._show(card, self.answer(card, self._typed()))

    def answer(self, card: Card, typed: str) -> str:
        compared = self.collection.compare_answer(card.expected, typed)
        return card.back.replace(_ASKED, _COMPARED.format(compared))

    def _typed(self) -> str:
        return str(
            self.page.evaluate("(document.querySelector('input#typeans') || {}).value || ''")
        )

    def _show(self, card: Card, html: str) -> None:
        if self.forgets:
            self.page.goto(self.shell.as_uri())
        body = f"card card{card.number + 1}" + (" nightMode night_mode" if self.night else "")
        shown = f"<style>{card.css}</style>{html}"
        self.page.evaluate(
            f"show({json.dumps(shown)}, {json.dumps(body)}, {json.dumps(self.night)})"
        )

    @property
    def verdict(self) -> str:
        return str(self.page.locator(".verdict").inner_text())


@contextmanager
def imported(package: Path, folder: Path) -> Iterator[Any]:
    """Import a package into an empty collection; yields the collection."""
    from anki.collection import Collection, ImportAnkiPackageRequest

    opened = Collection(str(folder / "collection.anki2"))
    try:
        log = opened.import_anki_package(ImportAnkiPackageRequest(package_path=str(package))).log
        assert log.new
        yield opened
    finally:
        opened.close()
