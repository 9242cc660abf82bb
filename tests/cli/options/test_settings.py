"""Settings by option, by environment variable and by configuration; and ``config``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

CONFIG = """
environments:
  staging:
    base_url: https://staging.test
    http_auth: {user: qa, password: very-secret}
    headers: {X-Api-Key: very-secret, X-Market: "${market}"}
  local:
    base_url: http://127.0.0.1:8800
environment: local
defaults:
  vars: {market: es, who: "${fake.name}"}
  secrets: [CARD]
workers: 3
output: build/results
reports: [json=build/report.json]
label_sets: {nightly: [smoke, slow]}
rules: {cart-id-missing: error}
"""
STEPS = "steps: [{goto: /}]\nconfirmation: {css: p}\nexpect: {cn_purchase: none, within: 50ms}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "cn-validator.yaml").write_text(CONFIG)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "a.yaml").write_text(
        f"name: A\nlabels: [slow]\nmatrix: {{locale: [es-ES, fr-FR]}}\n{STEPS}"
    )
    return tmp_path


def settings(out: str) -> dict[str, tuple[str, str]]:
    data = json.loads(out)
    rows = [*data["run"], *data["scenarios"][0]["settings"]]
    return {row["key"]: (row["value"], row["origin"]) for row in rows}


@pytest.mark.usefixtures("project")
def test_each_setting_is_shown_with_its_origin(cli: Cli) -> None:
    done = cli("config", "--report", "json", "--seed", "7", CARD="4000000000001000")
    assert done.code == 0, done.err
    found = settings(done.out)
    assert found["environment"] == ("local", "cn-validator.yaml:9:14")
    assert found["base_url"] == ("http://127.0.0.1:8800", "cn-validator.yaml:8:15")
    assert found["workers"] == ("3", "cn-validator.yaml:13:10")
    assert found["output"] == ("build/results", "cn-validator.yaml:14:9")
    assert found["vars.market"] == ("es", "cn-validator.yaml:11:18")
    assert found["timeout"] == ("15s", "built in")
    assert found["rules.cart-id-missing"] == ("error", "cn-validator.yaml:17:26")
    assert found["label_sets.nightly"][0] == "smoke, slow"


@pytest.mark.usefixtures("project")
def test_options_win_over_variables_and_both_are_named(cli: Cli) -> None:
    done = cli(
        "config", "--report", "json", "--env", "staging", "--device", "Pixel 7", "--var",
        "market=fr", "--workers", "2",
        CARD="4000000000001000", CN_VALIDATOR_ENV="local", CN_VALIDATOR_LOCALE="pt-PT",
        CN_VALIDATOR_OUTPUT="elsewhere",
    )  # fmt: skip
    found = settings(done.out)
    assert found["environment"] == ("staging", "--env")
    assert found["device"] == ("Pixel 7", "--device")
    assert found["locale"] == ("pt-PT", "CN_VALIDATOR_LOCALE")
    assert found["vars.market"] == ("fr", "--var")
    assert found["workers"] == ("2", "--workers")
    assert found["output"] == ("elsewhere", "CN_VALIDATOR_OUTPUT")
    assert found["headers.X-Market"][0] == "fr"
    assert found["http_auth.password"][0] == found["headers.X-Api-Key"][0] == "<hidden>"
    assert "very-secret" not in done.out


@pytest.mark.usefixtures("project")
def test_the_settings_of_each_instance_are_shown(cli: Cli) -> None:
    done = cli("config", "scenarios/a.yaml", CARD="4000000000001000")
    assert done.code == 0, done.err
    first, second = done.out.partition("\nA [locale=fr-FR]\n")[::2]
    assert "\nA [locale=es-ES]\n" in first
    assert "matrix.locale" in second
    assert "fr-FR" in second
    assert "scenarios/a.yaml:3:26" in second


@pytest.mark.usefixtures("project")
def test_what_is_wrong_is_told_after_what_is_known(cli: Cli) -> None:
    done = cli("config")
    assert done.code == 2
    assert "http://127.0.0.1:8800" in done.out
    assert "cn-validator.yaml:12:13: the secret CARD has no value" in done.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--env", "stagin"], '--env: there is no environment "stagin": did you mean'),
        (["run", "--label-set", "nigtly"], 'there is no label set "nigtly": did you mean'),
        (["run", "--var", "a-b=1"], '"a-b=1" is not written as NAME=VALUE'),
        (["run", "--host", "a.test"], '"a.test" is not written as NAME=ADDRESS'),
        (["config", "--seed", "-1"], "-1 is not in the range"),
        (["config", "none.yaml"], "there is no such file"),
    ],
)
def test_a_wrong_option_is_told(cli: Cli, arguments: list[str], said: str) -> None:
    done = cli(*arguments, CARD="4000000000001000")
    assert done.code == 2
    assert said in done.err


def test_an_environment_chosen_in_the_file_must_be_in_it(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "cn-validator.yaml").write_text("environment: live\nenvironments: {local: {}}\n")
    done = cli("config")
    assert done.code == 2
    assert 'cn-validator.yaml:1:14: there is no environment "live"' in done.err


def test_a_report_that_there_is_not_is_told_before_anything_runs(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "cn-validator.yaml").write_text("reports: [jnit=a.xml]\n")
    (tmp_path / "a.yaml").write_text(f"name: A\nbase_url: http://a.test\n{STEPS}")
    done = cli("run", "a.yaml")
    assert done.code == 2
    assert "cn-validator.yaml:1:11:" in done.err
    assert "did you mean junit?" in done.err


@pytest.mark.usefixtures("project")
def test_a_label_set_chooses_and_instances_are_listed(cli: Cli) -> None:
    done = cli("run", "--list", "--label-set", "nightly", CARD="4000000000001000")
    assert done.out.splitlines() == [
        "scenarios/a.yaml  A [locale=es-ES]  [slow]",
        "scenarios/a.yaml  A [locale=fr-FR]  [slow]",
    ]


@pytest.mark.browser
def test_a_run_does_as_the_configuration_says(cli: Cli, site: Site, project: Path) -> None:
    site.page("/", "<p>Thanks</p>")
    done = cli("run", "--base-url", site.url, "--seed", "7", CARD="4000000000001000")
    assert done.code == 0, done.out
    report = json.loads((project / "build" / "report.json").read_text())
    assert [result["subject"] for result in report["results"]] == [
        "A [locale=es-ES]",
        "A [locale=fr-FR]",
    ]
    assert [result["matrix"] for result in report["results"]] == [
        {"locale": "es-ES"},
        {"locale": "fr-FR"},
    ]
    assert "generated values: repeat them with --seed 7" in report["notes"]
    assert "✓ A [locale=es-ES]" in done.out
    assert list((project / "build" / "results").glob("*/results.ndjson"))
    assert {headers["accept-language"][:2] for _, headers in site.seen} >= {"es", "fr"}


@pytest.mark.browser
def test_each_scenario_sends_its_own_headers_to_the_shop_and_to_no_other(
    cli: Cli, site: Site, other_site: Site, tmp_path: Path
) -> None:
    pixel = other_site.page("/pixel", "")
    for name in ("a", "b"):
        site.page(f"/{name}", f"<p>Hi</p><script src='{pixel}'></script><iframe src=/in-{name}>")
        site.page(f"/in-{name}", "inside")
        (tmp_path / f"{name}.yaml").write_text(
            f"name: {name}\nbase_url: {site.url}\nheaders: {{X-Key: key-of-{name}}}\n"
            + STEPS.replace("goto: /", f"goto: /{name}")
        )
    done = cli("run", "a.yaml", "b.yaml", "--workers", "2")
    assert done.code == 0, done.out
    for path in ("/a", "/in-a", "/b", "/in-b"):
        assert site.headers_of(path)["x-key"] == f"key-of-{path[-1]}"
    assert "x-key" not in other_site.headers_of("/pixel")


@pytest.mark.browser
def test_a_shopper_who_logs_in_once_is_logged_in_where_a_scenario_says_so(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    site.page("/", "<p>Thanks</p>")
    site.page("/login", "<p>Hello</p>", set_cookie="sid=very-secret-session; HttpOnly")
    scenario = f"base_url: {site.url}\n{STEPS}"
    (tmp_path / "a-buy.yaml").write_text(
        f"name: Buy\nstorage_state: .auth/shopper.json\n{scenario}"
    )
    (tmp_path / "login.yaml").write_text(
        "name: Log in\n"
        + scenario.replace(
            "[{goto: /}]", "[{goto: /login}, {save_storage_state: .auth/shopper.json}]"
        )
    )
    done = cli("run", ".", "--report", "json=r.json", "--workers", "2")
    assert done.code == 0, done.out
    assert site.headers_of("/")["cookie"] == "sid=very-secret-session"
    assert "very-secret-session" not in (tmp_path / "r.json").read_text()


@pytest.mark.browser
def test_one_who_is_not_logged_in_cannot_begin(cli: Cli, site: Site, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("no state")
    (tmp_path / "a.yaml").write_text(
        f"name: Buy\nbase_url: {site.url}\nstorage_state: state.json\n{STEPS}"
    )
    done = cli("run", "a.yaml")
    assert done.code == 3
    assert "the scenario cannot start: state.json is not a storage state" in done.out


@pytest.mark.browser
def test_a_host_leads_where_the_command_line_says(cli: Cli, site: Site, tmp_path: Path) -> None:
    site.page("/", "<p>Thanks</p>")
    (tmp_path / "a.yaml").write_text(f"name: A\nbase_url: http://shop.test\n{STEPS}")
    done = cli("run", "a.yaml", "--host", f"shop.test={site.url.removeprefix('http://')}")
    assert done.code == 0, done.out
    assert site.headers_of("/")["host"] == "shop.test"
