from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.html_builder import DEEPEST
from validator.html_parser import parse, parse_tag

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
            assert element.start <= inner.start <= inner.end <= element.end


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
        ("<b><i>a</b>c", ["<b><i>a</b>", "<i>a"]),
        ("<!-- > <b> --><i></i>", ["<i></i>"]),
        ("<!--><b></b>", ["<b></b>"]),
        ("<!x><?y></ z><b></b>", ["<b></b>"]),
        ("<script>'<b>'</script >", ["<script>'<b>'</script >"]),
        ("<a b='>'>c</a>", ["<a b='>'>c</a>"]),
        ("a < b <1 <b", []),
    ],
)
def test_elements_are_those_a_browser_makes(html: str, elements: list[str]) -> None:
    assert [html[each.start : each.end] for each in parse(html).elements] == elements


def test_of_two_attributes_the_first_counts() -> None:
    [element] = parse("<a CLASS=x&amp;y class='z' disabled data-a = \"b\n\"/>").elements
    assert element.attributes == {"class": "x&y", "disabled": "", "data-a": "b\n"}


def test_a_serialised_div_stays_inside_its_paragraph() -> None:
    inner = parse_tag("<p><div></div></p>", rendered=True, quirks=False).elements[1]
    assert inner.parent is not None
    assert inner.parent.name == "p"


def test_a_carriage_return_that_a_browser_has_written_is_one() -> None:
    assert [
        tree.text_content(tree.elements[0])
        for tree in (parse("<b>a\r\nb</b>"), parse_tag("<b>a\rb</b>", rendered=True, quirks=False))
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
    deepest = max(len(list(each.lineage(None))) for each in tree.elements)
    assert (deepest, len(tree.elements)) == (DEEPEST, 5_000)


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
