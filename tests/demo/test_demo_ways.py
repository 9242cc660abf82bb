"""How the payments of the bundled shop go, as its addresses and its start-up say."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from validator.core.errors import InputError
from validator.demo import Demo, demo_servers
from validator.demo.payment_flow import FLOW_CHOICES, PaymentFlow, parse_flow

Place = Callable[..., httpx.Response]


def test_a_way_is_read_and_written_alike() -> None:
    assert str(parse_flow("out:tab,back:form")) == "out:tab,back:form"


def test_what_is_left_open_is_as_started_and_then_as_usual() -> None:
    way = parse_flow("out:tab").over(parse_flow("out:form,back:never"))
    assert (way.out, way.back, way.notify) == ("tab", "never", "before")


def test_a_way_has_a_choice_of_every_part() -> None:
    assert list(PaymentFlow().over(PaymentFlow()).__slots__) == list(FLOW_CHOICES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ouch:tab", '"ouch" is not one of out, card'),
        ("out:window", "out is one of 303, 302"),
        ("out", 'not ""'),
    ],
)
def test_an_unknown_way_is_refused_with_what_there_is(text: str, told: str) -> None:
    with pytest.raises(ValueError, match="out") as refused:
        parse_flow(text)
    assert told in str(refused.value)


def test_the_start_up_refuses_an_unknown_way() -> None:
    with pytest.raises(InputError), demo_servers(way="back:soon"):
        pass


def test_the_shop_says_that_a_way_is_unknown(demo: Demo, http: httpx.Client) -> None:
    answer = http.get(f"{demo.shop_url}/?way=back:soon")
    assert answer.status_code == 400
    assert "back is one of meta" in answer.text


def test_an_address_decides_for_the_orders_that_follow(
    demo: Demo, http: httpx.Client, order: Place
) -> None:
    http.get(f"{demo.shop_url}/?way=out:meta")
    page = order(demo, payment="card")
    assert 'http-equiv="refresh"' in page.text
    assert demo.payment_url in page.text


def test_a_payment_page_may_be_down(demo: Demo, http: httpx.Client, order: Place) -> None:
    http.get(f"{demo.shop_url}/?way=bank:down")
    assert order(demo, payment="card").status_code == 503


def test_the_shop_lists_its_orders(demo: Demo, http: httpx.Client, order: Place) -> None:
    order(demo)
    (listed,) = http.get(f"{demo.shop_url}/orders.json").json()
    assert listed["number"].startswith("NQ-")
    assert (listed["state"], listed["total"]) == ("awaiting payment", "1184.95")


def test_a_notification_that_nobody_holds_is_not_found(demo: Demo, http: httpx.Client) -> None:
    assert http.post(f"{demo.payment_url}/notify?order=NQ-0").status_code == 404
