"""Text of a page that UTF-8 cannot express: half of a character, wherever the page may put it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.report import FORMATS

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

pytestmark = pytest.mark.browser

HALF = "a\\ud800b"
TAG = '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">{}</b></div>'
PLACES = {
    "text": "p.textContent = half",
    "title": "document.title = half",
    "attribute": "p.title = half; p.id = half",
    "comment": "document.body.append(new Comment(half + '<b class=\"cn_purchase\">'))",
    "tag": f"document.body.innerHTML += `{TAG}`.replace('{{}}', half)",
    "textarea": "document.body.innerHTML += '<textarea>'; "
    "document.querySelector('textarea').value = half + '<i class=\"cn_purchase\">'",
    "console": "console.error(half)",
    "error": "setTimeout(() => { throw new Error(half) })",
    "dialog": "alert(half)",
    "storage": "localStorage.x = half",
    "sent": "fetch('/integration-type/system/scrippet-notification/1', {method: 'POST', body: "
    'JSON.stringify({events: [{type: "purchase", purchase: {purchaseId: half}}]})})',
    "configuration": "window.connectifConfiguration = {token: half, allowedDomains: [half]}",
    "address": "history.pushState({}, '', '?' + half)",
    "class": "p.className = 'cn_purchase ' + half",
    "shadow": "p.attachShadow({mode: 'open'}).innerHTML = '<i class=cn_purchase>' + half",
    "frame": "document.body.innerHTML += '<iframe>'; "
    "document.querySelector('iframe').contentDocument.body.innerHTML = "
    "'<i class=cn_purchase>' + half",
}  # fmt: skip


def page(script: str) -> str:
    return (
        "<!doctype html><meta charset=utf-8><h1>Thanks</h1><p>x</p>"
        f'<script>const p = document.querySelector("p"), half = "{HALF}"; {script}</script>'
    )


def write_scenario(folder: Path, name: str, url: str, *steps: object) -> None:
    scenario = {
        "name": name,
        "base_url": url,
        "timeout": "2s",
        "steps": [{"goto": f"/{name}"}, *steps],
        "confirmation": {"css": "h1"},
        "expect": {"cn_purchase": "none", "within": "200ms"},
    }
    (folder / f"{name}.yaml").write_text(json.dumps(scenario))


def test_half_a_character_anywhere_in_a_page_ends_no_run(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    for name, script in PLACES.items():
        site.page(f"/{name}", page(script))
        write_scenario(tmp_path, name, site.url)
    files = [f"{name}.yaml" for name in PLACES]
    kinds = [kind for kind in FORMATS if kind not in ("terminal", "github")]
    reports = [part for kind in kinds for part in ("--report", f"{kind}=r.{kind}")]
    done = cli("run", *files, "--evidence", "always", "--history", "h.db", *reports)
    assert "internal error" not in done.err
    assert done.code in (0, 1, 3), done.err
    results = json.loads((tmp_path / "r.json").read_text())["results"]
    verdicts = {result["subject"]: result["verdict"] for result in results}
    assert "broken" not in verdicts.values(), verdicts
    assert list(verdicts) == list(PLACES)
    for kind in kinds:
        (tmp_path / f"r.{kind}").read_bytes().decode()
    for result in results:
        kept = {Path(each["path"]).name for each in result["outcome"]["evidence"]}
        assert kept >= {"end.png", "end.html"}
        json.dumps(result, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"expect": {"css": "p", "text": "y"}}, 'the page says "a\ufffdb"'),
        ({"click": {"text": "nothing"}}, "no such element"),
        ({"save": {"x": {"css": "i"}}}, "no such element"),
        ({"evaluate": "() => { throw new Error('a\\ud800b') }"}, "a\ufffdb"),
        ({"evaluate": "() => { throw '' }"}, "evaluate"),
    ],
)
def test_half_a_character_in_a_failed_step_is_shown_as_a_mark(
    cli: Cli, site: Site, tmp_path: Path, step: dict[str, object], message: str
) -> None:
    button = 'document.body.insertAdjacentHTML("beforeend", `<button>${half}</button>`)'
    site.page("/s", page(f"p.textContent = half; {button}"))
    write_scenario(tmp_path, "s", site.url, step)
    done = cli("run", "s.yaml", "--report", "json=r.json")
    assert done.code == 3, done.err
    (result,) = json.loads((tmp_path / "r.json").read_text())["results"]
    assert message in result["outcome"]["message"]


def test_half_a_character_is_saved_as_a_mark(cli: Cli, site: Site, tmp_path: Path) -> None:
    site.page("/s", page("p.textContent = half"))
    write_scenario(
        tmp_path, "s", site.url, {"save": {"x": {"css": "p"}}},
        {"evaluate": {"script": "() => 'a\\udfff'", "save": "y"}},
    )  # fmt: skip
    assert cli("run", "s.yaml", "--report", "json=r.json").code == 0
    (result,) = json.loads((tmp_path / "r.json").read_text())["results"]
    assert result["outcome"]["saved"] == {"x": "a\ufffdb", "y": "a\ufffd"}


def test_a_file_whose_name_is_no_text_is_reported(cli: Cli, tmp_path: Path) -> None:
    name = "bad\udcff.html"
    (tmp_path / name).write_text(TAG)
    kinds = [kind for kind in FORMATS if kind not in ("terminal", "github")]
    reports = [part for kind in kinds for part in ("--report", f"{kind}=r.{kind}")]
    done = cli("check", name, *reports)
    assert done.code == 1, done.err
    for kind in kinds:
        (tmp_path / f"r.{kind}").read_bytes().decode()
