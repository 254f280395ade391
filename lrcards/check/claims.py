"""Claims about the bound snippet: `check`, `raises`, `warns`, `quiet`, and runs that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lrcards.check.fill import Filler, written
from lrcards.check.scope import Bound
from lrcards.diagnostics import Diagnostic, Span
from lrcards.model import Expectation, Failure, Item, Marker, Warned
from lrcards.values import Problem, names, parse

_LONGEST_NOTE = 100


def check_claims(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """Hold everything that the item claims of its snippets against what they did."""
    claims = item.claims
    for marker in claims.checks:
        yield from _check(marker, filler)
    bound = filler.scope.bound
    for expected in (claims.raises, claims.warns):
        if expected and not bound:
            message = "no snippet is bound that could raise or warn"
            yield Diagnostic(expected.span, "claim-failed", message, "add `use: NAME`")
    if not bound:
        return
    if claims.raises:
        yield from _raises(claims.raises, bound)
    if claims.quiet:
        yield from _quiet(claims.quiet, bound)
    yield from _warns(item, bound)


def failures(bound: Iterable[Bound], items: Iterable[Item]) -> Iterator[Diagnostic]:
    """Report each snippet that failed, unless every one of the items that use it says `raises`."""
    for one in bound:
        failure = one.run.result.failure
        users = [item for item in items if one.snippet.name in item.settings.use]
        if failure is None or (
            failure.kind == "exception" and users and all(item.claims.raises for item in users)
        ):
            continue
        yield _failure(one, failure, [item.id for item in users])


def _check(marker: Marker, filler: Filler) -> Iterator[Diagnostic]:
    parsed = parse(marker.text)
    if not isinstance(parsed, Problem) and (parsed.format or parsed.literal):
        hint = "compare in the expression: close(lr[3], 0.05)"
        yield Diagnostic(marker.span, "bad-claim", "a claim has no format and no literal", hint)
        return
    truth = filler.computed(marker)
    if isinstance(truth, Problem):
        filler.problem(marker, truth)
    elif truth is not True:
        message = f"the claim is {written(truth)}, not True"
        yield Diagnostic(marker.span, "claim-failed", message, notes=_known(marker, filler))


def _known(marker: Marker, filler: Filler) -> tuple[str, ...]:
    parsed = parse(marker.text)
    used = names(parsed.expression) if not isinstance(parsed, Problem) else frozenset()
    rows = [
        f"{name} = {_short(written(filler.scope.names[name]))}"
        for name in sorted(used)
        if name in filler.scope.names
    ]
    return (*rows, filler.origin())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NOTE else text[:_LONGEST_NOTE] + " ..."


def _raises(expected: Expectation, bound: Sequence[Bound]) -> Iterator[Diagnostic]:
    found = [one.run.result.failure for one in bound]
    raised = [one for one in found if one and one.kind == "exception"]
    if any(one.exception == expected.type and expected.message in one.message for one in raised):
        return
    what = f"{raised[0].exception}: {raised[0].message}" if raised else "it raised nothing"
    yield Diagnostic(
        expected.span,
        "claim-failed",
        f"the snippet does not raise {_said(expected)}",
        notes=(f"what happened: {_short(what)}",),
    )


def _warns(item: Item, bound: Sequence[Bound]) -> Iterator[Diagnostic]:
    expected = item.claims.warns
    given = [warned for one in bound for warned in one.run.result.warnings]
    if expected is None:
        if given and not item.claims.quiet:
            yield Diagnostic(
                item.span,
                "snippet-warns",
                f"the snippet warns: {given[0].category}: {_short(given[0].message)}",
                f"mend it, or claim it: `warns: {{type: {given[0].category}}}`",
                tuple(f"at line {one.line}" for one in given[:1] if one.line),
            )
        return
    wanted = len(given) if expected.count is None else expected.count
    if given and len(given) == wanted and all(_matches(one, expected) for one in given):
        return
    times = "" if expected.count is None else f" {expected.count} time(s)"
    yield Diagnostic(
        expected.span,
        "claim-failed",
        f"the snippet does not warn {_said(expected)}{times}",
        notes=(f"what happened: {_list(given)}",),
    )


def _quiet(span: Span, bound: Sequence[Bound]) -> Iterator[Diagnostic]:
    given = [warned for one in bound for warned in one.run.result.warnings]
    if given:
        message = "the snippet is not quiet"
        yield Diagnostic(span, "claim-failed", message, notes=(f"what happened: {_list(given)}",))


def _matches(warned: Warned, expected: Expectation) -> bool:
    return warned.category == expected.type and expected.message in warned.message


def _said(expected: Expectation) -> str:
    said = f' with "{expected.message}"' if expected.message else ""
    return expected.type + said


def _list(given: Sequence[Warned]) -> str:
    if not given:
        return "it gave no warning"
    first = f"{given[0].category}: {_short(given[0].message)}"
    return first if len(given) == 1 else f"{len(given)} warnings, the first {first}"


def _failure(bound: Bound, failure: Failure, users: Sequence[str]) -> Diagnostic:
    snippet, name = bound.snippet, bound.snippet.name
    span = Span(snippet.path, failure.line or snippet.first_line)
    notes = [f"used by: {', '.join(users)}" if users else "no item uses it"]
    notes.append(bound.run.how)
    if failure.kind == "exception":
        message = f"snippet '{name}' raised {failure.exception}: {failure.message}"
    else:
        message = f"snippet '{name}': {failure.message}"
    notes += [f"stderr: {line}" for line in failure.stderr.strip().splitlines()[-3:]]
    return Diagnostic(
        span, f"snippet-{failure.kind}", _short_lines(message), _HELP.get(failure.kind, ""),
        tuple(notes),
    )  # fmt: skip


def _short_lines(message: str) -> str:
    return " ".join(message.split())


_HELP = {
    "wall-limit": "shorten the loop, or give the snippet a longer `timeout:`",
    "cpu-limit": "shorten the loop",
    "memory": "use less memory",
    "denied": "a snippet computes: it reads its `inputs`, writes nothing and starts nothing",
    "output-limit": "leave smaller names at top level; begin private ones with _",
    "exception": "mend the snippet, or claim it: `raises: {type: ...}`",
    "sandbox": "this is lrcards' own fault, not the course's: please report it",
}
