"""Real sessions of pytest, in a process of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.launch import build_launch
from validator.demo import Demo, demo_servers
from validator.scenario import load as _  # noqa: F401 - sessions in this process share its YAML

TAG = (
    '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">c</b>'
    '<b class="total_quantity">1</b><b class="total_price">{}</b></div>'
)
"""A tag that passes where its price is a number."""

Session = Callable[..., pytest.RunResult]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The bundled shop, unbroken."""
    with demo_servers() as servers:
        yield servers


@pytest.fixture
def scenario(pytester: pytest.Pytester) -> Callable[..., Path]:
    """Write a scenario of one step into ``scenarios/``."""

    def write(name: str, url: str, **more: object) -> Path:
        folder = pytester.path / "scenarios"
        folder.mkdir(exist_ok=True)
        file = folder / f"{name.replace(' ', '-')}.yaml"
        file.write_text(json.dumps({"name": name, "steps": [{"goto": url}], **more}))
        return file

    return write


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Run pytest with ``cn_scenarios = scenarios`` and no plugin but those that are named."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\ncn_scenarios = scenarios\naddopts = --strict-markers -W error")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "validator.pytest_plugin", "-ra", *arguments)

    return run


@pytest.fixture
def browser_session(
    session: Session,
    pytester: pytest.Pytester,
    browser_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Session:
    """The same with the browser of this machine; with plugins, in a process of its own."""
    monkeypatch.setenv("CN_VALIDATOR_BROWSER", str(browser_path))
    arguments = build_launch(find_browser(str(browser_path), os.environ)).arguments
    pytester.makeconftest(
        "import pytest\n\n"
        "@pytest.fixture(scope='session')\n"
        "def browser_type_launch_args():\n"
        f"    return {dict(arguments, executable_path=str(browser_path))!r}\n"
    )

    def run(*arguments: str) -> pytest.RunResult:
        if "-p" not in arguments:
            return session(*arguments)
        # Some plugins patch pytest itself, and keep an event loop.
        return pytester.runpytest_subprocess("-p", "validator.pytest_plugin", "-ra", *arguments)

    return run


PLAYWRIGHT = ("-p", "pytest_playwright.pytest_playwright", "-W", "default")
"""What brings the fixture ``page``. Pytest warns of how it does, so warnings are no errors."""
