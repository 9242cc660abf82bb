"""The one way in which commands print text, except for reports and the live display."""

from __future__ import annotations

import sys

import click


def echo(
    text: str = "",
    *,
    err: bool = False,
    nl: bool = True,
    color: bool = False,
    redraws: bool = False,
) -> None:
    """Print text on standard output, or on standard error.

    Control characters, and those that the stream cannot encode, are escaped and passwords in
    addresses hidden, whatever the text is made of. ``color`` keeps colours; ``redraws`` writes
    over the line that was printed last.
    """
    # Imported here: --help prints nothing by this.
    from validator.core.redaction import hide_url_passwords
    from validator.report.sanitize import fit_encoding, sanitize_lines

    shown = hide_url_passwords(sanitize_lines(text, color=color))
    start = "\r" if redraws else ""
    shown = fit_encoding(shown, (sys.stderr if err else sys.stdout).encoding or "ascii")
    click.echo(start + shown, err=err, nl=nl, color=color or None)  # noqa: TID251 - the one place
