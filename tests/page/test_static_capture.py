from __future__ import annotations

import pytest

from validator.contract.fields import parse_tag_schema
from validator.contract.schema import load_schema
from validator.core.capture import Placement
from validator.page.static_capture import capture_html
from validator.page.tag_fields import extract_fields

TAG = '<div class="cn_purchase"><span class="purchase_id">1</span></div>'


def test_a_tag_is_sliced_verbatim_from_start_to_matching_end() -> None:
    tag = "<div  CLASS='x cn_purchase '>\n <div>a</div><DIV>b</DIV >\n</div\n>"
    [found] = capture_html(f"<p>x</p>\n  {tag}<div>after</div>", "page.html").tags
    assert found.html == tag


def test_a_tag_has_its_place_in_the_file() -> None:
    [found] = capture_html(f"<body>\n<p>é</p>\n  {TAG}</body>", "page.html").tags
    assert str(found.origin) == "page.html:3:3"
    assert found.css == "body > div.cn_purchase"


@pytest.mark.parametrize(
    ("html", "placement", "column"),
    [
        (TAG, Placement.DOCUMENT, 1),
        (f"<template>{TAG}</template>", Placement.TEMPLATE, 11),
        (f"<noscript>{TAG}</noscript>", Placement.NOSCRIPT, 11),
        (f"<!--{TAG}-->", Placement.COMMENT, 5),
        (f"<textarea>{TAG}</textarea>", Placement.TEXTAREA, 11),
        (f"<iframe>{TAG}</iframe>", Placement.IFRAME, 9),
        ("<iframe srcdoc='<p class=cn_purchase>'></iframe>", Placement.IFRAME, 1),
        (f"<x-a><template shadowrootmode=open>{TAG}</template></x-a>", Placement.SHADOW_ROOT, 36),
        (f"<noscript><!--{TAG}--></noscript>", Placement.NOSCRIPT, 15),
        (f"<template><div>{TAG}</div></template>", Placement.TEMPLATE, 16),
    ],
)
def test_a_tag_is_found_wherever_it_hides(html: str, placement: Placement, column: int) -> None:
    [found] = capture_html(html, "page.html").tags
    assert (found.placement, found.origin.column) == (placement, column)


@pytest.mark.parametrize(
    "html",
    [
        f"<script>document.write('{TAG}')</script>",
        f"<style>/* {TAG} */</style>",
        f"<title>{TAG}</title>",
        '<!DOCTYPE html><div class="cn_purchase_x my-cn_purchase CN_PURCHASE"></div>',
        "<div id=cn_purchase data-class=cn_purchase>class=cn_purchase</div>",
        "<div class=cn_purchase",
    ],
)
def test_what_is_no_element_with_the_class_is_no_tag(html: str) -> None:
    assert capture_html(html, "page.html").tags == ()


@pytest.mark.parametrize(
    ("start", "is_found"),
    [
        ("", True),
        ("<p></p><!DOCTYPE html>", True),
        ("<!DOCTYPE>", True),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">', True),
        ("<!doctype html>", False),
        ("\ufeff\n<!-- a --><!DOCTYPE html SYSTEM 'about:legacy-compat'>", False),
        ('<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "a.dtd">', False),
        ('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "a.dtd">', False),
    ],
)
def test_case_counts_unless_the_page_is_in_quirks_mode(start: str, is_found: bool) -> None:
    tags = capture_html(f"{start}<div class=CN_Purchase></div>", "page.html").tags
    assert [tag.quirks for tag in tags] == [True] * is_found


def test_a_tag_that_a_textarea_shows_escaped_is_found_there() -> None:
    html = "<textarea>&lt;p class=cn_purchase&gt;</textarea>"
    [tag] = capture_html(html, "page.html").tags
    assert tag.placement is Placement.TEXTAREA


def test_nested_tags_are_all_found() -> None:
    html = f'<div class="cn_purchase">{TAG}</div>'
    assert [tag.html for tag in capture_html(html, "page.html").tags] == [html, TAG]


def test_a_paragraph_ends_where_a_block_begins() -> None:
    [found] = capture_html("<p class=cn_purchase>a<div>b</div>", "page.html").tags
    assert found.html == "<p class=cn_purchase>a"


def test_what_a_table_does_not_hold_is_not_in_the_tag() -> None:
    [moved] = capture_html(f"<table>{TAG}<tr></table>", "page.html").tags
    [bare] = capture_html(f"<table class=cn_purchase>{TAG[25:]}</table>", "page.html").tags
    purchase = parse_tag_schema(load_schema("cn_purchase"))
    assert extract_fields(moved, purchase)[0].data == {"purchase_id": "1"}
    assert extract_fields(bare, purchase)[0].data == {}


@pytest.mark.parametrize("name", ["td", "tr", "tbody", "caption", "option", "li", "dd"])
def test_a_tag_may_be_any_part_of_something_else(name: str) -> None:
    inner = "<td class=purchase_id>1" if name in ("tr", "tbody") else "<b class=purchase_id>1</b>"
    html = f"<table><{name} class=cn_purchase>{inner}</table>"
    [tag] = capture_html(html, "page.html").tags
    document, _ = extract_fields(tag, parse_tag_schema(load_schema("cn_purchase")))
    assert document.data == {"purchase_id": "1"}


def test_an_unclosed_tag_reaches_to_the_end() -> None:
    [found] = capture_html("<div class=cn_purchase><b>a", "page.html").tags
    assert found.html == "<div class=cn_purchase><b>a"


def test_space_collapses_only_where_the_text_is_shown() -> None:
    body = '<div class="cn_purchase"{}><b class="name"> a\n  b</b></div>'
    [shown] = capture_html(body.format(""), "page.html").tags
    [hidden] = capture_html(body.format(' style="display: none"'), "page.html").tags
    assert (shown.texts, hidden.texts) == ({"0": "a b"}, {})


def test_hidden_parts_of_a_shown_text_are_not_read() -> None:
    html = '<div class="cn_purchase"><b class="name">a<i hidden>b</i><script>c</script></b></div>'
    assert capture_html(html, "page.html").tags[0].texts == {"0": "a"}


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("A<br>B", "A\nB"),
        ("A<div> B</div> C", "A\nB\nC"),
        ("<p>A</p><p>B</p>", "A\n\nB"),
        ("A<pre>  B\n C</pre>", "A\n  B\n C"),
        ("<table><tr><td>A<td>B<tr><td>C</table>", "A\tB\nC"),
    ],
)
def test_the_lines_of_a_shown_text_are_kept(inner: str, text: str) -> None:
    html = f'<div class="cn_purchase"><div class="name">{inner}</div></div>'
    assert capture_html(html, "page.html").tags[0].texts["0"] == text


@pytest.mark.parametrize(
    "script",
    [
        '<script id="__cn_client_script_5c"></script>',
        '<script async id="__cn_generic_script__5c">…</script>',
        '<script src="https://cdn.connectif.cloud/eu1/client-script/5c"></script>',
        '<script src="/static/client-script/5c"></script>',
    ],
)
def test_the_connectif_script_is_known(script: str) -> None:
    assert capture_html(script, "page.html").script.present


def test_other_scripts_are_not_the_connectif_script() -> None:
    assert not capture_html("<script src=/shop.js></script>", "page.html").script.present


def test_the_capture_says_it_was_not_rendered() -> None:
    capture = capture_html("<title> A &amp; B </title>", "page.html", status=200)
    assert (capture.url, capture.rendered, capture.status) == ("page.html", False, 200)
    assert capture.title == "A & B"
