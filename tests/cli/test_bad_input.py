"""What is wrong with the input is said once, exactly, with what to do: never a traceback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

SCHEMAS = Path(__file__).parent.parent.parent / "schemas"
ITEM = SCHEMAS / "cn_product_basket_item.schema.json"
SCENARIO = """name: A checkout
base_url: http://127.0.0.1:9
steps:
  - goto: /
"""
FILES = {
    "good.yaml": SCENARIO,
    "typo.yaml": SCENARIO + "  - clik: {role: button, name: Pay}\n",
    "key.yaml": SCENARIO + "lables: [smoke]\n",
    "twice.yaml": SCENARIO + "base_url: http://127.0.0.1:8\n",
    "variable.yaml": SCENARIO + "  - goto: /${basket}\n",
    "trap.yaml": SCENARIO + "expect: {cn_purchase: {total_price: 12.50}}\n",
    "device.yaml": SCENARIO + "device: Pixle 7\n",
    "empty.yaml": "",
    "bad.json": '{"type": 7}',
    "any.json": "{}",
    "zeros.bin": "\0\0\0",
    "saved.mhtml": "From: <Saved by Blink>\nSubject: Thank you\nMIME-Version: 1.0\n"
    'Content-Type: multipart/related;\n\ttype="text/html"\n\n<div class=3D"cn_purchase">',
    "recording.har": '{"log": {"version": "1.2", "entries": []}}',
    "picture.webp": "RIFF\x01\x02\x03\x04WEBPVP8 <div>",
    "picture.svg": '<?xml version="1.0"?>\n<!-- a mug -->\n<svg xmlns="x"><path/></svg>',
    "data.json": '{"html": "<div class=cn_purchase></div>"}',
    "notes.txt": "the tag is on the thank-you page",
    "page.html": "<div class=cn_purchase></div>",
    "folder/fragments/only.yaml": SCENARIO,
}
USAGE = "Usage: cn-validator {0} [OPTIONS] {1}\nTry 'cn-validator {0} --help' for help.\n\nError: "
CHECK = USAGE.format("check", "TARGET...")
TAGS = ", ".join(
    sorted(path.name.partition(".")[0] for path in SCHEMAS.glob("cn_*.schema.json") if path != ITEM)
)

SAID = [
    (
        "run typo.yaml",
        'typo.yaml:5:5: unknown step "clik": did you mean "click"?\n'
        "  5 | - clik: {role: button, name: Pay}\n"
        "    |   ^\n"
        "  expected: goto, go_back, reload, click, double_click, fill, type, clear, select, check, "
        "uncheck, press, hover, drag, upload, scroll, wait_for, expect, expect_tag, save, "
        "set_cookie, save_storage_state, evaluate, screenshot, frame, popup, payment or include\n"
        "  to fix: Correct the spelling.\n",
    ),
    (
        "run key.yaml",
        'key.yaml:5:1: unknown key "lables": did you mean "labels"?\n'
        "  5 | lables: [smoke]\n"
        "    | ^\n"
        "  expected: name, labels, properties, base_url, vars, fixtures, secrets, "
        "secrets_file, device, viewport, user_agent, locale, timezone, geolocation, permissions, "
        "headers, cookies, "
        "http_auth, storage_state, ignore_https_errors, client_certificate, proxy, consent, block, "
        "timeout, connectif, matrix, allow_hosts, max_orders, orders, verify, faults, endings, "
        "steps, confirmation, expect, rules, connectif_script, tag_margin or schemas\n"
        "  to fix: Correct the spelling.\n",
    ),
    (
        "run twice.yaml",
        'twice.yaml:5:1: duplicate key "base_url": it is already on line 2\n'
        "  5 | base_url: http://127.0.0.1:8\n"
        "    | ^\n"
        "  to fix: Keep one.\n",
    ),
    (
        "run variable.yaml",
        "variable.yaml:5:11: unknown variable ${basket}\n"
        "  5 | - goto: /${basket}\n"
        "    |         ^\n"
        "  expected: one of run.date, run.environment, run.id, run.seed, run.time, run.timestamp\n"
        "  to fix: Define it under vars, or save it in an earlier step; environment variables are "
        "${env.NAME}, and $${ writes the characters themselves.\n",
    ),
    (
        "run trap.yaml",
        'trap.yaml:5:37: YAML reads 12.50 as a number, not as text: quote it: "12.50"\n'
        "  5 | expect: {cn_purchase: {total_price: 12.50}}\n"
        "    |                                     ^\n"
        '  to fix: Write "12.50".\n',
    ),
    (
        "run empty.yaml",
        "empty.yaml:1:1: the file is empty\n  to fix: Write the content.\n",
    ),
    (
        "run folder",
        "folder: no scenario in this folder\n"
        "  to fix: Scenarios are *.yaml files, not in a folder named fragments.\n",
    ),
    (
        "run nowhere",
        "nowhere: there is no such file or folder\n  to fix: Correct the path.\n",
    ),
    (
        "run good.yaml -k refund --label smoke",
        "-k refund --label smoke: none of the 1 scenarios matches\n"
        "  to fix: labels in use: none; see `cn-validator run --list`\n",
    ),
    (
        "check nowhere.html",
        "nowhere.html: No such file or directory\n"
        "  to fix: name an HTML file, a URL with http:// or https://, or - for standard input\n",
    ),
    (
        "check shop.example/thanks",
        "shop.example/thanks: No such file or directory\n"
        "  to fix: for a page on the web write https://shop.example/thanks\n",
    ),
    (
        "check folder",
        "folder: Is a directory\n"
        "  to fix: name the HTML files in it; scenarios are run by: cn-validator run folder\n",
    ),
    (
        "check page.html --report jsn=x",
        CHECK + "Invalid value for '--report': there is no report 'jsn': did you mean json?\n",
    ),
    (
        "check page.html --report json=page.html/r.json",
        "page.html/r.json: the json report cannot be written: a part of its path is a file, "
        "not a folder\n"
        "  to fix: name a file in a folder you may write to\n",
    ),
    (
        "run good.yaml --output page.html",
        "page.html/{run}: the folder for results cannot be created: Not a directory\n"
        "  to fix: name a folder you may write to with --output\n",
    ),
    (
        "check page.html --within soon",
        CHECK + "Invalid value for '--within': \"soon\" is not a duration: write 500ms, 5s or 1m\n",
    ),
    (
        "check page.html --viewport big",
        CHECK + "Invalid value for '--viewport': \"big\" is not a viewport: write 1280x720\n",
    ),
    (
        "check page.html --header secret-without-colon",
        CHECK + "Invalid value for '--header' / '-H': expected NAME: VALUE, in characters that "
        "HTTP headers may have\n",
    ),
    (
        "check page.html --tag cn_pruchase",
        "cn_pruchase: there is no contract for this tag: did you mean cn_purchase?\n"
        f"  to fix: Name one of {TAGS}, or give your own contract: --schema on the "
        "command line, schema= in Python.\n",
    ),
    (
        "check page.html --tag .a{b}",
        CHECK + "Invalid value for '--tag': \".a{b}\" is not a class name: write it as in "
        "cn_purchase\n",
    ),
    (
        "check page.html --schema nowhere.json",
        "nowhere.json: the file cannot be read: No such file or directory\n"
        "  to fix: Check the path and its permissions.\n",
    ),
    (
        "check http://[::1",
        "http://[::1: this is not the address of a web page\n"
        "  to fix: write it as in https://shop.example/thanks\n",
    ),
    (
        "check http://qa:passw0rd@shop.example:65536/",
        "http://shop.example:65536/: this is not the address of a web page\n"
        "  to fix: write it as in https://shop.example/thanks\n",
    ),
    (
        "check --no-javascript http://a..b/",
        "http://a..b/: this is not the address of a web page\n"
        "  to fix: write it as in https://shop.example/thanks\n",
    ),
    (
        "check page.html --timeout 1441m",
        CHECK + "Invalid value for '--timeout': \"1441m\" is more than a day: write 500ms, 5s or "
        "1m\n",
    ),
    (
        "check page.html --within 90000s",
        CHECK + "Invalid value for '--within': \"90000s\" is more than a day: write 500ms, 5s or "
        "1m\n",
    ),
    (
        "check page.html --header Host:shop.example",
        CHECK + "Invalid value for '--header' / '-H': Host is written by the browser itself: "
        "leave it out\n",
    ),
    (
        "run good.yaml --base-url http://shop.example:65536",
        USAGE.format("run", "[PATH]...")
        + "Invalid value for '--base-url' (env var: "
        "'CN_VALIDATOR_BASE_URL'): \"http://shop.example:65536\" is not a URL: write it as in "
        "https://shop.example\n",
    ),
    (
        "check ftp://shop.example/thanks",
        "ftp://shop.example/thanks: this is not the address of a web page\n"
        "  to fix: write it as in https://shop.example/thanks\n",
    ),
    (
        "check empty.yaml",
        "empty.yaml: it is empty, so there is nothing to check\n  to fix: give it the page\n",
    ),
    (
        "check zeros.bin",
        "zeros.bin: it is not HTML: it has zero bytes\n  to fix: name an HTML file\n",
    ),
    (
        "check data.json",
        "data.json: it is JSON, not HTML\n  to fix: name an HTML file\n",
    ),
    (
        "check notes.txt",
        "notes.txt: it is text without any HTML element\n"
        "  to fix: name an HTML file, or check its URL\n",
    ),
    (
        "check localhost:8000/thanks",
        "localhost:8000/thanks: No such file or directory\n"
        "  to fix: for a page on the web write http://localhost:8000/thanks\n",
    ),
    (
        "check file:///shop/thank%20you.html",
        "file:///shop/thank%20you.html: this is not the address of a web page\n"
        "  to fix: name the file: /shop/thank you.html\n",
    ),
    (
        "check saved.mhtml",
        "saved.mhtml: it is MHTML (a saved page), but there is no page in it\n"
        '  to fix: save the page as "HTML only", or check its URL\n',
    ),
    (
        "check recording.har",
        "recording.har: it is HAR (a recording of requests), not HTML\n"
        '  to fix: save the page as "HTML only", or check its URL\n',
    ),
    (
        "check picture.webp",
        "picture.webp: it is a picture, not HTML\n"
        '  to fix: save the page as "HTML only", or check its URL\n',
    ),
    (
        "check picture.svg",
        "picture.svg: it is a picture (SVG), not HTML\n"
        '  to fix: save the page as "HTML only", or check its URL\n',
    ),
    (
        "check page.html --schema any.json",
        "any.json:1:1: this schema does not describe the fields of a tag\n"
        '  to fix: begin with {"allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}]} and '
        "add to it\n",
    ),
    (
        "check page.html --tag scenario",
        "scenario: there is no contract for this tag\n"
        f"  to fix: Name one of {TAGS}, or give your own contract: --schema on the "
        "command line, schema= in Python.\n",
    ),
    (
        "check page.html --timeout 0s",
        CHECK + "Invalid value for '--timeout': \"0s\" is not a duration: write 500ms, 5s or 1m\n",
    ),
    (
        "check page.html --locale !!",
        CHECK + "Invalid value for '--locale': \"!!\" is not a language tag: write it as in "
        "es-ES\n",
    ),
    (
        "run good.yaml --base-url foo",
        USAGE.format("run", "[PATH]...")
        + "Invalid value for '--base-url' (env var: "
        "'CN_VALIDATOR_BASE_URL'): \"foo\" is not a URL: write it as in https://shop.example\n",
    ),
    (
        "demo --break comma-decimal",
        USAGE.format("demo", "[PATH]...")
        + "Invalid value for '--break': there is no fault \"comma-decimal\": did you mean "
        "comma-decimals?\n",
    ),
    (
        "run folder/fragments",
        "folder/fragments: no scenario in this folder\n"
        "  to fix: Scenarios are *.yaml files, not in a folder named fragments.\n",
    ),
]  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """Write the author's files beside the command."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("command", "said"), SAID, ids=[command for command, _ in SAID])
def test_wrong_input_is_said_exactly_and_exits_2(cli: Cli, command: str, said: str) -> None:
    done = cli(*command.split())
    assert done.code == 2
    assert done.out == ""
    assert re.sub(r"\d{8}-\d{6}-\w{4}", "{run}", done.err) == said


