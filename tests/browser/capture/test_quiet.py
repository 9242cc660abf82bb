"""A page that no script has read is watched until nothing is pending that could change it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser

TAG = "<div class=cn_purchase><i class=purchase_id>1</i><i class=total_price>39.80</i></div>"
CHANGE = "document.querySelector('.total_price').textContent = '39,80 €'"
SCRIPT = """
for (const event of ["loaded", "managed.initialized"])
  document.dispatchEvent(new Event(`connectif.${event}`));
window.connectif = {version: "1.3.0"};
fetch("/integration-type/system/scrippet-notification/x",
  {method: "POST", body: JSON.stringify({events: [{type: "purchase", purchase: {}}]})});
document.dispatchEvent(new Event("connectif.initialized"));
"""
ADD = "document.body.append(Object.assign(document.createElement('script'), {src: '%s'}))"
ADD_SCRIPT = ADD % "/client-script/x"
COMPONENT = f"""
customElements.define("order-tag", class extends HTMLElement {{
  connectedCallback() {{ setTimeout(() => {{ {CHANGE} }}, 60); }}
}});
"""


def captured(outcome: Capture | Breakdown) -> Capture:
    assert isinstance(outcome, Capture), outcome
    return outcome


def loaded(script: str) -> str:
    return f"<script>addEventListener('load', () => {{ {script} }})</script>"


CHANGES = {
    "a timer": f"setTimeout(() => {{ {CHANGE} }}, 250)",
    "the text of a timer": f'setTimeout("{CHANGE}", 250)',
    "a chain of timers": "const wait = (n) => setTimeout(() => n ? wait(n - 1) : change(), 90);"
    f"const change = () => {{ {CHANGE} }}; wait(4)",
    "timers that wait ever longer": "const wait = (ms) => setTimeout(() => ms > 700 ? change() : "
    f"wait(2 * ms), ms); const change = () => {{ {CHANGE} }}; wait(50)",
    "an interval": "let n = 0; const id = setInterval(() => { if (++n < 6) return; "
    f"clearInterval(id); {CHANGE} }}, 80)",
    "an interval that goes on": f"let n = 0; setInterval(() => {{ if (++n === 6) {CHANGE} }}, 80)",
    "an idle callback": f"requestIdleCallback(() => setTimeout(() => {{ {CHANGE} }}, 40))",
    "animation frames": "let n = 0; const draw = () => ++n < 30 ? requestAnimationFrame(draw) : "
    f"change(); const change = () => {{ {CHANGE} }}; requestAnimationFrame(draw)",
    "an awaited timer": "(async () => { for (let n = 0; n < 3; n++) "
    f"await new Promise((done) => setTimeout(done, 90)); {CHANGE} }})()",
    "a response": f"fetch('/order').then((answer) => answer.json()).then(() => {{ {CHANGE} }})",
    "a response after a timer": "setTimeout(async () => { await (await fetch('/order')).json(); "
    f"setTimeout(() => {{ {CHANGE} }}, 30) }}, 100)",
    "an XMLHttpRequest": "const asked = new XMLHttpRequest(); asked.open('GET', '/order'); "
    f"asked.onload = () => {{ {CHANGE} }}; asked.send()",
    "a script that is added": ADD % "/change.js",
    "a module that is imported": "import('/module.js')",
    "a posted task": f"scheduler.postTask(() => {{ {CHANGE} }}, {{delay: 200}})",
    "a message to itself": "const channel = new MessageChannel(); let n = 0; "
    f"channel.port1.onmessage = () => {{ ++n < 20 ? channel.port2.postMessage(0) : change(); }};"
    f"const change = () => {{ {CHANGE} }}; channel.port2.postMessage(0)",
    "an observer of its changes": "new MutationObserver(() => setTimeout(() => { "
    f"{CHANGE} }}, 60)).observe(document.body, {{attributes: true}}); "
    "setTimeout(() => document.body.className = 'ready', 60)",
    "a frame of the page": "const frame = document.createElement('iframe'); frame.srcdoc = "
    "`<script>setTimeout(() => parent.change(), 120)</` + `script>`; window.change = () => { "
    f"{CHANGE} }}; document.body.append(frame)",
    "a worker": "const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))); "
    f"worker.onmessage = () => {{ {CHANGE} }}",
    "a worker that has more to say": "const worker = new Worker(URL.createObjectURL(new Blob(["
    "'postMessage(1); setTimeout(() => postMessage(2), 500)']))); let n = 0; "
    f"worker.onmessage = () => {{ if (++n === 2) {CHANGE} }}",
    "a transition": "const { body } = document; body.style.transition = 'opacity 500ms'; "
    f"getComputedStyle(body).opacity; body.ontransitionend = () => {{ {CHANGE} }}; "
    "body.style.opacity = 0.5",
    "an animation that ends": "document.body.animate({opacity: [0, 1]}, {duration: 300, "
    f"delay: 200}}).finished.then(() => {{ {CHANGE} }})",
    "a custom element": f"setTimeout(() => {{ {COMPONENT} }}, 60)",
}


@pytest.mark.parametrize("script", CHANGES.values(), ids=CHANGES)
def test_a_change_that_the_page_makes_later_is_seen(look: Look, site: Site, script: str) -> None:
    site.page("/order", "{}", content_type="application/json")
    site.page("/change.js", f"setTimeout(() => {{ {CHANGE} }}, 30)", content_type="text/javascript")
    site.page("/module.js", CHANGE, content_type="text/javascript")
    page = site.page("/", f"{TAG}<order-tag></order-tag>{loaded(script)}")
    capture = captured(look(page, within=15_000))
    (tag,) = capture.tags
    assert "39,80 €" in tag.html
    assert capture.dom_content_loaded_ms is not None
    assert tag.changed_ms is not None
    assert tag.changed_ms > capture.dom_content_loaded_ms


LASTING = {
    "a clock": "setInterval(() => document.title = Date.now(), 1000)",
    "a clock of timers": "const tick = () => { document.title = Date.now(); "
    "setTimeout(tick, 1000 - Date.now() % 1000) }; tick()",
    "a slow carousel": "setInterval(() => document.body.append('.'), 90_000)",
    "a fast carousel": "setInterval(() => document.body.append('.'), 300)",
    "an animation without an end": "document.body.animate({opacity: [0, 1]}, {duration: 300, "
    "iterations: Infinity})",
    "an animation": "const draw = () => requestAnimationFrame(draw); draw()",
    "a poll": "setInterval(() => fetch('/order'), 500)",
    "a poll that waits": "(async () => { for (;;) { await fetch('/order'); "
    "await new Promise((done) => setTimeout(done, 200 + 100 * Math.random())) } })()",
    "a stream that stays silent": "new EventSource('/stream')",
    "a request without an end, of an image": "new Image().src = '/stream'",
    "idle work": "const work = () => requestIdleCallback(work); work()",
}


@pytest.mark.parametrize("script", LASTING.values(), ids=LASTING)
def test_a_page_that_never_comes_to_rest_is_not_waited_for_to_the_end(
    look: Look, site: Site, script: str
) -> None:
    site.page("/order", "{}", content_type="application/json")
    site.hanging_page("/stream", "")
    start = time.monotonic()
    capture = captured(look(site.page("/", TAG + loaded(script)), within=60_000))
    assert time.monotonic() - start < 30, "the time of the test machine, not of the page"
    assert len(capture.tags) == 1
    assert capture.activity.pending == ()


def test_what_is_pending_at_the_end_of_the_time_is_named(look: Look, site: Site) -> None:
    slow = site.hanging_page("/slow", "")
    font = site.hanging_page("/font", "")
    asks = "fetch('/slow'); setTimeout(() => {}, 300); new FontFace('x', 'url(/font)').load()"
    capture = captured(look(site.page("/", TAG + loaded(asks)), within=1_000))
    assert f"a request to {font}" in capture.activity.pending
    assert f"a request to {slow}" in capture.activity.pending
    assert "a timer of 300 ms" in capture.activity.waited_for
    assert len(capture.tags) == 1


def test_a_timer_beyond_the_time_is_not_waited_for(look: Look, site: Site) -> None:
    page = site.page("/", TAG + loaded(f"setTimeout(() => {{ {CHANGE} }}, 90_000)"))
    capture = captured(look(page, within=60_000))
    assert capture.activity.waited_for == ()


def test_a_script_that_comes_later_is_waited_for(look: Look, site: Site) -> None:
    site.page("/client-script/x", SCRIPT, content_type="text/javascript")
    page = site.page("/", TAG + loaded(f"setTimeout(() => {ADD_SCRIPT}, 500)"))
    capture = captured(look(page, within=20_000))
    assert capture.script.read_ms is not None
    assert [event.type for event in capture.sent_events] == ["purchase"]


def test_a_script_that_a_tag_manager_brings_is_waited_for(look: Look, site: Site) -> None:
    site.page("/client-script/x", SCRIPT, content_type="text/javascript")
    site.page("/manager.js", f"setTimeout(() => {ADD_SCRIPT})", content_type="text/javascript")
    add = (
        "const s = document.createElement('script'); s.src = '/manager.js'; document.head.append(s)"
    )
    capture = captured(look(site.page("/", TAG + loaded(add)), within=20_000))
    assert capture.script.read_ms is not None


def test_a_tag_that_is_removed_before_the_reading_is_missing(look: Look, site: Site) -> None:
    remove = loaded("setTimeout(() => document.querySelector('.cn_purchase').remove(), 400)")
    capture = captured(look(site.page("/", TAG + remove), within=2_000))
    assert capture.tags == ()
    assert capture.activity.removed_ms is not None


def test_a_tag_that_is_rendered_again_alike_was_there_all_the_time(look: Look, site: Site) -> None:
    again = "document.body.innerHTML = document.body.innerHTML"
    capture = captured(look(site.page("/", TAG + loaded(f"setTimeout(() => {again}, 100)"))))
    (tag,) = capture.tags
    assert tag.appeared_ms is not None
    assert capture.dom_content_loaded_ms is not None
    assert tag.appeared_ms <= capture.dom_content_loaded_ms
    assert tag.changed_ms is None or tag.changed_ms <= capture.dom_content_loaded_ms


def test_a_page_that_leads_on_is_judged_as_it_was(look: Look, site: Site) -> None:
    site.page("/account", "<p>My account</p>")
    leave = loaded("setTimeout(() => location = '/account', 400)")
    thanks = site.page("/thanks", TAG + leave)
    capture = captured(look(thanks, within=20_000))
    assert (capture.url, len(capture.tags)) == (thanks, 1)
    assert capture.activity.left


def test_a_document_that_is_written_anew_is_watched_too(look: Look, site: Site) -> None:
    site.page("/client-script/x", SCRIPT, content_type="text/javascript")
    written = f"{TAG}<script src=/client-script/x></` + `script>"
    write = f"document.write(`{written}`); document.close()"
    capture = captured(look(site.page("/", loaded(f"setTimeout(() => {{ {write} }}, 100)"))))
    assert len(capture.tags) == 1
    assert capture.script.read_ms is not None


@pytest.mark.parametrize(
    ("move", "is_other"),
    [
        ("history.pushState(0, '', '/done/1')", True),
        ("history.replaceState(0, '', '/done/1')", True),
        ("history.pushState(0, '', '?route=done')", True),
        ("location.hash = '#/done/1'", True),
        ("history.pushState(0, '', location.href)", False),
        ("history.replaceState(0, '', location.pathname + '?clean')", False),
        ("location.hash = '#top'", False),
    ],
)
def test_an_address_of_another_page_is_told_from_the_documents(
    look: Look, site: Site, move: str, *, is_other: bool
) -> None:
    page = site.page("/", TAG + loaded(move))
    activity = captured(look(page)).activity
    assert (activity.routed_ms is not None) is is_other
    assert activity.document_url in ("", page)


def test_the_pages_own_functions_look_as_they_did(look: Look, site: Site) -> None:
    names = ["setTimeout", "setInterval", "requestAnimationFrame", "requestIdleCallback"]
    names += ["clearTimeout", "WebSocket", "Worker"]
    told = f"{names}.map((name) => `${{window[name]}} ${{window[name].name}}`).join()"
    check = f"document.title = {told}.split('[native code]').length"
    capture = captured(look(site.page("/", TAG + f"<script>{check}</script>")))
    assert capture.title == str(len(names) + 1)
