"""Kinds of option values, and the options that check and run share."""

from __future__ import annotations

import functools
import os
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from validator.core.evidence_options import EvidenceOptions, KeepWhen
from validator.core.page_options import LANGUAGE_TAG, MAX_PIXELS, UNSAFE_HEADER
from validator.core.urls import is_web_url
from validator.scenario.syntax.durations import parse_duration

Command = TypeVar("Command", bound=Callable[..., Any])


MAX_DURATION_MS = 24 * 60 * 60 * 1000
"""A longer wait is a slip of the keyboard."""


class DurationType(click.ParamType[Any]):
    """``500ms``, ``5s``, ``1m``, as in scenarios; milliseconds once parsed."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        parsed = parse_duration(value)
        if not parsed:
            self.fail(f'"{value}" is no duration: write 500ms, 5s or 1m', param, ctx)
        if parsed > MAX_DURATION_MS:
            self.fail(f'"{value}" is more than a day: write 500ms, 5s or 1m', param, ctx)
        return parsed


class PairType(click.ParamType[Any]):
    """Two texts with a separator between them, as HTTP allows them in a header.

    ``first`` and ``second`` are what each of them must match.
    """

    def __init__(self, separator: str, example: str, first: str, second: str) -> None:
        self.separator = separator
        self.parts = (re.compile(first, re.ASCII), re.compile(second))
        self.name = example

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        first, found, second = (part.strip(" ") for part in str(value).partition(self.separator))
        is_first, is_second = self.parts
        if not (found and is_first.fullmatch(first) and is_second.fullmatch(second)):
            # The value may be a secret: the message names its form, not what was typed.
            self.fail(f"expected {self.name}, in characters that HTTP headers may have", param, ctx)
        return first, second


class HeaderType(PairType):
    """A header that may be added: not one that Chromium writes itself and lets nobody change."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        pair = super().convert(value, param, ctx)
        if UNSAFE_HEADER.fullmatch(pair[0]):
            self.fail(f"{pair[0]} is written by the browser itself: leave it out", param, ctx)
        return pair


_HEADER_NAME = r"[!#$%&'*+.^_`|~\w-]+"
HEADER = HeaderType(":", "NAME: VALUE", _HEADER_NAME, r"[\x20-\x7e\x80-\xff]*")
COOKIE = PairType("=", "NAME=VALUE", _HEADER_NAME, r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
CREDENTIALS = PairType(":", "USER:PASSWORD", r"[^:]+", r".*")


class PatternType(click.ParamType[Any]):
    """A text of a certain form; ``example`` shows it."""

    def __init__(self, name: str, form: str, example: str) -> None:
        self.name = name
        self.form = re.compile(form, re.ASCII)
        self.example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not self.form.fullmatch(value):
            self.fail(f'"{value}" is no {self.name}: write it as in {self.example}', param, ctx)
        return str(value)


TAG = PatternType("class name", r"[A-Za-z_][\w-]*", "cn_purchase")
LOCALE = PatternType("language tag", LANGUAGE_TAG, "es-ES")
USER_AGENT = PatternType("user agent", r"[\x20-\x7e]+", '"my-tests/1.0"')


class UrlType(click.ParamType[Any]):
    """An http(s) URL."""

    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_web_url(value):
            self.fail(f'"{value}" is no URL: write it as in https://shop.example', param, ctx)
        return str(value)


class FaultChoice(click.Choice[Any]):
    """A choice among many: a wrong one is answered with the nearest, not with all of them."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.choices:
            near = get_close_matches(str(value), [str(choice) for choice in self.choices], n=1)
            meant = f": did you mean {near[0]}?" if near else "; --help lists them."
            self.fail(f'there is no fault "{value}"{meant}', param, ctx)
        return super().convert(value, param, ctx)


class ViewportType(click.ParamType[Any]):
    """``1280x720``: width and height in CSS pixels."""

    name = "WIDTHxHEIGHT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        width, _, height = str(value).lower().partition("x")
        sides = [int(side) if re.fullmatch(r"[0-9]{1,5}", side) else 0 for side in (width, height)]
        if not all(0 < side <= MAX_PIXELS for side in sides):
            self.fail(f'"{value}" is no viewport: write 1280x720', param, ctx)
        return sides[0], sides[1]


def browser_options(command: Command) -> Command:
    """Add the options that say which browser runs, and how many pages at once."""
    for option in (
        click.option("--headed", is_flag=True, help="Show the browser's window."),
        click.option(
            "--browser",
            metavar="PATH",
            help="The Chromium, Chrome or Edge to use. `cn-validator doctor` says which one "
            "is found without this.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(1, 64),
            default=default_workers(),
            show_default=True,
            envvar="CN_VALIDATOR_WORKERS",
            help="How many pages at once.",
        ),
    ):
        command = option(command)
    return command


def evidence_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is kept, and ``evidence: EvidenceOptions`` in their place."""

    @click.option(
        "--evidence",
        "when",
        type=click.Choice([str(when) for when in KeepWhen]),
        default=str(KeepWhen.ON_FAILURE),
        show_default=True,
        help="For which results a picture, the page's HTML and what was recorded are kept.",
    )
    @click.option(
        "--trace/--no-trace",
        default=False,
        show_default=True,
        help="Record a Playwright trace and all requests (HAR) too, secrets hidden.",
    )
    @click.option("--video", is_flag=True, help="Record a video too.")
    @functools.wraps(command)
    def with_evidence(*args: Any, when: str, trace: bool, video: bool, **kwargs: Any) -> Any:
        evidence = EvidenceOptions(KeepWhen(when), trace=trace, video=video)
        return command(*args, evidence=evidence, **kwargs)

    return with_evidence


def default_workers() -> int:
    """Checkouts wait more than they compute, so a core serves several; benchmarks/ measures it."""
    return min(16, 4 * (os.cpu_count() or 1))


def new_run_id() -> str:
    """Return an id that sorts by time and is safe in e-mail addresses and file names."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
