from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from validator.core.capture import Capture, PaymentVisit, SentEvent
from validator.core.document import Json, Location
from validator.core.finding import Consequence, Severity
from validator.core.result import Result, Verdict
from validator.page.static_capture import capture_html
from validator.rules.evaluate import ExpectedTag, evaluate_capture
from validator.run.scenario_run import expected_values
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import SavedReference, Template

PRESTASHOP = """\
<div class="cn_purchase " style="display:none">
    <span class="purchase_id">52</span>
    <span class="purchase_date">2019-04-13T08:35:53+0200</span>
    <span class="payment_method">Bank wire</span>
    <span class="cart_id">107</span>
    <span class="total_quantity">2</span>
    <span class="total_price">64.300000</span>
    <div class="product_basket_item">
        <span class="quantity">1</span>
        <span class="price">28.72</span>
        <span class="url">http://shop.example/home/6-mug.html</span>
        <span class="product_id">6</span>
        <span class="name">Mug &quot;The best&quot;</span>
        <span class="description">&lt;p&gt;A &lt;b class="name"&gt;mug&lt;/b&gt;&lt;/p&gt;</span>
        <span class="image_url">http://shop.example/6-large/mug.jpg</span>
        <span class="unit_price">28.7200</span>
        <span class="availability">instock</span>
        <span class="category">/Home/Accessories</span>
        <span class="brand"></span>
    </div>
    <div class="product_basket_item">
        <span class="quantity">1</span>
        <span class="price"></span>
        <span class="url">http://shop.example/home/7-mug.html</span>
        <span class="product_id">7</span>
        <span class="name">Mug</span>
        <span class="unit_price">28.7200</span>
        <span class="availability">outofstock</span>
    </div>
</div>
"""
"""What the PrestaShop module 1.2.16 renders, by its template: every trap of it at once."""

FIVE_FAULTS = """\
<div class="cn_purchase">
  <b class="purchase_id">{{ id }}</b>
  <b class="purchase_date">13/09/2024</b>
  <b class="cart_id">1</b>
  <b class="total_quantity">1</b>
  <div class="product_basket_item">
    <b class="quantity">1</b> <b class="price">9,50</b> <b class="url">/mug</b>
    <b class="product_id">6</b> <b class="unit_price">9.50</b>
    <b class="name">Mug</b>
  </div>
  <b class="total_price">-9.50</b>
</div>
"""


def judge(html: str, values: Mapping[str, str] | None = None, **changes: object) -> Result:
    capture = replace(capture_html(html, "page.html"), **changes)  # type: ignore[arg-type]
    expected = ExpectedTag(
        values=values or {},
        locations={"": Location("shop.yaml", 20), "total_price": Location("shop.yaml", 22)},
    )
    return evaluate_capture(capture, subject="page", expected=expected)


def rules(result: Result) -> list[str]:
    return [finding.rule for finding in result.findings]


def test_what_the_prestashop_module_renders_has_no_errors() -> None:
    result = judge(PRESTASHOP)
    assert [(each.rule, each.severity) for each in result.findings] == [
        ("mandatory-field-empty", Severity.WARNING)
    ]
    assert result.verdict is Verdict.PASSED
    assert result.readings[0].event is not None


def test_five_faults_are_five_findings_in_document_order() -> None:
    result = judge(FIVE_FAULTS)
    assert [(each.rule, str(each.location)) for each in result.findings] == [
        ("placeholder-unrendered", "page.html:2:3"),
        ("date-format", "page.html:3:3"),
        ("decimal-format", "page.html:7:31"),
        ("url-format", "page.html:7:57"),
        ("number-out-of-range", "page.html:11:3"),
    ]


def test_a_finding_quotes_its_line() -> None:
    assert judge(FIVE_FAULTS).findings[1].snippet == '  <b class="purchase_date">13/09/2024</b>'


def test_on_the_first_line_of_a_tag_columns_count_in_the_page() -> None:
    html = f"<p>{FIVE_FAULTS.replace(chr(10), '')}</p>"
    finding = judge(html).findings[1]
    assert finding.location is not None
    assert finding.snippet[(finding.location.column or 0) - 1 :].startswith(
        '<b class="purchase_date">13/09'
    )


def test_of_an_endless_line_what_follows_the_place_is_quoted() -> None:
    html = f"{'<!--x-->' * 9_999}{FIVE_FAULTS.replace(chr(10), '')}"
    assert judge(html).findings[1].snippet.startswith('<b class="purchase_date">13/09')


