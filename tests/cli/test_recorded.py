"""``cn-validator recorded`` and ``verify`` in a scenario, against the local API."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.backfill.conftest import purchase
from validator.cli import invoke
from validator.demo import Api, ApiOptions, api_server, demo_servers
from validator.demo.api.options import FaultRates

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Done

QUICK = ("--rate", "60000", "--first-wait", "1ms")
SCENARIO = """
name: The purchase arrives
base_url: ${env.SHOP_URL}
connectif: allow
steps:
  - goto: /products/mug
  - click: {role: button, name: Add to basket}
  - include: fragments/checkout.yaml
    with: {payment: Bank transfer}
confirmation: {url: "**/order-confirmation/*"}
verify: {recorded: true, within: 500ms}
"""


@pytest.fixture
def api() -> Iterator[Api]:
    with api_server(ApiOptions()) as running:
        for number in range(3):
            running.store.add_purchase(purchase(number).body(), triggers=True)
        yield running


def ask(cli: Cli, api: Api, *ids: str, key: str = "", stdin: bytes = b"") -> Done:
    environ = {"CONNECTIF_API_URL": api.url, "CONNECTIF_API_KEY": key or api.key}
    return cli("recorded", *ids, *QUICK, stdin=stdin, **environ)


def test_what_is_recorded_is_shown_with_its_amounts(cli: Cli, api: Api) -> None:
    done = ask(cli, api, "NQ-0", "NQ-1")
    assert done.code == 0
    head, first, _ = done.out.splitlines()
    assert head.split()[:3] == ["id", "recorded", "totalPrice"]
    assert first.split()[:4] == ["NQ-0", "yes", "38.75", "2"]
    assert done.err == "2 of 2 recorded\n"


def test_ids_may_be_a_column_of_a_csv(cli: Cli, api: Api) -> None:
    done = ask(cli, api, "-", stdin=b'\xef\xbb\xbf"order_id"\r\n"NQ-0"\r\nNQ-1\r\n')
    assert (done.code, done.err) == (0, "2 of 2 recorded\n")


def test_a_shortened_id_is_refused(cli: Cli, api: Api) -> None:
    done = ask(cli, api, "1.00002E+11")
    assert done.code == 2
    assert "digits are lost" in done.err


def test_one_that_is_missing_is_named(cli: Cli, api: Api) -> None:
    done = ask(cli, api, "NQ-0", "A 1/b")
    assert done.code == 1
    assert "A 1/b  NO" in done.out
    assert "1 of 2 recorded, 1 not" in done.err


def test_ids_come_from_standard_input_too(cli: Cli, api: Api) -> None:
    done = ask(cli, api, "-", "--report", "jsonl", stdin=b"NQ-2\n\nNQ-0\nNQ-2\nx\n")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [(line["purchaseId"], line["recorded"]) for line in lines] == [
        ("NQ-2", True),
        ("NQ-0", True),
        ("x", False),
    ]
    assert lines[0]["totalPrice"] == 38.75


def test_nothing_to_ask_for_is_no_pass(cli: Cli, api: Api) -> None:
    assert ask(cli, api, "-").code == 2


def test_a_wrong_key_is_not_a_missing_purchase(cli: Cli, api: Api) -> None:
    done = ask(cli, api, "NQ-0", key="demo-key:wr0ngSecret")
    assert done.code == 3
    assert "1 could not be asked for" in done.err
    assert "wr0ngSecret" not in done.out + done.err


def test_an_api_that_is_down_is_not_a_missing_purchase(cli: Cli) -> None:
    with api_server(ApiOptions(trouble=FaultRates(drop_before=1))) as down:
        done = ask(cli, down, "NQ-0", "--attempts", "2")
    assert done.code == 3
    assert "Traceback" not in done.err


def verify(
    cli: Cli, folder: Path, fault: str | None = None, *scenarios: str, key: str = ""
) -> Done:
    """Play checkouts that verify, at the bundled shop and the local API."""
    fragments = Path(__file__).parents[2] / "scenarios/fragments"
    shutil.copytree(fragments, folder / "fragments")
    names = [f"{number}.yaml" for number, _ in enumerate(scenarios or (SCENARIO,))]
    for name, text in zip(names, scenarios or (SCENARIO,), strict=True):
        (folder / name).write_text(text)
    with demo_servers(fault=fault, api=ApiOptions()) as demo:
        assert demo.api is not None
        return cli(
            "run",
            *names,
            SHOP_URL=demo.shop_url,
            CONNECTIF_API_URL=demo.api.url,
            CONNECTIF_API_KEY=key or demo.api.key,
        )


def results(folder: Path) -> list[dict[str, Any]]:
    (kept,) = folder.glob("cn-validator-results/*/results.ndjson")
    return [json.loads(line) for line in kept.read_text().splitlines()]


@pytest.mark.browser
def test_a_purchase_that_arrived_passes(cli: Cli, tmp_path: Path) -> None:
    done = verify(cli, tmp_path)
    assert done.code == 0, done.out
    ((name, found),) = results(tmp_path)[0]["outcome"]["recorded"].items()
    assert found["purchaseId"] == name
    assert found["totalPrice"] == 21.85


@pytest.mark.browser
def test_a_purchase_that_did_not_arrive_is_a_finding(cli: Cli, tmp_path: Path) -> None:
    done = verify(cli, tmp_path, "tracking-off")
    assert done.code == 1
    assert "purchase-not-recorded · purchase lost" in done.out


@pytest.mark.browser
def test_what_could_not_be_verified_is_no_pass_and_hides_no_finding(
    cli: Cli, tmp_path: Path
) -> None:
    """The order was placed, and nobody knows whether it arrived."""
    wrong = f'{SCENARIO}expect: {{cn_purchase: {{total_price: "1"}}}}\n'
    done = verify(cli, tmp_path, None, SCENARIO, wrong, key="demo-key:wr0ngSecret")
    found = {len(result["findings"]) for result in results(tmp_path)}
    assert [result["verdict"] for result in results(tmp_path)] == ["broken", "broken"]
    assert (done.code, found) == (1, {0, 1})
    assert "the purchase could not be verified" in done.out
    assert "expectation-not-met" in done.out
    assert "wr0ngSecret" not in done.out + done.err + json.dumps(results(tmp_path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("connectif: allow", "connectif: block"), '"verify" looks for the purchase at Connectif'),
        (("connectif: allow\n", ""), "connectif: allow"),
        (("recorded: true", "recorded: false"), "recorded"),
        (("within: 500ms", "within: soon"), "500ms"),
    ],
)
def test_a_verify_that_cannot_be_done_is_refused_before_the_order(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, str],
    message: str,
) -> None:
    text = SCENARIO.replace(*change).replace("  - include: fragments/checkout.yaml\n", "")
    (tmp_path / "a.yaml").write_text(text.replace("    with: {payment: Bank transfer}\n", ""))
    monkeypatch.setenv("SHOP_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CONNECTIF_API_KEY", "id:secret")
    assert invoke(["run", str(tmp_path / "a.yaml")]) == 2
    assert message in capsys.readouterr().err


def test_a_verify_without_a_key_is_refused_before_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(
        "name: x\nbase_url: http://127.0.0.1:9\nconnectif: allow\n"
        "steps: [{goto: /}]\nverify: {recorded: true}\n"
    )
    monkeypatch.delenv("CONNECTIF_API_KEY", raising=False)
    assert invoke(["run", str(tmp_path / "a.yaml")]) == 2
    said = capsys.readouterr().err
    assert "a.yaml:5:1" in said
    assert "CONNECTIF_API_KEY" in said
