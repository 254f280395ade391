"""How the site marks: its own pages and script in a browser, answered and read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.marks import texts
from tests.marks.plan import Given, Row, Try

_COUNTED = re.compile(r"(\d+) of (\d+) \w+ are right\.")
_PICKED = re.compile(r"You picked (\d+) of (\d+) right options and (\d+) wrong\.")

# What can be answered on a page, and the texts that stand there, numbered as they stand.
_SEEN = """() => {
  const text = one => one.textContent
    + Array.from(one.querySelectorAll('img'), picture => picture.alt).join('');
  const numbered = (item, query) => Array.from(item.querySelectorAll(query), (one, n) => {
    one.dataset.seen = n;
    return text(one.querySelector('div') || one);
  });
  return Object.fromEntries(Array.from(document.querySelectorAll('.item'), item => [item.id, {
    steps: numbered(item, '.steps > li'),
    lefts: numbered(item, '.lefts > li'),
    rights: numbered(item, '.rights > li'),
  }]));
}"""

_ANSWER = """tries => tries.map(({ id, kind, given }) => {
  const item = document.getElementById(id), verdict = item.querySelector('.verdict');
  const check = () => item.querySelector('.check').click();
  const seen = (query, n) => item.querySelector(`${query}[data-seen="${n}"]`);
  const changed = one => one.dispatchEvent(new Event('change', { bubbles: true }));
  const option = n => item.querySelector(`.option[data-n="${n + 1}"] input`);
  verdict.textContent = ''; verdict.className = 'verdict';
  const ways = {
    typed() {
      const form = item.querySelector('form');
      form.querySelector('input').value = given;
      form.requestSubmit();
    },
    choice() {
      item.querySelectorAll('.option input').forEach(one => { one.checked = false; });
      given.forEach(n => option(n).click());
    },
    multiple() {
      item.querySelectorAll('.option input').forEach(one => { if (one.checked) one.click(); });
      given.forEach(n => option(n).click());
      check();
    },
    cloze() {
      const inputs = item.querySelectorAll('input.gap');
      if (inputs.length !== given.length) throw new Error(`${inputs.length} gaps in ${id}`);
      inputs.forEach((input, n) => { input.value = given[n]; });
      check();
    },
    order() {
      given.forEach((n, place) => {
        const step = seen('.steps > li', n);
        while (Array.from(step.parentNode.children).indexOf(step) > place)
          step.querySelector('button').click();
      });
      check();
    },
    match() {
      given.forEach(([left, right]) => {
        const select = seen('.lefts > li', left).querySelector('select');
        select.value = right === null ? '' : seen('.rights > li', right).dataset.right;
        changed(select);
      });
      check();
    },
  };
  ways[kind === 'numeric' || kind === 'short' ? 'typed' : kind]();
  return [verdict.className, verdict.firstChild ? verdict.firstChild.textContent : ''];
})"""


def marks(
    page: Any, folder: Path, rows: Mapping[str, Row], tries: Sequence[Try]
) -> dict[Try, float]:
    """Give every answer on the page of its item; return the share that the page says it is."""
    found: dict[Try, float] = {}
    asked: defaultdict[str, list[Try]] = defaultdict(list)
    for one in tries:
        asked[one.key].append(one)
    for file in sorted(folder.rglob("*.html")):
        page.goto(file.as_uri())
        seen = page.evaluate(_SEEN)
        here = [one for key in seen for one in asked.get(key, ())]
        given = [
            {"id": one.key, "kind": one.kind, "given": _as_seen(one, rows[one.key], seen[one.key])}
            for one in here
        ]
        said = page.evaluate(_ANSWER, given)
        found |= {
            one: share(look, text, rows[one.key])
            for one, (look, text) in zip(here, said, strict=True)
        }
    return found


def share(look: str, text: str, row: Row) -> float:
    """Return the share that a verdict speaks of; the page counts, but gives no points."""
    if "good" in look.split():
        return 1.0
    counted, picked = _COUNTED.fullmatch(text), _PICKED.fullmatch(text)
    if counted:
        return int(counted[1]) / int(counted[2])
    if not picked:
        return 0.0
    hits, right, wrong = (int(number) for number in picked.groups())
    return max(0.0, hits / right - wrong / ((len(row["content"]["options"]) - right) or 1))


def _as_seen(one: Try, row: Row, seen: Mapping[str, Sequence[str]]) -> Any:
    """Return an answer with the numbers that the page's texts have."""
    given: Given = one.given
    if one.kind == "order":
        steps = texts.places(row["content"]["steps"], seen["steps"])
        return [steps[int(step or 0)] for step in given]
    if one.kind != "match":
        return given
    pairs = row["content"]["pairs"]
    lefts = texts.places([pair["left"] for pair in pairs], seen["lefts"])
    rights = texts.places(list(dict.fromkeys(pair["right"] for pair in pairs)), seen["rights"])
    return [
        (left, None if right is None else rights[int(right)])
        for left, right in zip(lefts, given, strict=True)
    ]
