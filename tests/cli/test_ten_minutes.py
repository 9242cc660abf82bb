"""From an empty folder to a green run, as a person without code does it: init, record, lint, run.

The recording is real: a Chromium with windows on a virtual display, and mouse and keyboard events
sent to it through its own debugging port, which a wrapper script opens.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest
from playwright.sync_api import Page, sync_playwright

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from validator.demo import Demo

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and CHROMIUM),
        reason="a recording needs Xvfb and a Chromium with windows: apt-get install xvfb chromium",
    ),
]
CARD = "4111 1111 1111 1111"
RECORDED = """\
# yaml-language-server: $schema=../schemas/scenario.schema.json
# Recorded. Check by hand that no element is named by a price, a date or a number that
# changes, and that the confirmation and what is expected hold for every run.
name: Guest pays by card
labels: [smoke]  # what the pipeline of cn-validator init runs
base_url: SHOP
secrets: [CARD_NUMBER, CARD_CVC]  # from the environment or .env
vars:
  email: qa@example.test
  full_name: Alba Serra
  street_and_number: Calle del Faro 7
  postcode: "43840"
  city: Salou
  expiry_date: "12/30"
  name_on_card: Alba Serra
steps:
  - goto: /products/hoodie
  - click: {role: button, name: Accept cookies}
    optional: true
  - click: {role: button, name: Add to basket}
  - click: {role: link, name: Go to checkout}
  - fill: {role: textbox, name: E-mail, value: "${email}"}
  - fill: {role: textbox, name: Full name, value: "${full_name}"}
  - fill: {role: textbox, name: Street and number, value: "${street_and_number}"}
  - fill: {role: textbox, name: Postcode, value: "${postcode}"}
  - fill: {role: textbox, name: City, value: "${city}"}
  - select: {label: Country, option: Spain}
  - click: {role: button, name: Continue to shipping}
  - check: {role: radio, name: Standard}
  - click: {role: button, name: Continue to payment}
  - check: {role: radio, name: Credit card}
  - click: {role: button, name: Review your order}
  - click: {role: button, name: Place order}
  - payment:
      at: BANK/**
      steps:
        - fill: {role: textbox, name: Card number, value: "${secret.CARD_NUMBER}"}
        - fill: {role: textbox, name: Expiry date, value: "${expiry_date}"}
        - fill: {role: textbox, name: CVC, value: "${secret.CARD_CVC}"}
        - fill: {role: textbox, name: Name on card, value: "${name_on_card}"}
        - click: {role: button, name: Pay}
      return: automatic
confirmation: {url: "**/order-confirmation/*"}
expect:
  cn_purchase:  # what the tag had at the recording: is it what the customer was shown?
    total_quantity: "1"
    total_price: "TOTAL"
"""


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen of its own."""
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1280x1000x24",
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
        server.terminate()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@dataclass(frozen=True, slots=True)
class Windowed:
    """A Chromium with windows on a display, that also listens to a debugger on a port."""

    browser: Path
    port: int
    display: str


@pytest.fixture
def windowed(tmp_path_factory: pytest.TempPathFactory, port: int, display: str) -> Windowed:
    script = tmp_path_factory.mktemp("browser") / "chromium"
    script.write_text(f'#!/bin/sh\nexec {CHROMIUM} "$@" --remote-debugging-port={port}\n')
    script.chmod(0o755)
    return Windowed(script, port, display)


def until(stream: IO[str], words: str) -> list[str]:
    """Read what a command prints, up to a line with some words."""
    lines: list[str] = []
    for line in stream:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f'it ended without saying "{words}": {"".join(lines)}')


def buy(page: Page) -> None:
    """Click and type through the shop's checkout, as a person does.

    A person does not click within the moment that a new page needs to be listened to; the
    recorder's glass over the page tells that it is.
    """

    def is_heard() -> None:
        page.wait_for_function("document.querySelector('x-pw-glass')")

    def click(role: str, name: str) -> None:
        is_heard()
        page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]  # a role

    def type_into(**fields: str) -> None:
        for name, text in fields.items():
            page.get_by_label(name.replace("_", " ")).click()
            page.keyboard.type(text)

    click("button", "Accept cookies")
    click("button", "Add to basket")
    page.wait_for_url("**/basket")
    click("link", "Go to checkout")
    page.wait_for_url("**/address")
    is_heard()
    page.get_by_label("E-mail").click()
    page.keyboard.type("qa@example.test")
    type_into(Full_name="Alba Serra", Street_and_number="Calle del Faro 7")
    type_into(Postcode="43840", City="Salou")
    page.get_by_label("Country").focus()
    page.keyboard.type("Spain")
    click("button", "Continue to shipping")
    page.wait_for_url("**/shipping")
    is_heard()
    page.get_by_label("Standard").click()
    click("button", "Continue to payment")
    page.wait_for_url("**/payment")
    is_heard()
    page.get_by_label("Credit card").click()
    click("button", "Review your order")
    page.wait_for_url("**/review")
    click("button", "Place order")
    page.wait_for_url("**/pay?*")
    is_heard()
    type_into(Card_number=CARD, Expiry_date="12/30", CVC="123", Name_on_card="Alba Serra")
    with page.expect_response("**/scrippet-notification/**"):
        click("button", "Pay")


def record(folder: Path, demo: Demo, windowed: Windowed) -> str:
    """Record a checkout; return what the command printed."""
    command = ["record", f"{demo.shop_url}/products/hoodie", "--name", "Guest pays by card"]
    into = ["--output", "scenarios/card.yaml", "--browser", str(windowed.browser)]
    with (
        subprocess.Popen(
            [sys.executable, "-m", "validator", *command, *into],
            cwd=folder,
            env=os.environ | {"DISPLAY": windowed.display},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as recording,
        sync_playwright() as playwright,
    ):
        assert recording.stdout is not None
        said = until(recording.stdout, "goto ")
        running = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{windowed.port}")
        (page,) = (page for context in running.contexts for page in context.pages)
        buy(page)
        said += until(recording.stdout, "this page has the cn_purchase tag")
        page.close()
        said += recording.stdout.readlines()
        assert recording.wait(timeout=30) == 0, "".join(said)
    return "".join(said)


def test_a_recorded_checkout_is_readable_and_runs_green(
    cli: Cli, tmp_path: Path, demo: Demo, windowed: Windowed
) -> None:
    assert cli("init", demo.shop_url).code == 0
    received = demo.received()
    said = record(tmp_path, demo, windowed)
    assert demo.received() == received, "no order of a recording reaches Connectif"
    assert re.search(
        r"/order-confirmation/\S+ has the cn_purchase tag. Connectif would record:\n"
        r"  purchase \S+, total [\d.]+, quantity 1, products 1\n$",
        said,
    )
    assert "Set CARD_NUMBER, CARD_CVC in the environment" in said
    assert not re.search(r"4111|qa@example", said), "what was typed is not shown"

    text = (tmp_path / "scenarios" / "card.yaml").read_text()
    said_total = re.search(r"total ([\d.]+),", said)
    assert said_total
    written = RECORDED.replace("TOTAL", said_total[1]).replace("BANK", demo.payment_url)
    assert text == written.replace("SHOP", demo.shop_url)

    linted = cli("lint", "--strict")
    assert (linted.code, linted.out) == (0, "nothing wrong in 4 files\n")
    ran = cli("run", CARD_NUMBER=CARD, CARD_CVC="123")
    assert ran.code == 0, ran.out
    assert "2 passed" in ran.out
