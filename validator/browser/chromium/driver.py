"""Playwright's driver, the Node.js program that it starts to speak to a browser."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from validator.core.errors import BrowserError
from validator.core.installation import package_command

DRIVER_LIBRARY = "libatomic1"
"""What Node.js needs and a minimal Debian lacks; no browser package brings it."""


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
