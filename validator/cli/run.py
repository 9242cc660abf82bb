"""``cn-validator run``: scenarios in a real browser."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from validator.cli.parameters import DurationType, browser_options, evidence_options, new_run_id
from validator.cli.post_run import (
    NO_POST_RUN_ACTIONS,
    PostRunActions,
    parse_post_run_actions,
    post_run_options,
)
from validator.cli.report_options import Output, output_options
from validator.cli.schedule import parse_schedule, schedule_options
from validator.cli.setting_options import (
    CommandSettings,
    configured_folder,
    configured_output,
    configured_workers,
    setting_options,
)
from validator.cli.standards import CheckPolicy, disabled_rule_notes, policy_options
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.evidence_options import EvidenceOptions
from validator.core.result import Report
from validator.run.options import RunOptions
from validator.scenario.files import BROKEN_FOLDER, find_broken_folders
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario

DEFAULT_PATH = "scenarios"
DEFAULT_OUTPUT = "cn-validator-results"


@dataclass(frozen=True, slots=True)
class RunArguments:
    """The options of ``run``, as click hands them over."""

    paths: tuple[str, ...]
    keywords: tuple[str, ...]
    labels: tuple[str, ...]
    label_sets: tuple[str, ...]
    settings: CommandSettings
    only_list: bool
    debug: bool
    slow_mo: float
    fail_fast: bool
    retries: int
    aftermath: PostRunActions
    output_folder: str
    max_orders: int | None
    force_live: bool
    headed: bool
    browser: str | None
    workers: int
    standards: CheckPolicy
    evidence: EvidenceOptions
    output: Output


@click.command(name="run")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "-k",
    "keywords",
    multiple=True,
    metavar="TEXT",
    help="Only scenarios whose name or path contains TEXT. Repeatable: any of them.",
)
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="Only scenarios with this label. Repeatable: any of them.",
)
@click.option(
    "--label-set",
    "label_sets",
    multiple=True,
    metavar="NAME",
    help="Only scenarios with a label of this set of cn-validator.yaml. Repeatable: any of them.",
)
@setting_options
@click.option("--list", "only_list", is_flag=True, help="List the scenarios; run nothing.")
@click.option(
    "--debug",
    is_flag=True,
    help="Step by step: shows what each step would act on, and asks. Best with --headed.",
)
@click.option(
    "--slow-mo",
    type=DurationType(),
    default=0.0,
    metavar="DURATION",
    help="Wait after each operation of the browser, to watch it: 500ms, 1s.",
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first that does not pass.")
@click.option(
    "--retries",
    type=click.IntRange(0, 10),
    default=0,
    show_default=True,
    metavar="N",
    help="Play a scenario that broke again, N times at most, unless it had begun to place the "
    "order. One that passes then is reported as flaky. Findings are never tried again.",
)
@post_run_options
@schedule_options
@click.option(
    "--output",
    "output_folder",
    default=DEFAULT_OUTPUT,
    show_default=True,
    envvar="CN_VALIDATOR_OUTPUT",
    metavar="FOLDER",
    help="Where each run leaves its results and evidence, in a folder of its own.",
)
@click.option(
    "--max-orders",
    type=click.IntRange(min=0),
    metavar="N",
    help="Place at most N orders: more scenarios than that are refused.",
)
@click.option(
    "--force-live",
    is_flag=True,
    help="Let scenarios go to payment pages that take real money, and use cards that may be real.",
)
@policy_options
@evidence_options
@browser_options
@output_options
def command(**given: Any) -> int:
    """Run scenarios: files, or folders of them (default: ./scenarios).

    All of them are read and checked before a browser starts.
    """
    rounds = parse_schedule(given)
    arguments = RunArguments(aftermath=parse_post_run_actions(given), **given)
    if arguments.only_list:
        return _list(_scenarios(arguments, new_run_id()))
    return rounds.play(lambda: _run(arguments))


def _list(scenarios: Sequence[Scenario]) -> int:
    for scenario in scenarios:
        labels = f"  [{', '.join(scenario.labels)}]" if scenario.labels else ""
        click.echo(f"{scenario.location.source}  {scenario.name}{labels}")
    return 0


def _scenarios(arguments: RunArguments, run_id: str) -> tuple[Scenario, ...]:
    config = arguments.standards.config
    labels = [label for name in arguments.label_sets for label in config.labels(name)]
    return select_scenarios(
        load_scenarios(
            [Path(path) for path in arguments.paths or (DEFAULT_PATH,)],
            environ=os.environ,
            run_id=run_id,
            given=arguments.settings.given(config),
        ),
        arguments.keywords,
        (*arguments.labels, *labels),
    )


def _run(arguments: RunArguments) -> Report:
    run_id, config = new_run_id(), arguments.standards.config
    scenarios = arguments.standards.hold(_scenarios(arguments, run_id))
    output = configured_output(arguments.output, config)
    options = RunOptions(
        run_id=run_id,
        output=configured_folder(arguments.output_folder, config) / run_id,
        workers=configured_workers(arguments.workers, config),
        headed=arguments.headed,
        fail_fast=arguments.fail_fast,
        browser=arguments.browser,
        retries=arguments.retries,
        hosts=arguments.settings.given(config).hosts,
        max_orders=arguments.max_orders,
        force_live=arguments.force_live,
        slow_mo_ms=arguments.slow_mo,
        evidence=arguments.evidence,
    )
    if arguments.debug:
        from validator.cli.debug_terminal import terminal_debugger

        options = replace(options, workers=1, debugger=terminal_debugger())
        output = replace(output, shows_progress=False)
    notes = _skipped_folder_notes(arguments.paths)
    return run_and_write_reports(scenarios, options, output, arguments.aftermath, notes=notes)


def _skipped_folder_notes(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"{folder} was passed over: scenarios in a folder named {BROKEN_FOLDER} are broken "
        f"on purpose, "
        "and are run when the folder is named"
        for folder in find_broken_folders([Path(path) for path in paths or (DEFAULT_PATH,)])
    )


def run_and_report(scenarios: Sequence[Scenario], options: RunOptions, output: Output) -> int:
    """Run scenarios with live progress, write every report asked for, return the exit code."""
    return run_and_write_reports(scenarios, options, output).exit_code


def run_and_write_reports(
    scenarios: Sequence[Scenario],
    options: RunOptions,
    output: Output,
    aftermath: PostRunActions = NO_POST_RUN_ACTIONS,
    *,
    notes: Sequence[str] = (),
) -> Report:
    """Run scenarios with live progress, write every report asked for, return what it came to.

    ``notes`` are told at the end of the report.
    """
    # Imported here: --list and wrong input must not wait for Playwright.
    from validator.run.runner import run_scenarios

    with output.progress(len(scenarios)) as progress:
        report = run_scenarios(scenarios, options, progress)
    notes = (
        *notes,
        *(f"made-up values: repeat them with --seed {seed}" for seed in _used_seeds(scenarios)),
        *disabled_rule_notes(scenario.rules for scenario in scenarios),
    )
    report = replace(report, notes=(*report.notes, *notes))
    report = aftermath.judged(report, quiet=output.quiet)
    output.write(report)
    aftermath.keep(report)
    return report


def _used_seeds(scenarios: Sequence[Scenario]) -> list[int]:
    return sorted({scenario.seed for scenario in scenarios if scenario.seed is not None})


def select_scenarios(
    scenarios: Sequence[Scenario], keywords: Sequence[str], labels: Sequence[str]
) -> tuple[Scenario, ...]:
    """Keep the scenarios that fit the filters. Raises InputError where none does."""
    chosen = tuple(
        scenario
        for scenario in scenarios
        if (not labels or set(labels) & set(scenario.labels))
        and (
            not keywords
            or any(
                keyword.lower() in f"{scenario.name} {scenario.location.source}".lower()
                for keyword in keywords
            )
        )
    )
    if not chosen:
        asked = [f"-k {word}" for word in keywords] + [f"--label {label}" for label in labels]
        known = sorted({label for scenario in scenarios for label in scenario.labels})
        raise InputError.single(
            "nothing-selected",
            f"none of the {len(scenarios)} scenarios fits",
            Location(" ".join(asked)),
            hint=f"labels in use: {', '.join(known) or 'none'}; see `cn-validator run --list`",
        )
    return chosen
