"""Pages, read as a browser and the page's own script do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lrcards.verify import expect
from lrcards.verify.expect import numbered, said, without
from lrcards.verify.facts import Fact, Facts, Found, bounds, text
from lrcards.verify.report import Row, take
from lrcards.verify.texts import pictures, plain
from lrcards.verify.tree import Tree, has_class, parse_html


def wanted(row: Row) -> Facts:
    """A page gives no points; a known wrong answer is an entry of the common mistakes, whole."""
    facts = without(
        expect.wanted(row), "points", "tags", "shuffle", "(.* )?mark", r"wrong \d+ shown"
    )
    known = [*row.rows("wrong")] if row.kind == "numeric" else []
    whole: Facts = {f"wrong {n} entry": Fact(take(one, "feedback", str), "ends")
                    for n, one in enumerate(known, 1)}  # fmt: skip
    return without(facts, r"wrong \d+ feedback") | whole


def read(files: Mapping[str, bytes], kinds: Mapping[str, str]) -> Found:
    """Return what all pages hold. Raises UnreadableError."""
    del kinds  # the page says it
    found = Found()
    for name, data in files.items():
        if name.endswith(".html"):
            page = parse_html(data.decode("utf-8", "replace"))
            for article in page.all("article"):
                if has_class(article, "item"):
                    found.add(article.get("id"), _facts(article))
    return found


def _facts(article: Tree) -> Facts:
    kind = article.get("data-kind")
    own = _KINDS.get(kind)
    solution = [_without(_before_key(one), "summary") for one in _details(article, "solution")]
    outside = (one for one in pictures(article) if not one.startswith("data:"))
    return {
        "kind": text(kind),
        **said("title", plain(article.first("h3"))),
        **said("solution", plain(solution[0]) if solution else ""),
        **numbered("hint", (plain(_without(one, "summary")) for one in _details(article, "hint"))),
        **(own(article) if own else {}),
        **{f"picture {one}": text("is not in the page") for one in outside},
    }


def _details(article: Tree, name: str) -> list[Tree]:
    return [one for one in article.below("details") if has_class(one, name)]


def _before_key(tree: Tree) -> Tree:
    """Return a solution without the key that follows it, and what is said to each option."""
    for n, one in enumerate(tree.children):
        if isinstance(one, Tree) and (has_class(one, "final") or has_class(one, "feedbacks")):
            return Tree(tree.tag, tree.attrs, tree.children[:n])
    return tree


def _without(tree: Tree, *left: str) -> Tree:
    """Return an element without the children that are called so: `tag`, or `tag.class`."""
    kept = [
        one
        for one in tree.children
        if isinstance(one, str) or not {one.tag, f"{one.tag}.{one.get('class')}"} & {*left}
    ]
    return Tree(tree.tag, tree.attrs, kept)  # fmt: skip


def _inside(article: Tree, tag: str, name: str) -> list[Tree]:
    return [one for one in article.all(tag) if has_class(one, name)]


def _options(article: Tree) -> Facts:
    feedback: dict[str, str] = {}
    for one in (row for ul in _inside(article, "ul", "feedbacks") for row in ul):
        given = [child for child in one if has_class(child, "feedback")]
        feedback[one.get("data-n")] = plain(given[-1]) if given else ""
    found: Facts = {}
    for n, option in enumerate(_inside(article, "div", "option"), 1):
        is_right = "data-right" in option.attrs
        found |= said(f"option {n}", plain(option))
        found[f"option {n} key"] = text("right" if is_right else "wrong")
        found |= said(f"option {n} feedback", feedback.get(option.get("data-n"), ""))
    return found


def _numeric(article: Tree) -> Facts:
    found: Facts = {}
    for form in _inside(article, "form", "typed"):
        found |= bounds("", form.get("data-low"), form.get("data-high"))
    for final in _inside(article, "p", "final"):
        found |= said("shown", plain(_without(final, "b")))
    entries = [row for one in _details(article, "mistakes") for row in one.below("ul", "li")]
    known = [one for one in entries if one.get("data-low")]
    for n, one in enumerate(known, 1):
        found |= bounds(f"wrong {n} ", one.get("data-low"), one.get("data-high"))
        found |= said(f"wrong {n} entry", plain(one))
    return found


def _short(article: Tree) -> Facts:
    forms = _inside(article, "form", "typed")
    return numbered("accepted", forms[0].get("data-accepted").split("\n") if forms else ())


def _cloze(article: Tree) -> Facts:
    found: Facts = {}
    for n, gap in enumerate(_inside(article, "b", "key"), 1):
        found |= said(f"gap {n}", plain(gap))
        found |= bounds(f"gap {n} ", gap.get("data-low"), gap.get("data-high"))
    return found


def _steps(article: Tree) -> Facts:
    """Read the steps as the script does: each says its place."""
    found: Facts = {}
    for one in (row for steps in _inside(article, "ol", "steps") for row in steps.below("li")):
        found |= said(f"step {one.get('data-place')}", plain(one))
    return found


def _pairs(article: Tree) -> Facts:
    listed = [row for rights in _inside(article, "ol", "rights") for row in rights.below("li")]
    offers = {row.get("data-right"): plain(row) for row in listed}
    asked = [row for lefts in _inside(article, "ul", "lefts") for row in lefts.below("li")]
    return {
        **numbered("left", map(plain, asked)),
        **numbered("right", (offers.get(one.get("data-right"), "") for one in asked)),
    }


def _concepts(article: Tree) -> Facts:
    rows = [row for one in _details(article, "concepts") for row in one.below("ul", "li")]
    return numbered("concept", map(plain, rows))


def _recall(article: Tree) -> Facts:
    shown = [div for one in _details(article, "reveal") for div in one.below("div")]
    return said("answer", plain(shown[0]) if shown else "")


_KINDS: Mapping[str, Callable[[Tree], Facts]] = {
    "choice": _options,
    "multiple": _options,
    "numeric": _numeric,
    "short": _short,
    "cloze": _cloze,
    "explain": _concepts,
    "order": _steps,
    "match": _pairs,
    "recall": _recall,
}
