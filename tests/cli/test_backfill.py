"""``cn-validator backfill`` as a user runs it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.backfill.conftest import environment_of, purchase
from validator.cli import invoke
from validator.demo import Api, ApiOptions, api_server
from validator.demo.api.options import READ_ONLY_KEY, FaultRates

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Done

QUICK = ("--rate", "60000", "--first-wait", "1ms")


@pytest.fixture
def api() -> Iterator[Api]:
    with api_server(ApiOptions()) as running:
        yield running


@pytest.fixture
def missing(tmp_path: Path) -> Path:
    """Two orders that can be sent and one that cannot."""
    orders = [purchase(1).body(), purchase(2).body(), {"purchaseId": "NQ-3", "products": []}]
    path = tmp_path / "missing.jsonl"
    path.write_text("\n".join(json.dumps(order) for order in orders))
    return path


def apply(cli: Cli, api: Api, *arguments: str, key: str = "") -> Done:
    environ = {"CONNECTIF_API_URL": api.url, "CONNECTIF_API_KEY": key or api.key}
    return cli("backfill", "missing.jsonl", "--apply", *QUICK, *arguments, **environ)


@pytest.mark.usefixtures("missing")
def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(cli: Cli, api: Api) -> None:
    done = cli("backfill", "missing.jsonl", CONNECTIF_API_URL=api.url, CONNECTIF_API_KEY=api.key)
    assert done.code == 1
    assert "2 orders to send, 1 that cannot be sent" in done.out
    shown = done.out.partition("triggerPurchaseEvent=false\n")[2].partition("\n\n")[0]
    assert json.loads(shown) == purchase(1).body()
    assert "NQ-3: it has no products" in done.out
    assert "Nothing was sent: --apply sends the purchases." in done.out
    assert api.store.requests() == ()


@pytest.mark.usefixtures("missing")
def test_a_dry_run_needs_no_key(cli: Cli) -> None:
    assert cli("backfill", "missing.jsonl", "--show", "all").code == 1


@pytest.mark.usefixtures("missing")
def test_applied_it_sends_and_says_what_became_of_each(cli: Cli, api: Api, tmp_path: Path) -> None:
    done = apply(cli, api, "--results", "results.jsonl")
    assert done.code == 1
    assert "2 created, 1 cannot be sent" in done.out
    assert "2 of 2 · " in done.err
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    assert {told["purchaseId"]: told["fate"] for told in map(json.loads, lines)} == {
        "NQ-1": "created",
        "NQ-2": "created",
        "NQ-3": "not sendable",
    }
    assert (tmp_path / "missing.jsonl.journal.sqlite").exists()
    again = apply(cli, api)
    assert "2 done by an earlier run" in again.out


@pytest.mark.usefixtures("missing")
def test_replacing_wants_to_be_confirmed(cli: Cli, api: Api) -> None:
    wrong = {**purchase(1).body(), "totalPrice": 1.0}
    api.store.add_purchase(wrong, triggers=True)
    refused = apply(cli, api, "--replace")
    assert refused.code == 2
    assert "Confirm it with --yes" in refused.err
    assert api.store.requests() == ()
    assert "1 deleted and created again" in apply(cli, api, "--replace", "--yes").out


@pytest.mark.usefixtures("missing")
def test_the_key_is_never_shown(cli: Cli, api: Api) -> None:
    done = apply(cli, api, key="demo-key:wr0ngSecret")
    assert done.code == 3
    assert "CONNECTIF_API_KEY names no key" in done.err
    assert "wr0ngSecret" not in done.out + done.err


@pytest.mark.usefixtures("missing")
def test_without_a_key_nothing_is_sent(cli: Cli) -> None:
    done = cli("backfill", "missing.jsonl", "--apply", CONNECTIF_API_KEY="")
    assert done.code == 2
    assert "CONNECTIF_API_KEY=id:secret" in done.err


@pytest.mark.usefixtures("missing")
def test_a_key_without_the_scope_says_which_it_needs(cli: Cli, api: Api) -> None:
    done = apply(cli, api, key=READ_ONLY_KEY)
    assert done.code == 3
    assert "Read and Write" in done.err


@pytest.mark.usefixtures("missing")
def test_an_api_that_is_down_is_a_matter_of_running_it_again(cli: Cli) -> None:
    with api_server(ApiOptions(trouble=FaultRates(error_before=1))) as down:
        done = apply(cli, down, "--attempts", "2")
    assert done.code == 3
    assert "Run it again" in done.err
    assert "Traceback" not in done.err


def test_interrupted_it_says_what_is_done_and_what_is_not(tmp_path: Path) -> None:
    orders = [purchase(number).body() for number in range(30)]
    (tmp_path / "missing.jsonl").write_text("\n".join(json.dumps(order) for order in orders))
    with api_server(ApiOptions(trouble=FaultRates(latency_ms=20))) as slow:
        process = subprocess.Popen(
            # What runs in the background, as tests may, has its interrupts ignored.
            [
                *("env", "--default-signal=INT", sys.executable, "-m", "validator"),
                *("backfill", "missing.jsonl", "--apply", *QUICK),
            ],
            cwd=tmp_path,
            env=environment_of(slow),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert slow.wait_for_request(20, 60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert "not reached" in out
    assert "Run it again to go on" in err
    assert err.endswith("Interrupted.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--column", "orderId=x"], "FIELD is one of purchaseId"),
        (["--column", "purchaseId=x"], 'there is no column "x"'),
        (["--timezone", "Madrid"], "write Europe/Madrid"),
        (["--yes"], "no effect without it"),
        (["--show", "some"], "neither a number"),
        (["--delimiter", "ab"], "one character"),
        (["--encoding", "klingon"], "cannot be read as klingon"),
        (["--rate", "0"], "--rate"),
    ],
)
def test_wrong_input_is_said_at_once(
    missing: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert invoke(["backfill", str(missing), *arguments]) == 2
    assert message in capsys.readouterr().err


def test_what_strangers_wrote_cannot_move_the_cursor(cli: Cli, tmp_path: Path) -> None:
    order = {**purchase(1).body(), "purchaseId": "\x1b[2Jx", "paymentMethod": "\x1b[31m"}
    (tmp_path / "missing.jsonl").write_text(json.dumps(order))
    assert "\x1b" not in cli("backfill", "missing.jsonl").out
