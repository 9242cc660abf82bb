"""The environment of programs that this tool starts: nothing in it is a secret of the shop."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PASSED_ON = re.compile(
    r"PATH|PATHEXT|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TMP|TEMP|TERM|CI"
    r"|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_\w+|DBUS_SESSION_BUS_ADDRESS"
    r"|FONTCONFIG_\w+|LD_LIBRARY_PATH|SSL_CERT_(?:FILE|DIR)|(?:HTTPS?|ALL|NO)_PROXY"
    r"|CHROME_DEVEL_SANDBOX|PYTHON(?:PATH|HOME|UTF8|IOENCODING)|VIRTUAL_ENV"
    r"|SYSTEMROOT|WINDIR|COMSPEC|APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAM(?:FILES|DATA)\S*",
    re.IGNORECASE,
)


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a browser or a command needs: paths, language, display, proxy.

    Everything else of an environment may be a secret, above all on a server for CI.
    """
    return {name: value for name, value in environ.items() if _PASSED_ON.fullmatch(name)}
