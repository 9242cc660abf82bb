"""``cn-validator check``: URLs, HTML files, standard input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import click

from validator.cli.parameters import (
    COOKIE,
    CREDENTIALS,
    HEADER,
    LOCALE,
    TAG,
    USER_AGENT,
    DurationType,
    ViewportType,
    browser_options,
    new_run_id,
)
from validator.cli.report_options import Output, output_options
from validator.cli.standards import CheckPolicy, disabled_rule_notes, policy_options
from validator.cli.targets import (
    STDIN,
    HtmlSource,
    is_url_target,
    read_source,
    reject_browser_options,
    split_logins,
    unexecuted_script_notes,
)
from validator.contract.contracts import Contracts, default_tag_count
from validator.core.capture import Breakdown, Capture, utc_timestamp
from validator.core.document import Document, Location
from validator.core.page_options import PageOptions
from validator.core.redaction import Redactor
from validator.core.result import Report, Result, collect_versions
from validator.core.urls import is_web_url
from validator.html.encoding import decode_file
from validator.page.static_capture import capture_html
from validator.rules.evaluate import ExpectedTag
from validator.rules.evaluate import evaluate_capture as judge
from validator.run.options import RunOptions
from validator.scenario.model.actions import Goto, Step
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Secret, Template


@dataclass(frozen=True, slots=True)
class CheckArguments:
    """The options of ``check``, as click hands them over."""

    targets: tuple[str, ...]
    logins: dict[str, tuple[str, str]]
    within: float
    timeout: float
    tags: tuple[str, ...]
    no_javascript: bool
    render: bool
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]
    auth: tuple[str, str] | None
    user_agent: str | None
    device: str | None
    viewport: tuple[int, int] | None
    locale: str | None
    headed: bool
    browser: str | None
    workers: int
    standards: CheckPolicy
    output: Output

    @property
    def expected(self) -> str:
        """The tag that is waited for before all others."""
        return self.tags[0] if self.tags else "cn_purchase"

    @property
    def contracts(self) -> Contracts:
        """Raises InputError for a contract that cannot be used."""
        contracts = self.standards.contracts(self.expected)
        others = tuple(dict.fromkeys(self.tags[1:]))
        for tag in others:
            replace(self.standards, schema=None).contracts(tag)
        return replace(contracts, others=others, required_tags=others) if self.tags else contracts

    @property
    def page(self) -> PageOptions:
        return PageOptions(
            device=self.device,
            viewport=self.viewport,
            user_agent=self.user_agent,
            locale=self.locale,
            headers=dict(self.headers),
            cookies=dict(self.cookies),
            credentials=self.auth,
            logins=self.logins,
        )

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must not show in any report: whatever was given to get into the shop."""
        return tuple(Secret(name, value) for name, value in self.page.secrets())


@click.command(name="check")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--within",
    type=DurationType(),
    default="5s",
    show_default=True,
    help="How long the tag may take to appear.",
)
@click.option(
    "--timeout",
    type=DurationType(),
    default="30s",
    show_default=True,
    help="How long a page may take to answer.",
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    type=TAG,
    help="The class of a tag the page must have. Repeatable; only what is named is judged. "
    "Without it: cn_purchase, and whatever others the page has.",
)
@click.option(
    "--no-javascript", is_flag=True, help="Judge URLs as the server sends them; no browser."
)
@click.option("--render", is_flag=True, help="Open files and standard input in the browser too.")
@click.option(
    "--header",
    "-H",
    "headers",
    multiple=True,
    type=HEADER,
    help="Send a header to the target's origin. Repeatable.",
)
@click.option(
    "--cookie",
    "cookies",
    multiple=True,
    type=COOKIE,
    help="Send a cookie to the target's origin. Repeatable.",
)
@click.option(
    "--auth",
    type=CREDENTIALS,
    envvar="CN_VALIDATOR_AUTH",
    help="HTTP authentication of a staging shop; better given as CN_VALIDATOR_AUTH.",
)
@click.option("--user-agent", type=USER_AGENT, metavar="TEXT")
@click.option("--device", metavar="NAME", help='A device Playwright knows, as "Pixel 7".')
@click.option("--viewport", type=ViewportType())
@click.option(
    "--locale", type=LOCALE, metavar="TAG", help="As es-ES: the language the shop is asked for."
)
@click.option(
    "--show-recorded",
    is_flag=True,
    help="Print the event Connectif would record as JSON, as the page would POST it; the report "
    "goes to standard error, and names the tags of which the form is not known.",
)
@policy_options
@browser_options
@output_options
def command(**given: Any) -> int:
    """Check the tag on pages that are already there.

    TARGET is a URL, an HTML file, or - for standard input. URLs are opened in a real browser;
    files are read as they are, unless --render is given.
    """
    targets, logins = split_logins(given.pop("targets"))
    if given.pop("show_recorded"):
        given["output"] = given["output"].with_recorded()
    arguments = CheckArguments(**given, targets=targets, logins=logins)
    started, clock = datetime.now(UTC), perf_counter()
    rules = arguments.contracts.rules
    run_id = new_run_id()
    with TemporaryDirectory(prefix="cn-validator-") as scratch:
        pages = [_resolve_target(target, arguments, Path(scratch)) for target in arguments.targets]
        in_browser = [page for page in pages if isinstance(page, Scenario)]
        rendered = _run_in_browser(in_browser, arguments, run_id)
    if not in_browser:
        reject_browser_options(arguments.device, arguments.viewport, headed=arguments.headed)
    static = [page for page in pages if not isinstance(page, Scenario)]
    read = _check_without_browser(static, arguments)
    shown = iter(rendered.results if rendered else ())
    # An interrupted run has fewer results than pages: None stands for those it did not come to.
    results = [next(shown if isinstance(page, Scenario) else read, None) for page in pages]
    report = Report(
        results=tuple(result for result in results if result),
        run_id=run_id,
        started=started.isoformat(timespec="seconds"),
        duration_ms=round((perf_counter() - clock) * 1000, 1),
        versions=rendered.versions if rendered else collect_versions(),
        interrupted=rendered is not None and rendered.interrupted,
        notes=(
            *(rendered.notes if rendered else ()),
            *unexecuted_script_notes(static, arguments.tags or (arguments.expected,)),
            *disabled_rule_notes([rules]),
        ),
    )
    arguments.output.write(report)
    return report.exit_code