def test_what_a_rule_could_not_judge_is_said() -> None:
    unknown = {each.rule: each.because for each in judge(FIVE_FAULTS).not_evaluated}
    assert unknown == {
        "purchase-date-without-zone": "purchase_date is not in a documented form",
        "purchase-date-in-future": "purchase_date is not in a documented form",
        "purchase-date-long-past": "purchase_date is not in a documented form",
        "amount-in-cents": "total_price has no valid value",
        "thousands-dot": "total_price has no valid value",
        "total-price-zero": "total_price has no valid value",
        "total-price-mismatch": "total_price has no valid value",
        "line-price-mismatch": "price has no valid value",
    }


@pytest.mark.parametrize(
    ("field", "text", "consequence", "recorded"),
    [
        ("total_price", "€64.30", Consequence.PURCHASE_LOST, "nothing"),
        ("total_price", "64,30", Consequence.RECORDED_WRONG, "64"),
        ("total_price", "64.30 €", Consequence.NOT_AS_DOCUMENTED, "64.3"),
        ("total_quantity", "two", Consequence.PURCHASE_LOST, "nothing"),
        ("unit_price", "-1", Consequence.ITEM_LOST, "nothing"),
        ("product_id", "", Consequence.ITEM_LOST, "nothing"),
        ("quantity", "", Consequence.NOT_AS_DOCUMENTED, ""),
        ("purchase_date", "yesterday", Consequence.NOT_AS_DOCUMENTED, ""),
    ],
)
def test_the_consequence_is_what_the_script_would_do(
    field: str, text: str, consequence: Consequence, recorded: str
) -> None:
    head, _, tail = PRESTASHOP.partition(f'<span class="{field}">')
    html = f'{head}<span class="{field}">{text}<{tail.partition("<")[2]}'
    [finding] = [each for each in judge(html).findings if each.pointer.endswith(field)][:1]
    assert (finding.consequence, finding.recorded) == (consequence, recorded)


def test_a_missing_tag_hides_what_could_be_said_of_it() -> None:
    result = judge("<p>Thanks</p>", {"total_price": "1"})
    assert rules(result) == ["purchase-tag-missing"]
    assert result.findings[0].scenario == Location("shop.yaml", 20)
    assert "expectation-not-met" in {each.rule for each in result.not_evaluated}


def test_an_unmet_expectation_points_at_the_scenario() -> None:
    result = judge(PRESTASHOP, {"total_price": "65,30 €"})
    [finding] = [each for each in result.findings if each.rule == "expectation-not-met"]
    assert finding.message == 'total_price is "64.300000", the scenario expects "65,30 €".'
    assert (finding.scenario, str(finding.location)) == (
        Location("shop.yaml", 22),
        "page.html:7:5",
    )


def test_a_value_that_is_not_the_expected_one_is_one_finding() -> None:
    html = PRESTASHOP.replace('"total_quantity">2', '"total_quantity">3')
    assert rules(judge(html, {"total_quantity": "2"})).count("total-quantity-mismatch") == 0
    assert rules(judge(html)).count("total-quantity-mismatch") == 1


def test_a_field_that_is_there_twice_is_not_compared() -> None:
    html = PRESTASHOP.replace(
        '<span class="total_price">', '<i class="total_price">9</i><span class="total_price">'
    )
    result = judge(html, {"total_price": "64.30"})
    assert rules(result) == ["field-duplicate", "mandatory-field-empty"]


@pytest.mark.parametrize("total", ["1234", "1.234"])
def test_an_expectation_that_cannot_be_compared_is_a_warning(total: str) -> None:
    result = judge(PRESTASHOP.replace("64.300000", total), {"total_price": "1,234"})
    [finding] = [each for each in result.findings if each.rule == "expectation-not-met"]
    assert finding.severity is Severity.WARNING
    assert 'the expected "1,234" may mean 1.234 or 1234' in finding.message


def test_nothing_is_said_of_tags_until_the_confirmation_is_reached() -> None:
    trip = PaymentVisit(Location("shop.yaml", 9, 5), "https://bank/pay", "never", 5_000, 5_000, "x")
    result = judge("<div class=cn_purchase>", reached=False, payments=(trip,))
    assert rules(result) == ["payment-return-not-automatic"]
    [finding] = result.findings
    assert finding.consequence is Consequence.PURCHASE_LOST
    assert finding.scenario == trip.location
    assert "purchase-tag-missing" in {each.rule for each in result.not_evaluated}


