"""The stand-in script in a real browser: its moments, its reading, its silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route

from validator.demo import FAULTS, Demo, demo_servers

pytestmark = pytest.mark.browser

Order = Callable[..., httpx.Response]
Purchase = Mapping[str, Any]

# The page itself keeps what happens, in order: nothing has to be waited for but the end.
WATCH = """
window.seen = [];
for (const name of ["loaded", "managed.initialized", "initialized"])
  document.addEventListener(`connectif.${name}`, () => seen.push(name));
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (body) { seen.push(JSON.parse(body)); send.call(this, body); };
"""  # noqa: E501 - it is JavaScript
READ = "window.seen?.includes('initialized')"
TAG = """<div class="cn_purchase" style="display:none"><span class="purchase_id">P-1</span>
<span class="total_quantity">1</span><span class="total_price">{}</span></div>"""


def visit(page: Page, url: str) -> list[Any]:
    """Everything the script said and sent while the page loaded."""
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function(READ)
    seen: list[Any] = page.evaluate("window.seen")
    return seen


def purchases(seen: list[Any]) -> list[Purchase]:
    payloads = [entry for entry in seen if isinstance(entry, dict)]
    events = [event for payload in payloads for event in payload["events"]]
    return [event["purchase"] for event in events if event["type"] == "purchase"]


def insert_on(moment: str) -> str:
    insert = f"document.body.insertAdjacentHTML('beforeend', {json.dumps(TAG.format('5.00'))})"
    return f"document.addEventListener('connectif.{moment}', () => {{ {insert} }})"


def test_the_events_come_in_the_documented_order(demo: Demo, page: Page) -> None:
    loaded, initialized, payload, done = visit(page, demo.shop_url)
    assert (loaded, initialized, done) == ("loaded", "managed.initialized", "initialized")
    assert payload["events"] == [{"type": "page-visit"}]


def test_the_script_says_that_it_is_a_stand_in(demo: Demo, page: Page) -> None:
    visit(page, demo.shop_url)
    assert "stand-in" in page.evaluate("connectif.version")


def test_a_good_order_is_one_purchase(demo: Demo, order: Order, page: Page) -> None:
    (purchase,) = purchases(visit(page, str(order(demo).url)))
    (placed,) = demo.orders()
    assert purchase == {
        "cartId": placed.cart_id,
        "purchaseId": placed.number,
        "purchaseDate": placed.placed,
        "totalQuantity": 1,
        "totalPrice": 1184.95,
        "paymentMethod": "Bank transfer",
        "products": [
            {
                "quantity": 1,
                "price": 1180,
                "productDetailUrl": f"{demo.shop_url}/products/longboard",
                "productId": "longboard",
                "name": "Cedar longboard",
                "description": purchase["products"][0]["description"],
                "imageUrl": f"{demo.shop_url}/static/pictures/longboard.svg",
                "unitPrice": 1180,
                "availability": "InStock",
                "brand": "Norte Quay",
                "categories": ["/Water/Boards"],
            }
        ],
    }


def test_the_collector_receives_what_the_page_sends(demo: Demo, order: Order, page: Page) -> None:
    page.add_init_script(WATCH)
    with page.expect_response("**/scrippet-notification/*") as posted:
        page.goto(str(order(demo).url))
    assert posted.value.ok
    assert demo.received() == (posted.value.request.post_data_json,)
    assert demo.received()[0]["entityInfo"] == {"primary_key": "alba@example.test"}
    assert httpx.get(f"{demo.collector_url}/received.json").json() == list(demo.received())
    assert demo.orders()[0].number in httpx.get(f"{demo.collector_url}/received").text


def test_a_reload_sends_the_purchase_again(demo: Demo, order: Order, page: Page) -> None:
    sent = purchases(visit(page, str(order(demo).url)))
    page.reload()
    page.wait_for_function(READ)
    assert purchases(page.evaluate("seen")) == sent
    assert len(sent) == 1


@pytest.mark.parametrize(("moment", "count"), [("managed.initialized", 1), ("initialized", 0)])
def test_tags_are_read_once_after_managed_initialized(
    demo: Demo, page: Page, moment: str, count: int
) -> None:
    page.add_init_script(insert_on(moment))
    assert len(purchases(visit(page, demo.shop_url))) == count
    assert len(page.evaluate("connectif.getPurchaseEvents()")) == 1


def test_sending_no_events_sends_no_late_purchase(demo: Demo, page: Page) -> None:
    page.add_init_script(insert_on("initialized"))
    visit(page, demo.shop_url)
    page.evaluate("connectif.managed.sendEvents([])")
    assert purchases(page.evaluate("seen")) == []
    page.evaluate("connectif.managed.sendEvents(connectif.managed.getAllEvents())")
    assert [purchase["totalPrice"] for purchase in purchases(page.evaluate("seen"))] == [5]


@pytest.mark.parametrize(
    ("text", "recorded"),
    [
        ("180.750000", 180.75),
        ("180,75", 180),
        ("1.234,56", 1.234),
        ("180.75 €", 180.75),
        ("1e3", 1000),
        ("0", 0),
        ("€180.75", None),
        ("-5.00", None),
        ("", None),
        ("{{ order.total }}", None),
    ],
)
def test_an_amount_is_read_as_the_client_reads_it(
    demo: Demo, page: Page, text: str, recorded: float | None
) -> None:
    visit(page, demo.shop_url)
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", TAG.format(text))
    events = page.evaluate("connectif.getPurchaseEvents()")
    assert [event["purchase"]["totalPrice"] for event in events] == (
        [] if recorded is None else [recorded]
    )


@pytest.mark.parametrize(
    ("html", "recorded"),
    [
        ("<p><b class='purchase_id'>P-1</b></p>", ["P-1"]),
        ("<i class='big purchase_id '> P-1\n</i>", ["P-1"]),
        ("<i class='purchase_id'>P-1</i><i class='purchase_id'>P-2</i>", ["P-1"]),
        ("<meta class='purchase_id' content='P-1'>", []),
        ("<input class='purchase_id' value='P-1'>", []),
    ],
    ids=["any depth", "class tokens", "the first", "attribute", "input"],
)
def test_an_element_is_found_as_the_client_finds_it(
    demo: Demo, page: Page, html: str, recorded: list[str]
) -> None:
    visit(page, demo.shop_url)
    tag = f"""<div class="cn_purchase">{html}
        <i class="total_quantity">1</i><i class="total_price">5</i></div>"""
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", tag)
    events = page.evaluate("connectif.getPurchaseEvents()")
    assert [event["purchase"]["purchaseId"] for event in events] == recorded


@pytest.mark.parametrize(
    "gate",
    [
        {"webTrackingEnabled": False},
        {"allowedDomains": ["https://shop.example"]},
        {"excludeTracking": ["order-confirmation"]},
        {"trackAllByDefault": False},
        {"autoSendEventsOnInit": False},
    ],
    ids=lambda gate: next(iter(gate)),
)
def test_a_shut_gate_sends_nothing_and_says_nothing(
    demo: Demo, order: Order, page: Page, gate: dict[str, object]
) -> None:
    configure(page, gate)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    seen = visit(page, str(order(demo).url))
    assert seen == ["loaded", "managed.initialized", "initialized"]
    assert said == []


@pytest.mark.parametrize(
    "gate",
    [
        {"allowedDomains": ["http://127.0.0.1"]},
        {"trackAllByDefault": False, "includeTracking": ["order-.*"]},
    ],
    ids=["domain", "inclusion"],
)
def test_an_open_gate_lets_the_purchase_through(
    demo: Demo, order: Order, page: Page, gate: dict[str, object]
) -> None:
    configure(page, gate)
    assert len(purchases(visit(page, str(order(demo).url)))) == 1


def configure(page: Page, changes: dict[str, object]) -> None:
    """Serve the script with another configuration, as another store's would be."""

    def serve(route: Route) -> None:
        response = route.fetch()
        before, _, after = response.text().partition("window.connectifConfiguration = ")
        configuration, end, call = after.partition(";\n")
        changed = json.dumps(json.loads(configuration) | changes)
        body = f"{before}window.connectifConfiguration = {changed}{end}{call}"
        route.fulfill(response=response, body=body)

    page.route("**/client-script/*", serve)


