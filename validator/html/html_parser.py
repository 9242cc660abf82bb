"""HTML text → its elements with exact places, in time linear in its length.

Written here because nothing at hand gives both the end of an element and a bound on time:
``html.parser``, which Beautiful Soup builds on, needs minutes for 100 KB of ``<a <a <a …``. It
follows https://html.spec.whatwg.org/multipage/parsing.html in what decides where a tag and its
fields are. It does not repair misnested formatting: a ``<b>`` that is still open where its
paragraph ends is not opened again in the next, and ``</b>`` inside of a block of its ends nothing.
"""

from __future__ import annotations

from validator.html.dom import Tree
from validator.html.html_builder import TreeBuilder
from validator.html.html_tokens import tokenize
from validator.html.html_tree import CorrectingTreeBuilder
from validator.html.quirks_mode import has_quirks_doctype


def parse(source: str) -> Tree:
    """Parse a page; nothing is an error in HTML."""
    return _parsed(
        source, CorrectingTreeBuilder(source, has_quirks_doctype(source), is_piece=False)
    )


def parse_tag(html: str, *, rendered: bool, quirks: bool) -> Tree:
    """Parse an element as a browser writes it (``rendered``), or as it stands in a page's text.

    Of a piece of a page it is not known whether it stands in a form, where others do not count.
    A browser gives each element its end tag, and scripts may have built what HTML text could not
    say, such as a div inside a p.
    """
    if rendered:
        return _parsed(html, TreeBuilder(html, quirks))
    return _parsed(html, CorrectingTreeBuilder(html, quirks, is_piece=True))


def _parsed(source: str, builder: TreeBuilder) -> Tree:
    tokenize(source, builder, written_by_browser=type(builder) is TreeBuilder)
    return builder.tree()
