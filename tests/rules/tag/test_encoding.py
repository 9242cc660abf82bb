from __future__ import annotations

import pytest

from validator.page.static_capture import capture_html
from validator.rules.evaluate import evaluate_capture
from validator.rules.tag.encoding import repair_mojibake


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("CafÃ©", "Café"),
        ("CAFÃ‰", "CAFÉ"),
        ("VoilÃ\u00a0!", "Voilà!"),
        ("MAÃ‡Ã£", "MAÇã"),
        ("40Â°C", "40°C"),
        ("Â¿QuÃ©?", "¿Qué?"),
        ("10 â‚¬", "10 €"),  # noqa: RUF001 - as browsers show it
        ("Itâ€™s", "It’s"),  # noqa: RUF001 - as browsers show it
        ("ZÅ‚oty", "Złoty"),  # noqa: RUF001 - as browsers show it
        ("Ð¢Ð¾Ð²Ð°Ñ€", "Товар"),
        ("ãƒ†ã‚¹ãƒˆ", "テスト"),  # noqa: RUF001 - as browsers show it
        ("ðŸ˜€", "😀"),  # noqa: RUF001 - as browsers show it
        ("ï»¿Mug", "\ufeffMug"),
    ],
)
def test_utf_8_read_as_windows_1252_is_put_right(text: str, meant: str) -> None:
    assert repair_mojibake(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "São Paulo, Größe, Ångström, âge, naïve, Łódź, Ðe",
        "NESTLÉ® LÃ™ ROMÃ» IRMû",
        "« café\u00a0»",
        "CAFÉ\u00a0: 5 Å² ± 2",
        "Д — вот «она»",
        "ação, mãe, ÉTÉ\u00a0!",
    ],
)
def test_what_people_write_is_left_alone(text: str) -> None:
    assert repair_mojibake(text) == text


MUCH = 90_000


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        "Ã" * MUCH,
        "Ã©" * MUCH,
        "&" * MUCH,
        "&a" * MUCH,
        "&#1" * MUCH,
        "<a" * MUCH,
        "<a " * MUCH,
        f"<a{' ' * MUCH}",
        f"order{' ' * MUCH}",
        f"order{'#' * MUCH}1",
        "no." * MUCH,
        f"Computers{' ' * MUCH}Keyboards >",
        "9" * MUCH,
        f"1.{'0' * MUCH}1",
        f"https://a.example/{' ' * MUCH}",
        f"https://{'a@' * MUCH}",
        f"https://{'a.' * MUCH}example",
        f"http://[{':' * MUCH}]/",
    ],
)
def test_hostile_texts_are_judged_in_good_time(text: str) -> None:
    fields = ("purchase_id", "cart_id", "purchase_date", "total_price", "url", "category", "name")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    spans = "".join(f'<b class="{name}">{escaped}</b>' for name in fields)
    item = f'<p class="product_basket_item">{spans}</p>'
    html = f'<div class="cn_purchase" style="display:none">{spans}{item}</div>'
    result = evaluate_capture(capture_html(html, "page.html"), subject="page")
    assert result.readings
