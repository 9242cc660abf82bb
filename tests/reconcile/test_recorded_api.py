"""What is recorded, asked of a real server that behaves as the API is documented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.reconcile.conftest import Answer, Ask
from tests.reconcile.servers import free_port
from validator.demo import Api, ApiOptions, api_server
from validator.demo.api.options import FaultRates

QUICK = ("--rate", "60000", "--first-wait", "1ms", "--attempts", "3")
JOURNAL = Path("cn-validator-recorded.sqlite")
ORDERS = "order_id,total,quantity,status\n" + "".join(
    f"NQ {at}/ä,{at}.50,1,paid\n" for at in range(1, 41)
)
Start: TypeAlias = Callable[..., AbstractContextManager[Api]]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Start:
    """Start an API with these troubles. It knows every order but the tenth and the twentieth."""

    @contextmanager
    def start(options: Mapping[str, Any] | None = None, **trouble: Any) -> Iterator[Api]:
        settings = ApiOptions(trouble=FaultRates(**trouble), **(options or {}))
        with api_server(settings) as running:
            monkeypatch.setenv("CONNECTIF_API_URL", running.url)
            monkeypatch.setenv("CONNECTIF_API_KEY", running.key)
            for at in range(1, 41):
                if at not in (10, 20):
                    known = {"purchaseId": f"NQ {at}/ä", "totalPrice": at + 0.5, "totalQuantity": 1}
                    running.store.add_purchase(known, triggers=False)
            yield running

    return start


def asked(ask: Ask, *options: str) -> Answer:
    return ask(ORDERS, "", *QUICK, *options, names=("orders.csv", "api"))


def test_each_order_is_asked_for_by_its_id(ask: Ask, api: Start) -> None:
    with api():
        answer = asked(ask)
    assert answer.code == 1, answer.err
    assert answer.ids("missing") == ["NQ 10/ä", "NQ 20/ä"]
    assert answer.data["counts"]["total"] == 0
    assert answer.data["recorded"]["rows"] == 38
    assert "whether it has others" in answer.out
    assert not JOURNAL.exists()


def test_only_orders_that_count_are_asked_for(ask: Ask, api: Start) -> None:
    orders = "order_id,status\nNQ 1/ä,paid\nNQ 2/ä,pending\n"
    options = (*QUICK, "--paid-status", "paid")
    with api() as running:
        answer = ask(orders, "", *options, names=("orders.csv", "api"))
        assert len(running.store.requests()) == 1
    assert answer.code == 0


def test_a_wrong_amount_is_found(ask: Ask, api: Start) -> None:
    with api():
        answer = ask("order_id,total\nNQ 1/ä,9\n", "", *QUICK, names=("orders.csv", "api"))
    assert answer.ids("total") == ["NQ 1/ä"]


def test_what_fails_in_passing_is_asked_again(ask: Ask, api: Start) -> None:
    with api(too_many=0.2, error_before=0.1, drop_before=0.1, seed=3):
        answer = asked(ask, "--attempts", "12")
    assert answer.ids("missing") == ["NQ 10/ä", "NQ 20/ä"], answer.err


def test_a_run_that_was_stopped_goes_on_where_it_was(ask: Ask, api: Start, tmp_path: Path) -> None:
    same = {"port": free_port(), "state": tmp_path / "api.sqlite"}
    with api(same, error_before=0.1, seed=1) as running:
        stopped = asked(ask, "--attempts", "1", "--workers", "1")
        before = len(running.store.requests())
    assert stopped.code == 3
    left = int(re.findall(r"(\d+) of 40 orders could not be asked for", stopped.err)[0])
    assert 0 < left < 40
    assert "run it again to go on" in stopped.err
    assert JOURNAL.exists()
    with api(same) as running:
        answer = asked(ask)
        assert len(running.store.requests()) == before + left
    assert answer.ids("missing") == ["NQ 10/ä", "NQ 20/ä"]
    assert not JOURNAL.exists()


def test_the_journal_of_another_account_is_refused(ask: Ask, api: Start) -> None:
    with api(error_before=0.5, seed=1):
        assert asked(ask, "--attempts", "1").code == 3
    with api() as another:
        answer = asked(ask)
        assert another.store.requests() == ()
    assert answer.code == 2
    assert "the answers of another Connectif account" in answer.err


def test_a_file_that_is_no_journal_is_refused(ask: Ask, api: Start, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my notes, which stay as they are\n" * 9)
    with api():
        answer = asked(ask, "--journal", "notes.txt")
    assert answer.code == 2
    assert "no journal" in answer.err
    assert (tmp_path / "notes.txt").read_text().startswith("my notes")


def test_the_key_is_needed_and_never_shown(
    ask: Ask, api: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with api():
        monkeypatch.setenv("CONNECTIF_API_KEY", "demo-key:wrong-secret-7")
        wrong = asked(ask)
        monkeypatch.delenv("CONNECTIF_API_KEY")
        none = asked(ask)
    assert (wrong.code, none.code) == (3, 2)
    assert "CONNECTIF_API_KEY is not set" in none.err
    assert "wrong-secret-7" not in wrong.err + wrong.out
