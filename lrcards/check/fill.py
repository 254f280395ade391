"""Values in prose: evaluated, held against what the author declared, made into shown text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lrcards.check.scope import Scope
from lrcards.diagnostics import Diagnostic, Span, did_you_mean
from lrcards.model import Filled, Json, Marker, Prose, ShownValue, Trace
from lrcards.values import (
    Problem,
    Value,
    evaluate,
    literal_agrees,
    names,
    normalise,
    parse,
    reads,
    show,
)

RECORD = "build once where torch is installed, and commit lrcards.values"
_KEY_DIGITS = 12
_NEIGHBOURS = 3
_FOLLOW = {"missing-name", "bad-expression"}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A value that could be computed: how it was written, what it is, what learners see."""

    value: Value
    computed: Json
    shown: str
    agrees: bool


@dataclass(slots=True)
class Filler:
    """Evaluates the values of one item, each once, and collects what is wrong with them."""

    scope: Scope
    mistakes: tuple[Marker, ...] = ()
    found: list[Diagnostic] = field(default_factory=list)
    done: dict[Marker, Evaluated | None] = field(default_factory=dict)
    traces: dict[str, tuple[Trace, ...]] = field(default_factory=dict)
    reads: set[tuple[str, str]] = field(default_factory=set)
    code: dict[str, str] = field(default_factory=dict)
    shown: dict[Marker, str] = field(default_factory=dict)

    @property
    def used(self) -> set[str]:
        """The names that were read, bare."""
        return {name for name, _ in self.reads}

    def fill(self, prose: Prose) -> None:
        for node in prose.walk():
            for part in node.parts:
                if isinstance(part, Marker):
                    self.value(part)
            if node.tag == "fence":
                self.print(node.attr("snippet"))
        for node in prose.figures():
            self.figure(node.attr("src"), node.span)

    def print(self, name: str) -> None:
        """Note what a learner reads of a snippet where params make it differ from its source."""
        code = self.scope.printed(name)
        if code is not None:
            self.code[name] = code

    def value(self, marker: Marker) -> Evaluated | None:
        """Evaluate one value; None, with the reason noted, where that cannot be done."""
        if marker not in self.done:
            one = self.done[marker] = self._evaluate(marker)
            if one:
                self.shown[marker] = one.shown
        return self.done[marker]

    def figure(self, source: str, span: Span) -> None:
        wanted = [name.strip() for name in source.removeprefix("plot:").split(",")]
        self.reads.update((name, "") for name in wanted)
        traces: list[Trace] = []
        for name in wanted:
            values = self.scope.traces(name)
            if values is not None:
                traces.append(Trace(name, tuple(values)))
            elif self.scope.complete:
                known = [one for one in self.scope.names if self.scope.traces(one)]
                hint = did_you_mean(name, known) if known else "bind a snippet that leaves a trace"
                message = f"'{name}' is no list of finite numbers to draw"
                self.found.append(Diagnostic(span, "bad-figure", message, hint))
        self.traces[source] = tuple(traces)

    def computed(self, marker: Marker) -> Json | Problem:
        """Evaluate an expression that is shown nowhere, such as a claim."""
        parsed = parse(marker.text)
        if isinstance(parsed, Problem):
            return parsed
        self.reads |= reads(parsed.expression)
        return evaluate(parsed.expression, self.scope.names, self.scope.rule)

    def problem(self, marker: Marker, problem: Problem) -> None:
        """Note a problem at its place; what follows from a failed run is no news."""
        if problem.code in _FOLLOW and not self.scope.complete:
            return
        span = replace(
            marker.span,
            column=marker.span.column + problem.at,
            width=min(problem.width, max(1, marker.span.width - problem.at)),
        )
        self.found.append(
            Diagnostic(span, problem.code, problem.message, problem.help, self._unusable(marker))
        )

    def seen(self) -> Filled:
        """Return what learners see so far, without where each value comes from."""
        return Filled(self.shown, self.traces, (), self.code)

    def result(self) -> Filled:
        rows = tuple(self._row(marker, one) for marker, one in self.done.items() if one)
        return replace(self.seen(), values=rows)

    def origin(self) -> str:
        """Say which run a number comes from."""
        if not self.scope.bound:
            return "no snippet is bound"
        first = self.scope.bound[0]
        how = first.run.how
        key = first.run.key[:_KEY_DIGITS]
        return f"snippet '{first.snippet.name}' ({first.snippet.path}), {how}, key {key}"

    def _evaluate(self, marker: Marker) -> Evaluated | None:
        value = parse(marker.text)
        if isinstance(value, Problem):
            self.problem(marker, value)
            return None
        self.reads |= reads(value.expression)
        computed = evaluate(value.expression, self.scope.names, self.scope.rule)
        if isinstance(computed, Problem):
            self.problem(marker, self._recorded(computed))
            return None
        shown = show(computed, value.format)
        if isinstance(shown, Problem):
            self.problem(marker, shown)
            return None
        if value.literal is None:
            return Evaluated(value, computed, shown, agrees=True)
        agrees = self._agrees(value, computed, shown)
        if isinstance(agrees, Problem):
            self.problem(marker, replace(agrees, at=value.literal_at, width=len(value.literal)))
            return None
        if not agrees:
            self._mismatch(marker, value, computed, shown)
        return Evaluated(value, computed, value.literal, agrees)

    def _recorded(self, problem: Problem) -> Problem:
        """Tell a name that was never recorded from one that the snippet does not leave."""
        if problem.code != "missing-name" or not self.scope.is_recorded:
            return problem
        return replace(
            problem,
            code="value-missing",
            message=f"lrcards.values holds no such value: {problem.message}",
            help=RECORD,
        )

    def _agrees(self, value: Value, computed: Json, shown: str) -> bool | Problem:
        literal = value.literal or ""
        if value.format is not None:
            return normalise(literal) == shown
        return literal_agrees(literal, computed, self.scope.rule)

    def _mismatch(self, marker: Marker, value: Value, computed: Json, shown: str) -> None:
        literal = value.literal or ""
        at = marker.span.column + value.literal_at
        span = replace(marker.span, column=at, width=len(literal))
        exact = written(computed)
        notes = [f"declared: {literal}", f"computed: {value.expression} = {exact}", self.origin()]
        if value.format is not None:
            notes.insert(2, f"shown as:  {shown}  (format {value.format})")
        notes += self._where_it_is_right(marker, value)
        short = value.format is not None or literal_agrees(shown, computed, self.scope.rule) is True
        fix = shown if short else exact
        hint = f"write {fix}, or mend the snippet"
        message = f"{literal} is declared, but the snippet gives {shown}"
        self.found.append(Diagnostic(span, "answer-mismatch", message, hint, tuple(notes), fix=fix))

    def _where_it_is_right(self, marker: Marker, value: Value) -> Iterator[str]:
        """Name what has the declared value, an epoch or a known mistake: the usual slips."""
        for name in sorted(names(value.expression)):
            trace = self.scope.traces(name) or ()
            at = [k for k, one in enumerate(trace) if self._would_agree(value, one)]
            if at:
                places = ", ".join(f"{name}[{k}]" for k in at[:_NEIGHBOURS])
                yield f"{value.literal} is the value of {places}"
        for mistake in self.mistakes:
            known, computed = parse(mistake.text), self.computed(mistake)
            if mistake == marker or isinstance(known, Problem) or isinstance(computed, Problem):
                continue
            if self._would_agree(value, computed):
                yield f"{value.literal} is a known mistake of this item: {known.expression}"

    def _would_agree(self, value: Value, computed: Json) -> bool:
        shown = show(computed, value.format)
        return isinstance(shown, str) and self._agrees(value, computed, shown) is True

    def _row(self, marker: Marker, one: Evaluated) -> ShownValue:
        key = self.scope.key if names(one.value.expression) else ""
        return ShownValue(
            marker.span.line,
            one.value.expression,
            one.value.literal,
            one.shown,
            written(one.computed),
            key,
        )

    def _unusable(self, marker: Marker) -> tuple[str, ...]:
        parsed = parse(marker.text)
        if isinstance(parsed, Problem):
            return ()
        used: Iterable[str] = sorted(names(parsed.expression) & self.scope.unusable.keys())
        return tuple(
            f"the snippet leaves '{name}', but a {self.scope.unusable[name]} cannot be used here"
            for name in used
        )


def written(value: Json) -> str:
    """Write a value in the shortest text that reads back the same, exponents normalised."""
    if isinstance(value, list):
        return "[" + ", ".join(written(one) for one in value) + "]"
    return normalise(repr(value)) if isinstance(value, int | float) else repr(value)
