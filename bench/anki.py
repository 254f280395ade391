"""`python -m bench.anki`: the package against plain sqlite, the whole build against AnkCompiler."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.clock import ROOT, BenchError, alternate, python
from bench.deck import course_text, decks_of, plain, rival_text, rows_of
from bench.table import AT_LEAST, AT_MOST, Row, render
from lrcards.write.anki.package import package_bytes

RIVAL = "AnkCompiler==0.6.0"
_PER_LESSON = 50


def main() -> int:
    """Measure; exit with 1 where a bar is missed."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = write_course(folder / "course", arguments.notes)
        program = arguments.rival or install(folder / "rival")
        table = [package(root, arguments), *build(root, folder, program, arguments)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "anki.json").write_text(_json(table, arguments), encoding="utf-8")
    sys.stdout.write(render(table))
    return 0 if all(row.passed for row in table) else 1


def write_course(root: Path, notes: int) -> Path:
    """Write a course of question and answer, and build it once, so that it has a lock."""
    (root / "source").mkdir(parents=True)
    (root / "lrcards.toml").write_text('uid = "bench"\ntitle = "Bench"\n', encoding="utf-8")
    for first in range(0, notes, _PER_LESSON):
        text = course_text(range(first, min(notes, first + _PER_LESSON)))
        (root / "source" / f"lesson{first:06}.md").write_text(text, encoding="utf-8")
    python(*_BUILD, cwd=root)
    return root


_BUILD = ("-m", "lrcards", "build", "--to", "anki", "--frozen", "--no-cache", "-q")


def package(root: Path, arguments: argparse.Namespace) -> Row:
    """From notes to a file: ours, and the same rows with nothing else; without gc, as built."""
    rows = rows_of((root / "build/anki/bench.apkg").read_bytes())

    def ours(_repeat: int) -> float:
        decks = decks_of(rows)
        start = time.perf_counter()
        package_bytes(decks, {})
        return time.perf_counter() - start

    def bare(_repeat: int) -> float:
        start = time.perf_counter()
        plain(rows)
        return time.perf_counter() - start

    gc.disable()
    mine, other = alternate(arguments.repeats, ours, bare)
    gc.enable()
    work = f"{arguments.notes} notes, package"
    said = f"sqlite, deflate: {1000 * other:.0f} ms"
    return Row(work, f"{1000 * mine:.0f} ms", said, mine / other, "times", AT_MOST, 2)


def build(
    root: Path, folder: Path, program: Path | None, arguments: argparse.Namespace
) -> list[Row]:
    """The whole build without torch, as a process of its own; the rival has fewer notes to do."""
    sources = folder / "decks"
    sources.mkdir()
    for first in range(0, arguments.rival_notes, _PER_LESSON):
        text = rival_text(range(first, first + _PER_LESSON))
        (sources / f"lesson{first:06}.md").write_text(text, encoding="utf-8")

    def ours(_repeat: int) -> float:
        return python(*_BUILD, cwd=root)[0]

    def rival(_repeat: int) -> float:
        return compile_with(program, sources, arguments.rival_notes) if program else 0.0

    mine, other = alternate(arguments.repeats, ours, rival)
    rate = arguments.notes / mine
    work, said = f"{arguments.notes} notes, whole build", f"{mine:.2f} s"
    named = RIVAL.replace("==", " ")
    if not program:
        return [Row(work, said, f"{named}: not installed", rate, "notes/s", AT_LEAST, 2400)]
    its = arguments.rival_notes / other
    against = f"{named}: {arguments.rival_notes} in {other:.2f} s, {its:.0f} notes/s"
    return [
        Row(work, said, against, rate, "notes/s", AT_LEAST, 2400),
        Row(work, f"{rate:.0f} notes/s", against, rate / its, "times faster", AT_LEAST, 10),
    ]


def compile_with(program: Path, sources: Path, notes: int) -> float:
    """Let the rival compile its decks; return seconds. What it wrote is counted."""
    out = sources.with_name("rival-out")
    out.mkdir(exist_ok=True)
    call = [str(program), "build", "--path", str(sources), "--output", str(out), "--all"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    start = time.perf_counter()
    done = subprocess.run(call, env=clean, capture_output=True, text=True, check=False)  # noqa: S603
    seconds = time.perf_counter() - start
    if done.returncode:
        raise BenchError(f"the rival failed: {done.stdout}{done.stderr}")
    [made] = out.glob("*.apkg")
    with zipfile.ZipFile(made) as archive:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(archive.read("collection.anki2"))
    [[count]] = connection.execute("select count(*) from notes").fetchall()
    if count != notes:
        raise BenchError(f"the rival wrote {count} notes, not {notes}")
    return seconds


def install(folder: Path) -> Path | None:
    """Put the rival into an environment of its own; None, with a word, where that fails."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", RIVAL]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(pip, env=clean, capture_output=True, text=True, check=False)  # noqa: S603
    program = folder / "bin" / "ankc"
    if program.is_file():
        return program
    sys.stderr.write(f"{RIVAL} cannot be installed: {done.stderr.strip()[-200:]}\n")
    return None


def _json(table: Sequence[Row], arguments: argparse.Namespace) -> str:
    values = {
        "machine": {"cores": os.cpu_count(), "kind": platform.machine(), "system": sys.platform},
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "repeats": arguments.repeats,
        "rows": [{**asdict(row), "passed": row.passed} for row in table],
    }
    return json.dumps(values, indent=2) + "\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.anki", description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--rival-notes", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / ".lrcards" / "bench")
    found = shutil.which("ankc")
    parser.add_argument(
        "--rival", type=Path, default=found and Path(found), metavar="ANKC",
        help=f"its program (default: from the path, else {RIVAL} is installed for this run)",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
