"""The folder that ``init`` makes: configuration, a scenario, a fragment, what editors and CI want.

``files/`` holds them as they are written; ``@SHOP_URL@`` stands for the shop's address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import PurePosixPath
from types import MappingProxyType

from validator.contract.schema import load_schema
from validator.core.document import Json

BUNDLED_SHOP = "http://127.0.0.1:8800"
"""Where ``cn-validator demo --serve`` keeps the bundled shop."""
CI_FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "github": ("ci/github.yml", ".github/workflows/cn-validator.yml"),
        "gitlab": ("ci/gitlab.yml", ".gitlab-ci.yml"),
        "jenkins": ("ci/Jenkinsfile", "Jenkinsfile"),
    }
)
"""CI server → the template, and where the server looks for it."""
_COMMON_FILES: Mapping[str, str] = MappingProxyType(
    {
        "cn-validator.yaml": "cn-validator.yaml",
        "scenarios/checkout.yaml": "scenarios/checkout.yaml",
        "scenarios/fragments/guest-address.yaml": "scenarios/fragments/guest-address.yaml",
        "vscode-settings.json": ".vscode/settings.json",
        "gitignore": ".gitignore",
    }
)
_FRAGMENT_SCHEMA: Mapping[str, Json] = MappingProxyType(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a fragment",
        "$ref": "scenario.schema.json#/$defs/fragment",
    }
)


def build_starter_files(url: str, ci: str | None) -> Mapping[PurePosixPath, str]:
    """Return the texts of a starting folder by path, in the order in which to tell of them."""
    templates = {**_COMMON_FILES, **dict([CI_FILES[ci]] if ci else [])}
    made = {
        PurePosixPath(path): _template(name).replace("@SHOP_URL@", url)
        for name, path in templates.items()
    }
    schemas = {name: load_schema(name).data for name in ("scenario", "config")}
    for name, schema in (*schemas.items(), ("fragment", _FRAGMENT_SCHEMA)):
        text = json.dumps(dict(schema), indent=2, ensure_ascii=False)
        made[PurePosixPath(f"schemas/{name}.schema.json")] = text + "\n"
    return MappingProxyType(made)


def _template(name: str) -> str:
    return files("validator.starter").joinpath("files", *name.split("/")).read_text("utf-8")
