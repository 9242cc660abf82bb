"""What keeps the script from sending, and what is sent without a tag, in a real Chromium.

The script is the bundled stand-in, with a configuration as the real one has at its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.core.capture import Breakdown, Capture, RequestOutcome
from validator.core.document import Location
from validator.core.finding import Finding
from validator.rules.evaluate import evaluate_capture
from validator.rules.page import presence
from validator.rules.script import event_values, installation, purchase_events, sending_disabled
from validator.rules.script import script_events as script_rules
from validator.scenario.model.actions import WaitFor
from validator.scenario.model.scenario import Confirmation
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look: TypeAlias = Callable[..., Capture | Breakdown]

pytestmark = pytest.mark.browser

STAND_IN = Path(__file__).parents[3] / "validator/demo/static/connectif-stand-in.js"
SCRIPT = "/demo/client-script/x"
DATA = "/integration-type/system/scrippet-notification/x"
OPEN = {
    "token": "x",
    "webTrackingEnabled": True,
    "autoInitialize": True,
    "autoSendEventsOnInit": True,
    "trackAllByDefault": True,
}
OURS = {
    rule.id
    for family in (
        event_values,
        purchase_events,
        sending_disabled,
        installation,
        presence,
        script_rules,
    )
    for rule in family.RULES
}
LOADED = f'<script async id="__cn_client_script_x" src="{SCRIPT}"></script>'
TAG = """<div class="cn_purchase" style="display:none">
  <i class="purchase_id">1042</i><i class="cart_id">7</i>
  <i class="total_quantity">1</i><i class="total_price">19.99</i>
  <div class="product_basket_item">
    <i class="quantity">1</i><i class="price">19.99</i><i class="unit_price">19.99</i>
    <i class="url">https://shop.test/p</i><i class="product_id">6</i><i class="name">Mug</i>
  </div></div>"""
PURCHASE = {
    "purchaseId": "1042",
    "cartId": "7",
    "totalQuantity": 1,
    "totalPrice": 19.99,
    "products": [
        {
            "quantity": 1,
            "price": 19.99,
            "unitPrice": 19.99,
            "productDetailUrl": "https://shop.test/p",
            "productId": "6",
            "name": "Mug",
        }
    ],
}


def script(site: Site, **configuration: object) -> None:
    """Serve the client script with a configuration at its end."""
    said = json.dumps({**OPEN, "baseUrl": f"{site.url}/", **configuration})
    body = (
        f"{STAND_IN.read_text(encoding='utf-8')}\nwindow.connectifConfiguration = {said};"
        "window.initializeConnectif(window.connectifConfiguration);"
    )
    site.page(SCRIPT, body, content_type="text/javascript")


def sending(purchase: object, event: str = "connectif.initialized") -> str:
    events = json.dumps([{"type": "purchase", "purchase": purchase}])
    return (
        f"<script>document.addEventListener('{event}', () => "
        f"connectif.managed.sendEvents({events}))</script>"
    )


def proven(url: str) -> dict[str, Confirmation]:
    return {"confirmation": Confirmation(Location("s.yaml"), url=Template((url,)))}


def captured(outcome: Capture | Breakdown) -> Capture:
    assert isinstance(outcome, Capture), outcome
    return outcome


def found(capture: Capture) -> list[Finding]:
    """What is said of the script and of what is sent; not of what the tag lacks."""
    return [
        each for each in evaluate_capture(capture, subject="page").findings if each.rule in OURS
    ]


def rules(capture: Capture) -> list[str]:
    return [finding.rule for finding in found(capture)]


def test_a_tag_that_is_sent_is_told_as_it_went(look: Look, site: Site) -> None:
    script(site)
    capture = captured(look(site.page("/thanks", LOADED + TAG), within=20_000))
    assert rules(capture) == []
    assert (capture.script.elements, capture.script.loads) == (1, 1)
    assert capture.script.configuration["token"] == "x"  # noqa: S105 - public
    assert capture.script_reading is not None
    assert len(capture.script_reading) == 1
    assert [(each.kind, each.outcome) for each in capture.requests] == [
        ("script", RequestOutcome.ANSWERED),
        ("data", RequestOutcome.BLOCKED),
    ]


@pytest.mark.parametrize(
    ("configuration", "rule"),
    [
        ({"webTrackingEnabled": False}, "tracking-off"),
        ({"allowedDomains": ["https://www.shop.example"]}, "domain-not-allowed"),
        ({"excludeTracking": ["/basket", "/than.s$"]}, "page-excluded"),
        ({"trackAllByDefault": False}, "page-not-included"),
        ({"trackAllByDefault": False, "includeTracking": ["/p/"]}, "page-not-included"),
        ({"samplingTrackingPercent": 10, "samplingValue": 50}, "visitors-sampled"),
        ({"autoInitialize": False}, "script-not-initialised"),
        ({"autoSendEventsOnInit": False}, "events-not-sent"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_gate_that_is_shut_is_named_and_nothing_else(
    look: Look, site: Site, configuration: dict[str, object], rule: str
) -> None:
    script(site, **configuration)
    assert rules(captured(look(site.page("/thanks", LOADED + TAG), within=1_500))) == [rule]


@pytest.mark.parametrize(
    "configuration",
    [
        {"allowedDomains": ["http://127.0.0.1"]},
        {"excludeTracking": ["/basket", "^https:"]},
        {"trackAllByDefault": False, "includeTracking": ["/thanks"]},
        {"includeTracking": "/p/", "excludeTracking": ""},
    ],
)
def test_gates_that_are_open_are_no_news(
    look: Look, site: Site, configuration: dict[str, object]
) -> None:
    script(site, **configuration)
    assert rules(captured(look(site.page("/thanks", LOADED + TAG), within=20_000))) == []


HOSTILE = """<script>
const never = () => { throw new Error("no") };
window.connectifConfiguration = new Proxy({}, {get: never, has: never, ownKeys: never});
window.connectif = {get version() { never(); }, getPurchaseEvents: never};
document.dispatchEvent(new Event("connectif.loaded"));
document.dispatchEvent(new Event("connectif.managed.initialized"));
</script>"""


@pytest.mark.parametrize(
    "html",
    [
        HOSTILE,
        HOSTILE.replace("new Proxy({}, {get: never, has: never, ownKeys: never})", "null"),
        HOSTILE.replace("getPurchaseEvents: never", "getPurchaseEvents: () => ({})"),
        HOSTILE.replace(
            "getPurchaseEvents: never",
            "getPurchaseEvents: () => { let a = []; for (let i = 0; i < 1e4; i++) a = [a]; "
            "return a; }",
        ),
        HOSTILE.replace("getPurchaseEvents: never", "getPurchaseEvents: () => ['x'.repeat(3e6)]"),
    ],
    ids=["throws", "null", "no list", "deep", "long"],
)
def test_a_script_that_is_none_does_no_harm(look: Look, site: Site, html: str) -> None:
    capture = captured(look(site.page("/thanks", TAG + html), within=500))
    assert capture.script.present
    assert capture.script.configuration == {}
    assert not capture.script_reading


def test_no_script_at_all_is_told(look: Look, site: Site) -> None:
    assert rules(captured(look(site.page("/thanks", TAG)))) == ["script-missing"]


def test_a_file_that_is_not_there_is_named_with_its_answer(look: Look, site: Site) -> None:
    capture = captured(look(site.page("/thanks", LOADED + TAG), within=20_000))
    (finding,) = found(capture)
    assert finding.rule == "script-not-loaded"
    assert f"{site.url}{SCRIPT} answered HTTP 404" in finding.message


def test_a_file_that_this_machine_does_not_reach_is_only_a_warning(look: Look, site: Site) -> None:
    page = LOADED.replace(SCRIPT, "http://127.0.0.1:9/demo/client-script/x") + TAG
    capture = captured(look(site.page("/thanks", page), within=20_000))
    (finding,) = found(capture)
    assert (finding.rule, finding.severity) == ("script-not-loaded", "warning")
    assert "net::ERR_" in finding.message


@pytest.mark.parametrize(
    ("policy", "directive"),
    [
        ("script-src 'unsafe-inline'", "script-src-elem"),
        ("connect-src 'none'", "connect-src"),
    ],
    ids=["script", "data"],
)
def test_a_policy_that_forbids_the_script_or_its_data_is_named(
    look: Look, site: Site, policy: str, directive: str
) -> None:
    script(site)
    page = site.page("/thanks", LOADED + TAG, content_security_policy=policy)
    capture = captured(look(page, within=2_000))
    (finding,) = found(capture)
    assert finding.rule == "script-blocked-by-csp"
    assert directive in finding.message


BODY = json.dumps({"events": [{"type": "purchase", "purchase": PURCHASE}]})
POSTED = f"""<script>
const request = new XMLHttpRequest();
request.open("POST", "{DATA}");
request.send(JSON.stringify({BODY}));
</script>"""
NOTHING_GOES = "connect-src 'none'"


def test_a_policy_is_named_though_the_page_stops_the_event(look: Look, site: Site) -> None:
    stops = """<script>addEventListener("securitypolicyviolation",
      event => event.stopImmediatePropagation(), true)</script>"""
    page = site.page("/thanks", stops + POSTED, content_security_policy=NOTHING_GOES)
    findings = found(captured(look(page, within=20_000)))
    assert "purchase-by-event" in [each.rule for each in findings]
    (finding,) = [each for each in findings if each.rule == "script-blocked-by-csp"]
    assert "connect-src" in finding.message


def test_a_policy_of_an_iframe_is_not_waited_for_and_is_told(look: Look, site: Site) -> None:
    site.page("/in", POSTED, content_security_policy=NOTHING_GOES)
    capture = captured(look(site.page("/thanks", TAG + "<iframe src=/in></iframe>")))
    (finding,) = [each for each in found(capture) if each.rule == "script-blocked-by-csp"]
    assert f"blocked {site.url}{DATA}" in finding.message


def test_a_policy_of_a_page_on_the_way_is_told(look: Look, site: Site) -> None:
    leaves = "<script>onload = () => location.replace('/account')</script>"
    page = site.page("/placed", POSTED + leaves, content_security_policy=NOTHING_GOES)
    account = site.page("/account", "<p id=account>Your account</p>")
    arrived = WaitFor(target=Locator("css", Template(("#account",))))
    capture = captured(look(page, arrived, **proven(account), within=500))
    (finding,) = [each for each in found(capture) if each.rule == "purchase-not-through"]
    assert finding.severity == "error"
    assert "Content-Security-Policy" in finding.message


def test_a_policy_that_forbids_one_of_two_purchases_is_told(
    look: Look, site: Site, other_site: Site
) -> None:
    other = POSTED.replace(DATA, other_site.url + DATA).replace("1042", "1043")
    other = other.replace("request", "other")
    page = site.page("/thanks", POSTED + other, content_security_policy="connect-src 'self'")
    capture = captured(look(page, within=20_000))
    (finding,) = [each for each in found(capture) if each.rule == "purchase-not-through"]
    assert (finding.severity, "1043" in finding.message) == ("error", True)


def test_a_policy_that_only_reports_forbids_nothing(look: Look, site: Site) -> None:
    script(site)
    page = site.page(
        "/thanks", LOADED + TAG, content_security_policy_report_only="script-src 'none'"
    )
    assert rules(captured(look(page, within=20_000))) == []


@pytest.mark.parametrize(
    "held",
    [
        LOADED.replace("async", 'type="text/plain"'),
        f'<script type="text/plain" data-cookieconsent="marketing" data-src="{SCRIPT}"></script>',
        f'<script data-rocket-src="{SCRIPT}" type="rocketlazyloadscript"></script>',
        '<script type="text/plain">load("https://cdn.connectif.cloud/eu1/client-script/x")</script>',
    ],
    ids=["id", "address in data", "speed plugin", "snippet"],
)
def test_a_script_that_is_held_back_is_not_waited_for(look: Look, site: Site, held: str) -> None:
    script(site)
    assert rules(captured(look(site.page("/thanks", held + TAG), within=60_000))) == [
        "script-held-back"
    ]


def test_a_script_that_is_there_twice_sends_twice(look: Look, site: Site) -> None:
    script(site)
    twice = LOADED + LOADED.replace('id="__cn_client_script_x"', "")
    capture = captured(look(site.page("/thanks", twice + TAG), within=20_000))
    assert rules(capture) == ["script-twice"]
    assert (capture.script.elements, capture.script.loads) == (2, 2)
    assert [event.type for event in capture.sent_events].count("purchase") == 2


def test_a_page_that_reads_otherwise_is_told(look: Look, site: Site) -> None:
    script(site)
    changed = """<script>document.addEventListener("connectif.loaded", () => {
      const read = connectif.getPurchaseEvents;
      connectif.getPurchaseEvents = () => {
        const events = read();
        events[0].purchase.products[0].unitPrice = 1999;
        return events;
      };
    })</script>"""
    capture = captured(look(site.page("/thanks", changed + LOADED + TAG), within=20_000))
    (finding,) = found(capture)
    assert finding.rule == "script-reads-otherwise"
    assert "unitPrice of product 1" in finding.message
    assert (finding.expected, finding.recorded) == ("19.99", "1999")


def test_an_event_needs_no_tag_and_is_not_waited_past(look: Look, site: Site) -> None:
    script(site)
    page = site.page("/thanks", LOADED + sending(PURCHASE))
    assert rules(captured(look(page, within=60_000))) == ["purchase-by-event"]


def test_an_event_that_comes_late_is_seen(look: Look, site: Site) -> None:
    script(site)
    late = sending(PURCHASE).replace("() => connectif", "() => setTimeout(() => connectif")
    late = late.replace(")</script>", ", 400))</script>")
    page = site.page("/thanks", LOADED + late)
    assert rules(captured(look(page, within=60_000))) == ["purchase-by-event"]


def test_an_event_is_held_to_its_contract(look: Look, site: Site) -> None:
    script(site)
    wrong = {**PURCHASE, "totalPrice": "19,99 €"}
    capture = captured(look(site.page("/thanks", LOADED + sending(wrong)), within=60_000))
    result = evaluate_capture(capture, subject="page")
    finding = next(each for each in result.findings if each.rule == "event-value-invalid")
    assert finding.message == ('The event\'s totalPrice "19,99 €" is a text, not a number.')
    assert finding.pointer == "/purchase/totalPrice"
    assert finding.location is not None
    assert finding.location.source == capture.url


def test_tag_and_event_are_one_too_many(look: Look, site: Site) -> None:
    script(site)
    page = site.page("/thanks", LOADED + TAG + sending(PURCHASE))
    assert rules(captured(look(page, within=20_000))) == ["purchase-sent-twice"]


def test_tag_and_event_that_differ_are_told_apart(look: Look, site: Site) -> None:
    script(site)
    page = site.page("/thanks", LOADED + TAG + sending({**PURCHASE, "totalPrice": 16.52}))
    first, second = found(captured(look(page, within=20_000)))
    assert {first.rule, second.rule} == {"purchase-sent-differs", "purchase-sent-twice"}


def test_an_event_on_the_way_is_told_with_its_page(look: Look, site: Site) -> None:
    script(site)
    leave = "<script>onload = () => setTimeout(() => location.replace('/account'), 300)</script>"
    account = site.page("/account", "<p id=account>Your account</p>")
    page = site.page("/thanks", LOADED + sending(PURCHASE) + leave)
    arrived = WaitFor(target=Locator("css", Template(("#account",))))
    capture = captured(look(page, arrived, page=None, **proven(account), within=500))
    (finding, *_) = [each for each in found(capture) if each.rule == "purchase-by-event"]
    assert page in finding.message
    assert "purchase-tag-missing" not in rules(capture)


def test_a_reload_sends_again_and_is_not_twice(look: Look, site: Site) -> None:
    script(site)
    page = site.page("/thanks", LOADED + TAG)
    capture = captured(look(page, page, within=20_000))
    purchases = [event for event in capture.sent_events if event.type == "purchase"]
    assert [event.here for event in purchases][-1]
    assert [event.here for event in purchases].count(True) == 1
    assert rules(capture) == []