def test_an_empty_event_without_a_tag_is_no_pass() -> None:
    sent = (SentEvent("purchase", {"type": "purchase", "purchase": {}}),)
    result = judge("<p>Thanks</p>", sent_events=sent)
    assert rules(result) == ["purchase-by-event", *["event-value-missing"] * 4]
    assert "purchaseId is missing" in result.findings[1].message


@pytest.mark.parametrize("purchase", [None, [], "x", 7, {"products": [None, [[]]]}])
def test_an_event_may_hold_anything(purchase: Json) -> None:
    sent = (SentEvent("purchase", {"type": "purchase", "purchase": purchase}),)
    assert judge("<p>Thanks</p>", sent_events=sent).verdict is Verdict.FAILED


def test_expected_values_are_filled_in_with_what_was_saved() -> None:
    values = MappingProxyType({"total_price": Template((SavedReference("total"),))})
    expected = expected_values(TagExpectation(values=values), {"total": "9.50"})
    assert expected.values == {"total_price": "9.50"}


def test_a_result_names_its_subject() -> None:
    capture = capture_html(PRESTASHOP, "page.html")
    result = evaluate_capture(
        capture,
        subject="Guest",
        location=Location("a.yaml"),
        labels=("smoke",),
    )
    assert (result.subject, result.location, result.labels) == (
        "Guest",
        Location("a.yaml"),
        ("smoke",),
    )
    assert result.outcome is capture


ITEM = """<div class="quantity">1</div><div class="price">49.90</div>
<div class="url">https://shop.example/p</div><div class="product_id">p1</div>
<div class="unit_price">49.90</div>"""
ID = '<div class="purchase_id">A-1042</div>'
TOTALS = '<div class="total_quantity">1</div><div class="total_price">49.90</div>'
NAME = '<div class="name">Hoodie</div>'
HIDDEN = '<div class="cn_purchase" style="display:none">'
MISTYPED = {
    "an end tag that is missing in a link": f"""{HIDDEN}{ID}{TOTALS}
<a class="product_basket_item" href="/p">{ITEM}<div class="name">Hoodie</a>
<a class="product_basket_item" href="/q">{ITEM}{NAME}</a></div>""",
    "a start tag for an end tag": f"""<div class="cn_purchase">
<p>Order <b class="purchase_id">A-1042<b></p>{TOTALS}
<div class="product_basket_item">{ITEM}{NAME}</div></div>""",
    "a comment in a script": f"""<script>var html = "<!-- widget --<script src=/w.js>";</script>
{HIDDEN}{ID}{TOTALS}<div class="product_basket_item">{ITEM}{NAME}</div></div>""",
}


@pytest.mark.parametrize("name", MISTYPED)
def test_what_a_browser_makes_of_a_mistyped_page_is_what_counts(name: str) -> None:
    assert judge("<!DOCTYPE html><title>Thanks</title>" + MISTYPED[name]).verdict is Verdict.FAILED


def hostile() -> dict[str, str]:
    tag = '<div class="cn_purchase">'
    return {
        "nothing": "",
        "deep": tag + "<div>" * 5_000 + '<b class="purchase_id">1</b>' + "</div>" * 5_000,
        "deep-tags": tag * 5_000,
        "deep-items": tag + '<p><i class="product_basket_item name">x' * 5_000,
        "many-items": tag + '<p class="product_basket_item"><b class=name>x</b></p>' * 5_000,
        "many-tags": f"{tag}</div>" * 5_000,
        "big-text": f'{tag}<b class="purchase_id">{"x" * 5_000_000}</b></div>',
        "big-page": "<p>x</p>\n" * 550_000 + PRESTASHOP,
        "nulls": PRESTASHOP.replace("5", "\0"),
        "cut": PRESTASHOP[:300],
        "entities": f'{tag}<b class="total_price">&#x110000;&#55296;&bogus;</b>',
        "surrogate": f'{tag}<b class="purchase_id">\ud800</b>',
        "digits": f'{tag}<b class="total_price">{"9" * 100_000}</b></div>',
        "tokens": "<!-- " * 1_000_000,
    }


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", hostile())
def test_hostile_html_ends_in_a_result(name: str) -> None:
    result = judge(hostile()[name])
    assert isinstance(result.outcome, Capture)
    assert result.verdict is Verdict.FAILED or name == "big-page"


