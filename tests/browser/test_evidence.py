"""What is kept of a run shows what happened, and none of what must not be seen."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.conftest import Site, _serve
from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.launch import build_launch
from validator.core.capture import Evidence
from validator.core.evidence_options import EvidenceOptions, KeepWhen
from validator.core.page_options import PageOptions
from validator.core.result import Report, Result
from validator.run.options import RunOptions
from validator.run.runner import run_scenarios
from validator.scenario.load import load_scenarios

pytestmark = pytest.mark.browser

PASSWORD = 'S3cr&t "påss"+<wörd>/%'  # noqa: S105 - it is planted
CARD = "4539 1488 0343 6467"
TOKEN = "staging-token-51f0c2"  # noqa: S105 - likewise
COOKIE = "c00kie-value-7f3a9c"
KEY = "gate-Key-77!"
CVC = "8264"
EXPIRY = "11/31"

SCENARIO = """
name: Somebody pays
base_url: {shop}
secrets: [PASSWORD, CARD_NUMBER]
steps:
  - goto: /login
  - fill: {{label: Password, value: "${{secret.PASSWORD}}"}}
  - click: {{role: button, name: Log in}}
  - payment:
      at: {bank}/**
      steps:
        - fill: {{label: Number, value: "${{secret.CARD_NUMBER}}"}}
        - fill: {{label: Security, value: "{cvc}"}}
        - fill: {{label: Until, value: "{expiry}"}}
        - click: {{role: button, name: Pay}}
      return: automatic
confirmation: {{url: "**/thanks"}}
expect:
  cn_purchase: {{}}
"""


class Nobody:
    """Progress that nobody looks at."""

    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...


def run(folder: Path, text: str, evidence: EvidenceOptions, **page: object) -> Result:
    """Run one scenario; its evidence goes below ``folder``."""
    file = folder / "s.yaml"
    file.write_text(text, encoding="utf-8")
    environ = {"PASSWORD": PASSWORD, "CARD_NUMBER": CARD}
    scenarios = load_scenarios([file], environ=environ, run_id="r1")
    options = RunOptions(
        "r1",
        folder / "out",
        evidence=evidence,
        page=PageOptions(**page),  # type: ignore[arg-type]
        force_live=True,
    )
    report: Report = run_scenarios(scenarios, options, Nobody())
    return report.results[0]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A checkout that goes wrong at its end, with secrets wherever a shop may put one."""
    folder = tmp_path_factory.mktemp("evidence")
    with serving("127.0.0.1") as shop, serving("localhost") as bank:
        pages(shop, bank)
        text = SCENARIO.format(shop=shop.url, bank=bank.url, cvc=CVC, expiry=EXPIRY)
        result = run(
            folder,
            text,
            EvidenceOptions(trace=True),
            headers={"X-Staging-Token": TOKEN, "Authorization": f"Bearer {KEY}"},
        )
        assert any(sent.get("x-staging-token") == TOKEN for _, sent in shop.seen)
    return result, folder / "out"


@contextmanager
def serving(host: str) -> Iterator[Site]:
    yield from _serve(host)


