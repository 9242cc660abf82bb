"""``cn-validator demo``: the bundled shop and the bundled scenarios."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import cloup

from validator.cli.options.browser import BrowserOptions, browser_options, evidence_options
from validator.cli.options.demo_api import API_PORT, LocalApi, demo_api_options, show_api_access
from validator.cli.options.output import Output, output_options
from validator.cli.options.policy import policy_options
from validator.cli.options.value_types import LongChoice
from validator.cli.run import run_and_write_reports
from validator.cli.terminal.echo import echo
from validator.core.evidence_options import EvidenceOptions
from validator.core.stop_signals import stop_signals
from validator.demo import (
    FAULTS,
    Demo,
    PaymentReturn,
    api_server,
    demo_servers,
    find_scenario_label,
)
from validator.run.defaults import DEFAULT_OUTPUT, new_run_id
from validator.run.options import RunOptions
from validator.run.policy import CheckPolicy
from validator.run.select import select_scenarios
from validator.scenario.files import BROKEN_FOLDER, bundled_scenarios
from validator.scenario.load import load_scenarios

SERVE_PORTS = (8800, 8801, 8802)
"""The ports of shop, payment page and stand-in with --serve; the defaults of scenarios/."""

PORT_TYPE = click.IntRange(0, 65_535)


@dataclass(frozen=True, slots=True)
class DemoArguments:
    """The arguments of ``demo``."""

    paths: tuple[str, ...]
    serve: bool
    fault: str | None
    payment_return: PaymentReturn
    way: str
    payment: bool
    shop_port: int | None
    payment_port: int | None
    collector_port: int | None
    api: LocalApi | None
    browser: BrowserOptions
    policy: CheckPolicy
    evidence: EvidenceOptions
    output: Output


@cloup.command(
    name="demo",
    epilog="\b\nFaults:\n" + "\n".join(f"  {name:<22} {what}" for name, what in FAULTS.items()),
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--serve", is_flag=True, help="Keep the shop running, to click through it by hand.")
@click.option(
    "--break",
    "fault",
    metavar="FAULT",
    type=LongChoice("fault", FAULTS),
    help="Inject one of the faults listed below, and see what is found.",
)
@click.option(
    "--return",
    "payment_return",
    type=click.Choice(["automatic", "click", "never"]),
    default="automatic",
    show_default=True,
    help="How the payment page returns the customer to the shop.",
)
@click.option(
    "--way",
    default="",
    metavar="WAY",
    help="The navigations to the payment page and back, as in out:tab,back:form; see "
    "docs/payments.md.",
)
@click.option(
    "--payment",
    is_flag=True,
    help="Run the payment scenarios: every navigation to the payment page and back, every fault, "
    "and shops with broken payments.",
)
@click.option(
    "--shop-port", type=PORT_TYPE, metavar="PORT", help="Default: any free one; with --serve, 8800."
)
@click.option(
    "--payment-port",
    type=PORT_TYPE,
    metavar="PORT",
    help="Default: any free one; with --serve, 8801.",
)
@click.option(
    "--collector-port",
    type=PORT_TYPE,
    metavar="PORT",
    help="Default: any free one; with --serve, 8802.",
)
@demo_api_options
@policy_options
@evidence_options
@browser_options
@output_options
def command(**given: Any) -> int:
    """Start the bundled shop, run scenarios against it, print the report, stop it.

    Without PATH all bundled scenarios run; with --break, the one that meets the fault. A PATH that
    does not exist here is looked up among the bundled ones, such as scenarios/payment/broken. With
    --api alone nothing runs: the API is served, to try `recorded` and `backfill` with.
    """
    arguments = DemoArguments(**given)
    if arguments.api and not (arguments.serve or arguments.paths or arguments.fault):
        with api_server(arguments.api.options(API_PORT)) as api:
            show_api_access(api)
            return _wait_until_stopped()
    given_ports = (arguments.shop_port, arguments.payment_port, arguments.collector_port)
    default_ports = SERVE_PORTS if arguments.serve else (0, 0, 0)
    shop, payment, collector = (
        default if port is None else port
        for port, default in zip(given_ports, default_ports, strict=True)
    )
    # A run ends by itself, and several may run at the same time.
    api_port = API_PORT if arguments.serve else 0
    with demo_servers(
        fault=arguments.fault,
        payment_return=arguments.payment_return,
        shop_port=shop,
        payment_port=payment,
        collector_port=collector,
        api=arguments.api.options(api_port) if arguments.api else None,
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
        workers=arguments.browser.workers,
        headed=arguments.browser.headed,
        browser=arguments.browser.browser,
        evidence=arguments.evidence,
        is_persistent_shop=False,
    )
    scenarios = arguments.policy.apply(scenarios)
    return run_and_write_reports(scenarios, options, arguments.output).exit_code


def _bundled(payment: bool) -> list[Path]:
    """Return the paths of the bundled scenarios: of payments, or all others."""
    folder = _relative_to_cwd(bundled_scenarios())
    payments = folder / "payment"
    return [payments, payments / BROKEN_FOLDER] if payment else sorted(folder.glob("*.yaml"))


def _find_path(path: str) -> Path:
    """Return a path if it exists, else the bundled one of that name."""
    bundled = bundled_scenarios().parent / path
    is_bundled = bundled.resolve().is_relative_to(bundled_scenarios().resolve())
    if not Path(path).exists() and is_bundled and bundled.exists():
        return _relative_to_cwd(bundled)
    return Path(path)


def _relative_to_cwd(folder: Path) -> Path:
    """Return a folder relative to the current one, if it is inside."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _environment(demo: Demo) -> Mapping[str, str]:
    shop = {"SHOP_URL": demo.shop_url, "PAYMENT_URL": demo.payment_url}
    api = demo.api
    known = {"CONNECTIF_API_URL": api.url, "CONNECTIF_API_KEY": api.key} if api else {}
    return {**os.environ, **shop, **known}


def _serve(demo: Demo) -> int:
    echo(f"shop          {demo.shop_url}")
    echo(f"payment page  {demo.payment_url}")
    echo(f"Connectif     {demo.collector_url}/received  (a stand-in: it lists what the shop sent)")
    echo(f"an order      {demo.shop_url}/order-confirmation/1042  (it is always there)")
    if demo.api:
        show_api_access(demo.api)
    return _wait_until_stopped()


def _wait_until_stopped() -> int:
    """Keep the servers running until Ctrl-C or SIGTERM."""
    with stop_signals() as stop:
        echo("Press Ctrl-C to stop.")
        stop.wait()
    echo("Stopped.")
    return 0
