"""What a resumed run takes for done, in doubt rather too much than too little."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.core.capture import Breakdown, Reason
from validator.core.errors import InputError
from validator.core.result import Result
from validator.core.result_json import result_line
from validator.run.options import RunOptions
from validator.run.order_ledger import OrderLedger
from validator.run.progress import SilentProgress
from validator.run.resume import restore_results, write_run_state
from validator.run.scenario_run import RunState
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario

ORDER = {"purchase_id": "", "total_price": "", "origin": "", "run": "r", "payment_page": ""}


def write_scenarios(folder: Path, *names: str) -> tuple[Scenario, ...]:
    paths = []
    for number, name in enumerate(names):
        paths.append(folder / f"{number}.yaml")
        paths[-1].write_text(
            f"name: {name}\nbase_url: https://shop.example\nsecrets: [PIN]\n"
            "steps: [{goto: /}, {click: Place order}]\nconfirmation: '**/thanks'\n"
        )
    return load_scenarios(paths, environ={"PIN": "hunter2-secret"}, run_id="r")


def write_run(folder: Path, scenarios: tuple[Scenario, ...], *orders: str) -> RunState:
    options = RunOptions("r", output=folder, resumes=True)
    write_run_state(options, scenarios, ended=False)
    (folder / "results.ndjson").touch()
    lines = [json.dumps(ORDER | {"scenario": name}) for name in orders]
    (folder / "orders.ndjson").write_text("".join(f"{line}\n" for line in lines))
    return RunState(options, SilentProgress(), OrderLedger("r"))


def test_of_scenarios_with_one_name_each_may_have_placed_the_order(tmp_path: Path) -> None:
    scenarios = write_scenarios(tmp_path, "same", "other", "same")
    run = write_run(tmp_path, scenarios, "same")
    assert restore_results(run, scenarios) == [0, 2]


def test_orders_of_the_part_before_count_against_the_limits(tmp_path: Path) -> None:
    scenarios = write_scenarios(tmp_path, "first", "second")
    run = write_run(tmp_path, scenarios, "first")
    broke = Breakdown(Reason.TIMEOUT, "late", order_placed=True)
    result = Result("first", broke, location=scenarios[0].location)
    (tmp_path / "results.ndjson").write_text(result_line(result))
    assert restore_results(run, scenarios) == []
    assert list(run.results) == [0]
    assert run.ledger.placed() == run.ledger.placed(scenarios[0].location.source) == 1
    assert [order.scenario for order in run.ledger.orders] == ["first"]


@pytest.mark.parametrize("written", ["pin hunter2-secret", "pin [secret]"])
def test_a_name_with_a_secret_is_found_as_it_is_and_as_it_is_shown(
    tmp_path: Path, written: str
) -> None:
    scenarios = write_scenarios(tmp_path, "pin hunter2-secret")
    run = write_run(tmp_path, scenarios, written)
    assert "hunter2" not in (tmp_path / "run.json").read_text()
    assert restore_results(run, scenarios) == [0]


@pytest.mark.parametrize("line", ["{}", "\udcff", '["order"]'], ids=["empty", "bytes", "list"])
def test_a_ledger_that_cannot_be_read_is_no_ledger_without_orders(
    tmp_path: Path, line: str
) -> None:
    scenarios = write_scenarios(tmp_path, "first")
    run = write_run(tmp_path, scenarios)
    (tmp_path / "orders.ndjson").write_text(f"{line}\n", errors="surrogateescape")
    with pytest.raises(InputError, match="what the run has done cannot be read"):
        restore_results(run, scenarios)
