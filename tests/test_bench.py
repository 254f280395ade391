"""The benchmark, on sizes that say nothing but that it works."""

from __future__ import annotations

import importlib.util
import json
import math
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import lms, quiz
from bench.clock import BenchError
from bench.growth import Point, exponent
from bench.rows import AT_LEAST, AT_MOST, Row
from tests.conftest import ROOT, require_real

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


def test_lms_end_to_end(tmp_path: Path) -> None:
    require_real(importlib.util.find_spec("text2qti") is not None, "text2qti")
    options = f"--items 6 --growth 4,6 --repeats 1 --out {tmp_path}"
    command = [sys.executable, "-m", "bench.lms", *options.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr  # bars are for real sizes
    report = json.loads((tmp_path / "lms.json").read_text(encoding="utf-8"))
    works = ["6 items, 4 LMS formats", "6 items, start left out", "growth, items: 4, 6"]
    assert [row["work"] for row in report["rows"]] == works
    assert all(math.isfinite(row["figure"]) for row in report["rows"])
    whole, inside = (float(row["ours"].split()[0]) for row in report["rows"][:2])
    assert 0 < inside <= whole


def test_both_sides_ask_the_same(tmp_path: Path) -> None:
    quiz.write_course(tmp_path, 60)
    ours = "".join(
        file.read_text(encoding="utf-8") for file in sorted((tmp_path / "source").glob("*.md"))
    )
    theirs = quiz.rival_text(60)
    asked = re.findall(r"^`StepLR` halves.*$", ours, re.MULTILINE)
    assert asked == re.findall(r"^1\.  (.*)$", theirs, re.MULTILINE)
    assert len(set(asked)) == 60
    feedback = re.findall(r"^  > (.*)$", ours, re.MULTILINE)
    assert len(feedback) == 30 * 4
    general = re.findall(r"^\.\.\. (?!Only)(.*)$", theirs, re.MULTILINE)
    assert feedback == general
    assert theirs.count("... Only multiples of ten") == ours.count("### Solution") == 60
    assert theirs.count("\n=   ") == ours.count("\nanswer: ") == 30


def test_a_rival_that_loses_questions_is_no_rival(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "quiz.zip", "w") as archive:
        archive.writestr("a/a.xml", "<item ident='1'/><item ident='2'/>")
    lms.check_theirs(tmp_path, 2)
    with pytest.raises(BenchError, match="2 questions, not 3"):
        lms.check_theirs(tmp_path, 3)


def test_an_item_that_a_format_lost_does_not_count(tmp_path: Path) -> None:
    full = dict.fromkeys(lms.TARGETS, "full")
    items = [{"targets": full}, {"targets": {**full, "qti12": "left out: too long"}}]
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "report.json").write_text(json.dumps({"items": items}), encoding="utf-8")
    with pytest.raises(BenchError, match="1 of 2 items"):
        lms.check_ours(tmp_path, 2)
