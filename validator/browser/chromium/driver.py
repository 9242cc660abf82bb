"""Playwright's driver, the Node.js program that it starts to speak to a browser.

Node.js keeps what it has compiled in a folder of ours (``NODE_COMPILE_CACHE``), so that the next
driver starts sooner: https://nodejs.org/api/module.html#module-compile-cache
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from validator.core.errors import BrowserError
from validator.core.installation import package_command

DRIVER_LIBRARY = "libatomic1"
"""What Node.js needs and a minimal Debian lacks; no browser package brings it."""

COMPILE_CACHE = "NODE_COMPILE_CACHE"


@contextmanager
def compile_cache(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Let a driver that is started in this block keep what it compiles.

    ``environ`` is what the driver inherits; afterwards it is as it was. It is not changed where the
    user has set the variable, or where there is no folder that is private to the user.
    """
    if COMPILE_CACHE in environ or not (folder := private_cache_folder(environ)):
        yield
        return
    environ[COMPILE_CACHE] = str(folder)
    try:
        yield
    finally:
        environ.pop(COMPILE_CACHE, None)


def private_cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of compiled code, which is created; None where it is not private.

    Code is run from it: it must be a real folder that belongs to this user, and nobody else may
    write to it.
    """
    if sys.platform == "win32":
        root = environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        root = f"{environ['HOME']}/Library/Caches" if environ.get("HOME") else ""
    else:
        root = environ.get("XDG_CACHE_HOME") or (
            f"{environ['HOME']}/.cache" if environ.get("HOME") else ""
        )
    if not Path(root).is_absolute():
        return None
    folder = Path(root, "cn-validator", "node")
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        is_private = all(_is_private(each) for each in (folder.parent, folder))
    except OSError:
        return None
    return folder if is_private else None


def _is_private(folder: Path) -> bool:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return False
    # On Windows the folder of the user's local data is private.
    return sys.platform == "win32" or (
        found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def require_driver(environ: Mapping[str, str]) -> None:
    """Raise BrowserError where the driver does not run; Playwright itself would not say why."""
    node = environ.get("PLAYWRIGHT_NODEJS_PATH") or playwright_folder() / "driver" / _node_name()
    try:
        answer = subprocess.run(  # noqa: S603 - Playwright's own program
            [node, "--version"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BrowserError(
            f"Playwright's driver does not run: {node}: {error.strerror}",
            package_command("playwright", again=True),
        ) from None
    if answer.returncode == 0:
        return
    said = answer.stderr.strip() or f"exit code {answer.returncode}"
    missing = re.search(r"shared libraries: (\S+):", said)
    reason = f"it needs {missing[1]}" if missing else said.splitlines()[-1]
    raise BrowserError(f"Playwright's driver does not run: {reason}", _driver_hint(said))


def _driver_hint(said: str) -> str:
    """Return what to do on this system about a driver that does not run."""
    if sys.platform != "linux":
        return package_command("playwright", again=True)
    library = DRIVER_LIBRARY if "libatomic" in said else "what it names"
    if "libatomic" in said and shutil.which("apt-get"):
        return f"sudo apt-get install -y {library}"
    return f"install {library} with the package manager of your distribution"


def playwright_folder() -> Path:
    """Where the playwright package is, found without importing it."""
    spec = importlib.util.find_spec("playwright")
    return Path(spec.origin).parent if spec and spec.origin else Path()


def _node_name() -> str:
    return "node.exe" if sys.platform == "win32" else "node"
