"""``cn-validator run``: scenarios in a real browser."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from validator.cli.output import Output, output_options
from validator.cli.parameters import WebAddress, browser_options, evidence_options, new_run_id
from validator.cli.standards import Standards, standards_options, turned_off
from validator.document import Location
from validator.errors import InputError
from validator.options import EvidenceOptions, RunOptions
from validator.scenario.load import load_scenarios
from validator.scenario.model import Scenario

DEFAULT_PATH = "scenarios"
DEFAULT_OUTPUT = "cn-validator-results"


@dataclass(frozen=True, slots=True)
class RunArguments:
    """The options of ``run``, as click hands them over."""

    paths: tuple[str, ...]
    keywords: tuple[str, ...]
    labels: tuple[str, ...]
    base_url: str | None
    only_list: bool
    fail_fast: bool
    output_folder: str
    headed: bool
    browser: str | None
    workers: int
    standards: Standards
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
    "--base-url",
    type=WebAddress(),
    metavar="URL",
    help="The shop to run against, for all scenarios.",
)
@click.option("--list", "only_list", is_flag=True, help="List the scenarios; run nothing.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first that does not pass.")
@click.option(
    "--output",
    "output_folder",
    default=DEFAULT_OUTPUT,
    show_default=True,
    metavar="FOLDER",
    help="Where each run leaves its results and evidence, in a folder of its own.",
)
@standards_options
@evidence_options
@browser_options
@output_options
def command(**given: Any) -> int:
    """Run scenarios: files, or folders of them (default: ./scenarios).

    All of them are read and checked before a browser starts.
    """
    arguments = RunArguments(**given)
    run_id = new_run_id()
    scenarios = select(
        load_scenarios(
            [Path(path) for path in arguments.paths or (DEFAULT_PATH,)],
            environ=os.environ,
            run_id=run_id,
            base_url=arguments.base_url,
        ),
        arguments.keywords,
        arguments.labels,
    )
    if arguments.only_list:
        for scenario in scenarios:
            labels = f"  [{', '.join(scenario.labels)}]" if scenario.labels else ""
            click.echo(f"{scenario.location.source}  {scenario.name}{labels}")
        return 0
    options = RunOptions(
        run_id=run_id,
        output=Path(arguments.output_folder) / run_id,
        workers=arguments.workers,
        headed=arguments.headed,
        fail_fast=arguments.fail_fast,
        browser=arguments.browser,
        evidence=arguments.evidence,
    )
    return run_and_report(arguments.standards.hold(scenarios), options, arguments.output)


def run_and_report(scenarios: Sequence[Scenario], options: RunOptions, output: Output) -> int:
    """Run scenarios with live progress, write every report asked for, return the exit code."""
    # Imported here: --list and wrong input must not wait for Playwright.
    from validator.runner import run_scenarios

    with output.progress(len(scenarios)) as progress:
        report = run_scenarios(scenarios, options, progress)
    notes = turned_off(scenario.rules for scenario in scenarios)
    report = replace(report, notes=(*report.notes, *notes))
    output.write(report)
    return report.exit_code


def select(
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
