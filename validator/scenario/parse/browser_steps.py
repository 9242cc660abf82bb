"""Reads the steps that are about the browser more than about an element on the page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from validator.core.urls import is_web_url
from validator.scenario.expand.fragments import missing_file
from validator.scenario.model import actions
from validator.scenario.parse.locators import locator
from validator.scenario.parse.node import Node

if TYPE_CHECKING:
    from validator.scenario.parse.steps import StepReader


def go_back(_reader: StepReader, _node: Node) -> actions.GoBack:
    return actions.GoBack()


def reload(_reader: StepReader, _node: Node) -> actions.Reload:
    return actions.Reload()


def upload(reader: StepReader, node: Node) -> actions.Upload:
    listed = node["file"]
    files = tuple(listed) if isinstance(listed.data, list) else (listed,)
    return actions.Upload(
        locator(node, reader.scope),
        tuple(path for file in files if (path := _existing(reader, file))),
    )


def scroll(reader: StepReader, node: Node) -> actions.Scroll:
    if node.data in ("top", "bottom"):
        return actions.Scroll(to=cast(Literal["top", "bottom"], node.text))
    return actions.Scroll(target=locator(node, reader.scope))


def set_cookie(reader: StepReader, node: Node) -> actions.SetCookie:
    url = node.get("url")
    template = reader.scope.public(url) if url else None
    if url and template and "$" not in str(template) and not is_web_url(str(template)):
        message = f'"{template}" is no http(s) URL'
        reader.scope.world.problems.add("bad-url", message, url, "Begin it with https://.")
    return actions.SetCookie(
        reader.scope.fixed(node["name"]), reader.scope.template(node["value"]), template
    )


def save_storage_state(reader: StepReader, node: Node) -> actions.SaveStorageState:
    return actions.SaveStorageState(_inside(reader, node) or Path())


def evaluate(reader: StepReader, node: Node) -> actions.Evaluate:
    if not isinstance(node.data, dict):
        return actions.Evaluate(reader.scope.template(node))
    save = node.get("save")
    script = reader.scope.template(node["script"])
    if save:
        reader.scope.save(save, save.text)
    return actions.Evaluate(script, save.text if save else "")


def _existing(reader: StepReader, node: Node) -> Path | None:
    path = _inside(reader, node)
    if path and not path.is_file():
        message, _ = missing_file(node.text, path.parent)
        hint = "Write the path from the folder of this file."
        reader.scope.world.problems.add("file-missing", message, node, hint)
    return path


def _inside(reader: StepReader, node: Node) -> Path | None:
    """Return a path as a person standing here would write it; None where it leaves the project."""
    written, folder = reader.scope.fixed(node), reader.folder
    path = Path(os.path.normpath(Path(folder.label).parent / written))
    if (folder.file.parent / written).resolve().is_relative_to(folder.project):
        return path
    message = f'"{written}" is outside the project'
    hint = "Name a file in the scenario's project folder."
    reader.scope.world.problems.add("bad-path", message, node, hint)
    return None
