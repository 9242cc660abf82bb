"""``cn-validator run``, as QA and CI use it."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.scenario.files import bundled_scenarios

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site
    from validator.demo import Demo

pytestmark = pytest.mark.browser
BUNDLED = str(bundled_scenarios())


def scenario(folder: Path, name: str, url: str, **more: object) -> None:
    """Write a scenario of one step."""
    data = {"name": name, "base_url": url, "steps": [{"goto": f"/{name}"}], **more}
    (folder / f"{name}.yaml").write_text(json.dumps(data))


def test_the_bundled_scenarios_pass_in_the_bundled_shop(
    cli: Cli, shop: dict[str, str], tmp_path: Path
) -> None:
    # Those of the ways to pay are run elsewhere: some of them are broken on purpose.
    files = sorted(map(str, Path(BUNDLED).glob("*.yaml")))
    done = cli("run", *files, "--report", "json=r.json", **shop)
    assert done.code == 0, done.out
    report = json.loads((tmp_path / "r.json").read_text())
    assert {result["verdict"] for result in report["results"]} == {"passed"}
    assert len(report["results"]) >= 5
    assert any(result["outcome"]["payments"] for result in report["results"])


def test_each_result_is_on_disk_as_soon_as_it_is_there(
    cli: Cli, shop: dict[str, str], tmp_path: Path
) -> None:
    done = cli("run", BUNDLED, "-k", "courier", "-k", "bank transfer", **shop)
    assert done.code == 0
    (stream,) = tmp_path.glob("cn-validator-results/*/results.ndjson")
    assert len(stream.read_text().splitlines()) == 2


def test_labels_and_keywords_choose(cli: Cli) -> None:
    every = cli("run", BUNDLED, "--list")
    some = cli("run", BUNDLED, "--list", "--label", "smoke", "-k", "card")
    assert (every.code, some.code) == (0, 0)
    assert 0 < len(some.out.splitlines()) < len(every.out.splitlines())
    assert "guest-pays-by-card.yaml  Guest buys two hoodies" in some.out


def test_a_broken_journey_names_the_step_and_leaves_evidence(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    site.page("/basket", "<h1>Your basket is empty</h1>")
    scenario(
        tmp_path, "basket", site.url,
        steps=[
            {"goto": "/basket"},
            {"click": {"role": "button", "name": "Pay"}, "timeout": "500ms"},
        ],
    )  # fmt: skip
    done = cli("run", "basket.yaml")
    assert done.code == 3
    assert "no such element appeared within 0.5 s" in done.out
    assert "basket.yaml:1:" in done.out
    (folder,) = tmp_path.glob("cn-validator-results/*/01-basket")
    assert {file.name for file in folder.iterdir()} == {"end.png", "end.html"}
    assert "Your basket is empty" in (folder / "end.html").read_text()


def test_findings_win_over_broken_journeys(cli: Cli, site: Site, tmp_path: Path) -> None:
    site.page("/untagged", "<p>Thanks</p>")
    expect = {"within": "50ms"}
    scenario(tmp_path, "untagged", site.url, expect=expect)
    scenario(tmp_path, "missing", site.url)
    done = cli("run", ".")
    assert done.code == 1
    assert "1 failed, 1 broken" in done.out


def test_what_is_broken_on_purpose_is_not_run_and_the_report_says_so(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    site.page("/here", "<p>Thanks</p>")
    scenario(tmp_path, "here", site.url, expect={"cn_purchase": "none"})
    (tmp_path / "broken").mkdir()
    scenario(tmp_path / "broken", "missing", site.url)
    done = cli("run", ".")
    assert done.code == 0, done.out
    assert "broken was skipped" in done.out
    assert cli("run", "broken").code == 3


def test_fail_fast_stops_and_says_what_was_not_run(cli: Cli, site: Site, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        scenario(tmp_path, name, site.url)
    done = cli("run", ".", "--fail-fast", "--workers", "1")
    assert done.code == 3
    assert "2 not run: stopped at the first that did not pass (--fail-fast)" in done.out


def test_base_url_sends_every_scenario_to_another_shop(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    site.page("/here", "<p>Thanks</p>")
    scenario(tmp_path, "here", "http://127.0.0.1:9", expect={"cn_purchase": "none"})
    assert cli("run", ".", "--base-url", site.url).code == 0


def test_a_secret_is_in_no_report_and_no_evidence(cli: Cli, site: Site, tmp_path: Path) -> None:
    site.page(
        "/pay",
        "<input aria-label=Password oninput='out.textContent = btoa(this.value) + this.value'>"
        "<p id=out></p>",
    )
    scenario(
        tmp_path, "pay", site.url,
        secrets=["PIN_WORDS"],
        steps=[
            {"goto": "/pay"},
            {"fill": {"label": "Password", "value": "${secret.PIN_WORDS}"}},
            {"save": {"shown": {"css": "#out"}}},
            {"click": {"role": "button", "name": "${shown}"}, "timeout": "1s"},
        ],
    )  # fmt: skip
    done = cli(
        "run", ".", "--report", "json=r.json", "--report", "junit=j.xml", PIN_WORDS="correct horse"
    )
    assert done.code == 3
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".png"]
    assert len(kept) >= 5, "scenario, two reports, the stream and the page"
    texts = [done.out, done.err, *(file.read_text() for file in kept)]
    for hidden in ("correct horse", "Y29ycmVjdCBob3JzZQ"):
        assert not any(hidden in text for text in texts)


def test_a_login_in_the_base_url_opens_the_shop_and_is_not_shown(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    site.page("/thanks", "<p>Thanks</p>")
    host = site.url.removeprefix("http://")
    scenario(tmp_path, "thanks", f"http://qa:hunter2-hunter2@{host}", expect={"within": "50ms"})
    done = cli("run", ".", "--report", "json")
    assert done.code == 1
    assert "hunter2" not in done.out + done.err
    assert "qa@" not in done.out
    assert site.url in done.out


def test_test_orders_do_not_reach_connectif_unless_asked(
    cli: Cli, demo: Demo, shop: dict[str, str], tmp_path: Path
) -> None:
    before = len(demo.received())
    fragment = Path(BUNDLED, "bank-transfer.yaml").read_text()
    cli("run", BUNDLED, "-k", "bank-transfer", **shop)
    assert len(demo.received()) == before
    copy = tmp_path / "shop"
    (copy / "fragments").mkdir(parents=True)
    for file in Path(BUNDLED, "fragments").glob("*.yaml"):
        (copy / "fragments" / file.name).write_text(file.read_text())
    (copy / "allowed.yaml").write_text(f"{fragment}\nconnectif: allow\n")
    assert cli("run", str(copy), **shop).code == 0
    assert len(demo.received()) > before


def test_an_interrupted_run_reports_what_it_has(site: Site, tmp_path: Path) -> None:
    site.hanging_page("/slow")
    site.page("/quick", "<p>Thanks</p>")
    scenario(tmp_path, "quick", site.url, expect={"cn_purchase": "none"})
    scenario(tmp_path, "slow", site.url, timeout="5m")
    with subprocess.Popen(
        [sys.executable, "-m", "validator", "run", ".", "--report", "json=r.json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stderr is not None
        assert "passed" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "1 passed" in out
    report = json.loads((tmp_path / "r.json").read_text())
    assert (report["interrupted"], len(report["results"])) == (True, 1)


def test_a_purchase_id_that_comes_back_in_a_later_run_is_noticed(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    site.page("/basket", "<a href=/thanks>Place order</a>")
    site.page(
        "/thanks",
        "<div class=cn_purchase hidden><b class=purchase_id>1</b><b class=total_quantity>1</b>"
        "<b class=total_price>9.50</b></div>",
    )
    steps = [{"goto": "/basket"}, {"click": {"role": "link", "name": "Place order"}}]
    scenario(tmp_path, "buys", site.url, steps=steps, confirmation={"url": "**/thanks"})
    scenario(tmp_path, "looks", site.url, steps=[{"goto": "/thanks"}])
    first, second = cli("run", "buys.yaml"), cli("run", "buys.yaml")
    assert (first.code, second.code) == (0, 0)
    assert "purchase-id-reused" not in first.out
    said = " ".join(second.out.split())
    assert 'purchase_id is "1", as in an order placed before: "buys" of 20' in said
    assert "purchase-id-reused" not in cli("run", "looks.yaml").out


def test_a_failure_ends_with_the_command_that_runs_just_this_one_again(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    site.page("/thanks", "<p>Thanks</p>")
    (tmp_path / "guest.yaml").write_text(
        "name: Guest 'pays'\n"
        "matrix: {device: [Pixel 7, Desktop Chrome]}\n"
        'vars: {email: "${fake.email}"}\n'
        "steps:\n"
        '  - goto: "/thanks#${email}"\n'
        "expect: {within: 50ms}\n"
    )
    done = cli(
        "run", "guest.yaml", "--base-url", site.url, "--seed", "7", "--report", "json=r.json"
    )
    assert done.code == 1
    results = json.loads((tmp_path / "r.json").read_text())["results"]
    commands = [result["replay"] for result in results]
    assert len(set(commands)) == 2
    assert all(f"  {command}\n" in done.out for command in commands)
    assert all(command.endswith(f"--base-url {site.url} --seed 7") for command in commands)
    program, *arguments = shlex.split(commands[0])
    assert program == "cn-validator"
    again = cli(*arguments, "--report", "json=again.json")
    assert again.code == 1
    (only,) = json.loads((tmp_path / "again.json").read_text())["results"]
    assert only["subject"] == results[0]["subject"]
    assert only["outcome"]["url"] == results[0]["outcome"]["url"]


def test_a_report_knows_its_shop_its_ci_run_and_the_orders_that_were_placed(
    cli: Cli, shop: dict[str, str], tmp_path: Path
) -> None:
    ci = {"GITHUB_SHA": "1a2b3c", "CI_JOB_URL": "https://ci.example/jobs/5"}
    report = ("--report", "json=r.json", "--report", "html=r.html")
    done = cli("run", BUNDLED, "-k", "bank-transfer", *report, **shop, **ci)
    assert done.code == 0
    assert f"shop {shop['SHOP_URL']} · commit 1a2b3c · CI https://ci.example/jobs/5" in done.out
    data = json.loads((tmp_path / "r.json").read_text())
    assert data["context"]["shops"] == [shop["SHOP_URL"]]
    (order,) = data["orders"]
    (reading,) = [each for each in data["results"][0]["readings"] if each["tag"] == "cn_purchase"]
    assert order["purchase_id"] == reading["data"]["purchase_id"]
    page = (tmp_path / "r.html").read_text()
    assert "Orders placed" in page
    assert f"<code>{order['purchase_id']}" in page


def test_a_window_without_a_display_is_refused_in_a_sentence(
    cli: Cli, site: Site, tmp_path: Path, browser_path: Path
) -> None:
    scenario(tmp_path, "thanks", site.url)
    # Any executable but a headless shell: none is started.
    full = tmp_path / "chromium"
    full.symlink_to(browser_path)
    done = cli("run", ".", "--headed", "--browser", str(full), DISPLAY="", WAYLAND_DISPLAY="")
    assert done.code == 3
    assert "this machine has no display" in done.err
    assert "run without --headed" in done.err
