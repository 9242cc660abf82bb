"""The options for the browser and for the evidence that is kept."""

from __future__ import annotations

from dataclasses import dataclass

import click

from validator.cli.options.option_group import OptionGroup
from validator.core.evidence_options import EvidenceOptions, KeepWhen
from validator.run.defaults import default_workers


@dataclass(frozen=True, slots=True)
class BrowserOptions:
    """``browser`` is a path, None for the one that is found; ``workers`` pages are open at once."""

    workers: int
    browser: str | None
    headed: bool


insecure_option = click.option(
    "--insecure",
    is_flag=True,
    help="Accept TLS certificates that are not trusted, as of a staging shop. Reports say so.",
)

browser_options = OptionGroup(
    "Browser",
    "browser",
    click.option("--headed", is_flag=True, help="Show the browser's window."),
    click.option(
        "--browser",
        metavar="PATH",
        help="The Chromium, Chrome or Edge to use. `cn-validator doctor` names the one that is "
        "found without this option.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 64),
        metavar="N",
        default=default_workers(),
        show_default=True,
        envvar="CN_VALIDATOR_WORKERS",
        help="How many pages are open at the same time.",
    ),
    build=BrowserOptions,
)


def _build_evidence(evidence: str, *, trace: bool, video: bool) -> EvidenceOptions:
    return EvidenceOptions(KeepWhen(evidence), trace=trace, video=video)


evidence_options = OptionGroup(
    "Evidence",
    "evidence",
    click.option(
        "--evidence",
        type=click.Choice([str(when) for when in KeepWhen]),
        default=str(KeepWhen.ON_FAILURE),
        show_default=True,
        help="The results for which a picture, the page's HTML and the recorded data are kept.",
    ),
    click.option(
        "--trace/--no-trace",
        default=False,
        show_default=True,
        help="Also record a Playwright trace and all requests (HAR), without secrets.",
    ),
    click.option("--video", is_flag=True, help="Also record a video."),
    build=_build_evidence,
)
