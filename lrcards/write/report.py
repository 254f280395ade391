"""report.json: what was built, from what, and what was lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from lrcards import __version__
from lrcards.diagnostics import Diagnostic
from lrcards.model import Answer, Checked, CheckedItem, CheckedLesson, ShownValue, Variant, kind_of
from lrcards.values import plain_decimal
from lrcards.write.asked import bounds, content
from lrcards.write.files import REPORT, digest

Coverage = Mapping[str, Mapping[str, str]]  # target -> key -> full, reduced or left out


def report(
    checked: Checked,
    coverage: Coverage,
    files: Mapping[str, bytes],
    diagnostics: Iterable[Diagnostic],
) -> bytes:
    """Return the bytes of report.json; equal builds give equal bytes."""
    found = list(diagnostics)
    items = [
        _item(one, lesson, {name: rows[one.key] for name, rows in coverage.items()
                            if one.key in rows})
        for lesson in checked.lessons
        for one in lesson.items
    ]  # fmt: skip
    content = {
        "lrcards": __version__,
        "python": checked.python,
        "torch": checked.torch,
        "isolation": checked.isolation,
        "verified": checked.verified,
        "items": items,
        "files": [
            {"path": path, "bytes": len(data), "sha256": digest(data)}
            for path, data in sorted(files.items())
            if path != REPORT
        ],
        "diagnostics": [asdict(one) for one in found],
        "counts": {
            "lessons": len(checked.lessons),
            "items": len({one["id"] for one in items}),
            "variants": sum(one["variant"] is not None for one in items),
            "values": sum(len(one["values"]) for one in items),
            "files": len(files),
            "warnings": sum(one.severity == "warning" for one in found),
        },
    }
    return _text(content).encode()


def _text(content: Mapping[str, Any]) -> str:
    """Lay it out with a line for each item and each file, fit for `grep` and `git diff`."""
    rows = (f" {json.dumps(name)}: {_value(value)}" for name, value in content.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _value(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    return "[\n  " + ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in value) + "\n ]"


def key_of_row(row: Mapping[str, Any]) -> str:
    """Return the key of the item or variant that a row of a report is of."""
    name, params = str(row.get("id")), row.get("variant")
    return f"{name}.{Variant(tuple(params.items())).key}" if isinstance(params, dict) else name


def _item(one: CheckedItem, lesson: CheckedLesson, targets: Mapping[str, str]) -> dict[str, Any]:
    item = one.item
    return {
        "id": item.id,
        "kind": kind_of(item),
        "file": lesson.lesson.path,
        "line": item.title.span.line,
        "level": item.settings.level,
        "tags": list(item.settings.tags),
        "variant": dict(one.variant.params) if one.variant else None,
        "answer": _answer(one.answer),
        "content": content(one),
        "values": [_shown(value) for value in one.filled.values],
        "steps": {"optimizer": one.optimizer_steps, "scheduler": one.scheduler_steps},
        "targets": dict(targets),
    }


def _shown(value: ShownValue) -> dict[str, Any]:
    # Field by field: asdict() copies deeply, which took most of a report's time.
    return {field: getattr(value, field) for field in ShownValue.__slots__}


def _answer(answer: Answer | None) -> dict[str, str | None] | None:
    if answer is None:
        return None
    return {
        "shown": answer.shown,
        "computed": answer.computed,
        **bounds(answer),
        "scale": None if answer.scale is None else plain_decimal(answer.scale),
    }