def pages(shop: Site, bank: Site) -> None:
    shop.page(
        "/login",
        f"""<meta charset=utf-8><form action="/account" method="post">
        <label>Password <input name="password"></label><button>Log in</button></form>
        <script>document.cookie = "seen=short1"; console.error({json.dumps(PASSWORD)});</script>""",
        set_cookie=f"session={COOKIE}; Path=/; HttpOnly",
    )
    shop.page(
        "/account",
        f"""<meta charset=utf-8><p id=p>{html.escape(PASSWORD)}</p>
        <a href="/x?password={quote(PASSWORD)}&again={quote_plus(PASSWORD)}">x</a>
        <i data-b="{base64.b64encode(PASSWORD.encode()).decode()}"></i>
        <script>localStorage.setItem("p", {json.dumps(PASSWORD)});
        const body = JSON.stringify({{password: {json.dumps(PASSWORD)}}});
        const go = () => {{ location = "{bank.url}/pay"; }};
        fetch("/log", {{method: "POST", body}}).finally(go);</script>""",
    )
    bank.page(
        "/pay",
        """<meta charset=utf-8><form action="/paid" method="post">
        <label>Number <input name="pan" autocomplete="cc-number"></label>
        <label>Security <input name="code"></label><label>Until <input name="until"></label>
        <button>Pay</button></form>""",
    )
    bank.page(
        "/paid", f"<p>{CARD.replace(' ', '')}</p><script>location = '{shop.url}/thanks'</script>"
    )
    shop.page(
        "/thanks",
        f"""<meta charset=utf-8><h1>Thanks</h1><p>{html.escape(PASSWORD)}</p>
        <!-- {CARD} --><div class="cn_purchase" style="display:none"><b class="purchase_id">7</b>
        <span class="total_price">1,5</span></div><p>Below</p>
        <script>window.ran = 1</script>""",
    )
    shop.page("/log", "{}")


def artifacts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that was kept, and every entry of those that are archives."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
            if path.suffix == ".zip":
                with ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield f"{path.name}/{name}", archive.read(name) + name.encode()


