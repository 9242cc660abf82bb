"""``cn-validator check``, as a developer uses it."""

from __future__ import annotations

import json
import quopri
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

GOOD = """<!doctype html>
<div class="cn_purchase" style="display:none">
  <span class="purchase_id">1042</span>
  <span class="cart_id">c7</span>
  <span class="purchase_date">2026-11-23T10:15:00Z</span>
  <span class="total_quantity">1</span>
  <span class="total_price">19.99</span>
  <div class="product_basket_item">
    <span class="product_id">7</span>
    <span class="name">Mug</span>
    <span class="url">https://shop.example/mug</span>
    <span class="unit_price">19.99</span>
    <span class="quantity">1</span>
    <span class="price">19.99</span>
  </div>
</div>
"""
BAD = GOOD.replace('total_price">19.99', 'total_price">1.234,56')
SCRIPTED = f"<body></body><script>document.body.innerHTML = `{GOOD}`</script>"


@pytest.fixture
def page(tmp_path: Path) -> Callable[[str], str]:
    """Write a page beside the command; return its name."""

    def write(html: str) -> str:
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        return "page.html"

    return write


def test_a_good_file_passes(cli: Cli, page: Callable[[str], str]) -> None:
    done = cli("check", page(GOOD))
    assert (done.code, done.err) == (0, "")
    assert "1 passed" in done.out


def test_a_bad_file_fails_and_the_finding_says_what_would_be_recorded(
    cli: Cli, page: Callable[[str], str]
) -> None:
    done = cli("check", page(BAD))
    assert done.code == 1
    assert "error  decimal-format · recorded wrong" in done.out
    assert "page.html:7:3" in done.out
    assert "1.234,56 → recorded by Connectif: 1.234" in done.out


def test_a_file_is_checked_without_a_browser_or_playwright(
    process: Cli, page: Callable[[str], str]
) -> None:
    done = process("check", page(BAD), CN_VALIDATOR_BROWSER="/nowhere", PYTHONPROFILEIMPORTTIME="1")
    assert done.code == 1
    assert "playwright" not in done.err


def test_standard_input_is_checked(cli: Cli) -> None:
    assert cli("check", "-", stdin=GOOD.encode()).code == 0
    done = cli("check", "-", stdin=BAD.encode())
    assert done.code == 1
    assert "<stdin>:7:3" in done.out


def test_a_file_whose_scripts_write_the_tag_is_pointed_to_render(
    cli: Cli, page: Callable[[str], str]
) -> None:
    name = page(SCRIPTED.replace('class="cn_purchase"', "class='cn_purchase'"))
    done = cli("check", name)
    assert done.code == 1
    assert "page.html: its scripts were not run; add --render" in done.out


@pytest.mark.browser
@pytest.mark.parametrize("target", ["page.html", "-"])
def test_render_runs_the_scripts_of_files_and_standard_input(
    cli: Cli, page: Callable[[str], str], target: str
) -> None:
    page(SCRIPTED)
    assert cli("check", "--render", target, stdin=SCRIPTED.encode()).code == 0


@pytest.mark.browser
def test_a_url_is_checked_after_its_javascript(cli: Cli, site: Site) -> None:
    done = cli("check", site.page("/thanks", SCRIPTED))
    assert done.code == 0, done.out


def test_without_javascript_a_url_is_judged_as_it_was_sent(cli: Cli, site: Site) -> None:
    scripted, plain = site.page("/scripted", SCRIPTED), site.page("/plain", GOOD)
    nowhere = {"CN_VALIDATOR_BROWSER": "/nowhere"}
    assert cli("check", "--no-javascript", scripted, **nowhere).code == 1
    assert cli("check", "--no-javascript", plain, **nowhere).code == 0


@pytest.mark.browser
def test_many_targets_are_reported_in_their_order(
    cli: Cli, page: Callable[[str], str], site: Site
) -> None:
    targets = [site.page("/a", GOOD), page(BAD), site.page("/b", GOOD), "-"]
    done = cli("check", *targets, "--report", "json", stdin=GOOD.encode())
    results = json.loads(done.out)["results"]
    assert [result["subject"] for result in results] == [*targets[:3], "<stdin>"]
    assert [result["verdict"] for result in results] == ["passed", "failed", "passed", "passed"]
    assert done.code == 1


