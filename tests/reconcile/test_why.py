"""Shops whose trouble is known: it is named, and what only goes with it is not."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.reconcile.conftest import Ask, table
from validator.rules.catalogue import RULES_BY_ID

HEADER = "order_id total created_at cart_id payment_method device country parcels"
SEEDS = (1, 2, 3)
RELEASED = datetime(2026, 11, 2, 14)  # noqa: DTZ001 - a shop's local time


def shop(cause: str, seed: int, size: int = 4_000) -> tuple[str, str]:
    """Return orders and purchases of 30 days; one of 150 is missing by chance."""
    chance = random.Random(seed)  # noqa: S311 - a generated shop
    orders, purchases = [], []
    for at in range(size):
        when = datetime(2026, 10, 15) + timedelta(seconds=chance.randrange(30 * 86_400))  # noqa: DTZ001 - likewise
        country = chance.choices(["ES", "PT"], [80, 20])[0]
        # Redsys is Spanish: where it fails, Spain looks bad too.
        paid = chance.choices(["redsys", "paypal"], [60 if country == "ES" else 2, 40])[0]
        device = chance.choice(["phone", "desktop"])
        parcels = 2 if chance.random() < 0.1 else 1
        known = {
            "payment page": paid == "redsys" and chance.random() < 0.3,
            "release": when >= RELEASED and chance.random() < 0.97,
            "split": parcels > 1 and chance.random() < 0.9,
            "phone payment": paid == "redsys" and device == "phone" and chance.random() < 0.6,
            "outage": timedelta(0) <= when - RELEASED < timedelta(hours=9),
            "night": 2 <= when.hour < 4 and chance.random() < 0.9,
            "none": False,
        }
        total = chance.randrange(500, 20_000) / 100
        orders.append((at, total, when.isoformat(), f"c{at}", paid, device, country, parcels))
        if not (known[cause] or chance.random() < 1 / 150):
            purchases.append((at, total))
    return table(HEADER, *orders), table("id total", *purchases)


def concluded(ask: Ask, cause: str, seed: int) -> list[dict[str, Any]]:
    answer = ask(*shop(cause, seed))
    assert answer.code == 1, answer.err
    found: list[dict[str, Any]] = answer.data["why"]["conclusions"]
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_payment_page_that_brings_nobody_back_is_named(ask: Ask, seed: int) -> None:
    (found,) = concluded(ask, "payment page", seed)
    assert (found["dimension"], found["value"]) == ("payment_method", "redsys")
    assert "payment-return-not-automatic" in found["rules"]
    assert "does not bring customers back" in found["means"]
    assert found["missingHere"] > 9 * found["missingElsewhere"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hour_of_a_release_is_named(ask: Ask, seed: int) -> None:
    (found,) = concluded(ask, "release", seed)
    assert (found["dimension"], found["value"]) == ("since", "2 November 2026 14:00")


@pytest.mark.parametrize("seed", SEEDS)
def test_split_orders_are_named(ask: Ask, seed: int) -> None:
    (found,) = concluded(ask, "split", seed)
    assert (found["dimension"], found["value"]) == ("parcels", "more than one parcel")


@pytest.mark.parametrize("seed", range(1, 9))
def test_where_there_is_no_cause_none_is_invented(ask: Ask, seed: int) -> None:
    answer = ask(*shop("none", seed))
    assert answer.data["counts"]["missing"] > 10
    assert answer.data["why"]["conclusions"] == []
    assert "Nothing stands out" in answer.out


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_customer_who_loses_all_orders_is_no_cause(ask: Ask, seed: int) -> None:
    """One customer in twelve blocks scripts, and each always pays in the same way."""
    chance = random.Random(seed)  # noqa: S311 - a generated shop
    orders, purchases = [], []
    for customer in range(400):
        method = chance.choice(["redsys", "paypal", "bizum", "transfer", "klarna", "cash"])
        blocks = chance.random() < 1 / 12
        for part in range(5):
            name = f"{customer}-{part}"
            orders.append((name, method, chance.choice("ABCD"), f"c{customer}@x.example"))
            if not blocks:
                purchases.append((name,))
    answer = ask(table("order_id payment_method country email", *orders), table("id", *purchases))
    assert answer.data["why"]["conclusions"] == []
    assert "one order of each customer, 400 of 2,000 orders" in answer.data["why"]["note"]


def test_what_narrows_a_cause_down_is_found_inside_of_it(ask: Ask) -> None:
    first, second = concluded(ask, "phone payment", 1)
    assert {first["value"], second["value"]} == {"redsys", "phone"}
    assert second["within"] == first["value"]


def test_an_outage_has_a_beginning_and_an_end(ask: Ask) -> None:
    (found,) = concluded(ask, "outage", 1)
    assert found["dimension"] == "between"
    assert "2 November 2026 14:00" in found["value"]


def test_hours_of_the_day_are_named(ask: Ask) -> None:
    found = concluded(ask, "night", 1)[0]
    assert (found["dimension"], found["value"]) == ("hour", "between 02:00 and 04:00")


def test_times_are_those_of_the_shop(ask: Ask) -> None:
    answer = ask(*shop("release", 1), "--orders-timezone", "Europe/Madrid")
    assert answer.data["why"]["conclusions"][0]["value"] == "2 November 2026 14:00"
    missing = {each["id"]: each["date"] for each in answer.data["differences"]}
    assert all(date is not None for date in missing.values())


def test_orders_that_share_a_cart_are_named(ask: Ask) -> None:
    rows = [(f"{cart}-{part}", f"c{cart}") for cart in range(200) for part in range(1 + cart % 2)]
    recorded = [(order,) for order, _ in rows if not order.endswith("-1")]
    answer = ask(table("order_id cart_id", *rows), table("id", *recorded))
    (found,) = answer.data["why"]["conclusions"]
    assert found["sentence"].startswith(
        "100% of the missing orders share their cart with another order"
    )


def test_a_further_column_may_be_the_cause(ask: Ask) -> None:
    rows = [(at, "old" if at % 5 else "new") for at in range(500)]
    recorded = table("id", *[(at,) for at, theme in rows if theme == "old"])
    orders = table("order_id theme", *rows)
    assert (
        ask(orders, recorded).data["why"]["note"].startswith("RECORDED lacks orders, but nothing")
    )
    (found,) = ask(orders, recorded, "--group-by", "theme").data["why"]["conclusions"]
    assert found["sentence"] == (
        "100% of the missing orders have theme new; 0% of the recorded ones."
    )


def test_where_all_are_missing_there_is_nothing_to_compare_with(ask: Ask) -> None:
    orders = table("order_id payment_method", *[(at, "card") for at in range(30)])
    answer = ask(orders, "id\n")
    assert answer.code == 1
    assert "Not one order was recorded" in answer.data["why"]["note"]


def test_a_few_missing_orders_prove_nothing(ask: Ask) -> None:
    rows = [(at, "redsys" if at % 2 else "card") for at in range(60)]
    recorded = table("id", *[(at,) for at, _ in rows if at not in (1, 3, 5)])
    answer = ask(table("order_id payment_method", *rows), recorded)
    assert answer.data["why"]["conclusions"] == []
    assert "3 missing orders are not enough" in answer.data["why"]["note"]


def test_the_worst_of_many_groups_is_one_that_had_to_be(ask: Ask) -> None:
    """Alone, six of fifty against one of fifty would be sure; among forty groups it is not."""
    rows = [(f"{country}-{at}", f"C{country}") for country in range(40) for at in range(50)]
    lost = {f"{country}-0" for country in range(40)} | {f"7-{at}" for at in range(6)}
    recorded = table("id", *[(order,) for order, _ in rows if order not in lost])
    answer = ask(table("order_id country", *rows), recorded)
    assert answer.data["counts"]["missing"] == 45
    assert answer.data["why"]["conclusions"] == []


def test_names_and_numbers_are_no_groups(ask: Ask) -> None:
    rows = [(at, f"method {at}") for at in range(700)]
    recorded = table("id", *[(at,) for at in range(600)])
    answer = ask(table("order_id payment_method", *rows), recorded)
    assert "700 different values: too many to be groups" in answer.data["why"]["note"]


def test_each_conclusion_says_on_what_it_rests(ask: Ask) -> None:
    answer = ask(*shop("payment page", 1))
    found = answer.data["why"]["conclusions"][0]
    words = " ".join(answer.out.split())
    assert (
        f"Rests on {found['missingHere']:,} missing of {found['ordersHere']:,} such orders, "
        f"against {found['missingElsewhere']:,} of {found['ordersElsewhere']:,} others; by "
        "chance: p <"
    ) in words
    assert "cn-validator rules payment-return-not-automatic" in words
    assert "scenarios/guest-pays-by-card.yaml" in words


def test_missing_orders_are_counted_by_each_dimension(ask: Ask) -> None:
    rows = [(at, "redsys" if at % 4 == 0 else "card", "2026-11-01T10:00") for at in range(40)]
    recorded = table("id", *[(at,) for at in range(40) if at % 8])
    answer = ask(
        table("order_id payment_method created_at", *rows), recorded, "--report", "html=r.html"
    )
    assert answer.data["why"]["groups"] == [
        {"dimension": "payment_method", "value": "redsys", "missing": 5, "orders": 10},
        {"dimension": "payment_method", "value": "card", "missing": 0, "orders": 30},
        {"dimension": "weekday", "value": "Sunday", "missing": 5, "orders": 40},
        {"dimension": "hour", "value": "10:00", "missing": 5, "orders": 40},
    ]
    page = Path("r.html").read_text(encoding="utf-8")
    assert "<td>redsys</td><td>5</td><td>10</td><td>50%</td>" in page


def test_every_rule_and_scenario_that_causes_name_is_there(repository: Path) -> None:
    from validator.reconcile.cause_catalogue import CAUSES, OTHER_CAUSE

    for cause in (*CAUSES.values(), OTHER_CAUSE):
        assert set(cause.rules) <= set(RULES_BY_ID)
        for word in cause.scenario.replace(",", " ").split():
            if word.startswith("scenarios/"):
                assert (repository / word).is_file()
