"""Fills in the template. Whatever a page said is made visible, then escaped, wherever it stands."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from validator.core.document import Location
from validator.core.result import Report
from validator.core.urls import short
from validator.report import wording
from validator.report.field_table import is_surprising
from validator.report.html.pictures import Album
from validator.report.html.view import card, matrices, opened, outline, problems
from validator.report.sanitize import visible

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_TEXT = 4_000
LONGEST_JSON = 20_000


def render(report: Report, folder: Path) -> str:
    """Return the page of a report that is to be kept in ``folder``."""
    album = Album(folder)
    style, script = (_part(name) for name in ("report.css", "report.js"))
    cards = [card(index, result, album) for index, result in enumerate(report.results, start=1)]
    page: str = (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            outline=outline(report),
            problems=problems(cards),
            matrices=matrices(cards),
            cards=cards,
            opened=set(opened(cards)),
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )
    return page + "\n"


def _part(name: str) -> Markup:
    # Our own files, and no text of a page: nothing is filled in there.
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 - see above


def _policy(style: str, script: str) -> Markup:
    """Return a Content-Security-Policy under which only this style and this script have effect."""
    hashes = (
        b64encode(sha256(f"\n{part}\n".encode()).digest()).decode() for part in (style, script)
    )
    style_hash, script_hash = hashes
    return Markup(  # noqa: S704 - digests of our own files
        f"default-src 'none'; img-src data:; style-src 'sha256-{style_hash}'; "
        f"script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'"
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(
        duration=wording.duration,
        field_name=wording.field_name,
        recorded=wording.recorded_text,
        surprising=is_surprising,
        pretty=_pretty,
        short=short,
        sentence=_sentence,
        base=_base,
    )
    environment.tests["surprising"] = is_surprising
    return environment


def _shown(value: Any) -> Any:
    """Show what is invisible or would reorder the text. What is markup already is ours."""
    return visible(value, LONGEST_TEXT) if isinstance(value, str) and not _is_ours(value) else value


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _base(place: Location) -> str:
    """``guest-address.yaml:6``: which file it is, the folders being known."""
    name = place.source.replace("\\", "/").rpartition("/")[2]
    return f"{name}:{place.line}" if place.line else ""


def _is_ours(value: str) -> bool:
    return isinstance(value, Markup)


def _pretty(value: Any) -> Markup:
    """JSON on several lines, each of them as visible as any other text."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=dict)
    lines = text[:LONGEST_JSON].split("\n")
    shown = [visible(line, LONGEST_TEXT) for line in lines]
    if len(text) > LONGEST_JSON:
        shown.append("…")
    return Markup("\n").join(shown)
