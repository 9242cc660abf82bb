"""No output of a command has a character that a terminal obeys or that hides text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.cli import COMMANDS
from validator.report import FORMATS

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

OBEYED = "a\x1b]0;title\x07b\x1b[2Jc\x9b31md\u0085e\u202ef\u2066g\u200eh\u061ci\x7fj"
"""Sequences with ESC, characters of C0 and C1, and characters that reverse or hide text."""

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)

PAGE = f"""<title>x</title><div class="cn_purchase" style="display:none">
<span class="purchase_id">{OBEYED}</span><span class="total_price">{OBEYED}</span>
<span class="{OBEYED}">{OBEYED}</span></div>"""

SCENARIO = {
    "name": OBEYED,
    "labels": [OBEYED],
    "base_url": "http://shop.test",
    "vars": {"x": OBEYED},
    "headers": {"x-a": "b"},
    "steps": [{"goto": "/", "name": OBEYED}],
    "confirmation": {"css": OBEYED},
    "expect": {"cn_purchase": {"total_price": OBEYED}},
}

CONFIGURATION = {
    "environments": {OBEYED: {"base_url": "http://shop.test"}},
    "label_sets": {OBEYED: [OBEYED]},
}


@pytest.fixture
def project(tmp_path: Path) -> None:
    """Files with such characters wherever a stranger could put them."""
    (tmp_path / "scenarios").mkdir()
    files = {
        "page.html": PAGE,
        f"page-{OBEYED}.html": PAGE,
        "scenarios/a.yaml": json.dumps(SCENARIO),
        f"scenarios/b-{OBEYED}.yaml": json.dumps(SCENARIO),
        "cn-validator.yaml": json.dumps(CONFIGURATION),
        "wrong.yaml": json.dumps({OBEYED: 1, "name": 5, "steps": [{OBEYED: "x"}]}),
        "unread.yaml": f"name: [{OBEYED}",
        "o.csv": f"order_id,total,date\n1{OBEYED},5,2026-01-01\n2,6,2026-01-01\n",
        "r.csv": f"purchase_id,total,date\n2,7{OBEYED},2026-01-01\n",
        "tag.json": json.dumps({"title": OBEYED, "type": "object", "description": OBEYED}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")


def commands() -> Iterator[tuple[str, ...]]:
    yield from [(name, OBEYED) for name in COMMANDS if name not in ("init", "demo")]
    yield from [(name, f"--{OBEYED}") for name in COMMANDS]
    yield from [("check", "page.html", "--report", kind) for kind in FORMATS]
    yield from (
        (OBEYED,),
        ("check", f"page-{OBEYED}.html", "page.html"),
        ("check", "page.html", "--quiet"),
        ("check", "page.html", "--show-recorded"),
        ("check", "page.html", "--tag", OBEYED),
        ("check", "page.html", "--rule", f"{OBEYED}=off"),
        ("check", "page.html", "--schema", OBEYED),
        ("check", "page.html", "--schema", "tag.json"),
        ("check", "page.html", "--report", OBEYED),
        ("check", "page.html", "--report", f"json={OBEYED}.json"),
        ("run", "--list"),
        ("run", "--label", OBEYED, "--list"),
        ("run", "--env", OBEYED, "--list"),
        ("run", "--env", f"x{OBEYED}"),
        ("run", "--label-set", f"x{OBEYED}"),
        ("run", "-k", f"x{OBEYED}"),
        ("run", "wrong.yaml"),
        ("run", "unread.yaml"),
        ("lint",),
        ("lint", "wrong.yaml", "unread.yaml"),
        ("lint", "wrong.yaml", "--report", "json"),
        ("config",),
        ("config", "scenarios/a.yaml"),
        ("config", "scenarios/a.yaml", "--report", "json"),
        ("schema", "tag.json"),
        ("report", "page.html"),
        ("import", "page.html"),
        ("diff", "page.html", OBEYED),
        ("reconcile", "o.csv", "r.csv"),
        ("reconcile", "o.csv", "r.csv", "--report", "json"),
        ("backfill", "o.csv"),
        ("init", f"shop {OBEYED}"),
        ("demo", "--break", OBEYED),
        ("browser", "install", OBEYED),
        ("doctor", "--browser", OBEYED),
    )


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "command", list(commands()), ids=lambda c: " ".join(c).replace(OBEYED, "…")
)
def test_no_command_prints_a_character_that_a_terminal_obeys(
    cli: Cli, command: tuple[str, ...]
) -> None:
    done = cli(*command)
    assert done.code in (0, 1, 2, 3)
    # Lines of CSV end in CR and LF: https://www.rfc-editor.org/rfc/rfc4180
    printed = (done.out + done.err).replace("\r\n", "\n")
    assert not UNSAFE.findall(printed)


@pytest.mark.usefixtures("project")
def test_the_list_of_scenarios_shows_such_characters_as_escapes(cli: Cli) -> None:
    assert r"a\x1b]0;title\x07b\x1b[2Jc" in cli("run", "--list").out