def test_everything_wrong_in_every_file_is_said_at_once(cli: Cli) -> None:
    done = cli("run", "typo.yaml", "key.yaml", "twice.yaml")
    assert done.code == 2
    assert [line for line in done.err.splitlines() if ".yaml:5:" in line] == [
        'typo.yaml:5:5: unknown step "clik": did you mean "click"?',
        'key.yaml:5:1: unknown key "lables": did you mean "labels"?',
        'twice.yaml:5:1: duplicate key "base_url": it is already on line 2',
    ]


def test_wrong_input_is_found_before_a_browser_is_looked_for(cli: Cli) -> None:
    assert cli("run", "typo.yaml", CN_VALIDATOR_BROWSER="/nowhere").code == 2


@pytest.mark.browser
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("check http://127.0.0.1:9/ --device Pixle", 'command line: unknown device "Pixle"'),
        ("run device.yaml", 'device.yaml:5:9: unknown device "Pixle 7"'),
    ],
)
def test_an_unknown_device_is_wrong_input(cli: Cli, command: str, said: str) -> None:
    done = cli(*command.split())
    assert done.code == 2
    assert done.err.startswith(said)
    assert 'did you mean "Pixel' in done.err


@pytest.mark.parametrize(
    ("browser", "said"),
    [
        ("/nowhere", "error: environment variable CN_VALIDATOR_BROWSER: /nowhere: no such file\n"),
        ("/etc/passwd", "/etc/passwd: not executable\n"),
    ],
)
def test_a_missing_browser_exits_3_with_what_to_do(cli: Cli, browser: str, said: str) -> None:
    done = cli("run", "good.yaml", CN_VALIDATOR_BROWSER=browser)
    assert done.code == 3
    assert said in done.err
    assert "  to fix: name the executable of a Chromium, Chrome or Edge\n" in done.err