def test_more_products_than_any_order_has_are_one_finding() -> None:
    item = PRESTASHOP[PRESTASHOP.index("    <div class") : PRESTASHOP.rindex("    <div class")]
    result = judge(PRESTASHOP.replace(item, item * 2_001))
    [finding] = [each for each in result.findings if each.severity is Severity.ERROR]
    assert (finding.rule, finding.message) == (
        "value-not-allowed",
        "product_basket_item: there are more than 2000, which no order has.",
    )


@pytest.mark.parametrize(
    ("field", "text", "severity", "consequence"),
    [
        ("total_price", "NaN", Severity.ERROR, Consequence.PURCHASE_LOST),
        ("total_quantity", "undefined", Severity.ERROR, Consequence.PURCHASE_LOST),
        ("unit_price", "null", Severity.ERROR, Consequence.ITEM_LOST),
        ("quantity", "NaN", Severity.ERROR, Consequence.RECORDED_WRONG),
        ("product_id", "a-{{ id }}", Severity.ERROR, Consequence.RECORDED_WRONG),
        ("url", "http://shop.example/{{ id }}", Severity.ERROR, Consequence.RECORDED_WRONG),
        ("name", "{{ first }} {{ last }}", Severity.ERROR, Consequence.RECORDED_WRONG),
        ("name", "Mug [[sale]]", Severity.WARNING, Consequence.ADVICE),
        ("payment_method", "Card ${kind}", Severity.WARNING, Consequence.ADVICE),
    ],
)
def test_a_placeholder_is_as_grave_as_what_it_costs(
    field: str, text: str, severity: Severity, consequence: Consequence
) -> None:
    html = re.sub(rf'(class="{field}">)[^<]*', lambda found: found[1] + text, PRESTASHOP, count=1)
    [finding] = [each for each in judge(html).findings if each.rule == "placeholder-unrendered"]
    assert (finding.severity, finding.consequence) == (severity, consequence)


def test_digits_of_another_script_are_called_so() -> None:
    html = PRESTASHOP.replace("64.300000", "\uff11\uff12.\uff15\uff10")
    [finding] = [each for each in judge(html).findings if each.pointer == "/total_price"]
    assert finding.message.endswith(
        "has digits that are not 0 to 9: Connectif drops the whole purchase."
    )


def test_a_class_that_is_nearly_a_field_is_named() -> None:
    html = PRESTASHOP.replace("total_price", "total_prize")
    [finding] = [each for each in judge(html).findings if each.pointer == "/total_price"]
    assert finding.message.endswith('There is a class "total_prize": did you mean "total_price"?')


@pytest.mark.parametrize(
    ("sheet", "root", "is_known"),
    [
        ("<style>.cn_purchase{text-transform:uppercase}</style>", "", False),
        ('<link rel="Stylesheet preload" href=/a.css>', "", False),
        ("<style></style>", ' style="display:none"', True),
        ("<style></style>", ' style="display:none;display:block"', False),
        ("<style></style>", " hidden", True),
        ("<template><style></style></template>", "", True),
        ("<link rel=icon href=/a.ico>", "", True),
        ("", "", True),
    ],
)
def test_what_style_sheets_make_of_a_visible_tag_is_not_known_without_a_browser(
    sheet: str, root: str, is_known: bool
) -> None:
    html = PRESTASHOP.replace(' style="display:none"', root)
    unknown = {each.rule: each.because for each in judge(sheet + html).not_evaluated}
    because = "how CSS shows the visible tag is not known; check with --render"
    assert (unknown.get("text-altered-by-css") == because) is not is_known
    rendered = judge(sheet + html, rendered=True).not_evaluated
    assert "text-altered-by-css" not in {each.rule for each in rendered}


def test_a_hidden_part_of_the_page_hides_its_tag() -> None:
    unknown = judge(f"<style></style><div hidden>{FIVE_FAULTS}</div>").not_evaluated
    assert "text-altered-by-css" not in {each.rule for each in unknown}


