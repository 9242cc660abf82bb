"""Scenarios as items of a pytest session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from junitparser import Error, Failure, JUnitXml, TestCase

from tests.pytest_plugin.conftest import PLAYWRIGHT, TAG, Session

if TYPE_CHECKING:
    from tests.conftest import Site

pytestmark = pytest.mark.browser
Write = Callable[..., Path]


def cases(pytester: pytest.Pytester) -> dict[str, TestCase]:
    xml = JUnitXml.fromfile(str(pytester.path / "j.xml"))
    return {case.name: case for suite in xml for case in suite}


def test_a_page_not_reached_is_an_error_a_finding_a_failure_in_junit_too(
    browser_session: Session, scenario: Write, site: Site, pytester: pytest.Pytester
) -> None:
    scenario("good", site.page("/good", TAG.format("5")))
    scenario("wrong", site.page("/wrong", TAG.format("5,00")))
    scenario("gone", site.url + "/gone")
    done = browser_session("--junitxml=j.xml")
    done.assert_outcomes(passed=1, failed=1, errors=1)
    said = done.stdout.str()
    assert "ERROR at call of gone" in said
    assert "answered HTTP 404" in said
    assert "would be recorded if the page loaded the Connectif script: 5" in said
    assert "ERROR scenarios/gone.yaml::gone - BrokenScenarioError: http-error: " in said
    assert "FAILED scenarios/wrong.yaml::wrong - validator.CheckError: decimal-format: " in said
    assert "validator/" not in said
    found = cases(pytester)
    assert [type(each) for each in found["gone"].result] == [Error]
    assert [type(each) for each in found["wrong"].result] == [Failure]
    assert found["good"].result == []
    assert len(list(pytester.path.glob("cn-validator-results/*/*/end.png"))) == 2


def test_last_failed_runs_only_that(
    session: Session,
    scenario: Write,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CN_VALIDATOR_BROWSER", "/nowhere/chromium")
    scenario("gone", "http://127.0.0.1:9/")
    pytester.makepyfile("def test_fine(): pass")
    session().assert_outcomes(passed=1, errors=1)
    session("--lf").assert_outcomes(errors=1)


def test_the_base_url_can_be_given_and_warnings_shown(
    browser_session: Session, scenario: Write, site: Site
) -> None:
    site.page("/good", TAG.format("5"))
    scenario("good", "/good", base_url="http://127.0.0.1:9")
    done = browser_session("-rP", "--cn-base-url", site.url)
    done.assert_outcomes(passed=1)
    assert "items-missing" in done.stdout.str()


def test_without_a_browser_the_items_are_errors_that_say_what_to_do(
    browser_session: Session, scenario: Write, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario("good", site.url + "/good")
    scenario("better", site.url + "/good")
    monkeypatch.setenv("CN_VALIDATOR_BROWSER", "/nowhere/chromium")
    done = browser_session()
    done.assert_outcomes(errors=2)
    assert "/nowhere/chromium" in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


def test_a_missing_secret_costs_its_own_scenario(
    session: Session, scenario: Write, pytester: pytest.Pytester
) -> None:
    scenario("pays", "http://127.0.0.1:9/", secrets=["CARD_NUMBER_OF_NOBODY"])
    pytester.makepyfile("def test_fine(): pass")
    done = session()
    done.assert_outcomes(passed=1, errors=1)
    assert "the secret CARD_NUMBER_OF_NOBODY has no value" in done.stdout.str()


def test_a_name_with_two_colons_can_be_chosen(session: Session, scenario: Write) -> None:
    file = scenario("Shop :: guest", "http://127.0.0.1:9/")
    file.rename(file.with_name("shop.yaml"))
    done = session("--collect-only", "-q")
    assert "scenarios/shop.yaml::Shop : guest" in done.stdout.lines
    done = session("--collect-only", "-q", "scenarios/shop.yaml::Shop : guest")
    assert "scenarios/shop.yaml::Shop : guest" in done.stdout.lines


def test_a_failed_check_shows_the_line_of_the_test_and_which_call_it_was(
    browser_session: Session, site: Site, pytester: pytest.Pytester
) -> None:
    good, wrong = (site.page(f"/{each}", TAG.format(each)) for each in ("5", "5,00"))
    pytester.makepyfile(
        "def test_pages(page, cn_check):\n"
        f"    for url in ({good!r}, {wrong!r}):\n"
        "        page.goto(url)\n"
        "        cn_check(page)  # this line\n"
    )
    name = "test_a_failed_check_shows_the_line_of_the_test_and_which_call_it_was.py"
    (pytester.path / "tox.ini").unlink()
    done = browser_session(*PLAYWRIGHT, name)
    done.assert_outcomes(failed=1)
    said = done.stdout.str()
    assert "cn_check(page)  # this line" in said
    assert f"in call 2 of cn_check, on {wrong}" in said
    assert "page_checks.py" not in said
