"""A run in which everything happens that a report must be able to tell."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from validator.core.capture import (
    Breakdown,
    Capture,
    CapturedTag,
    ConnectifRequest,
    ConnectifScript,
    CspViolation,
    Evidence,
    PaymentVisit,
    Placement,
    Reason,
    RequestOutcome,
    SentEvent,
    StepTiming,
)
from validator.core.document import Document, Location, SourceMap
from validator.core.finding import Consequence, Finding, Severity
from validator.core.result import (
    DroppedItem,
    FieldReading,
    NotEvaluated,
    Report,
    Result,
    ShadowedField,
    TagReading,
)

PAGE = "http://127.0.0.1:8800/order-confirmation/7"
ROOT_CSS = "body > main > div.cn_purchase"
PRICE_LINE = '    <span class="total_price">1.234,56</span>'
WHY = (
    "Connectif's script reads amounts with JavaScript's parseFloat, which stops at the first "
    "character that is not part of a number written with a point: the amount is recorded wrong, "
    "and nothing says so."
)
HINT = "Print the number without grouping and with a decimal point: 1234.56."


def missing_cart_id(page: str = PAGE) -> Finding:
    return Finding(
        "cart-id-missing",
        Severity.WARNING,
        "cn_purchase has no cart_id: the cart will be treated as abandoned",
        "/cart_id",
        Location(page, 40, 3, ROOT_CSS),
        Consequence.ADVICE,
        why="Without it the cart is not marked as purchased.",
        hint="Print the id that cn_cart had on the page before.",
    )


def comma_decimals(scenario: str = "scenarios/bank-transfer.yaml") -> Finding:
    return Finding(
        "total-price-format",
        Severity.ERROR,
        'total_price is "1.234,56", which is not a decimal number',
        "/total_price",
        Location(PAGE, 43, 5, f"{ROOT_CSS} > span.total_price"),
        Consequence.RECORDED_WRONG,
        expected="a number with a point before the decimals, such as 1234.56",
        actual="1.234,56",
        recorded="1.234",
        why=WHY,
        hint=HINT,
        snippet=PRICE_LINE,
        scenario=Location(scenario, 21, 3),
    )


def item_price() -> Finding:
    return Finding(
        "item-price-format",
        Severity.ERROR,
        'unit_price of item 1 is "€ 617,28", which is not a decimal number',
        "/product_basket_item/0/unit_price",
        Location(PAGE, 47, 128, f"{ROOT_CSS} > div.product_basket_item > span.unit_price"),
        Consequence.ITEM_LOST,
        expected="a number with a point before the decimals, such as 617.28",
        actual="€ 617,28",
        recorded="nothing",
        why=WHY,
        hint=HINT,
        snippet="    <div class='product_basket_item'>" + "<span class='tag'>x</span>" * 3
        + "<span></span><span class='unit_price'>€ 617,28</span>" + "<i></i>" * 40,
        scenario=Location("scenarios/bank-transfer.yaml", 21, 3),
    )  # fmt: skip


def reading() -> TagReading:
    document = Document(
        "cn_purchase 1",
        {
            "purchase_id": "prchs7",
            "total_quantity": "2",
            "total_price": "1.234,56",
            "payment_method": "Bank transfer",
            "product_basket_item": [{"unit_price": "€ 617,28"}],
        },
        SourceMap({"": Location(PAGE, 40, 3, ROOT_CSS), "/total_price": Location(PAGE, 43, 5)}),
    )
    return TagReading(
        document,
        (
            FieldReading("/purchase_id", "prchs7", "prchs7", differs=False),
            FieldReading("/total_quantity", "2", 2, differs=False),
            FieldReading("/total_price", "1.234,56", 1.234, differs=True),
            FieldReading("/payment_method", "Bank transfer", "Bank transfer", differs=False),
            FieldReading("/product_basket_item/0/unit_price", "€ 617,28", None, differs=True),
        ),
        {"purchaseId": "prchs7", "totalQuantity": 2, "totalPrice": 1.234, "products": []},
        shadowed=(ShadowedField("/total_price", "1234.56", Location(PAGE, 44, 5), "description"),),
        dropped_items=(
            DroppedItem(
                "/product_basket_item/0", 'unit_price "€ 617,28" does not begin with a number'
            ),
        ),
    )


def seen(**changes: object) -> Capture:
    known: dict[str, object] = {
        "status": 200,
        "title": "Thank you",
        "tags": (
            CapturedTag(
                "cn_purchase",
                '<div class="cn_purchase">\n…</div>',
                Placement.DOCUMENT,
                Location(PAGE, 40, 3),
                ROOT_CSS,
                MappingProxyType({"0": "prchs7"}),
                12.5,
            ),
        ),
        "waited_ms": 31.25,
        "dom_content_loaded_ms": 80.0,
        "load_ms": 120.0,
        "script": ConnectifScript(
            present=True,
            version="1.3.0",
            loaded_ms=95.5,
            read_ms=101.0,
            violations=(CspViolation("connect-src", "https://eu1-api.connectif.cloud"),),
            configuration=MappingProxyType({"allowedDomains": ["https://shop.example"]}),
            shut=MappingProxyType({"tracking-off": "webTrackingEnabled: false"}),
        ),
        "sent_events": (SentEvent("purchase", MappingProxyType({"purchase": {"totalPrice": 1}})),),
        "requests": (
            ConnectifRequest(
                "data", "POST", "https://eu1-api.connectif.cloud/x", RequestOutcome.BLOCKED
            ),
        ),
        "console_errors": ("Failed to load resource",),
        "steps": (StepTiming("goto /", Location("scenarios/card.yaml", 5, 5), 210.0),),
        "saved": MappingProxyType({"total": "1.234,56"}),
    }
    return Capture(PAGE, rendered=True, **(known | changes))  # type: ignore[arg-type]


def passed() -> Result:
    return Result(
        "Guest pays by card at the bank's page",
        seen(
            payments=(
                PaymentVisit(
                    Location("scenarios/card.yaml", 12, 5),
                    "http://localhost:8801/pay/7",
                    "automatic",
                    10_000.0,
                    640.0,
                    PAGE,
                ),
            )
        ),
        location=Location("scenarios/card.yaml"),
        labels=("smoke", "payment"),
        duration_ms=1420.4,
    )


def failed(name: str, file: str, *findings: Finding) -> Result:
    return Result(
        name,
        seen(evidence=(Evidence("screenshot", "evidence/bank-transfer/page.png"),)),
        findings,
        (reading(),),
        (NotEvaluated("item-prices-add-up", "a price of an item could not be read"),),
        Location(file),
        duration_ms=987.0,
    )


def broken() -> Result:
    return Result(
        "Customer pays in instalments",
        Breakdown(
            Reason.STEP_FAILED,
            'the button "Pay in instalments" did not appear within 15s',
            Location("scenarios/instalments.yaml", 18, 5),
            "http://127.0.0.1:8800/checkout/payment",
            "Look at the screenshot: is the button there, under another name?",
            (
                StepTiming("goto /", Location("scenarios/instalments.yaml", 5, 5), 210.0),
                StepTiming(
                    "click role=button name='Pay in instalments'",
                    Location("scenarios/instalments.yaml", 18, 5),
                    15_000.0,
                    "failed",
                ),
            ),
            (
                Evidence("screenshot", "evidence/instalments/failed.png"),
                Evidence("html", "evidence/instalments/failed.html"),
            ),
            candidates=(
                '{role: button, name: "Pay by instalments"}',
                '{role: radio, name: "Pay later \u202e"}',
            ),
        ),
        not_evaluated=(
            NotEvaluated("purchase-tag-missing", "the confirmation page was not reached"),
            NotEvaluated("duplicate-purchase", "the confirmation page was not reached"),
        ),
        location=Location("scenarios/instalments.yaml"),
        duration_ms=15_300.0,
    )


def with_warning() -> Result:
    return Result("orders/confirmation.html", seen(),
                  (missing_cart_id("orders/confirmation.html"),), duration_ms=12.0)  # fmt: skip


@pytest.fixture
def report() -> Report:
    return Report(
        (
            passed(),
            with_warning(),
            failed(
                "Guest pays by bank transfer",
                "scenarios/bank-transfer.yaml",
                comma_decimals(),
                item_price(),
                missing_cart_id(),
            ),
            failed(
                "Customer pays cash on delivery",
                "scenarios/cash.yaml",
                comma_decimals("scenarios/cash.yaml"),
            ),
            broken(),
        ),
        "20261123-101500-a1b2",
        "2026-11-23T10:15:00+01:00",
        17_740.0,
        MappingProxyType(
            {"cn-validator": "0.1.0", "python": "3.11.9", "browser": "Chromium 142.0"}
        ),
        ("The browser runs without its sandbox, because it was started as root.",),
        interrupted=True,
    )
