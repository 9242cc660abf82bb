"""Errors in pytest's JUnit file: pytest knows them in the set-up and the tear-down only."""

from __future__ import annotations

import pytest
from _pytest.junitxml import xml_key

from validator.pytest_plugin import is_broken


class JUnitErrors:
    """A plugin that makes the failure of a scenario that broke an error of the JUnit file."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        xml = self._config.stash.get(xml_key, None)
        if xml is None or not is_broken(report):
            return
        for node in xml.node_reporter(report).nodes:
            if node.tag == "failure":
                node.tag = "error"
                xml.stats["failure"] -= 1
                xml.stats["error"] += 1
