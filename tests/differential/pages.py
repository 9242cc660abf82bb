"""Pages whose tags do not fit: in tables, in paragraphs, cut off, with what belongs elsewhere.

Without style sheets, and with no formatting element left open at the end of a block: there the
reading without a browser is known to differ. No <ruby> and <math>: how a browser lays them out is
not known. No <object>: it shows what is inside some time later. No form within a form: of a tag by
itself it is not known whether it stands in one.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

_DOCTYPES = (*("<!DOCTYPE html>",) * 3, "", "<p></p>")
_ODD = (
    *("<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<tbody>", "</tbody>", "<caption>"),
    *("<thead>", "<th>", "<colgroup>", "<col>", "</caption>", "</p>", "<p>", "<div>", "</div>"),
    *("<ul>", "<li>", "</li>", "</ul>", "<dl>", "<dt>", "<dd>", "</dl>", "<h1>", "</h1>", "<h2>"),
    *("<form>", "</form>", "<select>", "</select>", "<option>", "<optgroup>", "<input>", "<hr>"),
    *("<button>", "</button>", "<section>", "</section>", "<span>", "</span>", "<pre>\n", "</pre>"),
    *("<svg>", "</svg>", "<g>", "<foreignObject>", "</foreignObject>", "<desc>"),
    *("<center>", "<address>"),
    *(
        "<textarea>a<b></textarea>",
        "<title><p>c</title>",
        "<script>'<td>'</script>",
        "<style></style>",
    ),
    *(
        "<noscript><p>n</noscript>",
        "<iframe><p>i</iframe>",
        "<template><td>t</template>",
        "<xmp><i></xmp>",
    ),
    *("<head>", "</head>", "<body>", "</body>", "<html>", "</html>", "<frame>", "</br>", "<br/>"),
    *(
        "x",
        "5",
        " ",
        "&amp;",
        "&#13;",
        "<!-- <td> -->",
        "<!>",
        "</ z>",
        "<?xml?>",
        "<![CDATA[c]]>",
        "\0",
    ),
    *(
        "<svg><style><b>s</b></style></svg>",
        "<b>f</b>",
        "<a href=#>l</a>",
        "<input type=hidden>",
        "<x-y>",
    ),
)
_HOLDERS = (
    *("div",) * 6,
    *("p", "table", "tr", "td", "ul", "li", "form", "select", "span", "section"),
)
_FIELDS = (
    *("span",) * 8,
    *("div", "p", "td", "li", "b", "option", "dd", "h1", "pre", "textarea", "g"),
)
_SCALARS = ("purchase_id", "total_quantity", "total_price", "cart_id", "payment_method")
_ITEM = ("product_id", "name", "url", "unit_price", "category", "tag", "description")


def _seldom(dice: Random) -> bool:
    return dice.random() < 0.1


def _pieces(dice: Random, name: str, inner: list[str]) -> list[str]:
    holder = dice.choice(_HOLDERS) if dice.random() < 0.3 else "div"
    style = " style=display:none" if dice.random() < 0.7 and name == "cn_purchase" else ""
    end = "" if _seldom(dice) else f"</{holder}>"
    return [f'<{holder} class="{name}"{style}>', *inner, end]


def _field(dice: Random, name: str) -> str:
    element = dice.choice(_FIELDS) if dice.random() < 0.3 else "span"
    end = "" if _seldom(dice) and element != "b" else f"</{element}>"
    return f'<{element} class="{name}">{dice.randrange(1, 99)}{end}'


def _page(dice: Random) -> str:
    item = [_field(dice, name) for name in _ITEM]
    inner = [_field(dice, name) for name in _SCALARS]
    for _ in range(dice.randrange(3)):
        inner += _pieces(dice, "product_basket_item", item)
    pieces = _pieces(dice, "cn_purchase", inner)
    if _seldom(dice):
        pieces += _pieces(dice, "cn_purchase", inner)
    for _ in range(dice.randrange(5)):
        pieces.insert(dice.randint(0, len(pieces)), dice.choice(_ODD))
    html = dice.choice(_DOCTYPES) + "".join(pieces)
    before, form, after = html.partition("<form")
    return before + form + after.replace("<form", "<x-form")


PAGES = st.randoms(use_true_random=True).map(_page)
