"""A file is written whole or not at all, in the place of a file, a link or a pipe."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from validator.core.files import (
    append_durably,
    check_writable,
    open_draft,
    write_atomically,
    write_new,
)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "é.txt"
    write_atomically(path, "é\n")
    assert path.read_bytes() == b"\xc3\xa9\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_keeps_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_old_file_is_complete_until_the_new_one_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with open_draft(path) as draft, draft.open("w") as file:
        file.write("new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link, dangling = tmp_path / "target", tmp_path / "link", tmp_path / "dangling"
    target.write_text("old")
    link.symlink_to(target)
    dangling.symlink_to("missing")
    for path in (link, dangling):
        write_atomically(path, "new")
        assert path.is_symlink()
    assert [target.read_text(), (tmp_path / "missing").read_text()] == ["new", "new"]


def test_a_link_to_itself_is_an_os_error(tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.symlink_to(path)
    with pytest.raises(OSError, match="symbolic links"):
        write_atomically(path, "new")


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    check_writable(path)  # would wait for a reader if it opened the pipe
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()))
    reader.start()
    write_atomically(path, b"new")
    reader.join()
    assert received == [b"new"]
    assert path.is_fifo()


@pytest.mark.parametrize("old", [None, 0o644, 0o400])
def test_a_private_file_is_for_its_owner_only(tmp_path: Path, old: int | None) -> None:
    path = tmp_path / "a"
    if old is not None:
        path.touch(old)
        path.chmod(old)
    with open_draft(path, private=True) as draft:
        assert mode(draft) == 0o600
    assert mode(path) == 0o600


@pytest.mark.parametrize("kept", [0o600, 0o664, 0o755])
def test_a_file_keeps_its_permissions(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a"
    path.touch()
    path.chmod(kept)
    write_atomically(path, "new")
    assert mode(path) == kept


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.touch()
    write_atomically(tmp_path / "a", "new")
    assert mode(tmp_path / "a") == mode(other)


def test_a_new_file_never_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a"
    write_new(path, "first")
    with pytest.raises(FileExistsError):
        write_new(path, "second")
    assert path.read_text() == "first"


def test_a_new_file_that_cannot_be_written_does_not_stay(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_new(tmp_path / "a", "\ud800")
    assert not list(tmp_path.iterdir())


def test_a_check_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    check_writable(path)
    check_writable(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "old"


@pytest.mark.parametrize("write", [check_writable, lambda path: write_atomically(path, "")])
@pytest.mark.parametrize("name", [".", "file/a", "x" * 300])
def test_what_cannot_be_a_file_is_an_os_error(tmp_path: Path, name: str, write: object) -> None:
    assert callable(write)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"Is a directory|Not a directory|File name too long"):
        write(tmp_path / name)


def test_text_is_added_at_the_end_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    append_durably(path, "1\n")
    append_durably(path, "é\n")
    assert path.read_bytes() == b"1\n\xc3\xa9\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a file is limited by setrlimit")
def test_text_that_does_not_fit_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a"
    append_durably(path, "1\n")
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from validator.core.files import append_durably\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "append_durably(Path(sys.argv[1]), 'x' * 100)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], check=False, capture_output=True, text=True
    )
    assert "OSError" in done.stderr
    assert path.read_bytes() == b"1\n"