LOST: tuple[Purchase, ...] = ()
RECORDED: dict[str, tuple[Purchase, ...]] = {
    "missing": LOST,
    "duplicate-tag": ({"totalPrice": 1184.95}, {"totalPrice": 1184.95}),
    "comma-decimals": ({"totalPrice": 1184},),
    "thousand-separators": ({"totalPrice": 1},),
    "currency-before": LOST,
    "currency-after": ({"totalPrice": 1184.95},),
    "not-a-number": LOST,
    "placeholder": ({"purchaseId": "{{ order.number }}"},),
    "template-syntax": ({"purchaseId": "{!! $order->number !!}"},),
    "printed-array": ({"purchaseId": "Array"},),
    "grouped-id": ({"purchaseId": "1,042"},),
    "self-closed-field": ({"totalPrice": 1184.95},),
    "url-twice": ({"totalPrice": 1184.95},),
    "name-hidden-by-cdn": ({"totalPrice": 1184.95},),
    "empty-purchase-id": LOST,
    "no-total-quantity": LOST,
    "no-total-price": LOST,
    "wrong-quantity": ({"totalQuantity": 2},),
    "wrong-total": ({"totalPrice": 1180},),
    "duplicate-field": ({"totalPrice": 1180},),
    "no-items": ({"products": []},),
    "item-without-name": ({"products": []},),
    "value-in-attribute": LOST,
    "iframe": LOST,
    "shadow-root": LOST,
    "template": LOST,
    "noscript": LOST,
    "comment": LOST,
    "late": LOST,
    "single-page": LOST,
    "contact-link": ({"totalPrice": 1184.95},),
    "tracking-off": LOST,
    "domain-not-allowed": LOST,
    "excluded-page": LOST,
    "not-included-page": LOST,
    "sampled-out": LOST,
    "auto-send-off": LOST,
    "script-twice": ({"totalPrice": 1184.95}, {"totalPrice": 1184.95}),
    "event-instead-of-tag": ({"totalPrice": 1184.95},),
    "event-malformed": ({"totalPrice": "1184,95 €"},),
    "tag-and-event": ({"totalPrice": 1184.95}, {"totalPrice": 1184.95}),
}
ITEMS: dict[str, dict[str, object]] = {
    "item-without-price": {"price": None, "unitPrice": 1180},
    "relative-url": {
        "productDetailUrl": "/products/longboard",
        "imageUrl": "/static/pictures/longboard.svg",
    },
    "styled": {"name": "CEDAR LONGBOARD"},
}
UNSTARTED = {
    "script-not-started",
    "script-missing",
    "written-again",
    "removed-later",
    "script-not-found",
    "script-blocked-by-csp",
    "consent-not-given",
}
"""Here the script never runs; what is found then is the command's test."""
JOURNEY = {"no-return", "return-needs-click", "confirmation-500", "tag-on-cancel"}


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> Iterator[Demo]:
    with demo_servers(fault=request.param) as running:
        yield running


