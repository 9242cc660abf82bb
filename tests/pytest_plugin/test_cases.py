"""Scenarios with fixtures, scenarios as parameters, soft checks, and pictures in reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pytest_plugin.conftest import PLAYWRIGHT, TAG, Session

if TYPE_CHECKING:
    from tests.conftest import Site

Write = Callable[..., Path]
NAME = "test_own.py"


def write_test(pytester: pytest.Pytester, text: str) -> None:
    (pytester.path / NAME).write_text(text)


def add_conftest(pytester: pytest.Pytester, text: str) -> None:
    with (pytester.path / "conftest.py").open("a") as file:
        file.write(f"\n{text}")


@pytest.mark.browser
def test_a_scenario_uses_fixtures_and_autouse_fixtures_run(
    browser_session: Session, scenario: Write, site: Site, pytester: pytest.Pytester
) -> None:
    site.page("/good", TAG.format("5"))
    scenario(
        "from a fixture",
        "/good",
        base_url="${SHOP}",
        vars={"SHOP": "http://127.0.0.1:9"},
        fixtures={"SHOP": "live_server.url"},
    )
    scenario(
        "wrong", "/good", base_url=site.url, vars={"X": "1"}, fixtures={"X": "live_server.uri"}
    )
    scenario("none", "/good", base_url=site.url, vars={"X": "1"}, fixtures={"X": "no_server"})
    add_conftest(
        pytester,
        "class Server:\n"
        f"    url = {site.url!r}\n"
        "@pytest.fixture(scope='session')\n"
        "def live_server():\n"
        "    yield Server()\n"
        "    print('server stopped')\n"
        "@pytest.fixture(autouse=True)\n"
        "def clean_basket(request):\n"
        "    print('basket of', request.node.name)\n",
    )
    done = browser_session("-rP", "-s")
    done.assert_outcomes(passed=1, errors=2)
    said = done.stdout.str()
    assert "basket of from a fixture" in said
    assert "server stopped" in said
    assert "the variable X is the fixture live_server.uri, but" in said
    assert "fixture 'no_server' not found" in said
    assert "INTERNALERROR" not in said


SUITE = """
import pytest
from validator.pytest_plugin import ScenarioCase, scenarios

PLAYED = []

@scenarios("scenarios", labels="smoke")
def test_shop(scenario: ScenarioCase, tmp_path):
    assert repr(scenario).startswith("<scenario")
    result = scenario.run({{"SHOP": {url!r}}})
    assert result is scenario.run()
    assert result.passed
    PLAYED.append(scenario.name)

@pytest.mark.parametrize("device", ["Pixel 7", None])
@scenarios("scenarios/wrong.yaml")
def test_what_is_wrong(scenario, device):
    result = scenario.play(base_url={url!r})
    assert "decimal-format" in [each.rule for each in result.findings]

@scenarios("scenarios/wrong.yaml")
def test_fails(scenario):
    scenario.run(base_url={url!r})

@scenarios("scenarios/wrong.yaml")
def test_breaks(scenario):
    scenario.run(base_url="http://127.0.0.1:9")
"""


@pytest.mark.browser
def test_scenarios_are_parameters_of_a_test(
    browser_session: Session, scenario: Write, site: Site, pytester: pytest.Pytester
) -> None:
    site.page("/good", TAG.format("5"))
    site.page("/wrong", TAG.format("5,00"))
    for name in ("a", "b"):
        scenario(name, "${SHOP}/good", vars={"SHOP": "http://127.0.0.1:9"}, labels=["smoke"])
    scenario("wrong", "/wrong", base_url="http://127.0.0.1:9")
    write_test(pytester, SUITE.format(url=site.url))
    (pytester.path / "tox.ini").write_text("[pytest]\naddopts = --strict-markers -W error\n")
    done = browser_session(NAME, "-v", "--junitxml=j.xml", "-p", "xdist", "-n", "2")
    done.assert_outcomes(passed=4, failed=1, errors=1)
    said = done.stdout.str()
    assert "test_own.py::test_shop[a]" in said
    assert "test_own.py::test_what_is_wrong[wrong-Pixel 7]" in said
    assert "scenario.run(base_url=" in said
    assert "decimal-format" in said
    assert "scenario_cases.py" not in said
    xml = (pytester.path / "j.xml").read_text()
    assert 'errors="1" failures="1"' in xml
    chosen = browser_session(NAME, "--collect-only", "-q", "-m", "smoke", "-k", "not b")
    assert "test_own.py::test_shop[a]" in chosen.stdout.lines
    assert "1/6 tests collected (5 deselected)" in chosen.stdout.str()


REPEATED = """
import pytest
from validator.pytest_plugin import scenarios

# As pytest-repeat does it.
@pytest.fixture
def __pytest_repeat_step_number(request):
    return request.param

def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("__pytest_repeat_step_number")
    ids = ["1-3", "2-3", "3-3"]
    metafunc.parametrize("__pytest_repeat_step_number", range(3), indirect=True, ids=ids)

