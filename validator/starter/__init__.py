"""The files that ``init`` creates: configuration, a scenario, a fragment, files for editors and CI.

``files/`` has their templates, in which ``@SHOP_URL@`` is replaced by the URL of the shop. Lines
with ``@COMMENT@`` and ``@INSTALL@`` are repeated for what installs cn-validator in a pipeline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import PurePosixPath
from types import MappingProxyType

from validator.contract.schema import load_schema
from validator.core.document import Json
from validator.starter.install_line import InstallLine

BUNDLED_SHOP = "http://127.0.0.1:8800"
"""The URL of the bundled shop with ``cn-validator demo --serve``."""
CI_FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "github": ("ci/github.yml", ".github/workflows/cn-validator.yml"),
        "gitlab": ("ci/gitlab.yml", ".gitlab-ci.yml"),
        "jenkins": ("ci/Jenkinsfile", "Jenkinsfile"),
    }
)
"""CI server → the template, and its path in the repository."""
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


def build_starter_files(
    url: str, ci: str | None = None, install: InstallLine | None = None
) -> Mapping[PurePosixPath, str]:
    """Return path → text of the files, in the order in which ``init`` lists them.

    ``install`` is needed for the pipeline of the CI server ``ci``, a key of ``CI_FILES``.
    """
    made = {
        PurePosixPath(path): _template(name).replace("@SHOP_URL@", url)
        for name, path in _COMMON_FILES.items()
    }
    if ci and install:
        name, path = CI_FILES[ci]
        text = _template(name).replace("@SHOP_URL@", url)
        made[PurePosixPath(path)] = _write_install_lines(text, install, is_groovy=ci == "jenkins")
    schemas = {name: load_schema(name).data for name in ("scenario", "config")}
    for name, schema in (*schemas.items(), ("fragment", _FRAGMENT_SCHEMA)):
        text = json.dumps(dict(schema), indent=2, ensure_ascii=False)
        made[PurePosixPath(f"schemas/{name}.schema.json")] = text + "\n"
    return MappingProxyType(made)


def _write_install_lines(text: str, install: InstallLine, *, is_groovy: bool) -> str:
    commands = [_groovy_text(line) for line in install.commands] if is_groovy else install.commands
    values = {"@COMMENT@": install.comment, "@INSTALL@": commands}
    lines: list[str] = []
    for line in text.splitlines():
        word = next((word for word in values if word in line), None)
        lines += [line.replace(word, value) for value in values[word]] if word else [line]
    return "\n".join(lines) + "\n"


def _groovy_text(text: str) -> str:
    """Escape a text that stands between single quotes in a Jenkinsfile."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _template(name: str) -> str:
    return files("validator.starter").joinpath("files", *name.split("/")).read_text("utf-8")