@pytest.mark.parametrize(
    ("broken", "recorded"), RECORDED.items(), indirect=["broken"], ids=RECORDED
)
def test_a_fault_in_the_tag_is_recorded_as_it_says(
    broken: Demo, recorded: tuple[Purchase, ...], order: Order, page: Page
) -> None:
    sent = purchases(visit(page, str(order(broken).url)))
    assert len(sent) == len(recorded)
    for purchase, expected in zip(sent, recorded, strict=True):
        assert {name: purchase[name] for name in expected} == expected


@pytest.mark.parametrize(("broken", "expected"), ITEMS.items(), indirect=["broken"], ids=ITEMS)
def test_a_fault_in_an_item_is_recorded_as_it_says(
    broken: Demo, expected: dict[str, object], order: Order, page: Page
) -> None:
    (purchase,) = purchases(visit(page, str(order(broken).url)))
    (item,) = purchase["products"]
    assert {name: item.get(name) for name in expected} == expected


@pytest.mark.parametrize("broken", ["bad-date"], indirect=True)
def test_a_local_date_is_recorded_as_it_stands(broken: Demo, order: Order, page: Page) -> None:
    (purchase,) = purchases(visit(page, str(order(broken).url)))
    day, month, rest = purchase["purchaseDate"].split("/")
    placed = broken.orders()[0].placed
    assert f"{rest[:4]}-{month}-{day}T{rest[5:]}" == placed[:16]


@pytest.mark.parametrize("broken", ["late"], indirect=True)
def test_a_late_tag_is_in_the_page_all_the_same(broken: Demo, order: Order, page: Page) -> None:
    visit(page, str(order(broken).url))
    assert page.locator(".cn_purchase").count() == 1


def test_every_fault_is_tested() -> None:
    assert {*RECORDED, *ITEMS, *UNSTARTED, *JOURNEY, "bad-date"} == set(FAULTS)
