"""How to start a browser that was found: what Playwright's ``chromium.launch`` needs."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

from validator.browser.child_environment import child_environment
from validator.browser.chromium.discover import InstalledBrowser

QUIET_FLAGS = (
    "--disable-domain-reliability",  # error reports to Google
    "--disable-quic",  # so that what is intercepted travels one way everywhere
    "--no-pings",
)
"""What Playwright does not switch off by itself. First run, sync, updates it does."""

PROXY_ONLY_FLAGS = (
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
"""So that nothing passes the proxy of a context: WebRTC, and the names that pages look up."""

DEBIAN_FOLDER = Path("/usr/lib/chromium")
"""Debian's /usr/bin/chromium is a script; the program and its sandbox helper are here."""


class LaunchArguments(TypedDict):
    executable_path: Path
    headless: bool
    chromium_sandbox: bool
    args: list[str]
    env: dict[str, str | float | bool]


@dataclass(frozen=True, slots=True)
class Launch:
    """``chromium.launch(**launch.arguments)``, and what the user should know of it."""

    arguments: LaunchArguments
    notes: tuple[str, ...]


def build_launch(
    browser: InstalledBrowser,
    *,
    headed: bool = False,
    hosts: Mapping[str, str] = MappingProxyType({}),
    only_allowed: bool = False,
) -> Launch:
    """``hosts`` are names and the addresses that they lead to, whatever DNS says.

    With ``only_allowed``, nothing is sent but through the proxies of contexts, which know them.
    """
    rules = ", ".join(f"MAP {name} {address}" for name, address in hosts.items())
    mapped = (f"--host-resolver-rules={rules}",) if rules else ()
    reason = find_sandbox_obstacle(browser)
    arguments = LaunchArguments(
        executable_path=browser.path,
        headless=not headed,
        chromium_sandbox=not reason,
        args=[*QUIET_FLAGS, *(PROXY_ONLY_FLAGS if only_allowed else mapped)],
        env={**child_environment(os.environ)},
    )
    return Launch(arguments, (f"sandbox off: {reason}",) if reason else ())


def extract_start_error(message: str) -> str:
    """Pick from Playwright's pages of launch log what the browser itself said last.

    Its standard error is logged as ``[pid=7][err] …``.
    """
    said = re.findall(r"\[pid=\d+\]\[err\] (.*\S)", message)
    return str(said[-1]) if said else message.strip().splitlines()[0]


def find_sandbox_obstacle(browser: InstalledBrowser) -> str:
    """Say why Chromium's sandbox cannot run here; empty where it can.

    It needs user namespaces or a setuid helper, and never runs as root:
    https://chromium.googlesource.com/chromium/src/+/main/docs/linux/sandboxing.md
    """
    if sys.platform != "linux":
        return ""
    if os.geteuid() == 0:
        return "running as root"
    if _has_setuid_helper(browser.path) or _user_namespaces_work():
        return ""
    return "user namespaces are forbidden here, as in most containers"


def _has_setuid_helper(path: Path) -> bool:
    for folder in (path.resolve().parent, DEBIAN_FOLDER):
        helper = folder / "chrome-sandbox"
        if helper.is_file() and helper.stat().st_mode & stat.S_ISUID:
            return True
    return False


def _user_namespaces_work() -> bool:
    """Try one: kernel settings, AppArmor and seccomp can each forbid them, in different places."""
    unshare = shutil.which("unshare")
    if not unshare:
        return False
    command = [unshare, "--user", "--map-root-user", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words
