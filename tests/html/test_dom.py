from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.html import serialised
from validator.html.dom import DomNode
from validator.html.pages import DEEPEST, parse

PIECES = """< > / = ! - -- <!-- --> <div> </div> <p> </p> <a class='x y' " ' & &amp; é </ <br/> <li>
<svg> <path/> </svg> <script> </script> <textarea> <template> </template> <![CDATA[ ]]> <?"""


@given(st.lists(st.sampled_from([*PIECES.split(), " ", "\n", "\0"]), max_size=60).map("".join))
def test_any_text_is_html(text: str) -> None:
    tree = parse(text)
    for index, element in enumerate(tree.elements):
        assert element.index == index
        assert text[element.start] == "<"
        assert element.start < element.end <= len(text)
        assert index < element.after <= len(tree.elements)
        for inner in tree.descendants(element):
            assert inner.end <= element.end
            # A copy of a formatting element begins at the tag that it copies.
            is_copy = any(each.start == inner.start for each in tree.elements[: inner.index])
            assert element.start <= inner.start <= inner.end or is_copy


@given(st.text(alphabet="ab\n<>", max_size=40), st.integers(0, 40))
def test_a_place_leads_back_to_its_character(text: str, offset: int) -> None:
    line, column = parse(text).place(offset := min(offset, len(text)))
    assert sum(map(len, text.splitlines(keepends=True)[: line - 1])) + column - 1 == offset


@pytest.mark.parametrize(
    ("html", "elements"),
    [
        ("<ul><li>a<li>b</ul>", ["<ul><li>a<li>b</ul>", "<li>a", "<li>b"]),
        ("<p>a<p>b", ["<p>a", "<p>b"]),
        ("<br>a<img/>b", ["<br>", "<img/>"]),
        ("<div/>a</div>", ["<div/>a</div>"]),
        ("<svg><g/>a</svg>", ["<svg><g/>a</svg>", "<g/>"]),
        ("<b>a</i></b>c", ["<b>a</i></b>"]),
        ("<b><i>a</b>c", ["<b><i>a</b>", "<i>a", "<i>a"]),
        ("<!-- > <b> --><i></i>", ["<i></i>"]),
        ("<!--><b></b>", ["<b></b>"]),
        ("<!x><?y></ z><b></b>", ["<b></b>"]),
        ("<script>'<b>'</script >", ["<script>'<b>'</script >"]),
        ("<a b='>'>c</a>", ["<a b='>'>c</a>"]),
        ("a < b <1 <b", []),
        ("</", []),
        ("<svg><![CDATA[<b>]]></svg>", ["<svg><![CDATA[<b>]]></svg>"]),
    ],
)
def test_elements_are_those_a_browser_makes(html: str, elements: list[str]) -> None:
    assert [html[each.start : each.end] for each in parse(html).elements] == elements


@pytest.mark.parametrize(
    ("html", "tree"),
    [
        ("<p>a<div>b</div>c</p>", "p(a) div(b) c p()"),
        ("<p><span>a<div>b</div></span></p>", "p(span(a)) div(b) p()"),
        ("<p><button><p>a</button>", "p(button(p(a)))"),
        ("<!DOCTYPE html><p>a<table></table>", "p(a) table()"),
        ("<p>a<table></table>", "p(a table())"),
        ("<table>a<tr>b<td>c</table>", "ab table(tbody(tr(td(c))))"),
        ("<table><div>a</div><td>b</table>", "div(a) table(tbody(tr(td(b))))"),
        ("<div><table><b>a</b></table></div>", "div(b(a) table())"),
        ("<table> <tr> </tr></table>", "table(  tbody(tr( )))"),
        ("<table><td><table><i>a</i></table></table>", "table(tbody(tr(td(i(a) table()))))"),
        ("<table><caption>a<td>b</table>", "table(caption(a) tbody(tr(td(b))))"),
        ("<table><col><td>a</table>", "table(colgroup(col()) tbody(tr(td(a))))"),
        ("<table><input type=hidden><input></table>", "input() table(input())"),
        ("<table><script>a</script><style>b</style></table>", "table(script(a) style(b))"),
        ("<table><form><td>a</form>b</table>", "table(form() tbody(tr(td(ab))))"),
        ("<tr><td>a</td></tr>", "a"),
        ("<ul><li>a<li>b</ul>", "ul(li(a) li(b))"),
        ("<li>a<ul><li>b</ul>c", "li(a ul(li(b)) c)"),
        ("<dl><dt>a<dd>b<p>c<dt>d</dl>", "dl(dt(a) dd(b p(c)) dt(d))"),
        ("<h1>a<h2>b</h1>", "h1(a) h2(b)"),
        ("<select><option>a<option>b</select>", "select(option(a) option(b))"),
        ("<select>a<select>b", "select(a) b"),
        ("<form>a<form>b</form>c", "form(ab) c"),
        ("<form><div>a</form>b</div>c", "form(div(ab)) c"),
        ("<button>a<button>b", "button(a) button(b)"),
        ("<svg>a<div>b</svg>", "svg(a) div(b)"),
        ("<svg><desc><div>a</div></desc></svg>", "svg(desc(div(a)))"),
        ("<div>a</span></p>b</div>", "div(a p() b)"),
        ("<span>a<div>b</span>c</div>", "span(a div(bc))"),
        ("a\0b<b>&#0;</b>", "ab b(\ufffd)"),
        ("&#13;&#x81;&#128;&#1;&#xfffe;", "\r\x81\u20ac\x01\ufffe"),
        ("&#" + "9" * 5_000 + ";&#" + "0" * 5_000 + "65;", "\ufffdA"),
    ],
)
def test_elements_are_put_where_a_browser_puts_them(html: str, tree: str) -> None:
    _, doctype, body = html.rpartition("<!DOCTYPE html>")
    assert written(parse(f"{doctype}<main>{body}").elements[0]) == f"main({tree})"


