"""Moodle banks and QTI 1.2 packages as an independent reader sees them."""

from __future__ import annotations

import importlib.util
import io
import json
import warnings
import zipfile
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from tests.conftest import SCHEMAS, CourseFolder, require_real

QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


def moodle(course: CourseFolder) -> dict[str, Any]:
    """Read the bank as Moodle would: questions by idnumber."""
    quiz = etree.fromstring(course.tree()["moodle/demo.xml"])
    return {
        one.findtext("idnumber"): one
        for one in quiz.findall("question")
        if one.find("idnumber") is not None
    }


def rows(course: CourseFolder) -> dict[str, dict[str, Any]]:
    """Return the items of the report by their ids."""
    return {one["id"]: one for one in json.loads(course.tree()["report.json"])["items"]}


def answers(course: CourseFolder) -> dict[str, dict[str, str]]:
    return {name: row["answer"] for name, row in rows(course).items() if row["answer"]}


def package(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def items(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the items of a QTI 1.2 package by their identifiers."""
    found: dict[str, Any] = {}
    for name, data in files.items():
        if name.endswith(".xml") and name != "imsmanifest.xml":
            found |= {one.get("ident"): one for one in etree.fromstring(data).iter(f"{QTI}item")}
    return found


@pytest.fixture(scope="session")
def validator() -> ModuleType:
    file = SCHEMAS / "validate.py"
    require_real(file.is_file(), f"the schema checker {file.name}")
    spec = importlib.util.spec_from_file_location("validate", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def invalid(validator: ModuleType, files: dict[str, bytes]) -> list[str]:
    """Return what is wrong with a QTI 1.2 package, by the XSD, the DTD and that of manifests."""
    found: list[str] = []
    for name, data in files.items():
        keys = ["imscp11"] if name == "imsmanifest.xml" else ["qti12", "qti12dtd"]
        for key in keys if name.endswith(".xml") else []:
            found += [f"{name} {one}" for one in schema_errors(validator, key, data)]
    return found


def schema_errors(validator: ModuleType, key: str, data: bytes) -> list[str]:
    """Return what is wrong with one XML file by the schema of this name."""
    with warnings.catch_warnings():  # the checker leaves its schema file open
        warnings.simplefilter("ignore", ResourceWarning)
        errors = validator.check(key, etree.parse(io.BytesIO(data)))
    return [f"{key} {line}: {message}" for line, message in errors]


def lesson(*cards: str) -> str:
    """Return a lesson with these cards: headings of level 2 with all that is below them."""
    head = "---\ntitle: Case\nsnippets: {halve: {file: snippets/step_lr.py}}\nuse: halve\n---\n\n"
    return head + "\n\n".join(cards) + "\n"


def card(name: str, body: str, keys: str = "") -> str:
    return f"## Title of {name}\n\n```yaml card\nid: {name}\n{keys}```\n\n{body}"
