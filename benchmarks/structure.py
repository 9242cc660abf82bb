"""Measures the structure of a checkout: packages, layers, imports, and lengths of the code.

``python -m benchmarks.structure --repo DIR`` measures another checkout, by the layers in its own
pyproject.toml. Lines are physical lines. Figures per file leave out files of five lines or fewer;
the length of a function leaves out its docstring.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median, quantiles

import click
import grimp

ROOT = Path(__file__).parent.parent
PACKAGE = "validator"
SHORT_FILE = 5


@dataclass(frozen=True)
class Imports:
    """The imports of a package at run time, between modules and between its top-level members."""

    imports: Mapping[str, frozenset[str]]
    """Module → the modules that it imports. The package itself is left out."""

    @cached_property
    def members(self) -> frozenset[str]:
        return frozenset(map(_member, self.imports))

    @cached_property
    def arrows(self) -> frozenset[tuple[str, str]]:
        """Pairs of top-level members: the first imports the second."""
        pairs = ((_member(a), _member(b)) for a, others in self.imports.items() for b in others)
        return frozenset((a, b) for a, b in pairs if a != b)

    @property
    def member_imports(self) -> dict[str, frozenset[str]]:
        """Top-level member → those that it imports."""
        return {
            member: frozenset(other for importer, other in self.arrows if importer == member)
            for member in self.members
        }


def read_imports(repository: Path) -> Imports:
    """Return the imports of the package in a checkout, without those for type checkers."""
    sys.path.insert(0, str(repository))
    graph = grimp.build_graph(PACKAGE, cache_dir=None, exclude_type_checking_imports=True)
    modules = graph.modules - {PACKAGE}
    return Imports(
        {
            module: frozenset(graph.find_modules_directly_imported_by(module)) & modules
            for module in modules
        }
    )


def read_layers(repository: Path) -> list[list[frozenset[str]]]:
    """Return the layers, lowest first; a layer has groups that may not import each other."""
    with (repository / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == [PACKAGE])
    return [
        [frozenset(name.strip() for name in group.split(":")) for group in layer.split("|")]
        for layer in reversed(layers)
    ]


def find_upward_arrows(
    imports: Imports, layers: Sequence[Sequence[frozenset[str]]]
) -> list[tuple[str, str]]:
    """Return the arrows to a higher layer, or to another group of the same layer."""
    level = {
        name: (height, group)
        for height, layer in enumerate(layers)
        for group, names in enumerate(layer)
        for name in names
    }
    return sorted(
        (a, b)
        for a, b in imports.arrows
        if level[a][0] < level[b][0] or (level[a][0] == level[b][0] and level[a] != level[b])
    )


def find_longest_chain(imports: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the most modules of which each imports the next; a cycle counts as one module."""
    groups = _strong_components(imports)
    edges: dict[str, set[str]] = {group: set() for group in groups.values()}
    for module, others in imports.items():
        edges[groups[module]] |= {groups[other] for other in others} - {groups[module]}
    chains: dict[str, list[str]] = {}
    for group in TopologicalSorter(edges).static_order():
        tails = (chains[other] for other in edges[group])
        chains[group] = [group, *max(tails, key=len, default=[])]
    return max(chains.values(), key=len)


def file_lengths(folder: Path) -> list[int]:
    """Return the number of lines of each Python file."""
    return [len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py")]


def function_lengths(folder: Path) -> Iterator[int]:
    """Yield the number of lines of each function, without its docstring."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield _count_lines(node) - _count_docstring_lines(node)


def describe(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield each measure of a checkout with its value."""
    imports, layers = read_imports(repository), read_layers(repository)
    upward = find_upward_arrows(imports, layers)
    lengths = file_lengths(repository / PACKAGE)
    files = [length for length in lengths if length > SHORT_FILE]
    functions = list(function_lengths(repository / PACKAGE))
    packages = {name for name in imports.members if (repository / PACKAGE / name).is_dir()}
    yield "top-level modules", str(len(imports.members - packages))
    yield "top-level packages", str(len(packages))
    yield "layers", str(len(layers))
    yield "arrows between top-level members", str(len(imports.arrows))
    yield "upward arrows", ", ".join([str(len(upward)), *(f"{a} → {b}" for a, b in upward)])
    yield "longest import chain: modules", str(len(find_longest_chain(imports.imports)))
    top = find_longest_chain(imports.member_imports)
    yield "longest import chain: top-level members", f"{len(top)}, {' → '.join(top)}"
    yield "lines", f"{sum(lengths):,}"
    yield "files", str(len(files))
    yield "lines of a file: median, 90th percentile", _format_quantiles(files)
    yield "lines of a function: median, 90th percentile", _format_quantiles(functions)
    yield "tests ÷ source", f"{sum(file_lengths(repository / 'tests')) / sum(lengths):.2f}"


def _member(module: str) -> str:
    """Return the top-level module or package that a module belongs to."""
    return module.split(".")[1]


def _strong_components(imports: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Return for each module the first name of its cycle, which is its own where it is in none."""
    reachable = {module: _find_reachable(module, imports) for module in imports}
    return {
        module: min(other for other in {module, *found} if module in {other, *reachable[other]})
        for module, found in reachable.items()
    }


def _find_reachable(module: str, imports: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [module]
    while waiting:
        fresh = imports[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def _count_lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _count_docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return _count_lines(node.body[0]) if ast.get_docstring(node, clean=False) is not None else 0


def _format_quantiles(numbers: Sequence[int]) -> str:
    return f"{median(numbers):.0f}, {quantiles(numbers, n=10)[-1]:.0f}"


@click.command(help=__doc__)
@click.option(
    "--repo",
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
    default=ROOT,
    metavar="DIR",
    help="The checkout to measure; this one by default.",
)
def main(repo: Path) -> None:
    for measure, value in describe(repo):
        print(f"{measure:46}{value}")


if __name__ == "__main__":
    main()
