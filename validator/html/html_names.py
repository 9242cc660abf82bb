"""What the names of elements mean to an HTML parser.

https://html.spec.whatwg.org/multipage/parsing.html#the-stack-of-open-elements
"""

from __future__ import annotations

from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names("area base br col embed frame hr img input link meta param source track wbr")
RAW_TEXT = _names("script style textarea title noscript iframe noembed noframes xmp plaintext")
"""Elements whose content is text and never elements. With JavaScript on, noscript is one."""
DECODED = _names("textarea title")
"""Those of them in which character references count."""
DROPS_NEWLINE = _names("pre listing textarea")
"""Elements whose content does not begin with the newline after the start tag."""
NOT_RENDERED = _names(
    "area audio base canvas datalist head iframe link meta noembed noframes noscript param rp"
    " script source style template textarea title track video"
)
"""What a browser does not show, or shows something else of than the text inside of it."""
BAR_ELEMENTS = _names("meter progress")
"""What shows a bar in place of what is inside of it."""
SVG_NOT_RENDERED = _names(
    "title desc metadata style script defs symbol clippath mask pattern marker lineargradient"
    " radialgradient"
)
"""What it does not show of an SVG."""

HTML_INTEGRATION_POINTS: Mapping[str, frozenset[str]] = {
    "svg": _names("foreignobject desc title"),
    "math": _names("mi mo mn ms mtext"),
}
"""Elements of SVG and MathML whose content is HTML again."""
ENDS_FOREIGN = _names(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li"
    " listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)
"""Start tags that end an SVG or MathML in which they stand."""
ONLY_FOREIGN: Mapping[str, str] = {
    **dict.fromkeys(("g", "text", "tspan", "textpath", "defs", "symbol", "switch"), "svg"),
    **dict.fromkeys(("mrow", *HTML_INTEGRATION_POINTS["math"]), "math"),
}
"""Names by which a tag is known to be cut out of an SVG or MathML."""

IN_HEAD = _names(
    "base basefont bgsound link meta noframes noscript script style template title head html"
)
"""Start tags that do not begin the body."""
HEADINGS = _names("h1 h2 h3 h4 h5 h6")
FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
BLOCKS = _names(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure"
    " footer header hgroup main menu nav ol p search section summary ul"
)
ENDED_IN_SCOPE = BLOCKS | _names("button pre listing select applet marquee object dd dt")
"""Elements whose end tag ends all that is open inside of them, where they are open at all."""
ENDS_PARAGRAPH = BLOCKS | HEADINGS | _names("pre listing form li dd dt plaintext hr xmp")
IMPLIED_ENDS = _names("dd dt li optgroup option p rb rp rt rtc")
"""Elements that may go without an end tag."""

ROW_GROUPS = _names("tbody tfoot thead")
CELLS = _names("td th")
TABLE_PARTS = _names("caption col colgroup tbody tfoot thead td th tr")
FOSTER_PARENTING = _names("table tbody tfoot thead tr")
"""What stands in these and is no part of a table is moved to before the table."""

_SCOPE = _names("applet caption html table td th marquee object template select")
_SPECIAL = _names(
    "address applet area article aside base basefont bgsound blockquote body br button caption"
    " center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form"
    " frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link"
    " listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre"
    " script search section select source style summary table tbody td template textarea tfoot th"
    " thead title tr track ul wbr xmp"
)
KINDS: Mapping[str, frozenset[str]] = {
    "scope": _SCOPE,
    "button": _SCOPE | {"button"},
    "list": _SCOPE | {"ol", "ul"},
    "table": _names("html table template"),
    "special": _SPECIAL,
    "barrier": _SPECIAL - {"address", "div", "p"},
    "part": _names("table caption colgroup tbody tfoot thead tr td th template"),
}
"""Kind → what keeps a search among the open elements from looking further."""
FOREIGN_KINDS = ("scope", "button", "list", "special", "barrier")
"""Those of an element of SVG or MathML whose content is HTML."""
