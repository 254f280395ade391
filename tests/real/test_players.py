"""What a learner gets in QTI 3.0 players: that a wrong mark is seen, then our own packages."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import lrcards.run
from lrcards.run.local import Zygote
from tests.browser import chromium
from tests.marks import plan
from tests.marks.plan import Try
from tests.play import samples
from tests.play.amp import amp
from tests.play.citolab import citolab
from tests.play.outcome import Outcome, outcomes
from tests.play.package import OURS, TORTURE, Asked, Course, built
from tests.play.stage import Ordered, Paired, Picked, Played, Player, Response, Typed, Written, play
from tests.play.table import unexplained

pytestmark = pytest.mark.real
OPEN = {"citolab": citolab, "amp-up": amp}
RIGHT_PAIRS = (("LA", "R1"), ("LB", "R2"), ("LC", "R1"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module", params=list(OPEN))
def player(browser: Any, request: pytest.FixtureRequest) -> Iterator[Player]:
    with OPEN[request.param](browser, {}) as one:
        yield one


# An item, one answer, and its mark: the second item of a pair has another key.
SEEN: list[tuple[str, Response, str, str]] = [
    (samples.numeric(), Typed(("0.0505",)), "1", "the high bound"),
    (samples.numeric(high="0.0504"), Typed(("0.0505",)), "0", "a bound too low"),
    (samples.numeric(), Typed(("5e-2",)), "1", "an exponent"),
    (samples.numeric(), Typed(("0,05",)), "0", "a comma"),
    (samples.numeric(), Typed(("abc",)), "0", "no number"),
    (samples.numeric(), Typed(("",)), "0", "no answer"),
    (samples.choice(), Picked(("B",)), "1", "the key"),
    (samples.choice(key="C"), Picked(("B",)), "0", "another key"),
    (samples.choice(), Picked(()), "0", "no choice"),
    (samples.multiple(), Picked(("A", "C")), "1", "all right"),
    (samples.multiple(), Picked(("A",)), "1/2", "half"),
    (samples.multiple(), Picked(("A", "B", "C")), "1/2", "one wrong too"),
    (samples.multiple(), Picked(("A", "B", "C", "D")), "0", "all"),
    (samples.multiple(right="BD"), Picked(("A", "C")), "0", "another key"),
    (samples.order(), Ordered(("C", "A", "B", "D")), "1", "in order"),
    (samples.order(), Ordered(("C", "A", "D", "B")), "1/2", "half in order"),
    (samples.order(key="ADCB"), Ordered(("C", "A", "B", "D")), "0", "another key"),
    (samples.match(), Paired(RIGHT_PAIRS), "3/4", "all pairs"),
    (samples.match(), Paired((("LA", "R1"),)), "1/4", "one pair"),
    (samples.match(), Paired(()), "0", "no pair"),
    (samples.match(pairs="A2 B1 C2"), Paired(RIGHT_PAIRS), "0", "another key"),
    (samples.gaps(), Typed(("Left", "3")), "1", "both gaps"),
    (samples.gaps(), Typed(("", "3")), "1/2", "one gap"),
    (samples.gaps(key="right"), Typed(("left", "3")), "1/2", "another key"),
]


@pytest.mark.parametrize(
    ("item", "response", "mark"), [row[:3] for row in SEEN], ids=[row[3] for row in SEEN]
)
def test_a_wrong_mark_is_seen(player: Player, item: str, response: Response, mark: str) -> None:
    played = play(player, item, response)
    assert (played.score, played.error) == (Fraction(mark), "")


def test_feedback_is_seen_where_it_is_shown(player: Player) -> None:
    solution = "It is a twentieth."
    assert play(player, samples.numeric(), Typed(("0.05",))).shown == (solution,)
    known = play(player, samples.numeric(), Typed(("0.1",)))
    assert known.shown == ("You forgot to halve.", solution)
    assert play(player, samples.choice(), Picked(("C",))).shown == ("About C.",)
    assert play(player, samples.multiple(), Picked(("A", "B"))).shown == ("About A.", "About B.")


def test_a_text_is_recorded_and_not_graded(player: Player) -> None:
    played = play(player, samples.written(), Written("because"))
    assert "'RESPONSE': 'because'" in played.recorded
    assert played.shown == ("Say why.",)


def test_a_request_elsewhere_fails(browser: Any) -> None:
    image = '<p><img src="http://example.org/a.png" alt="a"/></p>'
    item = samples.numeric().replace("<qti-item-body>", f"<qti-item-body>{image}")
    said = r"asked for http://example\.org"
    with pytest.raises(AssertionError, match=said), citolab(browser, {}) as one:
        play(one, item, Typed(("0.05",)))


def test_a_missing_file_fails(browser: Any) -> None:
    image = '<p><img src="media/a.png" alt="a"/></p>'
    item = samples.numeric().replace("<qti-item-body>", f"<qti-item-body>{image}")
    said = r"404 .*/package/items/media/a\.png"
    with pytest.raises(AssertionError, match=said), amp(browser, {}) as one:
        play(one, item, Typed(("0.05",)), "items/")


def test_a_player_that_throws_is_told(browser: Any) -> None:
    guarded = samples.match()
    bare = guarded.replace("<qti-not>", "<qti-not><qti-not>").replace(
        "</qti-not>", "</qti-not></qti-not>"
    )
    with citolab(browser, {}) as one:
        played = play(one, bare, Paired(()))
    assert played.score is None
    assert "null" in played.error


ROW = {"id": "one", "kind": "choice", "variant": None, "content": {
    "points": "2", "hints": ["Think again."], "solution": "",
    "options": [{"text": "a", "right": True, "feedback": "Yes."},
                {"text": "b", "right": False, "feedback": ""}],
}}  # fmt: skip


@pytest.mark.parametrize(
    ("option", "score", "shown", "told"),
    [
        (0, "2", ["Yes."], []),
        (0, "1", ["Yes."], ["2 expected, 1 played"]),
        (0, "2", [], ["not shown: ['Yes.']"]),
        (0, "2", ["Yes.", "Think again."], ["2 shown"]),
        (1, "0", ["Think again."], []),
        (1, "0", [], ["not shown: ['Think again.']"]),
    ],
)
def test_what_is_wrong_is_told(option: int, score: str, shown: list[str], told: list[str]) -> None:
    item = Asked("one", ROW, "", "")
    played = Played(Fraction(score), tuple(shown))
    found = unexplained([Outcome("a player", item, plan.tries(ROW)[option], played)])
    assert len(found) == len(told)
    assert all(part in line for part, line in zip(told, found, strict=True))


@pytest.fixture
def course(request: pytest.FixtureRequest, zygote: Zygote, tmp_path: Path) -> Course:
    """A course of ours, its QTI 3.0 package just built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        return built(request.param, tmp_path)


