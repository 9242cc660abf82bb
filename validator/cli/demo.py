"""``cn-validator demo``: the bundled shop, checked by the bundled scenarios."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import click

from validator.cli.demo_api_options import demo_api_options, show_api_access
from validator.cli.parameters import FaultChoice, browser_options, evidence_options, new_run_id
from validator.cli.report_options import Output, output_options
from validator.cli.run import DEFAULT_OUTPUT, run_and_report, select_scenarios
from validator.cli.standards import CheckPolicy, policy_options
from validator.core.evidence_options import EvidenceOptions
from validator.demo import (
    FAULTS,
    ApiOptions,
    Demo,
    PaymentReturn,
    api_server,
    demo_servers,
    find_scenario_label,
)
from validator.run.options import RunOptions
from validator.scenario.files import BROKEN_FOLDER, bundled_scenarios
from validator.scenario.load import load_scenarios

SERVE_PORTS = (8800, 8801, 8802)
"""Where --serve keeps the shop, the payment page and the stand-in: what scenarios/ fall back to."""

PORT_TYPE = click.IntRange(0, 65_535)


@dataclass(frozen=True, slots=True)
class DemoArguments:
    """The options of ``demo``, as click hands them over."""

    paths: tuple[str, ...]
    serve: bool
    fault: str | None
    payment_return: PaymentReturn
    way: str
    payment: bool
    shop_port: int | None
    payment_port: int | None
    collector_port: int | None
    api: ApiOptions | None
    headed: bool
    browser: str | None
    workers: int
    standards: CheckPolicy
    evidence: EvidenceOptions
    output: Output


@click.command(
    name="demo",
    epilog="\b\nFaults:\n" + "\n".join(f"  {name:<22} {what}" for name, what in FAULTS.items()),
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--serve", is_flag=True, help="Keep the shop up, to click through by hand.")
@click.option(
    "--break",
    "fault",
    metavar="FAULT",
    type=FaultChoice(list(FAULTS)),
    help="Break the shop in one of the ways listed below, and see what is found.",
)
@click.option(
    "--return",
    "payment_return",
    type=click.Choice(["automatic", "click", "never"]),
    default="automatic",
    show_default=True,
    help="How the payment page brings the customer back.",
)
@click.option(
    "--way",
    default="",
    metavar="WAY",
    help="How payments go, as in out:tab,back:form. docs/payments.md lists all ways.",
)
@click.option(
    "--payment",
    is_flag=True,
    help="Run the scenarios of every way to the payment page and back, of every fault, and of "
    "shops that are broken there.",
)
@click.option("--shop-port", type=PORT_TYPE, help="Default: any free one; with --serve, 8800.")
@click.option("--payment-port", type=PORT_TYPE, help="Likewise; with --serve, 8801.")
@click.option("--collector-port", type=PORT_TYPE, help="Likewise; with --serve, 8802.")
@demo_api_options
@policy_options
@evidence_options
@browser_options
@output_options
def command(**given: Any) -> int:
    """Start the bundled shop, run scenarios against it, print the report, stop it.

    Without PATH all bundled scenarios run; with --break, the one that meets the fault. A PATH that
    is not here is looked for among the bundled ones, such as scenarios/payment/broken. With --api
    alone nothing runs: the API is kept up, to try `recorded` and `backfill` with.
    """
    arguments = DemoArguments(**given)
    if arguments.api and not (arguments.serve or arguments.paths or arguments.fault):
        with api_server(arguments.api) as api:
            show_api_access(api)
            return _wait_until_stopped()
    asked = (arguments.shop_port, arguments.payment_port, arguments.collector_port)
    usual = SERVE_PORTS if arguments.serve else (0, 0, 0)
    shop, payment, collector = (
        port if given is None else given for given, port in zip(asked, usual, strict=True)
    )
    with demo_servers(
        fault=arguments.fault,
        payment_return=arguments.payment_return,
        shop_port=shop,
        payment_port=payment,
        collector_port=collector,
        api=arguments.api,
        way=arguments.way,
    ) as demo:
        return _serve(demo) if arguments.serve else _run(demo, arguments)


def _run(demo: Demo, arguments: DemoArguments) -> int:
    run_id = new_run_id()
    scenarios = load_scenarios(
        [_find_path(path) for path in arguments.paths] or _bundled(arguments.payment),
        environ=_environment(demo),
        run_id=run_id,
    )
    if arguments.fault and not arguments.paths:
        scenarios = select_scenarios(scenarios, (), (find_scenario_label(arguments.fault),))
    options = RunOptions(
        run_id=run_id,
        output=Path(DEFAULT_OUTPUT) / run_id,
        workers=arguments.workers,
        headed=arguments.headed,
        browser=arguments.browser,
        evidence=arguments.evidence,
        is_persistent_shop=False,
    )
    return run_and_report(arguments.standards.hold(scenarios), options, arguments.output)


def _bundled(payment: bool) -> list[Path]:
    """Return the bundled scenarios: those of every shop, or those of the ways to pay."""
    folder = _relative_to_cwd(bundled_scenarios())
    ways = folder / "payment"
    return [ways, ways / BROKEN_FOLDER] if payment else sorted(folder.glob("*.yaml"))


def _find_path(path: str) -> Path:
    """Return a path from here; where there is none, the bundled one that has its name."""
    bundled = bundled_scenarios().parent / path
    is_bundled = bundled.resolve().is_relative_to(bundled_scenarios().resolve())
    if not Path(path).exists() and is_bundled and bundled.exists():
        return _relative_to_cwd(bundled)
    return Path(path)


def _relative_to_cwd(folder: Path) -> Path:
    """Name a folder as a person standing here would."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _environment(demo: Demo) -> Mapping[str, str]:
    shop = {"SHOP_URL": demo.shop_url, "PAYMENT_URL": demo.payment_url}
    api = demo.api
    known = {"CONNECTIF_API_URL": api.url, "CONNECTIF_API_KEY": api.key} if api else {}
    return {**os.environ, **shop, **known}


def _serve(demo: Demo) -> int:
    click.echo(f"shop          {demo.shop_url}")
    click.echo(f"payment page  {demo.payment_url}")
    click.echo(f"Connectif     {demo.collector_url}/received  (a stand-in: what the shop sent it)")
    if demo.api:
        show_api_access(demo.api)
    return _wait_until_stopped()


def _wait_until_stopped() -> int:
    """Keep the servers up until Ctrl-C or SIGTERM."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    click.echo("Press Ctrl-C to stop.")
    stop.wait()
    click.echo("Stopped.")
    return 0