@pytest.mark.browser
def test_a_host_that_does_not_answer_exits_3(cli: Cli) -> None:
    done = cli("check", "http://127.0.0.1:1/")
    assert done.code == 3
    assert "exit 3: a page was not reached: its tag could not be checked" in done.out


@pytest.mark.browser
def test_pages_that_cannot_be_judged_are_told_apart(cli: Cli, site: Site) -> None:
    site.page("/500", "oops", status=500)
    site.page("/loop", status=302, location="/loop")
    site.hanging_page("/slow", "<p>almost")
    done = cli("check", *(f"{site.url}/{path}" for path in ("500", "loop", "slow")), "--timeout=3s")
    assert done.code == 3
    assert f"{site.url}/500 answered HTTP 500" in done.out
    assert f"{site.url}/loop: the page redirects without end" in done.out
    assert f"{site.url}/slow: the page did not finish loading its document within 3 s" in done.out
    assert "Traceback" not in done.out + done.err


def test_our_own_bug_is_called_that_and_leaves_a_file(
    process: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stand-in for a bug: a schema module that cannot be imported.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['validator.page.static_capture'] = None\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = process("check", "page.html", TMPDIR=str(tmp_path))
    assert done.code == 4
    assert done.err.startswith("internal error: ModuleNotFoundError\n")
    assert "This is a bug in cn-validator" in done.err
    assert "Traceback" not in done.err
    (crash,) = tmp_path.glob("cn-validator-crash-*.txt")
    assert "Traceback" in crash.read_text()