@pytest.mark.browser
def test_what_opens_the_door_of_a_staging_shop_is_sent_and_never_shown(
    cli: Cli, site: Site
) -> None:
    page = site.page("/thanks", "<p>top-secret-header</p>")
    done = cli(
        "check", page, "--within", "50ms", "--report", "json",
        "--header", "X-Staging-Key: top-secret-header", "--cookie", "door=top-secret-cookie",
        "--auth", "qa:top-secret-password", "--user-agent", "our-tests", "--locale", "es-ES",
    )  # fmt: skip
    sent = site.headers_of("/thanks")
    assert sent["x-staging-key"] == "top-secret-header"
    assert sent["cookie"] == "door=top-secret-cookie"
    assert sent["user-agent"] == "our-tests"
    assert sent["accept-language"].startswith("es-ES")
    assert "top-secret" not in done.out + done.err


def test_headers_do_not_follow_a_redirect_to_another_origin(
    cli: Cli, site: Site, other_site: Site
) -> None:
    other_site.page("/thanks", GOOD)
    page = site.page("/", status=302, location=f"{other_site.url}/thanks")
    done = cli("check", "--no-javascript", page, "-H", "X-Staging: k", "--cookie", "door=k")
    assert done.code == 0
    assert "x-staging" in site.headers_of("/")
    assert not {"x-staging", "cookie"} & set(other_site.headers_of("/thanks"))


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [(), ("--no-javascript",)], ids=["browser", "fetch"])
def test_a_login_in_a_url_is_given_to_its_shop_and_never_shown(
    cli: Cli, site: Site, other_site: Site, javascript: tuple[str, ...]
) -> None:
    for place in (site, other_site):
        place.page("/thanks", "who?", status=401, www_authenticate='Basic realm="staging"')
    with_login = site.url.replace("://", "://qa:pw@") + "/thanks"
    done = cli(
        "check", *javascript, with_login, f"{other_site.url}/thanks", "--report", "json"
    )  # fmt: skip
    assert site.headers_of("/thanks")["authorization"] == "Basic cWE6cHc="
    assert "authorization" not in other_site.headers_of("/thanks")
    assert "pw@" not in done.out + done.err
    assert json.loads(done.out)["results"][0]["subject"] == f"{site.url}/thanks"


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [(), ("--no-javascript",)], ids=["browser", "fetch"])
def test_a_host_in_capitals_is_the_same_shop(
    cli: Cli, other_site: Site, javascript: tuple[str, ...]
) -> None:
    other_site.page("/thanks", GOOD)
    page = other_site.url.upper() + "/thanks"
    cli("check", *javascript, page, "-H", "X-Staging: k", "--cookie", "door=k", "--within", "1s")
    assert other_site.headers_of("/thanks")["x-staging"] == "k"
    assert other_site.headers_of("/thanks")["cookie"] == "door=k"


@pytest.mark.browser
def test_a_device_is_imitated(cli: Cli, site: Site) -> None:
    cli("check", site.page("/thanks", GOOD), "--device", "Pixel 7")
    assert "Pixel 7" in site.headers_of("/thanks")["user-agent"]


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [(), ("--no-javascript",)], ids=["browser", "fetch"])
def test_a_page_that_is_not_there_is_broken_not_missing_its_tag(
    cli: Cli, site: Site, javascript: tuple[str, ...]
) -> None:
    site.page("/loop", status=302, location="/loop")
    site.page("/bot", "no", status=403)
    urls = [f"{site.url}/nowhere", f"{site.url}/loop", f"{site.url}/bot", "http://127.0.0.1:9/"]
    done = cli("check", *javascript, *urls, "--report", "json")
    assert done.code == 3
    reasons = [result["outcome"]["reason"] for result in json.loads(done.out)["results"]]
    assert reasons == ["http-error", "redirect-loop", "blocked", "unreachable"]


def test_several_reports_at_once(cli: Cli, page: Callable[[str], str], tmp_path: Path) -> None:
    done = cli("check", page(BAD), "--report", "junit=out/j.xml", "--report", "json=out/r.json")
    assert done.code == 1
    assert "decimal-format" in done.out
    assert json.loads((tmp_path / "out/r.json").read_text())["exit_code"] == 1
    assert "<failure" in (tmp_path / "out/j.xml").read_text()


