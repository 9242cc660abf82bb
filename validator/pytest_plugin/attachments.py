"""Pictures of a failed test, for the reports of allure and pytest-html."""

from __future__ import annotations

import base64

import pytest

PICTURES: pytest.StashKey[list[tuple[str, bytes]]] = pytest.StashKey()
"""The pictures of a test, each with its name, until its report is made."""


def wants_pictures(config: pytest.Config) -> bool:
    """Return whether a plugin is there that shows pictures."""
    return _writes_allure(config) or _writes_html(config)


def attach(item: pytest.Item, name: str, picture: bytes) -> None:
    """Give a PNG to the reports of a test. It must be called while the test runs."""
    if _writes_allure(item.config):
        import allure  # type: ignore[import-not-found,unused-ignore]  # only where its plugin is

        allure.attach(picture, name, allure.attachment_type.PNG)
    if _writes_html(item.config):
        item.stash.setdefault(PICTURES, []).append((name, picture))


def add_to_html_report(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add the pictures of a test to its report, in the form of pytest-html."""
    if pictures := item.stash.get(PICTURES, []):
        from pytest_html import extras  # type: ignore[import-untyped,unused-ignore]  # likewise

        pngs = [extras.png(base64.b64encode(data).decode(), name) for name, data in pictures]
        vars(report)["extras"] = [*getattr(report, "extras", []), *pngs]
        pictures.clear()


def _writes_allure(config: pytest.Config) -> bool:
    return bool(config.getoption("allure_report_dir", None))


def _writes_html(config: pytest.Config) -> bool:
    return bool(config.getoption("htmlpath", None))
