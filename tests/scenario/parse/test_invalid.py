"""Each file of tests/cases/scenario/invalid is refused with the text in the file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.core.errors import InputError
from validator.core.finding import Severity
from validator.scenario.load import load_scenarios

CASES = Path(__file__).parents[2] / "cases" / "scenario" / "invalid"
FILES = sorted(CASES.glob("*.yaml"))


def refusal(file: str) -> InputError:
    with pytest.raises(InputError) as refused:
        load_scenarios([file], environ={"CARD": "4000000000001000"}, run_id="run1")
    return refused.value


@pytest.fixture(autouse=True)
def in_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are shown as they are given: from here, by name alone."""
    monkeypatch.chdir(CASES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_mistake_is_told_in_the_words_of_the_case(file: Path) -> None:
    findings = refusal(file.name).findings
    told = "".join(f"{f.location}: {f.rule}: {f.message}\n  to fix: {f.hint}\n" for f in findings)
    assert told == file.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_mistake_has_a_place_a_remedy_and_no_consequence(file: Path) -> None:
    for finding in refusal(file.name).findings:
        assert finding.location is not None
        assert finding.location.line is not None
        assert finding.location.column is not None
        assert finding.severity is Severity.ERROR
        assert finding.consequence is None
        assert finding.hint
        assert "\n" not in finding.message


def test_a_finding_quotes_its_line() -> None:
    (finding,) = refusal("typo-in-step.yaml").findings
    assert finding.snippet == '  - clik: "#buy"'


def test_the_mistakes_of_all_files_are_told_at_once() -> None:
    with pytest.raises(InputError) as refused:
        load_scenarios(
            ["typo-in-step.yaml", "syntax-error.yaml", "nowhere"], environ={}, run_id="run1"
        )
    sources = {finding.location.source for finding in refused.value.findings if finding.location}
    assert sources == {"typo-in-step.yaml", "syntax-error.yaml", "nowhere"}


def test_a_mistake_in_a_fragment_that_two_scenarios_include_is_told_once() -> None:
    with pytest.raises(InputError) as refused:
        load_scenarios(
            ["error-in-fragment.yaml", "error-in-fragment-again.yaml"], environ={}, run_id="run1"
        )
    assert len(refused.value.findings) == len(refusal("error-in-fragment.yaml").findings) == 2