def wrong(browser: Any, course: Course, asked: list[tuple[Asked, list[Try]]]) -> list[str]:
    # The player that minds most: it takes no answer for 0 and writes marks for its reader's eye, so
    # the browser's language is one with a decimal comma.
    with citolab(browser, course.files, "de-DE") as one:
        return unexplained(outcomes(one, asked))


@pytest.mark.parametrize("course", [TORTURE], indirect=True, ids=["torture"])
def test_every_item_of_the_torture_course_is_marked_right(browser: Any, course: Course) -> None:
    """All answers, but three for each variant after an item's first."""
    seen: set[str] = set()
    asked: list[tuple[Asked, list[Try]]] = []
    for item in course.items:
        every = plan.few if item.row["id"] in seen else plan.tries
        asked.append((item, every(item.row)))
        seen.add(item.row["id"])
    assert {item.kind for item, _ in asked} >= {
        "choice",
        "multiple",
        "numeric",
        "short",
        "cloze",
        "order",
        "match",
        "explain",
    }
    assert wrong(browser, course, asked) == []


@pytest.mark.parametrize("course", [OURS], indirect=True, ids=["ours"])
def test_written_answers_are_kept_for_a_person(browser: Any, course: Course) -> None:
    items = [item for item in course.items if item.kind == "explain"]
    assert items
    with amp(browser, course.files) as one:
        for item in items:
            played = play(one, item.xml, Written("because"), item.folder)
            assert played.score in {None, 0}
            assert "because" in played.recorded
            assert len(played.shown) == item.xml.count("<qti-modal-feedback")


@pytest.mark.parametrize("course", [OURS], indirect=True, ids=["ours"])
def test_the_numbers_of_our_own_course_are_marked_right(browser: Any, course: Course) -> None:
    numbers = [item for item in course.items if item.kind == "numeric"]
    asked = [(item, plan.few(item.row)) for item in numbers]
    assert numbers
    assert all(len(tries) == 3 for _, tries in asked)
    assert wrong(browser, course, asked) == []
