from __future__ import annotations

from validator.core.suggestion import find_similar, suggest

COMMANDS = ("check", "run", "record")


def test_a_misspelt_name_is_answered_with_the_most_similar_known_one() -> None:
    assert suggest("chek", COMMANDS) == 'did you mean "check"?'


def test_nothing_is_suggested_for_a_name_that_resembles_no_known_one() -> None:
    assert suggest("zzz", COMMANDS) == ""
    assert find_similar("recor", COMMANDS, cutoff=0.95) == ""
