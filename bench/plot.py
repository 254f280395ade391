"""Growth as two panels of SVG, both axes logarithmic: time, and peak memory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from bench.growth import Point

_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 48, 48
_LEGEND = 90
_INK, _GRID = "#1b1f24", "#d0d7de"
_COLOURS = ("#0b57d0", "#116329", "#a40e26")
Series = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Maps whole decades around some values to pixels."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * share

    def decades(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def draw(points: Sequence[Point]) -> bytes:
    """Return the plot of growth as an SVG document."""
    title = f"Growth of the run stage up to {points[-1].snippets} snippets"
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {2 * _WIDTH} {_HEIGHT}",
            "role": "img",
            "aria-label": title,
            "font-family": "system-ui, sans-serif",
            "font-size": "12",
            "fill": _INK,
        },
    )
    ET.SubElement(svg, "title").text = title
    sizes = [point.snippets for point in points]
    linear = [points[0].seconds * (size - 1) / (sizes[0] - 1) for size in sizes]
    time = {"measured": [point.seconds for point in points], "linear": linear}
    memory = {who: [one.memory[who] / 2**20 for one in points] for who in points[0].memory}
    _panel(svg, 0, "Seconds from first to last result", (sizes, time))
    _panel(svg, _WIDTH, "Peak resident memory, MiB", (sizes, memory))
    return ET.tostring(svg, encoding="unicode").encode()


def _panel(svg: ET.Element, left: int, title: str, data: tuple[Sequence[int], Series]) -> None:
    sizes, series = data
    group = ET.SubElement(svg, "g", {"transform": f"translate({left} 0)"})
    _text(group, _LEFT, 18, title, "start")
    x = _axis(sizes, _LEFT, _WIDTH - _RIGHT)
    y = _axis([one for line in series.values() for one in line], _HEIGHT - _BOTTOM, _TOP)
    _grid(group, x, y)
    for number, (name, values) in enumerate(series.items()):
        known = [(size, one) for size, one in zip(sizes, values, strict=True) if one > 0]
        if not known:
            continue  # too short-lived to be seen
        places = [(x.at(size), y.at(one)) for size, one in known]
        _line(group, places, _COLOURS[number], dashed=name == "linear")
        legend = ET.SubElement(group, "g", {"fill": _COLOURS[number]})
        _text(legend, _LEFT + _LEGEND * number, 36, name, "start")


def _axis(values: Sequence[float], start: float, end: float) -> _Axis:
    known = [value for value in values if value > 0] or [1.0]
    low = math.floor(math.log10(min(known)))
    return _Axis(low, max(low + 1, math.ceil(math.log10(max(known)))), start, end)


def _grid(group: ET.Element, x: _Axis, y: _Axis) -> None:
    for value in x.decades():
        _rule(group, (x.at(value), y.start), (x.at(value), y.end))
        _text(group, x.at(value), _HEIGHT - _BOTTOM + 16, f"{value:g}", "middle")
    for value in y.decades():
        _rule(group, (x.start, y.at(value)), (x.end, y.at(value)))
        _text(group, _LEFT - 6, y.at(value) + 4, f"{value:g}", "end")
    _text(group, (x.start + x.end) / 2, _HEIGHT - 12, "distinct snippets", "middle")


def _rule(group: ET.Element, start: tuple[float, float], end: tuple[float, float]) -> None:
    names = ("x1", "y1", "x2", "y2")
    places = {name: f"{one:.1f}" for name, one in zip(names, (*start, *end), strict=True)}
    ET.SubElement(group, "line", {**places, "stroke": _GRID})


def _line(
    group: ET.Element, places: Sequence[tuple[float, float]], colour: str, *, dashed: bool
) -> None:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    style = {"stroke-dasharray": "5 4"} if dashed else {}
    ET.SubElement(group, "polyline", {"points": path, "fill": "none", "stroke": colour, **style})
    for x, y in places:
        ET.SubElement(
            group, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3", "fill": colour}
        )


def _text(group: ET.Element, x: float, y: float, text: str, anchor: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    ET.SubElement(group, "text", place).text = text
