"""What is sent, and what is not sent again."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.backfill.conftest import MUG, Shop, fates, purchase, shop_with
from validator.backfill.journal import OrderState, open_journal
from validator.backfill.order_results import OrderOutcome
from validator.backfill.sending import BackfillRun, SendOptions
from validator.connectif_api.client import ConnectifApi, open_connectif_api
from validator.core.errors import InputError
from validator.core.exit_code import ExitCode
from validator.demo.api.options import READ_ONLY_KEY, FaultRates

REPLACING = SendOptions(replaces=True)


def test_missing_purchases_are_created_with_their_contacts_and_products(shop: Shop) -> None:
    account = shop.backfill([purchase(1), purchase(2)])
    assert fates(account) == {"NQ-1": OrderOutcome.CREATED, "NQ-2": OrderOutcome.CREATED}
    assert account.exit_code is ExitCode.OK
    assert shop.totals() == {"NQ-1": 38.75, "NQ-2": 38.75}
    assert shop.api.store.has_contact("buyer-1@example.test")
    assert shop.api.store.product("mug")


def test_what_is_in_the_catalogue_is_not_written_over(shop: Shop) -> None:
    async def newer(api: ConnectifApi) -> None:
        await api.ensure_product(MUG)

    shop.ask(newer)
    shop.api.store.put_product("mug", {"name": "Mug, new picture"})
    shop.backfill([purchase()])
    assert (shop.api.store.product("mug") or {})["name"] == "Mug, new picture"


@pytest.mark.parametrize("triggers", [False, True])
def test_workflows_run_only_where_they_are_asked_for(shop: Shop, triggers: bool) -> None:
    shop.backfill([purchase()], SendOptions(triggers=triggers))
    assert shop.api.store.count_triggered() == int(triggers)


def test_a_purchase_that_is_there_is_left_alone(shop: Shop) -> None:
    shop.api.store.add_purchase(purchase().body(), triggers=True)
    account = shop.backfill([purchase()])
    assert fates(account) == {"NQ-1": OrderOutcome.ALREADY_THERE}
    assert account.exit_code is ExitCode.OK


def test_a_second_run_asks_nothing_and_sends_nothing(shop: Shop) -> None:
    shop.backfill([purchase()])
    before = len(shop.api.store.requests())
    account = shop.backfill([purchase()])
    assert fates(account) == {"NQ-1": OrderOutcome.DONE_BEFORE}
    assert len(shop.api.store.requests()) == before


def test_other_amounts_are_told_and_not_touched(shop: Shop) -> None:
    shop.api.store.add_purchase(purchase(total="30.00").body(), triggers=True)
    account = shop.backfill([purchase()])
    (told,) = account.told
    assert told.fate is OrderOutcome.DIFFERS
    assert [(each.expected, each.recorded) for each in told.differences] == [("38.75", "30")]
    assert account.exit_code is ExitCode.FINDINGS
    assert shop.asked("DELETE") == 0


def test_other_amounts_are_replaced_where_that_is_wanted(shop: Shop) -> None:
    shop.api.store.add_purchase(purchase(total="30.00").body(), triggers=True)
    account = shop.backfill([purchase()], REPLACING)
    assert fates(account) == {"NQ-1": OrderOutcome.REPLACED}
    assert shop.totals() == {"NQ-1": 38.75}
    assert shop.api.store.count_by_purchase_id() == {"NQ-1": 1}


@pytest.mark.parametrize("change", [{"payment_method": "PayPal"}, {"cart_id": "c"}])
def test_nothing_but_amounts_is_replaced(shop: Shop, change: dict[str, Any]) -> None:
    shop.api.store.add_purchase(purchase(**change).body(), triggers=True)
    account = shop.backfill([purchase()], REPLACING)
    assert fates(account) == {"NQ-1": OrderOutcome.ALREADY_THERE}
    assert account.told[0].differences
    assert shop.asked("DELETE") == 0


def test_a_replacement_that_is_refused_puts_the_old_one_back(tmp_path: Path) -> None:
    with shop_with(tmp_path, domains=("shop.example",)) as shop:
        shop.api.store.add_purchase(purchase(total="30.00").body(), triggers=True)
        # The old purchase's contact and product are there, as they are where it was recorded.
        shop.ask(lambda api: api.ensure_contact("buyer-1@example.test"))
        shop.ask(lambda api: api.ensure_product(MUG))
        elsewhere = MUG.__class__("x", "X", "https://other.example/x", Decimal(1), 2, Decimal(2))
        account = shop.backfill([purchase(products=(elsewhere,))], REPLACING)
        assert fates(account) == {"NQ-1": OrderOutcome.REFUSED}
        assert "the old one was put back" in account.told[0].message
        assert shop.totals() == {"NQ-1": 30.0}


@pytest.mark.parametrize("is_deleted", [False, True], ids=["before DELETE", "before POST"])
@pytest.mark.parametrize("is_in_the_file", [False, True])
def test_a_replacement_that_was_killed_is_finished(
    shop: Shop, is_deleted: bool, is_in_the_file: bool
) -> None:
    """Also where the file no longer names it: the journal does."""
    old = shop.api.store.add_purchase(purchase(total="30.00").body(), triggers=True) or {}
    with shop.journal() as journal:
        journal.begin_replacing(purchase(), old)
    if is_deleted:
        shop.api.store.delete_purchase(shop_id="NQ-1")
    account = shop.backfill([purchase()] if is_in_the_file else [], REPLACING)
    assert fates(account) == {"NQ-1": OrderOutcome.REPLACED}
    assert shop.totals() == {"NQ-1": 38.75}


def test_without_replace_a_killed_replacement_deletes_nothing_more(shop: Shop) -> None:
    old = shop.api.store.add_purchase(purchase(total="30.00").body(), triggers=True) or {}
    with shop.journal() as journal:
        journal.begin_replacing(purchase(), old)
    assert fates(shop.backfill([purchase()])) == {"NQ-1": OrderOutcome.DIFFERS}
    assert shop.asked("DELETE") == 0


@pytest.mark.parametrize("is_there", [True, False])
def test_a_purchase_whose_sending_was_killed_is_asked_for_first(shop: Shop, is_there: bool) -> None:
    with shop.journal() as journal:
        journal.put(purchase(), OrderState.SENDING)
    shop.ask(lambda api: api.ensure_contact("buyer-1@example.test"))
    shop.ask(lambda api: api.ensure_product(MUG))
    if is_there:
        shop.api.store.add_purchase(purchase().body(), triggers=False)
    account = shop.backfill([purchase()])
    assert fates(account) == {"NQ-1": OrderOutcome.CREATED}
    assert shop.asked("POST") == int(not is_there)
    assert shop.api.store.count_by_purchase_id() == {"NQ-1": 1}


def test_what_is_refused_of_one_order_does_not_stop_the_others(shop: Shop) -> None:
    account = shop.backfill([purchase(1, cart_id=None), purchase(2)])
    assert fates(account) == {"NQ-1": OrderOutcome.REFUSED, "NQ-2": OrderOutcome.CREATED}
    assert "cartId is required" in account.told[0].message
    assert account.exit_code is ExitCode.FINDINGS
    mended = shop.backfill([purchase(1), purchase(2)])
    assert fates(mended) == {"NQ-1": OrderOutcome.CREATED, "NQ-2": OrderOutcome.DONE_BEFORE}


def test_a_key_that_may_not_write_ends_the_run(shop: Shop) -> None:
    account = shop.backfill(
        [purchase(number) for number in range(9)], SendOptions(workers=1), key=READ_ONLY_KEY
    )
    counts = account.counts()
    assert (counts[OrderOutcome.FAILED], counts[OrderOutcome.NOT_REACHED]) == (1, 8)
    assert account.exit_code is ExitCode.BROKEN
    assert "scope" in account.hint


def test_an_api_that_does_not_answer_ends_the_run(tmp_path: Path) -> None:
    with shop_with(tmp_path, trouble=FaultRates(error_before=1)) as shop:
        account = shop.backfill([purchase(number) for number in range(20)], attempts=2)
    assert account.exit_code is ExitCode.BROKEN
    assert account.counts()[OrderOutcome.NOT_REACHED] >= 20 - 3 - 3
    assert len(account.told) == 20


def test_answers_that_are_lost_lose_and_double_nothing(tmp_path: Path) -> None:
    trouble = FaultRates(
        too_many=0.1, error_before=0.05, error_after=0.1, drop_before=0.05, drop_after=0.1
    )
    purchases = [purchase(number) for number in range(25)]
    with shop_with(tmp_path, trouble=trouble) as shop:
        account = shop.backfill(purchases, attempts=12)
        assert set(fates(account).values()) == {OrderOutcome.CREATED}
        assert shop.api.store.count_by_purchase_id() == {each.purchase_id: 1 for each in purchases}


def test_a_journal_of_another_account_is_refused(shop: Shop) -> None:
    shop.backfill([purchase()])
    with pytest.raises(InputError, match="another key or another API"), shop.journal("another"):
        pass


def test_a_key_that_the_api_refuses_does_not_bind_the_journal(shop: Shop) -> None:
    mistyped = "demo-key:another"
    with shop.journal(shop.settings(key=mistyped).account) as journal:

        async def run() -> None:
            async with open_connectif_api(shop.settings(key=mistyped)) as api:
                await BackfillRun(api, journal, SendOptions(), lambda _: None).run([purchase()])

        asyncio.run(run())
    assert shop.backfill([purchase()]).exit_code is ExitCode.OK


def test_a_garbled_entry_of_the_journal_is_named(shop: Shop) -> None:
    shop.backfill([purchase()])
    with closing(sqlite3.connect(shop.folder / "journal.sqlite")) as database, database:
        database.execute("update orders set payload = '{', state = 'sending'")
    with pytest.raises(InputError, match='order "NQ-1" cannot be read') as caught:
        shop.backfill([purchase()])
    assert "sqlite3 FILE .recover" in caught.value.findings[0].hint


def test_a_damaged_journal_is_named(shop: Shop) -> None:
    shop.backfill([purchase(number) for number in range(60)])
    path = shop.folder / "journal.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(InputError, match="the journal is damaged"):
        shop.backfill([purchase()])


def test_a_journal_is_for_the_eyes_of_who_made_it(shop: Shop) -> None:
    shop.backfill([purchase()])
    assert (shop.folder / "journal.sqlite").stat().st_mode & 0o077 == 0


def test_a_journal_that_cannot_be_made_is_refused(shop: Shop) -> None:
    folder = shop.folder / "not a folder"
    folder.write_text("")
    with pytest.raises(InputError, match="cannot be used"), open_journal(folder / "x", "mine"):
        pass


def test_a_journal_that_is_in_use_is_refused(shop: Shop) -> None:
    with shop.journal(), pytest.raises(InputError, match="another backfill is using"):
        shop.backfill([purchase()])


def test_a_file_that_is_no_journal_is_refused(shop: Shop) -> None:
    (shop.folder / "journal.sqlite").write_text("these are notes, not a journal at all" * 40)
    with pytest.raises(InputError, match="cannot be used"):
        shop.backfill([purchase()])
