"""The processes and folders of a browser: what is left of them when it was killed is removed.

Playwright's driver removes the folders of a browser that it closes, but not when the driver itself
was killed, and not always when the browser was.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Error

_FOLDER_PATTERN = "playwright-artifacts-*"
_PROFILE_OPTION = "--user-data-dir="
_MAX_PARENTS = 5
_KILL_SIGNAL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""On Windows, SIGTERM ends a process as SIGKILL does elsewhere."""


@dataclass(frozen=True, slots=True)
class BrowserProcesses:
    """The browser's process, the driver that started it, and their temporary folders.

    A process that is not known is 0.
    """

    browser: int = 0
    driver: int = 0
    folders: tuple[Path, ...] = ()

    def kill(self) -> None:
        """End what does not answer. A process that has ended already is passed over."""
        for process in (self.browser, self.driver):
            if process:
                with suppress(OSError):
                    os.kill(process, _KILL_SIGNAL)

    def remove_folders(self) -> None:
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def list_driver_folders() -> frozenset[Path]:
    """Return the folders of all drivers of this machine, to be compared with those of later."""
    with suppress(OSError):
        return frozenset(Path(tempfile.gettempdir()).glob(_FOLDER_PATTERN))
    return frozenset()


async def browser_answers(browser: Browser, within_s: float) -> bool:
    """Tell whether a browser and its driver answer within some seconds."""
    with suppress(Error, TimeoutError):
        async with asyncio.timeout(within_s):
            commands = await browser.new_browser_cdp_session()
            await commands.send("Browser.getVersion")
            await commands.detach()
            return True
    return False


async def find_processes(browser: Browser, before: Iterable[Path]) -> BrowserProcesses:
    """Return the processes of a browser; ``before`` are the drivers' folders before it started."""
    new = list_driver_folders() - frozenset(before)
    # Of two that are new, one belongs to another run.
    folders = tuple(new) if len(new) == 1 else ()
    try:
        commands = await browser.new_browser_cdp_session()
        found = await commands.send("SystemInfo.getProcessInfo")
        await commands.detach()
    except Error:
        return BrowserProcesses(folders=folders)
    processes = found.get("processInfo", ())
    process = next((each["id"] for each in processes if each["type"] == "browser"), 0)
    return BrowserProcesses(process, _find_driver(process), (*folders, *_profile(process)))


def _find_driver(process: int) -> int:
    """Return the ancestor of a browser that this process has started; 0 where none is known."""
    with suppress(OSError, ValueError, IndexError):
        for _ in range(_MAX_PARENTS):
            stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
            parent = int(stat.rpartition(")")[2].split()[1])
            if parent == os.getpid():
                return process
            process = parent
    return 0


def _profile(process: int) -> tuple[Path, ...]:
    """Return the folder of a browser's profile, if it is a temporary one."""
    with suppress(OSError):
        arguments = Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace").split("\0")
        for argument in arguments:
            folder = Path(argument.removeprefix(_PROFILE_OPTION))
            if argument.startswith(_PROFILE_OPTION) and folder.name.startswith("playwright"):
                return (folder,)
    return ()
