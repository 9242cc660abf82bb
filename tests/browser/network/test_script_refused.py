"""A file of the script that is there, and that the browser does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.network.test_sending_disabled import (
    LOADED,
    SCRIPT,
    STAND_IN,
    TAG,
    Look,
    captured,
    found,
    script,
)

if TYPE_CHECKING:
    from tests.conftest import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("attribute", "kind"),
    [('integrity="sha256-AAAA" crossorigin', "text/javascript"), ("", "text/plain")],
    ids=["another content", "another type"],
)
def test_a_file_that_the_browser_refuses_is_an_error(
    look: Look, site: Site, attribute: str, kind: str
) -> None:
    body = STAND_IN.read_text(encoding="utf-8")
    site.page(SCRIPT, body, content_type=kind, x_content_type_options="nosniff")
    page = LOADED.replace("async", f"async {attribute}") + TAG
    capture = captured(look(site.page("/thanks", page), within=20_000))
    (finding,) = found(capture)
    assert (finding.rule, finding.severity) == ("script-not-loaded", "error")
    assert "answered HTTP 200, but the browser refused to run the file" in finding.message


def test_an_element_that_is_inserted_as_text_never_runs(look: Look, site: Site) -> None:
    script(site)
    insert = "document.body.insertAdjacentHTML('beforeend', document.querySelector('#e').value)"
    page = f"{TAG}<textarea id=e>{LOADED}</textarea><script>onload = () => {insert}</script>"
    (finding,) = found(captured(look(site.page("/thanks", page), within=500)))
    assert (finding.rule, finding.severity) == ("script-not-loaded", "error")
    assert f"never requested {SCRIPT}" in finding.message


def test_a_snippet_that_the_policy_forbids_is_named(look: Look, site: Site) -> None:
    snippet = f"<script>add('{SCRIPT}')</script>"
    page = site.page("/thanks", snippet + TAG, content_security_policy="script-src 'self'")
    (finding,) = found(captured(look(page, within=2_000)))
    assert (finding.rule, finding.severity) == ("script-blocked-by-csp", "error")
    assert "inline snippet" in finding.message
