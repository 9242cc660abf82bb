"""Parts of a run on several machines, merged: the same as one run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

TAG = (
    '<div class="cn_purchase"><b class="purchase_id">{}</b><b class="total_quantity">1</b>'
    '<b class="total_price">{}</b></div>'
)
TOTALS = {"A": "1.00", "B": "1,50", "C": "2.00", "D": "3.00", "E": "4.00"}


@pytest.fixture
def scenarios(site: Site, tmp_path: Path) -> Path:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name, total in TOTALS.items():
        url = site.page(f"/{name}", TAG.format(name, total))
        (folder / f"{name}.yaml").write_text(
            f"name: {name}\nbase_url: {site.url}\nsteps: [{{goto: /{name}}}]\n"
            f"confirmation: {{url: '{url}'}}\n",
            encoding="utf-8",
        )
    return folder


def verdicts(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text(encoding="utf-8"))["results"]
    assert len(found) == len({each["subject"] for each in found})
    return {each["subject"]: each["verdict"] for each in found}


@pytest.mark.browser
@pytest.mark.usefixtures("scenarios")
def test_the_merged_parts_are_the_whole_run(cli: Cli, tmp_path: Path) -> None:
    whole = cli("run", "--report", "json=whole.json")
    parts = [
        cli("run", "--shard", f"{part}/3", "--report", f"json={part}.json").code
        for part in (1, 2, 3)
    ]
    merged = cli("merge", "1.json", "2.json", "3.json", "--report", "json=merged.json")
    assert sorted(parts) == [0, 0, 1]
    assert (merged.code, whole.code) == (1, 1)
    assert verdicts(tmp_path / "merged.json") == verdicts(tmp_path / "whole.json")
    assert verdicts(tmp_path / "merged.json").keys() == TOTALS.keys()


@pytest.mark.usefixtures("scenarios")
def test_more_parts_than_scenarios_are_no_pass(cli: Cli) -> None:
    done = cli("run", "--list", "--shard", "6/6")
    assert done.code == 2
    assert "--shard 6/6: this part has none of the 5 scenarios" in done.err


@pytest.mark.parametrize("value", ["0/3", "4/3", "1", "1/0", "a/b", "-1/3"])
def test_a_part_that_there_cannot_be_is_wrong_input(cli: Cli, value: str) -> None:
    done = cli("run", "--list", f"--shard={value}")
    assert done.code == 2
    assert f'"{value}" is not a part of a run: write 1/3, 2/3 or 3/3' in done.err