@pytest.mark.parametrize(
    ("root", "meant"),
    [
        ('class="cn-purchase"', 'class="cn-purchase"'),
        ('class="CN_PURCHASE box"', 'class="CN_PURCHASE box"'),
        ('id="cn_purchase"', 'id="cn_purchase"'),
        ('class="cn_purchse"', 'class="cn_purchse"'),
        ('class="purchase"', None),
        ('class="cn_cart"', None),
    ],
)
def test_a_misspelt_tag_is_named(root: str, meant: str | None) -> None:
    html = "<!doctype html>" + PRESTASHOP.replace('class="cn_purchase "', root)
    [message] = [
        each.message for each in judge(html).findings if each.rule == "purchase-tag-missing"
    ]
    told = f' There is {meant} at page.html:1:16: did you mean class="cn_purchase"?'
    assert message == "The page shows no cn_purchase tag." + (told if meant else "")


@pytest.mark.parametrize(
    ("second", "fate"),
    [
        ("", "the Connectif script drops it, and it should not be on the page"),
        ("<b class=purchase_id></b>", "the Connectif script drops it, and it should not be"),
        (
            "<b class=purchase_id>2</b><b class=total_quantity>1</b><b class=total_price>1</b>",
            "the Connectif script records a purchase for each",
        ),
    ],
)
def test_of_a_second_tag_it_is_said_what_becomes_of_it(second: str, fate: str) -> None:
    findings = judge(f"{PRESTASHOP}<div class=cn_purchase>{second}</div>").findings
    [duplicate] = [each for each in findings if each.rule == "purchase-tag-duplicate"]
    assert duplicate.message.startswith(f"This is tag 2 of 2 on the page: {fate}")


def test_a_second_tag_that_is_dropped_keeps_its_own_finding() -> None:
    found = rules(judge(f"{PRESTASHOP}<div class=cn_purchase></div>"))
    assert {"mandatory-field-missing", "purchase-tag-duplicate"} <= set(found)


def test_where_tags_were_left_out_their_number_is_no_exact_one() -> None:
    findings = judge(PRESTASHOP.replace(">52<", "><") * 60).findings
    told = {each.message[:30] for each in findings if each.rule == "purchase-tag-duplicate"}
    assert "This is tag 2 of 50 or more on" in told


@pytest.mark.parametrize(
    ("field", "text", "form"),
    [
        ("total_quantity", "0x1A", "a hexadecimal number: Connectif records 0"),
        ("total_price", "1e400", "an exponent: Connectif drops the whole purchase"),
        (
            "total_price",
            "+10.5e1 EUR",
            'an exponent and "EUR" after the number: Connectif records 105',
        ),
        ("total_price", ".5", "no digit before the dot"),
        ("total_price", "5.", "no digit after the dot"),
        ("total_price", "€ .5 x", '"€" before the number and no digit before the dot and "x" aft'),
    ],
)
def test_what_is_wrong_with_a_number_is_said_rightly(field: str, text: str, form: str) -> None:
    html = re.sub(rf'("{field}">)[^<]*', rf"\g<1>{text}", PRESTASHOP)
    [message] = [each.message for each in judge(html).findings if each.pointer == f"/{field}"]
    assert f"has {form}" in message


@pytest.mark.parametrize(
    ("html", "differs"),
    [
        ("12<script>1</script>.5", True),
        ("12.5", False),
    ],
)
def test_what_code_or_css_has_altered_is_marked_as_different(html: str, differs: bool) -> None:
    [reading] = judge(PRESTASHOP.replace("64.300000", html)).readings
    marks = {each.pointer: each.differs for each in reading.fields}
    assert marks["/total_price"] is differs


def test_letters_that_css_alters_are_marked_as_different() -> None:
    html = PRESTASHOP.replace("display:none", "text-transform:uppercase")
    [reading] = judge(html).readings
    marks = {each.pointer: (each.text, each.differs) for each in reading.fields}
    assert marks["/payment_method"] == ("BANK WIRE", True)
    assert marks["/purchase_id"] == ("52", False)


@pytest.mark.parametrize(
    ("before", "severity"),
    [
        ('"Phone" of this run', Severity.ERROR),
        ('"Phone" of 20261120-101500-ab12', Severity.WARNING),
    ],
)
def test_two_orders_of_one_run_with_one_id_are_an_error(before: str, severity: Severity) -> None:
    capture = capture_html(PRESTASHOP, "page.html")
    result = evaluate_capture(
        capture, subject="page", expected=ExpectedTag(used_ids={"52": before})
    )
    [finding] = [each for each in result.findings if each.rule == "purchase-id-reused"]
    assert finding.severity is severity
