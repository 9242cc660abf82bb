"""What is said of a file without a browser is what is said of it in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from validator.cli import invoke

# Only a browser sees whether a page loads the Connectif script.
ONLY_RENDERED = frozenset({"script-missing"})
CASES = Path(__file__).parents[1] / "cases"


def report(files: list[str], path: Path, *options: str) -> list[dict[str, Any]]:
    invoke(["check", *options, *files, "--quiet", "--report", f"json={path}"])
    results: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["results"]
    return results


def essence(result: dict[str, Any]) -> object:
    told = [
        (each["rule"], each["pointer"], each["actual"])
        for each in result["findings"]
        if each["rule"] not in ONLY_RENDERED
    ]
    return sorted(told), [reading["event"] for reading in result["readings"]]


@pytest.mark.browser
def test_the_static_reading_agrees_with_chromium(tmp_path: Path) -> None:
    files = [
        str(path)
        for folder in sorted(CASES.glob("*/*"))
        for path in sorted(folder.glob("*.html"))[:2]
        if "facts:" not in path.read_text(encoding="utf-8")
    ]
    static = report(files, tmp_path / "static.json")
    rendered = report(files, tmp_path / "rendered.json", "--render", "--within", "200ms")
    assert len(static) == len(files)
    for file, one, other in zip(files, static, rendered, strict=True):
        assert essence(one) == essence(other), file