def test_a_page_cannot_write_to_the_terminal(cli: Cli, page: Callable[[str], str]) -> None:
    hostile = GOOD.replace('">19.99</span>\n  <div', '">\x1b[2J\x1b]0;owned\x07</span>\n  <div')
    done = cli("check", page(hostile))
    assert done.code == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", done.out)


def test_a_shops_own_contract_is_checked_instead(
    cli: Cli, page: Callable[[str], str], tmp_path: Path
) -> None:
    own = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}],
        "required": ["payment_method"],
    }
    (tmp_path / "own.json").write_text(json.dumps(own))
    done = cli("check", page(GOOD), "--schema", "own.json")
    assert done.code == 1
    assert "payment_method" in done.out


@pytest.mark.parametrize(("html", "code"), [(GOOD, "0"), (BAD, "1")])
def test_a_reader_that_goes_away_does_not_change_the_verdict(
    page: Callable[[str], str], tmp_path: Path, html: str, code: str
) -> None:
    page(html)
    command = f"({sys.executable} -m validator check page.html; echo $? > code) | true"
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    assert (tmp_path / "code").read_text().strip() == code


def test_the_recorded_event_goes_to_standard_output_and_the_report_beside_it(
    cli: Cli, page: Callable[[str], str]
) -> None:
    done = cli("check", "--show-recorded", page(BAD))
    assert (done.code, json.loads(done.out)["purchase"]["totalPrice"]) == (1, 1.234)
    assert "decimal-format" in done.err


def test_the_recorded_event_does_not_share_standard_output(
    cli: Cli, page: Callable[[str], str]
) -> None:
    done = cli("check", "--show-recorded", "--report", "json", page(BAD))
    assert done.code == 2
    assert "give the report a file: --report json=FILE" in done.err


PRODUCT_PAGE = """<!doctype html><title>Mug</title>
<div class="cn_product_visited" style="display:none">
  <b class="url">https://shop.test/mug</b><b class="product_id">7</b><b class="name">Mug</b>
  <b class="unit_price">9.50</b></div>
<div class="cn_cart" style="display:none"><b class="cart_id">c1</b>
  <b class="total_quantity">1,5</b><b class="total_price">0</b></div>
<p class="cn_page_category">Mugs</p><p class="cn_page_category">Cups</p>
"""


@pytest.mark.browser
@pytest.mark.parametrize(
    "arguments",
    [["{url}"], ["--no-javascript", "{url}"], ["page.html"], ["-"], ["--render", "page.html"]],
    ids=" ".join,
)
def test_only_the_tags_that_are_named_are_judged(
    cli: Cli, page: Callable[[str], str], site: Site, arguments: list[str]
) -> None:
    url = site.page("/mug", PRODUCT_PAGE)
    page(PRODUCT_PAGE)
    given = [each.format(url=url) for each in arguments]
    check = ("check", *given, "--tag", "cn_product_visited", "--tag", "cn_page_category")
    good = cli(*check, stdin=PRODUCT_PAGE.encode())
    assert good.code == 0, good.out
    assert "found: cn_product_visited, 2 × cn_page_category" in good.out  # noqa: RUF001 - it is one
    bad = cli(*check, "--tag", "cn_cart", stdin=PRODUCT_PAGE.encode())
    assert bad.code == 1
    assert "integer-format · recorded wrong" in bad.out


@pytest.mark.browser
def test_a_tag_that_is_named_and_not_there_is_a_finding(cli: Cli, site: Site) -> None:
    url = site.page("/mug", PRODUCT_PAGE)
    done = cli("check", url, "--tag", "cn_page_category", "--tag", "cn_search", "--within", "1s")
    assert done.code == 1
    assert "The page shows no cn_search tag within 1 s." in done.out


@pytest.mark.browser
def test_every_tag_of_a_page_is_judged_and_told(cli: Cli, site: Site) -> None:
    contact = '<div class="cn_client_info"><b class="primary_key ">ada@shop.test</b></div>'
    done = cli("check", site.page("/thanks", GOOD + contact), "--report", "json")
    (result,) = json.loads(done.out)["results"]
    assert [reading["tag"] for reading in result["readings"]] == ["cn_purchase", "cn_client_info"]
    assert "contact-field-not-read" in [finding["rule"] for finding in result["findings"]]
    assert done.code == 1


