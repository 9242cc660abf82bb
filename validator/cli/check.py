"""``cn-validator check``: URLs, HTML files, standard input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click
import cloup

from validator.cli.options.browser import browser_options, insecure_option
from validator.cli.options.check_arguments import CheckArguments
from validator.cli.options.output import output_options
from validator.cli.options.policy import policy_options
from validator.cli.options.value_types import (
    COOKIE,
    CREDENTIALS,
    HEADER,
    LOCALE,
    TAG,
    USER_AGENT,
    DurationType,
    UrlType,
    ViewportType,
)
from validator.contract.contracts import Contracts
from validator.core.capture import Breakdown, Capture, Reason, utc_timestamp
from validator.core.command_line import expand_pattern
from validator.core.crashes import internal_errors
from validator.core.errors import InputError, InternalError
from validator.core.result import Report, Result, collect_versions
from validator.html.encoding import decode_file
from validator.page.static_capture import capture_html
from validator.run.defaults import new_run_id
from validator.run.options import RunOptions
from validator.run.page_check import OPEN_BEFORE, check_attached_page
from validator.run.policy import disabled_rule_notes
from validator.run.targets import (
    STDIN,
    HtmlSource,
    UnreadableFile,
    build_visit_scenario,
    is_url_target,
    read_source,
    split_logins,
    unexecuted_script_notes,
)

if TYPE_CHECKING:
    from validator.scenario.model.scenario import Scenario

WITHOUT_BROWSER = (HtmlSource, UnreadableFile, str)
"""The types of pages that need no browser; all others are scenarios of one step."""


@cloup.command(name="check")
@click.argument("targets", nargs=-1, metavar="TARGET...")
@cloup.option_group(
    "Check",
    click.option(
        "--tag",
        "tags",
        multiple=True,
        type=TAG,
        help="The class of a tag the page must have; only these tags are checked. Repeatable. "
        "Default: cn_purchase, and all other tags the page has.",
    ),
    click.option(
        "--count",
        type=click.IntRange(0, 50),
        metavar="N",
        help="How many of the first tag a page must have: 2 where a basket becomes two orders, 0 "
        "where none may be. Default: exactly one cn_purchase, or one or more of another tag.",
    ),
    click.option(
        "--within",
        type=DurationType(),
        default="5s",
        show_default=True,
        help="How long the tag may take to appear.",
    ),
    click.option(
        "--timeout",
        type=DurationType(),
        default="30s",
        show_default=True,
        help="How long a page may take to answer.",
    ),
    click.option(
        "--no-javascript",
        is_flag=True,
        help="Check URLs as the server sends them, without a browser.",
    ),
    click.option(
        "--render", is_flag=True, help="Also open files and standard input in the browser."
    ),
    click.option(
        "--show-recorded",
        is_flag=True,
        help="Print the event Connectif would record, as the JSON that the page would POST. The "
        "report goes to standard error, and names the tags whose JSON is not documented.",
    ),
)
@cloup.option_group(
    "A page that is open",
    click.option(
        "--attach",
        type=UrlType(),
        metavar="URL",
        help="Check a page that is open in your own Chrome, without reloading it: start Chrome "
        "with --remote-debugging-port=9222, and give http://127.0.0.1:9222.",
    ),
    click.option(
        "--page",
        "page_part",
        default="",
        metavar="TEXT",
        help="With --attach, the page with TEXT in its address. Default: the only one.",
    ),
)
@cloup.option_group(
    "Page",
    click.option(
        "--header",
        "-H",
        "headers",
        multiple=True,
        type=HEADER,
        help="Send a header to the target's origin. Repeatable.",
    ),
    click.option(
        "--cookie",
        "cookies",
        multiple=True,
        type=COOKIE,
        help="Send a cookie to the target's origin. Repeatable.",
    ),
    click.option(
        "--auth",
        type=CREDENTIALS,
        envvar="CN_VALIDATOR_AUTH",
        help="HTTP authentication of a staging shop. Prefer the variable CN_VALIDATOR_AUTH.",
    ),
    insecure_option,
    click.option(
        "--client-cert",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Show a client certificate to the target's origin: a PEM file with its key, without "
        "a passphrase.",
    ),
    click.option("--user-agent", type=USER_AGENT, metavar="TEXT", help="Send this User-Agent."),
    click.option("--device", metavar="NAME", help='A device of Playwright, such as "Pixel 7".'),
    click.option("--viewport", type=ViewportType(), help="The size of the page, such as 1280x720."),
    click.option(
        "--locale", type=LOCALE, metavar="TAG", help="The browser's language, such as es-ES."
    ),
)
@policy_options
@browser_options
@output_options
def command(**given: Any) -> int:
    """Check the tags of pages that exist already.

    TARGET is a URL, an HTML file, or - for standard input. URLs are opened in a real browser;
    files are read without one, unless --render is given.
    """
    named = (each for target in given.pop("targets") for each in expand_pattern(target))
    targets, logins = split_logins(named)
    if given.pop("show_recorded"):
        given["output"] = given["output"].with_recorded()
    arguments = CheckArguments(**given, targets=targets, logins=logins)
    if arguments.attach:
        return _check_attached_page(arguments, arguments.attach)
    _require_targets(arguments)
    started, began = datetime.now(UTC), perf_counter()
    contracts = arguments.contracts
    run_id = new_run_id()
    with TemporaryDirectory(prefix="cn-validator-") as scratch:
        pages = _resolve_targets(arguments, Path(scratch))
        in_browser = [page for page in pages if not isinstance(page, WITHOUT_BROWSER)]
        rendered = _run_in_browser(in_browser, arguments, contracts, run_id)
    if not in_browser:
        _reject_browser_options(arguments)
    static = [page for page in pages if isinstance(page, WITHOUT_BROWSER)]
    files = [page for page in static if isinstance(page, HtmlSource)]
    static_results = _check_without_browser(static, arguments, contracts)
    browser_results = iter(rendered.results if rendered is not None else ())
    # An interrupted run has fewer results than pages: the others are None.
    results = [
        next(static_results if isinstance(page, WITHOUT_BROWSER) else browser_results, None)
        for page in pages
    ]
    report = Report(
        results=tuple(result for result in results if result is not None),
        run_id=run_id,
        started=started.isoformat(timespec="seconds"),
        duration_ms=round((perf_counter() - began) * 1000, 1),
        versions=rendered.versions if rendered is not None else collect_versions(),
        interrupted=rendered is not None and rendered.interrupted,
        notes=(
            *(rendered.notes if rendered is not None else ()),
            *(arguments.page.notes if rendered is None else ()),
            *(page.note for page in files if page.note),
            *unexecuted_script_notes(files, arguments.tags or (arguments.expected,)),
            *disabled_rule_notes([contracts.rules]),
        ),
    )
    return arguments.output.write(report).exit_code


def _check_attached_page(arguments: CheckArguments, endpoint: str) -> int:
    if arguments.targets:
        raise click.UsageError(
            "--attach checks a page that is open: name it with --page, without TARGET."
        )
    started = datetime.now(UTC)
    check = arguments.build_check()
    attached = check_attached_page(endpoint, arguments.page_part, check, arguments.within)
    report = Report(
        results=(attached.result,),
        run_id=new_run_id(),
        started=started.isoformat(timespec="seconds"),
        duration_ms=attached.result.duration_ms,
        versions=attached.versions,
        notes=(OPEN_BEFORE, *disabled_rule_notes([check.contracts.rules])),
    )
    return arguments.output.write(report).exit_code


def _require_targets(arguments: CheckArguments) -> None:
    context = click.get_current_context()
    if arguments.page_part:
        raise click.UsageError("--page names a page of --attach: give --attach too.")
    if not arguments.targets:
        raise click.MissingParameter(ctx=context, param=context.command.params[0])


def _resolve_targets(
    arguments: CheckArguments, scratch: Path
) -> list[Scenario | HtmlSource | UnreadableFile | str]:
    """Raises InputError if no target can be read; of several, each is its own trouble."""
    pages: list[Scenario | HtmlSource | UnreadableFile | str] = []
    errors = []
    for target in arguments.targets:
        try:
            pages.append(_resolve_target(target, arguments, scratch))
        except InputError as error:
            errors.append(error)
            pages.append(UnreadableFile(target, error))
    if len(errors) == len(pages):
        raise InputError([finding for error in errors for finding in error.findings])
    return pages


def _resolve_target(
    target: str, arguments: CheckArguments, scratch: Path
) -> Scenario | HtmlSource | str:
    """Return a Scenario for the browser, an HtmlSource, or a URL to fetch without a browser."""
    if is_url_target(target):
        return (
            target if arguments.no_javascript else _build_visit_scenario(target, target, arguments)
        )
    source = read_source(target)
    if not arguments.render:
        return source
    if target != STDIN:
        return _build_visit_scenario(target, Path(target).resolve().as_uri(), arguments)
    # Chromium opens only URLs, so standard input is written to a temporary file.
    copy = scratch / "stdin.html"
    copy.write_bytes(source.content)
    return _build_visit_scenario(target, copy.as_uri(), arguments)


def _build_visit_scenario(name: str, url: str, arguments: CheckArguments) -> Scenario:
    from validator.scenario.model.tag_expectation import TagExpectation

    tag = arguments.expected
    return build_visit_scenario(
        name,
        url,
        TagExpectation(tag, arguments.expected_count, arguments.within),
        timeout=arguments.timeout,
        secrets=arguments.secrets,
    )


def _reject_browser_options(arguments: CheckArguments) -> None:
    """Raises UsageError for options that have no effect without a browser."""
    given = {
        "--device": arguments.device,
        "--viewport": arguments.viewport,
        "--headed": arguments.browser.headed,
    }
    if names := [name for name, value in given.items() if value]:
        raise click.UsageError(
            f"{' and '.join(names)} would change nothing: no target is opened in a browser. "
            "Add --render for files, or leave out --no-javascript."
        )


def _run_in_browser(
    pages: Sequence[Scenario], arguments: CheckArguments, contracts: Contracts, run_id: str
) -> Report | None:
    if not pages:
        return None
    # Imported here: files, standard input and --no-javascript need no Playwright.
    from validator.run.runner import run_scenarios

    options = RunOptions(
        run_id=run_id,
        workers=arguments.browser.workers,
        headed=arguments.browser.headed,
        browser=arguments.browser.browser,
        page=arguments.page,
        contracts=contracts,
        limits=arguments.policy.config.limits,
    )
    with arguments.output.progress(len(pages)) as progress:
        return run_scenarios(pages, options, progress)


def _check_without_browser(
    pages: Sequence[HtmlSource | UnreadableFile | str],
    arguments: CheckArguments,
    contracts: Contracts,
) -> Iterator[Result]:
    check = arguments.build_check()

    def one(page: HtmlSource | UnreadableFile | str) -> Result:
        started = perf_counter()
        try:
            with internal_errors(f"page: {page}"):
                outcome = _capture_without_browser(page, arguments, contracts)
        except InternalError as error:
            outcome = Breakdown(Reason.INTERNAL, str(error), url=str(page), hint=error.hint)
        return check.evaluate(outcome, str(page), started)

    with ThreadPoolExecutor(arguments.browser.workers) as pool:
        yield from pool.map(one, pages)


def _capture_without_browser(
    page: HtmlSource | UnreadableFile | str, arguments: CheckArguments, contracts: Contracts
) -> Capture | Breakdown:
    if isinstance(page, UnreadableFile):
        return page.breakdown
    names = contracts.names(arguments.expected)
    if isinstance(page, HtmlSource):
        return replace(
            capture_html(decode_file(page.content, page.charset), page.name, names),
            read_at=utc_timestamp(),
        )
    # Imported here: files and standard input need no HTTP client.
    from validator.run.fetch import fetch_page

    return fetch_page(page, arguments.page, arguments.timeout, names)
