"""Reads the steps that control the browser rather than an element of the page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from validator.core.urls import is_web_url
from validator.scenario.expand.fragments import describe_missing_file
from validator.scenario.model import actions
from validator.scenario.parse.locators import parse_locator
from validator.scenario.syntax.node import Node

if TYPE_CHECKING:
    from validator.scenario.parse.steps import StepReader


def parse_go_back(_reader: StepReader, _node: Node) -> actions.GoBack:
    return actions.GoBack()


def parse_reload(_reader: StepReader, _node: Node) -> actions.Reload:
    return actions.Reload()


def parse_upload(reader: StepReader, node: Node) -> actions.Upload:
    listed = node["file"]
    files = tuple(listed) if isinstance(listed.data, list) else (listed,)
    return actions.Upload(
        parse_locator(node, reader.scope),
        tuple(path for file in files if (path := _resolve_existing_path(reader, file))),
    )


def parse_scroll(reader: StepReader, node: Node) -> actions.Scroll:
    if node.data in ("top", "bottom"):
        return actions.Scroll(to=cast(Literal["top", "bottom"], node.text))
    return actions.Scroll(target=parse_locator(node, reader.scope))


def parse_set_cookie(reader: StepReader, node: Node) -> actions.SetCookie:
    url = node.get("url")
    template = reader.scope.resolve_public(url) if url else None
    if url and template and "$" not in str(template) and not is_web_url(str(template)):
        message = f'"{template}" is not an http(s) URL'
        reader.scope.context.problems.add("bad-url", message, url, "Begin it with https://.")
    return actions.SetCookie(
        reader.scope.resolve_now(node["name"]), reader.scope.template(node["value"]), template
    )


def parse_save_storage_state(reader: StepReader, node: Node) -> actions.SaveStorageState:
    return actions.SaveStorageState(_resolve_project_path(reader, node) or Path())


def parse_evaluate(reader: StepReader, node: Node) -> actions.Evaluate:
    reader.scope.context.reject_forbidden("evaluate", node)
    if not isinstance(node.data, dict):
        return actions.Evaluate(reader.scope.template(node))
    save = node.get("save")
    script = reader.scope.template(node["script"])
    if save:
        reader.scope.save(save, save.text)
    return actions.Evaluate(script, save.text if save else "")


def _resolve_existing_path(reader: StepReader, node: Node) -> Path | None:
    path = _resolve_project_path(reader, node)
    if path and not path.is_file():
        message, _ = describe_missing_file(node.text, path.parent)
        hint = "Write the path from the folder of this file."
        reader.scope.context.problems.add("file-missing", message, node, hint)
    return path


def _resolve_project_path(reader: StepReader, node: Node) -> Path | None:
    """Return a path relative to the current folder; None if it is outside the project."""
    written, folder = reader.scope.resolve_now(node), reader.includes
    path = Path(os.path.normpath(Path(folder.label).parent / written))
    if (folder.file.parent / written).resolve().is_relative_to(folder.project):
        return path
    message = f'"{written}" is outside the project'
    hint = "Name a file in the scenario's project folder."
    reader.scope.context.problems.add("bad-path", message, node, hint)
    return None
