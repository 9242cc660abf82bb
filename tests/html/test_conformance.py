"""Pages are parsed into the trees that html5lib's tests of tree construction expect.

The tests are in html5lib's source distribution, which ``make setup`` unpacks into the environment.
Trees are compared without comments, the doctype, html, head and body.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from validator.html.dom import DomNode
from validator.html.pages import parse

SUITE = Path(sys.prefix) / "html5lib-1.1/html5lib/tests/testdata/tree-construction"
LEAST = 0.995
"""The least share of trees that have to be equal."""
EXCEPTIONS: dict[str, str] = {}
"""Test → why its tree is another one."""

Shape: TypeAlias = "str | tuple[str, dict[str, str], list[Any]]"
"""A text, or an element: its name with its namespace, its attributes and what is in it."""


def cases() -> Iterator[tuple[str, str, list[Shape]]]:
    """Yield the name, the page and the tree of each test of a whole page, with scripting on."""
    for file in sorted(SUITE.rglob("*.dat")):
        text = file.read_bytes().decode("utf-8")
        for number, piece in enumerate(re.split(r"(?:\A|\n)#data\n", text)[1:]):
            page, _, rest = piece.partition("\n#errors\n")
            settings, _, document = rest.partition("#document\n")
            if "#document-fragment" not in settings and "#script-off" not in settings:
                yield f"{file.relative_to(SUITE)}:{number}", page, _expected(document)


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


@pytest.mark.skipif(
    not SUITE.exists(), reason="html5lib's tests need a package index: make setup downloads them"
)
def test_trees_are_those_of_html5libs_suite(
    record_property: Callable[[str, object], None],
) -> None:
    total = 0
    differing = {}
    for name, page, tree in cases():
        total += 1
        built = _without_shell(_built(parse(page).top))
        if built != tree:
            differing[name] = f"{page!r}\n  expected {tree}\n  built    {built}"
    record_property("conformance", f"{total - len(differing)} of {total} trees are equal")
    assert total > 1_200
    assert not [f"{name}: {differing[name]}" for name in sorted(set(differing) - set(EXCEPTIONS))]
    assert sorted(EXCEPTIONS) == sorted(differing)
    assert len(differing) <= (1 - LEAST) * total
