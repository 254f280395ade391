"""Curves as SVG, drawn from traces; and the same numbers as a table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from xml.etree import ElementTree as ET

from lrcards.model import Trace
from lrcards.values import normalise

_WIDTH, _HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 14, 38
_STEPPED = 60
_LEGEND = 20
_ROWS = 25
_DASHES = ("", "6 3", "2 3", "9 3 2 3")
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a figure: text and axes, grid, and one for each trace in turn."""

    ink: str
    grid: str
    traces: tuple[str, ...]


THEMED = Palette("var(--ink)", "var(--line)", ("var(--accent)", "var(--good)", "var(--bad)"))
FIXED = Palette("#1b1f24", "#d0d7de", ("#0b57d0", "#116329", "#a40e26"))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps data to pixels: epochs from 0 to `last`, rates from `low` to `high`."""

    last: int
    low: float
    high: float
    top: int = _TOP

    def x(self, epoch: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * epoch / max(1, self.last)

    def y(self, rate: float) -> float:
        share = (rate - self.low) / (self.high - self.low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - self.top - _BOTTOM) * share


def curve(traces: Sequence[Trace], alt: str, palette: Palette = THEMED) -> str:
    """Draw learning rate over epoch; the title is `alt`, the description names the extremes."""
    scale = _scale(traces)
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH} {_HEIGHT}",
            "width": str(_WIDTH),
            "height": str(_HEIGHT),
            "role": "img",
            "aria-label": alt,
            "class": "curve",
            "font-family": "system-ui, sans-serif",
            "font-size": "12",
        },
    )
    ET.SubElement(svg, "title").text = alt
    ET.SubElement(svg, "desc").text = " ".join(_described(trace) for trace in traces)
    _axes(svg, scale, palette)
    for number, trace in enumerate(traces):
        _line(svg, trace, scale, (palette.traces[number % 3], _DASHES[number % 4]))
    if len(traces) > 1:
        _legend(svg, traces, palette)
    return ET.tostring(svg, encoding="unicode")


def table(traces: Sequence[Trace]) -> str:
    """Return the numbers of a figure as an HTML table of at most 25 rows, ends included."""
    longest = max(len(trace.values) for trace in traces)
    step = max(1, math.ceil((longest - 1) / (_ROWS - 1)))
    epochs = sorted({*range(0, longest, step), longest - 1})
    heads = "".join(f'<th scope="col">{escape(trace.name)}</th>' for trace in traces)
    rows = "".join(
        f'<tr><th scope="row">{epoch}</th>'
        + "".join(f"<td>{_cell(trace, epoch)}</td>" for trace in traces)
        + "</tr>"
        for epoch in epochs
    )
    return (
        f'<table><thead><tr><th scope="col">epoch</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(trace: Trace, epoch: int) -> str:
    return _short(trace.values[epoch]) if epoch < len(trace.values) else ""


def _short(number: float) -> str:
    return normalise(format(number, ".4g"))


def _described(trace: Trace) -> str:
    values = trace.values
    return (
        f"{trace.name}: {_short(values[0])} at epoch 0, {_short(values[-1])} at epoch "
        f"{len(values) - 1}; from {_short(min(values))} to {_short(max(values))}."
    )


def _scale(traces: Sequence[Trace]) -> _Scale:
    values = [value for trace in traces for value in trace.values]
    low, high = min(0.0, *values), max(0.0, *values)
    if low == high:
        high = 1.0
    step = _nice((high - low) / 4)
    last = max(len(trace.values) for trace in traces) - 1
    top = _TOP if len(traces) == 1 else _TOP + _LEGEND
    return _Scale(last, math.floor(low / step) * step, math.ceil(high / step - 1e-9) * step, top)


def _nice(rough: float) -> float:
    unit = 10.0 ** math.floor(math.log10(rough))
    return next(step * unit for step in _STEPS if step * unit >= rough * (1 - 1e-9))


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [low + k * step for k in range(round((high - low) / step) + 1)]


def _axes(svg: ET.Element, scale: _Scale, palette: Palette) -> None:
    grid = ET.SubElement(svg, "g", {"stroke": palette.grid})
    words = ET.SubElement(svg, "g", {"fill": palette.ink})
    for rate in _ticks(scale.low, scale.high, _nice((scale.high - scale.low) / 5)):
        y = _number(scale.y(rate))
        ends = {"x1": str(_LEFT), "x2": str(_WIDTH - _RIGHT), "y1": y, "y2": y}
        ET.SubElement(grid, "line", ends)
        at = {"x": str(_LEFT - 6), "y": _number(scale.y(rate) + 4), "text-anchor": "end"}
        ET.SubElement(words, "text", at).text = _short(round(rate, 12))
    step = max(1, round(_nice(max(1, scale.last) / 6)))
    for epoch in range(0, scale.last + 1, step):
        at = {
            "x": _number(scale.x(epoch)),
            "y": str(_HEIGHT - _BOTTOM + 16),
            "text-anchor": "middle",
        }
        ET.SubElement(words, "text", at).text = str(epoch)
    middle = {"x": str((_LEFT + _WIDTH) // 2), "y": str(_HEIGHT - 5), "text-anchor": "middle"}
    ET.SubElement(words, "text", middle).text = "epoch"


def _line(svg: ET.Element, trace: Trace, scale: _Scale, look: tuple[str, str]) -> None:
    colour, dash = look
    points = _points(trace, scale)
    attributes = {
        "points": " ".join(f"{_number(x)},{_number(y)}" for x, y in points),
        "fill": "none",
        "stroke": colour,
        "stroke-width": "2",
        "stroke-linejoin": "round",
    }
    ET.SubElement(svg, "polyline", attributes | ({"stroke-dasharray": dash} if dash else {}))


def _points(trace: Trace, scale: _Scale) -> list[tuple[float, float]]:
    """A rate holds for its whole epoch: few epochs are drawn as the steps that they are."""
    pairs = [(float(epoch), rate) for epoch, rate in enumerate(trace.values)]
    if len(pairs) <= _STEPPED:
        corners = [pairs[0]]
        for (_, before), (epoch, rate) in itertools.pairwise(pairs):
            corners += [(epoch, before), (epoch, rate)]
        pairs = corners
    return _without_collinear([(scale.x(epoch), scale.y(rate)) for epoch, rate in pairs])


def _without_collinear(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    kept = points[:1]
    for (x1, y1), (x2, y2) in itertools.pairwise(points[1:]):
        x0, y0 = kept[-1]
        if abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) > 1e-6 * _WIDTH:
            kept.append((x1, y1))
    return kept + points[-1:] if len(points) > 1 else points


def _legend(svg: ET.Element, traces: Sequence[Trace], palette: Palette) -> None:
    for number, trace in enumerate(traces):
        x, y = _LEFT + (_WIDTH - _LEFT) // len(traces) * number, 12
        dash = _DASHES[number % 4]
        ends = {"x1": str(x), "x2": str(x + 28), "y1": str(y), "y2": str(y)}
        ends |= {"stroke": palette.traces[number % 3], "stroke-width": "2"}
        ET.SubElement(svg, "line", ends | ({"stroke-dasharray": dash} if dash else {}))
        at = {"x": str(x + 34), "y": str(y + 4), "fill": palette.ink}
        ET.SubElement(svg, "text", at).text = trace.name


def _number(value: float) -> str:
    return format(value, ".1f").removesuffix(".0")
