"""How many files a process may open: a browser that gets too few of them hangs without a word."""

from __future__ import annotations

import sys
from contextlib import suppress

from validator.core.errors import BrowserError

NEEDED = 256
"""Files that Playwright's driver and a browser with a few pages have open."""
WANTED = 4_096


def require_open_files() -> None:
    """Raise the limit of open files as far as allowed. Raises BrowserError if it is too low."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    is_unlimited = hard == resource.RLIM_INFINITY
    if 0 <= soft < WANTED:
        soft = WANTED if is_unlimited else min(WANTED, hard)
        with suppress(OSError, ValueError):  # the system may allow less
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < NEEDED:
        raise BrowserError(
            f"a browser needs {NEEDED} open files, and this process may open {soft}",
            f"raise the limit: ulimit -n {WANTED}",
        )
