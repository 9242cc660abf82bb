"""Writes files whole or not at all: a draft beside the file replaces it when it is complete.

``append_durably`` adds lines to a file, whole or not at all.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path

PRIVATE_MODE = 0o600


@contextmanager
def open_draft(
    path: Path, *, private: bool = False, on_locked: Callable[[Path], object] | None = None
) -> Iterator[Path]:
    """Yield the path of an empty draft, which replaces the file if the block raises nothing.

    Folders are created. A link stays a link, and its target is replaced. A file that exists keeps
    its permissions; ``private`` gives it to its owner only. A pipe or a device is never replaced:
    the path yielded is its own. Raises OSError.

    On Windows a file that a program has open, such as a spreadsheet, cannot be replaced. With
    ``on_locked``, the draft is kept beside it instead, and the function is called with its path.
    """
    mode = _find_mode(path)
    if _is_special(mode):
        yield path
        return
    target = path.resolve()
    draft = _create_draft(target, PRIVATE_MODE if private else 0o666)
    try:
        yield draft
        if mode is not None and not private:
            draft.chmod(stat.S_IMODE(mode))
        try:
            draft.replace(target)
        except PermissionError:
            if on_locked is None:
                raise
            on_locked(path.with_name(_keep_beside(draft, target).name))
    finally:
        draft.unlink(missing_ok=True)


def write_atomically(
    path: Path,
    content: str | bytes,
    *,
    private: bool = False,
    on_locked: Callable[[Path], object] | None = None,
) -> None:
    """Write a file as ``open_draft`` does, text as UTF-8. Raises OSError."""
    drafting = open_draft(path, private=private, on_locked=on_locked)
    with drafting as draft, draft.open("wb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


def write_new(path: Path, content: str) -> None:
    """Write a file that must not exist yet. Raises FileExistsError if it does, or OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The empty file reserves the name, so that no other program can take it meanwhile.
    path.touch(exist_ok=False)
    with ExitStack() as failure:
        failure.callback(path.unlink, missing_ok=True)
        write_atomically(path, content)
        failure.pop_all()


def drop_cut_line(path: Path) -> None:
    """Cut off a last line that a crash has left without its end. Raises OSError."""
    with path.open("r+b") as stream:
        content = stream.read()
        stream.truncate(content.rfind(b"\n") + 1)


def append_durably(path: Path, text: str) -> None:
    """Add text at the end of a file; it has reached the disk when this returns.

    The file is created if there is none. Raises OSError, and the file then ends as it did before.
    """
    content = text.encode()
    with path.open("ab", buffering=0) as stream:
        size = stream.tell()
        try:
            written = stream.write(content)
            os.fsync(stream.fileno())
        except OSError:
            with suppress(OSError):
                stream.truncate(size)
            raise
        if written != len(content):
            stream.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    if not size:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the name of a new file durable where the system can do that."""
    if sys.platform != "win32":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def check_writable(path: Path) -> None:
    """Create the folders of a file and, for a moment, a draft in the last. Raises OSError."""
    if not _is_special(_find_mode(path)):
        _create_draft(path.resolve(), PRIVATE_MODE).unlink()


def _create_draft(target: Path, mode: int) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".cn-validator-{secrets.token_hex(8)}.tmp")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    return draft


def _keep_beside(draft: Path, target: Path) -> Path:
    """Give a draft the first free name of report-2.csv, report-3.csv and so on."""
    names = (target.with_stem(f"{target.stem}-{number}") for number in count(2))
    kept = next(name for name in names if not name.exists())
    return draft.replace(kept)


def _find_mode(path: Path) -> int | None:
    """Return the mode of a file, None for a missing one. Raises OSError, also for a folder."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return mode


def _is_special(mode: int | None) -> bool:
    """Return whether a file is a pipe, a socket or a device."""
    return mode is not None and not stat.S_ISREG(mode)
