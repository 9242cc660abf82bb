"""Well-formed pages with one typo each: what a person mistypes in a template.

A character is left out, written twice, exchanged with the next or replaced, or a tag or an end tag
is left out, or written twice.
"""

from __future__ import annotations

import re
from random import Random

from hypothesis import strategies as st

from tests.differential.comparison import TAGS

TYPOS = TAGS // 5
"""How many pages with a typo one run of the tests reads."""

_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|<!--.*?-->", re.DOTALL)
_KEYS = "<>/=\"'!-& abp1\n"
_HOLDERS = ("div", "div", "section", "ul", "table", "p", "span", "form", "article", "a", "b")
_FIELDS = ("span", "div", "p", "b", "strong", "em", "i", "a", "li", "td", "h2", "button", "label")
_AROUND = (
    "{}",
    "{}",
    "<p>Order {}</p>",
    "<div class=row>{}</div>",
    "<strong>{}</strong>",
    "<a href='/p?a=1&amp;b=2'>{}</a>",
    "<em><b>{}</b></em>",
    "<table><tr><td>{}</td></tr></table>",
    "<ul><li>{}</li></ul>",
    "<!-- field -->{}",
    "<button>{}</button>",
)
_BETWEEN = (
    *("", "\n", "  ", "<br>", "<hr>", "<!-- line -->", "<p>Thank you</p>", "<b>Total</b>"),
    "<script>var x = '<!-- <b>' + \"</div>\";</script>",
    '<script>window.dataLayer = [{"html": "<!-- a --<script src=/w.js>"}];</script>',
    "<style>.row > b { color: red }</style>",
    "<svg viewBox='0 0 1 1'><title>Icon</title><path d='M0 0'/></svg>",
    "<select><option value=1>One</option><option>Two</option></select>",
    "<textarea>a < b</textarea>",
    "<img src='/a.png' alt='A'>",
    "<input type=hidden name=q value=1>",
    "<noscript><img src='/t.gif'></noscript>",
    "<template><i class=name>T</i></template>",
    "<form action=/s><input name=e><label>Mail</label></form>",
)
_SCALARS = ("purchase_id", "total_quantity", "total_price", "cart_id", "payment_method")
_ITEM = ("product_id", "name", "url", "unit_price", "quantity", "price", "category")


def _element(name: str, attributes: str, inner: str) -> str:
    """Return an element that HTML allows where only blocks and texts are."""
    before, after = {"li": ("<ul>", "</ul>"), "td": ("<table><tr>", "</tr></table>")}.get(
        name, ("", "")
    )
    return f"{before}<{name} {attributes}>{inner}</{name}>{after}"


def _field(dice: Random, name: str) -> str:
    element = _element(dice.choice(_FIELDS), f'class="{name}"', str(dice.randrange(1, 99)))
    return dice.choice(_AROUND).format(element) + dice.choice(_BETWEEN)


def _holder(dice: Random, name: str, inner: str, style: str = "") -> str:
    element = dice.choice(_HOLDERS)
    if element == "ul":
        inner = f"<li>{inner}</li>"
    if element == "table":
        inner = f"<tr><td>{inner}</td></tr>"
    return f'<{element} class="{name}"{style}>{inner}</{element}>'


def _page(dice: Random) -> str:
    inner = "".join(_field(dice, name) for name in _SCALARS)
    for _ in range(dice.randrange(1, 3)):
        inner += _holder(dice, "product_basket_item", "".join(_field(dice, n) for n in _ITEM))
    style = dice.choice(("", ' style="display:none"'))
    tag = _holder(dice, "cn_purchase", inner, style)
    start, end = dice.choice(
        (
            ("<!DOCTYPE html>\n<html><head><title>Thanks</title></head><body>", "</body></html>"),
            ("<!DOCTYPE html><title>Thanks</title>", ""),
            ("<html><body><main>", "</main></body></html>"),
        )
    )
    return start + dice.choice(_BETWEEN) + tag + dice.choice(_BETWEEN) + end


def _mistyped(dice: Random, html: str) -> str:
    tags = list(_MARKUP.finditer(html))
    if dice.random() < 0.3:
        found = dice.choice(tags)
        return html[: found.start()] + found[0] * dice.choice((0, 2)) + html[found.end() :]
    # Most typos in a text change nothing but the text.
    found = dice.choice(tags)
    at = dice.randrange(found.start(), found.end())
    match dice.randrange(4):
        case 0:
            return html[:at] + html[at + 1 :]
        case 1:
            return html[: at + 1] + html[at:]
        case 2:
            return html[:at] + html[at : at + 2][::-1] + html[at + 2 :]
        case _:
            return html[:at] + dice.choice(_KEYS) + html[at + 1 :]


def _typo(dice: Random) -> str:
    return _mistyped(dice, _page(dice))


PAGES = st.randoms(use_true_random=True).map(_typo)
