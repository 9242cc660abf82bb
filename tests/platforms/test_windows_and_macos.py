"""What differs on Windows and macOS: shells, consoles, open files, names, browsers."""

from __future__ import annotations

import asyncio
import io
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.platforms.posix_only import POSIX_ONLY
from tests.platforms.taken_away import take_away
from tests.test_architecture import tracked_files
from validator.browser.chromium import discover, driver, install
from validator.browser.chromium.install import InstallFailed
from validator.browser.payment.shop_orders import ExternalSourceError, fetch_source
from validator.cli import invoke
from validator.cli.record import slugify
from validator.cli.terminal import standard_streams
from validator.core import command_line
from validator.core.command_line import expand_pattern, join_words
from validator.core.errors import InputError
from validator.core.files import write_atomically
from validator.core.installation import package_command
from validator.run.targets import is_url_target, read_source
from validator.scenario.model.payment import UrlOrCommand
from validator.scenario.model.template import Template

TAG = """<!doctype html><title>→ 名</title><div class="cn_purchase" style="display:none">
<span class="purchase_id">→1</span><span class="total_quantity">1</span>
<span class="total_price">5,00</span></div>"""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Commands that are printed


PORTABLE = {
    "scenarios/pay.yaml": "scenarios/pay.yaml",
    "my scenarios/pay.yaml": '"my scenarios/pay.yaml"',
    "a & b; c | d": '"a & b; c | d"',
    "it's (paid)": '"it\'s (paid)"',
    "a,b": '"a,b"',
    "@file": '"@file"',
    "": '""',
    "ñandú": '"ñandú"',
}


@pytest.mark.parametrize("is_windows", [False, True], ids=["posix", "windows"])
@pytest.mark.parametrize("word", PORTABLE, ids=range(len(PORTABLE)))
def test_a_word_is_quoted_for_every_shell(
    word: str, is_windows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "_IS_WINDOWS", is_windows)
    assert join_words([word]) == PORTABLE[word]
    assert shlex.split(join_words([word])) == [word]


@pytest.mark.parametrize(
    ("word", "on_windows"),
    [("5 $", "'5 $'"), ('say "hi"', "'say \"hi\"'"), ("50 %", '"50 %"'), ("C:\\my shop", None)],
    ids=["dollar", "quote", "percent", "backslash"],
)
def test_what_no_quotes_protect_everywhere_is_quoted_for_this_system(
    word: str, on_windows: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "_IS_WINDOWS", False)
    assert subprocess.check_output(["sh", "-c", f"printf %s {join_words([word])}"]).decode() == word
    monkeypatch.setattr(command_line, "_IS_WINDOWS", True)
    assert join_words([word]) == (on_windows or f'"{word}"')


@pytest.mark.usefixtures("folder")
def test_commands_to_type_next_are_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["init", "https://shop.example"]) == 0
    assert "&&" not in capsys.readouterr().out


# Names of files


def test_a_pattern_that_the_shell_has_not_expanded_is_expanded(folder: Path) -> None:
    for name in ("b.html", "a.html", "c.txt"):
        (folder / name).touch()
    assert expand_pattern("*.html") == ["a.html", "b.html"]
    assert expand_pattern("none*.html") == ["none*.html"]
    assert expand_pattern("https://shop.example/*?id=[1]") == ["https://shop.example/*?id=[1]"]
    (folder / "d[1].html").touch()
    assert expand_pattern("d[1].html") == ["d[1].html"]


