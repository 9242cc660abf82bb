"""The tag as the page ends up with it: where it stands, what it says, when it came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.browser.capture.watcher import TagWait
from validator.browser.chromium.session import open_session
from validator.browser.visit import visit
from validator.core.capture import Breakdown, Capture, Placement, Reason
from validator.core.page_options import PageOptions
from validator.scenario.model.actions import WaitFor
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser

TAG = "<div class='cn_purchase ' style='display:none'><span class=purchase_id>1</span></div>"
SCRIPT = """<script id="__cn_client_script_x" src="/script.js" async></script>"""
READS_AT_ONCE = """
for (const event of ["loaded", "managed.initialized"])
  document.dispatchEvent(new Event(`connectif.${event}`));
window.connectif = {version: "1.3.0"};
fetch("/integration-type/system/scrippet-notification/x",
  {method: "POST", body: JSON.stringify({events: [{type: "purchase", purchase: {}}]})});
document.dispatchEvent(new Event("connectif.initialized"));
"""


def captured(outcome: Capture | Breakdown) -> Capture:
    assert isinstance(outcome, Capture), outcome
    return outcome


def test_a_tag_in_the_page_is_taken_as_chromium_serialises_it(look: Look, site: Site) -> None:
    capture = captured(look(site.page("/", TAG)))
    (tag,) = capture.tags
    assert tag.html == (
        '<div class="cn_purchase " style="display:none"><span class="purchase_id">1</span></div>'
    )
    assert tag.placement is Placement.DOCUMENT
    assert tag.css == "html > body > div"


def test_a_tag_that_a_script_adds_later_is_waited_for(look: Look, site: Site) -> None:
    late = "<script>onload = () => setTimeout(() => document.body.innerHTML = `%s`, 200)</script>"
    capture = captured(look(site.page("/", late % TAG), within=10_000))
    (tag,) = capture.tags
    assert tag.appeared_ms is not None
    assert capture.load_ms is not None
    assert tag.appeared_ms > capture.load_ms


def test_fields_that_are_filled_in_later_are_waited_for(look: Look, site: Site) -> None:
    html = (
        "<div class=cn_purchase><i class=purchase_id></i></div><script>onload = () => setTimeout("
        "() => document.querySelector('.purchase_id').textContent = '1042', 200)</script>"
    )
    (tag,) = captured(look(site.page("/", html), within=10_000)).tags
    assert "1042" in tag.html


def test_a_page_without_the_tag_is_seen_without_tags(look: Look, site: Site) -> None:
    assert captured(look(site.page("/", "<p>Thanks</p>"), within=50)).tags == ()


@pytest.mark.parametrize(
    ("html", "placement"),
    [
        (f"<template>{TAG}</template>", Placement.TEMPLATE),
        (f"<noscript>{TAG}</noscript>", Placement.NOSCRIPT),
        (f"<!-- {TAG} -->", Placement.COMMENT),
        (f"<textarea>{TAG}</textarea>", Placement.TEXTAREA),
        (f'<iframe srcdoc="{TAG}"></iframe>', Placement.IFRAME),
        (
            "<div id=host></div><script>document.getElementById('host')"
            f".attachShadow({{mode: 'open'}}).innerHTML = `{TAG}`</script>",
            Placement.SHADOW_ROOT,
        ),
        (
            "<div id=host></div><script>document.getElementById('host')"
            f".attachShadow({{mode: 'closed'}}).innerHTML = `{TAG}`</script>",
            Placement.SHADOW_ROOT,
        ),
        (
            f"<div><template shadowrootmode=open>{TAG}</template></div>",
            Placement.SHADOW_ROOT,
        ),
    ],
    ids=[
        "template", "noscript", "comment", "textarea", "iframe",
        "open shadow root", "closed shadow root", "declarative shadow root",
    ],
)  # fmt: skip
def test_a_tag_the_script_cannot_see_is_found_and_told_apart(
    look: Look, site: Site, html: str, placement: Placement
) -> None:
    tags = captured(look(site.page("/", html), within=1_000)).tags
    assert [tag.placement for tag in tags] == [placement]


def test_a_tag_in_an_iframe_of_another_origin_is_found(
    look: Look, site: Site, other_site: Site
) -> None:
    frame = other_site.page("/frame", TAG)
    page = site.page("/", f"<iframe id=f src='{frame}'></iframe>")
    (tag,) = captured(look(page, within=1_000)).tags
    assert (tag.placement, tag.css, tag.origin.source) == (Placement.IFRAME, "#f", frame)


def test_the_text_the_script_would_read_is_taken_from_the_live_page(look: Look, site: Site) -> None:
    html = (
        "<div class=cn_purchase style='text-transform: uppercase'>"
        "<b><i class=purchase_id>a  b</i></b><i class=cart_id style='display:none'>c</i></div>"
    )
    (tag,) = captured(look(site.page("/", html))).tags
    assert tag.texts["0/0"] == "A B"
    assert "1" not in tag.texts, "a hidden element's text is what the HTML says"


def test_capture_ends_when_the_script_has_read_and_sent(look: Look, site: Site) -> None:
    site.page("/script.js", READS_AT_ONCE, content_type="text/javascript")
    capture = captured(look(site.page("/", TAG + SCRIPT), within=20_000))
    assert capture.script.present
    assert capture.script.read_ms is not None
    assert capture.script.version == "1.3.0"
    assert [event.type for event in capture.sent_events] == ["purchase"]


def test_what_earlier_pages_sent_does_not_end_the_capture(look: Look, site: Site) -> None:
    site.page(
        "/late.js",
        READS_AT_ONCE.replace("fetch(", "setTimeout(fetch, 300, "),
        content_type="text/javascript",
    )
    # Seen only when the basket's script has sent: then the next page may be gone to.
    has_sent = "document.body.insertAdjacentHTML('beforeend', '<b id=sent>')"
    site.page("/script.js", READS_AT_ONCE + has_sent, content_type="text/javascript")
    basket = site.page("/basket", SCRIPT)
    sent = WaitFor(target=Locator("css", Template(("#sent",))), state="attached")
    thanks = site.page("/thanks", TAG + SCRIPT.replace("/script.js", "/late.js"))
    capture = captured(look(basket, sent, thanks, within=20_000))
    assert len(capture.sent_events) == 2


def test_a_late_tag_that_the_shop_sends_itself_is_waited_for(
    scenario: Callable[..., Scenario], browser_path: Path, site: Site
) -> None:
    late = READS_AT_ONCE.replace('{type: "purchase", purchase: {}}', '{type: "page-visit"}')
    late += (
        f"setTimeout(() => document.body.innerHTML = `{TAG}`, 150);"
        "setTimeout(() => fetch('/integration-type/system/scrippet-notification/x', {method: "
        "'POST', body: JSON.stringify({events: [{type: 'purchase', purchase: {}}]})}), 400);"
    )
    site.page("/script.js", late, content_type="text/javascript")
    page = site.page("/", SCRIPT)

    async def one() -> Capture | Breakdown:
        awaited = TagWait(is_recorded=lambda _tag: True)
        async with (
            open_session(str(browser_path), headed=False) as session,
            visit(session, scenario(page, within=20_000), PageOptions(), awaited=awaited) as seen,
        ):
            return seen.outcome

    sent = captured(asyncio.run(one())).sent_events
    assert [event.type for event in sent] == ["page-visit", "purchase"]


@pytest.mark.parametrize(
    "form",
    [
        "<form><input name=children><input name=id><input name=innerText>{}</form>",
        "<form><input name=parentElement><input name=outerHTML><input name=localName>{}</form>",
        "<form name=title></form><form name=querySelectorAll></form>{}",
    ],
)
def test_controls_named_like_properties_do_not_hide_the_tag(
    look: Look, site: Site, form: str
) -> None:
    (tag,) = captured(look(site.page("/", form.format(TAG)))).tags
    assert "purchase_id" in tag.html


def test_a_tags_place_is_its_line_in_the_page_as_rendered(look: Look, site: Site) -> None:
    html = f"<!DOCTYPE html>\n<title>Thanks</title>\n<body>\n<p>Thanks</p>\n  {TAG}\n{TAG}"
    first, second = captured(look(site.page("/", html))).tags
    assert (first.origin.line, first.origin.column) == (4, 3)
    assert (second.origin.line, second.origin.column) == (5, 1)


def test_no_purchase_reaches_connectif(look: Look, site: Site) -> None:
    site.page("/script.js", READS_AT_ONCE, content_type="text/javascript")
    look(site.page("/", TAG + SCRIPT), within=20_000)
    assert "/integration-type/system/scrippet-notification/x" not in [path for path, _ in site.seen]


def test_a_script_that_cannot_be_loaded_is_not_waited_for(look: Look, site: Site) -> None:
    site.page("/script.js", "gone", status=404)
    capture = captured(look(site.page("/", TAG + SCRIPT), within=60_000))
    assert capture.script.present
    assert capture.script.read_ms is None


def test_a_page_that_is_replaced_while_it_is_looked_at_is_followed(look: Look, site: Site) -> None:
    thanks = site.page("/thanks", TAG)
    hops = [site.page(f"/{n}", f"<script>location.replace('/{n + 1}')</script>") for n in range(5)]
    site.page("/5", "<script>location.replace('/thanks')</script>")
    capture = captured(look(hops[0], within=10_000))
    assert capture.url == thanks
    assert len(capture.tags) == 1


def test_a_page_whose_scripts_never_end_is_a_breakdown(look: Look, site: Site) -> None:
    page = site.page("/", TAG + "<script>onload = () => { for (;;); }</script>")
    outcome = look(page, timeout=2_000)
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.TIMEOUT
    assert "does not respond" in outcome.message
