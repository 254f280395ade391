"""Variants: what a grid makes, what must hold between variants, and what each target gets."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from lrcards.check import Ledger, check
from lrcards.config import find_config
from lrcards.diagnostics import Span
from lrcards.model import Grid, GridParam, Json, Result, Run, Runs, SnippetId, Variant
from lrcards.params import batches
from lrcards.read import read
from lrcards.read.fields import Notes
from lrcards.read.grids import Plan, grid_of
from lrcards.write.output import families
from tests.conftest import CourseFolder
from tests.lms import QTI, invalid, moodle, package, validator

__all__ = ["validator"]

HEAD = """\
---
title: StepLR
snippets:
  halve: {file: snippets/step_lr.py}
use: halve
---

# StepLR
"""
CARD = """
## After `= k` steps

```yaml card
id: after-k
level: easy
params:
  gamma: [0.3, 0.7]
  k: [4, 6]
answer: lr[k]
```

`StepLR(opt, step_size=2, gamma={{ gamma }})`: which rate?

### Hint

Count to `= k`.

### Solution

It is `= lr[k]`.

![The curve](plot:lr)

### Common mistakes

- `= lr[0] * gamma ** k`: decays at every step.
"""
PLAIN = """
## Plain

```yaml card
id: plain
answer: lr[3] -> 0.05
```

How much?
"""
AT = Span("lesson.md")


def build(course: CourseFolder, text: str, *more: str) -> None:
    course.write("source/lesson.md", text)
    code, _, err = course.run("build", "--strict", *more)
    assert code == 0, err


def rows(course: CourseFolder) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(course.tree()["report.json"])["items"]
    return found


def lock(course: CourseFolder) -> list[dict[str, Any]]:
    text = (course.root / "lrcards.lock").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def grid(
    params: dict[str, list[Json]], mode: str = "grid", drawn: int | None = None
) -> Grid | None:
    found = tuple(GridParam(name, tuple(values), AT) for name, values in params.items())
    return grid_of("item", found, Plan(mode, drawn, AT), Notes())


def keys(made: Grid | None) -> list[str]:
    assert made is not None
    return [variant.key for variant in made.variants]


# --- identity


names = st.sampled_from(["gamma", "step_size", "lr", "\u03b7", "x1"])
scalars = st.integers(-50, 50) | st.text(max_size=3) | st.booleans()
params = st.dictionaries(
    names, st.lists(scalars, min_size=1, max_size=4, unique_by=repr), min_size=1, max_size=3
)


@given(params, st.randoms(use_true_random=False))
def test_reordering_moves_no_identity(wanted: dict[str, list[Json]], random: Any) -> None:
    before = set(keys(grid(wanted)))
    shuffled = [(name, random.sample(values, len(values))) for name, values in wanted.items()]
    random.shuffle(shuffled)
    assert set(keys(grid(dict(shuffled)))) == before


@given(params, scalars)
def test_extending_a_grid_moves_no_identity(wanted: dict[str, list[Json]], added: Json) -> None:
    before = keys(grid(wanted))
    first = next(iter(wanted))
    longer = {**wanted, first: [*wanted[first], added]}
    assert set(before) <= set(keys(grid(longer)))


@given(params, st.data())
def test_a_draw_is_stable(wanted: dict[str, list[Json]], data: Any) -> None:
    whole = keys(grid(wanted))
    drawn = data.draw(st.integers(1, len(whole)))
    some = keys(grid(wanted, drawn=drawn))
    assert len(some) == drawn
    assert [key for key in whole if key in some] == some, "in the order of the grid"
    fewer = keys(grid(wanted, drawn=max(1, drawn - 1)))
    assert set(fewer) <= set(some), "drawing more keeps those that were drawn"
    first = next(iter(wanted))
    longer = grid({**wanted, first: [*wanted[first], "another value"]}, drawn=drawn)
    kept = set(keys(longer)) & set(whole)
    assert kept <= set(some), "a longer grid brings new ones in, but none that was not drawn"


def test_the_product_counts_like_an_odometer() -> None:
    made = grid({"a": [1, 2], "b": ["x", "y"]})
    assert made is not None
    assert [one.params for one in made.variants] == [
        (("a", 1), ("b", "x")), (("a", 1), ("b", "y")),
        (("a", 2), ("b", "x")), (("a", 2), ("b", "y")),
    ]  # fmt: skip
    assert made.variants[0].text == "a = 1, b = 'x'"


def test_in_step_single_values_repeat() -> None:
    made = grid({"a": [1, 2], "b": [5], "c": [[1, 2], [3]]}, "zip")
    assert made is not None
    assert [dict(one.params) for one in made.variants] == [
        {"a": 1, "b": 5, "c": [1, 2]}, {"a": 2, "b": 5, "c": [3]},
    ]  # fmt: skip


def test_a_key_is_what_it_was_in_the_first_release() -> None:
    """Learners' history hangs on it: this line never changes."""
    assert Variant((("step_size", 2), ("gamma", 0.5))).key == "3848e5b9"


