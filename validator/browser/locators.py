"""How Playwright finds what a locator of the language means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from playwright.async_api import Frame, FrameLocator, Page
from playwright.async_api import Locator as PageLocator

LocatorScope: TypeAlias = "Page | Frame | FrameLocator | PageLocator"
LocatorFactory: TypeAlias = Callable[[LocatorScope, str, str | None, bool], PageLocator]

LOCATOR_FACTORIES: Mapping[str, LocatorFactory] = MappingProxyType(
    {
        "role": lambda scope, value, name, exact: scope.get_by_role(
            cast("Any", value), name=name, exact=exact
        ),
        "label": lambda scope, value, _, exact: scope.get_by_label(value, exact=exact),
        "placeholder": lambda scope, value, _, exact: scope.get_by_placeholder(value, exact=exact),
        "text": lambda scope, value, _, exact: scope.get_by_text(value, exact=exact),
        "title": lambda scope, value, _, exact: scope.get_by_title(value, exact=exact),
        "alt": lambda scope, value, _, exact: scope.get_by_alt_text(value, exact=exact),
        "test_id": lambda scope, value, _name, _exact: scope.get_by_test_id(value),
        "css": lambda scope, value, _name, _exact: scope.locator(f"css={value}"),
        "selector": lambda scope, value, _name, _exact: scope.locator(value),
    }
)
"""``Locator.by`` → how Playwright finds it, given value, accessible name and ``exact``."""
