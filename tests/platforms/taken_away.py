"""A pytest plugin that takes away what Windows and macOS lack, while a test runs.

``-p tests.platforms.taken_away`` runs any tests without: signal handlers of the event loop, SIGHUP
and SIGKILL, symbolic links, process groups, POSIX-only modules, a default encoding for our text
files, and the right to replace or remove a file that is open.
"""

from __future__ import annotations

import asyncio
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import pytest

POSIX_MODULES = ("fcntl", "grp", "pwd", "termios", "tty")
OUR_CODE = ("validator",)


class _NoPosixModules(MetaPathFinder):
    def find_spec(self, fullname: str, _path: object = None, _target: object = None) -> None:
        if fullname in POSIX_MODULES and _caller_is_ours():
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _caller_is_ours() -> bool:
    frame = sys._getframe(2)  # noqa: SLF001 - only our code has to do without
    while frame and frame.f_globals.get("__name__", "").startswith("importlib"):
        frame = frame.f_back  # type: ignore[assignment]
    return bool(frame) and frame.f_globals.get("__name__", "").partition(".")[0] in OUR_CODE


def _no_symlink(*_arguments: object, **_options: object) -> None:
    raise OSError(errno.EPERM, "A required privilege is not held by the client")


def _no_signal_handler(*_arguments: object) -> None:
    raise NotImplementedError


def _is_open(path: Path) -> bool:
    """Return whether this process has a file open, by the links that Linux has for that."""
    try:
        target = path.resolve(strict=True)
    except OSError:
        return False
    for link in Path("/proc/self/fd").iterdir():
        try:
            if target.is_file() and os.path.samestat(link.stat(), target.stat()):
                return True
        except OSError:
            continue
    return False


def _unless_open(function: Callable[..., Any], index: int) -> Callable[..., Any]:
    def guarded(*arguments: Any, **options: Any) -> Any:
        if _is_open(Path(arguments[index])):
            raise PermissionError(errno.EACCES, "Access is denied", str(arguments[index]))
        return function(*arguments, **options)

    return guarded


@pytest.fixture(autouse=True)
def _what_other_systems_lack() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        take_away(patch)
        yield


def take_away(patch: pytest.MonkeyPatch) -> None:
    """Take away what Windows lacks, until the patch is undone."""
    patch.setattr(asyncio.SelectorEventLoop, "add_signal_handler", _no_signal_handler)
    for name in ("SIGHUP", "SIGKILL", "SIGUSR1"):
        patch.delattr(signal, name)
    patch.setattr(os, "symlink", _no_symlink)
    patch.setattr(Path, "symlink_to", _no_symlink)
    for name in ("getpgid", "killpg", "fork"):
        patch.delattr(os, name)
    patch.setattr(Path, "replace", _unless_open(Path.replace, 1))
    patch.setattr(os, "replace", _unless_open(os.replace, 1))
    patch.setattr(Path, "unlink", _unless_open(Path.unlink, 0))
    for name in POSIX_MODULES:
        patch.delitem(sys.modules, name, raising=False)
    patch.setattr(sys, "meta_path", [_NoPosixModules(), *sys.meta_path])
    patch.setattr(io, "text_encoding", _refuse_default_encoding)


def _refuse_default_encoding(encoding: str | None, _stacklevel: int = 2) -> str:
    """Refuse what depends on the system: the default is cp1252 on Windows."""
    caller = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001 - who has left it out
    if encoding is None and caller.partition(".")[0] in OUR_CODE:
        raise AssertionError(f"{caller} opens a text file without an encoding")
    return encoding or "locale"
