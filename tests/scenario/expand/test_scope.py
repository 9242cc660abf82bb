"""What ``${…}`` becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.core.errors import InputError
from validator.scenario.load import load_scenarios
from validator.scenario.model.actions import Fill
from validator.scenario.model.template import SavedReference, Secret, Template

Part = str | Secret | SavedReference

HEAD = """name: Test
vars: {plain: text, nested: "<${plain}>", hidden: "${secret.CARD}", number: 7}
secrets: [CARD]
steps:
  - save: {total: .total}
"""


def template(folder: Path, value: str, **environ: str) -> Template:
    file = folder / "scenario.yaml"
    file.write_text(f"{HEAD}  - fill: {{css: a, value: '{value}'}}\n", encoding="utf-8")
    (scenario,) = load_scenarios([file], environ={"CARD": "4000"} | environ, run_id="run1")
    action = scenario.steps[1].action
    assert isinstance(action, Fill)
    return action.value


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("${plain}", ("text",)),
        ("a ${plain} b", ("a text b",)),
        ("${ plain }", ("text",)),
        ("${nested}", ("<text>",)),
        ("${number}", ("7",)),
        ("${run.id}", ("run1",)),
        ("${secret.CARD}", (Secret("CARD", "4000"),)),
        ("no. ${hidden}!", ("no. ", Secret("CARD", "4000"), "!")),
        ("${total}", (SavedReference("total"),)),
        ("${env.CITY}", ("Salou",)),
        ("${env.NOT_SET:-a default}", ("a default",)),
        ("${env.EMPTY:-a default}", ("a default",)),
        ("${env.EMPTY}", ()),
        ("${env.NOT_SET:-}", ()),
        ("$${plain}", ("${plain}",)),
        ("$5 and $$5", ("$5 and $$5",)),
    ],
)
def test_a_reference_is_filled_in(tmp_path: Path, value: str, parts: tuple[Part, ...]) -> None:
    assert template(tmp_path, value, CITY="Salou", EMPTY="").parts == parts


def test_a_value_is_not_searched_for_references_again(tmp_path: Path) -> None:
    assert template(tmp_path, "${env.ODD}", ODD="${secret.CARD}").parts == ("${secret.CARD}",)


def test_a_template_shows_names_and_never_a_secrets_value(tmp_path: Path) -> None:
    assert str(template(tmp_path, "${secret.CARD} ${total}")) == "<secret CARD> ${total}"


@pytest.mark.parametrize(
    ("environ", "beside", "value"),
    [("environ", "beside", "environ"), (None, "beside", "beside"), (None, None, "here")],
)
def test_the_nearest_environment_wins(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environ: str | None,
    beside: str | None,
    value: str,
) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("CITY=here\n", encoding="utf-8")
    if beside:
        (folder / ".env").write_text(f"CITY={beside}\n", encoding="utf-8")
    given = {"CITY": environ} if environ else {}
    assert template(folder, "${env.CITY}", **given).parts == (value,)


def test_a_line_of_a_dotenv_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("name: A\nsteps:\n  - goto: http://shop.test/\n")
    (tmp_path / ".env").write_text("CITY=here\nthis is no setting\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"\.env:2:1: this line is not NAME=value"):
        load_scenarios([tmp_path / "shop.yaml"], environ={}, run_id="run1")


def test_a_dollar_in_a_dotenv_file_is_a_dollar(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PASSWORD='p${HOME}$x'\n", encoding="utf-8")
    assert template(tmp_path, "${env.PASSWORD}").parts == ("p${HOME}$x",)
