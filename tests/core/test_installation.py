"""What an installation was made from, and the commands that change it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.core import installation
from validator.core.installation import Installer, build_install_command, parse_source

COMMIT = "1f2e3d4c"
GIT = {"vcs": "git", "commit_id": COMMIT, "requested_revision": "v1"}
REQUIREMENTS = [
    (
        {"url": "https://git.example/cn", "vcs_info": GIT},
        f"cn-tag-validator[demo] @ git+https://git.example/cn@{COMMIT}",
        False,
    ),
    (
        {"url": "https://git.example/cn", "vcs_info": GIT, "subdirectory": "py"},
        f"cn-tag-validator[demo] @ git+https://git.example/cn@{COMMIT}#subdirectory=py",
        False,
    ),
    (
        {"url": "https://u:hunter2@git.example:8443/cn", "vcs_info": GIT},
        f"cn-tag-validator[demo] @ git+https://git.example:8443/cn@{COMMIT}",
        False,
    ),
    (
        {"url": "ssh://git@git.example/cn", "vcs_info": GIT},
        f"cn-tag-validator[demo] @ git+ssh://git@git.example/cn@{COMMIT}",
        False,
    ),
    (
        {"url": "file:///srv/cn.git", "vcs_info": GIT},
        f"git+file:///srv/cn.git@{COMMIT}#egg=cn-tag-validator[demo]",
        True,
    ),
    (
        {"url": "https://files.example/cn-0.1.0.whl", "archive_info": {}},
        "cn-tag-validator[demo] @ https://files.example/cn-0.1.0.whl",
        False,
    ),
    (
        {"url": "file:///home%20page/cn-0.1.0.whl", "archive_info": {}},
        "/home page/cn-0.1.0.whl[demo]",
        True,
    ),
    ({"url": "file:///srv/cn", "dir_info": {"editable": True}}, "/srv/cn[demo]", True),
]


@pytest.mark.parametrize(("data", "requirement", "is_local"), REQUIREMENTS)
def test_a_source_is_what_pip_can_install_again(
    data: dict[str, object], requirement: str, is_local: bool
) -> None:
    source = parse_source(json.dumps(data))
    assert (source.requirement("demo"), source.is_local) == (requirement, is_local)


@pytest.mark.parametrize(
    ("installer", "again", "command"),
    [
        (Installer.PIPX, False, 'pipx install --force --editable "/srv/cn[demo]"'),
        (Installer.UV_TOOL, False, 'uv tool install --force -e "/srv/cn[demo]"'),
        (Installer.UV, False, 'uv pip install -e "/srv/cn[demo]"'),
        (Installer.PIP, False, 'pip install -e "/srv/cn[demo]"'),
        (Installer.PIP, True, 'pip install --force-reinstall -e "/srv/cn[demo]"'),
    ],
)
def test_an_extra_is_added_in_the_way_of_the_installation(
    installer: Installer, again: bool, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "_pip_program", lambda: "pip")
    source = parse_source('{"url": "file:///srv/cn", "dir_info": {"editable": true}}')
    assert build_install_command(source, installer, "demo", again=again) == command


def test_the_pip_of_another_environment_is_never_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", "/srv/my tools/bin/python")
    source = parse_source('{"url": "file:///srv/cn", "dir_info": {}}')
    command = build_install_command(source, Installer.PIP)
    assert command == '"/srv/my tools/bin/python" -m pip install /srv/cn'


@pytest.mark.parametrize(
    ("file", "text", "installer"),
    [
        ("pipx_metadata.json", "pip", Installer.PIPX),
        ("uv-receipt.toml", "uv", Installer.UV_TOOL),
        ("other", "uv\n", Installer.UV),
        ("other", "pip\n", Installer.PIP),
        ("other", None, Installer.PIP),
    ],
)
def test_the_installer_is_known_by_what_it_leaves(
    tmp_path: Path, file: str, text: str | None, installer: Installer
) -> None:
    (tmp_path / file).touch()
    assert installation.detect_installer(tmp_path, text) is installer
