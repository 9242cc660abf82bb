"""Writes docs/reference.md from the docstrings of all public names."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from enum import Enum
from types import MappingProxyType
from typing import Any

MODULES = MappingProxyType(
    {
        "validator": "Checks and results. [From Python](python.md) shows how they are used.",
        "validator.pytest_plugin": "For test suites. [In pytest](pytest.md) shows how they are "
        "used; `cn_check` is a fixture, whose type is `CnCheck`.",
        "validator.connectif_api": "A typed client of [the Connectif API](api.md).",
    }
)
"""Public module → what it is for. Its public names are those of ``__all__``."""
_HEADER = """\
# Reference

<!-- Generated from docstrings by `make docs`: do not edit. -->

Every public name of the package. These names are stable and change only with a major version.
"""


def reference_page() -> str:
    """Return the text of docs/reference.md."""
    return _HEADER + "".join(map(_module_section, MODULES))


def _module_section(name: str) -> str:
    module = importlib.import_module(name)
    names = sorted(module.__all__, key=str.lower)
    sections = "".join(_section(each, getattr(module, each)) for each in names)
    return f"\n## {name}\n\n{MODULES[name]}\n{sections}"


def _section(name: str, value: Any) -> str:
    title = f"\n### {name}\n\n"
    if isinstance(value, str):
        return f"{title}The version of the package, a text.\n"
    if inspect.isclass(value):
        return title + _describe_class(name, value)
    function = inspect.unwrap(getattr(value, "_get_wrapped_function", lambda: value)())
    return f"{title}{_signature(name, function)}\n{_docstring(function)}"


def _describe_class(name: str, kind: type) -> str:
    bases = ", ".join(each.__name__ for each in kind.__bases__ if each is not object)
    text = f"A kind of `{bases}`.\n\n" if bases and not issubclass(kind, Enum) else ""
    text += _docstring(kind)
    if issubclass(kind, Enum):
        members = ", ".join(f"`{each.name}`" for each in kind)
        return f"{text}\nMembers: {members}.\n"
    if dataclasses.is_dataclass(kind):
        fields = [each for each in dataclasses.fields(kind) if not each.name.startswith("_")]
        rows = "".join(f"| `{each.name}` | `{_cell(each.type)}` |\n" for each in fields)
        text += f"\n| field | type |\n|---|---|\n{rows}"
    return text + "".join(_describe_members(name, kind))


def _describe_members(name: str, kind: type) -> Iterator[str]:
    """Yield the public methods and properties that a class defines itself."""
    for member, value in sorted(vars(kind).items()):
        if member.startswith("_") and member != "__call__":
            continue
        if isinstance(value, property):
            yield f"\n**`{name}.{member}`**\n\n{_docstring(value)}"
        elif inspect.isfunction(value):
            shown = name if member == "__call__" else f"{name}.{member}"
            yield f"\n{_signature(shown, value)}\n{_docstring(value)}"


def _signature(name: str, function: Any) -> str:
    """Return a signature as Python writes it, with annotations as they are in the source."""
    signature = inspect.signature(function)
    text = f"{name}({_joined(signature)}) -> {signature.return_annotation}"
    # inspect puts annotations that are texts into quotes.
    plain = re.sub(r"(?<=: )'([^']*)'", r"\1", text)
    return f"```python\n{plain}\n```\n"


def _joined(signature: inspect.Signature) -> str:
    kept = [each for each in signature.parameters.values() if each.name != "self"]
    shown = str(signature.replace(parameters=kept, return_annotation=inspect.Signature.empty))
    # A default that is an object of ours has no form that could be typed.
    return re.sub(r"mappingproxy\(\{\}\)|<[^<>]*>", "…", shown[1:-1])


def _docstring(value: Any) -> str:
    text = inspect.getdoc(value) or ""
    return re.sub(r"``", "`", text) + "\n" if text else ""


def _cell(kind: object) -> str:
    return str(kind).replace("|", "\\|")
