"""``cn-validator run``: scenarios in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import cloup

from validator.cli.options.browser import BrowserOptions, browser_options, evidence_options
from validator.cli.options.output import Output, configured_output, output_options
from validator.cli.options.policy import policy_options
from validator.cli.options.post_run import NO_POST_RUN_ACTIONS, PostRunActions, post_run_options
from validator.cli.options.replay import given_replay_options
from validator.cli.options.schedule import schedule_options
from validator.cli.options.settings import (
    configured_folder,
    configured_workers,
    setting_options,
)
from validator.cli.options.value_types import DurationType, ShardType
from validator.cli.terminal.echo import echo
from validator.cli.terminal.error_output import OutputFailures
from validator.core.evidence_options import EvidenceOptions
from validator.core.redaction import MIN_CERTAIN_CHARS, MIN_HIDDEN_CHARS, is_common_text
from validator.core.result import Report
from validator.core.run_context import RunContext
from validator.report.sanitize import sanitize
from validator.results.ci_server import find_commit, find_run_page
from validator.run.defaults import DEFAULT_OUTPUT, DEFAULT_PATH, new_run_id
from validator.run.options import RunOptions
from validator.run.policy import CheckPolicy, disabled_rule_notes
from validator.run.resume import read_run_id
from validator.run.run_settings import CallerSettings
from validator.run.schedule import Schedule
from validator.run.select import select_scenarios
from validator.run.shards import Shard, recorded_durations
from validator.scenario.files import BROKEN_FOLDER, find_broken_folders
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class RunArguments:
    """The arguments of ``run``."""

    paths: tuple[str, ...]
    keywords: tuple[str, ...]
    labels: tuple[str, ...]
    label_sets: tuple[str, ...]
    shard: Shard | None
    shard_durations: Path | None
    resumed: Path | None
    only_list: bool
    settings: CallerSettings
    policy: CheckPolicy
    retries: int
    processes: int
    fail_fast: bool
    max_orders: int | None
    force_live: bool
    debug: bool
    slow_mo: float
    browser: BrowserOptions
    output_folder: str
    evidence: EvidenceOptions
    output: Output
    post_run: PostRunActions


@cloup.command(name="run")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@cloup.option_group(
    "Selection",
    click.option(
        "-k",
        "keywords",
        multiple=True,
        metavar="TEXT",
        help="Only scenarios whose name or path contains TEXT. Repeatable: any of them.",
    ),
    click.option(
        "--label",
        "labels",
        multiple=True,
        metavar="LABEL",
        help="Only scenarios with this label. Repeatable: any of them.",
    ),
    click.option(
        "--label-set",
        "label_sets",
        multiple=True,
        metavar="NAME",
        help="Only scenarios with a label of this label set of the configuration. Repeatable: any "
        "of them.",
    ),
    click.option(
        "--shard",
        type=ShardType(),
        help="Only part I of N parts of the scenarios, one part a machine; see `merge`.",
    ),
    click.option(
        "--shard-durations",
        type=click.Path(path_type=Path),
        metavar="RESULTS",
        help="Split by the durations in the results of an earlier run, the same file on all "
        "machines, instead of by number.",
    ),
    click.option(
        "--resume",
        "resumed",
        type=click.Path(path_type=Path),
        metavar="RUN",
        help="Continue the run with this folder, which did not end, with the same paths and "
        "options: only what has no result is run, and no order that was begun is repeated.",
    ),
    click.option("--list", "only_list", is_flag=True, help="List the scenarios without running."),
)
@setting_options
@policy_options
@cloup.option_group(
    "Execution",
    click.option(
        "--retries",
        type=click.IntRange(0, 10),
        default=0,
        show_default=True,
        metavar="N",
        help="Run a broken scenario again, up to N times, unless it had begun to place the order. "
        "One that then passes is flaky. Only breakdowns are retried; a finding is final.",
    ),
    click.option(
        "--processes",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        metavar="N",
        help="Run the scenarios in N processes, each with a browser and its part of --workers. One "
        "that is killed is replaced.",
    ),
    click.option("--fail-fast", is_flag=True, help="Stop at the first that does not pass."),
    click.option(
        "--max-orders",
        type=click.IntRange(min=0),
        metavar="N",
        help="Place at most N orders; more scenarios that place one are refused.",
    ),
    click.option(
        "--force-live",
        is_flag=True,
        help="Allow live payment pages, which take real money, and cards that may be real.",
    ),
    click.option(
        "--debug",
        is_flag=True,
        help="Run step by step: show what each step would act on, and ask. Best with --headed.",
    ),
    click.option(
        "--slow-mo",
        type=DurationType(),
        default=0.0,
        metavar="DURATION",
        help="Wait after each operation of the browser, so that it can be watched: 500ms, 1s.",
    ),
)
@browser_options
@cloup.option_group(
    "Results",
    click.option(
        "--output",
        "output_folder",
        default=DEFAULT_OUTPUT,
        show_default=True,
        envvar="CN_VALIDATOR_OUTPUT",
        metavar="FOLDER",
        help="The folder in which each run makes one for its results and evidence.",
    ),
)
@evidence_options
@output_options
@post_run_options
@schedule_options
def command(schedule: Schedule, **given: Any) -> int:
    """Run scenarios: files, or folders of them (default: ./scenarios).

    All of them are read and checked before a browser starts.
    """
    arguments = RunArguments(**given)
    if arguments.only_list:
        return _list(_select(arguments, new_run_id()))
    if arguments.resumed and schedule.every is not None:
        raise click.UsageError("--resume continues one run; it cannot be given with --every.")
    return schedule.run(lambda: _run(arguments), lambda text: echo(text, err=True))


def _list(scenarios: Sequence[Scenario]) -> int:
    for scenario in scenarios:
        labels = f"  [{', '.join(scenario.labels)}]" if scenario.labels else ""
        # Each text on its own: a line break in a name must not look like another scenario.
        echo(sanitize(f"{scenario.location.source}  {scenario.name}{labels}", 1_000))
    return 0


def _select(arguments: RunArguments, run_id: str) -> tuple[Scenario, ...]:
    config = arguments.policy.config
    labels = [label for name in arguments.label_sets for label in config.labels(name)]
    selected = select_scenarios(
        load_scenarios(
            [Path(path) for path in arguments.paths or (DEFAULT_PATH,)],
            environ=os.environ,
            run_id=run_id,
            given=arguments.settings.given(config),
        ),
        arguments.keywords,
        (*arguments.labels, *labels),
    )
    if arguments.shard is None:
        return selected
    return arguments.shard.select(selected, _durations(arguments.shard_durations))


def _durations(path: Path | None) -> Mapping[str, float]:
    if path is None:
        return {}
    from validator.report.json_reader import load_report

    return recorded_durations(load_report(path))


def _run(arguments: RunArguments) -> Report:
    config, resumed = arguments.policy.config, arguments.resumed
    run_id = read_run_id(resumed) if resumed else new_run_id()
    scenarios = arguments.policy.apply(_select(arguments, run_id))
    output = configured_output(arguments.output, config)
    options = RunOptions(
        run_id=run_id,
        output=resumed or configured_folder(arguments.output_folder, config) / run_id,
        resumes=bool(resumed),
        workers=configured_workers(arguments.browser.workers, config),
        headed=arguments.browser.headed,
        fail_fast=arguments.fail_fast,
        browser=arguments.browser.browser,
        retries=arguments.retries,
        processes=arguments.processes,
        hosts=arguments.settings.given(config).hosts,
        only_allowed=arguments.settings.given(config).only_allowed,
        max_orders=arguments.max_orders,
        force_live=arguments.force_live,
        limits=config.limits,
        slow_mo_ms=arguments.slow_mo,
        evidence=arguments.evidence,
        context=RunContext(
            environment=arguments.settings.given(config).environment_name,
            release=arguments.post_run.release,
            commit=find_commit(os.environ),
            ci_url=find_run_page(os.environ),
        ),
        replay_options=given_replay_options(),
    )
    if arguments.debug:
        from validator.cli.terminal.debugger import terminal_debugger

        options = replace(options, workers=1, processes=1, debugger=terminal_debugger())
        output = replace(output, shows_progress=False)
    notes = _skipped_folder_notes(arguments.paths)
    if arguments.shard:
        notes += (f"part {arguments.shard} of the scenarios: merge it with the other parts",)
    return run_and_write_reports(scenarios, options, output, arguments.post_run, notes=notes)


def _skipped_folder_notes(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"{folder} was skipped: scenarios in a folder named {BROKEN_FOLDER} are broken on purpose, "
        "and run only if the folder is named"
        for folder in find_broken_folders([Path(path) for path in paths or (DEFAULT_PATH,)])
    )


def run_and_write_reports(
    scenarios: Sequence[Scenario],
    options: RunOptions,
    output: Output,
    post_run: PostRunActions = NO_POST_RUN_ACTIONS,
    *,
    notes: Sequence[str] = (),
) -> Report:
    """Run scenarios with live progress, write their reports, return the report.

    ``notes`` are added to those of the report.
    """
    # Imported here: --list and wrong input must not wait for Playwright.
    from validator.run.runner import run_scenarios

    with output.progress(len(scenarios)) as progress:
        report = run_scenarios(scenarios, options, progress)
    notes = (
        *notes,
        *(f"generated values: repeat them with --seed {seed}" for seed in _used_seeds(scenarios)),
        *disabled_rule_notes(scenario.rules for scenario in scenarios),
        *_weak_secret_notes(scenarios),
    )
    report = replace(report, notes=(*report.notes, *notes))
    failures = OutputFailures()
    with failures.isolated("the comparison with the baseline"):
        report = post_run.compare(report, quiet=output.quiet)
    report = output.write(failures.apply(report))
    with failures.isolated("the history"):
        post_run.save(report, output.html_file)
    return failures.apply(report)


def _weak_secret_notes(scenarios: Sequence[Scenario]) -> Iterator[str]:
    """Yield a note for each secret that cannot be hidden everywhere; few digits are usual."""
    found = {secret.name: secret.value for each in scenarios for secret in each.secrets}
    for name, value in sorted(found.items()):
        if 0 < len(value) < MIN_HIDDEN_CHARS:
            yield f"the secret {name} is too short to be hidden: use {MIN_CERTAIN_CHARS} characters"
        elif is_common_text(value) and not value.isdecimal():
            yield f"the secret {name} is short or plain: it is hidden only as a separate word"


def _used_seeds(scenarios: Sequence[Scenario]) -> list[int]:
    return sorted({scenario.seed for scenario in scenarios if scenario.seed is not None})