def test_a_tag_without_a_contract_is_refused(cli: Cli, page: Callable[[str], str]) -> None:
    done = cli("check", page(GOOD), "--tag", "cn_cart", "--tag", "cn_crt")
    assert (done.code, done.out) == (2, "")
    assert "cn_crt: there is no contract for this tag: did you mean cn_cart?" in done.err


def test_options_of_the_browser_are_refused_where_none_is_started(
    cli: Cli, page: Callable[[str], str]
) -> None:
    done = cli("check", page(GOOD), "--device", "Pixel 77")
    assert done.code == 2
    assert "--device would change nothing: no target is opened in a browser" in done.err


def test_an_empty_target_is_named_so(cli: Cli) -> None:
    done = cli("check", "")
    assert (done.code, done.err.splitlines()[0]) == (2, "'': the target is empty")


def test_a_date_after_now_is_in_the_future_of_a_kept_page_too(
    cli: Cli, page: Callable[[str], str]
) -> None:
    done = cli("check", "-q", page(GOOD.replace("2026-11-23", "9999-11-23")))
    assert done.code == 1
    assert "purchase-date-in-future" in done.out
    assert "days from now" in done.out


def test_of_a_tag_whose_event_is_not_known_it_is_said_so(
    cli: Cli, page: Callable[[str], str]
) -> None:
    html = '<i class="cn_search"><b class="search_text">mug</b></i>'
    done = cli("check", "--show-recorded", "--tag", "cn_search", page(html))
    assert json.loads(done.out) == {"cn_search": {"search_text": "mug"}}
    assert "the data of cn_search is what the script reads" in done.err


TWO_ORDERS = GOOD + GOOD.replace(">1042<", ">1043<")


@pytest.mark.parametrize(
    "case",
    [
        (TWO_ORDERS, ["--count", "2"], 0, ""),
        (TWO_ORDERS, [], 1, "purchase-tag-duplicate"),
        (GOOD, ["--count", "2"], 1, "tag-count"),
        (GOOD + GOOD, ["--count", "2"], 1, "purchase-tag-duplicate"),
        (GOOD, ["--count", "0"], 1, "tag-unexpected"),
    ],
)
def test_two_orders_on_one_confirmation_can_be_declared(
    cli: Cli, page: Callable[[str], str], case: tuple[str, list[str], int, str]
) -> None:
    html, options, code, rule = case
    done = cli("check", page(html), *options)
    assert (done.code, rule in done.out) == (code, True)


def test_a_file_that_cannot_be_read_is_its_own_trouble_among_others(
    cli: Cli, page: Callable[[str], str], tmp_path: Path
) -> None:
    good, empty = page(GOOD), tmp_path / "empty.html"
    empty.touch()
    done = cli("check", good, str(empty), "missing.html", "--report", "json")
    assert done.code == 3
    first, second, third = json.loads(done.out)["results"]
    assert first["verdict"] == "passed"
    assert second["outcome"]["reason"] == third["outcome"]["reason"] == "not-a-page"
    assert second["outcome"]["message"].endswith("it is empty, so there is nothing to check")
    # Where nothing can be checked, the command was wrong.
    assert cli("check", str(empty), "missing.html").code == 2


def saved_page(html: str) -> str:
    """Return a page as Chromium saves it with a frame: MHTML with CRLF, in quoted-printable."""
    url = "https://shop.example/order-confirmation/1042"
    pages = (("https://shop.example/frame", "<p>a frame"), (url, html))
    lines = [
        "From: <Saved by Blink>",
        f"Snapshot-Content-Location: {url}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--x"',
        "",
    ]
    for address, body in pages:
        quoted = quopri.encodestring(body.encode()).decode().replace("\n", "\r\n")
        lines += ["----x", "Content-Type: text/html", f"Content-Location: {address}"]
        lines += ["Content-Transfer-Encoding: quoted-printable", "", quoted]
    return "\r\n".join([*lines, "----x--", ""])


def test_the_page_in_mhtml_is_checked(cli: Cli, tmp_path: Path) -> None:
    html = GOOD.replace("Hoodie", "Sudadera añil")
    (tmp_path / "saved.mht").write_text(saved_page(html), encoding="utf-8", newline="")
    done = cli("check", "saved.mht")
    assert done.code == 0, done.out
    assert "saved.mht is MHTML: the page of " in done.out
    (tmp_path / "bad.mht").write_text(saved_page(html.replace("purchase_id", "id")), newline="")
    assert "mandatory-field-missing" in cli("check", "bad.mht").out
