"""Orders of a session: none without a test, none twice, no more than allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pytest_plugin.conftest import Session
from validator.demo import Demo, demo_servers
from validator.run.order_ledger import load_orders

pytestmark = pytest.mark.browser

Write = Callable[..., Path]

BUY = (
    {"click": {"role": "button", "name": "Add to basket"}},
    {
        "include": "fragments/checkout.yaml",
        "with": {"payment": "Cash on delivery", "shipping": "Express"},
    },
)


@pytest.fixture
def shop(repository: Path, pytester: pytest.Pytester) -> Iterator[Demo]:
    """A shop without orders, and the fragments of the bundled scenarios."""
    fragments = pytester.path / "scenarios" / "fragments"
    fragments.mkdir(parents=True)
    for file in (repository / "scenarios" / "fragments").glob("*.yaml"):
        (fragments / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    with demo_servers() as servers:
        yield servers


@pytest.fixture
def checkout(shop: Demo, scenario: Write) -> Write:
    """Write a scenario that orders one product, cash on delivery."""

    def write(name: str, **more: object) -> Path:
        steps = [{"goto": "/products/dry-bag"}, *BUY]
        heading = {"role": "heading", "name": "Thank you for your order"}
        return scenario(
            name, "", base_url=shop.shop_url, **{"steps": steps, "confirmation": heading} | more
        )

    return write


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-only", "--collect-only"])
def test_a_session_without_tests_places_no_order(
    option: str, browser_session: Session, checkout: Write, shop: Demo
) -> None:
    checkout("buys")
    done = browser_session(option)
    assert done.ret == pytest.ExitCode.OK
    assert shop.orders() == ()


NEVER = {"confirmation": {"role": "heading", "name": "Never"}, "timeout": "1s"}
"""The scenario breaks after the order is placed."""


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (("-p", "pytest_rerunfailures", "--reruns", "2"), NEVER),
        (("-p", "flaky.flaky_pytest_plugin", "--force-flaky", "--max-runs", "3"), NEVER),
        (
            ("-p", "pytest_rerunfailures", "--reruns", "2"),
            {"expect": {"cn_purchase": {"total_price": "1.00"}}},
        ),
    ],
    ids=["rerunfailures", "flaky", "rerunfailures-finding"],
)
def test_no_plugin_repeats_a_scenario_that_has_begun_its_order(
    options: tuple[str, ...],
    more: dict[str, object],
    browser_session: Session,
    checkout: Write,
    shop: Demo,
) -> None:
    checkout("buys", **more)
    done = browser_session(*options, "-W", "default")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert len(shop.orders()) == 1


def test_a_scenario_that_broke_before_its_order_may_be_repeated(
    browser_session: Session, checkout: Write, shop: Demo
) -> None:
    checkout("buys", steps=[{"goto": "/gone"}, *BUY])
    done = browser_session("-p", "pytest_rerunfailures", "--reruns", "1", "-v")
    assert "RERUN" in done.stdout.str()
    assert shop.orders() == ()


def test_a_worker_that_crashes_after_the_order_has_no_successor_place_it_again(
    browser_session: Session, checkout: Write, shop: Demo, pytester: pytest.Pytester
) -> None:
    checkout("buys")
    with (pytester.path / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(
            "\nimport os\n"
            "@pytest.hookimpl(wrapper=True)\n"
            "def pytest_runtest_call(item):\n"
            "    yield\n"
            "    os._exit(1)\n"
        )
    plugins = ("-p", "xdist", "-p", "pytest_rerunfailures", "-W", "default")
    done = browser_session(*plugins, "-n", "1", "--reruns", "2")
    assert "crashed" in done.stdout.str()
    assert len(shop.orders()) == 1


def test_a_file_places_no_more_orders_than_it_allows(
    browser_session: Session, checkout: Write, shop: Demo
) -> None:
    checkout("buys", max_orders=1, matrix={"size": ["alpha", "omega"]})
    done = browser_session()
    done.assert_outcomes(errors=2)
    assert "2 instances of it would place up to 2 orders, and max_orders is 1" in done.stdout.str()
    assert shop.orders() == ()


def test_the_instances_that_are_chosen_count_alone(
    browser_session: Session, checkout: Write, shop: Demo
) -> None:
    checkout("buys", max_orders=1, matrix={"size": ["alpha", "omega"]})
    browser_session("-k", "omega").assert_outcomes(passed=1, deselected=1)
    assert len(shop.orders()) == 1


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "2")], ids=["one", "xdist"])
def test_a_session_places_no_more_orders_than_allowed(
    workers: tuple[str, ...], browser_session: Session, checkout: Write, shop: Demo
) -> None:
    checkout("buys")
    checkout("buys again")
    done = browser_session("--cn-max-orders", "1", *workers)
    done.assert_outcomes(errors=2)
    said = done.stdout.str()
    assert "2 scenarios would place up to 2 orders, and --cn-max-orders is 1" in said
    assert shop.orders() == ()


def test_all_processes_keep_the_orders_they_placed(
    browser_session: Session, checkout: Write, shop: Demo, pytester: pytest.Pytester
) -> None:
    for name in ("buys", "buys again", "buys once more"):
        checkout(name)
    browser_session("-p", "xdist", "-n", "2").assert_outcomes(passed=3)
    runs = pytester.path.glob("cn-validator-results/*")
    kept = [order for run in runs for order in load_orders(run)]
    assert {order.purchase_id for order in kept} == {order.number for order in shop.orders()}
