"""What a scenario says of the browser's context, as the pages and servers see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.browser.chromium.context_settings import context_settings
from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.launch import build_launch
from validator.browser.network.interception import matches_pattern
from validator.core.capture import Breakdown, Capture
from validator.core.page_options import Geolocation, PageOptions, Proxy
from validator.scenario.model import actions
from validator.scenario.model.template import ConsentButton, Locator, Template

if TYPE_CHECKING:
    from tests.conftest import Site

Look = Callable[..., Capture | Breakdown]
pytestmark = pytest.mark.browser


def text(value: str) -> Template:
    return Template((value,))


def css(selector: str) -> Locator:
    return Locator("css", text(selector))


def javascript(script: str) -> actions.Evaluate:
    return actions.Evaluate(text(script), "out")


def saved(outcome: Capture | Breakdown) -> str:
    assert isinstance(outcome, Capture), outcome
    return outcome.saved["out"]


def test_the_page_sees_the_customer_as_the_scenario_says(look: Look, site: Site) -> None:
    options = PageOptions(
        viewport=(640, 480),
        locale="es-ES",
        timezone="America/Lima",
        user_agent="tests/1.0",
        geolocation=Geolocation(41.5, 1.25),
        permissions=("notifications",),
    )
    script = """async () => JSON.stringify({
      size: [innerWidth, innerHeight],
      language: navigator.language,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      agent: navigator.userAgent,
      place: await new Promise((done, failed) => navigator.geolocation.getCurrentPosition(
        at => done([at.coords.latitude, at.coords.longitude]), failed)),
      may: (await navigator.permissions.query({name: 'notifications'})).state,
    })"""
    site.page("/", "<p>Shop")
    outcome = look("/", javascript(script), base_url=site.url, page=options, within=9)
    assert json.loads(saved(outcome)) == {
        "size": [640, 480],
        "language": "es-ES",
        "zone": "America/Lima",
        "agent": "tests/1.0",
        "place": [41.5, 1.25],
        "may": "granted",
    }


def test_another_origin_is_granted_nothing(look: Look, site: Site, other_site: Site) -> None:
    options = PageOptions(geolocation=Geolocation(41.5, 1.25))
    script = "navigator.permissions.query({name: 'geolocation'}).then(found => found.state)"
    payment = other_site.page("/pay", "<p>Pay")
    site.page("/", "<p>Shop")
    outcome = look("/", payment, javascript(script), base_url=site.url, page=options, within=9)
    assert saved(outcome) != "granted"


def test_a_state_is_what_a_shopper_begins_with(look: Look, site: Site, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    cookie = {
        "name": "sid", "value": "7", "domain": "127.0.0.1", "path": "/", "expires": -1,
        "httpOnly": True, "secure": False, "sameSite": "Lax",
    }  # fmt: skip
    origins = [{"origin": site.url, "localStorage": [{"name": "cart", "value": "3"}]}]
    state.write_text(json.dumps({"cookies": [cookie], "origins": origins}))
    page = site.page("/", "<p>Shop")
    options = PageOptions(storage_state=state)
    assert saved(look(page, javascript("localStorage.cart"), page=options, within=9)) == "3"
    assert site.headers_of("/")["cookie"] == "sid=7"


def test_requests_go_by_the_proxy(look: Look, site: Site, other_site: Site) -> None:
    """The other site answers as a proxy does: it is asked for the whole address."""
    other_site.pages["http://shop.test/"] = other_site.pages[
        other_site.page("/", "<title>by proxy</title>").removeprefix(other_site.url)
    ]
    options = PageOptions(proxy=Proxy(other_site.url))
    outcome = look("http://shop.test/", javascript("document.title"), page=options, within=9)
    assert saved(outcome) == "by proxy"
    assert not site.seen


def test_what_is_blocked_is_not_asked_for(look: Look, site: Site, other_site: Site) -> None:
    noise = other_site.page("/ads/pixel.js?a=1", "document.title = 'loaded'")
    other_site.page("/quiet.js", "document.title += ' quiet'")
    page = site.page(
        "/",
        f"<title>Shop</title><script src='{noise}' onerror='document.title = \"blocked\"'></script>"
        f"<script src='{other_site.url}/quiet.js'></script>",
    )
    options = PageOptions(block=("*/ads/*?a=1",))
    outcome = look(page, javascript("document.title"), page=options, within=9)
    assert saved(outcome) == "blocked quiet"
    assert [path for path, _ in other_site.seen] == ["/quiet.js"]


@pytest.mark.parametrize(
    ("pattern", "url", "does"),
    [
        ("**/*.ads.test/**", "https://a.ads.test/x", True),
        ("**/*.ads.test/**", "https://ads.test/x", False),
        ("*://ads.test/*", "https://ads.test/x?y=1", True),
        ("*pixel?id=1", "https://a.test/pixel?id=1", True),
        ("*pixel?id=1", "https://a.test/pixelXid=1", False),
        ("https://a.test/", "https://a.test/x", False),
        ("*.js", "https://a.test/x.js", True),
        ("*.js", "https://a.test/xyjs", False),
    ],
)
def test_a_star_is_any_characters_and_all_others_are_themselves(
    pattern: str, url: str, does: bool
) -> None:
    assert matches_pattern(pattern, url) is does


BANNER = """
<button id=buy onclick="document.title += ' bought'">Buy</button>
<div id=banner hidden style="position:fixed;inset:0;background:#fff">
  <button onclick="banner.hidden = true; document.title += ' accepted'">Accept cookies</button>
