"""Starts Playwright's driver, which gets only the environment that it needs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from importlib import import_module

from playwright.async_api import Playwright, async_playwright

from validator.browser.child_environment import child_environment
from validator.browser.chromium.driver import compile_cache, require_driver

_FOR_DRIVER = re.compile(
    r"PW_\w+|PWDEBUG|PLAYWRIGHT_\w+|DEBUG\w*|NODE_OPTIONS|NODE_EXTRA_CA_CERTS"
    r"|NODE_(?:DISABLE_)?COMPILE_CACHE"
)
_is_ours: ContextVar[bool] = ContextVar("is_ours", default=False)
"""Whether the driver that is started is ours: others in this process keep their environment."""
_TRANSPORTS = ("playwright._impl.transport", "playwright._impl._transport")
"""Where versions of Playwright start the driver. There is no public way to set its environment."""


async def start_driver() -> Playwright:
    """Start the driver. Raises BrowserError where it does not run."""
    require_driver(os.environ)
    _limit_environment()
    token = _is_ours.set(True)
    try:
        with compile_cache(os.environ):
            return await async_playwright().start()
    finally:
        _is_ours.reset(token)


def _limit_environment() -> None:
    for name in _TRANSPORTS:
        with suppress(ImportError):
            transport = import_module(name)
            # Another version may start it otherwise: then it gets the whole environment.
            build = getattr(transport, "get_driver_env", None)
            if build is not None and not hasattr(build, "is_limited"):
                transport.get_driver_env = _limited(build)  # type: ignore[attr-defined]


def _limited(build: Callable[[], dict[str, str]]) -> Callable[[], dict[str, str]]:
    def build_driver_environment() -> dict[str, str]:
        full = build()
        if not _is_ours.get():
            return full
        own = {name: value for name, value in full.items() if _FOR_DRIVER.fullmatch(name)}
        return child_environment(full) | own

    build_driver_environment.is_limited = True  # type: ignore[attr-defined]
    return build_driver_environment
