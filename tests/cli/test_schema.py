from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.cli import invoke
from validator.contract.schema import builtin_schema_names
from validator.core.exit_code import ExitCode


@pytest.mark.parametrize("name", builtin_schema_names())
def test_a_schema_is_printed_as_it_is(
    name: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["schema", name]) == ExitCode.OK
    file = repository / "schemas" / f"{name}.schema.json"
    assert json.loads(capsys.readouterr().out) == json.loads(file.read_text(encoding="utf-8"))


def test_the_table_has_a_row_for_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["schema", "--table"]) == ExitCode.OK
    rows = capsys.readouterr().out.splitlines()
    assert rows[:2] == [
        "| field | required | format | recorded as | notes |",
        "|---|---|---|---|---|",
    ]
    assert rows[4] == (
        "| `total_price` | yes | decimal | `totalPrice` | Total amount of the purchase. |"
    )
    assert len(rows) == 2 + 9 + 26


def test_an_unknown_schema_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["schema", "cn_purchse"]) == ExitCode.INPUT
    assert 'did you mean "cn_purchase"?' in capsys.readouterr().err
