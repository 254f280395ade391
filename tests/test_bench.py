"""The benchmark, on sizes that say nothing but that it works."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.growth import Point, exponent
from bench.rows import AT_LEAST, AT_MOST, Row
from tests.conftest import ROOT

TINY = (
    "--quick --repeats 1 --snippets 3 --fresh 1 --items 3 --groups 2 --variants 2 --pairs 2 "
    "--growth 3,9 --isolation auto"
)
WORKS = [
    "3 snippets, cold",
    "3 snippets, cold",
    "3 items, build again",
    "3 items, one literal edited, check",
    "confinement, 2 pairs",
    "2 items x 2 variants",
    "growth, snippets: 3, 9",
]
SVG = "{http://www.w3.org/2000/svg}"


def test_end_to_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", *TINY.split(), "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr  # bars are for real sizes
    report = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert [row["work"] for row in report["rows"]] == WORKS
    assert all(math.isfinite(row["figure"]) for row in report["rows"])
    assert [point["snippets"] for point in report["growth"]] == [3, 9]
    for point in report["growth"]:
        assert point["seconds"] > 0
        assert math.isfinite(point["each_ms"])
        assert point["memory"]["compiler"] > 1 << 20
        assert point["memory"]["zygote"] > 100 << 20
    lines = done.stdout.splitlines()
    assert [line[: len(work)] for line, work in zip(lines[1:], WORKS, strict=False)] == WORKS
    svg = ET.fromstring((tmp_path / "growth.svg").read_text(encoding="utf-8"))
    drawn = len(svg.findall(f".//{SVG}polyline"))
    assert drawn in {4, 5}, "measured, linear, memory of three, where a child was seen"
    assert len(svg.findall(f".//{SVG}circle")) >= 2 * drawn - 1


def test_a_missed_bar_fails() -> None:
    assert Row("w", "o", "r", 2.0, "ms", AT_MOST, 2).passed
    assert not Row("w", "o", "r", 2.1, "ms", AT_MOST, 2).passed
    assert Row("w", "o", "r", 2.0, "runs/s", AT_LEAST, 2).passed
    assert not Row("w", "o", "r", 1.9, "runs/s", AT_LEAST, 2).passed


def test_exponent() -> None:
    points = [Point(n + 1, 0.5 * n**1.5, {}) for n in (10, 100, 1000)]
    assert math.isclose(exponent(points), 1.5)
