"""The measures of the structure count what they say."""

from __future__ import annotations

from pathlib import Path

from benchmarks.structure import (
    Imports,
    find_longest_chain,
    find_upward_arrows,
    function_lengths,
    read_layers,
)

IMPORTS = {
    "p.a.x": {"p.b"},
    "p.a.y": {"p.a.x"},
    "p.b": {"p.c", "p.d"},
    "p.c": {"p.b"},
    "p.d": {"p"},
}
LAYERS = """
[[tool.importlinter.contracts]]
containers = ["validator"]
layers = ["a", "b | c", "d : e"]
"""


def imports(edges: dict[str, set[str]]) -> Imports:
    return Imports({name: frozenset(others & set(edges)) for name, others in edges.items()})


def test_a_cycle_counts_as_one_module_of_a_chain() -> None:
    assert find_longest_chain(imports(IMPORTS).imports) == ["p.a.y", "p.a.x", "p.b", "p.d"]


def test_arrows_are_between_top_level_members() -> None:
    assert imports(IMPORTS).arrows == {("a", "b"), ("b", "c"), ("b", "d"), ("c", "b")}


def test_an_arrow_within_a_layer_is_upward_unless_the_layer_allows_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(LAYERS)
    edges = {"p.a": {"p.e"}, "p.b": {"p.c"}, "p.c": {"p.a"}, "p.d": {"p.e"}, "p.e": {"p.d", "p.b"}}
    upward = find_upward_arrows(imports(edges), read_layers(tmp_path))
    assert upward == [("b", "c"), ("c", "a"), ("e", "b")]


def test_a_docstring_is_no_part_of_a_functions_length(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('@cache\ndef f():\n    """One.\n\n    Two."""\n    return 1\n')
    assert list(function_lengths(tmp_path)) == [2]