def forms(secret: str) -> set[bytes]:
    """A secret as it is, URL-encoded, escaped for HTML and JSON, in base64."""
    texts = {
        secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret),
        html.escape(secret, quote=False), json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(json.dumps(secret))[3:-3],
        secret.replace(" ", ""), secret.replace(" ", "+"),
    }  # fmt: skip
    for before in range(3):
        coded = base64.b64encode(b"x" * before + secret.encode()).decode()
        texts.add(coded[(before * 8 + 5) // 6 : (before + len(secret.encode())) * 8 // 6])
    return {text.encode(code) for text in texts for code in ("utf-8", "utf-16-le")}


@pytest.mark.parametrize("secret", [PASSWORD, CARD, TOKEN, COOKIE, KEY])
def test_no_byte_of_any_file_shows_a_planted_secret(kept: tuple[Result, Path], secret: str) -> None:
    _, folder = kept
    searched = dict(artifacts(folder))
    assert len(searched) > 12
    found = [
        (name, form)
        for name, content in searched.items()
        for form in forms(secret)
        if form in content
    ]
    assert found == []


@pytest.mark.parametrize("typed", [CVC, EXPIRY, quote(EXPIRY, safe="")])
def test_what_was_typed_to_pay_is_nowhere(kept: tuple[Result, Path], typed: str) -> None:
    alone = re.compile(rb'["=>]%s["&<]' % re.escape(typed.encode()))
    assert [name for name, content in artifacts(kept[1]) if alone.search(content)] == []


def test_the_search_would_have_found_them(kept: tuple[Result, Path]) -> None:
    """What stands in their place shows that they were there."""
    hidden = {name: content.count(b"[secret]") for name, content in artifacts(kept[1])}
    assert hidden["01-s/end.html"] >= 2
    assert hidden["01-s/requests.har"] >= 5
    assert hidden["trace.zip/trace.trace"] >= 5


def test_each_kind_of_evidence_has_its_stable_name(kept: tuple[Result, Path]) -> None:
    result, folder = kept
    evidence = result.outcome.evidence
    assert [(each.kind, Path(each.path).relative_to(folder)) for each in evidence] == [
        ("screenshot", Path("01-s/end.png")),
        ("html", Path("01-s/end.html")),
        ("trace", Path("01-s/trace.zip")),
        ("har", Path("01-s/requests.har")),
    ]  # fmt: skip


def evidence_of(result: Result, kind: str) -> Evidence:
    return next(each for each in result.outcome.evidence if each.kind == kind)


def test_the_picture_says_where_the_invisible_tag_stands(kept: tuple[Result, Path]) -> None:
    picture = evidence_of(kept[0], "screenshot")
    size = struct.unpack(">II", Path(picture.path).read_bytes()[16:24])
    assert size == (picture.width, picture.height)
    [mark] = picture.marks
    assert mark.css.endswith("div")
    assert not mark.shown
    assert (mark.height, mark.width > 500) == (0, True)
    assert 60 < mark.y < picture.height


def test_the_kept_page_does_nothing_when_it_is_opened(
    kept: tuple[Result, Path], browser_path: Path
) -> None:
    page_file = Path(evidence_of(kept[0], "html").path)
    assert "window.ran = 1" in page_file.read_text(encoding="utf-8")
    with chromium(browser_path) as browser:
        page = browser.new_page()
        page.goto(page_file.as_uri())
        assert page.locator("h1").inner_text() == "Thanks"
        assert page.evaluate("window.ran") is None


def test_the_har_is_read_by_a_browser(kept: tuple[Result, Path], browser_path: Path) -> None:
    har = Path(evidence_of(kept[0], "har").path)
    entries = json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]
    posts = [entry["request"] for entry in entries if entry["request"]["method"] == "POST"]
    assert {post["postData"]["text"] for post in posts} >= {
        "pan=[secret]&code=[secret]&until=[secret]"
    }
    with chromium(browser_path) as browser:
        page = browser.new_page()
        page.route_from_har(har, not_found="abort")
        address = next(
            e["request"]["url"] for e in entries if e["request"]["url"].endswith("/thanks")
        )
        answer = page.goto(address)
        assert answer
        assert answer.status == 200


@contextmanager
def chromium(path: Path):  # type: ignore[no-untyped-def]  # Playwright's own types
    with sync_playwright() as playwright:
        launch = build_launch(find_browser(str(path), {}, headed=False), headed=False)
        browser = playwright.chromium.launch(**launch.arguments)
        yield browser
        browser.close()


def test_the_trace_opens_in_playwrights_viewer(
    kept: tuple[Result, Path], browser_path: Path
) -> None:
    trace = evidence_of(kept[0], "trace").path
    address = ["--host", "127.0.0.1", "--port", "0"]
    command = [sys.executable, "-m", "playwright", "show-trace", *address, trace]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as viewer:
        try:
            assert viewer.stdout
            url = next(
                found[0] for line in viewer.stdout if (found := re.search(r"http://\S+", line))
            )
            with chromium(browser_path) as browser:
                page = browser.new_page()
                page.goto(url)
                actions = page.get_by_role("tree").first
                expect(actions).to_contain_text("Fill", timeout=20_000)
                expect(actions).to_contain_text("[secret]")
                assert PASSWORD not in page.content()
        finally:
            # The command has Playwright's driver do the work, in a process of its own.
            os.killpg(viewer.pid, signal.SIGTERM)


@pytest.mark.parametrize(
    ("when", "path", "kinds"),
    [
        (KeepWhen.ALWAYS, "/good", ["screenshot", "html"]),
        (KeepWhen.ON_FAILURE, "/good", []),
        (KeepWhen.ON_FAILURE, "/bad", ["screenshot", "html"]),
        (KeepWhen.NEVER, "/bad", []),
    ],
)
def test_what_is_kept_is_what_was_asked_for(
    site: Site, tmp_path: Path, when: KeepWhen, path: str, kinds: list[str]
) -> None:
    site.page("/good", "<p>nothing to see</p>")
    site.page("/bad", '<div class="cn_purchase"></div>')
    text = f"""
name: A page
base_url: {site.url}
steps: [{{goto: {path}}}]
confirmation: {{url: "**{path}"}}
expect: {{cn_purchase: none, within: 100ms}}
"""
    result = run(tmp_path, text, EvidenceOptions(when))
    assert [each.kind for each in result.outcome.evidence] == kinds
    files = [each.name for each in (tmp_path / "out").rglob("*") if each.is_file()]
    assert sorted(files) == sorted(
        [
            "results.ndjson",
            "run.json",
            "run.lock",
            *[f"end.{'png' if k == 'screenshot' else k}" for k in kinds],
        ]
    )