def test_the_head_ends_where_the_body_begins() -> None:
    head, _title, paragraph = parse("<head><title>a</title><p>b").elements
    assert (written(head), paragraph.parent) == ("head(title(a))", None)


def test_there_is_one_body() -> None:
    [body, text] = parse("<body>a<body>b</body><i>c</i>").elements
    assert text.parent is body


def written(node: DomNode) -> str:
    if isinstance(node, tuple):
        return node[1]
    return f"{node.name}({' '.join(map(written, node.children))})"


def test_of_two_attributes_the_first_counts() -> None:
    [element] = parse("<a CLASS=x&amp;y class='z' disabled data-a = \"b\n\"/>").elements
    assert element.attributes == {"class": "x&y", "disabled": "", "data-a": "b\n"}


def test_a_serialised_div_stays_inside_its_paragraph() -> None:
    inner = serialised.parse("<p><div></div></p>").elements[1]
    assert inner.parent is not None
    assert inner.parent.name == "p"


def test_a_carriage_return_that_a_browser_has_written_is_one() -> None:
    assert [
        tree.text_content(tree.elements[0])
        for tree in (parse("<b>a\r\nb</b>"), serialised.parse("<b>a\rb</b>"))
    ] == ["a\nb", "a\rb"]


def test_text_is_decoded_but_for_raw_text() -> None:
    tree = parse("<b>&eacute;&nbsp;&lt;</b><textarea>&lt;</textarea><xmp>&lt;</xmp>")
    assert [tree.text_content(each) for each in tree.elements] == [
        unescape("é&nbsp;<"),
        "<",
        "&lt;",
    ]


def test_nesting_is_as_deep_as_in_chromium() -> None:
    tree = parse("<div>" * 5_000)
    deepest = max(len(list(each.ancestors_and_self(None))) for each in tree.elements)
    # Chromium counts the html and the body that it adds.
    assert (deepest, len(tree.elements)) == (DEEPEST - 2, 5_000)


def test_a_css_path_begins_at_the_nearest_id() -> None:
    tree = parse("<body><div id=order><p>a</p><p>b <i class='x y'>c</i></p></div></body>")
    assert tree.css(tree.elements[-1]) == "#order > p:nth-of-type(2) > i.x"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    ["<!--", "<![CDATA[", "<a ", "</a", "<", "&", "<a b='", "<?", "</p>", "<script>", "-->"],
)
def test_hostile_text_costs_time_in_proportion(piece: str) -> None:
    """``html.parser`` needs hours for some of these."""
    times = 1_000_000 // len(piece)
    # Each end tag of a paragraph that is not open makes one.
    assert len(parse(piece * times).elements) in (0, 1, times)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    ["<b>", "<li>", "<table><b>", "<form><b></form>", "<p><b>", "<select>", "<svg>", "<dd><p>"],
)
def test_open_elements_cost_time_in_proportion(piece: str) -> None:
    """A search from the innermost outwards for each tag would not come to an end."""
    assert len(parse(piece * (300_000 // len(piece)) + "</x></i></p>").elements) > 1_000


def test_half_of_a_character_in_a_page_is_read_as_a_replacement_character() -> None:
    tree = parse('<p \ud800="\udfff" class="a\ud800">b\ud83d</p>')
    [element] = tree.elements
    assert element.attributes == {"\ufffd": "\ufffd", "class": "a\ufffd"}
    assert tree.text_content(element) == "b\ufffd"
