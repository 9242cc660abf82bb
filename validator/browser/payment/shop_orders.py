"""What is asked for outside of the browser: the shop's list of orders, a bank's notification."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import Collection, Mapping

from playwright.async_api import Error, Playwright

from validator.browser.child_environment import child_environment
from validator.browser.journey import Journey
from validator.browser.page_values import first_line
from validator.core.capture import Reason
from validator.core.document import Json
from validator.core.urls import shorten_url
from validator.scenario.model.payment import OrderSource, UrlOrCommand

TIMEOUT_S = 30.0
"""Seconds a command or an answer may take."""

_BATCH_FILE = re.compile(r"\.(cmd|bat)$", re.IGNORECASE)
_CMD_SPECIAL = re.compile(r'["&|<>^%!\r\n]')
"""What cmd.exe, which runs batch files, obeys in an argument: pages may have chosen the text."""


class ExternalSourceError(Exception):
    """A URL or a command did not do what it is for."""


async def list_orders(
    playwright: Playwright, orders: OrderSource, saved: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the numbers of the shop's orders. Raises OutsideFailed."""
    text = await fetch_source(playwright, orders.source, saved, method="GET")
    try:
        listed: Json = json.loads(text)
    except ValueError as error:
        raise ExternalSourceError("the list of orders is no JSON") from error
    if not isinstance(listed, list):
        raise ExternalSourceError("the list of orders is no list")
    _refuse_unknown_keys(listed, orders)
    return tuple(number for each in listed if (number := _order_number(each, orders)))


async def list_shop_orders(journey: Journey, playwright: Playwright) -> tuple[str, ...]:
    """Return the shop's orders; nothing where the scenario does not say how they are listed.

    Raises JourneyError where they cannot be listed.
    """
    if journey.scenario.orders is None:
        return ()
    try:
        return await list_orders(playwright, journey.scenario.orders, journey.saved)
    except ExternalSourceError as failed:
        raise journey.broke(
            Reason.STEP_FAILED,
            f"the shop's orders could not be listed: {failed}",
            journey.scenario.document.locate_key("/orders"),
            "correct `orders` at the top of the scenario",
        ) from failed


def find_placed_order(listed: Collection[str], before: Collection[str], on_page: str) -> str:
    """Return the order of a journey: the one that the page named, or those that are new."""
    if on_page:
        return on_page if on_page in listed else ""
    return " or ".join(number for number in listed if number not in before)


def _order_number(order: Json, orders: OrderSource) -> str:
    if not isinstance(order, dict):
        return str(order)
    if any(_json_text(order.get(key)) != text for key, text in orders.where):
        return ""
    if orders.id not in order:
        raise ExternalSourceError(f'an order in the list has no "{orders.id}"; say its key with id')
    return str(order[orders.id])


def _refuse_unknown_keys(listed: list[Json], orders: OrderSource) -> None:
    """Raise OutsideFailed for a key of ``where`` that no order has: it would leave out all."""
    objects = [order for order in listed if isinstance(order, dict)]
    for key, _ in orders.where:
        if objects and not any(key in order for order in objects):
            raise ExternalSourceError(f'no order in the list has "{key}"; correct where')


def _json_text(value: Json) -> str:
    """Return a value as JSON writes it, a text without its quotes."""
    return value if isinstance(value, str) else json.dumps(value)


async def fetch_source(
    playwright: Playwright, source: UrlOrCommand, saved: Mapping[str, str], *, method: str
) -> str:
    """Ask a URL, or run a command without a shell; return what it says. Raises OutsideFailed."""
    if source.url is not None:
        return await _fetch_url(playwright, source.url.render(saved), method)
    return await _run_command([word.render(saved) for word in source.command])


async def _fetch_url(playwright: Playwright, url: str, method: str) -> str:
    request = await playwright.request.new_context(timeout=TIMEOUT_S * 1000)
    try:
        answer = await request.fetch(url, method=method)
        if not answer.ok:
            raise ExternalSourceError(f"{shorten_url(url)} answered HTTP {answer.status}")
        return await answer.text()
    except Error as error:
        raise ExternalSourceError(f"{shorten_url(url)}: {first_line(error.message)}") from error
    finally:
        await request.dispose()


async def _run_command(command: list[str]) -> str:
    """Run a program, on Windows also ``npm.cmd`` by the name ``npm``; return what it prints."""
    environ = child_environment(os.environ)
    program = shutil.which(command[0], path=environ.get("PATH")) or command[0]
    if _BATCH_FILE.search(program) and any(map(_CMD_SPECIAL.search, command[1:])):
        raise ExternalSourceError(
            f"{command[0]} is a batch file, and its words have characters that cmd would obey: "
            "leave out quotes, line breaks and & | < > ^ % !"
        )
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *command[1:],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environ,
        )
    except OSError as error:
        raise ExternalSourceError(f"{command[0]} could not be started: {error.strerror}") from error
    try:
        async with asyncio.timeout(TIMEOUT_S):
            said, complaint = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise ExternalSourceError(f"{command[0]} did not end within {TIMEOUT_S:g} s") from error
    if process.returncode:
        last = complaint.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise ExternalSourceError(f"{command[0]} ended with {process.returncode}: {last[0][:200]}")
    return said.decode(errors="replace")