def _resolve_target(
    target: str, arguments: CheckArguments, scratch: Path
) -> Scenario | HtmlSource | str:
    """Say how a target is looked at: a Scenario in the browser, a Source, or a URL to fetch."""
    if is_url_target(target):
        return (
            target if arguments.no_javascript else _build_visit_scenario(target, target, arguments)
        )
    source = read_source(target)
    if not arguments.render:
        return source
    if target != STDIN:
        return _build_visit_scenario(target, Path(target).resolve().as_uri(), arguments)
    # Chromium opens only what has an address, so standard input gets one for a while.
    copy = scratch / "stdin.html"
    copy.write_bytes(source.content)
    return _build_visit_scenario(target, copy.as_uri(), arguments)


def _build_visit_scenario(name: str, url: str, arguments: CheckArguments) -> Scenario:
    """Make a scenario of one step."""
    place = Location(name)
    return Scenario(
        name=name,
        document=Document(name, None),
        location=place,
        steps=(Step(Goto(Template((url,))), place, f"goto {name}"),),
        expect=TagExpectation(
            arguments.expected, default_tag_count(arguments.expected), arguments.within
        ),
        base_url=url if is_web_url(url) else None,
        timeout=arguments.timeout,
        secrets=arguments.secrets,
    )


def _run_in_browser(
    pages: Sequence[Scenario], arguments: CheckArguments, run_id: str
) -> Report | None:
    if not pages:
        return None
    # Imported here: files, standard input and --no-javascript need no Playwright.
    from validator.run.runner import run_scenarios

    options = RunOptions(
        run_id=run_id,
        workers=arguments.workers,
        headed=arguments.headed,
        browser=arguments.browser,
        page=arguments.page,
        contracts=arguments.contracts,
    )
    with arguments.output.progress(len(pages)) as progress:
        return run_scenarios(pages, options, progress)


def _check_without_browser(
    pages: Sequence[HtmlSource | str], arguments: CheckArguments
) -> Iterator[Result]:
    redactor = Redactor(secret.value for secret in arguments.secrets)

    def one(page: HtmlSource | str) -> Result:
        clock = perf_counter()
        name = str(page)
        seen = _capture_without_browser(page, arguments)
        result = (
            Result(name, seen)
            if isinstance(seen, Breakdown)
            else judge(
                seen,
                subject=name,
                contracts=arguments.contracts,
                expected=ExpectedTag(arguments.expected, default_tag_count(arguments.expected)),
            )
        )
        took = round((perf_counter() - clock) * 1000, 1)
        return redactor.apply(replace(result, duration_ms=took))

    with ThreadPoolExecutor(arguments.workers) as pool:
        yield from pool.map(one, pages)


def _capture_without_browser(
    page: HtmlSource | str, arguments: CheckArguments
) -> Capture | Breakdown:
    names = arguments.contracts.names(arguments.expected)
    if isinstance(page, HtmlSource):
        return replace(
            capture_html(decode_file(page.content), page.name, names), read_at=utc_timestamp()
        )
    # Imported here: files and standard input need no HTTP client.
    from validator.run.fetch import fetch_page

    return fetch_page(page, arguments.page, arguments.timeout, names)