@pytest.mark.parametrize("command", ["check", "lint"])
def test_commands_take_patterns(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text("name: a\nsteps: []\n")
    (folder / "b.yaml").write_text("name: b\nsteps: []\n")
    invoke([command, "*.yaml"])
    said = "".join(capsys.readouterr())
    assert "*" not in said
    if command == "lint":
        assert "a.yaml:" in said
        assert "b.yaml:" in said


@pytest.mark.parametrize(
    "path",
    [
        "C:\\shop\\thanks.php",
        "C:/shop/thanks.php",
        "C://shop/thanks.php",
        "D:thanks.php",
        "\\\\server\\share\\thanks.php",
        "..\\pages\\thanks.php",
        "pages\\thanks.v2.php",
    ],
)
def test_a_path_of_windows_that_does_not_exist_is_not_taken_for_an_address(path: str) -> None:
    assert not is_url_target(path)
    with pytest.raises(InputError) as caught:
        read_source(path)
    hint = caught.value.findings[0].hint
    assert "https://C" not in hint
    assert "for a page on the web" not in hint


def test_a_host_is_still_taken_for_an_address() -> None:
    for host in ("localhost:8000/thanks", "shop.example/thanks", "x:8000"):
        with pytest.raises(InputError) as caught:
            read_source(host)
        assert caught.value.findings[0].hint.startswith("for a page on the web write http")


def test_no_scenario_is_written_to_a_device_of_windows() -> None:
    assert [slugify(text) for text in ("CON", "aux", "Com1", "Console")] == [
        "checkout-con",
        "checkout-aux",
        "checkout-com1",
        "console",
    ]


def test_every_file_of_the_repository_can_be_checked_out() -> None:
    """On Windows, and where names that differ in case only are one file."""
    root = Path(__file__).parents[2]
    names = [path.relative_to(root).as_posix() for path in tracked_files()]
    assert len({name.lower() for name in names}) == len(names)
    bad = [
        name
        for name in names
        for part in name.split("/")
        if RESERVED.fullmatch(part) or re.search(r'[<>:"|?*\\]|[. ]$', part) or len(name) > 180
    ]
    assert bad == []


# Commands that are run


def run_command(*words: str) -> str:
    source = UrlOrCommand(command=tuple(Template((word,)) for word in words))
    unused: Any = None  # a command needs no browser
    return asyncio.run(fetch_source(unused, source, {}, method="GET"))


@pytest.fixture
def batch_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command ``orders.cmd`` in PATH, and a system that finds it by the name ``orders``."""
    (folder / "orders.cmd").write_text('#!/bin/sh\necho "[$1]"\n')
    (folder / "orders.cmd").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name, path=None: which(f"{name}.cmd", path=path))


@pytest.mark.usefixtures("batch_file")
def test_a_batch_file_is_found_by_its_name_without_a_suffix() -> None:
    assert run_command("orders", "7") == "[7]\n"


@pytest.mark.usefixtures("batch_file")
@pytest.mark.parametrize("character", ['"', "&", "|", "%", "\n"], ids=ord)
def test_a_batch_file_gets_no_words_that_cmd_would_obey(character: str) -> None:
    with pytest.raises(ExternalSourceError, match="is a batch file"):
        run_command("orders", f"7{character}calc")


def test_the_tests_that_windows_skips_are_listed() -> None:
    """Edit ``POSIX_ONLY`` in ``tests/platforms/posix_only.py``."""
    root = Path(__file__).parents[2]
    needs_posix = re.compile(r"send_signal|os\.kill\(|#!/bin/sh|symlink_to|/dev/full|mkfifo")
    needing = {
        path.relative_to(root).as_posix()
        for path in (root / "tests").rglob("test_*.py")
        if needs_posix.search(path.read_text(encoding="utf-8"))
    }
    assert needing - POSIX_ONLY.keys() == set()
    assert [name for name in POSIX_ONLY if not (root / name).is_file()] == []


# Open files


def test_a_report_that_is_open_elsewhere_is_kept_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "page.html").write_text(TAG, encoding="utf-8")
    (folder / "r.csv").write_text("old")
    (folder / "r-2.csv").write_text("of last week")
    with monkeypatch.context() as patch, (folder / "r.csv").open():
        take_away(patch)
        assert invoke(["check", "page.html", "--report", "csv=r.csv"]) == 1
    said = capsys.readouterr().err
    assert "warning: r.csv is open in another program" in said
    assert "csv report: r-3.csv" in said
    assert (folder / "r.csv").read_text() == "old"
    assert "decimal-format" in (folder / "r-3.csv").read_text(encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == [
        "page.html",
        "r-2.csv",
        "r-3.csv",
        "r.csv",
    ]


def test_a_file_that_is_no_report_is_not_kept_beside(folder: Path) -> None:
    (folder / "state.json").write_text("old")
    with pytest.MonkeyPatch.context() as patch, (folder / "state.json").open():
        take_away(patch)
        with pytest.raises(PermissionError):
            write_atomically(folder / "state.json", "new")
    assert [path.name for path in folder.iterdir()] == ["state.json"]


# Consoles


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_what_a_console_cannot_encode_is_escaped(
    encoding: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "page.html").write_text(TAG, encoding="utf-8")
    for arguments in (["check", "page.html"], ["rules"], ["rules", "purchase-tag-missing"]):
        for name in ("stdout", "stderr"):
            stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
            monkeypatch.setattr(sys, name, stream)
        assert invoke(arguments) in (0, 1), arguments
        written = sys.stdout.buffer
        assert isinstance(written, io.BytesIO)
        said = written.getvalue().decode(encoding)
        assert said
    assert "Traceback" not in said


def test_the_streams_of_the_process_escape_what_they_lack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.BytesIO()
    out = io.TextIOWrapper(written, encoding="cp1252", write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    standard_streams.prepare_standard_streams()
    print("→", end="")  # noqa: T201 - as libraries do
    assert written.getvalue() == b"\\u2192"


def test_consoles_of_windows_are_made_to_show_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fixed = SimpleNamespace(just_fix_windows_console=lambda: calls.append("fixed"))
    monkeypatch.setitem(sys.modules, "colorama", fixed)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(standard_streams, "_IS_WINDOWS", True)
    standard_streams.prepare_standard_streams()
    assert calls == ["fixed"]


# Browsers


def test_versions_of_a_browser_are_compared_as_numbers(tmp_path: Path) -> None:
    for name in ("99.0.4844.51", "141.0.7390.55", "9.1", "141.0.7390.107", "1.x", "Dictionaries"):
        (tmp_path / name).mkdir()
    assert discover._windows_version(tmp_path / "chrome.exe") == "chrome 141.0.7390.107"  # noqa: SLF001 - nothing else runs here


LAYOUTS = {
    "win32": "chromium_headless_shell-1200/chrome-headless-shell-win64/chrome-headless-shell.exe",
    "darwin": "chromium_headless_shell-1200/chrome-headless-shell-mac-arm64/chrome-headless-shell",
    "darwin-headed": "chromium-1200/chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/"
    "Google Chrome for Testing",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_only_the_program_of_a_download_is_taken_for_a_browser(layout: str, tmp_path: Path) -> None:
    program = tmp_path / LAYOUTS[layout]
    program.parent.mkdir(parents=True)
    for name in (program.name, "headless_shell.pak", "libheadless-shell.dll", "chrome_crashpad"):
        (program.parent / name).touch()
    (tmp_path / LAYOUTS[layout].split("/")[0] / "INSTALLATION_COMPLETE").touch()
    environ = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    assert list(discover._playwright_paths(environ)) == [program]  # noqa: SLF001 - nothing else runs here


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_advice_on_a_driver_is_for_this_system(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "sys", SimpleNamespace(platform=system))
    hint = driver._driver_hint("libatomic.so.1")  # noqa: SLF001 - a driver of that system does not run here
    assert hint == package_command("playwright", again=True)


@pytest.mark.parametrize("system", ["Windows", "Darwin"])
def test_advice_on_a_browser_names_no_package_of_linux(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    with pytest.raises(InstallFailed) as caught:
        install._install_system_package({}, lambda _: None)  # noqa: SLF001 - what another system is told
    assert "apt" not in caught.value.hint
    assert caught.value.hint.startswith("install Chrome: https://")


def test_only_the_layer_of_browsers_names_apt() -> None:
    """Advice that depends on the system is decided there. A starter's images of CI have Debian."""
    root = Path(__file__).parents[2] / "validator"
    named = {
        path.relative_to(root).parts[0]
        for path in root.rglob("*.py")
        if re.search(r"\bapt(-get)?\b", path.read_text(encoding="utf-8"))
    }
    assert named <= {"browser", "starter"}
