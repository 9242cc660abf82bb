"""Pages with purchase tags, as no shop should write them and as some do.

Hypothesis says how the dice fall, once a page: drawn one by one, the hundreds of choices that make
a page would cost more than all readings of it.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

# What trim and parseFloat take for white space, and what only looks like it.
_SPACES = (
    *"\t\n\v\f\r \u00a0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
    *("&nbsp;", "&#13;", "&#9;", "&Tab;", "&NewLine;", "\r\n", "  "),
    *("\u200b", "\u200d", "\u2060", "\u180e", "\x1c", "\x1f", "\x85", "&shy;", "&zwnj;", "\0"),
)
_DIGITS = ("0", "1", "12", "180", "180.75", "180.750000", ".5", "5.", "1.2.3", "007", "9" * 25)
_NUMBERS = (
    *("1.234,56", "1,234.56", "1 234,56", "1'234.50", "180,75", "180.75 €", "12px", "3 units"),
    *("€180.75", "EUR 5", "{{ total }}", "{$total}", "undefined", "null", "NaN", "", "x", "-", "+"),
    *("Infinity", "-Infinity", "Infinitye", "infinity", "1e400", "-1e400", "1e-400", "1e308"),
    *("1e3", "1E2", "5.e2x", "1e", "1e+", "1e-2x", "2.5", "1e21", "1e-7", "123456789012345680000"),
    *("0x1F", "0b11", "0o7", "1_000", "10n", "--5", "+-7", "- 7", "-0", "-0.0", "-.5", "+7.5"),
    *("1\u066b5", "\u0663", "\uff11\uff12", "\u00bd", "\u22125", "1\u200b2", "9" * 400),
    *("0." + "0" * 330 + "1", "1" + "0" * 310, "2" * 309, "0.1" + "0" * 30 + "1e1"),
)
_SIGNS = ("", "", "-", "+")
_TAILS = ("", "", "e3", "E-2", "e400", "e+1x", ",5", " €", "\u00a0€", "px", "e")
_WORDS = (
    *("abc", "Blue Mug", "stra\u00dfe", "\u01c6 \u0130i", "a  b", " a ", "&amp;", "&lt;b&gt;", "é"),
    *("&eacute", "&notit;", "&#128;", "&#x1F600;", "\U0001f600", "e\u0301", "\ud83d", "\ude00"),
    *("https://shop.example/p?a=1&b=2", "/p/1", "//cdn/x.png", "2024-09-13T10:49:31Z", "InStock"),
    *('"', "'", "<", "a<1", "</", "]]>", "\ufffd", "\u202e", "\u05e9", "0", "false", "__proto__"),
)
# No <object>: Chromium shows what is inside of it some time later.
_AROUND = (
    *("<b>{}</b>", "<b>{}</b>x", "{}<i>y</i>", "<!-- c -->{}", "{}<!-- <b class=price>1</b> -->"),
    *("<script>9</script>{}", "{}<script type=text/plain>8<b class=name></script>"),
    *("{}<style>.q{{color:red}}</style>", "<template><b class=name>7</b></template>{}"),
    *("<noscript>7<b class=url>z</b></noscript>{}", "<textarea>{}</textarea>", "<!---->{}<!-->x"),
    *("<svg><text>{}</text></svg>", "<svg><title>{}<b>t</b></title></svg>", "<math><mi>{}</mi>z"),
    *("<svg><style>s</style><desc>{}</desc><g class=name>u</g></svg>", "<input value='{}'>"),
    *("<select><option>{}<option>2</select>", "<select multiple><optgroup><option>{}</select>"),
    *("{}<br>x", "<br>{}", "<div>{}</div>z", "y<div>{}</div>", "<p>{}<p>b", "<div><div>{}</div>"),
    *("<span style=display:none>6</span>{}", "<span style=visibility:hidden>6</span>{}", "\n {}\n"),
    *("<span hidden>6</span>{}", "<span style=visibility:visible>{}</span>5", "<pre>\n {}\n</pre>"),
    *(
        "<span style=text-transform:uppercase>{}</span>",
        "<span style=white-space:pre> {}  x</span>",
    ),
    *("<span style='white-space:pre-line'>{} \n  x</span>", "<span style=display:block>{}</span>z"),
    *("<ul><li>{}<li>b</ul>", "<table><tr><td>{}<td>2<tr><td>3</table>", "<details>{}</details>"),
    *("<table><caption>{}</caption><tr><th>x</table>", "<table>{}<tr><td>in</table>", "<hr>{}"),
    *("<ruby>{}<rt>x<rp>(</ruby>", "<button>{}</button>", "<iframe>{}</iframe>", "<wbr>{}<wbr>"),
    *("<video>{}</video>", "<canvas>{}</canvas>", "<q>{}</q>", "<sup>{}</sup>"),
    *("<fieldset><legend>{}</legend>r</fieldset>", "<meter>{}</meter>", "<datalist>{}</datalist>"),
    *("<h1>{}</h1><h2>k</h2>", "<a href=#>{}<a href=#>m</a>", "<b><i>{}</b>n</i>", "<xmp>{}</xmp>"),
    *(
        "<x-price>{}</x-price>",
        "<label>{}</label>",
        "<dl><dt>{}<dd>d</dl>",
        "<noembed>{}</noembed>",
    ),
    *("<span style=display:inline-block>{}</span>z", "<span style=display:contents>{}</span>z"),
    *("<span style='display:table-cell'>{}</span><span style='display:table-cell'>c</span>",),
    *("<div style=display:flex><i>{}</i><i>w</i></div>", "<span style=float:left>{}</span>v"),
    *("<details><summary>{}</summary>hidden</details>", "<dialog>{}</dialog>", "<slot>{}</slot>"),
    *("<img alt='{}'>", "<audio>{}</audio>", "<progress>{}</progress>", "<bdo dir=rtl>{}</bdo>"),
)
_STYLES = (
    *("display:none", "visibility:hidden", "visibility:collapse", "visibility:visible"),
    *("position:absolute;left:-9999px", "opacity:0", "content-visibility:hidden", "float:left"),
    *("text-transform:uppercase", "text-transform:capitalize", "text-transform:lowercase"),
    *("text-transform:full-width", "white-space:pre", "white-space:pre-line", "white-space:nowrap"),
    *("display:block", "display:inline-block", "display:contents", "display:flex", "display:grid"),
    *("display:table-cell", "display:list-item", "direction:rtl", "font-size:0", "color:#fff0"),
    *("font-variant:small-caps", "-webkit-text-security:disc", "user-select:none", "display:table"),
    *(
        "clip:rect(0,0,0,0);position:absolute",
        "height:0;overflow:hidden",
        "writing-mode:vertical-rl",
    ),
)
_SHEETS = (
    *(".cn_purchase{display:none}", ".cn_purchase{visibility:hidden}", ".name{display:none}"),
    *("*{text-transform:uppercase}", ".name::before{content:'x'}", "span{display:block}"),
    *("b{white-space:pre-wrap}", "template{display:block}", "script{display:block}"),
    *("br{display:none}", "style{display:inline}", "::first-letter{text-transform:uppercase}"),
    *(".cn_purchase *{visibility:hidden}.unit_price{visibility:visible}", "td{display:inline}"),
)
_CLASSES = (
    *('class="{}"',) * 14,
    *(
        'class="{} "',
        "class={}",
        "class=' {}\t'",
        "CLASS='x {} y'",
        'class="\n{}\f"',
        'class="{0} {0}"',
    ),
    *(
        'class="x&#10;{}"',
        'class="x" class="{}"',
        'class="{}\u00a0"',
        'class="{}\v"',
        'class="{}x"',
    ),
    *(
        'class="-{}"',
        'class="{},"',
        'id="{}"',
        'class="{0}" id="{0}"',
        'data-class="{}"',
        "class='&#0;{}'",
    ),
)
_ELEMENTS = (
    *("<span {a}>{v}</span>",) * 12,
    *("<b {a}>{v}</b>", "<div {a}>{v}</div>", "<p {a}>{v}</p>", "<p {a}>{v}", "<li {a}>{v}"),
    *("<textarea {a}>{v}</textarea>", "<input {a} value='{v}'>", "<svg><text {a}>{v}</text></svg>"),
    *("<template {a}>{v}</template>", "<noscript {a}>{v}</noscript>", "<title {a}>{v}</title>"),
    *("<script type=text/plain {a}>{v}</script>", "<style {a}>{v}</style>", "<pre {a}>\n{v}</pre>"),
    *(
        "<select {a}><option>{v}</select>",
        "<select><option {a}>{v}</select>",
        "<button {a}>{v}</button>",
    ),
    *(
        "<table {a}><tr><td>{v}</table>",
        "<table><tr><td {a}>{v}</table>",
        "<table><b {a}>{v}</b></table>",
    ),
    *(
        "<table><tr {a}><td>{v}<td>x</table>",
        "<table><caption {a}>{v}</caption></table>",
        "<h1 {a}>{v}",
    ),
    *("<meta {a} content='{v}'>", "<br {a}>", "<a href=# {a}>{v}</a>", "<ul><li {a}>{v}</ul>"),
    *("<svg {a}>{v}</svg>", "<math><mtext {a}>{v}</mtext></math>", "<iframe {a}>{v}</iframe>"),
    *("<svg><foreignObject><i {a}>{v}</i></foreignObject></svg>", "<img {a} alt='{v}'>"),
    *("<details><i {a}>{v}</i></details>", "<x-field {a}>{v}</x-field>", "<b><p {a}></b>{v}</p>"),
    *("<ruby>a<rt {a}>{v}</ruby>", "<fieldset {a}><legend>{v}</legend>z</fieldset>", "<dt {a}>{v}"),
)
_DOCTYPES = (*("<!DOCTYPE html>",) * 3, "", "<!doctype HTML SYSTEM 'about:legacy-compat'>")
_ROOTS = (
    *("<div {a}>{v}</div>",) * 12,
    *("<div {a}>{v}", "<p {a}>{v}</p>", "<span {a}>{v}</span>", "<table {a}><tr><td>{v}</table>"),
    *("<table><tr><td><div {a}>{v}</div></table>", "<table><div {a}>{v}</div><tr></tr></table>"),
    *(
        "<ul {a}>{v}</ul>",
        "<svg {a}><foreignObject>{v}</foreignObject></svg>",
        "<form {a}>{v}</form>",
    ),
    *("<template><div {a}>{v}</div></template>", "<noscript><div {a}>{v}</div></noscript>"),
    *(
        "<!-- <div {a}>{v}</div> -->",
        "<textarea><div {a}>{v}</div></textarea>",
        "<select {a}>{v}</select>",
    ),
    *(
        "<body {a}>{v}",
        "<main><section><div {a}>{v}</div></section></main>",
        "<template {a}>{v}</template>",
    ),
    *(
        "<b><div {a}>{v}</div></b>",
        "<a href=#><div {a}>{v}</a></div>",
        "<details {a}>{v}</details>",
    ),
    *(
        "<button {a}>{v}</button>",
        "<h1 {a}>{v}</h1>",
        "<dl {a}>{v}</dl>",
        "<svg><g {a}>{v}</g></svg>",
    ),
)

_SCALARS = {
    "purchase_id": "text",
    "total_quantity": "number",
    "total_price": "number",
    "cart_id": "text",
    "purchase_date": "text",
    "payment_method": "text",
    "source_name": "text",
    "source_type": "text",
}
_ITEM = {
    **dict.fromkeys(("product_id", "name", "url", "image_url", "thumbnail_url", "brand"), "text"),
    **dict.fromkeys(("availability", "custom_field_1", "custom_field_2", "custom_field_3"), "text"),
    **dict.fromkeys(("category", "tag", "related_external_product_id", "published_at"), "text"),
    **dict.fromkeys(
        ("unit_price", "quantity", "price", "unit_price_original", "priority"), "number"
    ),
    **dict.fromkeys(("unit_price_without_vat", "rating_value", "rating_count"), "number"),
    **dict.fromkeys(("review_count", "discounted_amount", "discounted_percentage"), "number"),
    "description": "html",
}
_NEEDED = ("purchase_id", "total_quantity", "total_price")
_ITEM_NEEDED = ("product_id", "name", "url", "unit_price")
_ALL = (*_SCALARS, *_ITEM, "product_basket_item", "cn_purchase", "cn_cart")


def _likely(dice: Random) -> bool:
    return dice.random() < 0.85


def _space(dice: Random) -> str:
    return "".join(dice.choices(_SPACES, k=dice.randrange(4)))


def _number(dice: Random) -> str:
    if dice.random() < 0.5:
        return dice.choice(_NUMBERS)
    return dice.choice(_SIGNS) + dice.choice(_DIGITS) + dice.choice(_TAILS)


def _text(dice: Random) -> str:
    return "".join(dice.choices(_WORDS + _SPACES, k=dice.randint(1, 4)))


def _dressed(dice: Random, name: str, templates: tuple[str, ...], value: str) -> str:
    """Return an element that carries a class, in one of the ways there are to write it."""
    attributes = dice.choice(_CLASSES).format(name)
    if not _likely(dice):
        attributes = attributes.replace(name, dice.choice((name.upper(), name.title())))
    if not _likely(dice):
        attributes = f"style='{dice.choice(_STYLES)}' {attributes}"
    return dice.choice(templates).format(a=attributes, v=value)


def _field(dice: Random, name: str, kind: str) -> str:
    if _likely(dice) and kind != "html":
        value = "5" if kind == "number" else "x-1"
    else:
        value = _space(dice) + (_number if kind == "number" else _text)(dice) + _space(dice)
        for _ in range(dice.randrange(3)):
            value = dice.choice(_AROUND).format(value)
    if kind == "html" and dice.random() < 0.5:
        value += _dressed(dice, dice.choice(_ALL), ("<b {a}>{v}</b>",), "<i>9</i>")
    if _likely(dice):
        return f'<span class="{name}">{value}</span>'
    return _dressed(dice, name, _ELEMENTS, value)


def _fields(dice: Random, kinds: dict[str, str], needed: tuple[str, ...]) -> list[str]:
    names = [name for name in needed if dice.random() < 0.97]
    names += dice.choices(tuple(kinds), k=dice.randrange(4))
    dice.shuffle(names)
    return [_field(dice, name, kinds[name]) for name in names]


def _item(dice: Random, depth: int = 0) -> str:
    inner = _fields(dice, _ITEM, _ITEM_NEEDED)
    if depth < 2 and not _likely(dice):
        inner.insert(dice.randint(0, len(inner)), _item(dice, depth + 1))
    templates = ("<div {a}>{v}</div>",) if _likely(dice) else _ROOTS
    return _dressed(dice, "product_basket_item", templates, "\n".join(inner))


def _root(dice: Random, depth: int = 0) -> str:
    inner = _fields(dice, _SCALARS, _NEEDED)
    inner += [_item(dice) for _ in range(dice.randrange(3))]
    if depth < 2 and not _likely(dice):
        inner.insert(dice.randint(0, len(inner)), _root(dice, depth + 1))
    templates = ("<div {a}>{v}</div>",) if _likely(dice) else _ROOTS
    root = _dressed(dice, "cn_purchase", templates, _space(dice).join(inner))
    if _likely(dice):
        return root
    return f"<div style='{dice.choice(_STYLES)}'>{root}</div>"


def _page(dice: Random) -> str:
    start = dice.choice(_DOCTYPES)
    if not _likely(dice):
        start += f"<style>{dice.choice(_SHEETS)}</style>"
    return start + "".join(_root(dice) for _ in range(dice.choice((1, 1, 1, 2, 3))))


PAGES = st.randoms(use_true_random=True).map(_page)
"""Pages mostly of one tag, mostly one that Connectif records."""
