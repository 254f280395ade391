"""The key of a run: what it depends on, and nothing that only the page shows."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

RUNNER = 2
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Environment:
    """What runs snippets here: version texts, and the digest of the prelude."""

    torch: str
    git: str
    python: str
    machine: str
    prelude: str


def environment() -> Environment | None:
    """Read the versions from metadata, without importing torch; None where there is no torch."""
    try:
        torch = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return None
    prelude = Path(__file__).resolve().parents[1] / "snippet.py"
    return Environment(
        torch=torch.partition("+")[0],
        git=_git_version(),
        python=".".join(platform.python_version_tuple()[:2]),
        machine=platform.machine(),
        prelude=hashlib.sha256(prelude.read_bytes()).hexdigest(),
    )


def source_of(code: str, inputs: Mapping[str, str]) -> str:
    """Return the key of what is run: `code` with its params filled in, digests of its inputs.

    The name under which the code appears in messages is not in it.
    """
    return _digest({"code": code, "inputs": dict(inputs)})


def key_of(source: str, here: Environment) -> str:
    """Return the key of a run: what is run, and all that may make it give something else."""
    return _digest({"schema": SCHEMA, "runner": RUNNER, "source": source, **asdict(here)})


def _digest(content: Mapping[str, object]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _git_version() -> str:
    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.origin:
        return ""
    file = Path(spec.origin).with_name("version.py")
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    match = re.search(r"git_version = '(\w+)'", text)
    return match[1] if match else ""
