"""Selection of scenarios by keywords and labels."""

from __future__ import annotations

import pytest

from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.run.select import select_scenarios
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation


def scenario(name: str, file: str, *labels: str) -> Scenario:
    return Scenario(
        name=name,
        document=Document(file, None),
        location=Location(file),
        steps=(),
        expect=TagExpectation("cn_purchase", 1, 5_000),
        labels=labels,
    )


GUEST = scenario("Guest pays by card", "scenarios/guest.yaml", "smoke", "card")
REFUND = scenario("Refund", "scenarios/refund.yaml", "nightly")
ALL = (GUEST, REFUND)


@pytest.mark.parametrize(
    ("keywords", "labels", "selected"),
    [
        ([], [], ALL),
        (["GUEST"], [], (GUEST,)),
        (["refund.yaml"], [], (REFUND,)),
        (["guest", "refund"], [], ALL),
        ([], ["nightly", "smoke"], ALL),
        (["pays"], ["card"], (GUEST,)),
    ],
    ids=str,
)
def test_any_keyword_and_any_label_select(
    keywords: list[str], labels: list[str], selected: tuple[Scenario, ...]
) -> None:
    assert select_scenarios(ALL, keywords, labels) == selected


def test_a_path_of_windows_is_matched_with_slashes() -> None:
    card = scenario("Card", r"scenarios\payment\card.yaml")
    for keyword in ("payment/card", r"payment\card"):
        assert select_scenarios([card, REFUND], [keyword], []) == (card,)


def test_an_empty_selection_names_the_labels_in_use() -> None:
    with pytest.raises(InputError) as error:
        select_scenarios(ALL, ["refund"], ["smoke"])
    (finding,) = error.value.findings
    assert str(finding.location) == "-k refund --label smoke"
    assert finding.message == "none of the 2 scenarios matches"
    assert "labels in use: card, nightly, smoke;" in finding.hint