</div>
"""
BUY = actions.Click(css("#buy"))
ACCEPT = Locator("role", text("button"), text("Accept cookies"))


def test_a_banner_is_clicked_away_whenever_it_stands_before_a_step(look: Look, site: Site) -> None:
    page = site.page("/", f"<title>shop</title>{BANNER}<script>banner.hidden = false</script>")
    again = actions.Evaluate(text("void (banner.hidden = false)"))
    outcome = look(
        page,
        BUY,
        again,
        BUY,
        javascript("document.title"),
        consent=(ConsentButton(ACCEPT),),
        within=9,
    )
    assert saved(outcome) == "shop accepted bought accepted bought"


def test_no_banner_costs_no_time_and_breaks_nothing(look: Look, site: Site) -> None:
    page = site.page("/", f"<title>shop</title>{BANNER}")
    outcome = look(
        page, BUY, javascript("document.title"), consent=(ConsentButton(ACCEPT),), within=9
    )
    assert saved(outcome) == "shop bought"


def test_a_banner_in_an_iframe_is_clicked_away(look: Look, site: Site) -> None:
    site.page("/cmp", "<button onclick=\"parent.postMessage('gone', '*')\">Accept cookies</button>")
    page = site.page(
        "/",
        "<title>shop</title><button id=buy onclick=\"document.title += ' bought'\">Buy</button>"
        "<iframe id=cmp src=/cmp style='position:fixed;inset:0;background:#fff'></iframe>"
        "<script>onmessage = () => { cmp.remove(); document.title += ' accepted' }</script>",
    )
    consent = ConsentButton(ACCEPT, css("#cmp"))
    outcome = look(page, BUY, javascript("document.title"), consent=(consent,), within=9)
    assert saved(outcome) == "shop accepted bought"


def test_nothing_is_said_of_what_is_not_set() -> None:
    assert context_settings(PageOptions()) == {}


def test_hosts_are_mapped_when_the_browser_starts(browser_path: Path) -> None:
    found = find_browser(str(browser_path), {}, headed=False)
    launch = build_launch(found, hosts={"shop.test": "127.0.0.1:1", "*.b.test": "[::1]"})
    rules = "--host-resolver-rules=MAP shop.test 127.0.0.1:1, MAP *.b.test [::1]"
    assert rules in launch.arguments["args"]
    assert not [each for each in build_launch(found).arguments["args"] if "resolver" in each]