def test_equal_keys_are_refused() -> None:
    seen: dict[str, int] = {}
    number = 0
    while (key := Variant((("x", number),)).key) not in seen:
        seen[key] = number
        number += 1
    notes = Notes()
    found = (GridParam("x", (seen[key], number), AT),)
    grid_of("item", found, None, notes)
    assert [one.code for one in notes.found] == ["bad-grid"]
    assert "have the same key" in notes.found[0].message


def test_too_many_in_step() -> None:
    notes = Notes()
    found = (GridParam("x", tuple(range(10_001)), AT),)
    assert grid_of("item", found, Plan("zip", None, AT), notes) is None
    assert "more than 10000 variants" in notes.found[0].message


# --- what is run


def test_a_variant_runs_with_the_params_that_its_snippet_assigns(course: CourseFolder) -> None:
    text = HEAD.replace("step_lr.py}", "step_lr.py, params: {step_size: 3, gamma: 0.9}}")
    course.write("source/lesson.md", text + CARD)
    found, notes = read(find_config(Path.cwd()))
    assert notes == []
    [group] = batches(found)
    variants = found.lessons[0].items[0].variants
    assert [*group] == [SnippetId("source/lesson.md", "halve", one.key) for one in variants if one]
    first = group[SnippetId("source/lesson.md", "halve", variants[0].key)]  # type: ignore[union-attr]
    assert dict(first.params) == {"step_size": 3, "gamma": 0.3}, "k is no name of the snippet"


def test_a_snippet_runs_alone_only_where_something_needs_it(course: CourseFolder) -> None:
    def alone(text: str) -> bool:
        course.write("source/lesson.md", text)
        found, _ = read(find_config(Path.cwd()))
        return {SnippetId("source/lesson.md", "halve")} in [{*group} for group in batches(found)]

    assert not alone(HEAD + CARD)
    assert not alone(HEAD + "\nProse without a value.\n" + CARD)
    assert alone(HEAD)
    assert alone(HEAD + CARD + PLAIN)
    assert alone(HEAD + "\nProse with `= lr[0]`.\n" + CARD)
    assert alone(HEAD + "\n![Curve](plot:lr)\n" + CARD)


# --- what is checked


def test_values_of_a_variant_are_its_own(course: CourseFolder) -> None:
    build(course, HEAD + CARD)
    assert [(one["variant"], one["answer"]["shown"]) for one in rows(course)] == [
        ({"gamma": 0.3, "k": 4}, "0.009"), ({"gamma": 0.3, "k": 6}, "0.0027"),
        ({"gamma": 0.7, "k": 4}, "0.049"), ({"gamma": 0.7, "k": 6}, "0.0343"),
    ]  # fmt: skip


def test_a_printed_snippet_shows_the_params_of_its_variant(course: CourseFolder) -> None:
    card = (
        "\n## What is printed?\n\n```yaml card\nid: out\nparams: {x: [31, 47]}\nanswer: y\n```\n\n"
        "```python snippet=own show\nx = 1  # the input\ny = x * 2\n```\n"
    )
    build(course, HEAD + card)
    questions = moodle(course)
    for one in rows(course):
        key = f"out.{Variant(tuple(one['variant'].items())).key}"
        text = questions[key].findtext("questiontext/text")
        assert f"x = {one['variant']['x']}  # the input" in text
        assert questions[key].findtext("answer/text") == str(2 * one["variant"]["x"])


