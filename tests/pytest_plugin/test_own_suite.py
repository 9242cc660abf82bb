"""A suite of 30 tests and more, as a test engineer writes it, with all public names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import validator
from tests.pytest_plugin.conftest import Session
from tests.pytest_plugin.suite import shop_tests
from validator import connectif_api, pytest_plugin

if TYPE_CHECKING:
    from tests.conftest import Site

SUITE = Path(__file__).parent / "suite" / "shop_tests.py"
LATE = "<body><script>setTimeout(() => document.body.innerHTML = '{}', 200)</script>"
PLUGINS = (
    "pytest_playwright.pytest_playwright",
    "allure_pytest.plugin",
    "pytest_html.plugin",
    "pytest_metadata.plugin",
)
BASE_URL = "ignore:Session-scoped fixtures defined as instance methods"
"""The one warning that is not an error: pytest warns of a fixture of pytest-playwright."""


def test_the_suite_uses_every_public_name() -> None:
    text = SUITE.read_text(encoding="utf-8")
    public = {*validator.__all__, *pytest_plugin.__all__, *connectif_api.__all__}
    assert {name for name in public if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.browser
def test_the_suite_passes_without_a_warning_and_is_reported(
    browser_session: Session,
    scenario: Callable[..., Path],
    site: Site,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path, text in {
        "/good": shop_tests.GOOD,
        "/wrong": shop_tests.WRONG,
        "/empty": "<p>nothing</p>",
        "/late": LATE.format(shop_tests.GOOD),
    }.items():
        site.page(path, text)
    scenario("good", "/good", base_url="https://shop.example")
    scenario("wrong", "/wrong", base_url="https://shop.example", labels=["smoke"])
    (pytester.path / "test_shop.py").write_text(SUITE.read_text(encoding="utf-8"))
    (pytester.path / "tox.ini").write_text("[pytest]\naddopts = --strict-markers --strict-config\n")
    monkeypatch.setenv("SHOP_URL", site.url)
    named = [word for plugin in PLUGINS for word in ("-p", plugin)]
    reports = ("--alluredir=allure", "--html=r.html", "--self-contained-html")
    done = browser_session(*named, *reports, "-W", "error", "-W", BASE_URL, "test_shop.py")
    outcomes = done.parseoutcomes()
    assert outcomes == {"passed": outcomes["passed"]}, done.stdout.str()
    assert outcomes["passed"] >= 30
    statuses = [
        json.loads(file.read_text(encoding="utf-8"))["status"]
        for file in (pytester.path / "allure").glob("*-result.json")
    ]
    assert statuses == ["passed"] * outcomes["passed"]
    html = (pytester.path / "r.html").read_text(encoding="utf-8")
    assert f"{outcomes['passed']} Passed" in html