@pytest.mark.parametrize("way", ["card", "cash"])
@scenarios("scenarios")
def test_shop(scenario, way):
    scenario.run()
"""


@pytest.mark.browser
def test_a_repeated_test_plays_its_scenario_once_for_each_of_its_parameters(
    browser_session: Session, scenario: Write, site: Site, pytester: pytest.Pytester
) -> None:
    scenario("a", site.page("/good", TAG.format("5")))
    write_test(pytester, REPEATED)
    browser_session(NAME).assert_outcomes(passed=6)
    assert [path for path, _ in site.seen].count("/good") == 2


MISTAKES = {
    "missing folder": (
        '@scenarios("nowhere")\ndef test_x(scenario): pass',
        "no such file or folder",
    ),
    "no argument": ('@scenarios("scenarios")\ndef test_x(): pass', 'no argument "scenario"'),
    "no path": ("@scenarios()\ndef test_x(scenario): pass", "no scenario was named"),
    "wrong type": ("@scenarios(3)\ndef test_x(scenario): pass", "path 1"),
    "no label": ('@scenarios("scenarios", labels="x")\ndef test_x(scenario): pass', "none of the"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_wrong_with_the_parameters_is_said(
    mistake: str, session: Session, scenario: Write, pytester: pytest.Pytester
) -> None:
    text, expected = MISTAKES[mistake]
    scenario("a", "http://127.0.0.1:9/")
    write_test(pytester, f"from validator.pytest_plugin import scenarios\n{text}\n")
    done = session(NAME)
    done.assert_outcomes(errors=1)
    assert expected in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


def test_a_scenario_that_is_not_configured_says_what_to_do(
    session: Session, pytester: pytest.Pytester
) -> None:
    (pytester.path / "tox.ini").unlink()
    (pytester.path / "more").mkdir()
    file = pytester.path / "more" / "pay.yaml"
    file.write_text(json.dumps({"name": "x", "steps": [{"goto": "http://127.0.0.1:9/"}]}))
    done = session("more/pay.yaml")
    assert (
        "more/pay.yaml is a scenario, and it is not in a folder of cn_scenarios"
        in done.stdout.str()
    )
    assert "to fix: pytest --cn-scenarios more/pay.yaml" in done.stdout.str()
    assert done.ret == 2
    done = session("--cn-scenarios", "more/pay.yaml", "--collect-only", "-q")
    assert "more/pay.yaml::x" in done.stdout.lines
    (pytester.path / "data.yaml").write_text("steps: 3\n")
    assert "is a scenario" not in session("data.yaml").stdout.str()


@pytest.mark.browser
def test_soft_checks_let_a_test_go_on_and_pictures_reach_the_reports(
    browser_session: Session, scenario: Write, site: Site, pytester: pytest.Pytester
) -> None:
    wrong, good = (site.page(f"/{each}", TAG.format(each)) for each in ("5,00", "5"))
    scenario("wrong", wrong)
    write_test(
        pytester,
        "def test_soft(page, cn_check):\n"
        f"    for url in ({wrong!r}, {good!r}, {wrong!r}):\n"
        "        page.goto(url)\n"
        "        result = cn_check.soft(page)\n"
        "        print('went on', result.verdict)\n"
        "def test_hard(page, cn_check):\n"
        f"    page.goto({wrong!r})\n"
        "    cn_check.soft(page)\n"
        "    cn_check(page)\n"
        "def test_passes(page, cn_check):\n"
        f"    page.goto({good!r})\n"
        "    cn_check.soft(page)\n",
    )
    plugins = (
        "-p",
        "allure_pytest.plugin",
        "-p",
        "pytest_html.plugin",
        "-p",
        "pytest_metadata.plugin",
    )
    reports = ("--alluredir=allure", "--html=r.html", "--self-contained-html")
    done = browser_session(*PLAYWRIGHT, *plugins, *reports, NAME, "scenarios")
    done.assert_outcomes(passed=1, failed=3)
    said = done.stdout.str()
    assert said.count("went on") == 3
    assert "Captured cn_check.soft call" in said, "of test_hard"
    assert "2 soft checks failed" in said
    assert "in call 1 of cn_check" in said
    assert "in call 3 of cn_check" in said
    assert "pytest_plugin/__init__.py" not in said
    pictures: dict[str, int] = {}
    statuses: dict[str, str] = {}
    for file in (pytester.path / "allure").glob("*-result.json"):
        told = json.loads(file.read_text())
        name = told["name"].removesuffix("[chromium]")
        statuses[name] = told["status"]
        attached = [each for each in told.get("attachments", ()) if each["type"] == "image/png"]
        pictures[name] = len(attached)
        for each in attached:
            assert (pytester.path / "allure" / each["source"]).read_bytes().startswith(b"\x89PNG")
    assert pictures == {"test_soft": 2, "test_hard": 2, "test_passes": 0, "wrong": 1}
    assert statuses == {
        "test_soft": "failed",
        "test_hard": "failed",
        "test_passes": "passed",
        "wrong": "failed",
    }
    html = (pytester.path / "r.html").read_text()
    assert html.count("data:image/png;base64,") == 5
