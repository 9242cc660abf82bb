"""The fragments for payment providers' test pages: documented, and played against local pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.cards import TEST_CARDS, passes_luhn_check
from validator.core.result import Report, Verdict
from validator.run.options import RunOptions
from validator.run.runner import run_scenarios
from validator.scenario.files import bundled_scenarios
from validator.scenario.load import load_scenarios

if TYPE_CHECKING:
    from tests.conftest import Site
    from validator.core.result import Result

PRESETS = sorted((bundled_scenarios() / "fragments" / "payment").glob("*.yaml"))
CARD = {
    "number_label": "Number",
    "expiry_label": "Expires",
    "code_label": "Code",
    "pay_button": "Pay now",
}
GIVEN = {
    "adyen": CARD,
    "redsys": CARD,
    "stripe-checkout": CARD | {"holder_label": "Holder", "holder": "Alba Serra"},
    "paypal": {
        "email_label": "Email",
        "email": "buyer@example.test",
        "next_button": "Next",
        "password_label": "Password",
        "password": "not a real one",
        "login_button": "Log in",
        "pay_button": "Pay now",
    },
    "mollie": {"status": "Paid", "continue_button": "Continue"},
}
FORM = """<form action=/pay2>
<label>Number <input required></label><label>Expires <input></label><label>Code <input></label>
<label>Holder <input></label><label>Email <input></label><label>Password <input></label>
<label>Paid <input type=radio name=s></label><label>Failed <input type=radio name=s></label>
<button type=button>Next</button><button type=button>Log in</button>
<a role=button href="{shop}/thanks">Pay now</a><a role=button href="{shop}/thanks">Continue</a>
</form>"""


class Silent:
    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...


def test_every_preset_is_played_here() -> None:
    assert [path.stem for path in PRESETS] == sorted(GIVEN)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_says_what_it_rests_on_and_what_it_needs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "Source" in text
    assert "https://" in text
    assert "needs your own test credentials. Tried against local pages only" in text


def test_the_published_cards_are_card_numbers() -> None:
    wrong = {number for number in TEST_CARDS if not passes_luhn_check(number)}
    assert wrong == set()


@pytest.mark.browser
def test_presets_pay_at_local_pages(tmp_path: Path, site: Site, other_site: Site) -> None:
    site.page("/", f"<a id=order href={other_site.url}/pay>Order</a>")
    site.page("/thanks", "<h1>Thank you</h1>")
    other_site.page("/pay", FORM.format(shop=site.url))
    for path in PRESETS:
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        given = "".join(
            f'            {name}: "{text}"\n' for name, text in GIVEN[path.stem].items()
        )
        (tmp_path / f"pay-{path.name}").write_text(
            f"name: {path.stem}\nbase_url: {site.url}\nsteps:\n  - goto: /\n  - click: '#order'\n"
            f"  - payment:\n      at: {other_site.url}/**\n      steps:\n"
            f"        - include: {path.name}\n          with:\n{given}"
            'confirmation: "**/thanks"\nexpect: {cn_purchase: none, within: 500ms}\n',
            encoding="utf-8",
        )
    scenarios = load_scenarios(sorted(tmp_path.glob("pay-*")), environ={}, run_id="run1")
    report: Report = run_scenarios(scenarios, RunOptions("run1", workers=4), Silent())
    assert {result.subject: result.verdict for result in report.results} == dict.fromkeys(
        GIVEN, Verdict.PASSED
    )