def test_a_printed_snippet_shows_its_own_params(course: CourseFolder) -> None:
    text = HEAD.replace("halve:", "own: {params: {x: 31}}\n  halve:")
    card = "\n## What is printed?\n\n```yaml card\nid: once\nanswer: y\n```\n\n"
    build(course, text + card + "```python snippet=own show\nx = 1  # in\ny = x * 2\n```\n")
    assert "x = 31  # in" in moodle(course)["once"].findtext("questiontext/text")


def test_a_single_combination_is_a_variant(course: CourseFolder) -> None:
    build(course, HEAD + CARD.replace("[0.3, 0.7]", "0.3").replace("[4, 6]", "4"))
    [row] = rows(course)
    assert row["variant"] == {"gamma": 0.3, "k": 4}
    assert row["targets"]["anki"] == "full"
    assert lock(course)[0]["variant"] == Variant((("gamma", 0.3), ("k", 4))).key


def test_params_of_a_second_snippet_and_without_any(course: CourseFolder) -> None:
    two = CARD.replace("id: after-k", "id: after-k\nuse: [halve, other]").replace(
        "It is `= lr[k]`.",
        'Against `= other["gamma"]` and `= other["lr"][2]`.',
    )
    text = HEAD.replace("use: halve", "  other: {file: snippets/step_lr.py}\nuse: halve")
    build(course, text + two)
    found = {one["expression"]: one["shown"] for one in rows(course)[2]["values"]}
    assert (found['other["gamma"]'], found['other["lr"][2]']) == ("0.7", "0.07")
    bare = "\n## Double `= n`?\n\n```yaml card\nid: n\nparams: {n: [21, 35]}\nanswer: n * 2\n```\n"
    build(course, text + two + bare)
    assert [one["answer"]["shown"] for one in rows(course)[-2:]] == ["42", "70"]


def test_claims_hold_in_each_variant(course: CourseFolder) -> None:
    card = (
        "\n## Why does `= x` fail?\n\n```yaml card\nid: fails\nparams: {x: [31, 47]}\n"
        "check: x > 30\nraises: {type: ValueError, message: far}\n```\n\n"
        "```python snippet=own\nx = 1\nif x > 30:\n    raise ValueError('too far')\n```\n\n"
        "It is too far: `= x`.\n"
    )
    build(course, HEAD + card)
    course.write("source/lesson.md", HEAD + card.replace("[31, 47]", "[31, 29, 47]"))
    code, _, err = course.run("build")
    assert code == 1
    assert err.count("error[claim-failed]") == 2
    assert err.count("variant: x = 29") == 2


def test_a_number_of_one_variant_vouches_for_nothing_in_another(course: CourseFolder) -> None:
    """The snippet says gamma = 0.5, but no variant ran with that."""
    typed = CARD.replace("It is `= lr[k]`.", "With 0.5 and 0.3.")
    course.write("source/lesson.md", HEAD + typed)
    code, _, err = course.run("build")
    assert code == 0
    assert err.count("warning[unverified-number]") == 2
    assert "the number 0.5\n" in err
    assert "the number 0.3\n" in err
    assert "variant: gamma = 0.7, k = 4" in err


def test_a_file_that_is_one_item_may_have_variants(course: CourseFolder) -> None:
    course.write(
        "source/single.md",
        "---\nid: single\nparams: {gamma: [0.3, 0.7]}\ntitle: Alone\n"
        "snippets: {own: {file: snippets/step_lr.py}}\nuse: own\nanswer: lr[2]\n---\n\n"
        "# Which rate with `= gamma`?\n",
    )
    build(course, HEAD)
    assert [one["answer"]["shown"] for one in rows(course)] == ["0.03", "0.07"]


