"""The driver keeps compiled code in a folder that is private to the user, or nowhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from validator.browser.chromium.driver import compile_cache, private_cache_folder

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="caches are elsewhere there"
)


def test_the_folder_is_created_for_the_user_only(tmp_path: Path) -> None:
    folder = private_cache_folder({"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert folder == tmp_path / "cache" / "cn-validator" / "node"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert private_cache_folder({"HOME": str(tmp_path)}) == tmp_path / ".cache/cn-validator/node"


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    folder = private_cache_folder(environ)
    assert folder
    for each in (folder, folder.parent):
        each.chmod(0o770)
        assert private_cache_folder(environ) is None
        each.chmod(0o700)
    assert private_cache_folder(environ) == folder


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_a_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    folder = private_cache_folder(environ)
    assert folder
    os.chown(folder, 12_345, -1)
    assert private_cache_folder(environ) is None


def test_a_link_or_a_file_in_its_place_is_not_used(tmp_path: Path) -> None:
    place, other = tmp_path / "cn-validator" / "node", tmp_path / "other"
    place.parent.mkdir(mode=0o700)
    other.mkdir(mode=0o700)
    place.symlink_to(other)
    assert private_cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) is None
    place.unlink()
    place.touch()
    assert private_cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) is None


@pytest.mark.parametrize("environ", [{}, {"XDG_CACHE_HOME": "cache"}, {"HOME": "/dev/null"}])
def test_without_a_usable_place_there_is_no_folder(environ: dict[str, str]) -> None:
    assert private_cache_folder(environ) is None


def test_the_variable_is_set_for_the_driver_only(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    with compile_cache(environ):
        assert environ["NODE_COMPILE_CACHE"] == str(tmp_path / "cn-validator" / "node")
    assert "NODE_COMPILE_CACHE" not in environ
    environ["NODE_COMPILE_CACHE"] = "/the/user's"
    with compile_cache(environ):
        assert environ["NODE_COMPILE_CACHE"] == "/the/user's"
    assert environ["NODE_COMPILE_CACHE"] == "/the/user's"
