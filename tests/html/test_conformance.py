"""Pages are parsed into the trees that html5lib's tests of tree construction expect.

The tests are in html5lib's source distribution, which ``make setup`` unpacks into the environment.
Trees are compared without comments, the doctype, html, head and body.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import pytest

from validator.browser.chromium.session import open_session
from validator.core.page_options import PageOptions
from validator.html.dom import DomNode
from validator.html.pages import parse

SUITE = Path(sys.prefix) / "html5lib-1.1/html5lib/tests/testdata/tree-construction"
LEAST = 0.995
"""The least share of trees that have to be equal."""
RUNS_SCRIPTS = frozenset(
    [
        "scripted/adoption01.dat:0",
        "scripted/ark.dat:0",
        "scripted/webkit01.dat:0",
        "scripted/webkit01.dat:1",
    ]
)
"""Tests whose trees are made by scripts while the page is parsed."""
OLDER_SELECT = frozenset(
    [
        "menuitem-element.dat:13",
        "tests1.dat:29",
        "tests1.dat:101",
        "tests10.dat:3",
        "tests10.dat:4",
        "tests10.dat:16",
        "tests10.dat:17",
        "tests18.dat:13",
        "tests18.dat:14",
        "tests7.dat:30",
        "tests9.dat:4",
        "tests9.dat:5",
        "tests9.dat:17",
        "tests9.dat:18",
    ]
)
"""Tests of a time when a select held nothing but options. The standard and browsers have changed:
https://github.com/whatwg/html/pull/10548. Chromium's tree is compared instead."""
EXCEPTIONS: Mapping[str, str] = MappingProxyType({})
"""Other tests whose tree differs → why."""

Shape: TypeAlias = "str | tuple[str, dict[str, str], list[Any]]"
"""A text, or an element: its name with its namespace, its attributes and what is in it."""


def cases() -> Iterator[tuple[str, str, list[Shape]]]:
    """Yield the name, the page and the tree of each test of a whole page, with scripting on."""
    for file in sorted(SUITE.rglob("*.dat")):
        text = file.read_bytes().decode("utf-8")
        for number, piece in enumerate(re.split(r"(?:\A|\n)#data\n", text)[1:]):
            page, _, rest = f"\n{piece}".partition("\n#errors\n")
            settings, _, document = rest.partition("#document\n")
            if "#document-fragment" not in settings and "#script-off" not in settings:
                yield f"{file.relative_to(SUITE)}:{number}", page[1:], _expected(document)


def _expected(document: str) -> list[Shape]:
    # A text of several lines is one line of the tree.
    lines = re.findall(r'^\| ( *)("(?:.|\n)*?"(?=\n\||\s*\Z)|.*)', document, flags=re.MULTILINE)
    inside: list[list[Any]] = [[]]
    attributes: dict[str, str] = {}
    for indent, line in lines:
        del inside[len(indent) // 2 + 1 :]
        if line.startswith('"'):
            inside[-1].append(line[1:-1])
        elif line == "content":
            inside.append(inside[-1])
        elif line.startswith(("<!", "<?")):
            inside.append([])
        elif line.startswith("<") and line.endswith(">"):
            attributes = {}
            content: list[Any] = []
            inside[-1].append((line[1:-1].lower(), attributes, content))
            inside.append(content)
        else:
            name, _, value = line.partition("=")
            attributes[name.replace(" ", ":").lower()] = value[1:-1]
    return _without_shell(inside[0])


def _built(nodes: Iterable[DomNode]) -> list[Shape]:
    return [
        node[1]
        if isinstance(node, tuple)
        else (f"{node.foreign} {node.name}".strip(), dict(node.attributes), _built(node.children))
        for node in nodes
    ]


def _without_shell(shapes: Iterable[Shape]) -> list[Shape]:
    """Return a tree without html, head and body, and with neighbouring texts as one."""
    found: list[Shape] = []
    for shape in shapes:
        if isinstance(shape, tuple) and shape[0] not in ("html", "head", "body"):
            found.append((shape[0], shape[1], _without_shell(shape[2])))
        else:
            for each in [shape] if isinstance(shape, str) else _without_shell(shape[2]):
                if isinstance(each, str) and found and isinstance(found[-1], str):
                    found[-1] += each
                else:
                    found.append(each)
    return found


def _differing() -> tuple[int, dict[str, str]]:
    """Return the number of tests, and those whose tree differs, with what does."""
    total = 0
    found = {}
    for name, page, tree in cases():
        if name in RUNS_SCRIPTS:
            continue
        total += 1
        built = _without_shell(_built(parse(page).top))
        if built != tree:
            found[name] = f"{name}: {page!r}\n  expected {tree}\n  built    {built}"
    return total, found


needs_suite = pytest.mark.skipif(
    not SUITE.exists(), reason="html5lib's tests need a package index: make setup downloads them"
)


@needs_suite
def test_trees_are_those_of_html5libs_suite(
    record_property: Callable[[str, object], None],
) -> None:
    total, differing = _differing()
    record_property("differential", f"html5lib's suite, {total - len(differing)} of {total} trees")
    assert total > 1_400
    assert differing.keys() - EXCEPTIONS.keys() == OLDER_SELECT, "\n".join(differing.values())
    assert len(EXCEPTIONS) <= (1 - LEAST) * total


_SHAPE = """(pages) => {
  const shape = (node) => node.nodeType === Node.TEXT_NODE ? node.data : node.localName ? [
    ({ svg: "svg ", MathML: "math " }[node.namespaceURI.match(/svg|MathML/)] ?? "") +
      node.localName.toLowerCase(),
    Object.fromEntries([...node.attributes].map(({ name, value }) => [name.toLowerCase(), value])),
    [...node.childNodes].map(shape).filter((each) => each !== null),
  ] : null;
  const parse = (page) => new DOMParser().parseFromString(page, "text/html");
  return pages.map((page) => [shape(parse(page).documentElement)]);
}"""


def _from_json(shape: Any) -> Shape:
    if isinstance(shape, str):
        return shape
    name, attributes, content = shape
    return name, attributes, [_from_json(each) for each in content]


@needs_suite
@pytest.mark.browser
def test_where_the_suite_is_older_trees_are_those_of_chromium(browser_path: Path) -> None:
    pages = [page for name, page, _ in cases() if name in OLDER_SELECT]
    shapes = asyncio.run(_in_chromium(browser_path, pages))
    for page, shape in zip(pages, shapes, strict=True):
        assert _without_shell(_built(parse(page).top)) == _without_shell(shape), page


async def _in_chromium(path: Path, pages: list[str]) -> list[list[Shape]]:
    async with (
        open_session(str(path), headed=False) as session,
        session.context(PageOptions(), base_url=None, service_workers=False) as context,
    ):
        page = await context.new_page()
        return [list(map(_from_json, shape)) for shape in await page.evaluate(_SHAPE, pages)]