def test_thousand_variants_are_parsed_once(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parsing for each variant would take three times as long as all else that is checked."""
    values = ", ".join(f"{number / 1000}" for number in range(1, 501))
    course.write("source/lesson.md", HEAD + CARD.replace("[0.3, 0.7]", f"[{values}]"))
    found, notes = read(find_config(Path.cwd()))
    assert notes == []
    runs = Runs(
        {
            place: Run("k" * 64, _result(dict(one.params)["gamma"]), True, "none")
            for group in batches(found)
            for place, one in group.items()
        },
        "3", "2", "none",
    )  # fmt: skip
    parsed: list[str] = []
    real = ast.parse

    def counting(text: str, *more: Any, **named: Any) -> ast.AST:
        parsed.append(text)
        return real(text, *more, **named)

    monkeypatch.setattr(ast, "parse", counting)
    checked, wrong = check(found, runs, Ledger({}, 1))
    assert wrong == []
    assert checked is not None
    assert len(checked.lessons[0].items) == 1000
    assert [len(family) for family in families(checked.lessons[0].items)] == [1000]
    assert len(parsed) == len(set(parsed)) < 20


def _result(gamma: Json) -> Result:
    assert isinstance(gamma, float)
    return Result({"lr": [0.1 * gamma ** (step // 2) for step in range(8)], "gamma": gamma})


# --- the lock


def test_each_variant_has_a_line_and_keeps_it(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1000)
    build(course, HEAD + PLAIN + CARD)
    before = lock(course)
    assert [one["id"] for one in before] == ["after-k"] * 4 + ["plain"]
    assert "variant" not in before[-1]
    assert len({one["guid"] for one in before}) == 5
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 2000)
    longer = CARD.replace("[0.3, 0.7]", "[0.9, 0.7, 0.3]").replace("[4, 6]", "[6, 4]")
    build(course, HEAD + PLAIN + longer.replace("answer:", "variants: grid\nanswer:"))
    after = lock(course)
    assert [one for one in after if one["mod"] == 1000] == before, "not a byte of them moved"
    assert len(after) == 7
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 3000)
    build(course, HEAD + PLAIN + longer.replace("id: after-k", "id: new\naliases: [after-k]"))
    renamed = lock(course)
    assert {(one["variant"], one["guid"]) for one in renamed if one["id"] == "new"} == {
        (one["variant"], one["guid"]) for one in after if one["id"] == "after-k"
    }


def test_variants_that_are_gone_are_counted(course: CourseFolder) -> None:
    build(course, HEAD + CARD)
    gone = {one["variant"] for one in lock(course)}
    course.write("source/lesson.md", HEAD + CARD.replace("[4, 6]", "[4]"))
    code, _, err = course.run("build")
    assert code == 0
    assert "warning[variant-removed]: 2 variants of 'after-k' (lesson.html) are gone" in err
    retired = re.search(r"retired = (\[.*\])", err)
    assert retired is not None
    left = {one["variant"] for one in rows_of_lock(course)}
    assert left == gone, "their lines stay until they are retired"
    course.write("lrcards.toml", f'uid = "demo"\ntitle = "Demo"\n{retired[0]}\n')
    assert course.run("build", "--strict")[0] == 0
    assert len(lock(course)) == 2
    course.write("source/lesson.md", HEAD + PLAIN.replace("id: plain", "id: after-k"))
    _, _, err = course.run("build")
    assert "2 variants of 'after-k' (lesson.html) are gone" in err
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nretired = ["after-k"]\n')
    assert course.run("build", "--strict")[0] == 0
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\n')
    course.write("source/lesson.md", HEAD + CARD)
    assert "the form without variants of 'after-k'" in course.run("build")[2]


def rows_of_lock(course: CourseFolder) -> list[dict[str, Any]]:
    return [one for one in lock(course) if one["id"] == "after-k"]


def test_an_item_with_variants_that_is_gone_is_told_once(course: CourseFolder) -> None:
    build(course, HEAD + CARD)
    course.write("source/lesson.md", HEAD)
    code, _, err = course.run("build")
    assert code == 0
    assert err.count("warning[id-removed]") == 1
    course.write("source/lesson.md", HEAD + CARD.replace("level:", "draft: true\nlevel:"))
    assert course.run("build", "--strict")[0] == 0
    assert len(lock(course)) == 4, "a draft keeps its lines"


# --- the targets


MARKED = """\
---
title: Marked
---

# Marked

## Number `= n`

```yaml card
id: number
params: {n: [13131, 47474, 82828]}
answer: a
scale: 2
tol: 5
```

```python snippet=own show
n = 1
a = n + 5000000
xs = [n + 0.25, n + 0.5]
```

`code {{ n }}` and $x = {{ n }}$ and ![Alt `= n`](plot:xs)

### Hint

Hint `= a`.

### Solution

So `= a`.

### Quick check

Check `= a`.

### Common mistakes

- `= a + n`: because of `= n`.

## Pick `= n`

```yaml card
id: pick
params: {n: [13131, 47474, 82828]}
use: own
```

- [x] `= a`
  > Right `= n`.
- [ ] `= n + 7`
  > Wrong `= n`.

## Fill `= n`

```yaml card
id: fill
params: {n: [13131, 47474, 82828]}
use: own
kind: cloze
```

The gap is **`= a`** or **so `= n`**.

## Recall `= n`

```yaml card
id: recall
params: {n: [13131, 47474, 82828]}
use: own
```

Back `= a`.

## Explain `= n`

```yaml card
id: explain
params: {n: [13131, 47474, 82828]}
use: own
```

Why?

### Key concepts

- [ ] Since `= a`.
"""


def test_no_value_of_one_variant_is_in_another(course: CourseFolder) -> None:
    """All that a variant shows holds a number that no other variant has, whatever the target."""
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nanki_variants = 9\n')
    build(course, MARKED)
    wanted = {
        f"{one['id']}.{Variant(tuple(one['variant'].items())).key}": one for one in rows(course)
    }
    html = course.tree()["html/lesson.html"].decode()
    pages = dict(re.findall(r'(?s)<article class="item" id="(.*?)"(.*?)</article>', html))
    assert pages.keys() == wanted.keys()
    targets: list[dict[str, str]] = [pages, anki_notes(course)]
    targets += [
        {name: etree.tostring(one).decode() for name, one in found.items()}
        for found in (moodle(course), qti_items(course))
    ]
    for texts in targets:
        assert texts.keys() <= wanted.keys()
        assert len(texts) >= 12
        for name, text in texts.items():
            own = wanted[name]["variant"]["n"]
            read = _FILE.sub(lambda match: base64.b64decode(match[1]).decode(), text)
            # What is computed from n holds its digits: n + 5000000.
            assert {n for n in (13131, 47474, 82828) if str(n) in read} == {own}


_FILE = re.compile(r"(?s)<file[^>]*>(.*?)</file>")


def test_moodle_gives_each_item_a_category_to_draw_from(course: CourseFolder) -> None:
    written = CARD.replace("id: after-k", "id: why").replace("answer: lr[k]\n", "")
    written = written.split("### Hint")[0] + "### Key concepts\n\n- [ ] One of `= k`\n"
    build(course, HEAD + CARD + PLAIN + written)
    quiz = etree.fromstring(course.tree()["moodle/demo.xml"])
    found: dict[str, list[str]] = {}
    for one in quiz.findall("question"):
        if one.get("type") == "category":
            path = one.findtext("category/text")
            found[path] = []
        else:
            found[path].append(one.findtext("idnumber"))
    top = "$course$/top/Demo/StepLR"
    keys_of = [f"after-k.{one['variant']}" for one in lock(course) if one["id"] == "after-k"]
    assert found.keys() == {top, f"{top}/after-k", f"{top}: written/why"}
    assert found[top] == ["plain"]
    assert sorted(found[f"{top}/after-k"]) == sorted(keys_of)
    assert len(found[f"{top}: written/why"]) == 4


def qti_items(course: CourseFolder) -> dict[str, Any]:
    files = package(course.tree()["qti12/demo.zip"])
    tops = [etree.fromstring(data) for name, data in files.items() if "lesson" in name]
    return {one.get("ident"): one for top in tops for one in top.iter(f"{QTI}item")}


@pytest.mark.real
def test_qti12_picks_one_and_is_valid(course: CourseFolder, validator: Any) -> None:
    build(course, HEAD + PLAIN + CARD)
    files = package(course.tree()["qti12/demo.zip"])
    assert invalid(validator, files) == []
    top = etree.fromstring(files["lesson/lesson.xml"]).find(f".//{QTI}section")
    assert [one.get("ident") for one in top.findall(f"{QTI}item")] == ["plain"]
    [group] = top.findall(f"{QTI}section")
    assert group.get("ident") == "after-k"
    assert group.findtext(f"{QTI}selection_ordering/{QTI}selection/{QTI}selection_number") == "1"
    assert len(group.findall(f"{QTI}item")) == 4
    every = [one.get("ident") for one in top.iter() if one.tag in {f"{QTI}item", f"{QTI}section"}]
    assert len(every) == len(set(every))


def test_canvas_rounding_is_told_once_and_leaves_out_the_variants_it_hits(
    course: CourseFolder,
) -> None:
    keys = "id: n\nparams: {n: [1, 1000, 3000]}\nanswer: 0.2 / n\n"
    card = f"\n## Rate `= n`\n\n```yaml card\n{keys}```\n"
    course.write("source/lesson.md", "---\ntitle: Bare\n---\n\n# Bare\n" + card)
    code, _, err = course.run("build")
    assert code == 0
    assert err.count("warning[canvas-rounds]") == 1
    assert "variant: n = 3000" in err
    said = [one["targets"]["qti12"].split(":")[0] for one in rows(course)]
    assert said == ["reduced", "reduced", "left out"]


def test_anki_gets_one_card_and_the_report_says_so(course: CourseFolder) -> None:
    build(course, HEAD + CARD + PLAIN)
    said = [one["targets"]["anki"] for one in rows(course)]
    rest = "left out: the deck has 1 of 4 variants"
    assert said == ["reduced: 1 of 4 variants", rest, rest, rest, "full"]
    assert guids(course) == [one["guid"] for one in by_row(course) if one["first"]]
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nanki_variants = 4\n')
    build(course, HEAD + CARD + PLAIN, "--to", "anki,html", "--out", "all")
    assert len(guids(course, "all")) == 5


def anki_notes(course: CourseFolder) -> dict[str, str]:
    """Return the fields of each note by its key, found by its guid in the lock."""
    names = {
        one["guid"]: f"{one['id']}.{one['variant']}" for one in lock(course) if "variant" in one
    }
    return {
        names[guid]: fields for guid, fields in anki_rows(course, "select guid, flds from notes")
    }


def by_row(course: CourseFolder) -> list[dict[str, Any]]:
    """Put the lock's lines in the order of the report, with whether a row is its item's first."""
    lines = {(one["id"], one.get("variant", "")): one for one in lock(course)}
    seen: set[str] = set()
    found = []
    for one in rows(course):
        key = Variant(tuple(one["variant"].items())).key if one["variant"] else ""
        found.append({**lines[one["id"], key], "first": one["id"] not in seen})
        seen.add(one["id"])
    return found


def guids(course: CourseFolder, out: str = "build") -> list[str]:
    query = "select n.guid from notes n join cards c on c.nid = n.id order by c.due"
    return [row[0] for row in anki_rows(course, query, out)]


def anki_rows(course: CourseFolder, query: str, out: str = "build") -> list[tuple[str, ...]]:
    archive = zipfile.ZipFile(io.BytesIO(course.tree(out)["anki/demo.apkg"]))
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(archive.read("collection.anki2"))
        return connection.execute(query).fetchall()


def test_a_partial_build_keeps_what_other_targets_said(course: CourseFolder) -> None:
    build(course, HEAD + CARD + PLAIN)
    before = [one["targets"] for one in rows(course)]
    course.write("source/lesson.md", HEAD + CARD.replace("which rate", "what rate") + PLAIN)
    assert course.run("build", "--to", "html")[0] == 0
    assert [one["targets"] for one in rows(course)] == before


def test_the_page_has_every_variant_without_scripts(course: CourseFolder) -> None:
    build(course, HEAD + CARD + PLAIN)
    html = course.tree()["html/lesson.html"].decode()
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    [box] = re.findall(r'(?s)<div class="variants" id="after-k">(.*?</details>\n)</div>', html)
    first, others = box.split('<details class="others">')
    assert first.count("<article") == 1
    assert others.count("<article") == 3
    assert "The same with other numbers (3)" in others
    assert "2 items" in course.tree()["html/index.html"].decode()


@given(st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
def test_families_put_variants_side_by_side(number: int) -> None:
    class One:
        def __init__(self, name: str) -> None:
            self.item = type("Item", (), {"id": name})

    made = [One(name) for name in ["a"] * number + ["b"]]
    assert [len(family) for family in families(made)] == [number, 1]  # type: ignore[arg-type]
