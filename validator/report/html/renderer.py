"""Renders the HTML report. Text of a page is sanitized, then escaped, wherever it is shown."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from validator.core.document import Location
from validator.core.result import Report
from validator.core.urls import is_web_url, shorten_url
from validator.report import formatting
from validator.report.field_table import is_recorded_otherwise
from validator.report.html.pictures import EvidenceEmbedder
from validator.report.html.view_model import (
    build_card,
    build_matrices,
    build_overview,
    find_open_cards,
    group_problems,
)
from validator.report.sanitize import sanitize

TEMPLATES = Path(__file__).parent / "templates"
MAX_TEXT_CHARS = 4_000
MAX_JSON_CHARS = 20_000


def render(report: Report, folder: Path) -> str:
    """Return the page of a report that is to be kept in ``folder``."""
    album = EvidenceEmbedder(folder)
    style, script = (read_asset(TEMPLATES / name) for name in ("report.css", "report.js"))
    cards = [
        build_card(index, result, album) for index, result in enumerate(report.results, start=1)
    ]
    page: str = (
        build_environment(TEMPLATES)
        .get_template("report.html.j2")
        .render(
            report=report,
            outline=build_overview(report),
            context=tuple(formatting.context_facts(report.context)),
            order_ids="\n".join(each.purchase_id for each in report.orders if each.purchase_id),
            problems=group_problems(cards),
            matrices=build_matrices(cards),
            cards=cards,
            opened=set(find_open_cards(cards)),
            style=style,
            script=script,
            policy=content_security_policy(style, script),
        )
    )
    return page + "\n"


def read_asset(file: Path) -> Markup:
    """Return a style or a script of this program, which has no text of a page in it."""
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704 - see above


def content_security_policy(style: str, script: str) -> Markup:
    """Return a Content-Security-Policy that allows only this style and this script.

    Each is on lines of its own in its element.
    """
    hashes = (
        b64encode(sha256(f"\n{part}\n".encode()).digest()).decode() for part in (style, script)
    )
    style_hash, script_hash = hashes
    return Markup(  # noqa: S704 - digests of files of this package
        f"default-src 'none'; img-src data:; style-src 'sha256-{style_hash}'; "
        f"script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'"
    )


def build_environment(*folders: Path) -> Environment:
    """Return an environment whose templates escape and sanitize all text."""
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_sanitize_value,
    )
    environment.filters.update(
        duration=formatting.format_duration,
        field_name=formatting.format_field,
        recorded=formatting.format_recorded,
        surprising=is_recorded_otherwise,
        pretty=_format_json,
        short=shorten_url,
        sentence=_capitalize,
        base=_file_and_line,
        linked=_link_addresses,
    )
    environment.tests["surprising"] = is_recorded_otherwise
    # An address of a page is linked only if a browser opens it as a page.
    environment.tests["web_url"] = is_web_url
    environment.globals["recorder"] = formatting.format_recorder
    environment.globals["order_unknown"] = formatting.ORDER_UNKNOWN
    return environment


def _sanitize_value(value: Any) -> Any:
    """Escape invisible and reordering characters, except in markup of this package."""
    return (
        sanitize(value, MAX_TEXT_CHARS)
        if isinstance(value, str) and not _is_markup(value)
        else value
    )


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _link_addresses(text: str) -> Markup:
    """Return a text with its web addresses as links."""
    parts = re.split(r"(https?://[^\s;,)]+)", sanitize(text, MAX_TEXT_CHARS))
    return Markup().join(
        Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(part) if index % 2 else part
        for index, part in enumerate(parts)
    )


def _file_and_line(place: Location) -> str:
    """Return ``guest-address.yaml:6``, without the folders."""
    name = place.source.replace("\\", "/").rpartition("/")[2]
    return f"{name}:{place.line}" if place.line else ""


def _is_markup(value: str) -> bool:
    return isinstance(value, Markup)


def _format_json(value: Any) -> Markup:
    """Return JSON on several lines, each sanitized."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=dict)
    lines = text[:MAX_JSON_CHARS].split("\n")
    shown = [sanitize(line, MAX_TEXT_CHARS) for line in lines]
    if len(text) > MAX_JSON_CHARS:
        shown.append("…")
    return Markup("\n").join(shown)
